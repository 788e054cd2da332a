"""The demos of a project: found by name, parsed at first use, in the order in which they run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from quarterdeck.base.errors import Place, Problems, SourceError, UsageError, did_you_mean
from quarterdeck.base.files import load_text, walk_files
from quarterdeck.base.project import Project, StageSettings, impossible_stage, merge_stage
from quarterdeck.demo.demo_file import Demo, Step, parse_command_files, parse_demo
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.demo.recording import Recording, load_recording
from quarterdeck.demo.step_options import KINDS

_NUMBERED = re.compile(r"(?P<demo>.+)-(?P<number>\d+)\.command\Z")


@dataclass(frozen=True, slots=True)
class Run:
    """Demos that share one stage, one after the other."""

    demos: tuple[Demo, ...]
    asked: frozenset[str]
    """The names of those that are recorded or judged; the others only prepare the stage."""
    stage: StageSettings


@dataclass(frozen=True, slots=True)
class _Files:
    """The files that one demo is made of."""

    script: Path | None
    numbered: tuple[tuple[int, Path], ...]


class Catalogue:
    """The demos of a project in one run, with their recordings and inputs; each is read once, at first use."""

    def __init__(self, project: Project, problems: Problems) -> None:
        self.inputs = DemoInputs(project)
        self._project = project
        self._problems = problems
        self._folders: dict[Path, Mapping[str, _Files]] = {}
        self._demos: dict[Path, Demo | None] = {}
        self._recordings: dict[str, Recording | None] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all demos in `commands/`, sorted."""
        return tuple(self._listing())

    def load_all(self) -> tuple[Demo, ...]:
        """Every demo that could be read; errors in the others are among the problems."""
        return tuple(demo for demo in map(self._load, self.names) if demo)

    def find_demo(self, name: str, *, near: Demo | None = None) -> Demo | None:
        """The demo called *name*: a path in `commands/`, else a bare name that only one demo has, or its file.

        A demo beside *near* comes first. None when its file could not be read: that is a problem already.

        Raises:
            UsageError: No demo has that name, or several have.
        """
        folder = f"{self._project.shown(self._project.commands)}/"
        bare = name.removeprefix("./").removeprefix(folder).removesuffix(".demo").removesuffix(".recording.yaml")
        beside = f"{near.name.rpartition('/')[0]}/{bare}" if near is not None and "/" in near.name else ""
        matches = [beside] if beside in self._listing() else self._matching(bare)
        if not matches:
            hint = did_you_mean(name, self.names) or "there is no demo in this project yet"
            raise UsageError(f"no demo '{name}'", hint)
        if len(matches) > 1:
            raise UsageError(f"'{name}' could be {' or '.join(matches)}", "name it with its folder")
        return self._load(matches[0])

    def find_step(self, reference: str, beside: Path) -> tuple[Demo, Step]:
        """The step that a marker names: `layers-3.command`, `layers-manifest.command`, `registry/layers-3.command`.

        It is searched in the folder *beside* the slide, then in `commands/`. The longest demo name wins.

        Raises:
            UsageError: There is none, or several; the hint has the nearest.
            SourceError: The file that has it cannot be read.
        """
        name = reference.removesuffix(".command")
        for prefix, key in _splits(name):
            demos = self._candidates(prefix, beside)
            steps = [(demo, step) for demo in demos if (step := _step(demo, prefix, key))]
            if len(steps) == 1:
                return steps[0]
            if steps:
                several = " or ".join(demo.name for demo, _ in steps)
                raise UsageError(f"'{reference}' could be a step of {several}", "name it with its folder")
        raise UsageError(f"no step '{reference}'", self._nearest_step(name, beside))

    def find_file(self, path: Path) -> tuple[str, tuple[Path, ...]] | None:
        """The demo that the file *path* in `commands/` belongs to: its name and its files."""
        for name, files in self._listing().items():
            paths = (*([files.script] if files.script else ()), *(numbered for _, numbered in files.numbered))
            if path in paths:
                return name, paths
        return None

    def recording_of(self, demo: Demo) -> Recording | None:
        """The recording of *demo*; None if there is none, or if it is invalid, which is a problem."""
        if demo.name not in self._recordings:
            self._recordings[demo.name] = load_recording(demo, self._project, self._problems)
        return self._recordings[demo.name]

    def input_digests(self, demo: Demo) -> tuple[str, ...]:
        """The digest of the inputs of each step of *demo*, see `DemoInputs.digests`.

        Raises:
            SourceError: As `ancestors`; or a file of the demo's folder leads out of the project.
        """
        return self.inputs.digests(demo, self.ancestors(demo))

    def ancestors(self, demo: Demo) -> tuple[Demo, ...]:
        """The demos that `after` puts before *demo*, the first of them first.

        Raises:
            SourceError: One of them does not exist, or the chain comes back to itself.
        """
        chain: list[Demo] = []
        child = demo
        while child.after is not None:
            at = child.places.get("after", child.at)
            try:
                parent = self.find_demo(child.after, near=child)
            except UsageError as error:
                raise SourceError(at, f"after: {error.what}", error.hint) from error
            if parent is None:
                raise SourceError(at, f"after: the demo '{child.after}' has errors of its own", "fix those first")
            if parent.name == demo.name or parent in chain:
                what = f"after: '{parent.name}' would run after itself"
                raise SourceError(at, what, "take one `after` out of the circle")
            chain.insert(0, parent)
            child = parent
        return tuple(chain)

    def stage_of(self, demo: Demo) -> StageSettings:
        """The settings of the stage of *demo*: the project's, with those of the first of its ancestors, or its own.

        A demo that comes after another runs on its stage, so it must not have other settings.

        Raises:
            SourceError: It has others, or impossible ones; or as `ancestors`.
        """
        settings = self._project.stage
        for index, member in enumerate((*self.ancestors(demo), demo)):
            merged = merge_stage(settings, member.stage)
            at = member.places.get("stage", member.at)
            if index and merged != settings:
                other = " and ".join(key for key in member.stage if getattr(merged, key) != getattr(settings, key))
                what = f"'{member.name}' wants another stage than the demo that it comes after ({other})"
                raise SourceError(at, what, "let both say the same, or take out `after`")
            if member.stage and (impossible := impossible_stage(merged)):
                raise SourceError(at, impossible, "see [stage] in the README")
            settings = merged
        return settings

    def plan_runs(self, demos: Sequence[Demo]) -> tuple[Run, ...]:
        """Put *demos* on as few stages as `after` allows, in the order given.

        Each demo that is not an ancestor of another gets a stage, on which its ancestors run before it. A common
        ancestor of several such demos is judged with the first of them; for the others it only prepares the stage.

        Raises:
            SourceError: As `stage_of`.
        """
        chains = {demo.name: (*self.ancestors(demo), demo) for demo in demos}
        inner = {ancestor.name for chain in chains.values() for ancestor in chain[:-1]}
        order = {name: index for index, name in enumerate(chains)}
        planned: set[str] = set()
        runs = []
        for name, chain in chains.items():
            if name not in inner:
                asked = frozenset(member.name for member in chain if member.name in chains) - planned
                planned |= asked
                runs.append(Run(chain, asked, self.stage_of(chain[-1])))
        return tuple(sorted(runs, key=lambda run: min(order[name] for name in run.asked)))

    def _matching(self, name: str) -> list[str]:
        """The names in `commands/` that *name* may mean."""
        if name in self._listing():
            return [name]
        return [full for full in self._by_last_part.get(name.rpartition("/")[2], ()) if full.endswith(f"/{name}")]

    @cached_property
    def _by_last_part(self) -> Mapping[str, list[str]]:
        names: dict[str, list[str]] = {}
        for name in self._listing():
            names.setdefault(name.rpartition("/")[2], []).append(name)
        return names

    def _candidates(self, name: str, beside: Path) -> list[Demo]:
        """The demos that *name* may mean: that in the folder *beside*, else those in `commands/`."""
        demo = self._beside(name, beside)
        demos = [demo] if demo else map(self._load, self._matching(name))
        return [demo for demo in demos if demo]

    def _beside(self, name: str, folder: Path) -> Demo | None:
        commands = self._project.commands
        if "/" in name or folder.is_relative_to(commands):
            full = name if "/" in name else (folder / name).relative_to(commands).as_posix()
            return self._load(full) if full in self._listing() else None
        return self._load(name, folder) if name in self._listing(folder) else None

    def _nearest_step(self, name: str, beside: Path) -> str:
        for prefix, _ in _splits(name):
            steps = [step for demo in self._candidates(prefix, beside) for step in demo.steps]
            keys = [f"{prefix}-{key}.command" for step in steps for key in (step.name, str(step.number)) if key]
            if keys:
                return did_you_mean(f"{name}.command", keys)
        demos = {full.rpartition("/")[2] for full in (*self.names, *self._listing(beside))}
        hint = did_you_mean(re.sub(r"-\d+\Z", "", name), demos)
        return hint.replace("did you mean", "is it of the demo") if hint else "there is no demo in this project yet"

    def _listing(self, folder: Path | None = None) -> Mapping[str, _Files]:
        """The demos below `commands/`, or directly in another *folder*, by name and sorted."""
        folder = folder or self._project.commands
        if folder not in self._folders:
            self._folders[folder] = _list_demos(folder, self._project)
        return self._folders[folder]

    def _load(self, name: str, folder: Path | None = None) -> Demo | None:
        key = (folder or self._project.commands) / name
        if key not in self._demos:
            self._demos[key] = None
            with self._problems.collecting():
                demo = self._demos[key] = self._read(key, name, self._listing(folder)[name])
                _report_unknown_kinds(demo, self._project, self._problems)
        return self._demos[key]

    def _read(self, path: Path, name: str, files: _Files) -> Demo:
        """The demo *name*; *path* is that of its file, without a suffix."""
        project, problems = self._project, self._problems
        full = name if path == project.commands / name else project.shown(path)
        taken: dict[int, Path] = {}
        for number, file in files.numbered:
            if (first := taken.setdefault(number, file)) is not file:
                what = f"step {number} of '{name}' exists twice: {project.shown(first)} is one too"
                problems.add(Place(project.shown(file), 0), what, "give one of them another number")
        if files.script is None:
            texts = [(number, load_text(file, project.root), project.shown(file)) for number, file in files.numbered]
            return parse_command_files(texts, name=full, folder=path.parent, problems=problems)
        shown = project.shown(files.script)
        if files.numbered:
            other = project.shown(files.numbered[0][1])
            what = f"the demo '{name}' exists twice: {other} is a step of it too"
            problems.add(Place(shown, 0), what, "keep one form")
        text = load_text(files.script, project.root)
        return parse_demo(text, name=full, path=shown, folder=path.parent, problems=problems)


