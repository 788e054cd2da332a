"""The demos of a project: found by name, parsed at first use, in the order in which they run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
    """What all of them want to stand around them."""


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
        self._by_last_part: dict[str, list[str]] = {}
        self._recordings: dict[str, Recording | None] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all demos in `commands/`, sorted."""
        return tuple(sorted(self._listing(self._project.commands)))

    def load_all(self) -> tuple[Demo, ...]:
        """Every demo that could be read; what is wrong with the others is among the problems."""
        demos = (self._load(self._project.commands, name) for name in self.names)
        return tuple(demo for demo in demos if demo)

    def find_demo(self, name: str, *, near: Demo | None = None) -> Demo | None:
        """The demo called *name*: a path in `commands/`, else a bare name that only one demo has, or its file.

        A demo beside *near* comes first. None when its file could not be read: that is a problem already.

        Raises:
            UsageError: No demo has that name, or several have.
        """
        folder = f"{self._project.shown(self._project.commands)}/"
        bare = name.removeprefix("./").removeprefix(folder).removesuffix(".demo").removesuffix(".recording.yaml")
        names = self._listing(self._project.commands)
        if near is not None and "/" in near.name:
            beside = f"{near.name.rpartition('/')[0]}/{bare}"
            if beside in names:
                return self._load(self._project.commands, beside)
        found = self._matching(bare)
        if len(found) == 1:
            return self._load(self._project.commands, found[0])
        if found:
            raise UsageError(f"'{name}' could be {' or '.join(found)}", "name it with its folder")
        raise UsageError(f"no demo '{name}'", did_you_mean(name, names) or "there is no demo in this project yet")

    def find_step(self, reference: str, beside: Path) -> tuple[Demo, Step]:
        """The step that a marker names: `layers-3.command`, `layers-manifest.command`, `registry/layers-3.command`.

        Looked for in the folder *beside* the slide, then in `commands/`. The longest demo name that fits wins.

        Raises:
            UsageError: There is none, or several; the hint names the nearest.
            SourceError: The file that has it cannot be read.
        """
        wanted = reference.removesuffix(".command")
        for prefix, key in _splits(wanted):
            found = self._beside(prefix, beside)
            demos = [found] if found else [self._load(self._project.commands, name) for name in self._matching(prefix)]
            steps = [(demo, step) for demo in demos if demo and (step := _step(demo, prefix, key))]
            if len(steps) == 1:
                return steps[0]
            if steps:
                several = " or ".join(demo.name for demo, _ in steps)
                raise UsageError(f"'{reference}' could be a step of {several}", "name it with its folder")
        raise UsageError(f"no step '{reference}'", self._nearest_step(wanted, beside))

    def find_file(self, path: Path) -> tuple[str, Path] | None:
        """The demo that the file *path* in `commands/` belongs to: its name, and the first of its files."""
        for name, files in self._listing(self._project.commands).items():
            paths = [files.script] if files.script else [numbered for _, numbered in files.numbered]
            if path in paths:
                return name, paths[0]
        return None

    def ancestors(self, demo: Demo) -> tuple[Demo, ...]:
        """The demos that `after` puts before *demo*, the first of them first.

        Raises:
            SourceError: One of them does not exist, or the chain comes back to itself.
        """
        chain: list[Demo] = []
        here = demo
        while here.after is not None:
            at = here.said.get("after", here.at)
            try:
                parent = self.find_demo(here.after, near=here)
            except UsageError as error:
                raise SourceError(at, f"after: {error.what}", error.hint) from error
            if parent is None:
                raise SourceError(at, f"after: the demo '{here.after}' has errors of its own", "fix those first")
            if parent.name == demo.name or parent in chain:
                raise SourceError(
                    at, f"after: '{parent.name}' would run after itself", "take one `after` out of the circle"
                )
            chain.append(parent)
            here = parent
        return tuple(reversed(chain))

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

    def stage_of(self, demo: Demo) -> StageSettings:
        """What stands around *demo*: the project's settings, with those of the first of its ancestors, or its own.

        A demo that comes after another runs on that one's stage, so it can't want another.

        Raises:
            SourceError: It does, or wants what can't be; or as `ancestors`.
        """
        settings = self._project.stage
        chain = (*self.ancestors(demo), demo)
        for one in chain:
            wanted = merge_stage(settings, one.stage)
            at = one.said.get("stage", one.at)
            if one is not chain[0] and wanted != settings:
                other = " and ".join(key for key in one.stage if getattr(wanted, key) != getattr(settings, key))
                what = f"'{one.name}' wants another stage than the demo that it comes after ({other})"
                raise SourceError(at, what, "let both say the same, or take out `after`")
            if one.stage and (impossible := impossible_stage(wanted)):
                raise SourceError(at, impossible, "see [stage] in the README")
            settings = wanted
        return settings

    def plan_runs(self, demos: Sequence[Demo]) -> tuple[Run, ...]:
        """Put *demos* on as few stages as `after` allows, in the order given.

        Each demo after which none of the others comes has a stage, on which all its ancestors run before it. Where
        ancestors are those of several such demos, the first of these has them judged; for the others they run once
        more, only to prepare the stage.

        Raises:
            SourceError: As `stage_of`.
        """
        wanted = {demo.name: demo for demo in demos}
        chains = {name: (*self.ancestors(demo), demo) for name, demo in wanted.items()}
        inner = {one.name for chain in chains.values() for one in chain[:-1]}
        order = {name: index for index, name in enumerate(wanted)}
        planned: set[str] = set()
        runs = []
        for name, chain in chains.items():
            if name in inner:
                continue
            asked = frozenset(one.name for one in chain if one.name in wanted) - planned
            planned |= asked
            runs.append(Run(chain, asked, self.stage_of(wanted[name])))
        return tuple(sorted(runs, key=lambda run: min(order[name] for name in run.asked)))

    def _matching(self, name: str) -> list[str]:
        names = self._listing(self._project.commands)
        if name in names:
            return [name]
        if not self._by_last_part:
            for known in names:
                self._by_last_part.setdefault(known.rpartition("/")[2], []).append(known)
        return [known for known in self._by_last_part.get(name.rpartition("/")[2], ()) if known.endswith(f"/{name}")]

    def _beside(self, prefix: str, folder: Path) -> Demo | None:
        if "/" in prefix or folder.is_relative_to(self._project.commands):
            inside = folder.relative_to(self._project.commands).as_posix() if "/" not in prefix else ""
            name = prefix if inside in ("", ".") else f"{inside}/{prefix}"
            names = self._listing(self._project.commands)
            return self._load(self._project.commands, name) if name in names else None
        return self._load(folder, prefix) if prefix in self._listing(folder) else None

    def _nearest_step(self, wanted: str, beside: Path) -> str:
        for prefix, _ in _splits(wanted):
            found = self._beside(prefix, beside)
            demos = [found] if found else [self._load(self._project.commands, name) for name in self._matching(prefix)]
            keys = [f"{prefix}-{key}.command" for demo in demos if demo for key in _keys(demo)]
            if keys:
                return did_you_mean(f"{wanted}.command", keys)
        known = {name.rpartition("/")[2] for name in (*self.names, *self._listing(beside))}
        hint = did_you_mean(re.sub(r"-\d+\Z", "", wanted), known)
        return hint.replace("did you mean", "is it of the demo") if hint else "there is no demo in this project yet"

    def _listing(self, folder: Path) -> Mapping[str, _Files]:
        """The demos below `commands/`, or right in another folder, by name."""
        if folder not in self._folders:
            self._folders[folder] = self._list(folder)
        return self._folders[folder]

    def _list(self, folder: Path) -> Mapping[str, _Files]:
        scripts: dict[str, Path] = {}
        numbered: dict[str, list[tuple[int, Path]]] = {}
        project = self._project
        if folder == project.commands:
            paths: Iterable[Path] = walk_files(folder, frozenset({project.site})) if folder.is_dir() else ()
        else:
            paths = sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else ()
        for path in paths:
            name = path.relative_to(folder).as_posix()
            if path.suffix == ".demo":
                scripts[name.removesuffix(".demo")] = path
            elif match := _NUMBERED.match(name):
                numbered.setdefault(match["demo"], []).append((int(match["number"]), path))
            elif path.suffix == ".command":
                numbered.setdefault(name.removesuffix(".command"), []).append((0, path))
        return {
            name: _Files(scripts.get(name), tuple(sorted(numbered.get(name, ()))))
            for name in sorted({*scripts, *numbered})
        }

    def _load(self, folder: Path, name: str) -> Demo | None:
        key = folder / name
        if key not in self._demos:
            self._demos[key] = None
            try:
                demo = self._demos[key] = self._read(folder, name, self._listing(folder)[name])
                _note_unknown_kinds(demo, self._project, self._problems)
            except SourceError as error:
                self._problems.note(error)
        return self._demos[key]

    def _read(self, folder: Path, name: str, files: _Files) -> Demo:
        project, problems = self._project, self._problems
        full = name if folder == project.commands else project.shown(folder / name)
        taken: dict[int, Path] = {}
        for number, path in files.numbered:
            if number in taken:
                what = f"step {number} of '{name}' exists twice: {project.shown(taken[number])} is one too"
                problems.add(Place(project.shown(path), 0), what, "give one of them another number")
            taken.setdefault(number, path)
        if files.script is None:
            texts = [(number, load_text(path, project.root), project.shown(path)) for number, path in files.numbered]
            return parse_command_files(texts, name=full, folder=(folder / name).parent, problems=problems)
        shown = project.shown(files.script)
        if files.numbered:
            other = project.shown(files.numbered[0][1])
            problems.add(
                Place(shown, 0), f"the demo '{name}' exists twice: {other} is a step of it too", "keep one form"
            )
        text = load_text(files.script, project.root)
        return parse_demo(text, name=full, path=shown, folder=files.script.parent, problems=problems)


