"""Runs are judged against recordings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from quarterdeck.base.errors import Place
from quarterdeck.check.verdict import StepVerdict, Verdict, judge, same_recording, silent_failures
from quarterdeck.demo.demo_file import Demo
from quarterdeck.demo.recording import Broken, DemoResult, Exited, Reason, Recording, Skipped, StepResult
from quarterdeck.demo.silent_failures import Witnessed
from support.judged_runs import demo_of, digest_of, digests_of, plain_demo, recording_of, run_of

A, B, C, D = (digest_of(name) for name in "abcd")


def judged(demo: Demo, recorded: list[str], now: list[str]) -> list[tuple[Verdict, tuple[str, ...]]]:
    """Verdict and evidence of each step of *demo*, which printed *recorded* then and prints *now*."""
    verdicts = judge(run_of(demo, now), recording_of(demo, recorded), digests_of(demo))
    return [(verdict.verdict, lines_of(verdict)) for verdict in verdicts]


def lines_of(verdict: StepVerdict) -> tuple[str, ...]:
    """The evidence as reports show it."""
    return tuple(map(str, verdict.evidence))


def judge_one(step: str, screen: str, status: int = 0, **facts: object) -> tuple[Verdict, tuple[str, ...]]:
    """Verdict and evidence of a demo's only step, with nothing recorded."""
    demo = demo_of(step)
    result = replace(run_of(demo, [screen], [status]).steps[0], **facts)
    (verdict,) = judge(DemoResult(demo, (result,)), None, digests_of(demo))
    return verdict.verdict, lines_of(verdict)


PASSED = (Verdict.PASSED, ())
NEW = (Verdict.NEW, ("nothing is recorded",))


def test_a_run_like_the_recorded_one() -> None:
    """Every step has a verdict, in order, with its time."""
    demo = plain_demo(2)
    outputs = [f"Digest: sha256:{A}\n", "3 weeks ago\n"]
    now = run_of(demo, [f"Digest: sha256:{B}\n", "2 days ago\n"])
    expected = tuple(StepVerdict(result, Verdict.PASSED, ()) for result in now.steps)
    assert judge(now, recording_of(demo, outputs), digests_of(demo)) == expected


def test_steps_that_did_not_run() -> None:
    """SKIPPED and BROKEN say why; what stands on a broken step's screen is shown."""
    assert judge_one("dive", "", ending=Skipped("needs dive")) == (Verdict.SKIPPED, ("needs dive",))
    assert judge_one("sleep 99", "tick\ntock\n", ending=Broken(Reason.TIMEOUT, "timeout: no end after 60 s")) == (
        Verdict.BROKEN,
        ("timeout: no end after 60 s", "| tick", "| tock"),
    )


@pytest.mark.parametrize(
    ("step", "status", "expected"),
    [
        ("a", 0, NEW),
        ("a", 1, (Verdict.FAILED, ("exit status 1, expected 0", "| oops"))),
        ("#@ exit: 22\na", 22, NEW),
        ("#@ exit: 22\na", 0, (Verdict.FAILED, ("exit status 0, expected 22", "| oops"))),
        ("#@ exit: nonzero\na", 130, NEW),
        ("#@ exit: nonzero\na", 0, (Verdict.FAILED, ("exit status 0, expected any other", "| oops"))),
        ("#@ hidden: true\na", 1, (Verdict.FAILED, ("exit status 1, expected 0", "| oops"))),
        ("#@ compare: none\na", 1, (Verdict.FAILED, ("exit status 1, expected 0", "| oops"))),
    ],
)
def test_exit_statuses(step: str, status: int, expected: tuple[Verdict, tuple[str, ...]]) -> None:
    """Another status than the right one is FAILED, before anything is compared."""
    assert judge_one(step, "␛[31moops␛[0m\n", status) == expected


