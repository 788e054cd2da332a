"""What can be said of a demo without running it, and what is left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import StageSettings
from quarterdeck.check.demo_rules import lint_demo, lint_recording, stray_lines
from quarterdeck.demo.demo_file import Demo, parse_demo
from quarterdeck.demo.recording import RecordedStep, Recording


def make_demo(text: str) -> Demo:
    """The demo of *text*, which has no mistake of syntax."""
    problems = Problems()
    demo = parse_demo(text, name="a", path="a.demo", folder=Path("/nowhere"), problems=problems)
    problems.raise_if_any()
    return demo


CONTAINER = StageSettings()


def findings(text: str, settings: StageSettings = CONTAINER) -> list[str]:
    """What lint says of a demo: warnings with `note:` before them, without hints."""
    problems = Problems()
    lint_demo(make_demo(text), settings, problems)
    lines = [*(f"{problem.at}: {problem.what}" for problem in problems.errors)]
    return sorted([*lines, *(f"warning: {problem.at}: {problem.what}" for problem in problems.warnings)])


def below(command: str) -> str:
    """What is said of lines below *command*."""
    return f"the lines below `{command}` look meant for the program that it starts; bash would run them after it"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("docker run -it --rm alpine sh\nls\nexit", [f"a.demo:3: {below('docker run -it --rm alpine sh')}"]),
        ("cd /tmp\n\n# look\ndocker exec -ti web sh\nls", [f"a.demo:6: {below('docker exec -ti web sh')}"]),
        ("docker run -it \\\n  --rm mine\nls\nexit", [f"a.demo:3: {below('docker run -it --rm mine')}"]),
        ("kubectl exec -it pod -- sh\nexit", [f"a.demo:3: {below('kubectl exec -it pod -- sh')}"]),
        ("ssh host\nuname", [f"a.demo:3: {below('ssh host')}"]),
        ("psql -h db\nselect 1;\n\\q", [f"a.demo:3: {below('psql -h db')}"]),
        ("bash\nexit", [f"a.demo:3: {below('bash')}"]),
        ("#@ timeout: 3s\nbash\n#@ exit: 0\nls", [f"a.demo:4: {below('bash')}"]),
        ("bash", ["warning: a.demo:3: `bash` waits for input, and no lines are sent"]),
        ("#@ send: [exit]\nbash\nls", []),
        ("#@ send: rest\nbash\nls", []),
        ("#@ send: rest\nbash", ["a.demo:3: `send: rest`, and no lines come after the first command"]),
        ("#@ skip: by hand\nbash\nls", []),
        ("docker run -it --rm alpine echo hi\nls\nexit", []),
        ("docker run -it --rm alpine sh -c 'ls; exit'\nls", []),
        ("docker run -it --rm mine\ndocker images", []),
        ("docker run -it --rm mine", []),
        ("echo ls | docker run -i --rm alpine sh\nls", []),
        ("docker run -i --rm alpine sh <<E\nls\nE\nls", []),
        ("docker exec web sh -c ls\nls", []),
        ("#@ stop-after: 1s\nbash", []),
    ],
)
def test_lines_for_a_nested_shell(steps: str, expected: list[str]) -> None:
    """Reported where a shell or a prompt would take them, at the command; innocent commands are left alone."""
    assert findings(f"# T\n# One\n{steps}\n") == expected


def test_stray_lines_are_found_alone_too() -> None:
    """As `check` and `record` do, which only warn about them."""
    step = make_demo("# T\n# One\ndocker run -it alpine\nls\n").steps[0]
    assert str(stray_lines(step)) == (
        f"a.demo:3: {below('docker run -it alpine')}\n"
        "  hint: `#@ send: rest` gives them to that program; `#@ send: [exit]` ends it, and bash runs them"
    )
    assert stray_lines(make_demo("# T\n# One\nls\nls\n").steps[0]) is None


CURL = (
    "warning: a.demo:3: `curl` without `--fail` passes an error of the registry into the pipe as if it were an answer"
)


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("curl -s localhost:5000/v2/_catalog | jq .", [CURL]),
        ('curl -s "$REGISTRY/v2/hello/tags/list" | jq .', [CURL]),
        ("DIGEST=$(curl --silent http://localhost:5000/v2/a/manifests/b | jq -r .config.digest)", [CURL]),
        ("for a in b; do curl -s localhost:5000/v2/a; done | wc -c", [CURL]),
        ("curl -sSfL localhost:5000/v2/_catalog | jq .", []),
        ("curl -s --fail localhost:5000/v2/_catalog | jq .", []),
        ("curl --fail-with-body localhost:5000/v2/_catalog | jq .", []),
        ("curl -s localhost:5000/v2/_catalog", []),
        ("curl -s localhost:5000/v2/_catalog >file", []),
        ("curl -sI localhost:5000/v2/a/manifests/b | grep -i digest", []),
        ("curl -s -w '%{http_code}' localhost:5000/v2/ | tail -1", []),
        ("curl -s https://example.org/ | head", []),
        ("curl -so f localhost:5000/v2/_catalog | cat", [CURL]),
        ("#@ allow: [http-404]\ncurl -s localhost:5000/v2/a | jq .", []),
        ("#@ skip: later\ncurl -s localhost:5000/v2/a | jq .", []),
    ],
)
def test_curl_into_a_pipe(steps: str, expected: list[str]) -> None:
    """A 404 of the registry is text like any other for `jq`, unless curl has `--fail` or its status is shown."""
    assert findings(f"# T\n# One\n{steps}\n") == expected


def test_sudo_is_not_on_the_stage() -> None:
    """Once a step; not on the user's own machine, in an image of the project's own, or where `needs` says so."""
    text = "# T\n# One\nsudo ls\nsudo ls\n"
    warning = ["warning: a.demo:3: `sudo` is not on the stage, where the shell runs as root"]
    assert findings(text) == warning
    assert findings(text, CONTAINER._replace(kind="host")) == []
    assert findings(text, CONTAINER._replace(image="mine")) == []
    assert findings(text.replace("# One\n", "# One\n#@ needs: [sudo]\n")) == []


NAMELESS = [
    "warning: a.demo:3: a container without a name: `docker ps`, further down, will show another in each run",
]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("docker run -d alpine sleep 9", "docker ps", NAMELESS),
        ("docker run -d --rm alpine sleep 9", "docker container ls --all", NAMELESS),
        ("docker run alpine ls", "docker ps -a", NAMELESS),
        ("docker run --rm alpine ls", "docker ps", []),
        ("docker run -d --name a alpine sleep 9", "docker ps", []),
        ("docker run -d alpine sleep 9", "docker ps -q", []),
        ("docker run -d alpine sleep 9", "docker ps --format '{{.Image}}'", []),
        ("docker run -d alpine sleep 9", "#@ compare: none\ndocker ps", []),
        ("docker run -d alpine sleep 9", "docker images", []),
    ],
)
def test_random_names(first: str, second: str, expected: list[str]) -> None:
    """Only where a later step shows the name and is compared with its recording."""
    assert findings(f"# T\n# One\n{first}\n# Two\n{second}\n") == expected


def test_recordings_that_do_not_fit() -> None:
    """Nothing recorded, steps changed since, and another exit status than the one that is right."""
    demo = make_demo(
        "# T\n# One {#one}\nls\n# Two\n#@ exit: 3\nls\n# Three\n#@ skip: no\nls\n# Four\n#@ needs: x\nls\n"
    )
    digests = ["d1", "d2", "d3", "d4"]
    steps = (RecordedStep("one", "d1", 0, 0.1, ""), RecordedStep("1", "d2", 3, 0.1, ""))
    recording = Recording("a", "2026-11-23", (), steps)

    def warnings(recorded: Recording | None) -> list[str]:
        problems = Problems()
        lint_recording(demo, recorded, digests, problems)
        assert problems.errors == []
        assert {problem.hint for problem in problems.warnings} <= {"quarterdeck record a"}
        return [f"{problem.at}: {problem.what}" for problem in problems.warnings]

    assert warnings(recording) == []
    assert warnings(None) == ["a.demo:1: nothing is recorded of 'a'"]
    stale = replace(recording, steps=(steps[0], replace(steps[1], made_by="d0")))
    assert warnings(stale) == ["a.demo:4: what is recorded of a no longer fits: 1"]
    other = replace(recording, steps=(steps[0], replace(steps[1], exit=0)))
    assert warnings(other) == ["a.demo:5: 'a-1' was recorded with exit status 0, and `exit` is 3"]
