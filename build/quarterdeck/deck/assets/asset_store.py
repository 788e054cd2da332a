"""The files that decks refer to: looked up, named by their contents, and linked.

Each becomes `assets/NAME.HASH8.EXT`, so that a browser never shows an old one and nothing is copied twice.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote, unquote

from quarterdeck.base.errors import Place, Problems, SourceError, nearest
from quarterdeck.base.files import LFS_HINT, is_lfs_pointer, shown_path, walk_files
from quarterdeck.base.project import Project
from quarterdeck.base.shipped import load_template
from quarterdeck.deck.assets.drawings import embed_fonts
from quarterdeck.deck.html.addresses import MISSING, NO_STYLE, Link, refuse
from quarterdeck.deck.html.css import replace_addresses
from quarterdeck.deck.html.documents import is_xml, link_html_document, may_load, read_xml_document
from quarterdeck.deck.html.urls import is_data_document, is_file, is_remote
from quarterdeck.deck.load.locate import find_file

FOLDER = "assets"
PUBLISHED_NAME = re.compile(r".+\.[0-9a-f]{8}(?:\.[A-Za-z0-9]+)?\Z")
"""The names of published files. Only files with such names are ever removed."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file to be published."""

    name: str
    """In `assets/`: `image.0a1b2c3d.svg`."""
    path: Path
    """Its path in the project or among the shipped files."""
    data: bytes | None
    """Its contents, if they are not those of *path*."""