def test_an_interrupted_step() -> None:
    """Ctrl-C of `stop-after` counts as right, whatever the status."""
    assert judge_one("#@ stop-after: 5s\nwatch date", "", ending=Exited(130, interrupted=True)) == NEW
    assert judge_one("#@ {stop-after: 5s, match: tick}\na", "tick\n", ending=Exited(130, interrupted=True)) == PASSED


def test_match_and_json() -> None:
    """They replace the recording; what does not hold is named, with what was there."""
    assert judge_one("#@ match: ['^b$', a]\na", "␛[1ma␛[0m\nb\n") == PASSED
    assert judge_one("#@ match: ['^b$', z]\na", "a\nb\n") == (
        Verdict.FAILED,
        ("nothing matches z", "| a", "| b"),
    )
    step = "#@ json: {.schemaVersion: 2, '.layers[0]': x}\na"
    assert judge_one(step, '{"schemaVersion": 2, "layers": ["␛[32mx␛[0m"]}') == PASSED
    assert judge_one(step, '{"schemaVersion": 1, "layers": []}') == (
        Verdict.FAILED,
        (
            "json .schemaVersion is 1, expected 2",
            "json .layers[0]: no [0] in a list of 0",
            '| {"schemaVersion": 1, "layers": []}',
        ),
    )


def suspicion(kind: str, what: str = "it failed", expected: bool = False) -> Witnessed:
    """What a witness saw in the fourth line."""
    return Witnessed(kind, Place("commands/layers.demo", 4), what, expected)


@pytest.mark.parametrize(
    ("step", "status", "fact", "verdict"),
    [
        ("a", 0, suspicion("http-404"), Verdict.SUSPECT),
        ("#@ allow: http-404\na", 0, suspicion("http-404"), Verdict.NEW),
        ("#@ allow: [http-404]\na", 0, suspicion("http-405"), Verdict.SUSPECT),
        ("#@ allow: [http-4xx]\na", 0, suspicion("http-405"), Verdict.NEW),
        ("#@ allow: [http-4xx]\na", 0, suspicion("http-500"), Verdict.SUSPECT),
        ("#@ allow: [http]\na", 0, suspicion("http-500"), Verdict.NEW),
        ("#@ allow: [pipe]\na", 0, suspicion("status"), Verdict.SUSPECT),
        ("#@ allow: [pipe, status]\na", 0, suspicion("status"), Verdict.NEW),
        ("#@ exit: 22\na", 22, suspicion("http-404"), Verdict.SUSPECT),
        ("#@ exit: 22\na", 22, suspicion("http-404", expected=True), Verdict.NEW),
        ("#@ exit: nonzero\na", 1, suspicion("pipe", expected=True), Verdict.NEW),
        ("#@ match: x\na", 0, suspicion("http-404"), Verdict.SUSPECT),
        ("#@ match: [x, MANIFEST_UNKNOWN]\na", 0, suspicion("http-404"), Verdict.PASSED),
        ("#@ match: HTTP/1.1 404\na", 0, suspicion("http-404"), Verdict.PASSED),
        ("#@ match: HTTP/1.1 404\na", 0, suspicion("http-500"), Verdict.SUSPECT),
        ("#@ match: 'jq: error'\na", 0, suspicion("error-text", "the screen says `jq: error`"), Verdict.PASSED),
        ("#@ match: 'jq: error'\na", 0, suspicion("pipe"), Verdict.SUSPECT),
        ("#@ stop-after: 5s\na", 130, suspicion("http-404"), Verdict.SUSPECT),
    ],
)
def test_silent_failures(step: str, status: int, fact: Witnessed, verdict: Verdict) -> None:
    """A silent failure makes a step SUSPECT unless it is allowed, or what the step is there to show."""
    screen = "x MANIFEST_UNKNOWN HTTP/1.1 404 jq: error"
    given, evidence = judge_one(
        step, screen, witnessed=(fact,), ending=Exited(status, interrupted="stop-after" in step)
    )
    assert given == verdict
    if verdict is Verdict.SUSPECT:
        assert evidence == (f"commands/layers.demo:4: {fact.what} [{fact.kind}]",)


