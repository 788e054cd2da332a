"""Code coloured in a second process."""

from __future__ import annotations

import os
import signal
import threading

from markdown_it import MarkdownIt

from quarterdeck.deck.ahead import start_colouring
from quarterdeck.deck.fences import map_fences
from quarterdeck.deck.highlight import highlight_lines
from quarterdeck.deck.markdown import find_code

CODES = [(f"key{number}: [1, 'é']\n", "yaml") for number in range(20)]


def test_result_is_the_same() -> None:
    """Lines coloured ahead are those that would be coloured here."""
    highlight_lines.cache_clear()
    expected = [highlight_lines(*code) for code in CODES]
    highlight_lines.cache_clear()
    ahead = start_colouring(CODES)
    assert ahead is not None
    ahead.collect()
    assert [highlight_lines(*code) for code in CODES] == expected


def test_process_that_dies_changes_nothing() -> None:
    """Where no results come back the code is coloured here, and no process is left behind."""
    highlight_lines.cache_clear()
    expected = [highlight_lines(*code) for code in CODES]
    highlight_lines.cache_clear()
    ahead = start_colouring(CODES)
    assert ahead is not None
    os.kill(ahead.pid, signal.SIGKILL)
    ahead.collect()
    assert [highlight_lines(*code) for code in CODES] == expected


def test_no_process_for_little_code_or_beside_threads() -> None:
    """A few pieces are not worth a process, and a process with threads is not forked."""
    assert start_colouring(CODES[:3] * 10) is None
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert start_colouring(CODES) is None
    finally:
        done.set()
        thread.join()


def test_code_is_found_as_markdown_reads_it() -> None:
    """The code of fences in column 0, and its language, is what the Markdown parser finds there."""
    text = (
        "```yaml [1|2]\na: 1\n```\n\n~~~~ sh\n~~~\n  b\n\n~~~~\n\n- ```\n  c\n  ```\n\n```\n```\n\n```js{1}\nd\n`````\n"
    )
    lines = text.split("\n")
    tokens = [token for token in MarkdownIt().parse(text) if token.type == "fence"]
    assert [code for code, _ in find_code(lines, map_fences(lines))] == [
        token.content for token in tokens if token.level == 0
    ]
    assert [lang for _, lang in find_code(lines, map_fences(lines))] == ["yaml", "sh", "", "js{1}"]
