"""The output of a step on its way to pages that take it at different speeds."""

from __future__ import annotations

from typing import Any

from quarterdeck.serve.live_slides.terminal_stream import PIECE, TerminalStream

MIB = 1 << 20


class Reader:
    """A page that keeps what it gets."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.shown = b""

    def send(self, message: Any) -> None:
        self.messages.append(message)
        self.shown = b""

    def send_bytes(self, data: bytes) -> None:
        assert len(data) <= PIECE
        self.shown += data


def begun(*readers: Reader) -> TerminalStream:
    """A stream that *readers* read from its beginning."""
    stream = TerminalStream()
    for reader in readers:
        stream.add(reader)
    stream.begin(3, 24, 100, recorded=False)
    return stream


def show_all(stream: TerminalStream, reader: Reader) -> None:
    """Let *reader* take everything."""
    before = -1
    while len(reader.shown) != before:
        before = len(reader.shown)
        stream.take(reader, before)


def test_a_page_gets_what_is_printed_at_once() -> None:
    """While it has shown what it got."""
    reader = Reader()
    stream = begun(reader)
    stream.write(b"one\r\n")
    stream.write(b"two\r\n")
    assert reader.messages == [{"kind": "terminal", "cue": 3, "recorded": False, "rows": 24, "columns": 100}]
    assert reader.shown == b"one\r\ntwo\r\n"


def test_a_page_that_comes_late_gets_what_was_printed() -> None:
    """From the beginning, as long as that is kept."""
    late = Reader()
    stream = begun(Reader())
    stream.write(b"one\r\n")
    stream.add(late)
    stream.write(b"two\r\n")
    assert (late.messages[-1]["cue"], late.shown) == (3, b"one\r\ntwo\r\n")


def test_a_slow_page_gets_no_more_than_it_can_show() -> None:
    """What it has not shown stays with us, and comes when it has shown more."""
    reader = Reader()
    stream = begun(reader)
    stream.write(b"x" * (MIB // 2))
    assert len(reader.shown) < MIB // 4
    assert stream.is_behind(reader)
    show_all(stream, reader)
    assert reader.shown == b"x" * (MIB // 2)
    assert not stream.is_behind(reader)


def test_a_page_that_is_far_behind_goes_on_with_the_newest() -> None:
    """In an empty terminal, at the beginning of a line; others and our memory do not wait for it."""
    quick, slow = Reader(), Reader()
    stream = begun(quick, slow)
    for number in range(100):
        stream.write(b"".join(b"%d-%d\r\n" % (number, line) for line in range(4000)))
        show_all(stream, quick)
    show_all(stream, slow)
    assert slow.shown.endswith(b"99-3999\r\n")
    assert slow.shown.startswith(b"\x1b[!p\x1b[m")
    first = slow.shown.removeprefix(b"\x1b[!p\x1b[m").split(b"\r\n")[0]
    assert all(part.isdigit() for part in first.split(b"-")), first
    assert len(slow.shown) <= MIB + 100
    assert quick.messages.count(quick.messages[0]) == 1


def test_what_a_page_claims_beyond_what_it_got_does_not_count() -> None:
    """Nor does what it has shown of the terminal before."""
    reader = Reader()
    stream = begun(reader)
    stream.write(b"x" * MIB)
    sent = len(reader.shown)
    stream.take(reader, MIB)
    assert len(reader.shown) == sent
    stream.begin(4, 24, 100, recorded=True)
    assert (reader.messages[-1]["cue"], reader.shown) == (4, b"")
    stream.take(reader, sent)
    stream.write(b"new")
    assert reader.shown == b"new"


def test_the_terminal_can_go_and_get_another_number() -> None:
    """When the presenter goes back, and when slides before it change."""
    reader = Reader()
    stream = begun(reader)
    stream.rename(5)
    assert (stream.cue, reader.messages[-1]) == (5, {"kind": "rename", "cue": 5})
    stream.end()
    assert (stream.cue, reader.messages[-1]) == (None, {"kind": "terminal", "cue": None})
