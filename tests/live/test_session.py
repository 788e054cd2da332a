"""What a presenter would call right, for everything a step can do to its shell. On a real stage of each kind."""

from __future__ import annotations

import os
import re
import socket
from pathlib import Path

import pytest

from quarterdeck.base.project import Project
from quarterdeck.demo.recording import Exited, StepResult
from quarterdeck.live.stage.protocol import Stage
from support.sessions import Runner
from support.step_results import broken_of, status_of

NAP = f"sleep {4_000_000 + os.getpid()}"
"""What no other process on this machine says."""


@pytest.fixture
def run(stage: Stage, project: Project) -> Runner:
    """Runs steps on the stage."""
    return Runner(stage, project)


def facts(results: list[StepResult]) -> list[tuple[int | None, str, str | None]]:
    """Exit status, screen and what broke, of each."""
    return [(status_of(result), result.screen, broken_of(result)) for result in results]


def test_steps_share_variables_functions_and_the_folder(run: Runner) -> None:
    """What a step sets, the next one has."""
    results = run('name=layers; greet() { echo "hello $name"; }; mkdir sub; cd sub', 'greet; basename "$PWD"')
    assert facts(results) == [(0, "", None), (0, "hello layers\nsub\n", None)]


@pytest.mark.parametrize("name", ["with space", "it's", "sub/fold.er", "döner$HOME", "a.b"])
def test_any_name_of_a_demo_will_do(run: Runner, stage: Stage, name: str) -> None:
    """Names reach shells and paths: none of them is taken for syntax, and a timeout still finds its processes."""
    results = run('basename "$PWD"', "echo 'unclosed", NAP, name=name, timeout_s=3)
    assert facts(results[:2]) == [
        (0, f"{name.replace('/', '-')}\n", None),
        (2, "bash: unexpected EOF while looking for matching `''\n", None),
    ]
    assert broken_of(results[2]) == "timeout: no end after 3 s"
    assert stage.run("pgrep", "-f", NAP)[1] == ""


def test_the_weather_is_fixed(run: Runner, stage: Stage, kind: str) -> None:
    """Size, folder, locale, time zone and pager are the same on every machine; in a container, name and home too."""
    command = 'stty size; hostname; pwd; echo "$HOME $LANG $TZ $PAGER $-" | tr -d "\\n"; date -d @0 +%H:%M'
    (result,) = run(command, name="weather")
    first, host, folder, rest = result.screen.rstrip("\n").split("\n")
    assert (first, folder) == ("30 100", f"{stage.home}/weather")
    home, locale, zone, pager, flags = rest.split(" ")
    if kind == "container":
        assert (host, folder, home) == ("quarterdeck", "/home/demo/weather", "/home/demo")
    else:
        assert (host, home) == (socket.gethostname(), os.environ["HOME"])
    assert (locale, zone, pager) == ("C.UTF-8", "UTC", "cat")
    assert "i" in flags, "the shell is interactive"
    assert rest.endswith("00:00")


def test_the_working_folder_is_a_copy_with_pinned_times(run: Runner) -> None:
    """The demo's files are there, owned by the shell's user, with a fixed mode and time stamp."""
    (result,) = run("stat --format '%n %a %Y' notes.txt; [ -O notes.txt ]; echo changed >>notes.txt", name="folder")
    assert facts([result]) == [(0, "notes.txt 644 1767225600\n", None)]


@pytest.mark.parametrize(
    ("step", "status", "screen"),
    [
        ("false", 1, ""),
        ("no-such-command", 127, "bash: no-such-command: command not found\n"),
        ("echo 'unclosed", 2, "bash: unexpected EOF while looking for matching `''\n"),
        ("set -u; echo $no_such_variable; echo not reached", 1, "bash: no_such_variable: unbound variable\n"),
        ("printf 'no final newline'", 0, "no final newline\n"),
        ("kill -INT $$; sleep 5; echo not reached", 130, ""),
        ("for i in 1 2 3; do break; done; break", 0, ""),
        ("continue", 0, ""),
        ("return 4", 4, ""),
        ("set -x; echo traced; { set +x; } 2>/dev/null", 0, "+ echo traced\ntraced\n"),
        ("PROMPT_COMMAND=; PS1='$ '; exec 8<&- 9>&-", 0, ""),
        ("printf 'a\\xffb\\n'", 0, "a\\xffb\n"),
        ("echo one; sh -c 'echo two >&2'; echo three", 0, "one\ntwo\nthree\n"),
    ],
)  # fmt: skip
def test_the_shell_lives_on(run: Runner, step: str, status: int, screen: str) -> None:
    """Whatever a step does short of ending the shell, it has a status and the next step runs as usual."""
    results = run(step, "echo 'the next step'")
    assert facts(results) == [(status, screen, None), (0, "the next step\n", None)]


