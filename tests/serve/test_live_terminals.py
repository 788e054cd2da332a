"""Terminals on slides: their size, their look, what can be selected, and how much they take."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from support.live_slides import SCREEN, WORDS, show_slide, wait_ended
from support.serving import Server, wait_for

LONGEST_MS = 100
MOST_MB = 30
"""The most memory that the page and the server may have beyond what they had; less than what was printed."""
VIEW = "Live.terminal.current().terminal"


def run(page: Any, name: str) -> None:
    """Run the step of the slide *name*, if it has not been run."""
    show_slide(page, name)
    if page.evaluate(f"!{WORDS}"):
        page.keyboard.press("r")
    wait_ended(page)


def test_an_editor_after_a_resize(live: Any) -> None:
    """A program that owns the screen fills the terminal, which ends within its slide, before and after."""
    show_slide(live, "vim")
    live.keyboard.press("r")
    wait_for(live, f"document.querySelector('.step-terminal.has-keys') && {SCREEN}.includes('~')")
    box = "document.querySelector('.step-terminal:not([hidden])').getBoundingClientRect()"
    filled = f"{SCREEN}.split('\\n').filter(line => line.trim() === '~').length === {VIEW}.rows - 2"
    numbers = set()
    for width, height in ((1920, 1080), (1280, 960), (640, 360), (480, 300), (1280, 720)):
        live.set_viewport_size({"width": width, "height": height})
        wait_for(live, f"{box}.right < innerWidth && {box}.bottom < innerHeight && {filled}")
        assert live.evaluate(f"{VIEW}.cols") == 100
        numbers.add(live.evaluate(f"{VIEW}.rows"))
    # Rows are whole pixels high: at some scales one more or less fits.
    assert min(numbers) >= 10
    assert len(numbers) > 1
    live.keyboard.type(":q!\n")
    wait_ended(live)


def test_live_output_looks_like_recorded_output(live: Any) -> None:
    """The same text at the same place, in the same font, size and colours."""
    run(live, "text")
    live.evaluate("document.fonts.ready")
    first = (
        "(element => { const range = document.createRange();"
        " const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT).nextNode();"
        " range.setStart(text, 0); range.setEnd(text, 8);"
        " const { left, top, width, height } = range.getBoundingClientRect();"
        " const { fontFamily, color } = getComputedStyle(text.parentElement);"
        " return { left, width, middle: top + height / 2, fontFamily, color }; })"
    )
    recorded = live.evaluate(f"{first}(document.querySelector('section.present .output code'))")
    now = live.evaluate(f"{first}(document.querySelector('.step-terminal:not([hidden]) .xterm-rows > div'))")
    assert (now["fontFamily"], now["color"]) == (recorded["fontFamily"], recorded["color"])
    assert all(abs(now[name] - recorded[name]) < 1.5 for name in ("left", "width", "middle")), (now, recorded)
    colours = "getComputedStyle(document.querySelector('{}')).{}"
    for there, here, kind in (
        (".output .fg", ".xterm-fg-2", "color"),
        (".output .bg", ".xterm-bg-4", "color"),
        (".output .bg", ".xterm-bg-4", "backgroundColor"),
        (".output .bold", ".xterm-bold", "fontWeight"),
    ):
        expected = live.evaluate(colours.format(f"section.present {there}", kind))
        assert live.evaluate(colours.format(f".step-terminal:not([hidden]) {here}", kind)) == expected
    ground = live.evaluate(colours.format("section.present .output", "backgroundColor"))
    assert live.evaluate(colours.format(".step-terminal:not([hidden])", "backgroundColor")) == ground


def test_selecting_text_at_another_scale(live: Any) -> None:
    """What the mouse goes over is what is selected."""
    run(live, "text")
    live.set_viewport_size({"width": 1280, "height": 720})
    row = "document.querySelector('.step-terminal:not([hidden]) .xterm-rows').children[1]"
    wait_for(live, f"{row}.getBoundingClientRect().right < 1280")
    spot = live.evaluate(
        f"(() => {{ const range = document.createRange(); range.setStart({row}.firstChild.firstChild, 0);"
        f" range.setEnd({row}.firstChild.firstChild, 7); const {{ left, right, top, bottom }} ="
        " range.getBoundingClientRect(); return [left, right, (top + bottom) / 2]; })()"
    )
    live.mouse.move(spot[0] + 1, spot[2])
    live.mouse.down()
    live.mouse.move(spot[1], spot[2], steps=5)
    live.mouse.up()
    assert live.evaluate(f"{VIEW}.getSelection()") == "another"


def test_what_a_program_must_not_do(live: Any) -> None:
    """Titles, links, the clipboard and questions are ignored: nothing is sent back, and no link is made."""
    title = live.evaluate("document.title")
    show_slide(live, "hostile")
    run(live, "hostile")
    # As if the server had let it through.
    live.evaluate(
        f"new Promise(done => {VIEW}.write('\\x1b]0;t\\x07\\x1b]8;;http://127.0.0.1:9\\x07li' + 'nk\\x1b]8;;\\x07"
        "\\x1b]52;c;eA==\\x07\\x1b[c\\x1b[6n\\x1b]11;?\\x07\\x1b]11;#fff\\x07', done))"
    )
    assert live.evaluate("document.title") == title
    assert "link" in live.evaluate(SCREEN)
    assert live.locator(".step-terminal .xterm-underline-5, .step-terminal a").count() == 0
    assert live.evaluate(f"{VIEW}.options.allowProposedApi") is False


def test_megabytes_of_output(live: Any, browser: Any, live_server: Server, tmp_path: Path) -> None:
    """The page answers all the time, and neither it nor the server keeps what was printed."""
    show_slide(live, "flood")
    before = heap_of(live), memory_of(live_server)
    browser.start_tracing(page=live, path=tmp_path / "trace.json", categories=["toplevel", "devtools.timeline"])
    live.keyboard.press("r")
    wait_for(live, f"{SCREEN}.includes('xxxxx')")
    wait_ended(live)
    browser.stop_tracing()
    grown = heap_of(live) - before[0], memory_of(live_server) - before[1]
    assert max(grown) < MOST_MB, grown
    assert longest_task_ms(tmp_path / "trace.json") <= LONGEST_MS


def heap_of(page: Any) -> float:
    """The megabytes of objects that scripts of the page use."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    used: float = session.send("Runtime.getHeapUsage")["usedSize"]
    session.detach()
    return used / 2**20


def memory_of(server: Server) -> int:
    """The memory of the server's process in megabytes."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    match = re.search(r"VmRSS:\s+(\d+)", status)
    assert match is not None
    return int(match[1]) >> 10


def longest_task_ms(trace: Path) -> float:
    """The longest task of a page's main thread, in milliseconds of its own work: other processes do not count."""
    events = json.loads(trace.read_text())["traceEvents"]
    main = {
        (e["pid"], e["tid"]) for e in events if e["name"] == "thread_name" and e["args"]["name"] == "CrRendererMain"
    }
    tasks = [e for e in events if e["name"].endswith("RunTask") and (e["pid"], e["tid"]) in main and "tdur" in e]
    assert len(tasks) > 100
    return max(e["tdur"] for e in tasks) / 1000
