"""The files that decks refer to: looked up, named by their contents, and linked.

Each becomes `assets/NAME.HASH8.EXT`, so that browsers never show an old version and nothing is copied twice.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import quote

from quarterdeck.base.errors import Place, Problems, nearest
from quarterdeck.base.files import LFS_HINT, is_lfs_pointer, shown_path, walk_files
from quarterdeck.base.project import Project
from quarterdeck.base.shipped import load_template
from quarterdeck.deck.assets.asset_memory import Asset, AssetMemory, Linked
from quarterdeck.deck.assets.drawings import embed_fonts
from quarterdeck.deck.html.addresses import MISSING, NO_STYLE, Link, refuse
from quarterdeck.deck.html.css import replace_addresses
from quarterdeck.deck.html.documents import is_xml, link_html_document, may_load, read_xml_document
from quarterdeck.deck.html.urls import path_of
from quarterdeck.deck.load.locate import find_file

FOLDER = "assets"
PUBLISHED_NAME = r".+\.[0-9a-f]{8}(?:\.[A-Za-z0-9]+)?"
"""The names of published files. Only files with such names are ever removed."""


class AssetStore:
    """The files that the decks of one run refer to."""

    def __init__(
        self, project: Project, problems: Problems, templates: Sequence[Path], memory: AssetMemory | None = None
    ) -> None:
        self._memory = memory
        if memory:
            memory.start(project.templates)
        self._project = project
        self._problems = problems
        self._templates = templates
        self._by_path: dict[Path, Asset] = {}
        self._files_of: dict[Path, set[Path]] = {}
        self._linking: list[set[Path]] = []
        self._documents: dict[Path, Asset | None] = {}
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
            if path_of(url) in kept:
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
            linked = self._memory.recall(path) if self._memory else None
            if linked is None:
                linked = self._link_with_files(path)
            self._by_path.update(linked)
        elif self._linking:
            self._linking[-1] |= self._files_of.get(path, {path})
        return self._by_path[path]

    def _link_with_files(self, path: Path) -> Linked:
        """The file at *path*, and the files that it refers to; kept in memory."""
        problems = len(self._problems.errors) + len(self._problems.warnings)
        self._linking.append({path})
        self._link(path)
        files = self._files_of[path] = self._linking.pop()
        linked = {file: self._by_path[file] for file in files}
        if self._linking:
            self._linking[-1] |= files
        elif self._memory and problems == len(self._problems.errors) + len(self._problems.warnings):
            self._memory.keep(path, linked)
        return linked

    def _link(self, path: Path) -> None:
        if path.suffix == ".css":
            self._by_path[path] = Asset(path.name, path, None)  # ends a circle of imports
            text = ""
            with self._problems.collecting():
                text = load_template(path, self._project)
            data: bytes | None = self._link_style_sheet(path, text).encode()
        else:
            data = embed_fonts(path.read_bytes()) if path.suffix.lower() == ".svg" else None
        self._by_path[path] = _named(path, data)

    def _add_document(self, path: Path) -> Asset | None:
        """Publish the file at *path* for a frame: it loads nothing from other machines; None if it cannot be shown."""
        if path not in self._documents:
            self._documents[path] = self._link_document(path) if may_load(path) else self.add(path)
        return self._documents[path]

    def _link_document(self, path: Path) -> Asset | None:
        source, data = shown_path(path, self._project.root), path.read_bytes()
        if not is_xml(path):
            linked = link_html_document(data, lambda url, line: refuse(url, Place(source, line), self._problems))
            return self.add(path) if linked == data else _named(path, linked)
        remote = read_xml_document(data)
        for url, line in remote:
            what = f"'{source}' was not included: it loads '{url.strip()}', and decks load nothing from other machines"
            self._problems.warn(Place(source, line), what, "put it into the document, or show a drawing with <img>")
        return None if remote else self.add(path)

    def _find(self, url: str, bases: Sequence[Path], at: Place) -> Path | None:
        name, root = path_of(url).strip(), self._project.root
        for candidate in dict.fromkeys((name, url.strip())):  # names may hold `#` and `%20`
            path = find_file(candidate.lstrip("/"), (root, *bases) if candidate.startswith("/") else bases)
            if path is None:
                continue
            if not path.resolve().is_relative_to(root.resolve()):
                self._problems.add(at, f"'{candidate}' leads out of the project", "copy the file into the project")
            elif path not in self._by_path and is_lfs_pointer(path):
                self._problems.add(at, f"'{candidate}' is a pointer of Git LFS, not the file itself", LFS_HINT)
            else:
                return path
            return None
        names = (shown_path(path, base) for path in self._linkable for base in bases if path.is_relative_to(base))
        hint = nearest(name, names) or "looked for beside the source, in slides/ and from the root"
        self._problems.add(at, f"no file '{name}'", hint)
        return None

    @cached_property
    def _linkable(self) -> list[Path]:
        project = self._project
        files = walk_files(project.slides if project.slides.is_dir() else project.root, frozenset({project.site}))
        return [path for path in files if path.suffix not in (".md", ".yaml")]

    def _link_style_sheet(self, path: Path, text: str) -> str:
        def replace(url: str, at: int, is_sheet: bool) -> str:
            place = Place(shown_path(path, self._project.root), text.count("\n", 0, at) + 1)
            link = Link(lambda url: self._link_beside(path, url, place), lambda url: refuse(url, place, self._problems))
            return link.load(url, NO_STYLE, document=is_sheet)

        return replace_addresses(text, replace)

    def _link_beside(self, path: Path, url: str, at: Place) -> str:
        """The address of a file beside the style sheet at *path*; a project's theme may use files of shipped themes."""
        beside = Path(os.path.normpath(path.parent / path_of(url)))
        candidates = [beside]
        for folder in self._templates:
            if beside.is_relative_to(folder):
                candidates += [other / beside.relative_to(folder) for other in self._templates]
        allowed = [folder.resolve() for folder in (*self._templates, self._project.root)]
        for file in candidates:
            if file.is_file() and any(map(file.resolve().is_relative_to, allowed)):
                return f"{quote(self.add(file).name)}{_fragment(url)}"
        self._problems.add(at, f"no file '{path_of(url)}'")
        return url


def _fragment(url: str) -> str:
    return f"#{url.partition('#')[2]}" if "#" in url else ""


def _named(path: Path, data: bytes | None = None) -> Asset:
    """The file at *path*, named by its contents, which are *data* if given."""
    if data is None:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    else:
        digest = hashlib.sha256(data).hexdigest()
    stem = re.sub(r"[^\w-]+", "-", path.stem).strip("-") or "file"
    return Asset(f"{stem}.{digest[:8]}{path.suffix.lower()}", path, data)
