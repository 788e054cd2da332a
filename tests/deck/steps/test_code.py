"""Code with colours."""

from __future__ import annotations

import re
from html import unescape

import pytest

from quarterdeck.deck.steps.code import highlight_lines


def test_tokens_become_spans() -> None:
    """A token has the short class that Pygments gives it; quotes are escaped."""
    assert highlight_lines('a: "b"\n', "yaml") == (
        '<span class="nt">a</span><span class="p">:</span> <span class="s">&quot;b&quot;</span>',
    )


def test_lines_are_complete() -> None:
    """A token that spans lines is closed and opened at each line end."""
    lines = highlight_lines('x = """a\n<b>\n"""\n', "python")
    assert len(lines) == 3
    assert all(line.count("<span") == line.count("</span>") for line in lines)
    assert lines[1] == '<span class="s2">&lt;b&gt;</span>'


@pytest.mark.parametrize("lang", ["", "text", "klingon", "../x", "bash", "json", "dockerfile", "console", "diff"])
@pytest.mark.parametrize("code", ["", "\n", "  indented\n\n\n  last", 'a & b < c > d "e"', "tab\there", "\x00é🚢\r"])
def test_text_stays(lang: str, code: str) -> None:
    """Whatever the language, the text of the code is what was given, but for one final line feed."""
    shown = unescape(re.sub(r"</?span[^>]*>", "", "\n".join(highlight_lines(code, lang))))
    assert shown == unescape(code.removesuffix("\n"))
