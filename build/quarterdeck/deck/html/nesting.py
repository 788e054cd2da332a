"""Where browsers may read raw text as markup: in `<svg>`, `<math>` and `<select>`, and after tags that overlap there.

A browser finds the contents of `<style>` in an SVG by other rules than in HTML, and whether it is still in the SVG
depends on how all tags in it are nested. Where they overlap, both readings are possible from there on.
"""

from __future__ import annotations

from quarterdeck.deck.html.tokens import VOID, Tag

_OTHER_RULES = frozenset({"math", "select", "svg"})
_HTML_INSIDE = frozenset({"annotation-xml", "desc", "foreignobject", "mi", "mn", "mo", "ms", "mtext", "title"})
"""Elements of SVG and MathML whose contents are HTML: there `/>` closes nothing."""


class Nesting:
    """Follows the tags of a text."""

    def __init__(self) -> None:
        self._opened: list[str] = []
        self._overlap = False

    @property
    def ambiguous(self) -> bool:
        """Whether raw text that comes now may be markup."""
        return self._overlap or bool(self._opened)

    def follow(self, tag: Tag) -> None:
        """Take the next tag."""
        if not self._opened and tag.name not in _OTHER_RULES:
            return
        if tag.closing:
            self._overlap = self._overlap or not self._opened or self._opened[-1] != tag.name
            if tag.name in self._opened:
                del self._opened[len(self._opened) - 1 - self._opened[::-1].index(tag.name) :]
        elif tag.empty:
            self._overlap = self._overlap or not _HTML_INSIDE.isdisjoint(self._opened)
        elif tag.name not in VOID:
            self._opened.append(tag.name)
