"""What a terminal on a web page may be sent. The table is in live_sequences.md."""

from __future__ import annotations

import re
import tracemalloc
from itertools import pairwise
from pathlib import Path

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.terminal.safe_output import STRING_LIMIT, SafeOutput
from support.effort import LINEAR, cpu_s, growth
from support.streams import STREAMS
from support.terminal_bytes import unescape

TABLE = Path(__file__).with_name("live_sequences.md")
ROWS = [
    (number, [cell.strip() for cell in line.strip("|").split("|")])
    for number, line in enumerate(TABLE.read_text("utf-8").split("\n"), 1)
    if line.startswith("| ") and not line.startswith(("| sequence |", "| --- |"))
]

HOSTILE = st.lists(
    st.sampled_from(
        [
            bytes([byte])
            for byte in b"\x1b\x1b\x1b[[]]PX^_\\?><=!$\"' #();:0194cnhlmtuqpxiSJHAB\x07\x18\x1a\n\x00\x05\x7f"
        ]
        + [b"1004", b"1049", b"99999", b"\x1b[", b"\x1b]", b"\x1b[31m", b"\x1b[?1004;25h", b"text"]
        + [char.encode() for char in "\x84\x85\x90\x98\x9b\x9c\x9d\x9e\x9f\ufeffé日•"]
        + [b"\x9b", b"\xc2", b"\xe6\x97", b"\xff", b"\xf0\x9f"]
    ),
    max_size=40,
).map(b"".join)
"""Parts of sequences, in any order."""

STRICT = re.compile(
    r"""(?: [^\x00-\x07\x10-\x1f\x7f-\x9f]
      | \x1b [78DEHMc=>] | \x1b [()*+] [0AB] | \x1b \#8
      | \x1b\[ [0-9;:]{0,256} m
      | \x1b\[ [0-9;]{0,9} [@A-Z`adefgbsu]
      | \x1b\[ 4 [hl] | \x1b\[ \? [0-3]? [JK] | \x1b\[!p | \x1b\[ [0-6]? \x20q
      | \x1b\[ \? (?P<modes> [0-9;]+ ) [hl]
    )*""",
    re.VERBOSE,
)
"""A grammar of what may come out; `MODES` are the private modes that it may set."""
MODES = {1, 6, 7, 12, 25, 45, 47, 66, 1000, 1002, 1003, 1006, 1016, 1047, 1048, 1049, 2004, 2026}


def safe(*chunks: bytes) -> bytes:
    """What comes of *chunks*."""
    output = SafeOutput()
    return b"".join(map(output.take, chunks))


def one_by_one(data: bytes) -> bytes:
    """What comes of *data* if each byte is a chunk."""
    return safe(*(data[place : place + 1] for place in range(len(data))))


@pytest.mark.parametrize(("number", "cells"), ROWS, ids=[cells[0] for _, cells in ROWS])
def test_table_of_sequences(number: int, cells: list[str]) -> None:
    """Each row of the table: what becomes of a sequence, alone and between text, whole and byte by byte."""
    _, given_bytes, result, _ = cells
    data = unescape(given_bytes.strip("`"))
    expected = {"itself": data, "nothing": b""}.get(result, unescape(result.strip("`")))
    assert safe(data) == expected, f"{TABLE.name}:{number}"
    assert one_by_one(data) == expected, f"{TABLE.name}:{number}"
    if "never ends" not in cells[0]:
        assert safe(b"before ", data, b" after") == b"before " + expected + b" after"


def test_each_row_is_read() -> None:
    """No row of the table is left out because of its form."""
    lines = [line for line in TABLE.read_text("utf-8").split("\n") if line.startswith("|") and "`" in line]
    assert len(ROWS) == len(lines) > 100
    assert {len(cells) for _, cells in ROWS} == {4}


