"""Demos side by side, on stages of a real engine."""

from __future__ import annotations

import itertools
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import StageError
from quarterdeck.demo.catalogue import Run
from quarterdeck.runner.outcome import DemoOutcome, RunContext
from quarterdeck.runner.scheduler import Scheduler
from support.containers import our_containers
from support.demo_projects import context_for, demo, write_demos
from support.projects import holding_port
from support.waiting import wait_until


def runs_of(context: RunContext) -> dict[str, Run]:
    """The runs of all demos of the project, by the name of each demo that is asked for."""
    runs = context.catalogue.plan_runs(context.catalogue.load_all())
    return {name: run for run in runs for name in run.asked}


def screens(outcome: DemoOutcome) -> list[str]:
    """What each step of an outcome printed."""
    return [result.screen for result in outcome.result.steps]


def test_demos_run_side_by_side_each_on_its_own_stage(engine: Any, tmp_path: Path) -> None:
    """They overlap in time, do not see each other's registry, and leave nothing."""
    step = 'curl -s localhost:5000/v2/_catalog; date +%s.%N >begin; sleep 3; echo "$(cat begin) $(date +%s.%N)"'
    push = "curl -sf -X POST localhost:5000/v2/{}/blobs/uploads/ -o /dev/null -w '%{{http_code}}\\n'"
    demos = {name: demo(push.format(name), step) for name in ("one", "two")}
    context = context_for(write_demos(tmp_path, demos))
    with Scheduler(context, jobs=2) as scheduler:
        jobs = {name: scheduler.give(run) for name, run in runs_of(context).items()}
        outcomes = [scheduler.wait_for(job, job.run.demos[0]) for job in jobs.values()]
    assert [screens(outcome)[0] for outcome in outcomes] == ["202\n", "202\n"]
    times = [[float(word) for word in screens(outcome)[1].split()[-2:]] for outcome in outcomes]
    assert max(begin for begin, _ in times) < min(end for _, end in times)
    assert [screens(outcome)[1].split("\n")[0] for outcome in outcomes] == ['{"repositories":[]}'] * 2
    assert our_containers(engine) == set()


def test_the_next_stage_is_ready_when_a_demo_ends(engine: Any, tmp_path: Path) -> None:
    """With one job, too: the next stage is set while a demo runs, and its demo starts when that one has ended."""
    demos = {name: demo("until [ -e /tmp/go ]; do sleep 0.1; done; date +%s.%N", "date +%s.%N") for name in "abc"}
    context = context_for(write_demos(tmp_path, demos))
    outcomes = []
    with Scheduler(context, jobs=1) as scheduler:
        jobs = [scheduler.give(run) for run in runs_of(context).values()]
        for job, following in itertools.zip_longest(jobs, jobs[1:]):
            stage = wait_until(lambda job=job: job.stage)  # type: ignore[misc]
            if following is not None:
                wait_until(lambda job=following: job.stage)  # type: ignore[misc]
            assert job.outcomes == {}
            stage.run("touch", "/tmp/go")
            outcomes.append(scheduler.wait_for(job, job.run.demos[0]))
        assert len(scheduler._workers) == 2
    times = [(float(screens(outcome)[0]), float(screens(outcome)[1])) for outcome in outcomes]
    assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(times))


def test_a_stage_made_ready_waits_until_it_is_released(engine: Any, tmp_path: Path) -> None:
    """Its demo does not start by itself; and a stage that is dropped goes."""
    finished: list[DemoOutcome] = []
    context = context_for(write_demos(tmp_path, {"a": demo("echo a"), "b": demo("echo b")}), finished)
    runs = runs_of(context)
    with Scheduler(context, jobs=1) as scheduler:
        first, second = scheduler.give(runs["a"], released=False), scheduler.give(runs["b"], released=False)
        wait_until(lambda: len(our_containers(engine)) >= 2)
        assert (len(our_containers(engine)), finished) == (2, [])
        scheduler.drop(second)
        scheduler.release(first)
        assert screens(scheduler.wait_for(first, runs["a"].demos[0])) == ["a\n"]
        wait_until(lambda: not our_containers(engine))
    assert [outcome.demo.name for outcome in finished] == ["a"]


