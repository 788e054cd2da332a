"""What the pages of one build share: templates, assets, and how addresses are linked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from quarterdeck.base.errors import Place, Problems, SourceError, UsageError, did_you_mean
from quarterdeck.base.project import Project
from quarterdeck.base.shipped import load_template, template_folders
from quarterdeck.deck.assets.asset_memory import AssetMemory, is_same, stamp_of
from quarterdeck.deck.assets.asset_store import FOLDER, AssetStore
from quarterdeck.deck.html.addresses import Link
from quarterdeck.deck.load.locate import find_in_value
from quarterdeck.deck.model import Deck
from quarterdeck.deck.page.slide_memory import SlideMemory
from quarterdeck.deck.page.view import LinkAt

if TYPE_CHECKING:
    from jinja2 import Environment


class Templates:
    """The Jinja2 templates of a project: its own first, then the shipped ones."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.folders = template_folders(project)

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FunctionLoader, StrictUndefined

        loader = FunctionLoader(self._load)
        # The optimizer takes a tenth of the time of compiling, and templates are rendered once.
        return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, optimized=False)

    @property
    def are_own(self) -> bool:
        """Whether the project has templates of its own."""
        return next(self._project.templates.glob("*.j2"), None) is not None and len(self.folders) > 1

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        """The text of the template *name*, its path, and whether it is still that; None for no such template.

        Raises:
            SourceError: It is not UTF-8, or leads out of the project.
        """
        path = self._find(name)
        if path is None:
            return None
        stamp = stamp_of(path)
        return load_template(path, self._project), str(path), lambda: self._find(name) == path and is_same(path, stamp)

    def _find(self, name: str) -> Path | None:
        from jinja2.loaders import split_template_path

        paths = (folder.joinpath(*split_template_path(name)) for folder in self.folders)
        return next((path for path in paths if path.is_file()), None)

    def prepare(self) -> None:
        """Compile the templates of decks and of the index. Their errors are raised when they are rendered."""
        from jinja2 import TemplateError

        for name in ("deck.html.j2", "title.html.j2", "index.html.j2"):
            with suppress(TemplateError, SourceError):
                self._environment.get_template(name)

    def render(self, name: str, **values: Any) -> str:
        """The template *name* with *values*.

        Raises:
            UsageError: There is no such template.
            SourceError: It is wrong, or requests a file that does not exist.
        """
        try:
            return self._environment.get_template(name).render(**values)
        except SourceError:
            raise
        except Exception as error:  # a template may do anything: divide by zero, call what is no function
            from quarterdeck.deck.page.template_errors import find_mistake

            mistake = find_mistake(error, self._environment, values, self.folders, self._project.root)
            if mistake is None:
                raise
            raise mistake from error


class TemplateAssets:
    """The files that templates request by name, such as `reveal.js` and `theme.css`, as the page links them.

    Only what a template requests is published.
    """

    def __init__(
        self, store: AssetStore, folders: Sequence[Path], theme: str, theme_at: Place, linked: dict[str, str]
    ) -> None:
        """*folders*: those of the templates. *linked*: what other pages with this theme have requested."""
        self._store = store
        self._folders = folders
        self._theme = theme
        self._theme_at = theme_at
        self._linked = linked

    def __getitem__(self, name: str) -> str:
        if name not in self._linked:
            self._linked[name] = self._find(name)
        return self._linked[name]

    def _find(self, name: str) -> str:
        places = [f"themes/{self._theme}/{name}"] if name == "theme.css" else [name, f"vendor/{name}"]
        for folder in self._folders:
            for place in places:
                if (folder / place).is_file():
                    return f"{FOLDER}/{quote(self._store.add(folder / place).name)}"
        if name == "theme.css":
            themes = [path.parent.name for folder in self._folders for path in folder.glob("themes/*/theme.css")]
            raise SourceError(self._theme_at, f"no theme '{self._theme}'", did_you_mean(self._theme, themes))
        raise UsageError(f"the template asks for '{name}', which is not there", "install quarterdeck again")

    def theme_file(self) -> Path | None:
        """The style sheet of the theme; None if it does not exist."""
        paths = (folder / "themes" / self._theme / "theme.css" for folder in self._folders)
        return next((path for path in paths if path.is_file()), None)


class SiteMemory:
    """What a process that builds a project again and again keeps: templates, files and slides."""

    def __init__(self) -> None:
        self.assets = AssetMemory()
        self.slides = SlideMemory()
        self._templates: Templates | None = None

    def templates(self, project: Project) -> Templates:
        """The templates of *project*; those that have not changed are compiled already."""
        if self._templates is None or self._templates.folders != template_folders(project):
            self._templates = Templates(project)
        return self._templates


class Site:
    """The templates and assets of the pages of one build."""

    def __init__(
        self, project: Project, decks: Collection[str], problems: Problems, memory: SiteMemory | None = None
    ) -> None:
        """*decks*: the names of all decks of the project, to whose pages pages may link."""
        self.project = project
        self.memory = memory
        self.templates = memory.templates(project) if memory else Templates(project)
        self.assets = AssetStore(project, problems, self.templates.folders, memory.assets if memory else None)
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
        project = self.project

        def link_at(*keys: str | int) -> Link:
            return self.link_from(project.slides, lambda word: find_in_value(word, deck.located, project, *keys))

        return link_at

    def with_symbols(self, html: str, assets: TemplateAssets) -> str:
        """The page *html* with the symbols and styles of its icons."""
        if "icon_" not in html:
            return html
        from quarterdeck.deck.icons.draw import STYLE_SHEET, add_symbols

        return add_symbols(html, lambda: assets[STYLE_SHEET])
