"""The terminal as followers get it: gathered, complete for who comes late, bounded."""

from __future__ import annotations

from quarterdeck.serve.follow.followed_terminal import FollowedTerminal

OPENING = {"kind": "terminal", "cue": 3, "rows": 24, "columns": 80}


def test_output_is_gathered() -> None:
    """A piece has all that came since the last one; a character may come in parts."""
    terminal = FollowedTerminal()
    terminal.begin(OPENING)
    assert (terminal.take(), terminal.has_news) == ({**OPENING, "text": ""}, False)
    for part in (b"a", b"b\xe2\x82", b"\xac"):
        terminal.write(part)
    assert terminal.take() == {"kind": "output", "text": "ab€"}
    assert terminal.take() is None
    assert terminal.everything() == {**OPENING, "text": "ab€"}


def test_too_much_output_is_skipped() -> None:
    """Of what nobody can read, only the end is sent and kept: whole lines, after a reset."""
    terminal = FollowedTerminal()
    terminal.begin(OPENING)
    terminal.take()
    for number in range(100_000):
        terminal.write(b"line %d\n" % number)
    piece, everything = terminal.take(), terminal.everything()
    assert piece is not None
    assert everything is not None
    assert (piece["kind"], piece["cue"]) == ("terminal", 3)
    assert piece["text"].startswith("\x1b[!p\x1b[mline ")
    assert piece["text"].endswith("line 99999\n")
    assert (len(piece["text"]) <= 1 << 14, len(everything["text"]) <= 1 << 17) == (True, True)


def test_no_terminal_any_more() -> None:
    """The presenter went back."""
    terminal = FollowedTerminal()
    terminal.begin(OPENING)
    terminal.write(b"a")
    terminal.begin(None)
    assert (terminal.take(), terminal.everything()) == ({"kind": "terminal", "cue": None}, None)
