"""The site as open pages see it: the pages of the last build without errors, their files, and what is wrong now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from quarterdeck.base.errors import Place
from quarterdeck.base.project import Project
from quarterdeck.deck.assets.asset_memory import Asset
from quarterdeck.deck.model import Page
from quarterdeck.deck.page.page_parts import split_page
from quarterdeck.serve.changes import LivePage, Message, compare_pages, number_slides
from quarterdeck.serve.editor_links import edit_address
from quarterdeck.serve.site_builder import Outcome, Report

INDEX = "index.html"
"""The list of decks. It has slides, too: small pictures of them."""
_MOST_VERSIONS = 10
"""Versions of a page that are kept, for pages whose connection was interrupted."""
_MOST_OLD_FILES = 400
"""Files of earlier builds that are kept, for pages that still show them."""


@dataclass
class LiveSite:
    """What the server serves. Changed by one thread at a time."""

    project: Project
    pages: dict[str, LivePage] = field(default_factory=dict)
    """By name: `NAME.html`."""
    files: dict[str, Asset] = field(default_factory=dict)
    """By their names in `assets/`; those of the newest build come last."""
    report: Report = field(default_factory=Report)
    versions: dict[str, list[LivePage]] = field(default_factory=dict)
    """The last versions of each page, without their HTML, by name; the newest last."""
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def take(self, outcome: Outcome) -> dict[str, Message]:
        """Take the *outcome* of a build; the messages for the pages that it changes, by name."""
        self.project, self.report = outcome.project, outcome.report
        if outcome.made is None:
            return {}
        for asset in outcome.made.assets:
            self.files.pop(asset.name, None)
            self.files[asset.name] = asset
        for name in list(self.files)[: max(0, len(self.files) - len(outcome.made.assets) - _MOST_OLD_FILES)]:
            del self.files[name]
        before = self.pages
        self.pages = {page.name: self._follow(page, before.get(page.name)) for page in outcome.made.pages}
        messages: dict[str, Message] = {name: {"kind": "reload"} for name in before.keys() - self.pages.keys()}
        for name, page in self.pages.items():
            message = compare_pages(before[name], page) if name in before else {"kind": "reload"}
            if message:
                messages[name] = message
                versions = self.versions.setdefault(name, [])
                versions.append(page._replace(html=""))
                del versions[:-_MOST_VERSIONS]
        return messages

    def catch_up(self, name: str, version: str) -> Iterator[Message]:
        """The messages for a page that shows *version*: the numbers of its slides, and what has changed since."""
        if not self.pages:
            return
        shown = next((page for page in reversed(self.versions.get(name, [])) if page.version == version), None)
        if shown is None or name not in self.pages:
            yield {"kind": "reload"}
            return
        yield {"kind": "slides", "numbers": shown.numbers}
        if message := compare_pages(shown, self.pages[name]):
            yield message

    def _follow(self, page: Page, before: LivePage | None) -> LivePage:
        last = before.parts if before else None
        parts = None if page.name == INDEX else split_page(page, self._deck_file(page), last)
        if before is not None and before.html == page.html:
            return before._replace(parts=parts)  # lines may have moved
        version = hashlib.sha256(page.html.encode()).hexdigest()[:16]
        return number_slides(LivePage(page.name, page.html, version, parts, ()), before, self._numbers)

    def _deck_file(self, page: Page) -> Place:
        path = self.project.slides / f"{page.name.removesuffix('.html')}.yaml"
        return Place(self.project.shown(path), 1) if path.is_file() else Place("", 0)

    def find_slide(self, page: str, number: int) -> tuple[str, str | None]:
        """The place of a slide's source, empty if it is unknown, and the address that opens it in an editor."""
        live = self.pages.get(page)
        for slide_number, slide in zip(live.numbers, live.slides, strict=True) if live else ():
            if slide_number == number and slide.at.path:
                return str(slide.at), edit_address(slide.at, self.project)
        return "", None
