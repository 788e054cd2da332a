"""Templates and what they ask for: the project's own first, then the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from quarterdeck.base.errors import Place, SourceError, UsageError, did_you_mean
from quarterdeck.base.project import Project
from quarterdeck.base.shipped import load_template, template_folders
from quarterdeck.deck.assets.asset_store import FOLDER, AssetStore

if TYPE_CHECKING:
    from jinja2 import Environment


class Templates:
    """The Jinja2 templates of a project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self.folders = template_folders(project)

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FunctionLoader, StrictUndefined

        loader = FunctionLoader(self._load)
        return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, auto_reload=False)

    @cached_property
    def own(self) -> bool:
        """Whether the project has templates of its own."""
        return next(self._project.templates.glob("*.j2"), None) is not None and len(self.folders) > 1

    def _load(self, name: str) -> tuple[str, str, None] | None:
        """The text of the template *name* and its path, as Jinja2 asks for them; None for no such template.

        Raises:
            SourceError: It is not UTF-8, or leads out of the project.
        """
        from jinja2.loaders import split_template_path

        for folder in self.folders:
            path = folder.joinpath(*split_template_path(name))
            if path.is_file():
                return load_template(path, self._project), str(path), None
        return None

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
            SourceError: It is wrong, or asks for what there is not.
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


class TemplateAssets(Mapping[str, str]):
    """The files that templates ask for by name, such as `reveal.js` and `theme.css`, as the page links them.

    Only what a template asks for is published.
    """

    def __init__(
        self,
        store: AssetStore,
        templates: Sequence[Path],
        theme: str,
        theme_at: Place,
        known: dict[str, str] | None = None,
    ) -> None:
        self._known = {} if known is None else known
        self._store = store
        self._templates = templates
        self._theme = theme
        self._theme_at = theme_at

    def __getitem__(self, name: str) -> str:
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> str:
        places = [f"themes/{self._theme}/{name}"] if name == "theme.css" else [name, f"vendor/{name}"]
        for folder in self._templates:
            for place in places:
                if (folder / place).is_file():
                    return f"{FOLDER}/{quote(self._store.add(folder / place).name)}"
        if name == "theme.css":
            raise SourceError(self._theme_at, f"no theme '{self._theme}'", did_you_mean(self._theme, self._themes()))
        raise UsageError(f"the template asks for '{name}', which is not there", "install quarterdeck again")

    def theme_file(self) -> Path | None:
        """Where the style sheet of the theme is; None where there is none."""
        places = (folder / "themes" / self._theme / "theme.css" for folder in self._templates)
        return next((place for place in places if place.is_file()), None)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def _themes(self) -> list[str]:
        return [path.parent.name for folder in self._templates for path in folder.glob("themes/*/theme.css")]
