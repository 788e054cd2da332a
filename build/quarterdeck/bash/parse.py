"""Reading a step's code by the bash grammar."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from quarterdeck.bash.code import Assignment, Code, Command, Context, Pipe
from quarterdeck.bash.grammar import parse_tree
from quarterdeck.bash.pipelines import CHAINS, Part, split_chain
from quarterdeck.bash.words import Words, read_words

if TYPE_CHECKING:
    from tree_sitter import Node

_ASKS = re.compile(r"\$\{?\?|PIPESTATUS")
"""A look at the status of the command before."""


@lru_cache(maxsize=1024)
def read_code(text: str) -> Code:
    """Read the bash in *text*."""
    root = parse_tree(text)
    code = Code(text, sound=not root.has_error)
    _Reader(code).statements(root.children, Context(), top=True)
    code.commands.sort(key=lambda one: one.start)
    return code


_EXPRESSIONS = frozenset(
    {"test_command", "unset_command", "declaration_command", "variable_assignment", "variable_assignments"}
)
_SKIPPED = frozenset({"comment", "heredoc_start", "heredoc_end"})


class _Reader:
    """Walks the tree; each method takes what it is named after."""

    def __init__(self, code: Code) -> None:
        self._code = code

    def statements(self, nodes: Sequence[Node], where: Context, top: bool = False) -> None:
        """Statements one after the other, with the signs between them."""
        found: list[tuple[Node, bool]] = []
        for node in nodes:
            if node.is_named and node.type not in _SKIPPED:
                found.append((node, False))
            elif node.type == "&" and found:
                found[-1] = (found[-1][0], True)
        for index, (node, background) in enumerate(found):
            final = index == len(found) - 1
            asked = not final and bool(_ASKS.search(_text(found[index + 1][0])))
            inner = replace(where, meant=where.meant or background or asked, background=where.background or background,
                            tail=where.tail and (final or not top), last=where.last and final)  # fmt: skip
            if background:
                inner = replace(inner, depth=where.depth + 1)
            self.statement(node, inner)

    def statement(self, node: Node, where: Context, redirects: tuple[str, ...] = ()) -> Command | None:
        """One statement of any kind; the command, where it is a simple one."""
        kind = node.type
        if kind == "command":
            return self._command(node, where, redirects)
        if kind in _EXPRESSIONS or (kind == "compound_statement" and _text(node).startswith("((")):
            return self._add(node, where, redirects)
        if kind in CHAINS:
            return self._chain(split_chain(node), where)
        if kind == "negated_command":
            self.statements(node.children, replace(where, meant=True))
        elif kind in ("if_statement", "elif_clause", "while_statement"):
            self._conditional(node, where)
        elif kind == "function_definition":
            self._function(node)
        elif kind == "subshell":
            self._add(node, where, redirects, inside=False)
            self.statements(node.children, _shell(where, meant=where.meant))
        elif kind in ("for_statement", "c_style_for_statement", "case_statement", "case_item", "do_group",
                      "else_clause", "compound_statement"):  # fmt: skip
            self._compound(node, where)
        else:
            self._substitutions(node, where)
        return None

    def _compound(self, node: Node, where: Context) -> None:
        """A loop or a case: words with substitutions, and bodies; or braces, which hold statements."""
        if node.type not in ("for_statement", "c_style_for_statement", "case_statement", "case_item"):
            self.statements(node.children, where)
            return
        statements = []
        for child in node.children:
            if child.type in ("do_group", "compound_statement", "case_item"):
                self._compound(child, where)
            elif node.type == "case_item" and not _is_word(child):
                statements.append(child)
            else:
                self._substitutions(child, replace(where, lost=True))
        self.statements(statements, where)

    def _conditional(self, node: Node, where: Context) -> None:
        """`if`, `elif`, `while`, `until`: what stands before `then` or `do` is asked for its status."""
        condition: list[Node] = []
        body: list[Node] = []
        current = condition
        for child in node.children:
            if child.type == "then":
                current = body
            elif child.type in ("do_group", "elif_clause", "else_clause"):
                self.statement(child, where)
            else:
                current.append(child)
        self.statements(condition, replace(where, meant=True, last=False))
        self.statements(body, where)

    def _function(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        if name is None or body is None:
            return
        self._code.functions.add(_text(name))
        self.statement(body, Context(tail=False, last=False, function=_text(name)))

    def _chain(self, pipes: list[list[Part]], where: Context) -> Command | None:
        """Pipes between `&&` and `||`; the command, where there is only one."""
        command = None
        for index, parts in enumerate(pipes):
            inner = replace(where, meant=True, last=False)
            if index == len(pipes) - 1:
                asks = index and not where.last and any(_ASKS.search(_text(part.node)) for part in parts)
                inner = replace(where, meant=where.meant or bool(asks))
            if len(parts) > 1:
                self._pipeline(parts, inner)
            else:
                command = self._single(parts[0], inner)
        return command if len(pipes) == 1 else None

    def _single(self, part: Part, where: Context) -> Command | None:
        """A statement that is no part of a pipe."""
        redirects = self._redirects(part, where)
        command = self.statement(part.node, where, redirects)
        if redirects and command is None and part.node.type != "subshell":
            group, row = part.node, part.redirects[0].start_point.row
            self._code.groups.append(Command(_text(group), Words(()), redirects, row, group.start_byte, where))
        return command

    def _redirects(self, part: Part, where: Context) -> tuple[str, ...]:
        """The texts of `>`, `<` and the like behind *part*, which may hold substitutions."""
        for one in part.redirects:
            for word in one.named_children:
                if word.type in ("heredoc_body", "process_substitution") or _is_word(word):
                    self._substitutions(word, replace(where, lost=True))
        return tuple(_text(one) for one in part.redirects if one.type != "heredoc_redirect")

    def _pipeline(self, parts: Sequence[Part], where: Context) -> None:
        """The parts of a pipe; one that is no simple command has a shell of its own."""
        if parts[0].node.type == "negated_command":
            where = replace(where, meant=True)
        number = len(self._code.pipes)
        start, end = parts[0].node.start_byte, parts[-1].node.end_byte
        self._code.pipes.append(Pipe((), start, end, where))
        made: list[Command] = []
        for index, part in enumerate(parts):
            inner = replace(where, last=where.last and index == len(parts) - 1)
            made.append(replace(self._part(part, inner), pipe=number))
        self._code.pipes[number] = Pipe(tuple(made), start, end, where)
        known = {one.start: one for one in made}
        for index, one in enumerate(self._code.commands):
            if one.start in known and one.text == known[one.start].text:
                self._code.commands[index] = known[one.start]

    def _part(self, part: Part, where: Context) -> Command:
        redirects = self._redirects(part, where)
        node = part.node
        while node.type == "negated_command":
            node = node.named_children[-1]
        if node.type in ("command", "test_command", "declaration_command"):
            command = self.statement(node, where, redirects)
            if command is not None:
                return command
        self.statement(node, _shell(where, meant=where.meant))
        return Command(_text(node), Words(()), redirects, node.start_point.row, node.start_byte, where)

    def _command(self, node: Node, where: Context, redirects: tuple[str, ...]) -> Command:
        command = self._add(node, where, redirects)
        names = command.words.reads
        # What comes from the terminal is a person's answer, which may be nothing.
        if (
            names
            and where.depth == 0
            and (command.words.name == "printf" or any("<" in one for one in command.redirects))
        ):
            for name in (one for one in names if one != "_"):
                spare = command.words.name == "read" and name == names[-1] and len(names) > 1
                self._code.assignments.append(Assignment(name, command.row, "", command, spare))
        return command

    def _add(self, node: Node, where: Context, redirects: tuple[str, ...], inside: bool = True) -> Command:
        texts = [_text(one) for one in node.named_children if one.type.endswith("_redirect")]
        words = read_words([_text(one) for one in _word_nodes(node)] or _first_word(node))
        command = Command(_text(node), words, (*redirects, *texts), node.start_point.row, node.start_byte, where)
        self._code.commands.append(command)
        if inside:
            plain = node.type in ("variable_assignment", "variable_assignments")
            self._assigned(node, command)
            # The status of `X=$(…)` is that of the substitution; that of `export X=$(…)` is not.
            self._substitutions(node, replace(where, lost=not plain))
        return command

    def _assigned(self, node: Node, command: Command) -> None:
        if node.type == "command" or command.where.depth > 0:
            return
        local = command.words.name == "local" or (command.where.function and node.type == "declaration_command")
        for one in [node] if node.type == "variable_assignment" else node.named_children:
            name = one.child_by_field_name("name") if one.type == "variable_assignment" else None
            if name is not None and name.type == "variable_name" and not local:
                value = one.child_by_field_name("value")
                text = _text(value) if value is not None else ""
                self._code.assignments.append(Assignment(_text(name), one.start_point.row, text, command))

    def _substitutions(self, node: Node, where: Context) -> None:
        """The substitutions anywhere in *node*, each a shell of its own."""
        if node.type in ("command_substitution", "process_substitution"):
            lost = where.lost or node.type == "process_substitution"
            inner = _shell(where, meant=where.meant)
            self.statements(node.children, replace(inner, lost=lost, captured=True))
            return
        for child in node.named_children:
            self._substitutions(child, where)


def _shell(where: Context, meant: bool) -> Context:
    """The context of a shell of its own inside *where*."""
    return replace(where, depth=where.depth + 1, last=True, lost=False, meant=meant)


def _word_nodes(node: Node) -> Iterator[Node]:
    """The words of a simple command, from its name on."""
    if node.type == "command":
        for child in node.named_children:
            if not child.type.endswith("_redirect") and child.type not in ("comment", "variable_assignment"):
                yield child


def _first_word(node: Node) -> list[str]:
    """What an expression is called: `[[`, `((`, `export`, `(`; nothing for a plain assignment."""
    if node.type in ("variable_assignment", "variable_assignments"):
        return []
    match = re.match(r"\[\[?|\(\(?|\w+", _text(node))
    return [match[0]] if match else []


def _is_word(node: Node) -> bool:
    return node.type in (
        "word", "string", "raw_string", "ansi_c_string", "concatenation", "simple_expansion", "expansion", "number",
        "command_substitution", "process_substitution", "array", "arithmetic_expansion", "binary_expression",
        "variable_name", "postfix_expression", "unary_expression", "extglob_pattern",
    )  # fmt: skip


def _text(node: Node) -> str:
    return node.text.decode("utf-8", "replace") if node.text is not None else ""
