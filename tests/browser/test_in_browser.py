"""What `.slide:` comments, links between slides and code written as HTML do in a built deck, in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from support.browser import open_deck
from support.building import build

SOURCE = """\
<!-- .slide: id="one" data-background-color="#102030" data-transition="zoom" -->

## One

[two](#/two) [third](#/2/1) [by number](#/3)

---

## Two

--

<!-- .slide: data-visibility="hidden" -->

## Hidden

--

<!-- .slide: data-visibility="uncounted" -->

## Uncounted

---

<!-- .slide: data-background-image="p.svg" data-background-size="contain" data-background-opacity="0.5" -->

## Pictures

---

<!-- .slide: data-auto-animate -->

## Moves

<p data-id="a" style="margin-left: 0">x</p>

---

<!-- .slide: data-auto-animate data-state="moved" -->

## Moves

<p data-id="a" style="margin-left: 500px">x</p>

<aside class="notes" data-markdown>*for the speaker*</aside>

---

<!-- .slide: data-background-gradient="linear-gradient(red, blue)" data-notes="said aloud" -->

## Code

<pre><code class="bash" data-trim data-line-numbers="1|2">
    echo 1
      echo <b>2</b>
</code></pre>

<pre><code class="js" data-trim><script type="text/template">
  a < b && "<i>c</i>"
</script></code></pre>

<pre><code data-noescape>a <mark>b</mark></code></pre>
"""


@pytest.fixture(scope="module")
def page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The deck, opened from its file."""
    root = tmp_path_factory.mktemp("talk")
    (root / "slides").mkdir()
    (root / "slides" / "talk.yaml").write_text("slides: [a.md]\nreveal: {slideNumber: c/t, transitionSpeed: fast}\n")
    (root / "slides" / "a.md").write_text(SOURCE)
    (root / "slides" / "p.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
    build(load_project(root), (), problems=Problems())
    page = browser.new_page()
    open_deck(page, (root / "site" / "talk.html").as_uri())
    yield page
    page.close()


@pytest.fixture
def go(page: Any) -> Callable[[str], Any]:
    """Goes to an address in the deck, and gives what an expression of JavaScript says there."""

    def go(address: str, expression: str) -> Any:
        page.evaluate("address => { location.hash = address }", address)
        page.wait_for_function("address => `#/${Reveal.getCurrentSlide().id}` === address", arg=address)
        return page.evaluate(expression)

    return go


def test_backgrounds_are_drawn(go: Callable[..., Any]) -> None:
    """Colour, picture with size and opacity, gradient: reveal.js draws each behind its slide."""
    slide = "Reveal.getCurrentSlide()"
    picture = f"{slide}.slideBackgroundContentElement.style"
    assert go("#/one", f"{slide}.slideBackgroundElement.style.backgroundColor") == "rgb(16, 32, 48)"
    assert "assets/p." in go("#/pictures", f"{picture}.backgroundImage")
    assert go("#/pictures", f"[{picture}.backgroundSize, {picture}.opacity]") == ["contain", "0.5"]
    assert "linear-gradient(red, blue)" in go("#/code", f"{slide}.slideBackgroundElement.outerHTML")


def test_hidden_slides_are_not_there_and_uncounted_ones_do_not_count(go: Callable[..., Any], page: Any) -> None:
    """reveal.js removes the first kind when it starts; the second is shown, and the next one has no later number."""
    assert page.evaluate("document.body.innerHTML.includes('Hidden')") is False
    assert page.evaluate("Reveal.getTotalSlides()") == 7
    counts = [go(f"#/{name}", "Reveal.getSlidePastCount()") for name in ("two", "uncounted", "pictures")]
    assert counts == [2, 3, 3]


@pytest.mark.parametrize(("link", "heading"), [("two", "Two"), ("third", "Uncounted"), ("by number", "Pictures")])
def test_links_lead_to_slides(go: Callable[..., Any], page: Any, link: str, heading: str) -> None:
    """By id, by stack and slide, and by stack: the title slide is stack 0, and what is hidden has no number."""
    go("#/one", "0")
    page.click(f"section.present a:text('{link}')")
    page.wait_for_function("!location.hash.startsWith('#/one')")
    assert page.evaluate("Reveal.getCurrentSlide().querySelector('h2').innerText") == heading


def test_slides_move_and_have_states(go: Callable[..., Any], page: Any) -> None:
    """Auto-animate pairs the elements of two slides; a state is a class of the page while its slide is shown."""
    go("#/moves", "0")
    page.evaluate("Reveal.on('autoanimate', event => { window.pairs = event.sheet.textContent.length > 0 })")
    page.evaluate("Reveal.next()")
    page.wait_for_function("window.pairs === true")
    assert page.evaluate("document.querySelector('.moved') !== null")
    assert page.evaluate("Reveal.getSlideNotes()") == "*for the speaker*"


def test_code_written_as_html_is_finished(go: Callable[..., Any], page: Any) -> None:
    """Trimmed, its tags as text unless it says otherwise, from templates, coloured, lit line by line."""
    codes = go("#/code", "Array.from(Reveal.getCurrentSlide().querySelectorAll('pre code'), code => code.textContent)")
    assert codes == ["echo 1\n  echo <b>2</b>", 'a < b && "<i>c</i>"', "a b"]
    parts = "Array.from(Reveal.getCurrentSlide().querySelectorAll('{}'), one => one.textContent)"
    assert page.evaluate(parts.format("code.bash .nb")) == ["echo", "echo"]
    assert page.evaluate(parts.format("mark")) == ["b"]
    assert page.evaluate(parts.format("code.bash .line.lit")) == ["echo 1"]
    page.evaluate("Reveal.next()")
    assert page.evaluate(parts.format("code.bash .line.lit")) == ["  echo <b>2</b>"]
    assert page.evaluate("Reveal.getSlideNotes()") == "said aloud"
