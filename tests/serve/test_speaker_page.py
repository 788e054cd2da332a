"""The speaker page beside a presenter's page, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from support.browser import watched_page
from support.live_slides import SCREEN, show_slide, wait_idle
from support.serving import Server, save, visit, wait_for, wrong_in

NOW = "document.getElementById('now').contentWindow"


def text(identifier: str) -> str:
    """The text of an element, as an expression in the page."""
    return f"document.getElementById('{identifier}').textContent"


def slide_in(frame: str) -> str:
    """The id of the slide in a frame, as an expression in the page."""
    return f"document.getElementById('{frame}').contentWindow.Reveal?.getCurrentSlide()?.id"


def open_speaker(page: Any, server: Server) -> None:
    """Open the speaker page of the live deck, and wait until it follows the presenter's page."""
    visit(page, server.page("live/speaker"))
    wait_for(page, f"!location.search && {text('position')} && {NOW}.Live?.isCurrent")


@pytest.fixture(scope="module")
def speaker_tab(browser: Any, live_tab: Any, live_server: Server) -> Iterator[Any]:
    """The speaker page for all tests of the module; on a phone."""
    del live_tab
    with watched_page(browser, offline=False) as page:
        page.set_viewport_size({"width": 390, "height": 844})
        open_speaker(page, live_server)
        yield page
        assert wrong_in(page) == []


def test_it_follows_and_moves_the_presenters_page(live: Any, speaker_tab: Any) -> None:
    """Slide, fragment and a blank screen; buttons and keys go the other way."""
    show_slide(live, "none")
    wait_for(speaker_tab, f"{slide_in('now')} === 'none'")
    assert speaker_tab.evaluate(text("position")) == "13 / 13"
    speaker_tab.click("#following")
    wait_for(live, "document.querySelector('#none .fragment').classList.contains('visible')")
    wait_for(speaker_tab, f"{NOW}.document.querySelector('#none .fragment').classList.contains('visible')")
    speaker_tab.click("#blank")
    wait_for(live, "Reveal.isPaused()")
    wait_for(speaker_tab, f"{NOW}.Reveal.isPaused()")
    speaker_tab.keyboard.press("b")
    wait_for(live, "!Reveal.isPaused()")
    speaker_tab.click("#previous")
    speaker_tab.click("#previous")
    wait_for(live, "Reveal.getCurrentSlide().id === 'hostile'")
    wait_for(speaker_tab, f"{slide_in('now')} === 'hostile'")


def test_it_runs_the_step_of_the_slide(live: Any, speaker_tab: Any) -> None:
    """What comes is shown before; then the verdict and what differs. On a slide without steps nothing is run."""
    show_slide(live, "none")
    wait_for(speaker_tab, "document.getElementById('run').disabled")
    show_slide(live, "drift")
    wait_for(speaker_tab, f"{text('step-name')} === 'drift-0' && !document.getElementById('run').disabled")
    assert speaker_tab.evaluate(text("commands")) == "printf 'one\\ntwo\\nthree\\n'"
    assert speaker_tab.evaluate(text("expected")) == "one\n<img src=x onerror=alert(1)>\nthree"
    speaker_tab.click("#run")
    wait_for(speaker_tab, f"{text('verdict')}.startsWith('drift-0: ')")
    assert speaker_tab.evaluate(text("verdict")) == "drift-0: 2 lines differ"
    assert "+ two" in speaker_tab.evaluate(text("evidence"))
    wait_for(live, f"{SCREEN}.includes('two')")
    wait_for(speaker_tab, f"{NOW}.document.querySelector('.step-terminal .xterm-rows')?.innerText.includes('two')")
    speaker_tab.click("#back")
    wait_for(speaker_tab, "document.getElementById('last').hidden")
    wait_idle(live)


def test_steps_before_it_are_offered(live: Any, speaker_tab: Any) -> None:
    """On the page that has asked."""
    show_slide(live, "order")
    live.locator("section.present .control.run").nth(0).click()
    wait_idle(live)
    wait_for(speaker_tab, f"{text('step-name')} === 'order-1'")
    live.evaluate("Live.send({ kind: 'do', action: 'reset' })")
    wait_for(speaker_tab, f"{text('step-name')} === 'order-0'")
    speaker_tab.click("#skip")
    wait_for(speaker_tab, "document.getElementById('last').hidden")


def test_reloads_of_any_side(live: Any, speaker_tab: Any) -> None:
    """Each page is where it was, and both go on together."""
    show_slide(live, "early")
    wait_for(speaker_tab, f"{slide_in('now')} === 'early'")
    speaker_tab.reload()
    wait_for(speaker_tab, f"{slide_in('now')} === 'early'")
    live.reload()
    wait_for(live, "window.Live?.isCurrent && Reveal.isReady()")
    speaker_tab.click("#following")
    wait_for(live, "Reveal.getCurrentSlide().id === 'order'")
    wait_for(speaker_tab, f"{slide_in('now')} === 'order'")


def test_notes_are_those_of_the_slide(live: Any, speaker_tab: Any, live_server: Server) -> None:
    """As the deck has them; an edit of them, and of the slide, is seen at once."""
    source = live_server.root / "slides" / "live.md"
    before = source.read_text()
    show_slide(live, "text")
    wait_for(speaker_tab, f"{slide_in('now')} === 'text' && {text('notes')} === ''")
    block = "<!-- include: text-0.command -->\n"
    save(source, before.replace(block, f"{block}\nNew words\n\nNote:\nMention **this**.\n"))
    wait_for(speaker_tab, f"{NOW}.Reveal.getCurrentSlide().textContent.includes('New words')")
    wait_for(speaker_tab, "document.querySelector('#notes strong')?.textContent === 'this'")
    save(source, before)
    wait_for(speaker_tab, f"{text('notes')} === ''")


def test_the_clock_runs_and_begins_again(speaker_tab: Any) -> None:
    """The time since the deck was opened."""
    wait_for(speaker_tab, f"!{text('elapsed')}.startsWith('0:00') && {text('elapsed')}")
    speaker_tab.click("#restart")
    wait_for(speaker_tab, f"{text('elapsed')} === '0:00'")
    wait_for(speaker_tab, f"{text('elapsed')} === '0:02'")


def test_only_a_person_runs_steps(live: Any, speaker_tab: Any) -> None:
    """Clicks and keys that a script makes do nothing."""
    show_slide(live, "early")
    wait_for(speaker_tab, "!document.getElementById('run').disabled")
    speaker_tab.evaluate(
        "() => { window.sent = []; const { send } = WebSocket.prototype;"
        " WebSocket.prototype.send = function (data) { window.sent.push(data); return send.call(this, data); };"
        " document.getElementById('run').click(); document.getElementById('blank').click();"
        " dispatchEvent(new KeyboardEvent('keydown', { key: 'r', bubbles: true })); }"
    )
    assert speaker_tab.evaluate("window.sent") == []


def test_what_is_asked_for_without_a_connection(live: Any, speaker_tab: Any) -> None:
    """Is done when it is there again: Chromium ends connections when a network of the machine changes."""
    show_slide(live, "undo")
    wait_for(speaker_tab, f"{text('step-name')} === 'undo-0' && !document.getElementById('run').disabled")
    speaker_tab.evaluate(
        "() => { const { send } = WebSocket.prototype;"
        " WebSocket.prototype.send = function (data) { window.socket = this; return send.call(this, data); }; }"
    )
    speaker_tab.click("#restart")
    speaker_tab.evaluate("window.socket.close()")
    speaker_tab.click("#run")
    wait_for(speaker_tab, f"{text('verdict')}.startsWith('undo-0: ')")
