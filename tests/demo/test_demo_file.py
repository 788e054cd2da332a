"""Demo files: where steps begin, what is shown of them, names and options. The cases are in demos.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.bash.sent_lines import split_sent_lines
from quarterdeck.demo.demo_file import Demo, StepOptions, parse_command_files, parse_demo
from support.effort import LINEAR, growth
from support.golden import Case, load_cases

CASES = load_cases(Path(__file__).with_name("demos.md"))


def parse(text: str) -> tuple[Demo, Problems]:
    """The demo of *text*, and what is wrong with it."""
    problems = Problems()
    demo = parse_demo(text, name="layers", path="layers.demo", folder=Path("/nowhere"), problems=problems)
    return demo, problems


def show(demo: Demo, problems: Problems) -> str:
    """A demo as the golden cases write it: what differs from the defaults."""
    lines = [f"title: {demo.title}"]
    for name in ("after", "stage", "timeout_s", "needs", "mask", "keep"):
        if value := getattr(demo, name):
            lines.append(f"{name}: {value}")
    for step in demo.steps:
        name = f" {{{step.name}}}" if step.name else ""
        lines.append(f"[{step.number}]{name} line {step.at.line}: {step.caption}".rstrip())
        for field in StepOptions.__dataclass_fields__:
            if (value := getattr(step.options, field)) != getattr(StepOptions(), field):
                lines.append(f"    {field}: {value}")
        lines += [f"    | {line}".rstrip() for line in step.shown]
    lines += [line for error in sorted(problems.errors, key=lambda error: error.at) for line in str(error).split("\n")]
    for warning in sorted(problems.warnings, key=lambda warning: warning.at):
        lines += f"warning: {warning}".split("\n")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_demo_files(case: Case) -> None:
    """Each case of demos.md."""
    case.compare(show(*parse(case.input)))


def test_scripts_are_what_the_file_says() -> None:
    """What bash runs is the text below the caption, comments and blank lines within included, options not."""
    demo, _ = parse("# T\n# one\n#@ exit: 1\n\nls \\\n  -l\n\n  # inner\npwd\n\n# two\ncat <<'E'\n\n#@ x\nE\n")
    assert [step.script for step in demo.steps] == ["ls \\\n  -l\n\n  # inner\npwd\n", "cat <<'E'\n\n#@ x\nE\n"]


def test_command_files_make_a_demo() -> None:
    """The first comment is the caption, the rest are the commands; the numbers are those of the file names."""
    problems = Problems()
    files = [(0, "# Say hello\necho hello\n", "layers-0.command"), (2, "echo bye\n", "layers-2.command")]
    demo = parse_command_files(files, name="layers", folder=Path("/nowhere"), problems=problems)
    steps = [(step.number, step.caption, step.shown, str(step.at)) for step in demo.steps]
    assert steps == [
        (0, "Say hello", ("echo hello",), "layers-0.command:1"),
        (2, "", ("echo bye",), "layers-2.command:1"),
    ]
    assert problems.errors == []


@pytest.mark.parametrize(
    ("script", "first", "rest"),
    [
        ("sh -i\nls\nexit\n", "sh -i\n", "ls\nexit\n"),
        ("docker run \\\n  -it x\n# inside\nls\n", "docker run \\\n  -it x\n", "# inside\nls\n"),
        ("cat <<E\na\nE\nb\n", "cat <<E\na\nE\n", "b\n"),
        ("# only a comment\n", "# only a comment\n", ""),
        ("cd /tmp\nps\ndocker exec -it web sh\nls\nexit\n", "cd /tmp\nps\ndocker exec -it web sh\n", "ls\nexit\n"),
    ],
)
def test_the_lines_to_send_are_split_off(script: str, first: str, rest: str) -> None:
    """With `send: rest`, bash gets all up to the program that reads lines, which gets the rest."""
    assert split_sent_lines(script) == (first, rest)


def test_a_broken_script_costs_linear_time() -> None:
    """A quote that is never closed does not make thousands of later steps expensive."""
    assert growth(lambda steps: parse("# T\n# a\necho 'x\n" + '# s\necho "it is"\n' * steps), 200) < LINEAR
