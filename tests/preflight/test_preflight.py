"""`quarterdeck preflight` with a real engine: a talk that is ready, and the same talk after things went wrong."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.live.engine.client import RUN_LABEL
from support.containers import stage_containers
from support.demo_projects import demo, record_once, write_demos
from support.projects import MakeProject, quarterdeck
from support.tmux import Tmux
from support.waiting import wait_until

NO_ENGINE = {**os.environ, "DOCKER_HOST": "unix:///nonexistent/docker.sock"}

JOURNEY = """\
# A journey

# Ask the registry of the stage {{#near}}
curl --silent --fail http://localhost:5000/v2/_catalog

# Ask another machine {{#far}}
curl --silent --fail --max-time 20 --output answer http://{address}:5000/v2/_catalog

# Use its answer {{#then}}
cat answer

# Something else {{#else}}
echo else
"""
STEADY = """\
# Steady

# Say it
echo steady

# Watch {#watch}
#@ stop-after: 1s
#@ compare: none
sleep 100
"""
DECK = "duration: 30m\nslides: [talk.md]\n"
SLIDES = """\
<!-- .slide: data-timing="60" -->
# A journey

<!-- include: journey-else.command -->

---

# Steady

<!-- include: steady-watch.command -->
"""


@pytest.fixture(scope="module")
def another_machine(engine: Any, stage_image: str) -> Iterator[str]:
    """The address of a registry that no stage belongs to, but that stages reach through their network."""
    settings = "version: 0.1\nstorage: {inmemory: {}}\nhttp: {addr: ':5000'}\n"
    command = ["sh", "-c", 'printf %s "$0" >/settings.yml; exec docker-registry serve /settings.yml', settings]
    container = engine.containers.run(stage_image, command, detach=True, auto_remove=True)
    try:

        def listens() -> bool:
            return b"listening on" in container.logs()

        wait_until(listens)
        container.reload()
        (network,) = container.attrs["NetworkSettings"]["Networks"].values()
        yield network["IPAddress"]
    finally:
        container.remove(force=True)


@pytest.fixture(scope="module")
def talk(another_machine: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a deck that is ready: recorded, built and committed."""
    root = write_demos(
        tmp_path_factory.mktemp("talk"), {"journey": JOURNEY.format(address=another_machine), "steady": STEADY}
    )
    (root / "slides" / "talk.md").write_text(SLIDES)
    (root / "slides" / "talk.yaml").write_text(DECK)
    (root / ".gitignore").write_text("/site/\n/.quarterdeck/\n")
    record_once(root)
    assert quarterdeck("build", cwd=root).returncode == 0
    git(root, "init", "--quiet")
    commit(root)
    return root


def git(root: Path, *arguments: str) -> None:
    """Run git in *root*, whoever the user is."""
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


def commit(root: Path) -> None:
    """Commit everything that is not ignored."""
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "a talk")


def files_of(root: Path) -> dict[str, bytes]:
    """Everything in the project but for git's own files."""
    paths = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {str(path): path.read_bytes() for path in paths}


def page_of(stdout: str) -> str:
    """The lines of a page that do not depend on the machine."""
    lines = re.sub(r"1:\d\d min planned (.*)\(steps .*?, recorded .*?\)", r"1:… min planned \1(…)", stdout).split("\n")
    return "\n".join(line for line in lines if not re.match(r"[✓!✗-] (engine|images|disk|memory|speed) ", line))


def test_a_talk_that_is_ready(talk: Path) -> None:
    """Go, with a warning for the step that needs another machine; nothing in the project has changed."""
    before = files_of(talk)
    done = quarterdeck("preflight", "talk", "--json", str(talk.parent / "ready.json"), cwd=talk)
    assert page_of(done.stdout) == (
        "talk: 6 steps\n\n"
        "- terminal    not judged: the output goes elsewhere\n"
        "✓ steps       6 steps of 2 demos as recorded\n"
        "! network     needed by 1 step: journey-far, journey-then (not known)\n"
        "              fix: try the network of the room; `preload` in [stage] has images without it\n"
        "✓ recordings  fit their steps and are committed\n"
        "✓ deck        site/talk.html is up to date\n"
        "✓ time        1:… min planned for a slot of 30:00 min (…)\n"
        "· by hand     1 step with a part for you: steady-watch ends after 1 s\n\n"
        "GO\n"
    )
    assert done.returncode == 0
    assert "once more, without a network" in done.stderr
    assert files_of(talk) == before
    document = json.loads((talk.parent / "ready.json").read_text())
    assert (document["go"], document["reasons"]) == (True, [])
    needs = {step["step"]: step["network"] for step in document["steps"]}
    assert needs == {
        "journey-near": "not needed",
        "journey-far": "needed",
        "journey-then": "not known",
        "journey-else": "not needed",
        "steady-0": "not needed",
        "steady-watch": "not needed",
    }