def test_demos_that_after_ties_together_share_a_stage(engine: Any, tmp_path: Path) -> None:
    """In their order, each in a shell of its own; what broke before a demo is told with it."""
    demos = {"a": demo("X=1; echo x >/tmp/file"), "b": demo('cat /tmp/file; echo "[$X]"', after="a")}
    context = context_for(write_demos(tmp_path, demos))
    run = runs_of(context)["b"]
    with Scheduler(context, jobs=1) as scheduler:
        job = scheduler.give(run)
        assert screens(scheduler.wait_for(job, run.demos[1])) == ["x\n[]\n"]
    (tmp_path / "commands" / "a.demo").write_text(demo("exit 3", "echo never"))
    context = context_for(tmp_path)
    run = runs_of(context)["b"]
    with Scheduler(context, jobs=1) as scheduler:
        outcome = scheduler.wait_for(scheduler.give(run), run.demos[1])
    assert [one.demo.name for one in outcome.before] == ["a"]
    assert not outcome.acceptable


def test_stopping_ends_what_runs(engine: Any, tmp_path: Path) -> None:
    """In a few seconds, whatever the step would still do; demos that wait never start, and no container stays."""
    finished: list[DemoOutcome] = []
    demos = {name: demo("sleep 300") for name in ("a", "b", "c")}
    context = context_for(write_demos(tmp_path, demos), finished)
    with Scheduler(context, jobs=2) as scheduler:
        for run in runs_of(context).values():
            scheduler.give(run)
        wait_until(lambda: len(our_containers(engine)) == 3)
        time.sleep(0.5)
        start = time.monotonic()
    assert time.monotonic() - start < 12
    assert (finished, our_containers(engine)) == ([], set())


def test_a_stage_that_does_not_come_up_harms_no_other(engine: Any, tmp_path: Path) -> None:
    """Whoever waits for its demo hears why; the others run."""
    demos = {"bad": "# Bad\n#@ stage: {image: 'quarterdeck-no-such-image:1'}\n# One\nls\n", "good": demo("echo good")}
    context = context_for(write_demos(tmp_path, demos))
    runs = runs_of(context)
    with Scheduler(context, jobs=2) as scheduler:
        bad, good = scheduler.give(runs["bad"]), scheduler.give(runs["good"])
        with pytest.raises(StageError, match="quarterdeck-no-such-image"):
            scheduler.wait_for(bad, runs["bad"].demos[0])
        assert screens(scheduler.wait_for(good, runs["good"].demos[0])) == ["good\n"]


def test_an_engine_that_does_not_answer_is_named(engine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of several in `DOCKER_HOST`, it is that one."""
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/a.sock unix:///nonexistent/b.sock")
    context = context_for(write_demos(tmp_path, {"a": demo("echo a")}))
    run = runs_of(context)["a"]
    with Scheduler(context) as scheduler:
        job = scheduler.give(run)
        with pytest.raises(StageError, match=r"no Docker engine answers at unix:///nonexistent/a\.sock"):
            scheduler.wait_for(job, run.demos[0])


@pytest.fixture
def port() -> Iterator[None]:
    """Port 5000 is ours."""
    with holding_port():
        yield


def on_host(step: str) -> str:
    """The text of a demo that runs on the user's own machine."""
    return demo(step).replace("\n", "\n#@ stage: {kind: host, engine: false}\n", 1)


def test_demos_on_the_user_s_machine_run_one_after_the_other(engine: Any, port: None, tmp_path: Path) -> None:
    """Whatever the number of jobs: there is one such machine. Those in containers run beside them."""
    step = "date +%s.%N; sleep 1; date +%s.%N"
    context = context_for(write_demos(tmp_path, {"a": on_host(step), "b": on_host(step), "c": demo(step)}))
    with Scheduler(context, jobs=3) as scheduler:
        jobs = [scheduler.give(run) for run in runs_of(context).values()]
        outcomes = [scheduler.wait_for(job, job.run.demos[0]) for job in jobs]
    times = sorted([float(line) for line in screens(outcome)[0].split()] for outcome in outcomes[:2])
    assert times[0][1] <= times[1][0]
    assert len(screens(outcomes[2])[0].split()) == 2
    assert our_containers(engine) == set()


def test_stopping_ends_what_runs_on_the_user_s_machine(engine: Any, port: None, tmp_path: Path) -> None:
    """In a few seconds, with the processes that a step has started."""
    mark = f"3{time.time_ns() % 10**7}"
    context = context_for(write_demos(tmp_path, {"a": on_host(f"sleep {mark} & sleep {mark}")}))

    def sleepers() -> int:
        found = subprocess.run(["pgrep", "-c", "-f", f"^sleep {mark}$"], capture_output=True, text=True, check=False)
        return int(found.stdout)

    with Scheduler(context, jobs=1) as scheduler:
        scheduler.give(runs_of(context)["a"])
        wait_until(lambda: sleepers() == 2, timeout_s=120)
        start = time.monotonic()
    assert time.monotonic() - start < 9
    assert (sleepers(), our_containers(engine)) == (0, set())
