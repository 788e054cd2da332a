"""Publishing: files are written only if they changed, and files of decks that are gone are removed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from quarterdeck.base.files import has_text, save_bytes, save_text
from quarterdeck.base.project import Project
from quarterdeck.deck.assets.asset_memory import Asset
from quarterdeck.deck.assets.asset_store import FOLDER, PUBLISHED_NAME
from quarterdeck.deck.model import Page

_GENERATOR = r'<meta name="generator" content="quarterdeck\b[^"]*"(?: data-source="(?P<source>[^"]*)")?>'
"""In the head of every page made from a shipped template."""
_REFERENCE = re.compile(rf"{FOLDER}/([^\"'\s<>?#]+)")


def publish_files(site: Path, pages: Sequence[Page], assets: Sequence[Asset]) -> tuple[Path, ...]:
    """Write the files that changed into *site* and return their paths.

    Assets come first, so that no page refers to a missing file.
    """
    changed = []
    for asset in assets:
        target = site / FOLDER / asset.name
        if _is_published(asset, target):
            continue
        if asset.data is not None:
            save_bytes(target, asset.data)
        else:
            _copy(asset.path, target)
        changed.append(target)
    changed += [site / page.name for page in pages if save_text(site / page.name, page.html)]
    return tuple(changed)


def outdated_files(site: Path, pages: Sequence[Page], assets: Sequence[Asset]) -> tuple[Path, ...]:
    """The files that `publish_files` would write into *site*; nothing is written."""
    missing = [site / FOLDER / asset.name for asset in assets if not _is_published(asset, site / FOLDER / asset.name)]
    return (*missing, *(site / page.name for page in pages if not has_text(site / page.name, page.html)))


def _is_published(asset: Asset, target: Path) -> bool:
    """Whether *target* is *asset*: the digest of its contents is in its name."""
    size = asset.path.stat().st_size if asset.data is None else len(asset.data)
    return target.is_file() and target.stat().st_size == size


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(path, part)
    part.replace(target)


def remove_stale(
    project: Project, pages: Sequence[Page], assets: Sequence[Asset], decks: frozenset[str]
) -> tuple[Path, ...]:
    """Remove the pages of decks that no longer exist, and assets that no page uses; return their paths."""
    used = {asset.name for asset in assets}
    written = {page.name for page in pages}
    stale = []
    for path in sorted(project.site.glob("*.html")):
        if path.name in written:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if _is_stale(text, path.stem, project, decks):
            stale.append(path)
        else:
            used |= set(map(unquote, _REFERENCE.findall(text)))
    stale += [
        path
        for path in sorted((project.site / FOLDER).glob("*"))
        if path.is_file() and re.fullmatch(PUBLISHED_NAME, path.name) and path.name not in used
    ]
    for path in stale:
        path.unlink()
    return tuple(stale)


def _is_stale(text: str, name: str, project: Project, decks: frozenset[str]) -> bool:
    """Whether a build made the page of a deck that no longer exists. A slide source may be a deck, too."""
    generator = re.search(_GENERATOR, text[:4096])
    if generator is None or name in decks:
        return False
    source = unescape(generator["source"] or "")
    return not (source.endswith(".md") and (project.root / source).is_file())