@settings(max_examples=500)
@given(HOSTILE, st.lists(st.integers(0, 80), max_size=6))
def test_cuts_change_nothing(data: bytes, places: list[int]) -> None:
    """A sequence or a character may be cut between any two chunks."""
    cuts = sorted({min(place, len(data)) for place in places} | {0, len(data)})
    chunks = [data[start:end] for start, end in pairwise(cuts)]
    assert safe(*chunks) == safe(data) == one_by_one(data)


@settings(max_examples=1000)
@given(HOSTILE)
def test_only_what_is_allowed_comes_out(data: bytes) -> None:
    """A strict grammar of whole sequences matches all that comes out; it has no number that hangs a page."""
    text = safe(data).decode()
    assert STRICT.fullmatch(text)
    for modes in re.findall(r"\x1b\[\?([0-9;]+)[hl]", text):
        assert {int(mode) for mode in modes.split(";")} <= MODES
    for numbers, final in re.findall(r"\x1b\[([0-9;:]*)([@-~])", text):
        limit = 199 if final in "LMST" else 999 if final in "IZb" else 9999
        assert all(int(number) <= limit for number in re.split("[;:]", numbers) if number)


@given(HOSTILE)
def test_output_is_safe_already(data: bytes) -> None:
    """What comes out goes through again as it is."""
    assert safe(safe(data)) == safe(data)


@given(HOSTILE)
def test_terminals_answer_nothing(data: bytes) -> None:
    """A terminal of another author, pyte, gets no question and no title."""
    screen = pyte.Screen(80, 24)
    typed: list[str] = []
    screen.write_process_input = typed.append
    pyte.ByteStream(screen).feed(safe(data))
    assert (typed, screen.title, screen.icon_name) == ([], "", "")


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.__name__)
def test_progress_of_programs_stays_as_it_is(stream: object) -> None:
    """Pulls, builds, downloads and package managers lose nothing."""
    assert callable(stream)
    assert safe(stream()) == stream()


def test_a_string_without_end_is_left() -> None:
    """It swallows so many characters and no more; a mark shows that something is missing. None of it is kept."""
    data = b"\x1b]0;" + b"t" * (STRING_LIMIT - 2) + b"visible \x1b[31mred"
    assert safe(data) == b"\xef\xbf\xbdvisible \x1b[31mred"
    assert safe(data[:9], data[9:70000], data[70000:]) == safe(data)
    assert safe(b"\x1b]0;" + b"t" * (STRING_LIMIT - 2) + b"\x07visible") == b"\xef\xbf\xbdvisible"
    assert safe(b"\x1b]0;" + b"t" * (STRING_LIMIT - 3) + b"\x07visible") == b"visible"


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        (b"", b"\x1b["),
        (b"", b"\x1bP"),
        (b"\x1b[", b"1;"),
        (b"\x1b[?", b"1004;"),
        (b"\x1b", b"\0"),
        (b"\x1b[", b"\n"),
        (b"\x1b(", b" "),
        (b"\x1b]", b"t\n"),
        (b"\x1b_", b"\xc2\x9d"),
    ],
)
def test_hostile_streams(start: bytes, unit: bytes) -> None:
    """They take linear time, whole and in small chunks, and no memory."""
    assert growth(lambda size: safe(start + unit * size), 1000) < LINEAR
    assert growth(lambda size: safe(start, *([unit] * size)), 250) < LINEAR
    output = SafeOutput()
    output.take(start)
    tracemalloc.start()
    for _ in range(1000):
        output.take(unit * 50)
    memory, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert memory < 20_000


def test_plain_text_costs_little() -> None:
    """Text is searched, not taken apart: less than half of one loop over its bytes in Python."""
    data = b"Step 1/4 : FROM debian:bookworm-slim \xe2\x94\x80 sha256:0a4eaa0eecf5f8c050e5bba433f58c05\r\n" * 20_000
    loop = min(cpu_s(lambda: [byte for byte in data if byte == 27]) for _ in range(3))
    assert min(cpu_s(lambda: safe(data)) for _ in range(3)) < loop / 2
