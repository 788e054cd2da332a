"""Recorded screens as HTML."""

from __future__ import annotations

import pytest

from quarterdeck.deck.steps.ansi import render_screen
from quarterdeck.terminal.control_codes import strip_colours


@pytest.mark.parametrize(
    ("screen", "html"),
    [
        ("a < b", "a &lt; b"),
        ("␛[32;1mok␛[0m done", '<span class="fg bold" style="--fg:var(--ansi-2)">ok</span> done'),
        ("␛[31ma\nb␛[m c", '<span class="fg" style="--fg:var(--ansi-1)">a\nb</span> c'),
        ("␛[91;104mx", '<span class="fg bg" style="--fg:var(--ansi-9);--bg:var(--ansi-12)">x</span>'),
        (
            "␛[38;5;3ma␛[48;5;15mb",
            '<span class="fg" style="--fg:var(--ansi-3)">a</span>'
            '<span class="fg bg" style="--fg:var(--ansi-3);--bg:var(--ansi-15)">b</span>',
        ),
        ("␛[38;5;196mx", '<span style="color:#ff0000">x</span>'),
        ("␛[48;5;244mx", '<span style="background-color:#808080">x</span>'),
        ("␛[38;2;1;20;300mx", '<span style="color:#0114ff">x</span>'),
        ("␛[38:2::1:20:30mx", '<span style="color:#01141e">x</span>'),
        ("␛[1;2;3;4;7;9mx", '<span class="bold dim italic underline strike reverse">x</span>'),
        ("␛[1;4mx␛[22;24my", '<span class="bold underline">x</span>y'),
        ("␛[4:3mx␛[4:0my", '<span class="underline">x</span>y'),
        (
            "␛[31;42mx␛[39my␛[49mz",
            '<span class="fg bg" style="--fg:var(--ansi-1);--bg:var(--ansi-2)">x</span>'
            '<span class="bg" style="--bg:var(--ansi-2)">y</span>z',
        ),
        ("␛[31m␛[0mplain", "plain"),
        ("␛[999;38;7m&", "&amp;"),
        ("␛[38mx", "x"),
        ("a ␛ b ␛[2J", "a ␛ b ␛[2J"),
    ],
)
def test_colours(screen: str, html: str) -> None:
    """The sixteen colours are the theme's, all others their own; everything is escaped; what is no colour stays."""
    assert render_screen(screen) == html


def test_strip() -> None:
    """Colours go, text stays."""
    assert strip_colours("␛[1;32m$␛[0m ls ␛") == "$ ls ␛"
