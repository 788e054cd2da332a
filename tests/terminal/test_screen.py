"""What stands on the screen after a step. The cases are in screens.md; pyte as it comes is the oracle for movements."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.terminal import control_codes as codes
from quarterdeck.terminal import emulator, screen
from quarterdeck.terminal.control_codes import next_style, read_text
from quarterdeck.terminal.emulator import Emulator
from quarterdeck.terminal.line_renderer import is_narrow, width_of
from quarterdeck.terminal.screen import answers_to, render_screen
from support.effort import LINEAR, growth
from support.golden import Case, load_cases
from support.streams import STREAMS, docker_pull
from support.terminal_bytes import unescape

CASES = load_cases(Path(__file__).with_name("screens.md"))

_SIZE = re.compile(r"\((\d+) x (\d+)\)$")
_COLOUR = re.compile("␛\\[[0-9;]*m")
_LINE = re.compile("(?:[^␛]|␛\\[[1-9][0-9;]*m[^␛]+␛\\[0m)*")
"""A line that stands by itself: what it opens it closes."""

CALM = (
    *("a", "bc", "hello ", "   ", "x" * 37, "y" * 99, "z" * 150, "é", "日本", "━━", "e\u0301", "\u200d", "👩\u200d💻"),
    *(
        "\r",
        "\b",
        "\t",
        "\n",
        "\r\n",
        "\r\n",
        "\r\n",
        "\x1b[31m",
        "\x1b[m",
        "\x1b[1;44m",
        "\x1b[K",
        "\x1b[1K",
        "\x1b[2K",
    ),
    *("\x1b]0;t\x07", "\x1b(B", "\x0f", "\x1b[?25l", *(f"{'w' * (n % 13)}\r\n" * 9 for n in range(5, 9))),
    *(
        f"{line}\r\n" * 25
        for line in ("plain  ", "\x1b[32mgreen\x1b[m \x1b[Kx", "a\tb\tc", "日本", "12\r\x1b[33m3", "")
    ),
)
"""What a program may send that stays within its lines."""

MOVES = (
    *(
        f"\x1b[{code}"
        for code in ("A", "2A", "3B", "C", "5D", "2E", "F", "G", "H", "5;5H", "d", "I", "Z", "3b", "S", "T")
    ),
    *(
        f"\x1b[{code}"
        for code in ("J", "1J", "2J", "3J", "L", "M", "P", "@", "2X", "2;5r", "r", "g", "3g", "!p", "s", "u")
    ),
    *(f"\x1b[{code}" for code in ("?1049h", "?1049l", "?47h", "?47l", "4h", "4l", "?7l", "?7h", "?6h", "?6l")),
    *("\x1b7", "\x1b8", "\x1bM", "\x1bD", "\x1bE", "\x1bH", "\x1bc", "\x1b(0", "\x0e", "\v"),
)
"""What a program may send that only a screen understands."""

SIZES = st.sampled_from(((100, 30), (20, 30), (10, 5)))


def sent(text: str) -> bytes:
    """The bytes that the input of a case stands for."""
    lines = re.sub(r"(?<!\\)\n", "\r\n", text).replace("\\\n", "")
    return unescape(lines)


def on_one_screen(data: bytes, columns: int, rows: int) -> str:
    """What `render_screen` gives when all of *data* is drawn."""

    class Drawing(Emulator):
        def _take_lines(self, text: str, start: int, end: int) -> int:
            return start

    return _rendered(Drawing(columns, rows), data)


def _rendered(terminal: Emulator, data: bytes) -> str:
    for text in read_text(data):
        terminal.take(text)
    return screen._join(terminal.finish())


def on_pyte(data: bytes) -> str:
    """What pyte makes of *data*, below the line of the command, as plain text."""
    history = pyte.HistoryScreen(100, 30, history=10_000)
    pyte.ByteStream(history).feed(b"\r\n" + data)
    above = ["".join(row[x].data for x in range(100)) for row in history.history.top]
    lines = [line.rstrip(" ") for line in (*above, *history.display)]
    text = "\n".join(lines[0 if lines[0] else 1 :]).rstrip("\n")
    return f"{text}\n" if text else ""


def plain(text: str) -> str:
    """*text* without colours."""
    return _COLOUR.sub("", text)


def flaws(text: str) -> list[str]:
    """Lines that a screen must not have: with blanks at the end, controls, or colours that stay on."""
    if not text:
        return []
    if not text.endswith("\n") or text.endswith("\n\n") or text == "\n":
        return [text[-20:]]
    lines = text[:-1].split("\n")
    return [line for line in lines if plain(line).endswith(" ") or re.search("[\0-\x1f\x7f-\x9f]", line)] + [
        line for line in lines if "␛" in line and not _LINE.fullmatch(line)
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_screens(case: Case) -> None:
    """Each case of screens.md."""
    size = _SIZE.search(case.title)
    columns, rows = (int(size[1]), int(size[2])) if size else (100, 30)
    case.compare(render_screen(sent(case.input), columns=columns, rows=rows))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_a_stream_may_end_anywhere(case: Case) -> None:
    """Also within a sequence or a character; what comes out is a screen."""
    data = sent(case.input)
    wrong = {end: flaws(render_screen(data[:end], columns=20, rows=6)) for end in range(len(data))}
    assert {end: lines for end, lines in wrong.items() if lines} == {}


@settings(max_examples=300)
@given(st.lists(st.sampled_from(CALM), max_size=60), SIZES)
def test_lines_by_themselves_and_on_a_screen_are_the_same(pieces: list[str], size: tuple[int, int]) -> None:
    """Text that stays within its lines comes out the same by the quick way and on the screen."""
    data = "".join(pieces).encode()
    assert render_screen(data, columns=size[0], rows=size[1]) == on_one_screen(data, *size)


@settings(max_examples=400)
@given(st.lists(st.one_of(st.sampled_from(CALM), st.sampled_from(MOVES)), max_size=80), SIZES)
def test_lines_between_movements_may_take_the_quick_way(pieces: list[str], size: tuple[int, int]) -> None:
    """Wherever they do, and wherever the stream is cut, the screen is the same."""
    data = "".join(pieces).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emulator, "_BATCH", 40)
        patch.setattr(codes, "_CHUNK", 300)
        screen_text = render_screen(data, columns=size[0], rows=size[1])
    assert screen_text == on_one_screen(data, *size)


@settings(max_examples=400)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ("a", "bc", "def", "é", " ", "\r", "\b", "\r\n", "\x1b[31m", "\x1b[m", "\x1b[K", "\x1b[1K")
            ),
            st.sampled_from([f"\x1b[{n}{final}" for final in "ABCDEFGX@PL" for n in (1, 2, 3)]),
            st.sampled_from(
                ("\x1b[2K", "\x1b[J", "\x1b[1J", "\x1b7", "\x1bM", "\x1bD", "\x1b[5;3H", "\x1b[4d", "\x1b[2;9f")
            ),
        ),
        max_size=28,
    )
)
def test_movements_are_those_of_pyte(pieces: list[str]) -> None:
    """Within one screen and its width, pyte with its own parser says the same."""
    data = "".join(pieces)
    screen_text, expected = plain(render_screen(data.encode())), on_pyte(data.encode())
    assert screen_text.lstrip("\n") == expected.lstrip("\n")  # the command's row is one of the blank ones at the top


@settings(max_examples=500)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=6),
            st.sampled_from([piece.encode() for piece in (*CALM, *MOVES)]),
            st.sampled_from(
                (b"\x1b", b"\x1b[", b"\x9b", b"\xc2\x9b", b";", b":", b"999999999", b"?", b"\x1b]", b"\x1bP", b"m")
            ),
        ),
        max_size=40,
    ).map(b"".join)
)
def test_any_bytes_make_a_screen(data: bytes) -> None:
    """Nothing raises; lines have no blanks at their ends, no controls, and close the colours they open."""
    assert flaws(render_screen(data, columns=20, rows=5)) == []


@settings(max_examples=300)
@given(st.lists(st.one_of(st.sampled_from(CALM), st.sampled_from(MOVES)), max_size=60).map("".join))
def test_a_screen_shown_again_is_the_same(data: str) -> None:
    """The plain text of a screen, sent to a terminal, gives that text."""
    text = plain(render_screen(data.encode()))
    assert render_screen(text.encode()) == text
    assert render_screen(text.replace("\n", "\r\n").encode()) == text


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.__name__)
def test_streams_of_known_programs(stream: Callable[[], bytes]) -> None:
    """What they leave behind is what pyte shows; below thousands of lines, above them, and twice."""
    data, lines = stream(), b"one more line\r\n" * 3000
    expected, below = on_pyte(data), "one more line\n" * 3000
    assert plain(render_screen(data)) == expected
    assert plain(render_screen(data)) == plain(on_one_screen(data, 100, 30))
    if b"\x1b[0;29r" not in data:  # at the bottom of the screen a bar stands elsewhere
        assert plain(render_screen(lines + data)) == below + expected
        assert plain(render_screen(data + lines)) == expected + below
        assert plain(render_screen(data + lines + data)) == expected + below + expected


def test_a_bar_below_thousands_of_lines_is_quickly_there() -> None:
    """The screen gets the first and the last rows of what stands above and below, not all of it."""
    lines = b"one more line\r\n" * 100_000
    drawn = 0

    class Counting(Emulator):
        def _draw(self, text: str, start: int, stop: int) -> int:
            nonlocal drawn
            end = super()._draw(text, start, stop)
            drawn += end - start
            return end

    data = lines + docker_pull() + lines
    assert _rendered(Counting(100, 30), data).count("\n") == 200_006
    assert drawn - len(docker_pull()) < len(data) / 200


def test_movements_without_end_stop_counting() -> None:
    """Behind MOST_MOVED characters the text of each frame stays where it comes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emulator, "MOST_MOVED", 50)
        patch.setattr(emulator, "_BATCH", 20)
        frames = "".join(f"\x1b[Hframe {n}\x1b[K\r\n" for n in range(20))
        screen_text = render_screen(frames.encode())
        wide = render_screen(f"{frames}{'x' * 150}\r\x1b[44my\x1b[K\x1b[m\r\nend".encode())
    seen = screen_text.split("\n")[:-1]
    first = int(seen[0].removeprefix("frame "))
    assert first > 0
    assert seen == [f"frame {n}" for n in range(first, 20)]
    assert wide == f"{screen_text}␛[44my␛[0m\nend\n"


