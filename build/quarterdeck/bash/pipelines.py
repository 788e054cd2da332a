"""What `a | b 2>f | c && d` is made of.

The grammar hangs `2>f` on `a | b`, or on a whole list, and what follows a here-document on the here-document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

CHAINS = frozenset({"list", "pipeline", "redirected_statement"})
"""Nodes that `split_chain` takes apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """A command of any kind between two of `|`, `&&` and `||`."""

    node: Node
    """None of `CHAINS`."""
    redirects: tuple[Node, ...] = ()
    """Those behind it, here-documents too."""


def split_chain(node: Node) -> list[list[Part]]:
    """The pipes of *node* between its `&&` and `||`, each by its parts; a single part where it is none of `CHAINS`."""
    if node.type not in CHAINS:
        return [[Part(node)]]
    if node.type == "redirected_statement":
        return _redirected(node)
    chains = [split_chain(child) for child in node.named_children if child.type != "comment"]
    found = chains[0]
    for chain in chains[1:]:
        found = [*found, *chain] if node.type == "list" else _piped(found, chain)
    return found


def _piped(left: list[list[Part]], right: list[list[Part]]) -> list[list[Part]]:
    return [*left[:-1], [*left[-1], *right[0]], *right[1:]]


def _redirected(node: Node) -> list[list[Part]]:
    body = node.child_by_field_name("body")
    redirects = [one for one in node.named_children if one.type.endswith("redirect")]
    if body is None:
        return [[Part(node.named_children[0], tuple(redirects[1:]))]]
    found = split_chain(body)
    here = [one for one in redirects if one.type == "heredoc_redirect"]
    inside = [one for outer in here for one in outer.named_children if one.type == "file_redirect"]
    last = found[-1][-1]
    found[-1][-1] = Part(last.node, (*last.redirects, *redirects, *inside))
    for one in here:
        found = _after_here_document(found, one.children)
    return found


def _after_here_document(found: list[list[Part]], nodes: Sequence[Node]) -> list[list[Part]]:
    """What goes on behind `<<EOF`, on the same line."""
    for before, node in pairwise(nodes):
        if before.type in ("&&", "||"):
            found = [*found, *split_chain(node)]
        elif node.type == "pipeline":
            found = _piped(found, split_chain(node))
    return found
