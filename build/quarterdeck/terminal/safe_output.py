"""What a terminal on a web page may be sent: an allow list of control sequences, applied to a stream.

The grammar is that of xterm.js's parser (`EscapeSequenceParser.ts`, after https://vt100.net/emu/dec_ansi_parser), the
meaning that of its `vtfeatures` page. `tests/terminal/live_sequences.md` names each sequence and what becomes of it.
"""

from __future__ import annotations

import codecs
import re

STRING_LIMIT = 1 << 16
"""Characters that a control string may swallow, see `SafeOutput`."""

_STRAY = "\x00-\x17\x19\x1c-\x1f\x7f"
"""Controls that xterm.js executes in the middle of a sequence, which goes on after them."""

_NUMBERS = "(?:[0-9]{0,4}[;:])*+[0-9]{0,4}"
_MODES = "(?:1|6|7|12|25|45|47|66|1000|1002|1003|1006|1016|1047|1048|1049|2004|2026)(?![0-9])"
"""DEC private modes: cursor keys, origin, wrapping, cursor (12, 25), reverse wrapping, keypad, mouse (1000 to 1016),
alternate screen (47, 1047 to 1049), bracketed paste, synchronized output. Not 1004, 2031 and 2048, which make the
terminal type without a key; not 3, which resizes it."""

_KEPT = rf"""
    \[ {_NUMBERS} m                                                  # SGR
  | \[ (?:[0-9]{{0,4}};)? [0-9]{{0,4}} [@A-HJKPX`adefgr]             # movements, erasing, tab stops, scroll region
  | \[ 1?[0-9]{{0,2}} [LMST]                                         # lines, scrolling: see `_MOST`
  | \[ [0-9]{{0,3}} [IZb]                                            # tabs, REP
  | \[ [su]                                                          # save and restore the cursor
  | \[ 4 [hl]                                                        # insert or overwrite
  | \[ \? (?:{_MODES};)*+ {_MODES} [hl]
  | \[ \? [0-3]? [JK]                                                # erasing that spares protected text
  | \[ ! p                                                           # soft reset
  | \[ [0-6]? \  q                                                   # shape of the cursor
  | [78DEHMc=>]                                                      # cursor, lines, tab stop, reset, keypad
  | [()*+] [0AB]                                                     # character sets: line drawing, British, ASCII
  | \#8                                                              # alignment pattern
"""
_WHOLE = re.compile(rf"\x1b(?:{_KEPT})", re.VERBOSE)

_BODY = rf"(?:\[ [{_STRAY} -?]{{0,256}}+ | [ -/] [{_STRAY} -/]{{0,16}}+)"
_INCOMPLETE = re.compile(rf"\x1b [{_STRAY}]{{0,16}}+ {_BODY}?+ \Z", re.VERBOSE)
_UNSAFE = re.compile(
    rf"\x1b (?!{_KEPT}) [{_STRAY}]{{0,16}}+ (?: {_BODY} [0-~]? | [0-~] )? | [\x00-\x07\x10-\x1a\x1c-\x1f\x7f\ufeff]",
    re.VERBOSE,
)
"""What is not let through as it is. Of controls, BS to SI pass: they move the cursor or switch the character set."""

_NOTABLE = re.compile("[\x00-\x07\x10-\x1f\x7f-\x9f\ufeff]")
_C1 = re.compile("[\x80-\x9f]")
_STRAYS = re.compile(f"[{_STRAY}]")
_MOVING = re.compile("[\x08-\x0f]")
_MODE_LIST = re.compile(r"\x1b\[\?([0-9;]*)([hl])")
_ALLOWED_MODE = re.compile(_MODES)
_MOST = dict.fromkeys("LMST", 199) | dict.fromkeys("IZb", 999)
"""The largest number for sequences that xterm.js carries out step by step: for lines, a step takes 4 µs."""

_STRING = re.compile(rf"\x1b[{_STRAY}]{{0,16}}+(?:(\])|[PX^_])")
_OSC_END = re.compile("[\x07\x18\x1a\x1b]")
_END = re.compile("[\x18\x1a\x1b]")


