"""Hides secrets in a stream of output, while it is printed."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from quarterdeck.terminal.line_mask import LineMask
from quarterdeck.terminal.painted_text import cover, flatten, places_in, split_incomplete
from quarterdeck.terminal.secret_kinds import JWT_HEADER, SECRET_KINDS, SecretKind, is_within_word

_CONTEXT = 100
"""Characters that are remembered of what was returned: more than any prefix, or secret of a fixed length, has."""
_HELD_LIMIT = 4096
"""Characters that may wait, colours included."""
_OPEN_JWT = re.compile(rf"{JWT_HEADER}(?:\.e?y?)?\Z", re.ASCII)
"""A JSON web token up to the end of its header, which may be long."""


class SecretMask:
    """Replaces tokens by their prefix and bullets (`ghp_••••`), of the same width, in output that is safe already.

    Stateful: the bytes of one terminal, in chunks cut anywhere, from `SafeOutput`. But for calls of `flush`, the result
    does not depend on the cuts. Prefixes, and what follows them, are in `secret_kinds`.

    What follows a prefix is hidden as it comes, so nothing waits. Where only the length tells a token from a word
    (`npm_config_cache`), the characters wait until it is known; call `flush` when the output has been quiet for some
    milliseconds: then they are shown as bullets, to be safe.

    With patterns of an author, each line waits for its end, see `LineMask`.

    Colours within a token do not matter, nor does the edge of the terminal. What this cannot see: a token that a
    full-screen program paints in pieces with movements of the cursor between them, one that is broken over lines, one
    that is encoded (base64, hexadecimal), and a secret without a known prefix. It is a net for accidents, not a guard
    against a program that wants to show a secret.

    A private key that is cut off, so that its END line does not come, hides what follows up to the first character
    that cannot be part of a key: a quotation mark, `$`, `#`, `@`, a movement of the cursor.
    """

    def __init__(self, patterns: Mapping[str, re.Pattern[str]] | None = None) -> None:
        """*patterns*: an author's own, by name; see `LineMask`."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._tokens = _TokenMask()
        self._lines = LineMask(patterns) if patterns else None

    def take(self, data: bytes) -> bytes:
        """The output up to *data* that can be shown now and was not returned before."""
        text = self._tokens.take(self._decoder.decode(data))
        return (self._lines.take(text) if self._lines else text).encode()

    def flush(self) -> bytes:
        """What waits, since nothing has followed for a while. More output may follow."""
        text = self._tokens.flush()
        return (self._lines.take(text) + self._lines.flush() if self._lines else text).encode()


class _TokenMask:
    """Hides what has a known prefix."""

    def __init__(self) -> None:
        self._held = ""
        self._before = ""
        """The end of what was returned, flat and unhidden."""
        self._open: SecretKind | None = None
        """The kind of the secret that the output is in."""

    def take(self, painted: str) -> str:
        return self._advance(self._held + painted, quiet=len(self._held) > _HELD_LIMIT)

    def flush(self) -> str:
        return self._advance(self._held, quiet=True)

    def _advance(self, painted: str, *, quiet: bool) -> str:
        painted, incomplete = split_incomplete(painted)
        if not painted:
            self._held = incomplete
            return ""
        base = len(self._before)
        text = self._before + flatten(painted)
        spans, end = self._secrets(text, base, quiet=quiet)
        self._before = _context(text[:end])
        place = places_in(painted, [end - base])[0] if end < len(text) else len(painted)
        self._held = painted[place:] + incomplete
        return cover(painted[:place], [(first - base, last - base) for first, last in spans])

    def _secrets(self, text: str, start: int, *, quiet: bool) -> tuple[list[tuple[int, int]], int]:
        """The secrets in *text*, of which what stands before *start* was returned; and how far this is certain."""
        spans: list[tuple[int, int]] = []
        covered = start
        if kind := self._open:
            end = kind.end_of_secret(text, start)
            spans += kind.hidden_parts(text, start, end)
            if end < len(text):
                self._open = None
            if kind.length is None:
                covered = end
        for begin, kind in _beginnings(text) if covered < len(text) else ():
            if begin < covered or (self._open and kind.length is not None):
                continue  # what is hidden already must not end with a token of fixed length within it
            end = kind.end_of_secret(text, begin)
            undecided = kind.length is not None and end == len(text) and end - begin <= kind.length
            if undecided and not quiet:
                return spans, begin
            if undecided or kind.length in (None, end - begin):
                spans += kind.hidden_parts(text, begin, end)
                covered = end if kind.length is None else covered
                self._open = kind if end == len(text) else None
        return spans, len(text)


def _beginnings(text: str) -> list[tuple[int, SecretKind]]:
    """The ends of all prefixes in *text*, in order."""
    return sorted(
        (
            (match.end(), kind)
            for kind in SECRET_KINDS.values()
            if kind.needle in text
            for match in kind.beginning.finditer(text)
            if not is_within_word(text, match.start())
        ),
        key=lambda beginning: beginning[0],
    )


def _context(text: str) -> str:
    """What must be remembered of *text*; of the header of a JSON web token, its beginning and its end."""
    header = _OPEN_JWT.search(text) if "eyJ" in text else None
    if header and len(header[0]) > _CONTEXT:
        return f" eyJ{header[0][-_CONTEXT:]}"
    return text[-_CONTEXT:]