def _list_demos(folder: Path, project: Project) -> Mapping[str, _Files]:
    if not folder.is_dir():
        return {}
    recursive = folder == project.commands
    paths = walk_files(folder, frozenset({project.site})) if recursive else filter(Path.is_file, folder.iterdir())
    scripts: dict[str, Path] = {}
    numbered: dict[str, list[tuple[int, Path]]] = {}
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".demo":
            scripts[name.removesuffix(".demo")] = path
        elif match := _NUMBERED.match(name):
            numbered.setdefault(match["demo"], []).append((int(match["number"]), path))
        elif path.suffix == ".command":
            numbered.setdefault(name.removesuffix(".command"), []).append((0, path))
    names = sorted({*scripts, *numbered})
    return {name: _Files(scripts.get(name), tuple(sorted(numbered.get(name, ())))) for name in names}


def _report_unknown_kinds(demo: Demo, project: Project, problems: Problems) -> None:
    """Report names in `keep` that are neither kinds nor masks."""
    kinds = {*KINDS, *project.masks, *demo.mask}
    of_steps = [(step.options.keep, kinds | step.options.mask.keys(), step.places) for step in demo.steps]
    for keep, allowed, places in ((demo.keep, kinds, demo.places), *of_steps):
        for kind in keep:
            if kind not in allowed:
                problems.add(places["keep"], f"keep: no kind '{kind}' of values", did_you_mean(kind, allowed))


def _splits(reference: str) -> list[tuple[str, str]]:
    """The ways to read *reference* as a demo's name and a step's, the longest demo name first."""
    dashes = [match.start() for match in re.finditer("-", reference)]
    parts = [(reference[:dash], reference[dash + 1 :]) for dash in reversed(dashes)]
    return [(reference, ""), *((demo, key) for demo, key in parts if demo and key)]


def _step(demo: Demo, prefix: str, key: str) -> Step | None:
    if key:
        return demo.find_step(key)
    only = demo.steps[0] if len(demo.steps) == 1 else None
    return only if only and only.at.path.endswith(f"{prefix}.command") else None
