"""Recorded screens as HTML and as plain text: colours are `␛[…m` (ECMA-48, section 8.3.117: SGR)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from quarterdeck.terminal.control_codes import ESCAPE

_Look = dict[str, str]
"""Colours, as `0` to `15` or `#rrggbb`, and switches, as their names; empty for the terminal's defaults."""

_SGR = re.compile(rf"{ESCAPE}\[([0-9;:]*)m")
_LEVELS = (0, 95, 135, 175, 215, 255)
"""The six intensities of xterm's 256-colour cube."""
_SWITCHES = ("bold", "dim", "italic", "underline", "strike", "reverse")
_CHANGES: dict[int, _Look] = {
    **{code: {name: name} for code, name in zip((1, 2, 3, 4, 9, 7), _SWITCHES, strict=True)},
    21: {"underline": "underline"},
    22: {"bold": "", "dim": ""},
    **{code: {name: ""} for code, name in zip((23, 24, 29, 27), _SWITCHES[2:], strict=True)},
    **{30 + number: {"fg": str(number)} for number in range(8)},
    39: {"fg": ""},
    **{40 + number: {"bg": str(number)} for number in range(8)},
    49: {"bg": ""},
    **{82 + number: {"fg": str(number)} for number in range(8, 16)},
    **{92 + number: {"bg": str(number)} for number in range(8, 16)},
}
"""What each code changes, except for 0 (everything to its default) and the extended colours (38 and 48)."""


def strip_colours(screen: str) -> str:
    """*screen* without its colours."""
    return _SGR.sub("", screen) if ESCAPE in screen else screen


def render_screen(screen: str) -> str:
    """*screen* as HTML, with a `<span>` for each piece that does not have the default look."""
    if ESCAPE not in screen:
        return escape(screen)
    look: _Look = {}
    parts: list[str] = []
    for index, piece in enumerate(_SGR.split(screen)):
        if index % 2:
            _apply(look, piece)
        elif piece:
            parts.append(_span(look, piece))
    return "".join(parts)


def _span(look: _Look, text: str) -> str:
    classes: list[str] = []
    styles: list[str] = []
    for name, key in (("fg", "color"), ("bg", "background-color")):
        colour = look.get(name, "")
        if colour[:1] == "#":
            styles.append(f"{key}:{colour}")
        elif colour:
            classes.append(name)
            styles.append(f"--{name}:var(--ansi-{colour})")
    classes += [name for name in _SWITCHES if look.get(name)]
    attributes = f' class="{" ".join(classes)}"' if classes else ""
    attributes += f' style="{";".join(styles)}"' if styles else ""
    return f"<span{attributes}>{escape(text)}</span>" if attributes else escape(text)


def _apply(look: _Look, parameters: str) -> None:
    """Change *look* by the codes in *parameters*."""
    codes = iter(_numbers(parameters))
    for code in codes:
        if code == 0:
            look.clear()
        elif code in (38, 48):
            name = "fg" if code == 38 else "bg"
            look[name] = _extended(codes) or look.get(name, "")
        else:
            look.update(_CHANGES.get(code, {}))


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


def _extended(codes: Iterator[int]) -> str:
    """The colour that the next *codes* give, of 16 million colours or of 256; empty for neither."""
    kind = next(codes, 0)
    if kind == 2:
        return _hex(*(min(next(codes, 0), 255) for _ in range(3)))
    if kind != 5:
        return ""
    number = min(next(codes, 0), 255)
    if number < 16:
        return str(number)
    if number >= 232:
        return _hex(*[8 + 10 * (number - 232)] * 3)
    number -= 16
    return _hex(*(_LEVELS[level] for level in (number // 36, number // 6 % 6, number % 6)))


def _hex(red: int, green: int, blue: int) -> str:
    return f"#{red:02x}{green:02x}{blue:02x}"
