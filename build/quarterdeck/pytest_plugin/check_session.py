"""`quarterdeck check` as a session of pytest, which selects demos, remembers what failed and writes JUnit.

The session has three parts: pytest selects the items; then `runner.check_demos` runs their demos, side by side; then
pytest goes through the items, which only look their outcomes up. So pytest does not work while demos run: it sets
variables of the environment for each item, which other threads must not read meanwhile.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from quarterdeck.base.errors import UsageError, did_you_mean
from quarterdeck.pytest_plugin.items import DemoFile, DemoItem, DemoReports
from quarterdeck.runner.check_demos import CheckOptions, CheckRun
from quarterdeck.runner.outcome import RunContext

_INFLUENCES = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DEBUG", "PYTEST_THEME", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
"""Variables with which the project's own suite configures pytest."""


def check(options: CheckOptions, context: RunContext, seconds: Mapping[str, float]) -> CheckRun:
    """Run the demos that *options* select, and judge them; *seconds*: how long each demo takes, by name.

    Raises:
        UsageError: No demo is selected, or the keywords are not an expression.
    """
    started = time.monotonic()
    run = CheckRun(options, context, seconds)
    session = _CheckSession(options, run)
    status = _run_pytest(options, context.project.root, session)
    if session.failure is not None:
        raise session.failure
    if status in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        raise UsageError("pytest could not run the demos", "see its message above")
    run.took_s = time.monotonic() - started
    run.interrupted = status == pytest.ExitCode.INTERRUPTED
    return run


def _run_pytest(options: CheckOptions, root: Path, session: _CheckSession) -> int:
    """Run pytest in this process, without the configuration of the project's own suite."""
    arguments = ["-c", os.devnull, "--rootdir", str(root), "--noconftest", "-p", "no:terminal", "--capture=no"]
    arguments += ["-o", f"cache_dir={root / '.quarterdeck' / 'check'}"]
    if options.junit is not None:
        arguments += [f"--junitxml={options.junit}", "-o", "junit_family=xunit2", "-o", "junit_suite_name=quarterdeck"]
        arguments += ["-o", "junit_logging=system-out"]
    arguments += [f"-k{options.keywords}"] if options.keywords else []
    arguments += ["--last-failed"] if options.last_failed else []
    saved = {name: os.environ.pop(name) for name in _INFLUENCES if name in os.environ}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        return pytest.main(arguments, plugins=[session])
    finally:
        del os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"]
        os.environ.update(saved)


class _CheckSession(DemoReports):
    """The hooks of pytest for a check."""

    def __init__(self, options: CheckOptions, run: CheckRun) -> None:
        self.failure: BaseException | None = None
        """What ends the command: an invalid request, or an error of ours."""
        self._options = options
        self._run = run

    def pytest_collection(self, session: pytest.Session) -> bool:
        """Make the items of the demos; nothing else in the project is collected."""
        root = session.config.rootpath
        session.items = [
            DemoItem.of(DemoFile.from_parent(session, path=root / demo.at.path), demo, self._run.outcome_of)
            for demo in self._options.demos
        ]
        session.testscollected = len(session.items)
        hook = session.config.hook
        try:
            hook.pytest_collection_modifyitems(session=session, config=session.config, items=session.items)
        except pytest.UsageError as error:
            self._end(UsageError(str(error), "an expression is such as 'push and not slow'"))
        items = [item for item in session.items if isinstance(item, DemoItem)]
        if self._options.demos and not items:
            names = [demo.name for demo in self._options.demos]
            self._end(UsageError("0 demos", did_you_mean(self._options.keywords, names)))
        chosen = {demo.name for demo in self._options.choose([item.demo for item in items])}
        items = [item for item in items if item.demo.name in chosen]
        self._run.demos = [item.demo for item in items]
        session.items = list[pytest.Item](items)
        hook.pytest_collection_finish(session=session)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Run the demos of all items, before pytest goes through the items."""
        try:
            self._run.run()
        except Exception as error:
            self.failure = error
            pytest.exit(str(error))
        session.items = [item for item in session.items if isinstance(item, DemoItem) and self._run.has_run(item.demo)]

    def _end(self, error: UsageError) -> None:
        self.failure = error
        pytest.exit(str(error))
