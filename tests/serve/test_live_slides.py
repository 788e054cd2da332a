"""Steps that run on their slides: a real server, a real engine, a real browser."""

from __future__ import annotations

from typing import Any

from support.live_slides import (
    DEMOS,
    SCREEN,
    WORDS,
    asked_for,
    sent_by,
    show_slide,
    start_step,
    wait_ended,
    wait_idle,
)
from support.serving import Server, open_served, save, wait_for, wrong_in

TOLD = "(document.querySelector('#quarterdeck-problems')?.shadowRoot.textContent ?? '')"
PANEL = "document.querySelector('.step-panel')"


def test_a_step_asked_for_before_its_stage_is_ready(live: Any) -> None:
    """It waits, and says so; then it runs. The block's button does the same as the key R."""
    show_slide(live, "early")
    live.evaluate(
        f"() => {{ window.seen = []; new MutationObserver(() => window.seen.push({WORDS}))"
        ".observe(document.querySelector('section.present'), { childList: true, subtree: true, attributes: true }) }"
    )
    button = live.locator("section.present .control.run")
    assert button.get_attribute("aria-label") == "Run this step"
    button.click()
    assert wait_ended(live).startswith("not recorded, ")
    assert "it is early" in live.evaluate(SCREEN)
    assert "waiting for the stage" in live.evaluate("window.seen")
    assert live.evaluate("document.activeElement === document.body")


def test_the_key_r(live: Any) -> None:
    """It runs the slide's next step, and the registry's answer is on the slide; then there is none left."""
    show_slide(live, "registry")
    sent_by(live)
    live.keyboard.press("r")
    wait_ended(live)
    screen = live.evaluate(SCREEN)
    assert ("HTTP/1.1 200 OK" in screen, '{"repositories":[]}' in screen) == (True, True)
    live.keyboard.press("r")
    wait_for(live, f"{TOLD}.includes('All steps of this slide have been run.')")
    show_slide(live, "none")
    live.keyboard.press("r")
    wait_for(live, f"{TOLD}.includes('This slide has no steps.')")
    assert len(asked_for(live)) == 1


def test_steps_before_it_are_offered_first(live: Any) -> None:
    """Esc dismisses the offer, R takes it; what they have set is there."""
    show_slide(live, "order")
    third = live.locator("section.present .control.run").nth(2)
    sent_by(live)
    third.click()
    wait_for(live, PANEL)
    assert live.evaluate(f"{PANEL}.querySelector('.words').textContent") == "order-0, order-1 have not run"
    live.keyboard.press("Escape")
    assert live.evaluate(f"!{PANEL} && !Reveal.isOverview()")
    third.click()
    wait_for(live, PANEL)
    live.keyboard.press("r")
    wait_for(live, f"{SCREEN}.includes('X is kept')")
    wait_idle(live)
    assert [text.count('"first":true') for text in asked_for(live)] == [0, 0, 1]


def test_what_differs_is_text(live: Any) -> None:
    """The verdict in words opens the lines that differ from the recording; Esc closes them."""
    show_slide(live, "drift")
    line = "document.querySelector('section.present .step-line').getBoundingClientRect()"
    mark = "document.querySelector('section.present .mark').getBoundingClientRect()"
    middle = live.evaluate(f"{mark}.top + {mark}.height / 2")
    live.keyboard.press("r")
    assert wait_ended(live) == "2 lines differ"
    assert abs(live.evaluate(f"{line}.top + {line}.height / 2") - middle) < 4
    live.locator("section.present .step-line .words").click()
    lines = live.evaluate(f"{PANEL}.querySelector('pre').textContent").split("\n")
    assert ("- <img src=x onerror=alert(1)>" in lines, "+ two" in lines) == (True, True)
    assert live.evaluate(f"{PANEL}.querySelectorAll('img').length") == 0
    live.keyboard.press("Escape")
    assert live.evaluate(f"!{PANEL} && !Reveal.isOverview()")


def test_recorded_output_in_the_same_terminal(live: Any) -> None:
    """It is marked as recorded, and has the size and the place of what it replaces."""
    show_slide(live, "drift")
    if live.evaluate(f"!{WORDS}"):
        live.keyboard.press("r")
        wait_ended(live)
    box = "JSON.stringify(document.querySelector('.step-terminal:not([hidden])').getBoundingClientRect())"
    before = live.evaluate(box)
    live.locator("section.present .control.recorded").click()
    wait_for(live, f"{SCREEN}.includes('onerror') && {WORDS} === 'recorded'")
    wait_for(live, "document.querySelector('section.present .control.run:enabled')")
    assert live.evaluate("document.querySelector('section.present .step-line').classList.contains('recorded')")
    assert live.evaluate(box) == before


def test_stop(live: Any) -> None:
    """It is Ctrl-C: the step ends, and the page says how."""
    show_slide(live, "slow")
    start_step(live, "begun")
    live.locator("section.present .control.stop").click()
    assert wait_ended(live).startswith("FAILED exit status 130")
    assert live.evaluate("document.querySelector('section.present .step-line').classList.contains('failed')")


