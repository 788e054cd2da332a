"""Which lines are code."""

from __future__ import annotations

import pytest

from quarterdeck.deck.split.fences import map_fences


def code_rows(text: str) -> list[int]:
    return sorted(map_fences(text.split("\n")).fenced)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("a\n```\nb\n```\nc", [1, 2, 3]),
        ("~~~ yaml\n```\n~~~\nb", [0, 1, 2]),
        ("````\n```\n````", [0, 1, 2]),
        ("```\na\n`````\nb", [0, 1, 2]),
        ("```\na\n``` no\n```", [0, 1, 2, 3]),
        ("``` a`b\nc", []),
        ("~~~ a`b\nc\n~~~", [0, 1, 2]),
        ("   ```\na\n   ```", [0, 1, 2]),
        ("text\n    ```\n    a\n    ```", []),
        ("```\n    ```\n```", [0, 1, 2]),
        ("- a\n\n  ```\n  b\n  ```\n\nc", [2, 3, 4]),
        ("- ```\n  b\n  ```\nc", [0, 1, 2]),
        ("10. a\n    ```\n    b\n    ```", [1, 2, 3]),
        ("- a\n  - b\n    ~~~\n    c\n    ~~~", [2, 3, 4]),
        ("> ```\n> a\n> ```\nb", [0, 1, 2]),
        ("> - ```\n>   a\n>   ```", [0, 1, 2]),
        ("- ```\n  a\n\n  b\n  ```", [0, 1, 2, 3, 4]),
        ("-\tx\n\n\t```\n\ta\n\t```", [2, 3, 4]),
    ],
)
def test_fences(text: str, rows: list[int]) -> None:
    """A fence closes with one of its kind that is as long; it may stand in list items and quotes."""
    assert code_rows(text) == rows


def test_fence_ends_with_what_it_stands_in() -> None:
    """A fence in a quote or list item that is not closed ends where the quote or item does."""
    assert code_rows("> ```\n> a\nb\n```\nc\n```") == [0, 1, 3, 4, 5]
    assert code_rows("- ```\n  a\nb") == [0, 1]


def test_unclosed_fence_is_reported_and_swallows_nothing() -> None:
    """A fence that nothing closes counts as no fence from its first line on."""
    fences = map_fences(["```", "a", "```", "", "```yaml", "b", "---", "c"])
    assert (sorted(fences.fenced), fences.unclosed) == ([0, 1, 2], 4)


def test_columns_are_those_of_list_items() -> None:
    """Rows inside list items know where the item's text starts."""
    columns = map_fences(["a", "- b", "      c", "  1. d", "     e", "f"]).columns
    assert columns == {1: 2, 2: 2, 3: 5, 4: 5}


def test_many_lines_cost_little() -> None:
    """The cost is linear: 200,000 lines of open list items and fences are one pass."""
    lines = ["- a", "  ```", "  b", "  ```"] * 50_000
    assert len(map_fences(lines).fenced) == 150_000