class AssetStore:
    """The files that the decks of one run refer to."""

    def __init__(self, project: Project, problems: Problems, templates: Sequence[Path]) -> None:
        self._project = project
        self._problems = problems
        self._templates = templates
        self._by_path: dict[Path, Asset] = {}
        self._documents: dict[Path, Asset | None] = {}
        self._known: list[Path] | None = None
        self._warned: set[str] = set()

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The files so far, each once."""
        documents = filter(None, self._documents.values())
        return tuple({asset.name: asset for asset in (*self._by_path.values(), *documents)}.values())

    @property
    def paths(self) -> Iterator[Path]:
        """The paths of those files in the project or among the shipped files."""
        yield from dict.fromkeys((*self._by_path, *self._documents))

    def linker(self, folder: Path, place: Callable[[str], Place], kept: frozenset[str] = frozenset()) -> Link:
        """Link the addresses in a file of *folder*.

        Files are looked up in *folder*, in `slides/` and in the root, which comes first for addresses that start
        with `/`. A missing file is a problem.

        Args:
            folder: The folder of the file with the addresses.
            place: Locates an address in that file.
            kept: Addresses that stay: pages of other decks.
        """
        bases = tuple(dict.fromkeys((folder, self._project.slides, self._project.root)))

        def find_with(add: Callable[[Path], Asset | None], url: str) -> str:
            if unquote(re.split("[?#]", url, maxsplit=1)[0]) in kept:
                return url
            path = self._find(url, bases, place(url))
            asset = add(path) if path else None
            return f"{FOLDER}/{quote(asset.name)}{_fragment(url)}" if asset else MISSING

        def warn(word: str, what: str, hint: str, *, once: bool = False) -> None:
            if not (once and what in self._warned):
                self._warned.add(what)
                self._problems.warn(place(word), what, hint)

        return Link(
            partial(find_with, self.add),
            lambda url: refuse(url, place(url), self._problems),
            warn,
            partial(find_with, self._add_document),
        )

    def add(self, path: Path) -> Asset:
        """Publish the file at *path*: a style sheet with the files that it refers to, a drawing with its fonts."""
        if path not in self._by_path:
            if path.suffix == ".css":
                self._by_path[path] = Asset(path.name, path, None)  # ends a circle of imports
                text = self._link_style_sheet(path, self._load_style_sheet(path))
                self._by_path[path] = Asset(_published_name(path, text.encode()), path, text.encode())
            else:
                data = embed_fonts(path.read_bytes()) if path.suffix.lower() == ".svg" else None
                self._by_path[path] = Asset(_published_name(path, data), path, data)
        return self._by_path[path]

    def _add_document(self, path: Path) -> Asset | None:
        """Publish the file at *path* for a frame: it loads nothing from other machines; None if it cannot be shown."""
        if path not in self._documents:
            self._documents[path] = self._link_document(path) if may_load(path) else self.add(path)
        return self._documents[path]

    def _link_document(self, path: Path) -> Asset | None:
        source, data = shown_path(path, self._project.root), path.read_bytes()
        refused: list[str] = []

        def leave_out(url: str, line: int) -> None:
            refuse(url, Place(source, line), self._problems)

        def refuse_drawing(url: str, line: int) -> None:
            what = f"'{source}' was not included: it loads '{url.strip()}', and decks load nothing from other machines"
            self._problems.warn(Place(source, line), what, "put it into the document, or show a drawing with <img>")
            refused.append(url)

        if is_xml(path):
            read_xml_document(data, refuse_drawing)
            return None if refused else self.add(path)
        linked = link_html_document(data, leave_out)
        return self.add(path) if linked == data else Asset(_published_name(path, linked), path, linked)

    def _find(self, url: str, bases: Sequence[Path], at: Place) -> Path | None:
        name = unquote(re.split("[?#]", url, maxsplit=1)[0]).strip()
        root = self._project.root
        for candidate in dict.fromkeys((name, url.strip())):  # names may hold `#` and `%20`
            path = find_file(candidate.lstrip("/"), (root, *bases) if candidate.startswith("/") else bases)
            if path is None:
                continue
            if not path.resolve().is_relative_to(root.resolve()):
                self._problems.add(at, f"'{candidate}' leads out of the project", "copy the file into the project")
                return None
            return self._unless_pointer(path, candidate, at)
        hint = nearest(name, self._known_names(bases)) or "looked for beside the source, in slides/ and from the root"
        self._problems.add(at, f"no file '{name}'", hint)
        return None

    def _unless_pointer(self, path: Path, name: str, at: Place) -> Path | None:
        """*path*; None after a problem, if the file is a pointer of Git LFS."""
        if path in self._by_path or not is_lfs_pointer(path):
            return path
        self._problems.add(at, f"'{name}' is a pointer of Git LFS, not the file itself", LFS_HINT)
        return None

    def _known_names(self, bases: Sequence[Path]) -> Iterator[str]:
        if self._known is None:
            left_out = frozenset({self._project.site})
            roots = (self._project.slides,) if self._project.slides.is_dir() else (self._project.root,)
            self._known = [
                path for root in roots for path in walk_files(root, left_out) if path.suffix not in (".md", ".yaml")
            ]
        for path in self._known:
            yield from (shown_path(path, base) for base in bases if path.is_relative_to(base))

    def _load_style_sheet(self, path: Path) -> str:
        try:
            return load_template(path, self._project)
        except SourceError as error:
            self._problems.note(error)
            return ""

    def _link_style_sheet(self, path: Path, text: str) -> str:
        def replace(url: str, at: int, is_sheet: bool) -> str:
            if not is_file(url) and not is_remote(url) and not (is_sheet and is_data_document(url)):
                return url
            place = Place(shown_path(path, self._project.root), text.count("\n", 0, at) + 1)
            if not is_file(url):
                refuse(url, place, self._problems)
                return NO_STYLE
            name = unquote(re.split("[?#]", url, maxsplit=1)[0])
            file = self._find_beside(path, name)
            if file is None:
                self._problems.add(place, f"no file '{name}'")
                return url
            return f"{quote(self.add(file).name)}{_fragment(url)}"

        return replace_addresses(text, replace)

    def _find_beside(self, path: Path, name: str) -> Path | None:
        """The file *name* beside the style sheet at *path*. Themes of projects may use parts of shipped themes."""
        beside = Path(os.path.normpath(path.parent / name))
        candidates = [beside]
        for folder in self._templates:
            if beside.is_relative_to(folder):
                candidates += [other / beside.relative_to(folder) for other in self._templates]
        allowed = [folder.resolve() for folder in (*self._templates, self._project.root)]
        files = (file for file in candidates if file.is_file())
        return next((file for file in files if any(map(file.resolve().is_relative_to, allowed))), None)


def _fragment(url: str) -> str:
    return f"#{url.partition('#')[2]}" if "#" in url else ""


def _published_name(path: Path, data: bytes | None) -> str:
    digest = hashlib.sha256(data or b"")
    if data is None:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
    stem = re.sub(r"[^\w-]+", "-", path.stem).strip("-") or "file"
    return f"{stem}.{digest.hexdigest()[:8]}{path.suffix.lower()}"
