"""`pytest --quarterdeck`: the demos of a project among the tests of a suite."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Problems, QuarterdeckError, SourceErrors
from quarterdeck.base.project import Project, load_project
from quarterdeck.demo.catalogue import Catalogue, Run
from quarterdeck.demo.demo_file import Demo
from quarterdeck.live.engine.client import engine_addresses
from quarterdeck.pytest_plugin.items import DemoFile, DemoItem, DemoReports
from quarterdeck.runner.outcome import DemoOutcome, RunContext
from quarterdeck.runner.scheduler import Job, Scheduler


class Suite(DemoReports):
    """The hooks of pytest that collect demos and run them."""

    def __init__(self, config: pytest.Config) -> None:
        try:
            self.project: Project = load_project(config.invocation_params.dir)
        except QuarterdeckError as error:
            raise pytest.UsageError(str(error)) from error
        self._config = config
        self._problems = Problems()
        self._catalogue = Catalogue(self.project, self._problems)
        if config.args_source is not config.ArgsSource.ARGS:  # no path was named: look for demos too
            self._add_demos(config)
        context = RunContext(self.project, self._catalogue, date.today().isoformat(), Problems())
        self._scheduler = Scheduler(context, jobs=1, engine=_engine_of_worker(config))
        self._queue = DemoQueue(self._scheduler, self._catalogue)

    def _add_demos(self, config: pytest.Config) -> None:
        if not self._catalogue.names:
            raise pytest.UsageError(
                "0 demos\n  hint: put a demo into commands/: a title, comments and commands in NAME.demo"
            )
        folder = self.project.commands
        named = [config.invocation_params.dir / argument for argument in config.args]
        if not any(folder.is_relative_to(path.resolve()) for path in named):
            config.args.append(str(folder))

    def load(self, path: Path) -> Demo | None:
        """The demo of the file at *path*; None when another file stands for it.

        Raises:
            CollectError: It has errors.
        """
        entry = self._catalogue.find_file(path)
        if entry is None:
            return None
        name, paths = entry
        try:
            demo = self._catalogue.find_demo(name)
            if demo is not None:
                self._catalogue.ancestors(demo)
                self._catalogue.recording_of(demo)
            files = {self.project.shown(file) for file in (*paths, *([demo.recording] if demo else ()))}
            if errors := [error for error in self._problems.errors if error.at.path in files]:
                raise SourceErrors(errors)
        except QuarterdeckError as error:
            raise pytest.Collector.CollectError(str(error)) from error
        return demo

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> DemoFile | None:
        """A collector for each file that a demo starts in, and for each file of one that was named."""
        if file_path.suffix not in (".demo", ".command"):
            return None
        entry = self._catalogue.find_file(file_path)
        if entry is None or not (entry[1][0] == file_path or parent.session.isinitpath(file_path)):
            return None
        file: DemoFile = DemoFile.from_parent(parent, path=file_path)
        file.load, file.runner = self.load, self._queue.outcome_of
        return file

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Each demo once, and those that share a stage one after the other."""
        once: dict[str, DemoItem] = {}
        for item in list(items):
            if isinstance(item, DemoItem) and once.setdefault(item.demo.name, item) is not item:
                items.remove(item)
        places = [index for index, item in enumerate(items) if isinstance(item, DemoItem)]
        runs = self._catalogue.plan_runs([item.demo for item in once.values()])
        ordered = [once[demo.name] for run in runs for demo in run.demos if demo.name in run.asked]
        for index, item in zip(places, ordered, strict=True):
            items[index] = item

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Put the chosen demos on stages."""
        self._queue.choose(item.demo for item in session.items if isinstance(item, DemoItem))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Note which demo comes next."""
        self._queue.following = nextitem.demo if isinstance(nextitem, DemoItem) else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Leave nothing running."""
        self._scheduler.stop()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Let pytest-xdist give demos that share a stage to one worker."""
        return _make_xdist_scheduler(config, log, self._catalogue)


