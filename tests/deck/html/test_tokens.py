"""The tokenizer: a table of tags, each with its tokens. `tests/browser/test_tokens.py` holds it against a browser."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from quarterdeck.deck.html.tokens import Token, read_tokens, splice
from support.effort import LINEAR, growth
from support.golden import Case, load_cases
from support.token_lists import describe

CASES = load_cases(Path(__file__).parent / "tags.md")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_cases(case: Case) -> None:
    """`tags.md`, in which `\\f` and `\\0` stand for these characters."""
    case.compare(describe(case.input.removesuffix("\n").replace("\\f", "\f").replace("\\0", "\0")))


def test_what_is_plain() -> None:
    """Tags that load nothing are passed over; no text hides a tag behind them."""
    plain = '<p>a &lt; b</p><span class="k">c</span><a href="https://a.b/c">d</a>'
    assert list(read_tokens(plain, plain=False)) == []
    for tag in ("<img src=a>", "<i style='a'>", "<svg>", "<a href=x>", "<!-- a -->", "<P>", '<p class="a"id="b">'):
        tokens = read_tokens(f"{plain}{tag}{plain}", plain=False)
        assert [token.start for token in tokens] == [len(plain)]


def test_edits_leave_the_rest_as_it_is() -> None:
    """Only what is replaced changes."""
    assert splice("abcd", [(1, 2, "x"), (3, 3, "y")]) == "axcyd"
    assert splice("abcd", []) == "abcd"


@pytest.mark.parametrize(
    "piece",
    [
        "<a ",
        "<a b='",
        "<a b=c ",
        "</a ",
        "<!--",
        "<!",
        "<?",
        "<![CDATA[",
        "<svg><![CDATA[",
        "<script>",
        "<!--<script>",
        "<textarea></textarea",
        "</script",
        "<",
        "<<a>",
        '<p class="a">',
        "<title>",
        "a<b/",
        "=",
        "<a =",
        "<a\n",
    ],
)
def test_long_texts_take_linear_time(piece: str) -> None:
    """What begins something that never ends, thousands of times, with plain tags and without."""
    for plain in (True, False):
        assert growth(partial(_tokens, piece, plain), 4000) < LINEAR


def _tokens(piece: str, plain: bool, size: int) -> list[Token]:
    return list(read_tokens((piece * size)[:size], plain=plain))
