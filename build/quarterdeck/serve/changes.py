"""What an open page must change to show the newest build of it, as the message that the page gets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from quarterdeck.deck.page.page_parts import PageParts, ShownSlide, read_attributes
from quarterdeck.serve.identities import follow_slides

Message = Mapping[str, Any]
"""What is sent to a page, as JSON."""

_RUNS = re.compile(r"(?i)<script|\son[a-z]+\s*=")
"""Slides with code of their own: a browser runs it, and a Content-Security-Policy allows it, only in a new page."""


class LivePage(NamedTuple):
    """A page of the newest build that succeeded."""

    name: str
    """`NAME.html`."""
    html: str
    version: str
    """A digest of *html*."""
    parts: PageParts | None
    """None if its slides are unknown: any change reloads it."""
    numbers: tuple[int, ...]
    """Of its slides, in order; a slide keeps its number from build to build."""

    @property
    def slides(self) -> tuple[ShownSlide, ...]:
        """Its slides in order, hidden ones included."""
        return tuple(slide for stack in self.parts.stacks for slide in stack.slides) if self.parts else ()


def number_slides(page: LivePage, before: LivePage | None, new_numbers: Iterator[int]) -> LivePage:
    """*page* with the numbers of its slides, following those of the build *before*."""
    if before is None or before.parts is None:
        return page._replace(numbers=tuple(next(new_numbers) for _ in page.slides))
    return page._replace(numbers=follow_slides(before.slides, before.numbers, page.slides, new_numbers))


def compare_pages(before: LivePage, now: LivePage) -> Message | None:
    """The message that turns *before* into *now*; None if nothing differs.

    `{kind: "reload"}`, or `{kind: "update", from, to, …}` with what has changed of: `title`, `styleSheets`, `styles`,
    `symbols`, `slides` (by number: `attributes`, `html`), `order` (for each stack: its attributes or null, its slides).
    """
    if before.version == now.version:
        return None
    if before.parts is None or now.parts is None or before.parts.frame != now.parts.frame:
        return {"kind": "reload"}
    old = dict(zip(before.numbers, before.slides, strict=True))
    new = dict(zip(now.numbers, now.slides, strict=True))
    changed = {number: slide for number, slide in new.items() if old.get(number, ("", ""))[:2] != slide[:2]}
    if any(_RUNS.search(slide.html) for slide in changed.values()):
        return {"kind": "reload"}
    message: dict[str, Any] = {"kind": "update", "from": before.version, "to": now.version}
    names = {"title": "title", "style_sheets": "styleSheets", "styles": "styles", "symbols": "symbols"}
    for field, name in names.items():
        if getattr(before.parts, field) != getattr(now.parts, field):
            message[name] = getattr(now.parts, field)
    if changed:
        message["slides"] = {
            number: {"attributes": read_attributes(slide.attributes), "html": slide.html}
            for number, slide in changed.items()
        }
    visible = [number for number, slide in changed.items() if _visibility(slide) != _visibility(old.get(number))]
    if visible or before.numbers != now.numbers or _stacks(before) != _stacks(now):
        message["order"] = _order(now)
    return message


def _visibility(slide: ShownSlide | None) -> str | None:
    return read_attributes(slide.attributes).get("data-visibility") if slide else None


def _stacks(page: LivePage) -> list[tuple[str | None, int]]:
    assert page.parts is not None
    return [(stack.attributes, len(stack.slides)) for stack in page.parts.stacks]


def _order(page: LivePage) -> list[tuple[Mapping[str, str] | None, list[int]]]:
    assert page.parts is not None
    numbers = iter(page.numbers)
    return [
        (
            None if stack.attributes is None else read_attributes(stack.attributes),
            [next(numbers) for _ in stack.slides],
        )
        for stack in page.parts.stacks
    ]