class DemoQueue:
    """Demos that are requested one after the other; while one runs, the stage of the next is started."""

    def __init__(self, scheduler: Scheduler, catalogue: Catalogue) -> None:
        self._scheduler = scheduler
        self._catalogue = catalogue
        self._runs: dict[str, Run] = {}
        self._jobs: dict[str, Job] = {}
        self.following: Demo | None = None
        """The demo after the current one."""

    def choose(self, demos: Iterable[Demo]) -> None:
        """Plan the stages of *demos*; these and no others can be requested."""
        self._runs = {name: run for run in self._catalogue.plan_runs(tuple(demos)) for name in run.asked}

    def outcome_of(self, demo: Demo) -> DemoOutcome:
        """The outcome of *demo*, which is run now unless it is running already."""
        run = self._runs[demo.name]
        for job in set(self._jobs.values()):
            if not job.released and job.run is not run:  # its stage was started for a demo that is not the next one
                self._scheduler.drop(job)
                for name in job.run.asked:
                    del self._jobs[name]
        job = self._jobs.get(demo.name) or self._give(run, released=True)
        self._scheduler.release(job)
        if self.following is not None and self.following.name not in self._jobs:
            self._give(self._runs[self.following.name], released=False)
        return self._scheduler.wait_for(job, demo)

    def _give(self, run: Run, *, released: bool) -> Job:
        job = self._scheduler.give(run, released=released)
        self._jobs.update(dict.fromkeys(run.asked, job))
        return job


def _make_xdist_scheduler(config: pytest.Config, log: Any, catalogue: Catalogue) -> Any:
    """The scheduler that `--dist` names, with the groups of demos; None for one that knows no groups.

    Schedulers of xdist have a method that names the group of an item. (Rejected: its mark `xdist_group`, which works
    with `--dist loadgroup` only and changes the ids of items, so that `--lf` does not find them in the next run.)
    With `--dist each`, demos are spread all the same: a worker then also runs what its demos come after.
    """
    from xdist.scheduler import LoadFileScheduling, LoadGroupScheduling, LoadScopeScheduling

    bases = {
        "load": LoadGroupScheduling,
        "worksteal": LoadGroupScheduling,
        "loadgroup": LoadGroupScheduling,
        "loadscope": LoadScopeScheduling,
        "loadfile": LoadFileScheduling,
    }
    base: Any = bases.get(config.getvalue("dist"))
    if base is None:
        return None

    class DemoScheduling(base):  # type: ignore[misc]
        """Groups demos by their stage, and everything else as its base does."""

        _stages: dict[str, str] | None = None

        def _split_scope(self, nodeid: str) -> str:
            if self._stages is None:
                self._stages = _stages_of(self.collection or [nodeid], config, catalogue)
            return self._stages.get(nodeid) or str(super()._split_scope(nodeid))

    return DemoScheduling(config, log)


def _stages_of(nodeids: list[str], config: pytest.Config, catalogue: Catalogue) -> dict[str, str]:
    """For each of *nodeids* that is a demo's, a word for the stage on which it runs."""
    demos = {}
    for nodeid in nodeids:
        entry = catalogue.find_file(config.rootpath / nodeid.partition("::")[0])
        if entry and (demo := catalogue.find_demo(entry[0])):
            demos[nodeid] = demo
    runs = catalogue.plan_runs(tuple(demos.values()))
    words = {name: f"stage {number}" for number, run in enumerate(runs) for name in run.asked}
    return {nodeid: words[demo.name] for nodeid, demo in demos.items()}


def _engine_of_worker(config: pytest.Config) -> str | None:
    """The engine for a worker of pytest-xdist, where `DOCKER_HOST` lists several."""
    several = engine_addresses()
    name = getattr(config, "workerinput", {}).get("workerid", "gw0")
    return several[int(re.sub(r"\D", "", name) or 0) % len(several)] if len(several) > 1 else None
