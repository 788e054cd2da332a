"""What terminals send for keys, and what keys mean."""

from __future__ import annotations

import pytest

from quarterdeck.rehearse.keys import KEYS, Action, help_lines, split_keys


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (b"\r", ["enter"]),
        (b" n", ["space", "n"]),
        (b"\x1b[5~\x1b[6~", ["page-up", "page-down"]),
        (b"\x1b[C\x1bOD", ["right", "left"]),
        (b"\x1b", ["escape"]),
        (b"\x1b[15~", ["f5"]),
        ("é?".encode(), ["é", "?"]),
        (b"\x1b[1;5C\x03", ["", "ctrl-c"]),
    ],
)
def test_split_keys(data: bytes, names: list[str]) -> None:
    """Each key of a burst; one that is not known has no name, and is not taken for others."""
    assert [name for name, _ in split_keys(data)] == names
    assert b"".join(code for _, code in split_keys(data)) == data


def test_help_lists_every_key() -> None:
    """By its action; keys without one are not in it."""
    text = "\n".join(help_lines())
    assert all(name in text for name, action in KEYS.items() if action is not Action.NOTHING)
    assert "f5" not in text
