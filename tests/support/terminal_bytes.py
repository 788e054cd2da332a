"""Bytes for a terminal, as golden files write them."""

from __future__ import annotations

import re

_LETTERS = {
    "e": "\x1b",
    "a": "\a",
    "b": "\b",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "f": "\f",
    "0": "\0",
    "\\": "\\",
}
_LETTER = re.compile(r"\\(?:x(?P<byte>[0-9a-f]{2})|u(?P<char>[0-9a-f]{4})|(?P<letter>[eabnrtvf0\\]))")


def unescape(text: str) -> bytes:
    r"""*text* as UTF-8, with `\e` for the escape character, and `\n`, `\xNN` (a byte), `\uNNNN` and so on as in C."""
    parts, end = [], 0
    for match in _LETTER.finditer(text):
        char = chr(int(match["char"], 16)) if match["char"] else _LETTERS.get(match["letter"] or "", "")
        byte = bytes([int(match["byte"], 16)]) if match["byte"] else char.encode()
        parts += [text[end : match.start()].encode(), byte]
        end = match.end()
    return b"".join([*parts, text[end:].encode()])
