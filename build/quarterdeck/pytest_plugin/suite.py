"""`pytest --quarterdeck`: the demos of a project among the tests of a suite."""

from __future__ import annotations

import re
from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Problems, QuarterdeckError
from quarterdeck.base.project import Project, load_project
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.demo_file import Demo
from quarterdeck.live.engine.client import engine_addresses
from quarterdeck.pytest_plugin.items import DemoFile, DemoItem, finish_report
from quarterdeck.runner.demo_queue import DemoQueue
from quarterdeck.runner.scheduler import RunContext, Scheduler


class Suite:
    """The hooks of pytest that find demos and run them."""

    def __init__(self, config: pytest.Config) -> None:
        try:
            self.project: Project = load_project(config.invocation_params.dir)
        except QuarterdeckError as error:
            raise pytest.UsageError(str(error)) from error
        self._config = config
        self._problems = Problems()
        self._catalogue = Catalogue(self.project, self._problems)
        if config.args_source is not config.ArgsSource.ARGS:
            self._add_demos(config)
        context = RunContext(self.project, self._catalogue, date.today().isoformat(), Problems())
        self._scheduler = Scheduler(context, jobs=1, engine=_engine_of_worker(config))
        self.queue = DemoQueue(self._scheduler, self._catalogue)

    def _add_demos(self, config: pytest.Config) -> None:
        """Where no path was named, look for demos too."""
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
            CollectError: It has mistakes.
        """
        named = self._catalogue.find_file(path)
        if named is None:
            return None
        self._problems.errors.clear()  # each demo is collected by itself
        try:
            demo = self._catalogue.find_demo(named[0])
            if demo is not None:
                self._catalogue.ancestors(demo)
                self._catalogue.recording_of(demo)
            self._problems.raise_if_any()
        except QuarterdeckError as error:
            raise pytest.Collector.CollectError(str(error)) from error
        return demo

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> DemoFile | None:
        """A collector for each file that a demo starts in, and for each file of one that was named."""
        if file_path.suffix not in (".demo", ".command"):
            return None
        named = self._catalogue.find_file(file_path)
        if named is None or not (named[1][0] == file_path or parent.session.isinitpath(file_path)):
            return None
        return DemoFile.at(file_path, parent, self.load, self.queue)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Each demo once, and those that `after` ties together one after the other."""
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
        self.queue.choose(item.demo for item in session.items if isinstance(item, DemoItem))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Note which demo comes next."""
        self.queue.following = nextitem.demo if isinstance(nextitem, DemoItem) else None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """A demo took as long as its steps."""
        report = yield
        finish_report(item, report)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Leave nothing running."""
        self._scheduler.stop()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Let pytest-xdist keep demos together that share a stage."""
        from quarterdeck.pytest_plugin.scheduling import make_scheduler

        return make_scheduler(config, log, self._catalogue)


def _engine_of_worker(config: pytest.Config) -> str | None:
    """The engine for a worker of pytest-xdist, where `DOCKER_HOST` lists several: they are dealt out in turn."""
    several = engine_addresses()
    name = getattr(config, "workerinput", {}).get("workerid", "gw0")
    return several[int(re.sub(r"\D", "", name) or 0) % len(several)] if len(several) > 1 else None
