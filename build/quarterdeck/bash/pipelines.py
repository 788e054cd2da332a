"""Pipelines: the parts of `a | b 2>f | c && d`.

The grammar attaches `2>f` to `a | b`, or to a whole list, and what follows a here-document to the here-document.
"""

from __future__ import annotations

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
    """A node of a kind not in `CHAINS`."""
    redirects: tuple[Node, ...] = ()
    """Its redirections, here-documents included."""


def split_chain(node: Node) -> list[list[Part]]:
    """The pipelines of *node* between its `&&` and `||`, each as its parts."""
    followers: list[tuple[bool, Node]] = []
    while node.type in ("list", "pipeline"):  # nested to the left, once per operator
        first, *others = [child for child in node.named_children if child.type != "comment"]
        followers += [(node.type == "pipeline", other) for other in reversed(others)]
        node = first
    pipes = _redirected(node) if node.type == "redirected_statement" else [[Part(node)]]
    for piped, follower in reversed(followers):
        _append(pipes, split_chain(follower), piped=piped)
    return pipes


def _append(pipes: list[list[Part]], more: list[list[Part]], *, piped: bool) -> None:
    """Add *more* to *pipes*; *piped*: the last pipeline goes on with the first of *more*."""
    if piped:
        pipes[-1] += more.pop(0)
    pipes += more


def _redirected(node: Node) -> list[list[Part]]:
    body = node.child_by_field_name("body")
    redirects = [child for child in node.named_children if child.type.endswith("redirect")]
    if body is None:
        return [[Part(node.named_children[0], tuple(redirects[1:]))]]
    pipes = split_chain(body)
    here_documents = [redirect for redirect in redirects if redirect.type == "heredoc_redirect"]
    inside = [child for node in here_documents for child in node.named_children if child.type == "file_redirect"]
    last = pipes[-1][-1]
    pipes[-1][-1] = Part(last.node, (*last.redirects, *redirects, *inside))
    for here_document in here_documents:
        for before, node in pairwise(here_document.children):  # the commands behind `<<EOF` on the same line
            if before.type in ("&&", "||") or node.type == "pipeline":
                _append(pipes, split_chain(node), piped=before.type not in ("&&", "||"))
    return pipes
