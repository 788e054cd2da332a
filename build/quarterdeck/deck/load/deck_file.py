"""Loading decks: `slides/NAME.yaml` or an HTML deck in `slides/NAME.html`, and the slide sources they name."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from pathlib import Path

from quarterdeck.base.errors import Place, Problems, SourceError, UsageError, did_you_mean
from quarterdeck.base.files import load_legacy_text, load_text, shown_path, walk_files
from quarterdeck.base.project import Project
from quarterdeck.base.yaml_positions import Located, parse_yaml
from quarterdeck.deck.load.locate import find_file
from quarterdeck.deck.load.schema import read_keys
from quarterdeck.deck.model import Deck, Metadata, SlideSource
from quarterdeck.deck.split.fences import map_fences

_HAS_SLIDES = re.compile(rb"^(?:\xef\xbb\xbf)?(?:slides|\"slides\"|'slides')[ \t]*:", re.MULTILINE)
_HAS_REVEAL = rb"<[a-z]+\s[^>]*\bclass\s*=\s*(?:\"[^\"]*|'[^']*|)(?<![\w-])reveal(?![\w-])"
_OURS = rb"<meta name=\"generator\" content=\"quarterdeck\b"
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(?P<text>.*?)(?:[ \t]+#+)?[ \t]*\Z")
_COMMENT = re.compile(r"<!--.*?-->")
_SUFFIXES = (".yaml", ".html", ".md")


def find_decks(project: Project) -> tuple[str, ...]:
    """The names of the decks of *project*: its files `slides/*.yaml` with a key `slides`, and its HTML decks."""
    names = {path.stem for path in _deck_files(project, ".yaml")}
    names.update(path.stem for path in _html_decks(project) if path.stem != "index")
    return tuple(sorted(names))


def check_names(project: Project, names: Collection[str], problems: Problems) -> None:
    """Report decks with the same page, and files that look like decks but cannot be.

    Args:
        project: The project.
        names: Names of decks; empty for all.
        problems: Collects them.
    """
    files: dict[str, list[str]] = {}
    for path in (*_deck_files(project, ".yaml"), *_deck_files(project, ".yml"), *_html_decks(project)):
        if not names or path.stem in names:
            files.setdefault(path.stem, []).append(shown_path(path, project.root))
    for name, shown in files.items():
        page = f"{shown_path(project.site, project.root)}/{name}.html"
        if name == "index" and shown[-1].endswith(".html"):
            problems.warn(Place(shown.pop(), 0), "not built: index.html lists all decks", "rename it")
        if shown[:1] == [f"{shown_path(project.slides, project.root)}/{name}.yml"]:
            problems.warn(Place(shown.pop(0), 0), "not built: deck files end in .yaml", f"rename it to {name}.yaml")
        for other in shown[1:]:
            problems.add(Place(other, 0), f"the page of {shown[0]} is {page}, too", "rename one of them")


def _deck_files(project: Project, suffix: str) -> list[Path]:
    return [path for path in _files_of(project, suffix) if _HAS_SLIDES.search(path.read_bytes())]


def _html_decks(project: Project) -> list[Path]:
    return [path for path in _files_of(project, ".html") if _is_html_deck(path)]


def _files_of(project: Project, suffix: str) -> list[Path]:
    """The files directly in `slides/` that end in *suffix*."""
    try:
        with os.scandir(project.slides) as entries:
            names = sorted(entry.name for entry in entries if entry.name.endswith(suffix) and entry.is_file())
    except OSError:
        return []
    return [project.slides / name for name in names]


def _is_html_deck(path: Path) -> bool:
    """Whether the HTML file at *path* is a reveal.js page of an author, not one that a build made."""
    data = path.read_bytes()
    if b"reveal" not in data:
        return False
    return bool(re.search(_HAS_REVEAL, data, re.IGNORECASE)) and not re.search(_OURS, data, re.IGNORECASE)


def load_deck(
    project: Project, name_or_path: str, problems: Problems, *, audience: frozenset[str] = frozenset()
) -> Deck:
    """Load a deck. A path to a Markdown file is a deck of that one slide source.

    Args:
        project: The project.
        name_or_path: `talk`, `slides/talk.yaml`, `slides/2019-talk.html` or `slides/layers.md`.
        problems: Collects ill-typed values, missing slide sources and unknown keys.
        audience: Entries with `if: NAME` are left out unless NAME is in it.

    Raises:
        UsageError: There is no such deck.
        SourceError: Its file is not YAML, cannot be read, or is outside the project.
    """
    path = _find_deck_file(project, name_or_path)
    shown = shown_path(path, project.root)
    if path.stem == "index":
        raise SourceError(Place(shown, 0), "a deck cannot be called 'index'", "index.html lists all decks: rename it")
    if path.suffix == ".html":
        from quarterdeck.deck.load.html_deck import load_html_deck

        return load_html_deck(project, path, load_legacy_text(path, project.root, problems), problems)
    text = load_text(path, project.root)
    if path.suffix == ".md":
        title = _first_heading(text) or path.stem
        source = SlideSource(path, shown, text)
        return Deck(path.stem, title, Located({}, shown, {}), slides=(source,), theme=project.theme)
    return _load_deck_file(project, path, parse_yaml(text, shown, lenient=True), problems, audience)


def _load_deck_file(
    project: Project, path: Path, located: Located, problems: Problems, audience: frozenset[str]
) -> Deck:
    if not isinstance(located.value, dict) or "slides" not in located.value:
        raise SourceError(Place(located.path, 1), "not a deck: it has no key 'slides'", "list its slide sources there")
    values = read_keys(located, problems)
    conditions: set[str] = set()
    for key in ("pre_slides", "slides", "post_slides"):
        entries = values.get(key, ())
        conditions |= {condition for _, (_, condition) in entries if condition}
        kept = [(at, path) for at, (path, condition) in entries if condition is None or condition in audience]
        loaded = (_load_source(project, path, at, problems) for at, path in kept)
        values[key] = tuple(source for source in loaded if source)
    for key in ("agenda", "summary", "events"):
        values[key] = tuple(item for _, item in values.get(key, ()))
    values.setdefault("theme", project.theme)
    if values.get("reveal"):
        from quarterdeck.deck.load.reveal_options import read_markdown_options, warn_canvas, warn_options

        warn_options(located, problems)
        if not (project.templates / "themes" / values["theme"]).is_dir():
            warn_canvas(located, problems)
        if values["reveal"].get("markdown") is not None:
            values["markdown"], separators = read_markdown_options(located, problems)
            for key in ("pre_slides", "slides", "post_slides") if separators else ():
                values[key] = tuple(source._replace(separators=separators) for source in values[key])
    title = values.get("metadata", Metadata()).title or path.stem
    return Deck(path.stem, _plain(title), located, conditions=frozenset(conditions), **values)


def _plain(title: str) -> str:
    """*title* without HTML."""
    if "<" not in title and "&" not in title:
        return title
    from quarterdeck.deck.html.inline import plain_text

    return plain_text(title)


def _find_deck_file(project: Project, name: str) -> Path:
    if name.endswith(_SUFFIXES):
        path = find_file(name, (Path.cwd(), project.root, project.slides))
    elif "/" not in name:
        path = find_file(f"{name}.yaml", [project.slides]) or find_file(f"{name}.html", [project.slides])
    else:
        path = None
    if path is None:
        hint = did_you_mean(name, find_decks(project)) or "there is no deck in slides/ yet"
        raise UsageError(f"no deck '{name}'", hint)
    return path


def _first_heading(text: str) -> str:
    lines = text.split("\n")
    fenced = map_fences(lines).fenced
    for row, line in enumerate(lines):
        if row not in fenced and (match := _HEADING.match(_COMMENT.sub("", line))) and match["text"]:
            return _text_of(match["text"])
    return ""


def _text_of(heading: str) -> str:
    """The text of *heading*, which is Markdown, without icons and HTML."""
    if ":" in heading:
        from quarterdeck.deck.icons.icon_names import without_icons

        heading = without_icons(heading)
    return _plain(heading).strip()


def _load_source(project: Project, name: str, at: Place, problems: Problems) -> SlideSource | None:
    if not name:
        problems.add(at, "an entry without a path", "name a slide source, such as 010_intro/slides.md")
        return None
    path = find_file(name, (project.slides, project.root))
    if path is None:
        problems.add(at, f"no slide source '{name}'", did_you_mean(name, _all_sources(project)))
        return None
    with problems.collecting():
        return SlideSource(path, shown_path(path, project.root), load_text(path, project.root))
    return None


def _all_sources(project: Project) -> list[str]:
    if not project.slides.is_dir():
        return []
    left_out = frozenset({project.site})
    return [shown_path(path, project.slides) for path in walk_files(project.slides, left_out) if path.suffix == ".md"]