class SafeOutput:
    """Lets through what draws on a terminal, and nothing that types, leaves the terminal, or hangs the page.

    Stateful: the bytes of one terminal, in chunks cut anywhere; the result does not depend on the cuts. What comes out
    is UTF-8 and has complete sequences only. Full-screen programs work: they may move, erase, scroll, use colours, the
    alternate screen, the mouse and bracketed paste.

    - Dropped: each query (its answer would be typed into the program), all control strings (OSC: titles, links,
      clipboard, colours; DCS, APC, PM, SOS), window operations, media copy, focus reports, key encodings of kitty and
      xterm, ENQ, BEL; and each sequence that is not on the list. The text of a link stays.
    - Of a list of private modes, the allowed ones stay. Numbers are limited to 9999, or less where xterm.js
      repeats an action that often: `CSI 999999999 S` alone stops a page for minutes.
    - The controls of eight bits, U+0080 to U+009F, are read as the two characters that they stand for.
    - Bytes that are not UTF-8 become U+FFFD. xterm.js skips them, even within a sequence, so they must not stay.

    A control string ends as in xterm.js: with ST, with any other escape sequence (which is then read as such), CAN or
    SUB; an OSC with BEL, too; not with a line feed. One that never ends would swallow the rest of the output in
    silence: after `STRING_LIMIT` characters U+FFFD is shown, and what follows is text again. Pictures may be longer,
    but programs send them only to terminals that say that they show them. Nothing of a string is kept in memory.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        """The start of a sequence; at most 300 characters."""
        self._string: re.Pattern[str] | None = None
        """What ends the control string that the output is in."""
        self._room = 0
        """Characters that this string may still swallow."""

    def take(self, data: bytes) -> bytes:
        """The safe part of the output up to *data* that was not returned before; an unfinished sequence waits."""
        text = self._held + self._decoder.decode(data)
        self._held = ""
        if self._string is None and not _NOTABLE.search(text):
            return text.encode()
        if not text.isascii():
            text = _C1.sub(lambda match: f"\x1b{chr(ord(match[0]) - 0x40)}", text)
        last = text.rfind("\x1b")
        if last >= 0 and _INCOMPLETE.match(text, last):
            text, self._held = text[:last], text[last:]
        return "".join(self._pieces(text)).encode()

    def _pieces(self, text: str) -> list[str]:
        pieces = []
        start = 0
        while True:
            if self._string is not None:
                start, shown = self._skip_string(text, start)
                pieces.append(shown)
            string = _STRING.search(text, start)
            end = string.start() if string else len(text)
            pieces.append(_UNSAFE.sub(_replacement, text[start:end]))
            if string is None:
                return pieces
            pieces += _MOVING.findall(string[0])
            self._string, self._room = _OSC_END if string[1] else _END, STRING_LIMIT
            start = string.end()

    def _skip_string(self, text: str, start: int) -> tuple[int, str]:
        """Where the text goes on behind a control string, and what is shown in its place."""
        assert self._string is not None
        limit = start + self._room
        end = self._string.search(text, start, limit)
        if end is None and len(text) < limit:
            self._room -= len(text) - start
            return len(text), ""
        self._string = None
        if end is None:
            return limit, "\ufffd"
        return (end.start() if end[0] == "\x1b" else end.end()), ""


def _replacement(match: re.Match[str]) -> str:
    """What is left of a sequence that is not on the list as it stands: its controls, then an allowed form of it."""
    if len(match[0]) < 2:
        return ""
    controls = "".join(_MOVING.findall(match[0]))
    sequence = _STRAYS.sub("", match[0])
    if modes := _MODE_LIST.fullmatch(sequence):
        allowed = ";".join(mode for mode in modes[1].split(";") if _ALLOWED_MODE.fullmatch(mode))
        sequence = f"\x1b[?{allowed}{modes[2]}" if allowed else ""
    else:
        most = _MOST.get(sequence[-1], 9999)
        sequence = re.sub("[0-9]{3,}", lambda number: str(min(int(number[0]), most)), sequence)
    return controls + sequence if _WHOLE.fullmatch(sequence) else controls
