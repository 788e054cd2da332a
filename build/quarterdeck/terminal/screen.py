"""What stands on the terminal after a step, as text; and what a terminal answers to a program's questions.

The screen has no last line and no right edge.
"""

from __future__ import annotations

import re

from quarterdeck.terminal.control_codes import ESCAPE, read_text
from quarterdeck.terminal.emulator import Emulator
from quarterdeck.terminal.job_notices import drop_ended_jobs
from quarterdeck.terminal.line_renderer import render_plain

_PLAIN = re.compile(rb"(?:[ -~]++|\r?\n)*+")
"""What most steps print; it needs no screen."""

_QUESTION = re.compile(rb"\x1b\[(?P<code>0?c|[56]n)|\x1b\](?P<ground>1[01]);\?(?P<end>\x07|\x1b\\)")
_ANSWERS = {b"c": b"\x1b[?62;22c", b"0c": b"\x1b[?62;22c", b"5n": b"\x1b[0n", b"6n": b"\x1b[1;1R"}
_GROUNDS = {b"10": b"rgb:ffff/ffff/ffff", b"11": b"rgb:0000/0000/0000"}


def render_screen(data: bytes, *, columns: int = 100, rows: int = 30) -> str:
    r"""What stands on a terminal of *columns* by *rows* that has got *data*, and above it what scrolled away.

    A line that the terminal wrapped is one line. Colours are SGR with ␛ for the escape character, in one form: a run of
    one style is opened by its parameters and closed by `␛[0m` within its line. Blanks at the end of lines, blank lines
    at the end, and what bash says of jobs that ended are not there. Bytes that are not UTF-8 become the text `\xNN`.

    Returns:
        Nothing, or lines that each end with a line feed.
    """
    if _PLAIN.fullmatch(data):
        return _join([render_plain(data.decode().replace("\r\n", "\n"))])
    terminal = Emulator(columns, rows)
    for text in read_text(data):
        terminal.take(text)
    return _join(terminal.finish())


def answers_to(data: bytes) -> bytes:
    """What a terminal sends back to a program that sent *data*, so that the program does not wait for it.

    It answers where the cursor is (CPR, always the top left corner), whether all is well (DSR), what it is (DA1: a
    VT220 with colours), and which colours it has (OSC 10 and 11: white on black). A question that *data* cuts is not
    seen.
    """
    answers = []
    for match in _QUESTION.finditer(data):
        if match["code"]:
            answers.append(_ANSWERS[match["code"]])
        else:
            answers.append(b"\x1b]%b;%b%b" % (match["ground"], _GROUNDS[match["ground"]], match["end"]))
    return b"".join(answers)


def _join(texts: list[str]) -> str:
    """All of *texts*, without notices and blank lines at the end; *texts* is used up, to save memory."""
    encoded = []
    for number, text in enumerate(texts):
        encoded.append(drop_ended_jobs(text).replace("\x1b", ESCAPE).encode())
        texts[number] = ""
    while encoded and not encoded[-1].strip(b"\n"):
        encoded.pop()
    if not encoded:
        return ""
    encoded[-1] = encoded[-1].rstrip(b"\n") + b"\n"
    joined = b"".join(encoded)
    encoded.clear()
    return joined.decode()
