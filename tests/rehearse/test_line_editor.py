"""The editor of a command, key by key."""

from __future__ import annotations

import pytest

from quarterdeck.rehearse.line_editor import LineEditor, split_edits


@pytest.mark.parametrize(
    ("text", "keys", "expected"),
    [
        ("echo", "x space é", "echox é|"),
        ("echo", "left left X", "ecX|ho"),
        ("echo", "home X right Y", "XeY|cho"),
        ("echo", "ctrl-a X ctrl-e Y", "XechoY|"),
        ("echo", "backspace backspace", "ec|"),
        ("echo", "home backspace", "|echo"),
        ("echo", "home delete ctrl-d", "|ho"),
        ("echo", "delete", "echo|"),
        ("echo one  two", "ctrl-w", "echo one  |"),
        ("echo one  ", "ctrl-w", "echo |"),
        ("echo one", "ctrl-u", "|"),
        ("echo one", "left left left ctrl-k", "echo |"),
        ("echo one", "left left left ctrl-u", "|one"),
        ("one\ntwo", "home backspace", "one|two"),
        ("one\ntwo", "up ctrl-k", "one|two"),
        ("one\ntwo", "up home ctrl-k", "|\ntwo"),
        ("long line\ntwo", "up X", "lonX|g line\ntwo"),
        ("a\nlong line\nb", "up end up end down Y", "a\nlY|ong line\nb"),
        ("long line\na", "up end down Y", "long line\naY|"),
        ("one\ntwo", "ctrl-u ctrl-w", "one\n|"),
        ("one\ntwo", "up up", "one|\ntwo"),
        ("one", "down up f5 page-up", "one|"),
    ],
)
def test_keys(text: str, keys: str, expected: str) -> None:
    """`|` is the cursor. Keys work within lines, and up and down go from one to the other."""
    editor = LineEditor(text)
    for key in keys.split():
        editor.press(key)
    assert f"{editor.text[: editor.cursor]}|{editor.text[editor.cursor :]}" == expected
    row, column = editor.position
    assert len("\n".join(editor.text.split("\n")[:row])) + (row > 0) + column == editor.cursor


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"ab\x01", [("a", ""), ("b", ""), ("ctrl-a", "")]),
        (b"\x1b[H\x1b[1~\x1b[F\x1b[3~", [("home", ""), ("home", ""), ("end", ""), ("delete", "")]),
        (b"a\x1b[200~x\r\ny\x1b[201~b", [("a", ""), ("", "x\ny"), ("b", "")]),
        (b"\x1b[200~q\x07\tq", [("", "q    q")]),
    ],
)
def test_what_is_pasted_is_no_key(data: bytes, expected: list[tuple[str, str]]) -> None:
    """Its line feeds do not run anything, and it has no control characters."""
    assert list(split_edits(data)) == expected
