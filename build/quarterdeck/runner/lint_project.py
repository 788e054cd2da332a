"""Everything wrong with a project that can be known without running a demo and without making a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from quarterdeck.base.errors import Place, Problems, SourceError
from quarterdeck.base.files import load_text, walk_files
from quarterdeck.base.project import Project
from quarterdeck.check.demo_rules import lint_demo, lint_recording
from quarterdeck.deck.load.deck_file import check_names, find_decks, load_deck
from quarterdeck.deck.split.fences import map_fences
from quarterdeck.deck.split.markers import parse_markers
from quarterdeck.deck.steps.block import find_marked_step
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.demo_file import Demo

_RECORDING = ".recording.yaml"


@dataclass(frozen=True, slots=True)
class Seen:
    """How much there was to look at."""

    decks: int
    sources: int
    """Slide sources, those that no deck shows too."""
    demos: int
    steps: int


def lint(project: Project, problems: Problems) -> Seen:
    """Note everything wrong with the decks, slide sources, demos and recordings of *project*; nothing is run."""
    catalogue = Catalogue(project, problems)
    demos = catalogue.load_all()
    for demo in demos:
        _lint_demo(demo, catalogue, problems)
    _warn_lone_recordings(demos, project, problems)
    decks = find_decks(project)
    sources = _load_sources(project, decks, problems)
    for path, text in sources.items():
        _lint_markers(path, text, catalogue, project, problems)
    return Seen(len(decks), len(sources), len(demos), sum(len(demo.steps) for demo in demos))


def _lint_demo(demo: Demo, catalogue: Catalogue, problems: Problems) -> None:
    with problems.collecting():
        lint_demo(demo, catalogue.stage_of(demo), problems)
        digests = catalogue.input_digests(demo)
        recording = catalogue.recording_of(demo)
        if recording or not demo.recording.is_file():
            lint_recording(demo, recording, digests, problems)


def _warn_lone_recordings(demos: tuple[Demo, ...], project: Project, problems: Problems) -> None:
    known = {demo.recording for demo in demos}
    if not project.commands.is_dir():
        return
    for path in walk_files(project.commands, frozenset({project.site})):
        if path.name.endswith(_RECORDING) and path not in known:
            remove = f"give the demo its name back, or remove {path.name}"
            problems.warn(Place(project.shown(path), 0), "a recording of no demo", remove)


def _load_sources(project: Project, decks: tuple[str, ...], problems: Problems) -> dict[Path, str]:
    """The text of every slide source, by path; what is wrong with the decks on the way to them is a problem."""
    check_names(project, (), problems)
    sources: dict[Path, str] = {}
    for name in decks:
        sources |= _sources_of_deck(project, name, problems)
    for path in _other_sources(project):
        if path not in sources:
            try:
                sources[path] = load_text(path, project.root)
            except SourceError as error:
                problems.note(error)
    return sources


def _sources_of_deck(project: Project, name: str, problems: Problems) -> dict[Path, str]:
    """Those for every audience too. Older talks have their Markdown in another form, without markers of ours."""
    if (project.slides / f"{name}.yaml").is_file():
        try:
            deck = load_deck(project, name, problems)
            if deck.conditions:
                deck = load_deck(project, name, problems, audience=deck.conditions)
            return {source.path: source.text for source in deck.sources}
        except SourceError as error:
            problems.note(error)
    return {}


def _other_sources(project: Project) -> Iterator[Path]:
    """Slide sources in `slides/` that no deck may show; where that is the root, every other text would be one."""
    if project.slides != project.root and project.slides.is_dir():
        yield from (path for path in walk_files(project.slides, frozenset({project.site})) if path.suffix == ".md")


def _lint_markers(path: Path, text: str, catalogue: Catalogue, project: Project, problems: Problems) -> None:
    if "<!--" not in text:
        return
    lines = text.split("\n")
    markers = parse_markers(lines, project.shown(path), map_fences(lines), problems)
    for marker in markers.values():
        if marker.reference is not None:
            find_marked_step(marker, catalogue, path.parent, problems)
