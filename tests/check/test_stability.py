"""Which mask would help where two runs of a demo disagree."""

from __future__ import annotations

import pytest

from quarterdeck.check.drift import compare_masked
from quarterdeck.check.stability import find_unstable, suggest_masks
from quarterdeck.check.verdict import judge
from support.judged_runs import demo_of, digests_of, recording_of, run_of


@pytest.mark.parametrize(
    ("was", "now", "masks"),
    [
        ('  "size": 1703,\n', '  "size": 1711,\n', {"size-value": '^  "size": ([0-9]+)'}),
        ("pid 4711 started\n", "pid 52 started\n", {"pid-value": "^pid ([0-9]+)"}),
        (
            "upload ab12, part x9\n",
            "upload cd34, part y0\n",
            {"upload": "^upload ([0-9a-f]+)", "part": r", part (\w+)"},
        ),
        ("Mem:   24   911 x\n", "Mem:   24  1911 x\n", {"mem": "^Mem: +24 +([0-9]+)"}),
        ("4711\n", "12\n", {"value": "^([0-9]+)"}),
        ("it's 3 (of 9)\n", "it's 4 (of 9)\n", {"value": "^it's ([0-9]+)"}),
        ("1 a\n1 b\n", "2 a\n2 b\n", {"value": "^([0-9]+)"}),
    ],
)
def test_masks_that_help(was: str, now: str, masks: dict[str, str]) -> None:
    """Each names what stands before the value, takes no more than it needs, and makes the two runs equal."""
    assert suggest_masks(was, now) == masks
    assert compare_masked(was, now, step="", extra=masks).changes == ()


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("b\na\n", "a\nb\n"),
        ("one line\n", "one line\nand more\n"),
        ("- -- 1\n", "+ -- 1\n"),
        ("one x\n", "two x\n"),
        ("x\n", "x\n"),
    ],
)
def test_no_mask_is_better_than_a_wrong_one(was: str, now: str) -> None:
    """Other lines, another order, other punctuation: no simple mask helps, so none is named."""
    assert suggest_masks(was, now) == {}


@pytest.mark.parametrize(
    ("step", "was", "now", "hint"),
    [
        ("du", "used 10 blocks\n", "used 11 blocks\n", "`#@ mask: {used: '^used ([0-9]+)'}` below the step's caption"),
        (
            "ls -U",
            "a\nb\n",
            "b\na\n",
            "the lines come in another order each time: sort them, or say",
        ),
        (
            "find blobs",
            f"1 {'b2' * 32}\n2 {'a1' * 32}\n",
            f"2 {'d4' * 32}\n1 {'c3' * 32}\n",
            "the lines come in another order each time",
        ),
        ("fortune", "a b\n", "c\nd\n", "pin what varies, show less of it, or say `#@ compare: none`: then only"),
        ("#@ compare: exact\ndate", "now 1\n", "now 2\n", "`compare: masked` passes over what is volatile;"),
    ],
)
def test_hints_for_steps_that_are_not_stable(step: str, was: str, now: str, hint: str) -> None:
    """The step, what differs in it, and what mends it; a step that is stable is not mentioned."""
    demo = demo_of("echo same", step)
    first, second = recording_of(demo, ["same\n", was]), recording_of(demo, ["same\n", now])
    verdicts = judge(run_of(demo, ["same\n", now]), first, digests_of(demo))
    ((verdict, text),) = find_unstable(verdicts, first, second, demo, {})
    assert verdict.step.key == "1"
    assert text.startswith(hint)
