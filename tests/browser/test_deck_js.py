"""What a built deck does in a browser: it is opened from its file, as a presenter would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from support.browser import READY, open_deck
from support.building import build

RULER = "".join(str(column % 10) for column in range(1, 101))
LINES = "\n".join(f"line {number}" for number in range(1, 61))

PARAGRAPHS = "\n\n".join(f"Paragraph {number}" for number in range(1, 31))


def step(command: str, output: str, *, fragment: bool = False) -> str:
    """A block of a demo step, as `deck.blocks` makes it."""
    kind = "output fragment" if fragment else "output"
    return (
        '<figure class="step" data-step="a-0"><figcaption>A step</figcaption><div class="card">'
        f'<pre class="commands"><code class="language-bash"><span class="line first">{command}</span></code></pre>'
        f'<button class="copy" type="button" data-copy="{command}"></button>'
        f'<div class="{kind}" tabindex="0"><pre class="terminal"><code class="nohighlight">{output}</code></pre></div>'
        '<p class="mark recorded" title="recorded 2026-11-23">recorded 2026-11-23</p></div></figure>'
    ).replace("\n", "&#10;")


SLIDES = f"""\
# A section

---

## Steps

```yaml [1|2-3]
one: 1
two: 2
three: 3
```

---

## Outputs

{step("seq 60", LINES)}

{step("ruler", RULER)}

---

## Folding

{step("seq 60" + "&#10;echo" * 6, LINES, fragment=True)}

{step("ruler" + "&#10;echo" * 4, RULER, fragment=True)}

{step("seq 60" + "&#10;echo" * 4, LINES, fragment=True)}

---

## A table

| name | size |
| --- | --- |
| a | 12 |
| b | 3.5 MB |

---

## An aligned table

| name | size | n |
| ---: | :---: | :--- |
| a | 12 | 3 |

---

## Stretched

<div class="r-stretch">text</div>

---

# Another section

With a line below it

---

## A wide table

| a | b | c |
| --- | --- | --- |
| `application/vnd.oci.image.index.v1+json` | `application/vnd.oci.image.index.v1+json` | `sha256:0123456789abcdef` |

---

<!-- .slide: data-background-color="#ffffff" -->

## A light ground

Text

- [x] one
- [ ] two

```text
code
```

---

<!-- .slide: data-background-color="#0a7" -->

## A green ground

Text

---

## Overfull

{PARAGRAPHS}
"""

OpenDeck = Callable[[str], Any]


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of the deck of SLIDES."""
    root = tmp_path_factory.mktemp("talk")
    (root / "slides").mkdir()
    (root / "slides" / "a.yaml").write_text("slides: [a.md]\n")
    (root / "slides" / "a.md").write_text(SLIDES)
    problems = Problems()
    build(load_project(root), ["a"], problems=problems)
    problems.raise_if_any()
    return root / "site" / "a.html"


@pytest.fixture
def open_at(deck: Path, page: Any) -> Iterator[OpenDeck]:
    """A function that opens the deck at what follows its address; the network is off, and errors of the page count."""

    def open_at(where: str = "") -> Any:
        open_deck(page, f"{deck.as_uri()}{where}")
        return page

    yield open_at
    assert page.wrong == []


def lit(page: Any) -> list[str]:
    """The lines of code that are lit on the present slide."""
    return list(page.locator("section.present .line.lit").all_inner_texts())


def test_code_is_lit_step_by_step(open_at: OpenDeck) -> None:
    """Each `|` of a code block is one press of a key, forwards and backwards."""
    page = open_at("#/steps")
    seen = [lit(page)]
    for key in ("n", "p"):
        page.keyboard.press(key)
        seen.append(lit(page))
    assert seen == [["one: 1"], ["two: 2", "three: 3"], ["one: 1"]]


def test_the_copy_button_copies_the_commands_from_a_file(open_at: OpenDeck) -> None:
    """Also without the clipboard's permission, as on file://; the prompt is not copied."""
    page = open_at("#/outputs")
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
    page.locator("section.present button.copy").first.click()
    page.locator("section.present button.copied").wait_for()
    page.evaluate(
        "() => { const field = document.createElement('textarea'); document.body.append(field); field.focus(); }"
    )
    page.keyboard.press("Control+v")
    assert page.evaluate("document.activeElement.value") == "seq 60"


