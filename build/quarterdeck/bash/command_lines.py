"""The simple commands of a script, and which of its lines are meant for a program that it starts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quarterdeck.bash.grammar import parse_tree
from quarterdeck.bash.programs import reads_lines

if TYPE_CHECKING:
    from tree_sitter import Node

_REDIRECTIONS = frozenset({"herestring_redirect", "heredoc_redirect"})
_NO_WORDS = _REDIRECTIONS | {"variable_assignment", "file_redirect"}
_PLAIN = frozenset({"word", "number", "raw_string", "comment", "variable_name", "file_descriptor", "heredoc_start"})
"""Kinds of nodes that hold no command."""
_SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})


@dataclass(frozen=True, slots=True)
class Command:
    """One simple command of a script."""

    words: tuple[str, ...]
    """Without quotes, assignments and redirections; variables stay as they are written."""
    row: int
    """Its first line, from 0."""
    statement: int
    """Which command at the top level of the script it is or belongs to, from 0."""
    typed: bool
    """Whether its standard input is the terminal: not redirected, not a pipe, and not in the background."""
    piped: bool
    """Whether its output goes into a pipe."""


def find_commands(script: str) -> tuple[Command, ...]:
    """All simple commands of *script* in order, those in substitutions and functions too."""
    tops = _statements(script)
    return tuple(command for number, node in enumerate(tops) for command in _commands(node, number))


def split_sent_lines(script: str) -> tuple[str, str]:
    """What bash gets of *script* and, with `send: rest`, what the program that it starts gets: the lines after it.

    That program is the first that reads lines, else the first of all.
    """
    tops = _statements(script)
    if not tops:
        return script, ""
    reading = (one.statement for one in find_commands(script) if one.typed and reads_lines(one.words) != "no")
    lines = script.splitlines(keepends=True)
    end = tops[next(reading, 0)].end_point.row + 1
    return "".join(lines[:end]), "".join(lines[end:])


def _statements(script: str) -> list[Node]:
    return [node for node in parse_tree(script).children if node.is_named and node.type != "comment"]


def _commands(top: Node, statement: int) -> Iterator[Command]:
    pending = [(top, not _in_background(top), False)]
    while pending:
        node, typed, piped = pending.pop()
        children = node.named_children
        if node.type == "command":
            typed = typed and not any(child.type in _REDIRECTIONS for child in children)
            words = tuple(_word(child) for child in children if child.type not in _NO_WORDS)
            yield Command(words, node.start_point.row, statement, typed, piped)
            if not any(sign in word for word in words for sign in "(`") and len(words) == len(children):
                continue
        elif node.type == "redirected_statement":
            typed = typed and not any(_redirects_input(child) for child in children)
        elif node.type == "function_definition":
            typed = False
        if node.type in _SUBSTITUTIONS or node.type == "command":
            typed = piped = False
        last = len(children) - 1
        pipeline = node.type == "pipeline"
        for index in range(last, -1, -1):
            child = children[index]
            if child.type not in _PLAIN:
                reads = typed and (not pipeline or not index) and not _in_background(child)
                pending.append((child, reads, piped or (pipeline and index < last)))


def _redirects_input(node: Node) -> bool:
    return node.type in _REDIRECTIONS or (node.type == "file_redirect" and any(c.type == "<" for c in node.children))


def _in_background(node: Node) -> bool:
    return node.next_sibling is not None and node.next_sibling.type == "&"


def _word(node: Node) -> str:
    text = (node.text or b"").decode("utf-8", "surrogatepass")
    if node.type in ("string", "raw_string"):
        return text[1:-1]
    return text.replace('"', "").replace("'", "") if node.type in ("concatenation", "command_name") else text
