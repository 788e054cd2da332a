"""Gathers what a preflight judges: runs the steps, and looks at the engine, the machine, git and the deck's page."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from quarterdeck.base.errors import Problems, SourceErrors, StageError
from quarterdeck.base.project import Project
from quarterdeck.deck.build import find_outdated
from quarterdeck.deck.model import BuildOptions
from quarterdeck.live.engine.client import Engine, engine_errors
from quarterdeck.live.engine.images import has_image, stage_tag
from quarterdeck.preflight.facts import DeckFacts, EngineFacts, Facts, PageState, TerminalSize, TwoRuns
from quarterdeck.preflight.two_runs import run_twice
from quarterdeck.present.running_order import RunningOrder
from quarterdeck.present.stage_pool import free_memory
from quarterdeck.runner.outcome import RunContext


def gather_facts(
    order: RunningOrder, deck: str | None, context: RunContext, *, terminal: TerminalSize | None, jobs: int | None
) -> Facts:
    """Everything about *order* that is judged. Nothing of the project is changed.

    Args:
        order: What will be performed.
        deck: The deck's name or path, as `build` takes it; None for a demo.
        context: What a run needs.
        terminal: The size of the terminal, if there is one.
        jobs: How many demos run side by side; None: one on each engine.

    Raises:
        SourceError: A file that a demo needs cannot be read.
    """
    project = context.project
    memory = free_memory()  # before the stages take some
    runs = TwoRuns({}, {})
    engine = _find_engine(order, project)
    if not isinstance(engine, StageError):
        demos = [script.demo for script in order.scripts.values()]
        runs = run_twice(demos, context, jobs=jobs)
        engine = _find_engine(order, project)  # the first run builds the stage's image
    recordings = [script.demo.recording for script in order.scripts.values()]
    return Facts(
        order=order,
        engine=engine,
        runs=runs,
        free_memory=memory,
        terminal=terminal,
        uncommitted=find_uncommitted(project, recordings),
        deck=_find_page(project, deck, order.name) if deck is not None else None,
    )


def _find_engine(order: RunningOrder, project: Project) -> EngineFacts | StageError:
    try:
        client = Engine().connect()
        with engine_errors("the engine does not answer"):
            information = client.info()
        images = {name: has_image(client, name) for name in _stage_images(order, project)}
    except StageError as error:
        return error
    # A folder of that name may be another one where the engine is on another machine, or in a virtual one.
    here = information.get("Name") == os.uname().nodename
    folder = Path(str(information.get("DockerRootDir", "")))
    free = shutil.disk_usage(folder).free if here and folder.is_absolute() and folder.exists() else None
    return EngineFacts(str(information.get("ServerVersion", "?")), images, free)


def _stage_images(order: RunningOrder, project: Project) -> Iterable[str]:
    names = []
    for stage in (script.stage for script in order.scripts.values()):
        shipped = stage_tag(project)
        names += [stage.registry or shipped, *stage.preload]
        if stage.kind == "container":
            names.append(stage.image or shipped)
    return dict.fromkeys(names)


def find_uncommitted(project: Project, recordings: Iterable[Path]) -> tuple[str, ...] | None:
    """Those of *recordings* that git does not have as they are, as shown in messages; None if there is no git."""
    paths = [str(path) for path in recordings if path.is_file()]

    def ask(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=project.root, capture_output=True, check=True)
        return os.fsdecode(done.stdout)

    try:
        prefix = ask("rev-parse", "--show-prefix").rstrip("\n")
        options = ("--porcelain", "-z", "--untracked-files=all", "--ignored", "--no-renames")
        listed = ask("status", *options, "--", *paths) if paths else ""
    except (OSError, subprocess.CalledProcessError):
        return None
    return tuple(line[3:].removeprefix(prefix) for line in listed.split("\0") if line)


def _find_page(project: Project, deck: str, name: str) -> DeckFacts:
    """The state of a deck's page; one with everything in a single file is as good as one beside its assets."""
    page = project.site / f"{name}.html"
    shown = project.shown(page)
    try:
        outdated = all(
            find_outdated(project, BuildOptions((deck,), single_file=single_file), Problems())
            for single_file in (False, True)
        )
    except SourceErrors as errors:
        return DeckFacts(shown, None, tuple(f"{error.at}: {error.what}" for error in errors.errors))
    if not page.is_file():
        return DeckFacts(shown, PageState.MISSING)
    return DeckFacts(shown, PageState.OUTDATED if outdated else PageState.CURRENT)
