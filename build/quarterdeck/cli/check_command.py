"""`quarterdeck check`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from quarterdeck.base.errors import Problems, SourceErrors, StageError
from quarterdeck.cli.common import (
    EXIT_NO,
    EXIT_OK,
    EXIT_UNAVAILABLE,
    EXIT_USAGE,
    echo,
    find_demos,
    jobs,
    project_here,
    show_warnings,
    write_report,
)

if TYPE_CHECKING:
    from quarterdeck.base.project import Project
    from quarterdeck.check.verdict import RunVerdicts
    from quarterdeck.demo.catalogue import Catalogue
    from quarterdeck.demo.demo_file import Demo
    from quarterdeck.demo.recording import Recording
    from quarterdeck.runner.check_demos import CheckRun

_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.argument("demos", nargs=-1, metavar="[DEMO]...")
@click.option("-n", "--jobs", type=jobs, help="Demos to run side by side, each on its own stage; or `auto`.")
@click.option("--shard", metavar="I/N", help="Run the I-th of N parts, which take about as long as each other.")
@click.option("-k", "keywords", metavar="EXPRESSION", default="", help="Only demos whose names fit, as in pytest.")
@click.option("--lf", "--last-failed", "last_failed", is_flag=True, help="Only demos that were wrong the last time.")
@click.option("-x", "--exitfirst", "exit_first", is_flag=True, help="Stop at the first demo that is wrong.")
@click.option("--update", is_flag=True, help="Write new recordings of demos that drifted or are new.")
@click.option("--junit", type=_FILE, metavar="FILE", help="Write a JUnit report to FILE.")
@click.option("--json", "json_file", type=_FILE, metavar="FILE", help="Write all verdicts to FILE as JSON.")
def command(demos: tuple[str, ...], shard: str | None, json_file: Path | None, **options: Any) -> int:
    """Run demos on fresh stages and judge each step against its recording; all demos when none is named.

    \b
    PASSED   right exit status, same output as recorded but for times, digests and the like
    FAILED   another exit status, or a `match` or `json` that does not hold
    SUSPECT  right exit status, but something failed in silence
    DRIFTED  nothing wrong, but the output is not the recorded one
    NEW      nothing recorded, or recorded from something else
    BROKEN   no status: timeout, too much output, the shell died
    SKIPPED  said so, a tool is missing, or an earlier step was BROKEN

    Exit status: 0 when every step is PASSED or SKIPPED, else 1. DOCKER_HOST may list several engines, with blanks
    between them: the demos are spread over them.
    """
    from quarterdeck.cli.progress import show_progress
    from quarterdeck.demo.catalogue import Catalogue
    from quarterdeck.pytest_plugin.check_session import check
    from quarterdeck.runner.check_demos import CheckOptions
    from quarterdeck.runner.outcome import RunContext
    from quarterdeck.runner.shard import choose_part, parse_shard, recorded_seconds

    project = project_here()
    problems = Problems()
    catalogue = Catalogue(project, problems)
    selected, recordings = _load(demos, project, catalogue, problems)
    seconds = recorded_seconds(recordings)
    if shard is not None:
        parse_shard(shard)
    with show_progress(len(selected)) as progress:

        def choose(left: Sequence[Demo]) -> Sequence[Demo]:
            part = left if shard is None else choose_part(shard, catalogue.plan_runs(left), seconds)
            if shard is not None:
                names = ", ".join(demo.name for demo in part)
                echo(f"shard {shard}: {names or 'nothing to do, there are more shards than groups of demos'}")
            progress.expect(len(part))
            return part

        context = RunContext(project, catalogue, date.today().isoformat(), problems, progress.watch, progress.finish)
        answer = check(CheckOptions(selected, choose=choose, **options), context, seconds)
    show_warnings(problems)
    _report(answer, project, json_file)
    problems.raise_if_any()
    return _status(answer)


def _load(
    names: Sequence[str], project: Project, catalogue: Catalogue, problems: Problems
) -> tuple[Sequence[Demo], dict[str, Recording | None]]:
    """The demos and their recordings; their errors are annotated, too."""
    from quarterdeck.check.report.json_report import render_error_annotations

    try:
        demos = find_demos(catalogue, names, problems)
        recordings = {demo.name: catalogue.recording_of(demo) for demo in demos}
        problems.raise_if_any()
    except SourceErrors as errors:
        if _on_github():
            echo("\n".join(render_error_annotations(errors.errors, _path_on_github(project))))
        raise
    return demos, recordings


def _report(answer: CheckRun, project: Project, json_file: Path | None) -> None:
    from quarterdeck.check.report import REPORTS

    run = answer.verdicts
    if json_file is not None:
        write_report(json_file, REPORTS["json"](run))
    if run.judged or not answer.errors:
        report = REPORTS["terminal" if sys.stdout.isatty() else "text"](run)
        echo(_annotate(report, run, project) if _on_github() else report)
    for text in dict.fromkeys(map(str, answer.errors.values())):
        click.echo(text, err=True)


def _status(answer: CheckRun) -> int:
    if answer.interrupted:
        raise KeyboardInterrupt
    if any(isinstance(error, StageError) for error in answer.errors.values()):
        return EXIT_UNAVAILABLE
    if answer.errors:
        return EXIT_USAGE
    return EXIT_NO if answer.verdicts.wrong else EXIT_OK


def _annotate(report: str, run: RunVerdicts, project: Project) -> str:
    """*report* as a job of GitHub Actions prints it: its workflow commands muted, and annotations after it.

    The job's summary is written to the file that GitHub names for it.
    """
    from quarterdeck.check.report import REPORTS
    from quarterdeck.check.report.json_report import mute_commands, render_annotations

    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(REPORTS["markdown"](run))
    return "\n".join((mute_commands(report, uuid4().hex), *render_annotations(run, _path_on_github(project))))


def _on_github() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


def _path_on_github(project: Project) -> str:
    """The path from the repository that GitHub checked out to the project in it, with a slash at its end."""
    workspace = Path(os.environ.get("GITHUB_WORKSPACE") or project.root).resolve()
    if not project.root.is_relative_to(workspace) or project.root == workspace:
        return ""
    return f"{project.root.relative_to(workspace).as_posix()}/"
