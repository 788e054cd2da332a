"""Recorded screens as HTML and as plain text: colours are `␛[…m` (ECMA-48, section 8.3.117: SGR)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from quarterdeck.terminal.control_codes import ESCAPE

_SGR = re.compile(rf"{ESCAPE}\[([0-9;:]*)m")
_STEPS = (0, 95, 135, 175, 215, 255)
"""The six intensities of the 256-colour cube, as xterm has them."""

_SWITCHES = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "reverse", 9: "strike", 21: "underline"}
_OFF = {22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 27: ("reverse",), 29: ("strike",)}


@dataclass(frozen=True, slots=True)
class Look:
    """How a piece of a screen looks."""

    fg: str = ""
    """`0` to `15`, or `#rrggbb`; empty for the terminal's own."""
    bg: str = ""
    """`0` to `15`, or `#rrggbb`; empty for the terminal's own."""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    reverse: bool = False


_PLAIN = Look()


def strip_colours(screen: str) -> str:
    """*screen* without its colours."""
    return _SGR.sub("", screen) if ESCAPE in screen else screen


def render_screen(screen: str) -> str:
    """*screen* as HTML, a `<span>` for each piece that does not look plain."""
    if ESCAPE not in screen:
        return escape(screen)
    look = _PLAIN
    parts: list[str] = []
    for index, piece in enumerate(_SGR.split(screen)):
        if index % 2:
            look = _apply(look, piece)
        elif piece:
            parts.append(_span(look, piece))
    return "".join(parts)


def _span(look: Look, text: str) -> str:
    names: list[str] = []
    styles: list[str] = []
    for name, key, colour in (("fg", "color", look.fg), ("bg", "background-color", look.bg)):
        if colour[:1] == "#":
            styles.append(f"{key}:{colour}")
        elif colour:
            names.append(name)
            styles.append(f"--{name}:var(--ansi-{colour})")
    names += [name for name in ("bold", "dim", "italic", "underline", "strike", "reverse") if getattr(look, name)]
    attributes = f' class="{" ".join(names)}"' if names else ""
    attributes += f' style="{";".join(styles)}"' if styles else ""
    return f"<span{attributes}>{escape(text)}</span>" if attributes else escape(text)


def _apply(look: Look, parameters: str) -> Look:
    codes = iter(_numbers(parameters))
    for code in codes:
        if code == 0:
            look = _PLAIN
        elif code in _SWITCHES:
            look = replace(look, **_one(_SWITCHES[code], True))
        elif code in _OFF:
            for name in _OFF[code]:
                look = replace(look, **_one(name, False))
        elif code in (38, 48):
            name = "fg" if code == 38 else "bg"
            if colour := _extended(codes):
                look = replace(look, **_one(name, colour))
        elif code in (39, 49):
            look = replace(look, **_one("fg" if code == 39 else "bg", ""))
        elif (named := _named(code)) is not None:
            look = replace(look, **_one(*named))
    return look


def _one(name: str, value: object) -> dict[str, Any]:
    return {name: value}


def _numbers(parameters: str) -> list[int]:
    """The codes in *parameters*; `4:3` is an underline of another shape, `4:0` none, `38:2::R:G:B` a colour."""
    numbers: list[int] = []
    for part in parameters.split(";"):
        subs = [int(sub or 0) for sub in part.split(":")]
        if subs[0] in (38, 48) and len(subs) > 2:
            numbers += subs[:2] + (subs[-3:] if subs[1] == 2 else subs[2:3])
        elif subs[0] == 4 and len(subs) > 1:
            numbers.append(4 if subs[1] else 24)
        else:
            numbers.append(subs[0])
    return numbers


def _named(code: int) -> tuple[str, str] | None:
    """`fg` or `bg`, and the number of the colour."""
    for first, name in ((30, "fg"), (40, "bg")):
        if first <= code <= first + 7:
            return name, str(code - first)
        if first + 60 <= code <= first + 67:
            return name, str(code - first - 52)
    return None


def _extended(codes: Iterator[int]) -> str:
    kind = next(codes, 0)
    if kind == 2:
        red, green, blue = (min(next(codes, 0), 255) for _ in range(3))
        return f"#{red:02x}{green:02x}{blue:02x}"
    if kind != 5:
        return ""
    number = min(next(codes, 0), 255)
    if number < 16:
        return str(number)
    if number >= 232:
        return f"#{8 + 10 * (number - 232):02x}" + f"{8 + 10 * (number - 232):02x}" * 2
    red, rest = divmod(number - 16, 36)
    green, blue = divmod(rest, 6)
    return "#" + "".join(f"{_STEPS[step]:02x}" for step in (red, green, blue))
