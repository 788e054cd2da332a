"""What programs send to a terminal: bytes as text in manageable pieces, control sequences, colours.

The grammar of control sequences is ECMA-48, section 5.4; their meaning is that of xterm (its `ctlseqs` document).
A style is the list of SGR parameters that makes it from nothing, in a fixed order: `1;31`, or the empty string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

ESCAPE = "␛"
"""U+241B stands for the escape character in recordings, so that they stay text that a diff shows."""

SGR = re.compile(rf"{ESCAPE}\[([0-9;:]*)m")
"""Colours and weights of text in a recording (ECMA-48, section 8.3.117)."""

_CHUNK = 1 << 18
"""Bytes that are decoded at once, up to the end of their last line: memory stays bounded."""

_OPEN_STRING = re.compile(rb"\x1b(?:\][^\x07\x18\x1a\x1b]*|[PX^_][^\x18\x1a\x1b]*)\Z")
"""A control string (a title, a picture) that goes on behind the end of a piece."""

_C1 = re.compile("[\x80-\x9f]")
"""Controls of eight bits; each is short for an escape and a letter."""

_CONTROL = re.compile("[\x00-\x07\x0e-\x1f\x7f]")

_KEPT = r"""
    \[ [0-9;:]* [@A-MPSTXZ`abdefghlmrsu]           # movements, erasing, colours, insert or overwrite
  | \[ \? [0-9;]* [JKhl]                           # erasing that spares protected text, of which there is none; modes
  | \[ !p                                          # soft reset
  | [78DEHMc]                                      # save, restore, down, next line, tab stop, up, reset
  | [()] .                                         # character sets
"""
_NOISE = re.compile(
    rf"""
    \x1b\] (?: R | P [0-9A-Fa-f]{{7}} )            # palettes of the Linux console, which have no end
  | \x1b\] [^\x07\x18\x1a\x1b]* (?:\x07|\x1b\\)?   # titles and links (OSC)
  | \x1b[PX^_] [^\x18\x1a\x1b]* (?:\x1b\\)?        # other control strings (DCS, SOS, PM, APC)
  | \x1b (?!{_KEPT}) (?: \[ [0-?]* [ -/]* [@-~]? | [ -/]+ [0-~]? | [0-~]? )
  | [\x00-\x07\x10-\x1a\x1c-\x1f\x7f]
    """,
    re.VERBOSE,
)
"""What leaves no trace on a screen, sequences that are cut included."""

_FLAGS = {"1": "1", "2": "2", "3": "3", "4": "4", "7": "7", "9": "9", "21": "4"}
_CLEARS = {"22": ("1", "2"), "23": ("3",), "24": ("4",), "27": ("7",), "29": ("9",), "39": ("38",), "49": ("48",)}
_VALUES = {"5": 1, "2": 3}
"""The kinds of extended colours, and how many numbers follow each."""
_COLOURS = {
    str(base + n): ground for base, ground in ((30, "38"), (90, "38"), (40, "48"), (100, "48")) for n in range(8)
}


def read_text(data: bytes) -> Iterator[str]:
    r"""The text of *data* in pieces that end with a line feed (but the last), without what leaves no trace.

    What is left of control sequences are colours, erasing, movements and what changes their meaning. Bytes that are
    not UTF-8 become the text `\xNN`.
    """
    start = 0
    while start < len(data):
        end = _line_end(data, start + _CHUNK)
        while end < len(data) and _OPEN_STRING.search(data, max(data.rfind(b"\x1b", start, end), start), end):
            end = _line_end(data, end + (end - start))
        text = data[start:end].decode("utf-8", "backslashreplace")
        if not text.isascii():
            text = _C1.sub(lambda match: f"\x1b{chr(ord(match[0]) - 0x40)}", text)
        yield _NOISE.sub("", text) if _CONTROL.search(text) else text
        start = end


def _line_end(data: bytes, start: int) -> int:
    return data.find(b"\n", start) + 1 or len(data)


def strip_colours(screen: str) -> str:
    """*screen*, as it is recorded, without its colours."""
    return SGR.sub("", screen) if ESCAPE in screen else screen


@lru_cache(maxsize=4096)
def next_style(style: str, parameters: str) -> str:
    """The style that SGR with *parameters* (`1;31`, `38:5:208`, nothing for a reset) makes of *style*."""
    codes = parse_style(f"{style};{parameters}" if style else parameters)
    return ";".join(codes[key] for key in sorted(codes, key=int))


def parse_style(parameters: str) -> dict[str, str]:
    """What SGR with *parameters* sets: flags, each as its own parameter, and colours as those for `38` and `48`."""
    codes: dict[str, str] = {}
    waiting = parameters.split(";")
    waiting.reverse()
    while waiting:
        code, *details = waiting.pop().split(":")
        code = code.lstrip("0")
        if code == "":
            codes.clear()
        elif code == "4" and details[:1] == ["0"]:
            codes.pop("4", None)
        elif code in _FLAGS:
            codes[_FLAGS[code]] = _FLAGS[code]
        elif code in _CLEARS:
            for key in _CLEARS[code]:
                codes.pop(key, None)
        elif code in _COLOURS:
            codes[_COLOURS[code]] = code
        elif code in ("38", "48", "58"):
            colour = _colour(details or _take_colour(waiting))
            if colour and code != "58":
                codes[code] = f"{code};{colour}"
    return codes


def _take_colour(waiting: list[str]) -> list[str]:
    """The parameters of a colour written with semicolons, taken off the end of *waiting*; its kind in any case."""
    kind = waiting[-1].lstrip("0") if waiting else ""
    return [waiting.pop() for _ in range(min(1 + _VALUES.get(kind, 0), len(waiting)))]


def _colour(details: list[str]) -> str:
    """`5;N` or `2;R;G;B`; empty if *details* are no colour."""
    kind, *values = [detail.lstrip("0") or "0" for detail in details] or ["0"]
    if kind == "2" and len(values) >= 4:
        values = values[1:]  # a colour space stands first in the form with colons (ISO 8613-6)
    numbers = [int(value[:4]) if value.isdecimal() else 256 for value in values[: _VALUES.get(kind, 0)]]
    if kind == "2":
        numbers = [min(number, 255) for number in numbers]
    is_colour = len(numbers) == _VALUES.get(kind) and max(numbers) < 256
    return ";".join((kind, *map(str, numbers))) if is_colour else ""


@lru_cache(maxsize=4096)
def background(style: str) -> str:
    """What erasing keeps of *style*: the background colour (xterm's "back color erase")."""
    return next_style(style, "22;23;24;27;29;39")
