"""What demos do to their stage at worst: judged in time, nothing left behind, the other demos of the run unharmed.

What one session makes of the same is in test_session.py.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.check.verdict import judge
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.recording import DemoResult, Exited
from quarterdeck.live.engine.client import RUN_LABEL
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.run_demo import Progress
from support.containers import containers_of_demo, is_ours, our_containers, stage_containers
from support.projects import MakeProject
from support.sessions import perform
from support.waiting import wait_until

PLAIN = "[stage]\nengine = false\n"
GOOD = "# Good\n# Ask\ncurl --silent --fail localhost:5000/v2/_catalog\n"
GOOD_SCREEN = '{"repositories":[]}\n'


def run_beside_good_ones(
    make_project: MakeProject, lease: RunLease, bad: str, settings: str = PLAIN
) -> tuple[list[str], float]:
    """Verdicts of the steps of *bad* with their first evidence, and the seconds that all of them took.

    A good demo runs before it and another after it, and both must be as if it was not there.
    """
    root = make_project(
        {
            "quarterdeck.toml": settings,
            "commands/1-good.demo": GOOD,
            "commands/2-bad.demo": bad,
            "commands/3-good.demo": GOOD,
        }
    )
    project = load_project(root)
    catalogue = Catalogue(project, Problems())
    results: dict[str, DemoResult] = {}
    for run in catalogue.plan_runs(catalogue.load_all()):
        results |= {result.demo.name: result for result in perform(run, catalogue.inputs, lease, lambda _: None)}
    for name in ("1-good", "3-good"):
        assert [(step.ending, step.screen) for step in results[name].steps] == [(Exited(0), GOOD_SCREEN)]
    bad_one = results["2-bad"]
    verdicts = judge(bad_one, None, catalogue.input_digests(bad_one.demo))
    shown = [": ".join([one.verdict, *map(str, one.evidence[:1])]) for one in verdicts]
    return shown, sum(one.seconds for one in verdicts)


@pytest.fixture(autouse=True)
def nothing_is_left(engine: Any, stage_image: str) -> Any:
    """After each of these tests no container of this process is there."""
    yield
    assert our_containers(engine) == set()


NEW = "NEW: nothing is recorded"
SKIPPED = "SKIPPED: an earlier step was BROKEN (2-bad-0)"


@pytest.mark.parametrize(
    ("step", "first", "second"),
    [
        ("yes", "BROKEN: too much output: more than 16 MiB", SKIPPED),
        (
            "#@ timeout: 2s\nfor i in $(seq 200); do (trap '' INT TERM; setsid sleep 600 & sleep 600) & done; wait",
            "BROKEN: timeout: no end after 2 s",
            SKIPPED,
        ),
        (
            "#@ timeout: 1s\nbash -c \"trap '' INT TERM; while true; do sleep 600; done\"",
            "BROKEN: timeout: no end after 1 s",
            SKIPPED,
        ),
        ("(exec >&- 2>&- 0<&-; sleep 600) & echo started", NEW, NEW),
        ("exec >&- 2>&- 0<&-", NEW, "FAILED: exit status 1, expected 0"),
        ("kill -9 $$", "BROKEN: the shell died (exit status 137)", SKIPPED),
    ],
    ids=["endless", "children", "deaf", "child-closed", "closed", "shell"],
)
def test_processes(lease: RunLease, make_project: MakeProject, step: str, first: str, second: str) -> None:
    """Output without end, 400 children, ignored signals, closed descriptors, killed shells."""
    verdicts, seconds = run_beside_good_ones(make_project, lease, f"# Bad\n# One\n{step}\n# Two\necho two\n")
    assert verdicts == [first, second]
    assert seconds < 30


def test_a_step_that_kills_everything(lease: RunLease, make_project: MakeProject) -> None:
    """`kill -9 -1` spares the shell that calls it: its end comes with the step, in the next one, or after both."""
    verdicts, seconds = run_beside_good_ones(make_project, lease, "# Bad\n# One\nkill -9 -1\n# Two\necho two\n")
    died = "BROKEN: the shell died (exit status 137)"
    assert verdicts in ([died, SKIPPED], [NEW, died], [NEW, NEW])
    assert seconds < 30


def test_a_stage_has_only_so_many_processes(lease: RunLease, make_project: MakeProject) -> None:
    """A demo that forks without end meets a limit before the machine does."""
    files = "/sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max"
    bad = f"# Bad\n# One\n#@ match: '^4096$'\ncat {files} 2>/dev/null || true\n"
    assert run_beside_good_ones(make_project, lease, bad)[0] == ["PASSED"]


def test_a_full_disk_stays_on_its_stage(lease: RunLease, make_project: MakeProject) -> None:
    """`disk: 256m`: the build that needs more fails and says why, a smaller one still works, other stages too."""
    build = "printf 'FROM scratch\\nCOPY file /\\n' >Dockerfile; docker build --quiet --tag {name} ."
    bad = (
        "# Bad\n#@ stage: {disk: 256m}\n"
        f"# Too much\n#@ match: no space left on device\n#@ exit: nonzero\n"
        f"head -c 300m /dev/urandom >file; {build.format(name='large')}\n"
        f"# Less\n#@ match: 'sha256:'\nhead -c 1m /dev/urandom >file; docker system prune --force >/dev/null; "
        f"{build.format(name='small')}\n"
    )
    verdicts, _ = run_beside_good_ones(make_project, lease, bad, "")
    assert verdicts == ["PASSED", "PASSED"]


def test_the_engine_of_a_stage_killed_from_inside(lease: RunLease, make_project: MakeProject) -> None:
    """The step that asks it fails; the shell and the registry are still there."""
    bad = (
        "# Bad\n# Kill\npkill -9 dockerd\n# Ask\ndocker ps\n"
        "# Registry\n#@ match: repositories\ncurl --silent --fail localhost:5000/v2/_catalog\n"
    )
    verdicts, seconds = run_beside_good_ones(make_project, lease, bad, "")
    assert verdicts == [NEW, "FAILED: exit status 1, expected 0", "PASSED"]
    assert seconds < 20


def settings_for(containers: int, image: str) -> str:
    """The settings of a stage of *containers* containers, where *image* is the built-in one."""
    return PLAIN if containers == 1 else f'{PLAIN}registry = "{image}"\n'


@pytest.mark.parametrize("containers", [1, 2])
def test_the_registry_killed_from_inside(
    lease: RunLease, stage_image: str, make_project: MakeProject, containers: int
) -> None:
    """In the container of the shells it has no cover; the step that asks it fails, and the shell goes on."""
    ask = "curl --silent --fail localhost:5000/v2/"
    bad = (
        f"# Bad\n# Kill\npkill -9 registry || pkill -9 -f docker-registry\n# Ask\n{ask}\n# On\n#@ match: on\necho on\n"
    )
    verdicts, seconds = run_beside_good_ones(make_project, lease, bad, settings_for(containers, stage_image))
    killed = [NEW, "FAILED: exit status 7, expected 0", "PASSED"]
    assert verdicts == (killed if containers == 1 else ["FAILED: exit status 1, expected 0", NEW, "PASSED"])
    assert seconds < 20


@pytest.mark.parametrize(("containers", "which"), [(1, 0), (2, 0), (2, 1)], ids=["both", "registry", "shells"])
def test_a_container_killed_from_outside(
    lease: RunLease, engine: Any, stage_image: str, make_project: MakeProject, containers: int, which: int
) -> None:
    """Of the registry: the step that asks it fails. Of the shells: BROKEN, and no step hangs."""
    root = make_project(
        {
            "quarterdeck.toml": settings_for(containers, stage_image),
            "commands/1-bad.demo": "# Bad\n# One\nsleep 3; curl --silent --fail localhost:5000/v2/\n# Two\nls\n",
            "commands/2-good.demo": GOOD,
        }
    )
    project = load_project(root)
    catalogue = Catalogue(project, Problems())

    def kill(progress: Progress) -> None:
        if progress.step and not progress.finished and progress.demo and progress.demo.name == "1-bad":
            found = [one for one in engine.containers.list(filters={"label": RUN_LABEL}) if is_ours(one)]
            found.sort(key=lambda one: one.attrs["HostConfig"]["NetworkMode"].startswith("container:"))
            if len(found) == containers:
                threading.Timer(0.5, found[which].kill).start()

    verdicts = {
        result.demo.name: [
            ": ".join([one.verdict, *map(str, one.evidence[:1])]) for one in judge(result, None, ["", ""])
        ]
        for run in catalogue.plan_runs(catalogue.load_all())
        for result in perform(run, catalogue.inputs, lease, kill)
    }
    skipped = "SKIPPED: an earlier step was BROKEN (1-bad-0)"
    assert verdicts["2-good"] == [NEW]
    if which or containers == 1:
        assert verdicts["1-bad"] == [verdicts["1-bad"][0], skipped]
        # On a busy machine the shell may not have started yet.
        assert verdicts["1-bad"][0].startswith(("BROKEN: the shell died", "BROKEN: the stage failed"))
    else:
        assert verdicts["1-bad"] == ["FAILED: exit status 7, expected 0", NEW]


def test_check_killed_in_the_middle(engine: Any, make_project: MakeProject) -> None:
    """`kill -9` of `quarterdeck check` while a step runs: its containers go, and another check goes on undisturbed."""
    other = make_project(
        {"quarterdeck.toml": PLAIN, "commands/a.demo": f"{GOOD}# Wait\nsleep 4; curl -s localhost:5000/v2/\n"}
    )
    root = other.parent / f"{other.name}-killed"
    (root / "slides").mkdir(parents=True)
    (root / "commands").mkdir()
    (root / "quarterdeck.toml").write_text(PLAIN)
    (root / "commands" / "slow.demo").write_text("# Slow\n# Wait\nsleep 600\n")
    mark = f"killed-{os.getpid()}"
    (root / "commands" / "mark").write_text(mark)

    command = [sys.executable, "-m", "quarterdeck", "check"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        containers = wait_until(lambda: containers_of_demo(engine, process.pid, "slow/mark", mark))
        with subprocess.Popen(command, cwd=other, stdout=subprocess.PIPE, text=True) as undisturbed:
            time.sleep(1)
            process.send_signal(signal.SIGKILL)
            process.wait(10)
            wait_until(lambda: not stage_containers(engine) & containers)
            printed, _ = undisturbed.communicate(timeout=60)
    assert len(containers) == 1
    assert re.search(r"^2 steps of 1 demo in [0-9.]+ s: 2 new$", printed, re.MULTILINE)
    assert list(Path(root / "commands").glob("*.recording.yaml")) == []