def test_exit_in_the_last_step_is_its_status(run: Runner) -> None:
    """A demo may end by leaving the shell."""
    assert facts(run("echo bye", "exit 3")) == [(0, "bye\n", None), (3, "", None)]


@pytest.mark.parametrize("step", ["exit 3", "set -e; (exit 3)", "exec sh -c 'exit 3'"])
def test_a_step_that_ends_the_shell_before_the_last_is_broken(run: Runner, step: str) -> None:
    """On stage the terminal would close, whatever the status."""
    (result,) = run(step, "echo never")
    assert facts([result]) == [(None, "", "the step ended the shell (exit status 3), and there are more steps")]


def test_a_killed_shell_is_broken(run: Runner) -> None:
    """No status of a killed shell counts, even in the last step."""
    (result,) = run("kill -9 $$")
    assert facts([result]) == [(None, "", "the shell died (exit status 137)")]


def test_a_command_that_waits_for_input_times_out(run: Runner) -> None:
    """`cat` without arguments waits for a person; Ctrl-C ends it, and the shell is still there."""
    results = run("cat", "echo 'the next step'", timeout_s=0.5)
    assert broken_of(results[0]) == "timeout: no end after 0.5 s"
    assert results[0].seconds >= 0.5
    assert facts(results[1:]) == [(0, "the next step\n", None)]


def test_a_timeout_ends_the_whole_process_tree(run: Runner, stage: Stage) -> None:
    """Neither what ignores Ctrl-C and TERM nor a daemon of its own session outlives the step."""
    command = f"trap '' INT TERM; setsid {NAP} & for i in 1 2 3; do {NAP} & done; {NAP}"
    results = run(f'bash -c "{command}"', "echo 'the next step'", timeout_s=0.5)
    assert broken_of(results[0]) == "timeout: no end after 0.5 s"
    assert status_of(results[1]) == 0
    assert stage.run("pgrep", "-f", NAP)[1] == ""


def test_a_background_job_does_not_hold_the_step(run: Runner) -> None:
    """The step ends when its last command does."""
    results = run("sleep 30 & echo started", "kill %1; wait; echo 'the next step'")
    assert status_of(results[0]) == 0
    assert results[0].seconds < 5
    assert results[0].screen.split("\n")[1:] == ["started", ""] or results[0].screen.startswith("started\n")
    assert results[1].screen.endswith("the next step\n")


def test_a_terminal_left_raw_does_not_spoil_the_next_step(run: Runner) -> None:
    """`stty raw` would make a staircase of what comes after."""
    results = run("stty raw -echo; printf 'a\\nb\\n'", "printf 'c\\nd\\n'; stty size")
    assert results[1].screen == "c\nd\n30 100\n"


def test_output_without_end_is_stopped(run: Runner) -> None:
    """More than 16 MiB is too much; what is kept of it is small, and the shell lives."""
    results = run("yes 0123456789", "echo 'the next step'")
    assert broken_of(results[0]) == "too much output: more than 16 MiB"
    assert len(results[0].screen) < 400_000
    assert facts(results[1:]) == [(0, "the next step\n", None)]


def test_stop_after_is_right(run: Runner) -> None:
    """What never ends is stopped with Ctrl-C, which is as it should be."""
    (result,) = run("#@ stop-after: 500ms\nwhile true; do echo tick; sleep 0.2; done")
    assert result.ending == Exited(130, interrupted=True)
    assert result.screen.startswith("tick\ntick\n")


def test_a_stopped_program_leaves_its_last_picture(run: Runner) -> None:
    """`watch` draws on another screen and clears it when it ends; what counts is what stood there before Ctrl-C."""
    (result,) = run("#@ stop-after: 1s\nwatch --no-title --interval 1 echo watched")
    assert (isinstance(result.ending, Exited), result.screen) == (True, "watched\n")


