"""Projects of a few demos for the tests of runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.runner.outcome import DemoOutcome, RunContext
from quarterdeck.runner.record_demos import keep
from quarterdeck.runner.scheduler import Scheduler

NO_ENGINE = "[stage]\nengine = false\n"
"""Settings of stages that come up soonest."""


def write_demos(root: Path, demos: Mapping[str, str], settings: str = NO_ENGINE) -> Path:
    """Make a project in *root* with these demos: name to text."""
    (root / "slides").mkdir(parents=True, exist_ok=True)
    (root / "commands").mkdir(exist_ok=True)
    (root / "quarterdeck.toml").write_text(settings)
    for name, text in demos.items():
        (root / "commands" / f"{name}.demo").write_text(text)
    return root


def demo(*steps: str, after: str = "") -> str:
    """The text of a demo with these steps."""
    options = f"#@ after: {after}\n" if after else ""
    return f"# A demo\n{options}" + "".join(f"\n# Step {number}\n{step}\n" for number, step in enumerate(steps))


def context_for(root: Path, finished: list[DemoOutcome] | None = None) -> RunContext:
    """What workers need of the project in *root*; *finished* takes the outcomes as they end."""
    project, problems = load_project(root), Problems()
    append = (finished if finished is not None else []).append
    return RunContext(project, Catalogue(project, problems), "2026-11-23", problems, finished=append)


def record_once(root: Path, jobs: int = 2) -> None:
    """Record all demos of the project in *root*, *jobs* at a time; `quarterdeck record` runs new ones twice."""
    context = context_for(root)
    with Scheduler(context, jobs=jobs) as scheduler:
        for job in [scheduler.give(run) for run in context.catalogue.plan_runs(context.catalogue.load_all())]:
            for outcome in [scheduler.wait_for(job, demo) for demo in job.run.demos if demo.name in job.run.asked]:
                assert outcome.acceptable, [str(verdict) for verdict in outcome.verdicts]
                keep(outcome, context.project)
    context.problems.raise_if_any()
