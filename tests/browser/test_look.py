"""What a deck looks like, as far as it can be computed: every colour can be read on what it stands on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

THEMES = Path(__file__).resolve().parents[2] / "templates" / "themes"

ANSI = tuple(f"ansi-{number}" for number in range(16))
CODE = ("code-keyword", "code-name", "code-string", "code-variable", "code-number", "code-comment")

TEXT_PAIRS = (
    *((colour, ground) for colour in ("text", "quiet") for ground in ("canvas", "surface", "sea")),
    *((colour, "surface") for colour in (*CODE, "accent", "dimmed", "green", "red")),
    *((colour, "terminal") for colour in (*ANSI, "quiet")),
    ("accent", "canvas"),
    ("on-accent", "accent"),
)
"""What is read at text size, and what it stands on: 4.5 : 1."""

LARGE_PAIRS = (("red", "canvas"), ("green", "canvas"), ("accent", "sea"), *(("terminal", colour) for colour in ANSI))
"""Headings, marks, signs, and text on a coloured ground: 3 : 1."""


def themes() -> list[str]:
    """The names of all shipped themes."""
    return sorted(path.parent.name for path in THEMES.glob("*/theme.css"))


def load_colours(theme: str) -> dict[str, str]:
    """The variables of a theme that are colours without transparency, as #rrggbb."""
    css = (THEMES / theme / "theme.css").read_text(encoding="utf-8")
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\s*;", css))


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb, 0 to 1 (WCAG 2.2, "relative luminance")."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colour: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    light, dark = sorted((luminance(colour), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def too_faint(theme: str, pairs: tuple[tuple[str, str], ...], least: float) -> list[str]:
    """Those of *pairs* that have less contrast than *least*."""
    colours = load_colours(theme)
    return [
        f"{colour} on {ground}: {ratio:.2f}"
        for colour, ground in pairs
        if (ratio := contrast(colours[colour], colours[ground])) < least
    ]


def used_variables(css: str) -> set[str]:
    """The variables that a style sheet reads and does not set, and that have no fallback."""
    return set(re.findall(r"var\(--([\w-]+)\)", css)) - set(re.findall(r"--([\w-]+)\s*:", css))


def test_contrast_is_computed_as_the_standard_says() -> None:
    """Black on white is 21, a colour on itself 1, and #767676 is the lightest grey that passes on white."""
    assert [round(contrast(a, b), 2) for a, b in (("#000000", "#ffffff"), ("#e0b252", "#e0b252"))] == [21.0, 1.0]
    assert [contrast(grey, "#ffffff") >= 4.5 for grey in ("#767676", "#777777")] == [True, False]


def test_both_watches_are_shipped() -> None:
    """A dark and a light theme come with quarterdeck."""
    assert themes() == ["day-watch", "night-watch"]


@pytest.mark.parametrize("theme", themes())
def test_text_can_be_read(theme: str) -> None:
    """Text, code and the sixteen colours of the terminal have 4.5 : 1 on what they stand on."""
    assert too_faint(theme, TEXT_PAIRS, 4.5) == []


@pytest.mark.parametrize("theme", themes())
def test_large_text_and_signs_can_be_seen(theme: str) -> None:
    """Large text, marks, and text on the terminal's coloured grounds have 3 : 1."""
    assert too_faint(theme, LARGE_PAIRS, 3.0) == []


@pytest.mark.parametrize("theme", themes())
def test_a_theme_sets_every_variable_that_the_base_reads(theme: str) -> None:
    """No colour falls back to nothing because one theme forgot it."""
    base = (THEMES / "base.css").read_text(encoding="utf-8")
    css = (THEMES / theme / "theme.css").read_text(encoding="utf-8")
    assert used_variables(base) - set(re.findall(r"--([\w-]+)\s*:", css)) == set()


def test_the_themes_have_the_same_variables() -> None:
    """What can be said in one theme can be said in the other."""
    names = [
        re.findall(r"--([\w-]+):", (THEMES / theme / "theme.css").read_text(encoding="utf-8")) for theme in themes()
    ]
    assert names[0] == names[1]


def test_no_style_sheet_asks_the_network() -> None:
    """Every address in a style sheet is a file beside it or drawn in it."""
    addresses = {
        address
        for path in THEMES.rglob("*.css")
        for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", path.read_text(encoding="utf-8"))
    }
    assert sorted(address for address in addresses if not re.match(r"\.\./|data:image/svg\+xml,", address)) == []
