"""What holds for any text and any run, as hypothesis makes them up."""

from __future__ import annotations

import json
import string
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.check.line_diff import Kind
from quarterdeck.check.mask_kinds import MASKS
from quarterdeck.check.verdict import Verdict, judge, same_recording
from support.judged_runs import digest_of, digests_of, plain_demo, recording_of, run_of
from support.masking import Masked, mask

EXAMPLES = json.loads((Path(__file__).parent / "mask-examples.json").read_text("utf-8"))
SAMPLES = [example[key] for example in EXAMPLES["holes"] for key in ("text", "shape")] + EXAMPLES["literal"]
TOKENS = sorted({token for sample in SAMPLES for token in sample.split(" ") if token})
GLUE = [
    "",
    " ",
    "  ",
    "     ",
    "\n",
    ".",
    ":",
    "-",
    "/",
    ",",
    "=",
    "@",
    "<",
    ">",
    "(",
    ")",
    '"',
    "\t",
    "_state=",
    "␛[1m",
    "␛",
]

pieces = st.one_of(
    st.sampled_from(TOKENS),
    st.sampled_from(SAMPLES),
    st.sampled_from([f"<{kind}>" for kind in MASKS]),
    st.from_regex(
        r"[0-9a-f]{6,13}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9]{1,3}[smhdKMB]|[a-z2-9]{5}|[0-9.]{1,9}", fullmatch=True
    ),
    st.text(string.printable, max_size=6),
)
texts = st.lists(st.tuples(pieces, st.sampled_from(GLUE)), max_size=12).map(
    lambda parts: "".join(piece + glue for piece, glue in parts)
)


@settings(max_examples=500)
@given(texts, st.sets(st.sampled_from(sorted(MASKS)), max_size=3))
def test_masking_twice_is_masking_once(text: str, keep: set[str]) -> None:
    """The shape of a shape is itself and has no holes, whatever is kept."""
    shape = mask(text, keep=keep).shape
    assert mask(shape, keep=keep) == Masked(shape, ())


@settings(max_examples=300)
@given(texts)
def test_masking_twice_with_an_authors_masks(text: str) -> None:
    """So it is with masks of an author's."""
    extra = {"word": r"\b[a-z]{4}\b", "count": r"count=(\d+)", "id": r"job-\d+"}
    shape = mask(text, extra=extra).shape
    assert mask(shape, extra=extra) == Masked(shape, ())


@given(texts)
def test_shape_and_values_give_the_text(text: str) -> None:
    """Nothing but what the holes hold, colours, padding and job notices is taken out."""
    masked = mask(text)
    for hole in masked.holes:
        assert f"<{hole.kind}>" in masked.shape.split("\n")[hole.line - 1]
    if masked.holes:
        return
    assert masked.shape == mask(text, keep=list(MASKS)).shape


@given(st.text())
def test_any_text_can_be_masked(text: str) -> None:
    """No text is an error."""
    shape = mask(text).shape
    assert mask(shape).shape == shape


TEMPLATES = [
    "Digest: sha256:{digest}",
    "{id}: Pushed",
    "alpine   latest   {id}   {age}   7.83MB",
    "localhost:5000/hello@sha256:{digest} {digest}",
    "plain text, HTTP/1.1 200 OK",
    "{id} {id}",
    "created {age}",
]


def render(lines: list[tuple[int, list[int]]], pool: list[str], age: str) -> str:
    """Lines of templates whose slots are filled with values of *pool* by number."""
    out = []
    for template, numbers in lines:
        text, fill = TEMPLATES[template], list(numbers)
        text = text.replace("{age}", age)
        while "{" in text:
            slot = text[text.index("{") : text.index("}") + 1]
            value = pool[fill.pop(0)]
            text = text.replace(slot, value[:12] if slot == "{id}" else value, 1)
        out.append(text)
    return "\n".join(out)


lines = st.lists(
    st.tuples(st.integers(0, len(TEMPLATES) - 1), st.lists(st.integers(0, 4), min_size=2, max_size=2)), max_size=8
)
outputs = st.lists(lines, min_size=1, max_size=5)
seeds = st.integers(0, 10**9)


def pool_of(seed: int, run: str) -> list[str]:
    """Digests whose short ids surely are ids."""
    pool = (digest_of(f"{run} {seed} {number}") for number in range(20))
    return [digest for digest in pool if not digest[:12].isdecimal() and not digest[:12].isalpha()][:6]


@given(outputs, seeds)
def test_a_renamed_run_passes(steps: list[list[tuple[int, list[int]]]], seed: int) -> None:
    """A run in which every value has another name, everywhere the same, is the recorded one."""
    demo = plain_demo(len(steps))
    recorded = recording_of(demo, [render(step, pool_of(seed, "old"), "3 weeks ago") for step in steps])
    fresh = [render(step, pool_of(seed, "new"), "About an hour ago") for step in steps]
    verdicts = judge(run_of(demo, fresh), recorded, digests_of(demo))
    assert [verdict.evidence for verdict in verdicts] == [()] * len(steps)
    assert same_recording(recorded, recording_of(demo, fresh), demo)


@given(outputs, seeds, st.integers(0, 4))
def test_one_value_that_changed_is_found(steps: list[list[tuple[int, list[int]]]], seed: int, number: int) -> None:
    """One more step shows a value that was shown before; now it shows another. That is one message, there."""
    demo = plain_demo(len(steps) + 2)
    old, new = pool_of(seed, "old"), pool_of(seed, "new")
    shown = [(0, [number, number])]
    recorded = recording_of(demo, [render(step, old, "1 day ago") for step in (shown, *steps, shown)])
    fresh = [render(step, new, "2 days ago") for step in (shown, *steps)]
    for other in (new[5], new[(number + 1) % 5]):
        verdicts = judge(run_of(demo, [*fresh, f"Digest: sha256:{other}"]), recorded, digests_of(demo))
        what = f"digest was the same as in step 0, now it differs (line 1: {other[:19]}…)"
        expected = [(Verdict.PASSED, ())] * (len(steps) + 1) + [(Verdict.DRIFTED, (what,))]
        assert [(verdict.verdict, tuple(map(str, verdict.evidence))) for verdict in verdicts] == expected


@given(outputs, st.integers(0, 4), st.integers(0, 8), seeds)
def test_an_inserted_line_breaks_no_relation(
    steps: list[list[tuple[int, list[int]]]], step: int, place: int, seed: int
) -> None:
    """A line with a new digest, wherever it comes, is a line that came, and nothing else."""
    demo = plain_demo(len(steps))
    recorded = recording_of(demo, [render(lines, pool_of(seed, "old"), "3 weeks ago") for lines in steps])
    fresh = [render(lines, pool_of(seed, "new"), "2 weeks ago") for lines in steps]
    changed = fresh[step % len(steps)].split("\n") if fresh[step % len(steps)] else []
    changed.insert(place, f"Digest: sha256:{digest_of(f'inserted {seed}')}")
    fresh[step % len(steps)] = "\n".join(changed)
    verdicts = judge(run_of(demo, fresh), recorded, digests_of(demo))
    lines = [str(line) for verdict in verdicts for line in verdict.evidence if line.kind is not Kind.UNCHANGED]
    assert lines == ["+ Digest: sha256:<digest>"]
