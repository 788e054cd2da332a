"""Parsing scripts: from the tree of the bash grammar to a `Script`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from quarterdeck.bash.grammar import parse_tree
from quarterdeck.bash.pipelines import CHAINS, Part, split_chain
from quarterdeck.bash.script import Assignment, Command, Context, Pipe, Script, Words, read_words

if TYPE_CHECKING:
    from tree_sitter import Node

_CHECKS_STATUS = re.compile(r"\$\{?\?|PIPESTATUS")
"""A check of the exit status of the previous command."""


@lru_cache(maxsize=1024)
def parse_script(text: str) -> Script:
    """Parse the bash script *text*."""
    root = parse_tree(text)
    script = Script(text, sound=not root.has_error)
    _Visitor(script).statements(root.children, Context(), top=True)
    script.commands.sort(key=lambda command: command.start)
    return script


_ASSIGNMENTS = frozenset({"variable_assignment", "variable_assignments"})
_EXPRESSIONS = _ASSIGNMENTS | {"test_command", "unset_command", "declaration_command"}
_LOOPS = frozenset({"for_statement", "c_style_for_statement", "case_statement", "case_item"})
_BODIES = frozenset({"do_group", "else_clause", "compound_statement", "ERROR"})
_SKIPPED = frozenset({"comment", "heredoc_start", "heredoc_end"})
_INPUT_REDIRECTS = frozenset({"herestring_redirect", "heredoc_redirect"})


class _Visitor:
    """AST visitor: one method per kind of node."""

    def __init__(self, script: Script) -> None:
        self._script = script

    def statements(self, nodes: Sequence[Node], where: Context, top: bool = False) -> None:
        """A sequence of statements, with the signs between them."""
        statements: list[tuple[Node, bool]] = []
        for node in nodes:
            if node.is_named and node.type not in _SKIPPED:
                statements.append((node, False))
            elif node.type == "&" and statements:
                statements[-1] = (statements[-1][0], True)
        for index, (node, background) in enumerate(statements):
            final = index == len(statements) - 1
            checked = not final and bool(_CHECKS_STATUS.search(_text(statements[index + 1][0])))
            inner = replace(
                where,
                statement=index if top else where.statement,
                typed=where.typed and not background,
                meant=where.meant or background or checked,
                background=where.background or background,
                tail=where.tail and (final or not top),
                last=where.last and final,
                depth=where.depth + background,
            )
            if top:
                self._script.statement_ends.append(node.end_point.row)
            self.statement(node, inner)

    def statement(self, node: Node, where: Context, redirects: tuple[str, ...] = ()) -> Command | None:
        """A statement of any kind. Returns the command if it is a simple command."""
        kind = node.type
        if kind == "command":
            return self._command(node, where, redirects)
        if kind in _EXPRESSIONS or (kind == "compound_statement" and _text(node).startswith("((")):
            return self._add(node, where, redirects)
        if kind in CHAINS:
            return self._chain(split_chain(node), where)
        if kind in _BODIES:
            self.statements(node.children, where)
        elif kind in _LOOPS:
            self._loop(node, where)
        elif kind == "negated_command":
            self.statements(node.children, replace(where, meant=True))
        elif kind in ("if_statement", "elif_clause", "while_statement"):
            self._conditional(node, where)
        elif kind == "function_definition":
            self._function(node, where)
        elif kind == "subshell":
            self._add(node, where, redirects, inside=False)
            self.statements(node.children, _shell(where))
        else:
            self._substitutions(node, where)
        return None

    def _loop(self, node: Node, where: Context) -> None:
        """A loop, a case or an item of a case: words with substitutions, and bodies."""
        statements = []
        for child in node.children:
            if child.type == "case_item":
                self._loop(child, where)
            elif child.type in ("do_group", "compound_statement"):
                self.statements(child.children, where)
            elif node.type == "case_item" and not _is_word(child):
                statements.append(child)
            else:
                self._substitutions(child, replace(where, lost=True))
        self.statements(statements, where)

    def _conditional(self, node: Node, where: Context) -> None:
        """`if`, `elif`, `while`, `until`: the commands before `then` or `do` are conditions."""
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

    def _function(self, node: Node, where: Context) -> None:
        name = node.child_by_field_name("name")
        body = node.child_by_field_name("body")
        if name is None or body is None:
            return
        self._script.functions.add(_text(name))
        self.statement(body, Context(where.statement, typed=False, tail=False, last=False, function=_text(name)))

    def _chain(self, pipes: list[list[Part]], where: Context) -> Command | None:
        """Pipelines between `&&` and `||`. Returns the command if there is nothing else."""
        command = None
        for index, parts in enumerate(pipes):
            inner = replace(where, meant=True, last=False)
            if index == len(pipes) - 1:
                checks = index and not where.last and any(_CHECKS_STATUS.search(_text(part.node)) for part in parts)
                inner = replace(where, meant=where.meant or bool(checks))
            if len(parts) > 1:
                self._pipeline(parts, inner)
            else:
                command = self._single(parts[0], inner)
        return command if len(pipes) == 1 else None

    def _single(self, part: Part, where: Context) -> Command | None:
        """A statement outside of pipelines."""
        redirects = self._redirects(part, where)
        where = _with_input(part, where)
        command = self.statement(part.node, where, redirects)
        if redirects and command is None and part.node.type != "subshell":
            group, row = part.node, part.redirects[0].start_point.row
            self._script.groups.append(Command(_text(group), Words(()), redirects, row, group.start_byte, where))
        return command

    def _redirects(self, part: Part, where: Context) -> tuple[str, ...]:
        """The texts of the redirections of *part*, whose substitutions are visited."""
        for redirect in part.redirects:
            for word in redirect.named_children:
                if word.type in ("heredoc_body", "process_substitution") or _is_word(word):
                    self._substitutions(word, replace(where, lost=True))
        return tuple(_text(redirect) for redirect in part.redirects if redirect.type != "heredoc_redirect")

    def _pipeline(self, parts: Sequence[Part], where: Context) -> None:
        """The parts of a pipeline; a compound part has a shell of its own."""
        if parts[0].node.type == "negated_command":
            where = replace(where, meant=True)
        number = len(self._script.pipes)
        end = parts[-1].node.end_byte
        self._script.pipes.append(Pipe((), end, where))
        commands: list[Command] = []
        for index, part in enumerate(parts):
            final = index == len(parts) - 1
            inner = replace(
                where, typed=where.typed and not index, piped=where.piped or not final, last=where.last and final
            )
            commands.append(replace(self._part(part, inner), pipe=number))
        self._script.pipes[number] = Pipe(tuple(commands), end, where)
        by_start = {command.start: command for command in commands}
        for index, command in enumerate(self._script.commands):
            if command.start in by_start and command.text == by_start[command.start].text:
                self._script.commands[index] = by_start[command.start]

    def _part(self, part: Part, where: Context) -> Command:
        redirects = self._redirects(part, where)
        where = _with_input(part, where)
        node = part.node
        while node.type == "negated_command":
            node = node.named_children[-1]
        if node.type in ("command", "test_command", "declaration_command"):
            command = self.statement(node, where, redirects)
            if command is not None:
                return command
        self.statement(node, _shell(where))
        return Command(_text(node), Words(()), redirects, node.start_point.row, node.start_byte, where)

    def _command(self, node: Node, where: Context, redirects: tuple[str, ...]) -> Command:
        command = self._add(node, where, redirects)
        names = command.words.reads
        # Input from the terminal is typed by a person, and may be empty.
        from_terminal = command.words.name != "printf" and not any("<" in text for text in command.redirects)
        if where.depth == 0 and not from_terminal:
            for name in names:
                spare = command.words.name == "read" and name == names[-1] and len(names) > 1
                if name != "_":
                    self._script.assignments.append(Assignment(name, command.row, "", command, spare))
        return command

    def _add(self, node: Node, where: Context, redirects: tuple[str, ...], inside: bool = True) -> Command:
        redirect_nodes = [child for child in node.named_children if child.type.endswith("_redirect")]
        texts = [_text(redirect) for redirect in redirect_nodes]
        if any(redirect.type in _INPUT_REDIRECTS for redirect in redirect_nodes):
            where = replace(where, typed=False)
        command = Command(
            _text(node), read_words(_words(node)), (*redirects, *texts), node.start_point.row, node.start_byte, where
        )
        self._script.commands.append(command)
        if inside:
            self._assigned(node, command)
            # `X=$(…)` has the status of the substitution; `export X=$(…)` has not.
            self._substitutions(node, replace(where, lost=node.type not in _ASSIGNMENTS))
        return command

    def _assigned(self, node: Node, command: Command) -> None:
        if node.type == "command" or command.where.depth > 0:
            return
        local = command.words.name == "local" or (command.where.function and node.type == "declaration_command")
        for child in [node] if node.type == "variable_assignment" else node.named_children:
            name = child.child_by_field_name("name") if child.type == "variable_assignment" else None
            if name is not None and name.type == "variable_name" and not local:
                value = child.child_by_field_name("value")
                text = _text(value) if value is not None else ""
                self._script.assignments.append(Assignment(_text(name), child.start_point.row, text, command))

    def _substitutions(self, node: Node, where: Context) -> None:
        """All substitutions in *node*, each with a shell of its own."""
        if node.type in ("command_substitution", "process_substitution"):
            lost = where.lost or node.type == "process_substitution"
            inner = _shell(where)
            self.statements(node.children, replace(inner, lost=lost, captured=True, typed=False, piped=False))
            return
        for child in node.named_children:
            self._substitutions(child, where)


def _shell(where: Context) -> Context:
    """The context of a new shell inside *where*."""
    return replace(where, depth=where.depth + 1, last=True, lost=False)


def _with_input(part: Part, where: Context) -> Context:
    """*where*, not typed if a redirection of *part* replaces standard input."""
    types = {node.type for redirect in part.redirects for node in (redirect, *redirect.children)}
    return replace(where, typed=False) if types & {"<", *_INPUT_REDIRECTS} else where


def _words(node: Node) -> list[str]:
    """The words of a simple command; of an expression, its name: `[[`, `((`, `export`, `(`; none of an assignment."""
    if node.type in _ASSIGNMENTS:
        return []
    children = node.named_children if node.type == "command" else ()
    words = [child for child in children if not child.type.endswith(("_redirect", "comment", "variable_assignment"))]
    match = re.match(r"\[\[?|\(\(?|\w+", _text(node))
    return [_word(word) for word in words] or ([match[0]] if match else [])


def _is_word(node: Node) -> bool:
    return node.type in (
        "word", "string", "raw_string", "ansi_c_string", "concatenation", "simple_expansion", "expansion", "number",
        "command_substitution", "process_substitution", "array", "arithmetic_expansion", "binary_expression",
        "variable_name", "postfix_expression", "unary_expression", "extglob_pattern",
    )  # fmt: skip


def _word(node: Node) -> str:
    """A word without its quotes; quotes inside of a string stay."""
    text = _text(node)
    if node.type in ("string", "raw_string"):
        return text[1:-1]
    return re.sub("[\"']", "", text) if node.type in ("concatenation", "command_name") else text


def _text(node: Node) -> str:
    return node.text.decode("utf-8", "replace") if node.text is not None else ""