def test_a_silent_failure_explains_a_loud_one() -> None:
    """What failed before is told below the status that is wrong; a silent failure comes before a drift."""
    demo = demo_of("a")
    fact = suspicion("empty-variable", "X is null")
    failed = replace(run_of(demo, ["oops\n"], [1]).steps[0], witnessed=(fact,))
    (verdict,) = judge(DemoResult(demo, (failed,)), None, digests_of(demo))
    expected = ("exit status 1, expected 0", "commands/layers.demo:4: X is null [empty-variable]", "| oops")
    assert (verdict.verdict, lines_of(verdict)) == (Verdict.FAILED, expected)
    drifted = replace(run_of(demo, ["y\n"]).steps[0], witnessed=(fact,))
    (verdict,) = judge(DemoResult(demo, (drifted,)), recording_of(demo, ["x\n"]), digests_of(demo))
    assert (verdict.verdict, silent_failures(verdict.result)) == (Verdict.SUSPECT, (fact,))


def test_a_match_leaves_the_recording_alone() -> None:
    """A step with a match is not compared, and its values have no part in the relations."""
    demo = demo_of("a", "#@ match: sha256\nb")
    assert judged(demo, [f"sha256:{A}", f"sha256:{A}"], [f"sha256:{B}", f"sha256:{C} and more"]) == [PASSED, PASSED]


def test_the_last_lines_are_shown() -> None:
    """Ten lines of the screen, none longer than a terminal is wide."""
    verdict, evidence = judge_one("a", "\n".join(f"{n} {'x' * 1000}" for n in range(99)), 1)
    assert verdict is Verdict.FAILED
    assert [line[:4] for line in evidence[1:]] == [f"| {n}" for n in range(89, 99)]
    assert max(map(len, evidence)) < 170


def test_new_steps() -> None:
    """A step that is not in the recording, and one that is but was made by something else."""
    demo = plain_demo(3)
    recording = recording_of(demo, ["a", "b", "c"])
    changed = Recording("layers", "2026-11-23", (), (recording.steps[0], replace(recording.steps[1], made_by="x")))
    verdicts = judge(run_of(demo, ["a", "b", "c"]), changed, digests_of(demo))
    other = "recorded from something else: this step, one before it, or a file they use has changed"
    assert [(verdict.verdict, lines_of(verdict)) for verdict in verdicts] == [PASSED, (Verdict.NEW, (other,)), NEW]


def test_a_step_without_commands_shifts_nothing() -> None:
    """Digests go by the position in the demo, results by what ran."""
    demo = demo_of("a", "", "b")
    ran = DemoResult(demo, tuple(StepResult(step, Exited(0), 0.1, "x") for step in demo.steps if step.script))
    recording = recording_of(demo, ["x", "", "x"])
    assert [verdict.verdict for verdict in judge(ran, recording, digests_of(demo))] == [Verdict.PASSED, Verdict.PASSED]


def test_another_right_exit_status() -> None:
    """Right, but not as recorded, is DRIFTED, and said before what else changed."""
    demo = demo_of("#@ exit: nonzero\na")
    recording = recording_of(demo, ["x"], [1])
    (verdict,) = judge(run_of(demo, ["y"], [2]), recording, digests_of(demo))
    assert (verdict.verdict, lines_of(verdict)) == (Verdict.DRIFTED, ("exit status 2, recorded 1", "- x", "+ y"))


def test_how_outputs_are_compared() -> None:
    """Masked, exactly, or not at all."""
    recorded, now = "3 weeks ago\n", "␛[1m2 weeks ago␛[0m"
    assert judged(demo_of("a"), [recorded], [now]) == [PASSED]
    assert judged(demo_of("#@ compare: none\na"), [recorded], ["something else"]) == [PASSED]
    assert judged(demo_of("#@ compare: exact\na"), [recorded], [now]) == [
        (Verdict.DRIFTED, ("- 3 weeks ago", "+ 2 weeks ago"))
    ]
    assert judged(demo_of("#@ compare: exact\na"), [recorded], ["␛[1m3 weeks ago␛[0m"]) == [PASSED]