def test_a_full_screen_program_is_followed_to_its_end() -> None:
    """However much it draws: what stood on its screen is gone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emulator, "MOST_MOVED", 50)
        patch.setattr(emulator, "_BATCH", 20)
        frames = "".join(f"\x1b[Hframe {n}\x1b[K\n" for n in range(50))
        screen_text = render_screen(f"before\r\n\x1b[?1049h{frames}\x1b[?1049lafter\r\n".encode())
    assert screen_text == "before\nafter\n"


def test_much_text_takes_little_memory() -> None:
    """Lines with colours take a few times their own size, beside what the piece takes that is being rendered."""
    data = b"y\r\n\x1b[31mno\x1b[m\r\n" * 50_000
    tracemalloc.start()
    screen_text = render_screen(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert screen_text == "y\n␛[31mno␛[0m\n" * 50_000
    assert peak < 4 * len(data) + 2_700_000


def test_titles_may_span_pieces() -> None:
    """Text is read in pieces that end with lines; a control string with line feeds in it is not cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codes, "_CHUNK", 8)
        pieces = list(read_text(b"one\r\ntwo\r\nthr\x1b]0;a\nb\nc\x07ee\r\nfour\r\nfive\r\n"))
    assert pieces == ["one\r\ntwo\r\n", "three\r\nfour\r\n", "five\r\n"]


