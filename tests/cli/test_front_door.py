"""The front door: exit statuses, and messages that an author can act on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.cli import build_decks
from quarterdeck.cli.command_group import COMMANDS, call
from support.containers import containers_of_demo, stage_containers
from support.projects import MakeProject, quarterdeck
from support.waiting import wait_until

DEMO = """\
# Hello

# Say hello {#hello}
echo hello

# Only a comment {#empty}
"""
DECK = "metadata: {title: Hello}\nslides: [hello.md]\n"
NO_ENGINE = {**os.environ, "DOCKER_HOST": "unix:///nonexistent/docker.sock"}


def test_help_names_every_command(tmp_path: Path) -> None:
    """`--help` lists what there is, and each command has a help of its own worth reading."""
    done = quarterdeck("--help", cwd=tmp_path, fresh=True)
    assert done.returncode == 0
    for name, sentence in COMMANDS.items():
        assert sentence in done.stdout
        own = quarterdeck(name, "--help", cwd=tmp_path)
        assert own.returncode == 0
        assert len(own.stdout.split("\n")) > 8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["buld"], "no command 'buld'; did you mean 'build'?"),
        (["build", "--wiht"], "No such option '--wiht'"),
        (["build"], "no project here"),
        (["expand"], "Missing argument"),
    ],
)
def test_wrong_questions_end_with_2(tmp_path: Path, arguments: list[str], message: str) -> None:
    """Usage errors and a missing project are the caller's to mend."""
    done = quarterdeck(*arguments, cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert message in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [[], ["a", "-q", "b"], ["--strict", "a.md"], ["--single-file", "--fresh"], ["--quiet", "-q"], ["x", "x"]],
)
def test_a_plain_build_is_read_without_click(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and flags alone mean what they mean to click."""
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(build_decks, "build_decks", lambda **options: calls.append(options) or 0)
    assert call(["build", *arguments]) == 0
    defaults = {"audience": (), "strict": False, "single_file": False, "fresh": False, "quiet": False}
    assert calls == [{**defaults, **(build_decks.read_plain(arguments) or {})}]


@pytest.mark.parametrize(
    "arguments", [["--with", "x"], ["--help"], ["--qiet"], ["--", "-a"], ["-"], ["a", "--fresh=1"]]
)
def test_click_reads_everything_else(arguments: list[str]) -> None:
    """Options with a value, help, and mistakes."""
    assert build_decks.read_plain(arguments) is None


def test_all_mistakes_of_a_project_are_shown_at_once_and_nothing_is_written(make_project: MakeProject) -> None:
    """A missing step, an empty step, a misspelt option, a missing picture and bad YAML: each with place and hint."""
    root = make_project(
        {
            "slides/hello.yaml": DECK,
            "slides/hello.md": "# Hi\n\n<!-- include: hello-helo.command -->\n\n"
            "<!-- include: hello-empty.command -->\n\n<!-- include: other-0.command -->\n\n"
            "![A picture](pictures/ship.svg)\n",
            "slides/pictures/shop.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "slides/broken.yaml": "slides: [hello.md\nmetadata: x\n",
            "commands/hello.demo": DEMO,
            "commands/other.demo": "# Other\n# One\n#@ timout: 3s\nls\n",
        }
    )
    done = quarterdeck("build", cwd=root)
    assert done.returncode == 2
    assert not (root / "site").exists()
    problems = [line for line in done.stderr.split("\n") if not line.startswith((" ", "warning:"))]
    assert problems[:-1] == [
        "commands/other.demo:3: unknown step option 'timout'",
        "slides/broken.yaml:2: bad YAML: did not find expected ',' or ']' while parsing a flow sequence",
        "slides/hello.md:3: no step 'hello-helo.command'",
        "slides/hello.md:5: 'hello-empty.command' has no commands",
        "slides/hello.md:9: no file 'pictures/ship.svg'",
    ]
    assert "hint: did you mean 'timeout'?" in done.stderr
    assert "hint: did you mean 'hello-hello.command'?" in done.stderr
    assert "pictures/shop.svg" in done.stderr


def test_warnings_are_printed_beside_errors(make_project: MakeProject) -> None:
    """Whatever the end; `--strict` takes them for errors, and says each once."""
    root = make_project({"slides/talk.yaml": "slides: []\ndtae: x\ntheme: none"})
    done = quarterdeck("build", cwd=root)
    warning = "slides/talk.yaml:2: unknown key 'dtae'\n  hint: did you mean 'date'?\n"
    error = "slides/talk.yaml:3: no theme 'none'\n"
    assert done.returncode == 2
    assert done.stderr.startswith(f"warning: {warning}{error}")
    (root / "slides" / "talk.yaml").write_text("slides: []\ndtae: x", "utf-8")
    done = quarterdeck("build", "--strict", cwd=root)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", warning)
    assert not (root / "site").exists()
    done = quarterdeck("build", "--single-file", cwd=root)
    assert (done.returncode, done.stdout) == (0, "site/talk.html\n2 files written\n")


@pytest.mark.parametrize("command", [["check"], ["record", "--all"], ["shell"], ["doctor"]])
def test_without_an_engine_the_status_is_3(make_project: MakeProject, command: list[str]) -> None:
    """Could not ask, which is neither yes nor no; the message says where it looked."""
    root = make_project({"commands/hello.demo": DEMO})
    done = quarterdeck(*command, cwd=root, env=NO_ENGINE)
    assert done.returncode == 3
    assert "no Docker engine answers at unix:///nonexistent/docker.sock" in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_decks_build_without_an_engine(make_project: MakeProject) -> None:
    """A deck needs no engine; a step that was never recorded is shown without output, and the build says so."""
    slide = "<!-- include: hello-0.command -->\n"
    root = make_project({"slides/hello.yaml": DECK, "slides/hello.md": slide, "commands/hello.demo": DEMO})
    done = quarterdeck("build", cwd=root, env=NO_ENGINE)
    assert done.returncode == 0
    assert "slides/hello.md:1: 'hello-hello' has no recorded output" in done.stderr
    assert (root / "site" / "hello.html").is_file()


def test_no_demos_is_a_wrong_question(make_project: MakeProject) -> None:
    """A check of nothing would be green for ever."""
    done = quarterdeck("check", cwd=make_project({}))
    assert (done.returncode, done.stderr.split("\n")[0]) == (2, "0 demos")


def test_unknown_settings_are_named(make_project: MakeProject) -> None:
    """At file and line, with the nearest."""
    root = make_project({"quarterdeck.toml": 'fence = "sh"\n\n[stage]\nengin = false\n'})
    done = quarterdeck("build", cwd=root)
    assert (done.returncode, done.stderr) == (
        2,
        "quarterdeck.toml:4: unknown stage setting 'engin'\n  hint: did you mean 'engine'?\n",
    )


def test_expand_writes_plain_markdown(make_project: MakeProject) -> None:
    """Exactly the block that the contract has, indented as the marker, and all other lines as they were."""
    text = "# T\n\n- item\n\n  <!-- include: hello-0.command -->\n\n```\n<!-- include: no-such.command -->\n```\nend"
    root = make_project({"slides/a.md": text, "commands/hello.demo": DEMO})
    done = quarterdeck("expand", "--no-output", "slides/a.md", cwd=root)
    block = "  Say hello:\n\n  ```bash\n  echo hello\n  ```\n"
    assert (done.returncode, done.stdout) == (0, text.replace("  <!-- include: hello-0.command -->\n", block))


def test_a_run_from_recording_to_drift(engine: Any, make_project: MakeProject) -> None:
    """NEW, recorded, PASSED, not written again; then the world changes: DRIFTED, accepted, PASSED; and FAILED."""
    demo = "# Hello\n\n# Show it {#show}\ncat text.txt; date\n"
    root = make_project({"commands/hello.demo": demo, "quarterdeck.toml": "[stage]\nengine = false\n"})
    (root / "commands" / "text.txt").write_text("one\n")
    recording = root / "commands" / "hello.recording.yaml"

    def run(*arguments: str) -> tuple[int, str]:
        done = quarterdeck(*arguments, cwd=root, fresh=arguments in (("check",), ("record",)))
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout

    status, printed = run("check")
    assert (status, "NEW" in printed) == (1, True)
    assert run("record") == (0, "commands/hello.recording.yaml: written\n")
    first = recording.read_bytes()
    assert run("record") == (0, "1 demo up to date\n")
    assert run("record", "--all") == (0, "commands/hello.recording.yaml: as it was\n")
    assert recording.read_bytes() == first
    assert run("check")[0] == 0

    recording.write_text(recording.read_text().replace("one", "two"))
    status, printed = run("check")
    assert (status, "commands/hello.demo:3: DRIFTED" in printed) == (1, True)
    assert run("check", "--update")[0] == 0
    assert run("check")[0] == 0

    (root / "commands" / "hello.demo").write_text(demo.replace("date", "false"))
    before = recording.read_bytes()
    status, printed = run("record")
    assert (status, "FAILED" in printed, "not recorded" in printed) == (1, True, True)
    assert recording.read_bytes() == before


def test_a_demo_is_not_recorded_when_the_one_before_it_breaks(engine: Any, make_project: MakeProject) -> None:
    """The recording that was good stays, the break is reported, and the answer of record and check is no."""
    root = make_project(
        {
            "commands/parent.demo": "# Parent\n# One\necho fine\n",
            "commands/child.demo": "# Child\n#@ after: parent\n# One\necho hi\n",
            "quarterdeck.toml": "[stage]\nengine = false\n",
        }
    )
    assert quarterdeck("record", "child", cwd=root).returncode == 0
    before = (root / "commands" / "child.recording.yaml").read_bytes()
    (root / "commands" / "parent.demo").write_text("# Parent\n# One\n#@ timeout: 1s\nsleep 30\n")
    for command in ("record", "check"):
        done = quarterdeck(command, "commands/child.demo", cwd=root)
        assert done.returncode == 1
        assert "commands/parent.demo:2: BROKEN parent-0 (One)" in done.stdout
    assert (root / "commands" / "child.recording.yaml").read_bytes() == before


def test_a_shell_ends_when_its_input_does(engine: Any, make_project: MakeProject) -> None:
    """Commands from a pipe run, and the exit status is the shell's."""
    root = make_project({"quarterdeck.toml": "[stage]\nengine = false\n"})
    done = quarterdeck("shell", cwd=root, input="echo in-$HOSTNAME; exit 5\n")
    assert done.returncode == 5
    assert "in-quarterdeck" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_runs_end_with_130_and_leave_nothing(
    engine: Any, make_project: MakeProject, stage_image: str, number: signal.Signals
) -> None:
    """Ctrl-C in the middle of a step: no container, no half-written recording, no traceback."""
    demo = "# Slow\n\n# Wait\nsleep 60\n"
    root = make_project({"commands/slow.demo": demo, "quarterdeck.toml": "[stage]\nengine = false\n"})
    (root / "commands" / "project").write_text(root.name)
    command = [sys.executable, "-m", "quarterdeck", "record"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        containers = wait_until(lambda: containers_of_demo(engine, process.pid, "slow/project", root.name))
        time.sleep(0.5)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=20)
    assert process.returncode == 130
    assert stderr.strip() == "interrupted"
    assert len(containers) == 1
    assert stage_containers(engine) & containers == set()
    assert sorted(path.name for path in (root / "commands").iterdir()) == ["project", "slow.demo"]