def test_again_back_and_reset(live: Any) -> None:
    """Again runs from the state that the step found; back removes its terminal; a reset needs a second press."""
    show_slide(live, "undo")
    live.keyboard.press("r")
    wait_ended(live)
    sent_by(live)
    live.locator("section.present .control.again").click()
    wait_for(live, "window.sent.some(text => text.includes('taken'))")
    wait_ended(live)
    assert live.evaluate(SCREEN).split() == ["once"]
    live.locator("section.present .control.reset").click()
    wait_for(live, f"{WORDS} === 'press again for a fresh stage'")
    assert [text for text in asked_for(live) if "reset" in text] == []
    live.locator("section.present .control.back").click()
    wait_for(live, f"!{WORDS} && !document.querySelector('.step-terminal:not([hidden])')")
    live.keyboard.press("r")
    wait_ended(live)
    live.locator("section.present .control.reset").click()
    live.locator("section.present .control.reset").click()
    wait_for(live, f"!{WORDS} && !document.querySelector('.step-terminal:not([hidden])')")
    assert '"action":"reset"' in asked_for(live)[-1]


def test_the_terminal_survives_an_edit_of_its_slide(live: Any, live_server: Server) -> None:
    """It stays over its block, which moves; it is hidden on other slides and in the overview, and there again."""
    source = live_server.root / "slides" / "live.md"
    text = source.read_text()
    show_slide(live, "slow")
    start_step(live, "begun")
    over = (
        "(() => { const box = document.querySelector('.step-terminal:not([hidden])')?.getBoundingClientRect();"
        " const commands = document.querySelector('section.present .commands').getBoundingClientRect();"
        " const close = (one, other) => Math.abs(one - other) < 1.5;"
        " return Boolean(box && close(box.top, commands.bottom) && close(box.left, commands.left)); })()"
    )
    assert live.evaluate(over)
    before = live.evaluate("document.querySelector('.step-terminal:not([hidden])').getBoundingClientRect().top")
    save(source, text.replace("## slow\n", "## slow\n\nA paragraph above\n"))
    wait_for(live, "document.querySelector('section.present').textContent.includes('A paragraph above')")
    wait_for(live, over)
    assert live.evaluate("document.querySelector('.step-terminal:not([hidden])').getBoundingClientRect().top") > before
    assert "begun" in live.evaluate(SCREEN)
    wait_for(live, f"{WORDS} === 'running'")
    show_slide(live, "none")
    wait_for(live, "!document.querySelector('.step-terminal:not([hidden])')")
    show_slide(live, "slow")
    wait_for(live, over)
    live.evaluate("Reveal.toggleOverview(true)")
    wait_for(live, "!document.querySelector('.step-terminal:not([hidden])')")
    live.evaluate("Reveal.toggleOverview(false)")
    wait_for(live, over)
    live.locator("section.present .control.stop").click()
    wait_ended(live)
    save(source, text)
    wait_for(live, "!document.querySelector('section.present').textContent.includes('A paragraph above')")
    wait_for(live, over)


def test_pages_that_come_late(live: Any, live_server: Server) -> None:
    """They show the terminal; a receiver has no buttons and sends nothing but what it has shown."""
    show_slide(live, "text")
    live.keyboard.press("r")
    wait_ended(live)
    address = live.evaluate("location.hash")
    other = live.context.new_page()
    other.wrong = []
    try:
        other.add_init_script(
            "window.sent = []; const { send } = WebSocket.prototype;"
            " WebSocket.prototype.send = function (data) { window.sent.push(data); return send.call(this, data); };"
        )
        open_served(other, live_server, "live.html")
        other.evaluate(f"location.hash = {address!r}")
        wait_for(other, f"{SCREEN}.includes('another line')")
        other.goto(f"{live_server.address}/live.html?receiver{address}")
        wait_for(other, f"{SCREEN}.includes('another line')")
        other.keyboard.press("r")
        other.locator(".step-terminal:not([hidden]) .xterm-screen").click()
        other.keyboard.press("r")
        assert other.locator(".control.run").count() == 0
        kinds = other.evaluate("window.sent.map(text => JSON.parse(text).kind)")
        assert set(kinds) == {"hello", "taken"}
        assert wrong_in(other) == []
    finally:
        other.close()


def test_nothing_of_it_without_live(shared_page: Any, live_server: Server, tmp_path_factory: Any) -> None:
    """A deck that is built, and one that is served without `--live`, have no part of it."""
    from support.serving import serving

    assert "step-terminal" in live_server.fetch("_live/client.js")
    root = tmp_path_factory.mktemp("plain") / "project"
    (root / "slides").mkdir(parents=True)
    (root / "slides" / "talk.yaml").write_text("slides: [talk.md]\n")
    (root / "slides" / "talk.md").write_text("## One\n")
    with serving(root) as server:
        assert "step-terminal" not in server.fetch("_live/client.js")
        assert "steps.css" not in server.fetch("talk.html")
        open_served(shared_page, server, "talk.html")
        assert shared_page.evaluate("Live.steps === undefined")
        assert wrong_in(shared_page) == []
    assert len(DEMOS) > 1