@pytest.mark.parametrize(
    ("start", "unit"),
    [
        (b"", b"\x1b[4;"),
        (b"\x1b[", b"4;"),
        (b"\x1b]0;", b"title \n"),
        (b"\x1b", b"P\x1b"),
        (b"", b"   x"),
        (b"a", b"    "),
        (b"", b"\t"),
        (b"", b"x\x1b[99b"),
        (b"e", "\u0301".encode()),
        (b"e", "\u0301\x1b[m".encode()),
        (b"", b"\x1b[K\x1b[1K"),
        (b"", b"x\x1b[1;30r\x1b[99T\x1b[99L"),
        (b"", b"\x1b[?1049hx\x1b[?1049l"),
        (b"", b"[1]+  Done "),
        (b"\x1b[41m", b"x\x1b[J\r\n"),
    ],
)
def test_hostile_streams_take_linear_time(start: bytes, unit: bytes) -> None:
    """Eight times as much of what programs could send takes about eight times as long."""
    assert growth(lambda size: render_screen(start + unit * size), 1000) < LINEAR


def test_narrow_characters_are_narrow() -> None:
    """The ranges of `is_narrow` hold characters of one column only."""
    chars = [chr(code) for code in range(0xA0, 0x30000) if not 0xD800 <= code < 0xE000]
    assert [char for char in chars if is_narrow(char) and width_of(char) != 1] == []


@given(st.text("0123456789;:", max_size=20), st.text("0123456789;:", max_size=20))
def test_styles_make_themselves(first: str, second: str) -> None:
    """A style is the SGR parameters that make it; a reset makes none."""
    style = next_style(next_style("", first), second)
    assert next_style("", style or "0") == style
    assert next_style(style, "") == ""


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (b"\x1b[6n", b"\x1b[1;1R"),
        (b"\x1b[5n", b"\x1b[0n"),
        (b"\x1b[c\x1b[0c", b"\x1b[?62;22c\x1b[?62;22c"),
        (b"\x1b]11;?\x07", b"\x1b]11;rgb:0000/0000/0000\x07"),
        (b"text \x1b]10;?\x1b\\ text \x1b[6n", b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\\x1b[1;1R"),
        (b"\x1b[6", b""),
        (b"\x1b[?6n\x1b[>c\x1b]11;#000000\x07\x1b]12;?\x07 [6n", b""),
    ],
)
def test_terminals_answer(question: bytes, answer: bytes) -> None:
    """Programs ask where the cursor is, what the terminal is, and for its colours; setting a colour asks nothing."""
    assert answers_to(question) == answer


def test_no_other_emulator_is_used() -> None:
    """The library pyte is an oracle of these tests, and the package does without it."""
    code = (
        "import sys; from quarterdeck.terminal.screen import render_screen as r; "
        "r(b'a\\tb\\r\\n\\x1b[31mc\\rd\\r\\n\\x1b[A\\xe6\\x97\\xa5'); print('pyte' in sys.modules)"
    )
    env = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout == "False\n"