def test_masks_of_project_demo_and_step() -> None:
    """All of them count, the nearest wins; `keep` of demo and step take kinds out."""
    demo = demo_of("#@ mask: {step: 's\\d'}\na", options="#@ mask: {demo: 'd\\d', shared: '[xy]'}\n")
    recording = recording_of(demo, ["p1 d1 s1 x"])
    verdicts = judge(run_of(demo, ["p2 d2 s2 y"]), recording, digests_of(demo), masks={"p": r"p\d", "shared": "z"})
    assert [verdict.verdict for verdict in verdicts] == [Verdict.PASSED]
    kept = [(Verdict.DRIFTED, (f"- sha256:{A}", f"+ sha256:{B}"))]
    assert judged(demo_of("#@ keep: [digest]\na"), [f"sha256:{A}"], [f"sha256:{B}"]) == kept
    assert judged(demo_of("a", options="#@ keep: [digest]\n"), [f"sha256:{A}"], [f"sha256:{B}"]) == kept


def test_a_digest_that_is_another_now() -> None:
    """The same digest in steps 1 and 4: now they differ, and only step 4 is DRIFTED."""
    demo = plain_demo(5)
    recorded = ["x", f"pushed sha256:{A}", "y", "z", f"Etag: sha256:{A}"]
    now = ["x", f"pushed sha256:{B}", "y", "z", f"Etag: sha256:{C}"]
    what = f"digest was the same as in step 1, now it differs (line 1: {C[:19]}…)"
    assert judged(demo, recorded, now) == [PASSED, PASSED, PASSED, PASSED, (Verdict.DRIFTED, (what,))]
    assert judged(demo, recorded, [*now[:4], f"Etag: sha256:{B}"]) == [PASSED] * 5


def test_two_digests_that_changed_places() -> None:
    """Both are valid, both were there: each line says so."""
    demo = plain_demo(2)
    first = f"app sha256:{A}\nweb sha256:{B}"
    swapped = f"app sha256:{D}\nweb sha256:{C}"
    evidence = (
        f"digest was the same as in step 0, now it differs (line 1: {D[:19]}…)",
        f"digest was the same as in step 0, now it differs (line 2: {C[:19]}…)",
    )
    now = [f"app sha256:{C}\nweb sha256:{D}", swapped]
    assert judged(demo, [first, first], now) == [PASSED, (Verdict.DRIFTED, evidence)]


def test_an_id_that_changes_case() -> None:
    """Digests are lower case, so upper case is another output; of a UUID, upper case is another value."""
    demo = plain_demo(2)
    drifted = (Verdict.DRIFTED, ("- sha256:<digest>", f"+ sha256:{A.upper()}"))
    assert judged(demo, [f"sha256:{A}"] * 2, [f"sha256:{A}", f"sha256:{A.upper()}"]) == [PASSED, drifted]
    uuid = "2f1b6a4e-0c1d-4e5f-8a9b-1234567890ab"
    what = f"uuid was the same as in step 0, now it differs (line 1: {uuid.upper()[:19]}…)"
    assert judged(demo, [uuid, uuid], [uuid, uuid.upper()]) == [PASSED, (Verdict.DRIFTED, (what,))]


def test_an_inserted_line_is_one_message() -> None:
    """One more digest among forty is one line; the digests after it, seen again later, are not told as changed."""
    demo = plain_demo(3)
    old = [f"layer sha256:{digest_of(f'old {number}')}" for number in range(40)]
    new = [f"layer sha256:{digest_of(f'new {number}')}" for number in range(40)]
    more = [*new[:17], f"layer sha256:{digest_of('inserted')}", *new[17:]]
    recorded = ["\n".join(old)] * 3
    verdicts = judged(demo, recorded, ["\n".join(new), "\n".join(more), "\n".join(new)])
    assert [verdict for verdict, _ in verdicts] == [Verdict.PASSED, Verdict.DRIFTED, Verdict.PASSED]
    assert [line for line in verdicts[1][1] if not line.startswith(" ")] == ["+ layer sha256:<digest>"]
    more = [*new[:17], f"config sha256:{digest_of('inserted')}", *new[17:]]
    verdicts = judged(demo, recorded, ["\n".join(new), "\n".join(more), "\n".join(new)])
    assert [line for line in verdicts[1][1] if not line.startswith(" ")] == ["+ config sha256:<digest>"]


