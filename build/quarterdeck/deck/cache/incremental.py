"""Incremental builds: a build for which nothing has changed only looks at the disk, and imports next to nothing.

The inputs of a build are not listed one by one, since such a list would be wrong some day. They are all files of the
project, the templates and the code of quarterdeck, the versions of all installed packages, what git ignores, and the
options. Its outputs are all files in `site/`. If all of these are as the last build left them, so is its result.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from quarterdeck.base.errors import Place, Problems
from quarterdeck.base.project import Project
from quarterdeck.base.shipped import shipped_templates, template_folders
from quarterdeck.deck.cache.cache_store import CacheStore, has_cache
from quarterdeck.deck.cache.fingerprint import Fingerprint, TooMany, list_entries, take_fingerprint
from quarterdeck.deck.cache.render_worker import Workers, dismiss_all, start_worker
from quarterdeck.deck.model import BuildOptions, BuildResult

_PREFIX = "build-"
_MOST_BUILDS = 16
"""Results that are kept for a project, of builds with different options."""


def build_incrementally(
    project: Project, options: BuildOptions, problems: Problems, *, fresh: bool = False
) -> BuildResult:
    """Like `build.build`, which is called only if something has changed since the last call with these options.

    *fresh*: ignore everything that earlier builds kept.
    """
    workers: Workers = []
    try:
        if fresh or not has_cache(project.root):
            # All slides must be rendered: a worker sets that up while this process looks around.
            from quarterdeck.deck.cache.slide_renderer import set_up_rendering

            if worker := start_worker(set_up_rendering):
                workers.append(worker)
        store = CacheStore(project.root, code_version())
        name = _PREFIX + _name_of(project, options)
        kept = None if fresh else store.load(name)
        before = take_inputs(project)
        if kept and before and (result := _recall(kept, before, project, problems)):
            return result
        result = _build(project, options, problems, store, workers, fresh)
    finally:
        dismiss_all(workers)
    if before:
        with suppress(TooMany):
            _keep(store, name, before, result, project, problems)
    return result


def _build(
    project: Project, options: BuildOptions, problems: Problems, store: CacheStore, workers: Workers, fresh: bool
) -> BuildResult:
    from quarterdeck.deck.build import build
    from quarterdeck.deck.cache.entry_cache import EntryCache
    from quarterdeck.deck.cache.slide_renderer import SlideRenderer

    renderer = SlideRenderer(store, workers, fresh=fresh)
    # What is kept of an entry names files of that build, which single files do not have.
    entries = None if options.single_file else EntryCache(project, store)
    recall = entries.recall if entries else lambda _: None
    result = build(project, options, problems, renderer=renderer, recall_entry=recall)
    if entries:
        entries.keep(result.entries)
    renderer.keep()
    return result


def code_version() -> bytes:
    """A digest of quarterdeck's code, and of the versions of Python and of all installed packages."""
    digest = hashlib.sha256(sys.version.encode())
    package = Path(__file__).parents[2]
    for path, stamp in sorted(take_fingerprint([package]).files.items()):
        digest.update(repr((path, stamp[:4])).encode())
    for folder in sys.path:
        names = [entry.name for entry in list_entries(folder or ".")]
        digest.update(repr(sorted(name for name in names if name.endswith((".dist-info", ".egg-info")))).encode())
    return digest.digest()


def _name_of(project: Project, options: BuildOptions) -> str:
    values = (str(project.root), str(Path.cwd()), options._replace(audience=frozenset()), sorted(options.audience))
    return hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def take_inputs(project: Project) -> Fingerprint | None:
    """Everything that a build of *project* may depend on; None if that is too much, or includes the pages."""
    sources = (project.slides, project.commands, project.templates)
    if any(folder.is_relative_to(project.site) for folder in sources):
        return None
    shipped = [folder for folder in template_folders(project) if not folder.is_relative_to(project.root)]
    try:
        return take_fingerprint(
            [project.root, *shipped],
            git_files(project.root),
            whole=(project.slides, project.commands),
            by_name=[shipped_templates() / "vendor" / "fonts"],  # they change only together with `vendor/stamp`
            left_out=(project.site,),
        )
    except TooMany:
        return None


def git_files(root: Path) -> list[Path]:
    """The files outside of *root* that decide which of its files git tracks or ignores."""
    home = Path(os.environ.get("HOME", ""))
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    files = [home / ".gitconfig", config / "git" / "config", config / "git" / "ignore"]
    for folder in (root, *root.parents):
        if folder != root:
            files.append(folder / ".gitignore")
        git = folder / ".git"
        if git.is_file():  # of a worktree or a submodule: `gitdir: PATH`
            git = folder / git.read_text(encoding="utf-8", errors="replace").removeprefix("gitdir:").strip()
        if git.is_dir():
            return [*files, git / "index", git / "config", git / "info" / "exclude"]
    return files


def _recall(kept: Any, before: Fingerprint, project: Project, problems: Problems) -> BuildResult | None:
    """The result that was *kept*, if inputs and outputs are unchanged."""
    inputs, outputs, pages, warnings = kept
    if not Fingerprint(*inputs).same_as(before):
        return None
    try:
        site = take_fingerprint([project.site])
    except TooMany:
        return None
    if not Fingerprint(*outputs).same_as(site):
        return None
    for path, line, what, hint in warnings:
        problems.warn(Place(path, line), what, hint)
    return BuildResult(tuple(map(Path, pages)))


def _keep(
    store: CacheStore, name: str, before: Fingerprint, result: BuildResult, project: Project, problems: Problems
) -> None:
    """Keep *result*, unless it depends on a file without a stamp, or another run writes the same pages."""
    if not all(str(path) in before.files for path in result.used):
        return
    site = take_fingerprint([project.site], read=result.digests.keys())
    if any(site.files[str(path)][4] != digest for path, digest in result.digests.items()):
        return
    warnings = tuple((*warning.at, warning.what, warning.hint) for warning in problems.warnings)
    store.save(name, (tuple(before), tuple(site), tuple(map(str, result.pages)), warnings))
    store.forget_all_but(_PREFIX, _MOST_BUILDS)
