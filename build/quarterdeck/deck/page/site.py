"""What the pages of one build share: templates, assets, and how addresses are linked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from quarterdeck.base.errors import Place, Problems
from quarterdeck.base.project import Project
from quarterdeck.deck.assets.asset_store import AssetStore
from quarterdeck.deck.html.addresses import Link
from quarterdeck.deck.load.locate import find_in_value
from quarterdeck.deck.model import Deck
from quarterdeck.deck.page.page_templates import TemplateAssets, Templates
from quarterdeck.deck.page.view import LinkAt


class Site:
    """The templates and assets of the pages of one build."""

    def __init__(self, project: Project, decks: Collection[str], problems: Problems) -> None:
        """*decks*: the names of all decks of the project, to whose pages pages may link."""
        self.project = project
        self.templates = Templates(project)
        self.assets = AssetStore(project, problems, self.templates.folders)
        self._pages = frozenset(f"{name}.html" for name in (*decks, "index"))
        self._template_assets: dict[str, dict[str, str]] = {}

    def template_assets(self, deck: Deck | None) -> TemplateAssets:
        """The files that the templates of *deck* request by name; those of the index for None."""
        theme = deck.theme if deck else self.project.theme
        at = deck.located.place("theme") if deck else Place("quarterdeck.toml", 0)
        linked = self._template_assets.setdefault(theme, {})
        return TemplateAssets(self.assets, self.templates.folders, theme, at, linked)

    def link_from(self, folder: Path, place: Callable[[str], Place]) -> Link:
        """Links the addresses in a file of *folder*; *place* locates an address in that file."""
        return self.assets.linker(folder, place, self._pages)

    def link_deck_file(self, deck: Deck) -> LinkAt:
        """Links the addresses in values of the file of *deck*."""

        def link_at(*keys: str | int) -> Link:
            def place(word: str) -> Place:
                return find_in_value(word, deck.located, self.project, *keys)

            return self.link_from(self.project.slides, place)

        return link_at

    def with_symbols(self, html: str, assets: TemplateAssets) -> str:
        """The page *html* with the symbols and styles of its icons."""
        if "icon_" not in html:
            return html
        from quarterdeck.deck.icons.draw import STYLE_SHEET, add_symbols

        return add_symbols(html, lambda: assets[STYLE_SHEET])
