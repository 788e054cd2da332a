"""Recorded screens as HTML: a `<span>` for each run of one style."""

from __future__ import annotations

from functools import lru_cache
from html import escape

from quarterdeck.terminal.control_codes import ESCAPE, SGR, next_style, parse_style

_INTENSITIES = (0, 95, 135, 175, 215, 255)
"""The six intensities of the 256-colour cube, as xterm has them."""

_FLAGS = {"1": "bold", "2": "dim", "3": "italic", "4": "underline", "9": "strike", "7": "reverse"}
_GROUNDS = {"38": ("fg", "color"), "48": ("bg", "background-color")}


def render_screen(screen: str) -> str:
    """*screen* as HTML, with a `<span>` for each piece that does not have the default look."""
    if ESCAPE not in screen:
        return escape(screen)
    style = ""
    parts: list[str] = []
    for index, piece in enumerate(SGR.split(screen)):
        if index % 2:
            style = next_style(style, piece)
        elif piece:
            attributes = _attributes(style)
            parts.append(f"<span{attributes}>{escape(piece)}</span>" if attributes else escape(piece))
    return "".join(parts)


@lru_cache(maxsize=1024)
def _attributes(style: str) -> str:
    """The attributes `class` and `style`, each with a blank before it."""
    codes = parse_style(style)
    names: list[str] = []
    declarations: list[str] = []
    for code, (name, key) in _GROUNDS.items():
        if code in codes:
            colour = _colour(*map(int, codes[code].split(";")))
            if colour[0] == "#":
                declarations.append(f"{key}:{colour}")
            else:
                names.append(name)
                declarations.append(f"--{name}:var(--ansi-{colour})")
    names += [name for code, name in _FLAGS.items() if code in codes]
    attributes = f' class="{" ".join(names)}"' if names else ""
    return attributes + (f' style="{";".join(declarations)}"' if declarations else "")


def _colour(code: int, kind: int = 0, *values: int) -> str:
    """One of the terminal's colours, `0` to `15`, or `#rrggbb`."""
    if not kind:
        return str(code % 10 + 8 * (code >= 90))
    if kind == 5:
        number = values[0]
        if number < 16:
            return str(number)
        if number >= 232:
            values = (8 + 10 * (number - 232),) * 3
        else:
            values = tuple(_INTENSITIES[(number - 16) // weight % 6] for weight in (36, 6, 1))
    return "#" + "".join(f"{value:02x}" for value in values)