def test_a_trap_of_debug_does_not_see_the_driver(run: Runner) -> None:
    """Bash keeps such a trap to the step that sets it; what drives the steps is not among what it shows."""
    results = run("trap 'echo \"+ $BASH_COMMAND\"' DEBUG; echo first", "echo second", "trap - DEBUG", "echo third")
    assert [result.screen for result in results] == ["+ echo first\nfirst\n", "second\n", "", "third\n"]


def test_variables_of_the_driver_are_not_shown(run: Runner) -> None:
    """What lists all variables and functions shows those of a presenter's shell, and the session's name."""
    steps = (
        "set",
        "declare -p",
        "declare -f",
        "compgen -A function",
        "compgen -v",
        "trap -p; false | true; set",
        "env",
    )
    results = run("name=ours; greet() { echo hello; }", *steps)
    screens = [result.screen for result in results[1:]]
    assert [name for screen in screens for name in re.findall(r".*(?:__qd_|__quarterdeck).*", screen)] == []
    assert "name=ours\n" in screens[0]
    assert "greet ()\n" in screens[0]
    assert screens[3] == "greet\n"
    assert "name\n" in screens[4]
    assert re.findall(r"^QUARTERDECK\w*", screens[6], re.MULTILINE) == ["QUARTERDECK_SESSION"]


def test_a_lost_shell_is_told_from_a_slow_step(run: Runner) -> None:
    """The step after one that closes what the driver needs: waiting longer would not help."""
    results = run("exec 10>&- 11>&- 12>&-", "echo never", timeout_s=0.3)
    assert facts(results[:1]) == [(0, "", None)]
    assert broken_of(results[1]) == "timeout: no end after 0.3 s, and the shell no longer answers"


def test_links_of_the_folder_stay_links(run: Runner, project: Project) -> None:
    """To files, to folders and to nowhere, as long as they stay inside the project."""
    folder = project.root / "commands"
    (folder / "real").mkdir()
    (folder / "real" / "file").write_text("text\n")
    for name, target in (("to-folder", "real"), ("to-file", "real/file"), ("dangling", "nowhere")):
        (folder / name).symlink_to(target)
    (result,) = run("readlink to-folder to-file dangling; cat to-folder/file", name="links")
    assert result.screen == "real\nreal/file\nnowhere\ntext\n"


def test_send_gives_lines_to_the_program(run: Runner) -> None:
    """Each line goes after its prompt; `rest` takes the step's own lines."""
    results = run(
        "#@ send: [['name[?] ', Ada], ['more[?] ', 'no']]\n"
        "read -p 'name? ' name; read -p 'more? ' more; echo \"$name $more\"",
        "#@ send: rest\nPS1='$ ' sh -i\necho \"nested in $0\"\nexit",
    )
    assert results[0].screen == "name? Ada\nmore? no\nAda no\n"
    assert results[1].screen == '$ echo "nested in $0"\nnested in sh\n$ exit\n'


def test_send_waits_for_a_program_that_starts_slowly(run: Runner) -> None:
    """On a busy machine a container is silent for more than a second; a line sent too early stands there twice."""
    results = run(
        "docker() { sleep 1.5; PS1='$ ' sh -i; }",
        '#@ send: rest\ndocker run -it hello sh\necho a >/dev/null\nsleep 1.5\necho "$0"\nexit',
    )
    assert results[1].screen == '$ echo a >/dev/null\n$ sleep 1.5\n$ echo "$0"\nsh\n$ exit\n'


def test_statuses_cannot_be_forged(run: Runner) -> None:
    """What a step prints, or writes to descriptors it finds, is not taken for a status."""
    results = run(
        r"printf '\033_0 7 0\033\\'; for n in 3 {7..12}; do printf 'N 0 x\n' >&$n; done 2>/dev/null; false",
        "echo next",
    )
    assert facts(results) == [(1, "", None), (0, "next\n", None)]


def test_a_thousand_steps_keep_their_own_output(run: Runner) -> None:
    """Statuses often overtake the output: no step gets another's text."""
    results = run(*[f"echo {number}" for number in range(1000)])
    assert [result.screen for result in results] == [f"{number}\n" for number in range(1000)]


def test_the_folder_of_the_demo_itself_stays_as_it_is(run: Runner, project: Project) -> None:
    """A demo works on a copy."""
    run("echo changed >notes.txt")
    assert Path(project.root / "commands" / "notes.txt").read_text() == "a file of the demo's folder\n"
