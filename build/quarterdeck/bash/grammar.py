"""The bash grammar of tree-sitter: syntax trees, and the lines of a demo that start steps or are not shown.

A `#` at the start of a line is a comment in most places, but text in a here-document and in a string. The grammar is
imported when the first demo is read (17 ms).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

_SPANNING = frozenset({"heredoc_body", "string", "raw_string", "ansi_c_string"})
"""Kinds of nodes in which a line that is blank or starts with `#` is text."""

_MOST_TRIES = 20
"""The number of lines with `#` that a broken piece may span: the cost of a broken script stays linear."""


@dataclass(frozen=True, slots=True)
class Outline:
    """Comments and blank lines of a script, by line (from 0)."""

    comments: tuple[int, ...]
    """Lines with a comment in column 0 at the top level of the script, in order."""
    quiet: frozenset[int]
    """Lines that hold a comment and nothing else, or nothing at all, outside of any word."""


def parse_outline(text: str) -> Outline:
    """The outline of a bash script.

    A script that does not parse is read in pieces: an error then affects its own step only, and bash reports it when
    the step runs.
    """
    if not parse_tree(text).has_error:
        return _outline(text)
    lines = text.split("\n")
    comments: list[int] = []
    quiet: set[int] = set()
    for first, last in _sound_pieces(lines):
        piece = _outline("\n".join(lines[first:last]) + "\n")
        comments.extend(first + row for row in piece.comments if first + row < last)
        quiet.update(first + row for row in piece.quiet if first + row < last)
    return Outline(tuple(comments), frozenset(quiet))


def command_rows(text: str) -> frozenset[int]:
    """The rows, from 0, on which a command at the top level of *text* begins; other rows continue a command."""
    starts = {node.start_point.row for node in parse_tree(text).named_children if node.type != "comment"}
    return frozenset(starts | {0})


def _outline(text: str) -> Outline:
    lines = text.split("\n")
    root = parse_tree(text)
    inside: set[int] = set()
    comments: set[int] = set()
    for node in _walk(root):
        first, last = node.start_point.row, node.end_point.row
        if node.type == "comment" and not lines[first][: node.start_point.column].strip():
            comments.add(first)
        elif node.type == "heredoc_body":
            inside.update(range(first, last + (node.end_point.column > 0)))
        elif node.type in _SPANNING:
            inside.update(range(first + 1, last + 1))
    tops = [node.start_point for node in root.children if node.type == "comment"]
    blank = {row for row, line in enumerate(lines) if not line.strip() and row not in inside}
    return Outline(tuple(point.row for point in tops if point.column == 0), frozenset((comments - inside) | blank))


def _sound_pieces(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Pieces that start at lines with `#` and parse; a piece that parses with none of its followers stays alone."""
    marks = [row for row, line in enumerate(lines) if line.startswith("#") and row > 0]
    first = 0
    while first < len(lines):
        ends = [row for row in marks if row > first] + [len(lines)]
        tries = ends[:_MOST_TRIES]
        sound = (end for end in tries if not parse_tree("\n".join(lines[first:end]) + "\n").has_error)
        end = next(sound, ends[0])
        yield first, end
        first = end


def _walk(root: Node) -> Iterator[Node]:
    """The comments below *root*, and all nodes that go on beyond their first line."""
    pending = [root]
    while pending:
        node = pending.pop()
        if node.type == "comment":
            yield node
        elif node.end_point[0] > node.start_point[0]:
            yield node
            pending.extend(node.children)


def parse_tree(text: str) -> Node:
    """The tree that tree-sitter-bash makes of *text*; its root is the program.

    After a pipe of three parts, the grammar (0.23 to 0.25) takes a line feed for a blank where `&&`, `||` or `>`
    follows on the next line: it swallows the statement there, and a comment before it. Such lines get a semicolon at
    their end, which changes no row, and no column that is used.
    """
    data = text.encode("utf-8", "surrogatepass")
    root = _parser().parse(data).root_node
    if data.count(b"|") < 2:
        return root
    for _ in range(data.count(b"\n")):
        ends = sorted(_swallowed_ends(root, data), reverse=True)
        if not ends:
            break
        for end in ends:
            data = data[:end] + b";" + data[end:]
        root = _parser().parse(data).root_node
    return root


_IN_LINE = frozenset({"command", "list", "pipeline", "redirected_statement"})
_JOINS = frozenset({"|", "|&", "||", "&&", "!"})
_LINE_FEED = re.compile(rb"(?<!\\)\n")


def _swallowed_ends(root: Node, data: bytes) -> set[int]:
    """The ends of statements at line feeds that the grammar took for blanks."""
    ends = set()
    for node in _walk(root):
        if node.type in _IN_LINE:
            children = [child for child in node.children if child.type not in ("comment", "heredoc_redirect")]
            for before, after in pairwise(children):
                if before.type not in _JOINS and _LINE_FEED.search(data, before.end_byte, after.start_byte):
                    ends.add(before.end_byte)
    return ends


@cache
def _parser() -> Parser:
    import tree_sitter_bash
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))
