"""What a person at a terminal reads after a check."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from quarterdeck.base.errors import Place
from quarterdeck.check.line_diff import Evidence, Kind
from quarterdeck.check.report.text_report import render_terminal, render_text
from quarterdeck.check.verdict import RunVerdicts, StepVerdict, Verdict, answer, judge, worst
from quarterdeck.demo.recording import Broken, DemoResult, Exited, Reason, StepResult
from quarterdeck.demo.silent_failures import CURES, Witnessed
from support.judged_runs import demo_of, digests_of, plain_demo, recording_of, run_of, verdicts_of


def test_the_whole_report() -> None:
    """What is wrong with its place and a hint, then a line for each demo, the sum, and what to do next."""
    layers = demo_of("a", "curl x", "b")
    push = replace(plain_demo(2), name="registry/push")
    recording = recording_of(layers, ["a", "HTTP/1.1 200 OK\nDigest", "b"])
    now = judge(run_of(layers, ["a", "HTTP/1.1 404 Not Found\nDigest", "b"]), recording, digests_of(layers))
    judged = [(layers, now), (push, verdicts_of(push, Verdict.PASSED, Verdict.SKIPPED, evidence=("needs dive",)))]
    assert render_text(RunVerdicts(judged)) == (
        "commands/layers.demo:6: DRIFTED layers-1 (Step 1)\n"
        "    - HTTP/1.1 200 OK\n"
        "    + HTTP/1.1 404 Not Found\n"
        "      Digest\n"
        "  hint: if that is right, `quarterdeck check --update layers` accepts it\n"
        "\n"
        "✗ layers         2 passed, 1 drifted  0.8 s\n"
        "✓ registry/push  1 passed, 1 skipped  0.6 s  skipped: needs dive\n"
        "\n"
        "5 steps of 2 demos: 3 passed, 1 drifted, 1 skipped\n"
        "next: fix the steps above, then `quarterdeck check --lf` runs 1 demo again"
    )


def test_all_is_well() -> None:
    """Then there are no more lines than demos, and a sum."""
    demo = plain_demo(1)
    judged = [(demo, verdicts_of(demo, Verdict.PASSED))]
    assert render_text(RunVerdicts(judged)) == "✓ layers  1 passed  0.3 s\n\n1 step of 1 demo: 1 passed"
    assert render_text(RunVerdicts([])) == "0 steps of 0 demos"


def test_one_hint_for_many_steps() -> None:
    """Steps that need the same cure share its line."""
    demo = demo_of("a", "b", "c", "d")
    evidence = ("nothing is recorded",)
    verdicts = verdicts_of(demo, Verdict.NEW, Verdict.NEW, Verdict.PASSED, Verdict.NEW, evidence=evidence)
    assert render_text(RunVerdicts([(demo, verdicts)])).split("\n")[:7] == [
        "commands/layers.demo:3: NEW layers-0 (Step 0)",
        "    nothing is recorded",
        "commands/layers.demo:6: NEW layers-1 (Step 1)",
        "    nothing is recorded",
        "commands/layers.demo:12: NEW layers-3 (Step 3)",
        "    nothing is recorded",
        "  hint: `quarterdeck record layers` records it",
    ]


@pytest.mark.parametrize(
    ("verdict", "ending", "evidence", "step", "hint"),
    [
        (
            Verdict.BROKEN,
            Broken(Reason.TIMEOUT, "no end"),
            "",
            "a",
            "raise `timeout:`; `stop-after:` is for what never",
        ),
        (
            Verdict.BROKEN,
            Broken(Reason.TIMEOUT, "no end"),
            "",
            "#@ send: [x]\na",
            "end what the step starts with a last",
        ),
        (Verdict.BROKEN, Broken(Reason.NO_ANSWER, "no end"), "", "a", "a step may have changed PROMPT_COMMAND, or"),
        (Verdict.BROKEN, Broken(Reason.TOO_MUCH_OUTPUT, "more"), "", "a", "show a part of it with `head` or `tail`,"),
        (Verdict.BROKEN, Broken(Reason.SHELL_DIED, "died"), "", "a", "try it by hand: `quarterdeck shell layers`"),
        (
            Verdict.BROKEN,
            Broken(Reason.STAGE_FAILED, "full"),
            "",
            "a",
            "`quarterdeck doctor` says what this machine lacks",
        ),
        (
            Verdict.FAILED,
            Exited(22),
            Evidence(Kind.STATUS, "exit status 22, expected 0"),
            "a",
            "try it by hand: `quarterdeck shell layers`; if that status is right, say so with `exit: 22`\n",
        ),
        (
            Verdict.FAILED,
            Exited(0),
            Evidence(Kind.EXPECTATION, "nothing matches x"),
            "a",
            "try it by hand: `quarterdeck shell layers`\n",
        ),
        (
            Verdict.DRIFTED,
            Exited(130),
            Evidence(Kind.ADDED, "tick"),
            "#@ stop-after: 5s\na",
            "what stands there after `stop-after` may be chance;",
        ),
    ],
)
def test_hints(verdict: Verdict, ending: Exited | Broken, evidence: Evidence | str, step: str, hint: str) -> None:
    """Each says what to do next."""
    demo = demo_of(step)
    report = render_text(RunVerdicts([(demo, verdicts_of(demo, verdict, evidence=(evidence,), ending=ending))]))
    assert f"  hint: {hint}" in report


def test_colours() -> None:
    """They are added to the same text: red and green for what went and came, the verdict by its weight."""
    demo = plain_demo(2)
    judged = [
        (
            demo,
            verdicts_of(
                demo,
                Verdict.FAILED,
                Verdict.DRIFTED,
                evidence=(Evidence(Kind.REMOVED, "old"), Evidence(Kind.ADDED, "new")),
            ),
        )
    ]
    report = render_terminal(RunVerdicts(judged))
    assert "\x1b[31mFAILED\x1b[0m" in report
    assert "\x1b[33mDRIFTED\x1b[0m" in report
    assert "    \x1b[31m- old\x1b[0m\n    \x1b[32m+ new\x1b[0m" in report
    assert re.sub(r"\x1b\[[0-9]+m", "", report) == render_text(RunVerdicts(judged))


def test_what_is_volatile_is_grey() -> None:
    """A hole in a line that changed is no news; words in brackets that are no hole are."""
    demo = demo_of("#@ mask: {load: x}\na")
    judged = [
        (
            demo,
            verdicts_of(
                demo,
                Verdict.DRIFTED,
                evidence=(Evidence(Kind.REMOVED, "<digest> <b> <load>"), Evidence(Kind.UNCHANGED, "<time>")),
            ),
        )
    ]
    report = render_terminal(RunVerdicts(judged))
    assert "    \x1b[31m- \x1b[0m\x1b[2m<digest>\x1b[0m\x1b[31m <b> \x1b[0m\x1b[2m<load>\x1b[0m\n" in report
    assert "      \x1b[2m<time>\x1b[0m\n" in report


def test_names_of_any_kind() -> None:
    """Wide letters keep the columns, a long name moves its own line only, and commands can be pasted into a shell."""
    names = ("漢字", "two words", "x" * 60)
    judged = [(replace(plain_demo(1), name=name), verdicts_of(plain_demo(1), Verdict.NEW)) for name in names]
    assert render_text(RunVerdicts(judged)).split("\n")[-6:] == [
        f"✗ 漢字{' ' * 36}  1 new  0.3 s",
        f"✗ two words{' ' * 31}  1 new  0.3 s",
        f"✗ {'x' * 60}  1 new  0.3 s",
        "",
        "3 steps of 3 demos: 3 new",
        "next: `quarterdeck record`",
    ]
    short = render_text(RunVerdicts(judged[:2])).split("\n")
    assert short[-1] == "next: `quarterdeck record '漢字' 'two words'`"
    assert "  hint: `quarterdeck record 'two words'` records it" in short


def test_an_output_cannot_steer_the_terminal() -> None:
    """Control characters come as pictures of them."""
    demo = plain_demo(1)
    judged = [(demo, verdicts_of(demo, Verdict.FAILED, evidence=(Evidence(Kind.SCREEN, "\x1b]0;title\x07\rhidden"),)))]
    for render in (render_terminal, render_text):
        report = render(RunVerdicts(judged))
        assert "| ␛]0;title␇␍hidden" in report
        assert not set(re.sub(r"\x1b\[[0-9]+m", "", report)) & {"\x1b", "\x07", "\r"}


def test_the_answer() -> None:
    """Yes if all steps are PASSED or SKIPPED; anything else is no."""
    demo = plain_demo(2)
    assert answer(verdicts_of(demo, Verdict.PASSED, Verdict.SKIPPED))
    assert answer(())
    for verdict in set(Verdict) - {Verdict.PASSED, Verdict.SKIPPED}:
        assert not answer(verdicts_of(demo, Verdict.PASSED, verdict))


def test_a_suspect_step_says_what_fixes_it() -> None:
    """Where each failure was, the cure of each kind, once, and the words that allow it."""
    demo = demo_of("a\nb\nc")
    facts = (
        Witnessed("http-404", Place("commands/layers.demo", 4), "the registry answered 404 to curl: GET /v2/x"),
        Witnessed("http-404", Place("commands/layers.demo", 5), "the registry answered 404 to curl: GET /v2/y"),
        Witnessed("pipe", Place("commands/layers.demo", 6), "inside a pipe, `c` ended with exit status 1"),
    )
    result = DemoResult(demo, (replace(run_of(demo, ["x"]).steps[0], witnessed=facts),))
    judged = [(demo, judge(result, None, digests_of(demo)))]
    assert render_text(RunVerdicts(judged)).split("\n")[:5] == [
        "commands/layers.demo:3: SUSPECT layers-0 (Step 0)",
        "    commands/layers.demo:4: the registry answered 404 to curl: GET /v2/x [http-404]",
        "    commands/layers.demo:5: the registry answered 404 to curl: GET /v2/y [http-404]",
        "    commands/layers.demo:6: inside a pipe, `c` ended with exit status 1 [pipe]",
        f"  hint: {CURES['http']}; {CURES['pipe']}; if it is meant: `#@ allow: [http-404, pipe]`",
    ]


def test_a_demo_that_was_recorded_anew_is_not_wrong() -> None:
    """Its drift is neither shown nor asked about, and its line says what happened."""
    demo = plain_demo(1)
    judged = [(demo, verdicts_of(demo, Verdict.DRIFTED, evidence=(Evidence(Kind.REMOVED, "old"),)))]
    assert render_text(RunVerdicts(judged, accepted=frozenset({"layers"}))) == (
        "✓ layers  1 drifted  0.3 s  recorded anew\n\n1 step of 1 demo: 1 drifted"
    )


def test_a_long_run_says_what_took_long_and_what_is_left() -> None:
    """The three slowest steps, if the run took more than ten seconds; demos without a verdict are counted."""
    demo = plain_demo(4)
    times = (0.5, 9.0, 7.25, 3.0)
    steps = zip(demo.steps, times, strict=True)
    judged = [
        (demo, tuple(StepVerdict(StepResult(step, Exited(0), seconds), Verdict.PASSED, ()) for step, seconds in steps))
    ]
    assert render_text(RunVerdicts(judged, took_s=21.04, not_run=2)).split("\n")[2:] == [
        "slowest: layers-1 9.0 s, layers-2 7.2 s, layers-3 3.0 s",
        "4 steps of 1 demo in 21.0 s: 4 passed; 2 demos not run",
    ]
    assert "slowest" not in render_text(RunVerdicts(judged, took_s=9.9))


def test_of_many_demos_those_that_are_fine_share_a_line() -> None:
    """So that what is wrong stays on the screen."""
    demos = [replace(plain_demo(1), name=f"demo-{number}") for number in range(60)]
    judged = [(demo, verdicts_of(demo, Verdict.PASSED)) for demo in demos]
    judged[7] = (demos[7], verdicts_of(demos[7], Verdict.NEW, evidence=("nothing is recorded",)))
    assert render_text(RunVerdicts(judged)).split("\n")[4:] == [
        "✓ 59 demos  59 passed  17.7 s",
        "✗ demo-7  1 new  0.3 s",
        "",
        "60 steps of 60 demos: 59 passed, 1 new",
        "next: `quarterdeck record demo-7`",
    ]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ((Verdict.PASSED, Verdict.DRIFTED, Verdict.NEW), Verdict.DRIFTED),
        ((Verdict.FAILED, Verdict.BROKEN, Verdict.SKIPPED), Verdict.BROKEN),
        ((Verdict.SKIPPED, Verdict.PASSED), Verdict.PASSED),
        ((Verdict.SKIPPED,), Verdict.SKIPPED),
    ],
)
def test_the_verdict_of_a_demo_is_its_gravest(verdicts: tuple[Verdict, ...], expected: Verdict) -> None:
    """One word for a demo, in lists of demos."""
    assert worst(verdicts_of(plain_demo(len(verdicts)), *verdicts)) == expected
