"""Reading a step's code by the bash grammar, with what it makes of here-documents and of pipes in pipes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from quarterdeck.live.witness.code import Assignment, Code, Command, Context, Pipe
from quarterdeck.live.witness.words import Words, read_words
from quarterdeck.script import parse_tree

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
        if kind == "redirected_statement":
            return self._redirected(node, where)
        if kind == "pipeline":
            self._pipeline(_parts(node), node, where, redirects)
        elif kind == "list":
            self._list(node, where, redirects)
        elif kind == "negated_command":
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

    def _list(self, node: Node, where: Context, redirects: tuple[str, ...]) -> None:
        left, right = node.named_children[0], node.named_children[-1]
        self.statement(left, replace(where, meant=True, last=False))
        if _ASKS.search(_text(right)) and where.last is False:
            where = replace(where, meant=True)
        self.statement(right, where, redirects)

    def _function(self, node: Node) -> None:
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        if name is None or body is None:
            return
        self._code.functions.add(_text(name))
        self.statement(body, Context(tail=False, last=False, function=_text(name)))

    def _redirected(self, node: Node, where: Context) -> Command | None:
        """A statement with `>`, `<` or a here-document; after the latter the grammar hides what goes on."""
        body = node.child_by_field_name("body")
        redirects = [one for one in node.named_children if one.type.endswith("redirect")]
        texts = tuple(_text(one) for one in redirects if one.type != "heredoc_redirect")
        for one in redirects:
            for part in one.named_children:
                if part.type in ("heredoc_body", "process_substitution") or _is_word(part):
                    self._substitutions(part, replace(where, lost=True))
        for one in redirects:
            following = [part for part in one.children if part.type in ("pipeline", "list", "command", "&&", "||")]
            if following and body is not None:
                self._after_here_document(body, following, node, where, texts)
                return None
        return self.statement(body, where, texts) if body is not None else None

    def _after_here_document(
        self, body: Node, following: list[Node], node: Node, where: Context, texts: tuple[str, ...]
    ) -> None:
        """`cat <<EOF | grep x && echo y`, which the grammar takes for a part of the here-document."""
        first = following[0]
        if first.type != "pipeline":
            self.statement(body, replace(where, meant=True, last=False), texts)
            for one in following:
                if one.is_named:
                    self.statement(one, where)
            return
        parts = _parts(first)
        rest = None
        if parts[-1].type == "list":
            chain = parts.pop()
            leftmost = chain
            while leftmost.type == "list":
                leftmost = leftmost.named_children[0]
            parts.append(leftmost)
            rest = chain
        self._pipeline([body, *parts], node, replace(where, meant=where.meant or rest is not None), ())
        while rest is not None and rest.type == "list":
            self.statement(rest.named_children[-1], replace(where, meant=where.meant))
            rest = rest.named_children[0]

    def _pipeline(self, parts: Sequence[Node], node: Node, where: Context, redirects: tuple[str, ...]) -> None:
        """The parts of a pipe; one that is no simple command has a shell of its own."""
        if any(part.type == "negated_command" for part in parts[:1]):
            where = replace(where, meant=True)
        number = len(self._code.pipes)
        self._code.pipes.append(Pipe((), node.start_byte, node.end_byte, where))
        made: list[Command] = []
        for index, part in enumerate(parts):
            final = index == len(parts) - 1
            inner = replace(where, last=where.last and final)
            while part.type == "negated_command":
                part = part.named_children[-1]
            command = self._part(part, inner, redirects if final else ())
            made.append(replace(command, pipe=number))
        self._code.pipes[number] = Pipe(tuple(made), node.start_byte, node.end_byte, where)
        known = {one.start: one for one in made}
        for index, one in enumerate(self._code.commands):
            if one.start in known and one.text == known[one.start].text:
                self._code.commands[index] = known[one.start]

    def _part(self, node: Node, where: Context, redirects: tuple[str, ...]) -> Command:
        body = node
        if node.type == "redirected_statement":
            body = node.child_by_field_name("body") or node
        if body.type in ("command", "test_command", "declaration_command"):
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
            for name in names:
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


def _parts(node: Node) -> list[Node]:
    """The parts of a pipe, of which the grammar sometimes makes pipes in pipes."""
    parts: list[Node] = []
    for child in node.named_children:
        if child.type == "comment":
            continue
        parts += _parts(child) if child.type == "pipeline" else [child]
    return parts


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
