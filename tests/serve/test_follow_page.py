"""The follow page in a browser: the slide, the terminal and what has been run, on a laptop and on a phone."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from support.browser import watched_page
from support.followers import follow_server, go
from support.live_pages import LivePage
from support.projects import MakeProject
from support.serving import Server, save, serving, visit, wait_for, wrong_in

SCREEN = "(document.querySelector('.xterm-rows')?.innerText.replaceAll('\\u00a0', ' ') ?? '')"
SLIDES = "document.querySelector('iframe').contentWindow"
HEADING = f"{SLIDES}.Reveal?.getCurrentSlide()?.querySelector('h2')?.textContent"
VISIBLE = f"{SLIDES}.document.querySelectorAll('section.present .fragment.visible').length"
SENT = (
    "window.sent = 0; for (const name of ['send']) {"
    " const { send } = WebSocket.prototype;"
    " WebSocket.prototype.send = function (data) { window.sent += 1; return send.call(this, data); } }"
)


@pytest.fixture(scope="module")
def follow_tab(browser: Any, followed: Server) -> Iterator[Any]:
    """One page for all tests of the module."""
    with watched_page(browser, offline=False) as page:
        page.add_init_script(SENT)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        visit(page, followed.page(""))
        wait_for(page, f"document.body.classList.contains('connected') && {SLIDES}.Reveal?.isReady()")
        page.wrong.clear()
        yield page


@pytest.fixture
def tab(follow_tab: Any) -> Iterator[Any]:
    """The page on a laptop; it has sent nothing."""
    follow_tab.set_viewport_size({"width": 1440, "height": 900})
    yield follow_tab
    assert follow_tab.evaluate("window.sent") == 0
    assert wrong_in(follow_tab) == []


def boxes(page: Any) -> list[dict[str, float]]:
    """The rectangles of the slide, the terminal and what has been run."""
    names = (".slides-box", ".terminal-box", ".steps-box")
    return [page.evaluate(f"document.querySelector('{name}').getBoundingClientRect().toJSON()") for name in names]


def test_a_step_appears(tab: Any, presenter: LivePage) -> None:
    """Its output in the terminal; its commands at the top of the list, and in the clipboard after a click."""
    presenter.run("shell-0")
    presenter.run("shell-1")
    wait_for(tab, f"{SCREEN}.includes('loud 2')")
    first = tab.locator(".steps-box li").first
    assert first.locator(".caption").text_content() == "Step 1"
    first.locator(".copy").click()
    wait_for(tab, "document.querySelector('.steps-box .copy.copied')")
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == "for number in 1 2; do\n  echo loud $number\ndone"


def test_a_step_that_is_run_again_moves_to_the_top(tab: Any, presenter: LivePage) -> None:
    """It stands in the list once; a recording is marked."""
    presenter.run("shell-0")
    presenter.run("shell-1")
    presenter.send("recorded", cue=presenter.cue("shell-0"))
    top = "document.querySelector('.steps-box li')"
    wait_for(tab, f"{top}.dataset.step === 'shell-0' && {top}.querySelector('.mark.recorded')")
    wait_for(tab, "document.querySelector('.terminal-box .mark').textContent === 'recorded'")
    names = tab.evaluate("Array.from(document.querySelectorAll('.steps-box li'), (entry) => entry.dataset.step)")
    assert len(names) == len(set(names))


def test_the_slide_follows(tab: Any, presenter: LivePage) -> None:
    """With its fragments; keys and wheels do not move it; a blank screen is blank."""
    go(presenter, 1, fragment=0)
    wait_for(tab, f"{HEADING} === 'Start' && {VISIBLE} === 1")
    tab.frame_locator("iframe").locator("h2").first.click()
    for key in ("ArrowRight", "Space", "Escape", "r", "b"):
        tab.keyboard.press(key)
    assert tab.evaluate(f"[{HEADING}, {VISIBLE}, {SLIDES}.Reveal.isOverview(), {SLIDES}.Reveal.isPaused()]") == [
        "Start",
        1,
        False,
        False,
    ]
    go(presenter, 2, paused=True)
    wait_for(tab, "!document.querySelector('.blank').hidden")
    assert tab.evaluate(HEADING) == "Start"
    go(presenter, 4)
    wait_for(tab, f"{HEADING} === 'Second' && document.querySelector('.blank').hidden")
    text = tab.evaluate(f"{SLIDES}.document.documentElement.outerHTML")
    assert [word for word in ("PRIVATE", "HIDDEN") if word in text] == []


def test_an_edit_keeps_the_place(tab: Any, presenter: LivePage, followed: Server) -> None:
    """The frame does not load again."""
    path = followed.root / "slides" / "talk.md"
    go(presenter, 1, fragment=1)
    wait_for(tab, f"{HEADING} === 'Start' && {VISIBLE} === 2")
    tab.evaluate(f"{SLIDES}.same = true")
    save(path, path.read_text().replace("- a point", "- a better point"))
    wait_for(tab, f"{SLIDES}.document.querySelector('section.present').innerText.includes('better')")
    assert tab.evaluate(f"[{VISIBLE}, {SLIDES}.same]") == [2, True]


def test_keys_in_the_terminal_go_nowhere(tab: Any, presenter: LivePage) -> None:
    """It only shows."""
    presenter.run("shell-0")
    wait_for(tab, f"{SCREEN}.includes('first 42')")
    tab.locator(".terminal-box .xterm-screen").click(position={"x": 30, "y": 8})
    tab.keyboard.type("ls\n")
    assert "ls" not in tab.evaluate(SCREEN)


def test_on_a_laptop_and_on_a_phone(tab: Any, presenter: LivePage) -> None:
    """Side by side, and one below the other; nothing is wider than the screen but what scrolls."""
    presenter.run("shell-2", first=True)
    wait_for(tab, f"{SCREEN}.includes('wide 1 2')")
    slide, terminal, steps = boxes(tab)
    assert (abs(slide["top"] - terminal["top"]) < 2, slide["right"] < terminal["left"]) == (True, True)
    assert steps["top"] > slide["bottom"]
    tab.set_viewport_size({"width": 390, "height": 844})
    wait_for(tab, "document.querySelector('.terminal-box').getBoundingClientRect().width < 390")
    slide, terminal, steps = boxes(tab)
    assert (slide["width"], slide["bottom"] < terminal["top"], terminal["bottom"] < steps["top"]) == (390, True, True)
    assert tab.evaluate("document.documentElement.scrollWidth") == 390
    assert tab.evaluate("parseFloat(getComputedStyle(document.querySelector('.xterm-rows')).fontSize)") >= 9


def free_port() -> int:
    """A port that is free, and so is the next one."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as first:
            port = int(first.getsockname()[1])
            try:
                socket.create_server(("0.0.0.0", port + 1)).close()
            except OSError:
                continue
            return port


@pytest.mark.alone
def test_the_server_starts_again(shared_page: Any, make_project: MakeProject) -> None:
    """The page connects by itself and shows the deck as it is now."""
    root = make_project({"slides/a.yaml": "slides: [a.md]\n", "slides/a.md": "## Before\n"})
    port = str(free_port())
    with serving(root, "a", "--follow", "--port", port) as server:
        visit(shared_page, follow_server(server).page(""))
        wait_for(shared_page, f"document.body.classList.contains('connected') && {SLIDES}.Reveal?.isReady()")
        server.process.send_signal(signal.SIGINT)
        server.process.wait(60)
    wait_for(shared_page, "!document.body.classList.contains('connected')")
    (root / "slides" / "a.yaml").write_text("metadata: {title: Afterwards}\nslides: [a.md]\n")
    with serving(root, "a", "--follow", "--port", port):
        wait_for(shared_page, f"{SLIDES}.document.title === 'Afterwards' && {SLIDES}.Reveal?.isReady()")
        wait_for(shared_page, "document.querySelector('header h1').textContent === 'Afterwards'")