def _note_unknown_kinds(demo: Demo, project: Project, problems: Problems) -> None:
    """Note what `keep` names and no mask finds."""
    known = {*KINDS, *project.masks, *demo.mask}
    own = [(step.options.keep, known | step.options.mask.keys(), step.said) for step in demo.steps if step.options.keep]
    for keep, kinds, said in ((demo.keep, known, demo.said), *own):
        for kind in keep:
            if kind not in kinds:
                problems.add(said["keep"], f"keep: no kind '{kind}' of values", did_you_mean(kind, kinds))


def _splits(wanted: str) -> list[tuple[str, str]]:
    """The ways to read *wanted* as a demo's name and a step's, the longest demo name first."""
    dashes = [match.start() for match in re.finditer("-", wanted)]
    parts = [(wanted[:dash], wanted[dash + 1 :]) for dash in reversed(dashes)]
    return [(wanted, ""), *((demo, key) for demo, key in parts if demo and key)]


def _step(demo: Demo, prefix: str, key: str) -> Step | None:
    if key:
        return demo.find_step(key)
    alone = demo.steps[0] if len(demo.steps) == 1 else None
    return alone if alone and alone.at.path.endswith(f"{prefix}.command") else None


def _keys(demo: Demo) -> list[str]:
    return [key for step in demo.steps for key in (step.name, str(step.number)) if key]
