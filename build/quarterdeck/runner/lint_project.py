"""Everything wrong with a project that shows without running a demo or making a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from quarterdeck.base.errors import Place, Problems
from quarterdeck.base.files import load_text, walk_files
from quarterdeck.base.project import Project
from quarterdeck.check.demo_rules import lint_demo, lint_recording
from quarterdeck.deck.load.deck_file import check_names, find_decks, load_deck
from quarterdeck.deck.split.fences import map_fences
from quarterdeck.deck.split.markers import parse_markers
from quarterdeck.deck.steps.block import find_marked_step
from quarterdeck.demo.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Seen:
    """The numbers of things that were checked."""

    decks: int
    sources: int
    """Slide sources, including those that no deck shows."""
    demos: int
    steps: int


def lint(project: Project, problems: Problems) -> Seen:
    """Report everything wrong with the decks, slide sources, demos and recordings of *project*; nothing is run."""
    catalogue = Catalogue(project, problems)
    demos = catalogue.load_all()
    for demo in demos:
        with problems.collecting():
            lint_demo(demo, catalogue.stage_of(demo), problems)
            digests = catalogue.input_digests(demo)
            recording = catalogue.recording_of(demo)
            if recording or not demo.recording.is_file():
                lint_recording(demo, recording, digests, problems)
    _warn_lone_recordings({demo.recording for demo in demos}, project, problems)
    decks = find_decks(project)
    sources = _load_sources(project, decks, problems)
    for path, text in sources.items():
        _lint_markers(path, text, catalogue, project, problems)
    return Seen(len(decks), len(sources), len(demos), sum(len(demo.steps) for demo in demos))


def _warn_lone_recordings(recordings: set[Path], project: Project, problems: Problems) -> None:
    for path in _walk(project.commands, project):
        if path.name.endswith(".recording.yaml") and path not in recordings:
            remove = f"give the demo its name back, or remove {path.name}"
            problems.warn(Place(project.shown(path), 0), "a recording of no demo", remove)


def _load_sources(project: Project, decks: tuple[str, ...], problems: Problems) -> dict[Path, str]:
    """The text of every slide source, by path; errors in decks are added to *problems*."""
    check_names(project, (), problems)
    sources: dict[Path, str] = {}
    for name in decks:
        # The Markdown of an HTML deck has another form, without markers.
        if (project.slides / f"{name}.yaml").is_file():
            with problems.collecting():
                deck = load_deck(project, name, problems)
                if deck.conditions:
                    deck = load_deck(project, name, problems, audience=deck.conditions)
                sources |= {source.path: source.text for source in deck.sources}
    # Where `slides/` is the root, every other text would be a slide source.
    for path in _walk(project.slides, project) if project.slides != project.root else ():
        if path.suffix == ".md" and path not in sources:
            with problems.collecting():
                sources[path] = load_text(path, project.root)
    return sources


def _walk(folder: Path, project: Project) -> Iterator[Path]:
    return walk_files(folder, frozenset({project.site}))


def _lint_markers(path: Path, text: str, catalogue: Catalogue, project: Project, problems: Problems) -> None:
    if "<!--" not in text:
        return
    lines = text.split("\n")
    markers = parse_markers(lines, project.shown(path), map_fences(lines), problems)
    for marker in markers.values():
        if marker.reference is not None:
            find_marked_step(marker, catalogue, path.parent, problems)
