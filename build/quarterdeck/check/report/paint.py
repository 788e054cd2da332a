"""Colours for a terminal, and text that cannot steer one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Literal

from quarterdeck.check.verdict import Verdict

Look = Literal["plain", "bold", "dim", "red", "green", "yellow"]

_ECMA_48: Mapping[Look, str] = {"plain": "0", "bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
"""Parameters of SGR."""

_LOOKS: Mapping[Verdict, Look] = {
    Verdict.PASSED: "green",
    Verdict.SKIPPED: "dim",
    Verdict.FAILED: "red",
    Verdict.BROKEN: "red",
}
"""The others are yellow."""

_CONTROLS = {code: chr(0x2400 + code) for code in range(32) if code != 9} | {0x7F: "␡", 0x9B: "␛"}
_CODES = re.compile(r"\x1b\[[0-9]+m")


def paint(text: str, look: Look) -> str:
    """*text* in a colour, bold or dim."""
    return text if look == "plain" else f"\x1b[{_ECMA_48[look]}m{text}\x1b[0m"


def paint_verdict(text: str, verdict: Verdict) -> str:
    """*text* in the colour of *verdict*."""
    return paint(text, _LOOKS.get(verdict, "yellow"))


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
