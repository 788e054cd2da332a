"""Loading decks: `slides/NAME.yaml` or an HTML deck in `slides/NAME.html`, and the slide sources they name."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from quarterdeck.base.errors import Place, Problems, SourceError, UsageError, did_you_mean
from quarterdeck.base.files import load_legacy_text, load_text, shown_path, walk_files
from quarterdeck.base.project import Project
from quarterdeck.base.yaml_positions import Located, parse_yaml
from quarterdeck.deck.html.inline import plain_text
from quarterdeck.deck.load.locate import find_file
from quarterdeck.deck.load.schema import read_keys
from quarterdeck.deck.model import Deck, Metadata, Separators, SlideSource
from quarterdeck.deck.split.fences import map_fences

_HAS_SLIDES = rb"(?m)^(?:\xef\xbb\xbf)?(?:slides|\"slides\"|'slides')[ \t]*:"
_HAS_REVEAL = rb"(?i)<[a-z]+\s[^>]*\bclass\s*=\s*(?:\"[^\"]*|'[^']*|)(?<![\w-])reveal(?![\w-])"
_OURS = rb"(?i)<meta name=\"generator\" content=\"quarterdeck\b"
_HEADING = r" {0,3}#{1,6}[ \t]+(?P<text>.*?)(?:[ \t]+#+)?[ \t]*\Z"
_SUFFIXES = (".yaml", ".html", ".md")


def find_decks(project: Project) -> tuple[str, ...]:
    """The names of the decks of *project*: its files `slides/*.yaml` with a key `slides`, and its HTML decks."""
    html_decks = (path for path in _deck_files(project, ".html") if path.stem != "index")
    return tuple(sorted({path.stem for path in (*_deck_files(project, ".yaml"), *html_decks)}))


def check_names(project: Project, names: Collection[str], problems: Problems) -> None:
    """Report decks with the same page, and files that look like decks but cannot be.

    Args:
        project: The project.
        names: Names of decks; empty for all.
        problems: Collects them.
    """
    files: dict[str, list[str]] = {}
    for suffix in (".yaml", ".yml", ".html"):
        for path in _deck_files(project, suffix):
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
    """The decks directly in `slides/` whose file names end in *suffix*."""
    files = (path for path in project.slides.glob(f"*{suffix}") if path.is_file())
    return sorted(path for path in files if _is_deck(path))


def _is_deck(path: Path) -> bool:
    """Whether *path* has the key `slides`, or is a reveal.js page that no build made."""
    data = path.read_bytes()
    if path.suffix != ".html":
        return re.search(_HAS_SLIDES, data) is not None
    return b"reveal" in data and bool(re.search(_HAS_REVEAL, data)) and not re.search(_OURS, data)


def load_deck(
    project: Project, name_or_path: str, problems: Problems, *, audience: frozenset[str] = frozenset()
) -> Deck:
    """Load a deck. A path to a Markdown file is a deck of that slide source only.

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
    values.setdefault("theme", project.theme)
    separators = None
    if values.get("reveal"):
        from quarterdeck.deck.load.reveal_options import check_options, read_markdown_options

        own_theme = (project.templates / "themes" / values["theme"]).is_dir()
        check_options(located, problems, shipped_theme=not own_theme)
        if values["reveal"].get("markdown") is not None:
            values["markdown"], separators = read_markdown_options(located, problems)
    conditions: set[str] = set()
    for key in ("pre_slides", "slides", "post_slides"):
        entries = values.get(key, ())
        conditions |= {condition for _, (_, condition) in entries if condition}
        kept = [(at, name) for at, (name, condition) in entries if condition is None or condition in audience]
        loaded = (_load_source(project, name, separators, at, problems) for at, name in kept)
        values[key] = tuple(source for source in loaded if source)
    for key in ("agenda", "summary", "events"):
        values[key] = tuple(item for _, item in values.get(key, ()))
    values["duration_s"] = values.pop("duration", None)
    title = values.get("metadata", Metadata()).title or path.stem
    return Deck(path.stem, plain_text(title), located, conditions=frozenset(conditions), **values)


def _find_deck_file(project: Project, name: str) -> Path:
    path = None
    if name.endswith(_SUFFIXES):
        path = find_file(name, (Path.cwd(), project.root, project.slides))
    elif "/" not in name:
        path = find_file(f"{name}.yaml", [project.slides]) or find_file(f"{name}.html", [project.slides])
    if path is None:
        hint = did_you_mean(name, find_decks(project)) or "there is no deck in slides/ yet"
        raise UsageError(f"no deck '{name}'", hint)
    return path


def _first_heading(text: str) -> str:
    """The text of the first heading in Markdown, without icons and HTML; empty for none."""
    from quarterdeck.deck.icons.icon_names import without_icons

    lines = text.split("\n")
    fenced = map_fences(lines).fenced
    for row, line in enumerate(lines):
        if row not in fenced and (match := re.match(_HEADING, re.sub("<!--.*?-->", "", line))) and match["text"]:
            return plain_text(without_icons(match["text"])).strip()
    return ""


def _load_source(
    project: Project, name: str, separators: Separators | None, at: Place, problems: Problems
) -> SlideSource | None:
    if not name:
        problems.add(at, "an entry without a path", "name a slide source, such as 010_intro/slides.md")
        return None
    path = find_file(name, (project.slides, project.root))
    if path is None:
        files = walk_files(project.slides, frozenset({project.site}))
        names = (shown_path(file, project.slides) for file in files if file.suffix == ".md")
        problems.add(at, f"no slide source '{name}'", did_you_mean(name, names))
        return None
    with problems.collecting():
        return SlideSource(path, shown_path(path, project.root), load_text(path, project.root), separators)
    return None
