"""Who has the keys while a program runs on a slide: it, the deck, and never a script."""

from __future__ import annotations

from typing import Any

import pytest

from support.live_slides import HAS_KEYS, SCREEN, WORDS, asked_for, sent_by, show_slide, wait_ended
from support.serving import wait_for

CURRENT = "Reveal.getCurrentSlide().id"


@pytest.fixture
def shell(live: Any) -> Any:
    """A page with a shell in a container, which has the keys and an empty screen."""
    show_slide(live, "box")
    if live.evaluate(f"Boolean({WORDS})"):
        live.locator("section.present .control.run").click()
    else:
        live.keyboard.press("r")
    wait_for(live, HAS_KEYS)
    wait_for(live, f"{SCREEN}.trimEnd().endsWith('#')")
    live.keyboard.press("Control+l")
    wait_for(live, f"{SCREEN}.trim() === '/ #'")
    return live


def type_line(page: Any, text: str) -> None:
    """Type *text* and Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_a_shell_in_a_container(shell: Any) -> None:
    """It gets the keys by itself, and what is typed; the frame says so. Its terminal has the size that it shows."""
    type_line(shell, "echo $((6 * 7))th; stty size; cat /etc/../etc/hostname")
    wait_for(shell, f"{SCREEN}.includes('42th')")
    size = shell.evaluate("[Live.terminal.current().terminal.rows, Live.terminal.current().terminal.cols].join(' ')")
    wait_for(shell, f"{SCREEN}.includes('{size}')")
    assert shell.evaluate(WORDS) == "Ctrl-] leaves"
    # The page's own size: another scale has other rows.
    shell.set_viewport_size({"width": 1280, "height": 900})
    wait_for(shell, "document.querySelector('.step-terminal').getBoundingClientRect().right < 1280")
    type_line(shell, "stty size")
    size = shell.evaluate("[Live.terminal.current().terminal.rows, Live.terminal.current().terminal.cols].join(' ')")
    wait_for(shell, f"{SCREEN}.trimEnd().split('\\n').slice(-2)[0].trim() === '{size}'")


def test_keys_of_a_clicker(shell: Any) -> None:
    """Next and previous move the deck; on its slide the program has the keys again. A dot blanks, F5 does no harm."""
    sent_by(shell)
    shell.evaluate("window.sameDocument = true")
    shell.keyboard.press("PageDown")
    wait_for(shell, f"{CURRENT} === 'vim' && !{HAS_KEYS}")
    shell.keyboard.press("PageUp")
    wait_for(shell, f"{CURRENT} === 'box' && {HAS_KEYS}")
    shell.keyboard.press(".")
    wait_for(shell, f"Reveal.isPaused() && !{HAS_KEYS}")
    shell.keyboard.press(".")
    wait_for(shell, f"!Reveal.isPaused() && {HAS_KEYS}")
    shell.keyboard.press("F5")
    assert asked_for(shell) == []
    assert shell.evaluate("window.sameDocument === true")
    shell.evaluate("document.fullscreenElement && document.exitFullscreen()")


def test_a_dot_in_a_word_is_typed(shell: Any) -> None:
    """A dot that follows another character is part of what somebody types."""
    type_line(shell, "echo a.b.c | tr a-c x")
    wait_for(shell, f"{SCREEN}.includes('x.x.x')")
    assert not shell.evaluate("Reveal.isPaused()")


def test_escape_reaches_the_program(shell: Any) -> None:
    """The deck does not take it."""
    type_line(shell, "cat -v")
    shell.keyboard.press("Escape")
    shell.keyboard.press("Enter")
    wait_for(shell, f"{SCREEN}.includes('^[')")
    assert not shell.evaluate("Reveal.isOverview()")
    shell.keyboard.press("Control+c")


def test_the_chord(shell: Any) -> None:
    """Ctrl-] gives the keys to the deck and back; twice, the program gets it."""
    shell.keyboard.press("Control+]")
    wait_for(shell, f"!{HAS_KEYS} && {WORDS} === 'running'")
    shell.keyboard.press("ArrowRight")
    wait_for(shell, f"{CURRENT} === 'vim'")
    shell.keyboard.press("ArrowLeft")
    wait_for(shell, f"{CURRENT} === 'box'")
    assert not shell.evaluate(f"Boolean({HAS_KEYS})")
    shell.keyboard.press("Control+]")
    wait_for(shell, HAS_KEYS)
    type_line(shell, "cat -v")
    sent_by(shell)
    shell.keyboard.press("Control+]")
    shell.keyboard.press("Control+]")
    wait_for(shell, f"{HAS_KEYS} && window.sent.includes('\\x1d')")
    shell.keyboard.press("Enter")
    wait_for(shell, f"{SCREEN}.includes('^]')")
    shell.keyboard.press("Control+c")


def test_a_click_outside_leaves(shell: Any) -> None:
    """The deck has the keys then; a click into the terminal gives them back."""
    shell.locator("section.present h2").click()
    wait_for(shell, f"!{HAS_KEYS}")
    sent_by(shell)
    shell.keyboard.press("b")
    wait_for(shell, "Reveal.isPaused()")
    shell.keyboard.press("b")
    wait_for(shell, "!Reveal.isPaused()")
    assert asked_for(shell) == []
    shell.locator(".step-terminal:not([hidden]) .xterm-screen").click()
    wait_for(shell, HAS_KEYS)


def test_a_page_with_a_running_step_asks_before_it_goes(shell: Any) -> None:
    """The browser asks; without a running step it does not."""
    asked: list[str] = []

    def refuse(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    shell.once("dialog", refuse)
    shell.evaluate("setTimeout(() => { location.href = 'about:blank' })")
    wait_for(shell, f"{HAS_KEYS} || {WORDS}")
    shell.wait_for_timeout(200)
    assert asked == ["beforeunload"]
    type_line(shell, "exit")
    wait_ended(shell)
    shell.evaluate("window.refused = !dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    assert not shell.evaluate("window.refused")


def test_untrusted_events_run_nothing(live: Any) -> None:
    """Neither keys nor clicks of scripts, nor reveal.js's interface for other windows."""
    show_slide(live, "slow")
    sent_by(live)
    live.evaluate(
        "() => { const init = { key: 'r', code: 'KeyR', keyCode: 82, which: 82, bubbles: true, cancelable: true };"
        " document.dispatchEvent(new KeyboardEvent('keydown', init));"
        " const button = document.querySelector('section.present .control.run');"
        " button.click(); button.dispatchEvent(new MouseEvent('click', { bubbles: true }));"
        " postMessage(JSON.stringify({ method: 'triggerKey', args: [82] }), location.origin); }"
    )
    # Messages are handled in order: after this one, the one before has been.
    live.evaluate("postMessage(JSON.stringify({ method: 'togglePause', args: [true] }), location.origin)")
    wait_for(live, "Reveal.isPaused()")
    live.evaluate("Reveal.togglePause(false)")
    assert asked_for(live) == []