def test_a_short_id_of_digits_only() -> None:
    """An id that happens to have no letter this time is the start of its digest all the same."""
    demo = plain_demo(2)
    new = f"{'123456789012'}{A[12:]}"
    recorded = [f"sha256:{A}", f"alpine   {A[:12]}   7MB"]
    assert judged(demo, recorded, [f"sha256:{new}", "alpine   123456789012   7MB"]) == [PASSED, PASSED]
    what = "id was the start of the digest in step 0, now it is not (line 1: 123456789013)"
    assert judged(demo, recorded, [f"sha256:{new}", "alpine   123456789013   7MB"]) == [
        PASSED,
        (Verdict.DRIFTED, (what,)),
    ]


def test_a_step_with_other_values_than_an_exact_one() -> None:
    """What an exact step shows takes part in the relations: its digest is pinned."""
    demo = demo_of("#@ compare: exact\na", "b")
    what = f"digest was the same as in step 0, now it differs (line 1: {B[:19]}…)"
    assert judged(demo, [f"sha256:{A}"] * 2, [f"sha256:{A}", f"sha256:{B}"]) == [PASSED, (Verdict.DRIFTED, (what,))]


def test_recordings_that_are_the_same() -> None:
    """Times, days, stages and consistently renamed values make no new recording; other colours do."""
    demo = plain_demo(2)
    old = recording_of(demo, [f"sha256:{A}\n", f"{A[:12]}   3 weeks ago\n"])
    new = recording_of(demo, [f"sha256:{B}\n", f"{B[:12]}   2 days ago\n"])
    new = replace(
        new,
        recorded="2027-01-01",
        stage=(("engine", "2"),),
        steps=tuple(replace(step, seconds=9) for step in new.steps),
    )
    assert same_recording(old, new, demo)


def test_recordings_that_differ() -> None:
    """Other steps, other code, another exit status, another shape, a broken relation: the file is written."""
    demo = plain_demo(2)
    outputs = [f"sha256:{A}\n", f"sha256:{A}\n"]
    old = recording_of(demo, outputs)
    assert same_recording(old, old, demo)
    assert not same_recording(old, replace(old, steps=old.steps[:1]), demo)
    assert not same_recording(old, replace(old, steps=(old.steps[0], replace(old.steps[1], made_by="x"))), demo)
    assert not same_recording(old, replace(old, steps=(old.steps[0], replace(old.steps[1], step="named"))), demo)
    assert not same_recording(old, recording_of(demo, outputs, [0, 1]), demo)
    assert not same_recording(old, recording_of(demo, [outputs[0], "gone"]), demo)
    assert not same_recording(old, recording_of(demo, [f"sha256:{B}\n", f"sha256:{C}\n"]), demo)


def test_recordings_of_steps_that_are_not_compared() -> None:
    """An output that no check compares is shown all the same; masks and `exact` count here too."""
    for options in ("compare: none", "match: a"):
        demo = demo_of(f"#@ {options}\na")
        assert not same_recording(recording_of(demo, ["a"]), recording_of(demo, ["ab"]), demo)
    demo = demo_of("#@ compare: exact\na")
    old, new = recording_of(demo, ["3 weeks ago"]), recording_of(demo, ["2 weeks ago"])
    assert not same_recording(old, new, demo)
    demo = plain_demo(1)
    old, new = recording_of(demo, ["seed 1"]), recording_of(demo, ["seed 2"])
    assert not same_recording(old, new, demo)
    assert same_recording(old, new, demo, masks={"seed": r"seed (\d)"})
