"""Builds that find nothing changed do nothing: they look at the disk, and import next to nothing.

What a build depends on is not listed one by one, which would be wrong some day: it is every file of the project, the
templates and the code that come with quarterdeck, the versions of all installed packages, what git ignores, and the
question. What it made is everything in `site/`. If all of that is as the last build left it, so is its answer.
"""

from __future__ import annotations

import gc
import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from quarterdeck.base.errors import Place, Problems
from quarterdeck.base.project import Project
from quarterdeck.base.shipped import shipped_templates, template_folders
from quarterdeck.deck.build_result import Published
from quarterdeck.deck.cache.cache_store import SLIDES, Store
from quarterdeck.deck.cache.fingerprint import Snapshot, TooMany, take_snapshot
from quarterdeck.deck.cache.render_worker import start_helper

_PREFIX = "build-"
_VENDORED = ("fonts",)
_MOST_BUILDS = 16
"""So many questions are remembered for a project."""


def build(
    project: Project, names: Sequence[str], *, fresh: bool = False, problems: Problems, **options: Any
) -> Published:
    """As `publish.build`, which is asked only if anything changed since it was asked the same.

    Args:
        project: The project.
        names: As for `publish.build`, as are *problems* and the *options*.
        fresh: Whether what earlier builds kept is passed over.
    """
    with _without_collecting():
        return _build(project, names, options, fresh, problems)


def _build(
    project: Project, names: Sequence[str], options: dict[str, Any], fresh: bool, problems: Problems
) -> Published:
    store = Store(project.root, code_version())
    name = _PREFIX + _question(project, names, options)
    kept = None if fresh else store.load(name)
    helper = start_helper() if kept is None and (fresh or not store.has(SLIDES)) else None
    try:
        before = _look_around(project)
        if kept is not None and before is not None and (published := _recall(kept, before, project, problems)):
            return published
        from quarterdeck.deck import publish
        from quarterdeck.deck.cache.slide_renderer import SlideRenderer

        renderer = SlideRenderer(store, helper, fresh=fresh)
        helper = None
        try:
            published = publish.build(project, names, problems=problems, renderer=renderer, store=store, **options)
        finally:
            renderer.dismiss()
    finally:
        if helper:
            helper.dismiss()
    renderer.keep()
    if before is not None:
        _remember(store, name, before, published, project, problems)
    return published


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Imports and rendering make millions of small values and no circles: looking for circles takes 5 % of a build."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def code_version() -> bytes:
    """Changes with quarterdeck's own code and with the versions of Python and of everything that is installed."""
    digest = hashlib.sha256(sys.version.encode())
    package = Path(__file__).parents[2]
    for path, sighting in sorted(take_snapshot([package]).files.items()):
        digest.update(repr((path, sighting[:4])).encode())
    for folder in sys.path:
        with suppress(OSError), os.scandir(folder or ".") as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith((".dist-info", ".egg-info")))
            digest.update(repr(names).encode())
    return digest.digest()


def _question(project: Project, names: Sequence[str], options: dict[str, Any]) -> str:
    plain = sorted((key, sorted(value) if isinstance(value, frozenset) else value) for key, value in options.items())
    asked = repr((str(project.root), str(Path.cwd()), tuple(names), plain))
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _look_around(project: Project) -> Snapshot | None:
    """Everything that a build of *project* may depend on; None where that is too much, or where pages are in it."""
    sources = (project.slides, project.commands, project.templates)
    if any(folder.is_relative_to(project.site) for folder in sources):
        return None
    shipped = [folder for folder in template_folders(project) if not folder.is_relative_to(project.root)]
    vendor = shipped_templates() / "vendor"  # fonts change only together with its `stamp`
    try:
        return take_snapshot(
            [project.root, *shipped],
            git_files(project.root),
            whole=(project.slides, project.commands),
            by_name=[vendor / name for name in _VENDORED],
            left_out=(project.site,),
        )
    except TooMany:
        return None


def git_files(root: Path) -> list[Path]:
    """The files that decide which files of *root* git tracks or ignores; those in *root* itself aside."""
    home = Path(os.environ.get("HOME", ""))
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    found = [home / ".gitconfig", config / "git" / "config", config / "git" / "ignore"]
    for folder in (root, *root.parents):
        if folder != root:
            found.append(folder / ".gitignore")
        git = folder / ".git"
        if git.is_file():  # of a worktree or a submodule: `gitdir: PATH`
            git = folder / git.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
        if git.is_dir():
            return [*found, git / "index", git / "config", git / "info" / "exclude"]
    return found


def _recall(kept: Any, before: Snapshot, project: Project, problems: Problems) -> Published | None:
    """What was published, if *kept* is about what is there now."""
    inputs, outputs, pages, warnings = kept
    if not Snapshot(*inputs).same_as(before):
        return None
    try:
        site = take_snapshot([project.site])
    except TooMany:
        return None
    if not Snapshot(*outputs).same_as(site):
        return None
    for path, line, what, hint in warnings:
        problems.warn(Place(path, line), what, hint)
    return Published(tuple(map(Path, pages)), (), ())


def _remember(
    store: Store, name: str, before: Snapshot, published: Published, project: Project, problems: Problems
) -> None:
    """Keep the answer, unless it depends on a file that was not looked at or another run writes the same pages."""
    if not all(str(path) in before.files for path in published.used):
        return
    try:
        site = take_snapshot([project.site], read=published.digests.keys())
    except TooMany:
        return
    if any(site.files[str(path)][4] != digest for path, digest in published.digests.items()):
        return
    warnings = tuple((one.at.path, one.at.line, one.what, one.hint) for one in problems.warnings)
    inputs, outputs = ((one.taken_ns, dict(one.files)) for one in (before, site))
    store.save(name, (inputs, outputs, tuple(map(str, published.pages)), warnings))
    store.forget_all_but(_PREFIX, _MOST_BUILDS)