def test_a_talk_that_is_not(talk: Path) -> None:
    """A step drifted, one is new, a recording is not committed, the page is old: no go, with what fixes each."""
    steady = talk / "commands" / "steady.demo"
    recording = talk / "commands" / "steady.recording.yaml"
    recording.write_text(recording.read_text().replace("    steady\n", "    unsteady\n"))
    steady.write_text(f"{STEADY}\n# New {{#new}}\necho new\n")
    (talk / "slides" / "talk.md").write_text(f"{SLIDES}\n<!-- include: steady-new.command -->\n")
    try:
        done = quarterdeck("preflight", "talk", cwd=talk)
    finally:
        git(talk, "checkout", "--quiet", ".")
    lines = page_of(done.stdout).split("\n")
    assert [line for line in lines if line.startswith(("✗", "              fix", "NO GO"))] == [
        "✗ steps       1 of 7 steps wrong: steady-0 DRIFTED",
        "              fix: `quarterdeck check steady` shows why",
        "              fix: try the network of the room; `preload` in [stage] has images without it",
        "✗ recordings  1 step without a recording that fits: steady-new",
        "              fix: `quarterdeck record steady`",
        "              fix: git add commands/steady.recording.yaml && git commit",
        "✗ deck        site/talk.html is out of date",
        "              fix: `quarterdeck build talk`",
        "NO GO: 1 of 7 steps wrong; 1 step without a recording that fits; site/talk.html is out of date",
    ]
    assert "! recordings  1 recording not committed: commands/steady.recording.yaml" in lines
    assert done.returncode == 1


def test_without_an_engine(talk: Path) -> None:
    """The page is printed, the steps are not judged, and the status says that nothing could be run."""
    done = quarterdeck("preflight", "talk", cwd=talk, env=NO_ENGINE)
    assert "✗ engine      no Docker engine answers at unix:///nonexistent/docker.sock\n" in done.stdout
    assert "- steps       not judged: no engine\n" in done.stdout
    assert "✓ deck        site/talk.html is up to date\n" in done.stdout
    assert done.stdout.endswith("\nNO GO: no Docker engine answers at unix:///nonexistent/docker.sock\n")
    assert (done.returncode, done.stderr) == (3, "")


def test_a_page_in_a_single_file_is_up_to_date(talk: Path) -> None:
    """Whichever way it was built."""
    try:
        assert quarterdeck("build", "--single-file", cwd=talk).returncode == 0
        assert "✓ deck        site/talk.html is up to date\n" in (
            quarterdeck("preflight", "talk", cwd=talk, env=NO_ENGINE).stdout
        )
    finally:
        assert quarterdeck("build", cwd=talk).returncode == 0


def test_a_demo(talk: Path) -> None:
    """A demo has no page."""
    done = quarterdeck("preflight", "steady", cwd=talk, env=NO_ENGINE)
    assert done.stdout.startswith("Steady: 2 steps\n")
    assert "deck" not in done.stdout
    assert done.returncode == 3


def test_in_a_terminal(talk: Path, tmux: Tmux) -> None:
    """The page fits a terminal of 100 x 30; a smaller one gets a warning."""
    tmux.type(f"cd {talk}; export DOCKER_HOST={NO_ENGINE['DOCKER_HOST']}; clear; quarterdeck preflight talk")
    screen = tmux.wait_for("^NO GO: ")
    assert "talk: 6 steps" in screen
    assert "✓ terminal    100 x 30 characters" in screen
    tmux.resize(80, 24)
    tmux.type("clear; quarterdeck preflight talk")
    tmux.wait_for("^! terminal    80 x 24 characters, less than 100 x 30$")


def test_a_stage_that_does_not_come_up(engine: Any, tmp_path: Path) -> None:
    """No go, and status 3: the steps could not be judged."""
    bad = "# Bad\n#@ stage: {image: 'quarterdeck-no-such-image:1'}\n# One\nls\n"
    write_demos(tmp_path, {"bad": bad})
    done = quarterdeck("preflight", "bad", cwd=tmp_path)
    assert "✗ images      1 image of stages missing: quarterdeck-no-such-image:1\n" in done.stdout
    assert "✗ steps       1 demo did not run: " in done.stdout
    assert done.returncode == 3


@pytest.mark.parametrize("arguments", [["nothing"], []])
def test_wrong_use(make_project: MakeProject, arguments: list[str]) -> None:
    """An unknown name, or none."""
    root = write_demos(make_project({}), {"a": demo("true")})
    done = quarterdeck("preflight", *arguments, cwd=root)
    assert (done.returncode, done.stdout) == (2, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_when_it_is_ended(engine: Any, tmp_path: Path, number: signal.Signals) -> None:
    """In the second run, too: no container; 130 where it can say so."""
    write_demos(tmp_path, {"slow": demo("#@ timeout: 5m\n[ -e /sys/class/net/eth0 ] || sleep 200")})
    command = [sys.executable, "-m", "quarterdeck", "preflight", "slow"]
    errors = tmp_path / "stderr"
    with errors.open("w") as stderr, subprocess.Popen(command, cwd=tmp_path, stderr=stderr) as process:
        wait_until(lambda: "once more, without a network" in errors.read_text(), timeout_s=120)
        (run,) = wait_until(lambda: runs_of(process.pid))
        wait_until(lambda: len(stage_containers(engine, run)) == 1, timeout_s=120)
        process.send_signal(number)
        process.wait(timeout=60)
    assert process.returncode == (-9 if number == signal.SIGKILL else 130)
    assert "Traceback" not in errors.read_text()
    wait_until(lambda: not stage_containers(engine, run), timeout_s=60)


def runs_of(pid: int) -> list[str]:
    """The runs whose reapers are children of the process *pid*."""
    done = subprocess.run(["pgrep", "-a", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [line.rpartition(f"{RUN_LABEL}=")[2] for line in done.stdout.split("\n") if f"{RUN_LABEL}=" in line]