def test_a_long_output_is_shortened_until_the_slide_fits(open_at: OpenDeck) -> None:
    """The long output gives way and says how many lines wait below; the short one and the margin stay whole."""
    page = open_at("#/outputs")
    first, second = page.locator("section.present .output").all()
    bottom = second.bounding_box()["y"] + second.bounding_box()["height"]
    shown = page.evaluate("document.querySelector('section.present .terminal').clientHeight")
    hidden = int(first.get_attribute("data-hidden").split()[0])
    assert (bottom <= 1080 - 96, 60 - shown // 38 <= hidden < 60, second.get_attribute("data-hidden")) == (
        True,
        True,
        None,
    )


def test_a_slide_with_too_many_outputs_opens_one_at_a_time(open_at: OpenDeck) -> None:
    """Three steps that do not fit: the output that came last is open, and in every state the contents fit."""
    page = open_at("#/folding")
    visible = "all => all.map(one => one.getBoundingClientRect()).map(box => box.height > 0)"
    for key, expected in (("", [False] * 3), ("n", [True, False, False]), ("n", [False, True, False])):
        if key:
            page.keyboard.press(key)
        assert page.locator("section.present .output").evaluate_all(visible) == expected
        bottoms = "all => Math.max(...all.map(one => one.getBoundingClientRect().bottom))"
        assert page.locator("section.present figure").evaluate_all(bottoms) <= 1080 - 96 + 0.5


def test_a_hundred_columns_are_one_line(open_at: OpenDeck) -> None:
    """A full line of the stage's terminal is not wrapped."""
    page = open_at("#/outputs")
    height = "document.querySelectorAll('section.present .terminal code')[1].getClientRects()[0].height"
    assert round(page.evaluate(height)) == round(27 * 1.4)


def test_keys_scroll_an_output_that_has_the_focus(open_at: OpenDeck) -> None:
    """They do not leave the slide; at the end nothing waits below any more."""
    page = open_at("#/outputs")
    page.locator("section.present .terminal").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("PageDown")
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('section.present .terminal').classList.contains('at-end')")
    first = page.locator("section.present .output").first
    assert (page.evaluate("location.hash"), first.get_attribute("data-hidden")) == ("#/outputs", None)


def test_what_no_size_can_help_scrolls(open_at: OpenDeck) -> None:
    """The slide scrolls and fades below; its keys do so once it has the focus, and else lead to other slides."""
    page = open_at("#/overfull")
    slide = page.locator("section.present")
    assert {"overfull", "overflowing"} <= set(slide.get_attribute("class").split())
    last = slide.get_by_text("Paragraph 30")
    assert last.bounding_box()["y"] > 1080
    slide.focus()
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('section.present').classList.contains('at-end')")
    assert last.bounding_box()["y"] < 1080
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("Reveal.getCurrentSlide().id") == "a-green-ground"
    assert page.locator("section.overflowing.present").count() == 0


def test_columns_of_numbers_stand_on_the_right(open_at: OpenDeck) -> None:
    """A column that holds nothing but numbers, with units or without, is right-aligned with its head."""
    cells = open_at("#/a-table").locator("section.present :is(th, td)").all()
    assert [(cell.inner_text(), cell.evaluate("one => getComputedStyle(one).textAlign")) for cell in cells] == [
        ("name", "left"),
        ("size", "right"),
        ("a", "left"),
        ("12", "right"),
        ("b", "left"),
        ("3.5 MB", "right"),
    ]


def test_cells_stand_where_the_table_says(open_at: OpenDeck) -> None:
    """Colons in its second line win over what deck.js thinks."""
    cells = open_at("#/an-aligned-table").locator("section.present td").all()
    aligned = [cell.evaluate("one => getComputedStyle(one).textAlign") for cell in cells]
    assert aligned == ["right", "center", "left"]


def test_arrows_can_be_seen_and_cover_nothing(open_at: OpenDeck) -> None:
    """Where a deck wants them."""
    page = open_at("?controls=true#/a-table")
    arrow = page.locator(".controls .navigate-left")
    number = page.locator(".slide-number").bounding_box()
    assert arrow.evaluate("one => getComputedStyle(one).color") == "rgb(224, 178, 82)"
    assert number["x"] + number["width"] <= arrow.bounding_box()["x"]


