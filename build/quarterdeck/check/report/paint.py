"""Colours for a terminal, and text that cannot steer one."""

from __future__ import annotations

import re
import unicodedata

from quarterdeck.check.verdict import Verdict

PLAIN, BOLD, DIM, RED, GREEN, YELLOW = "0", "1", "2", "31", "32", "33"
"""Codes of ECMA-48."""

_COLOURS = {
    Verdict.PASSED: GREEN,
    Verdict.SKIPPED: DIM,
    Verdict.NEW: YELLOW,
    Verdict.DRIFTED: YELLOW,
    Verdict.SUSPECT: YELLOW,
}
"""What is not here is red."""

_CONTROLS = {code: chr(0x2400 + code) for code in range(32) if code != 9} | {0x7F: "␡", 0x9B: "␛"}
_CODES = re.compile(r"\x1b\[[0-9]+m")


def paint(text: str, code: str) -> str:
    """*text* in the colour of *code*."""
    return text if code == PLAIN else f"\x1b[{code}m{text}\x1b[0m"


def paint_verdict(text: str, verdict: Verdict) -> str:
    """*text* in the colour of *verdict*."""
    return paint(text, _COLOURS.get(verdict, RED))


def strip_paint(text: str) -> str:
    """*text* without what `paint` adds."""
    return _CODES.sub("", text)


def painted_width(text: str) -> int:
    """How many columns *text* takes."""
    return sum(_columns(char) for char in strip_paint(text))


def _columns(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def make_safe(text: str) -> str:
    """*text* with pictures of control characters: an output must not steer the terminal that its report is read on."""
    return text.translate(_CONTROLS)