def test_untrusted_keys_are_not_typed(shell: Any) -> None:
    """The terminal takes what a person types, and nothing that a script makes."""
    sent_by(shell)
    shell.evaluate(
        "() => { const area = document.activeElement;"
        " const init = { key: 'x', code: 'KeyX', keyCode: 88, which: 88, charCode: 120, bubbles: true };"
        " for (const name of ['keydown', 'keypress', 'keyup']) area.dispatchEvent(new KeyboardEvent(name, init));"
        " area.dispatchEvent(new InputEvent('input', { data: 'x', inputType: 'insertText', bubbles: true }));"
        " const data = new DataTransfer(); data.setData('text/plain', 'x');"
        " area.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true })); }"
    )
    type_line(shell, "echo typed")
    wait_for(shell, f"{SCREEN}.includes('/ # echo typed\\ntyped')")
    assert "x" not in "".join(asked_for(shell))


def test_a_step_that_asks_for_nothing_leaves_the_keys(live: Any) -> None:
    """The deck keeps them; afterwards keys in a terminal that was clicked go to the deck."""
    show_slide(live, "text")
    live.keyboard.press("r")
    wait_ended(live)
    assert live.evaluate("document.activeElement === document.body")
    live.locator(".step-terminal:not([hidden]) .xterm-screen").click()
    live.keyboard.press("PageDown")
    wait_for(live, f"{CURRENT} === 'flood'")