def test_what_is_stretched_keeps_to_the_margins(open_at: OpenDeck) -> None:
    """As all else does."""
    box = open_at("#/stretched").locator("section.present .r-stretch").bounding_box()
    assert (box["x"], box["width"]) == (96, 1920 - 2 * 96)


def test_sections_are_numbered(open_at: OpenDeck) -> None:
    """A slide that is a heading, or one of the first level and a line, starts a section."""
    heads = open_at("").locator("section.chapter > [data-number]").all()
    numbers = [(head.get_attribute("data-number"), head.text_content()) for head in heads]
    assert numbers == [("1", "A section"), ("2", "Another section")]


def test_screen_readers_may_read(open_at: OpenDeck) -> None:
    """reveal.js calls itself an application, which would keep them out."""
    assert open_at("").locator(".reveal").get_attribute("role") is None


def test_a_printed_deck_has_a_page_for_each_slide(open_at: OpenDeck) -> None:
    """Also for slides with long outputs, and for those whose horizon reaches beyond the canvas; two if it takes two."""
    page = open_at("?view=print")
    page.wait_for_function("document.querySelectorAll('.pdf-page').length >= 13")
    heights = page.evaluate("Array.from(document.querySelectorAll('.pdf-page')).map(one => one.offsetHeight)")
    assert heights == [*[1079] * 12, 2 * 1079]


def test_only_what_is_of_use_takes_the_focus(open_at: OpenDeck) -> None:
    """In reading order: each copy button, each output that scrolls; nothing of other slides."""
    page = open_at("#/outputs")
    focused = []
    for _ in range(3):
        page.keyboard.press("Tab")
        focused.append(page.evaluate("[document.activeElement.className, document.activeElement.ariaLabel]"))
    assert focused == [
        ["copy", "Copy the commands"],
        ["terminal overflowing", "Output"],
        ["copy", "Copy the commands"],
    ]


def test_nothing_moves_for_those_who_want_it_calm(open_at: OpenDeck) -> None:
    """Where the system asks for less motion no transition runs, even if the deck asks for one."""
    page = open_at("")
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    page.wait_for_function(READY)
    assert page.evaluate("(({transition, autoAnimate}) => [transition, autoAnimate])(Reveal.getConfig())") == [
        "none",
        False,
    ]
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.getAnimations().length") == 0


def test_a_table_that_is_too_wide_gets_smaller(open_at: OpenDeck) -> None:
    """Its words stay whole; all of it stands within the margins."""
    page = open_at("#/a-wide-table")
    box = page.locator("section.present table").bounding_box()
    heights = page.locator("section.present td").evaluate_all("all => all.map(one => one.getClientRects().length)")
    assert (box["x"] + box["width"] <= 1920 - 96 + 0.5, set(heights)) == (True, {1})


def test_text_can_be_read_on_a_ground_of_its_own(open_at: OpenDeck) -> None:
    """Dark text on a light ground in the dark theme; code keeps its card and its colours."""
    page = open_at("#/a-light-ground")
    colour = "one => getComputedStyle(one).color"
    assert [page.locator(f"section.present {tag}").evaluate(colour) for tag in ("h2", "p", "pre code")] == [
        "rgb(20, 33, 45)",
        "rgb(20, 33, 45)",
        "rgb(238, 243, 247)",
    ]


@pytest.mark.parametrize("view", ["", "?view=print"])
def test_text_on_green_is_dark(open_at: OpenDeck, view: str) -> None:
    """Grounds that reveal.js takes for dark, but on which white is pale; the slide number goes with the text."""
    page = open_at(f"{view}#/a-green-ground")
    page.wait_for_function("document.querySelector('#a-green-ground').matches('.has-light-background')")
    colour = "one => getComputedStyle(one).color"
    assert page.locator("#a-green-ground p").evaluate(colour) == "rgb(20, 33, 45)"
    if not view:
        assert page.locator(".slide-number").evaluate(colour) == "rgb(61, 79, 96)"


def test_tasks_say_whether_they_are_done(open_at: OpenDeck) -> None:
    """A box without a label says nothing to those who do not see it."""
    page = open_at("#/a-light-ground")
    labels = page.locator("section.present input").evaluate_all("all => all.map(one => one.ariaLabel)")
    assert labels == ["Done", "To do"]
