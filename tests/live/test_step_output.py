"""The output of a step in pieces of any size, without a stage."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.live.session.step_output import OUTPUT_LIMIT, LiveOutput, StepOutput, without_driver

NONCE = "q1-abc"
FENCE = b"\033_q1-abc 130 2\033\\"
FILES = "/dev/shm/quarterdeck"
TEXTS = (
    b"plain\r\n",
    b"\033[31mred\033[0m\r\n\033_other\033\\",
    b"\033_q1-ab\033_q1-abc\033\033",
    b"\x7f\x7f+ builtin . /dev/shm/quarterdeck/demo/1\r\n\x7f\x7f\x7f+ echo\r\n",
    b"a\r\n__qd_watch=-\r\nb\r\n",
    b"bash: /dev/shm/quarterdeck/demo/1: line 2: syntax error\r\n",
    b"",
)


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    """*data*, cut at *cuts*."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[start:end] for start, end in pairwise(places)]


@given(st.sampled_from(TEXTS), st.lists(st.integers(0, 200)))
def test_a_fence_in_pieces_is_found(text: bytes, cuts: list[int]) -> None:
    """No byte of the fence is returned, and each byte of the step's once, however they come."""
    output = StepOutput(NONCE)
    fresh = [output.take(piece) for piece in pieces(text + FENCE + b"later", cuts)]
    assert (b"".join(fresh), bytes(output.data), output.complete) == (text, text, True)
    assert (output.status, output.notes) == (130, 2)


@given(st.lists(st.integers(0, 200)))
def test_fences_before_the_step_are_left_out(cuts: list[int]) -> None:
    """The one that says that it begins, and those of earlier steps that come again; what jobs print stays."""
    output = StepOutput(NONCE, begins_with_fence=True)
    text = b"job\r\n^C\r\n\033_ 130 0\033\\^C\033_5-abc 130 0\033\\\033_q1-abc\033\\step\r\n\033_q1-abc\033\\"
    assert not output.begun
    for piece in pieces(text + FENCE, cuts):
        output.take(piece)
    assert output.begun
    assert output.data == b"job\r\nstep\r\n\033_q1-abc\033\\"


@pytest.mark.parametrize("text", TEXTS)
def test_live_output_has_no_traces(text: bytes) -> None:
    """What is shown piece by piece is what the whole output would show, wherever a burst of output is cut."""
    for cut in range(len(text) + 1):
        live = LiveOutput(FILES)
        shown = live.take(b"before\r\n" + text[:cut]) + live.take(text[cut:]) + live.end()
        assert shown == b"before\r\n" + without_driver(text, FILES)


@pytest.mark.parametrize("text", [b"n", b"bas", b"$ ", b"\033[3"])
def test_the_start_of_a_line_is_shown_at_once(text: bytes) -> None:
    """Echo of what is typed must not wait for the end of the line."""
    assert LiveOutput(FILES).take(StepOutput(NONCE).take(text)) == text


def test_too_much_output_is_cut_in_the_middle() -> None:
    """Start and end are kept, and the fence is found all the same."""
    output = StepOutput(NONCE)
    output.take(b"start")
    for _ in range(OUTPUT_LIMIT // 65536 + 2):
        output.take(b"x" * 65536)
    output.take(b"end" + FENCE)
    assert (output.too_much, output.complete) == (True, True)
    assert output.data.startswith(b"start")
    assert output.data.endswith(b"end")
    assert len(output.data) < 400_000
