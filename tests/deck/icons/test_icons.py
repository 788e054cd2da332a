"""Icons by name: in slides, in deck files, in older talks, and on the page that holds them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Place, Problems
from quarterdeck.base.project import load_project
from quarterdeck.base.shipped import shipped_templates
from quarterdeck.deck.html.addresses import Link
from quarterdeck.deck.icons.draw import link_and_draw
from quarterdeck.deck.icons.icon_names import _FREE, _NO_ICON, _PAID, find_named
from quarterdeck.deck.icons.icon_sets import AWESOME, LUCIDE, find_icon, notice_of
from quarterdeck.deck.markdown.render import render_slide
from quarterdeck.deck.model import RawSlide
from support.building import build
from support.golden import Case, load_cases
from support.projects import MakeProject

PACKS = shipped_templates() / "vendor" / "icons"


def names_of(pack: str) -> list[str]:
    """All names that a pack has."""
    lines = (PACKS / f"{pack}.icons").read_text("utf-8").split("\n")[1:-1]
    return [line.split("\t")[0] for line in lines]


def render(text: str) -> tuple[str, list[str]]:
    """The HTML of a slide with its icons, and what is said about them."""
    said: list[str] = []

    def warn(word: str, what: str, hint: str, *, once: bool = False) -> None:
        said.append(f"{word}{' (once)' if once else ''}: {what}\n  hint: {hint}")

    body, _, notes = text.partition("\nNote:")
    html = render_slide(RawSlide(Place("a.md", 1), body, notes or None), {}, {}).html
    return link_and_draw(html, Link(str, str, warn)), said


def build_all(root: Path) -> tuple[Callable[[str], str], list[str]]:
    """What reads a page of the built project, and the warnings."""
    problems = Problems()
    build(load_project(root), [], problems=problems)
    return lambda name: (root / "site" / name).read_text("utf-8"), [str(one) for one in problems.warnings]


@pytest.mark.parametrize("case", load_cases(Path(__file__).with_name("icons.md")), ids=lambda case: str(case.title))
def test_cases(case: Case) -> None:
    """Slides with icons are as the cases have them."""
    html, said = render(case.input)
    case.compare("\n".join([html.rstrip("\n"), *said]) + "\n")


@pytest.mark.parametrize("pack", [LUCIDE, *AWESOME])
def test_every_name_is_a_drawing(pack: str) -> None:
    """Each name of each set, of today or older, leads to shapes within a box; none is taken for a size or a style."""
    names = names_of(pack)
    icons = {name: find_icon(pack, name) for name in names}
    wrong = [name for name, icon in icons.items() if not (icon and icon.width > 0 < icon.height and "<" in icon.body)]
    words = {f"fa-{name}" for name in names if pack in AWESOME}
    taken = {word for word in words if word in _FREE or re.fullmatch(_PAID, word) or re.fullmatch(_NO_ICON, word)}
    assert (len(names) > 250, wrong, taken) == (True, [], set())


def test_every_old_name_leads_to_a_drawing() -> None:
    """Each name of Font Awesome 4 that means something else today is found by its old class, without a warning."""
    found = {name: find_named("i", {"class": f"fa fa-{name}"}) for name in names_of("old")}
    wrong = [name for name, one in found.items() if not (one and one.icon and one.icon.set != "none" and not one.what)]
    assert (len(found) > 400, wrong) == (True, [])


def test_the_owners_are_named() -> None:
    """Font Awesome's licence, CC BY 4.0, asks that its notice stays; lucide's asks for its copyright."""
    assert re.fullmatch(r"Font Awesome Free [\d.]+ by @fontawesome - .* CC BY 4\.0.* Copyright .*", notice_of("solid"))
    assert re.fullmatch(
        r"lucide-static v[\d.]+ - ISC\. Copyright \(c\) .* Lucide Icons and Contributors", notice_of(LUCIDE)
    )


def test_a_page_holds_each_drawing_once(make_project: MakeProject) -> None:
    """With the notices of those sets that it uses, and one style sheet before all others; no icons, none of it."""
    icons = '<i class="fas fa-ship"></i> <i class="fa fa-ship"></i>\n\n---\n\n<i class="lucide-ship"></i>'
    root = make_project({"slides/a.md": icons, "slides/b.md": "# B", "slides/t.yaml": "slides: [a.md, a.md, b.md]"})
    (root / "slides" / "none.yaml").write_text("slides: [b.md]", "utf-8")
    read, warnings = build_all(root)
    page = read("t.html")
    ship, lines = find_icon("solid", "ship"), find_icon(LUCIDE, "ship")
    assert warnings == []
    assert ship is not None
    assert lines is not None
    assert re.findall(r'<symbol id="([^"]+)"', page) == ["icon_solid_ship", "icon_lucide_ship"]
    assert [page.count(part) for part in (ship.body, lines.body, "#icon_solid_ship", "#icon_lucide_ship")] == [
        1,
        1,
        4,
        2,
    ]
    assert page.count(notice_of("solid")) == page.count(notice_of(LUCIDE)) == 1
    sheets = re.findall(r'<link rel="stylesheet" href="assets/(\w+)\.', page)
    assert sheets == ["icons", "reset", "reveal", "theme"]
    plain = read("none.html")
    assert [part in plain for part in ("icon_", "assets/icons.", "Font Awesome", "<symbol")] == [False] * 4


def test_icons_of_agenda_and_summary(make_project: MakeProject) -> None:
    """Names, classes, elements, signs and pictures; what is not there is a ring, reported at its line."""
    root = make_project(
        {
            "slides/t.yaml": """\
agenda:
- {icon: ship, text: a name}
- {icon: docker, text: a brand}
- {icon: fab fa-docker, text: classes}
- {icon: '<i class="fas fa-anchor" style="color: red"></i>', text: an element}
- {icon: §, text: a sign}
- {icon: 1., text: a number}
- {icon: 🚢, text: an emoji}
- {icon: anchr, text: nothing}
- {icon: fas fa-shpi, text: nothing}
- {icon: '<i class="mine"></i>', text: nothing}
- {icon: 'fa-brands:docker', text: nothing}
- {icon: ':fa-brands-docker:', text: the short form}
- text: none
summary:
- {icon: p.svg, text: beside}
- {icon: pictures/big ship.svg, text: with a blank}
slides: []
""",
            "slides/p.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
            "slides/pictures/big ship.svg": "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>",
        }
    )
    read, warnings = build_all(root)
    shown = re.findall(r'<li><span class="icon" aria-hidden="true">(.*?)</span><span>', read("t.html"))

    def drawn(element: str, icon: str, more: str = "") -> str:
        drawing = find_icon(*icon.split("_", 1))
        assert drawing is not None
        size = f'width="{drawing.width / drawing.height:.4g}em" height="1em"'
        return f'<{element}><svg class="glyph" {size}{more} aria-hidden="true"><use href="#icon_{icon}"/></svg></i>'

    line = ' stroke-width="2"'
    pictures = sorted(path.name for path in (root / "site" / "assets").glob("*.svg"))
    assert [re.sub(r"\.\w{8}\.", ".", one) for one in shown] == [
        drawn('i data-lucide="ship"', "lucide_ship", line),
        drawn('i data-lucide="docker"', "brands_docker"),
        drawn('i class="fab fa-docker"', "brands_docker"),
        drawn('i class="fas fa-anchor" style="color: red"', "solid_anchor"),
        *("§", "1.", "🚢"),
        drawn('i data-lucide="anchr"', "none_ring", line),
        drawn('i class="fas fa-shpi"', "none_ring", line),
        *['<span class="mark"></span>'] * 2,
        drawn('i class="fa-brands fa-docker"', "brands_docker"),
        '<span class="mark"></span>',
        *('<img src="assets/p.svg" alt="">', '<img src="assets/big-ship.svg" alt="">'),
    ]
    assert [re.sub(r"\.\w{8}\.", ".", name) for name in pictures] == ["big-ship.svg", "p.svg"]
    assert warnings == [
        "slides/t.yaml:9: no icon 'anchr'\n  hint: did you mean 'lucide-anchor'?",
        "slides/t.yaml:10: no icon 'fa-shpi' in Font Awesome Free\n  hint: did you mean 'fa-solid fa-shop'?",
        "slides/t.yaml:11: no icon in '<i class=\"mine\"></i>'\n  hint: for example: 'ship', 'fa-solid fa-ship'",
        "slides/t.yaml:12: no icon in 'fa-brands:docker'\n  hint: for example: 'ship', 'fa-solid fa-ship'",
    ]


def test_a_picture_of_the_agenda_that_is_not_there_is_an_error(make_project: MakeProject) -> None:
    """At its line, with the nearest name."""
    problems = Problems()
    root = make_project(
        {"slides/t.yaml": "agenda:\n- {icon: shpi.svg, text: a}\nslides: []", "slides/ship.svg": "<svg/>"}
    )
    with pytest.raises(Exception, match=r"t\.yaml:2: no file 'shpi\.svg'\n  hint: did you mean 'ship\.svg'\?"):
        build(load_project(root), [], problems=problems)


def test_each_warning_has_its_line(make_project: MakeProject) -> None:
    """Also from the cache and in a slide that two decks show; a style that is paid for is said once in a run."""
    slides = ("# A", "<i class='fad fa-ship'></i>\n\n<i class='fad fa-shpi'></i>", "<i class='fad fa-anchor'></i>")
    text = "\n\n---\n\n".join(slides)
    root = make_project({"slides/a.md": text, "slides/t.yaml": "slides: [a.md]", "slides/u.yaml": "slides: [a.md]"})
    expected = [
        "slides/a.md:5: the style 'fad' is paid for: its icons are shown in the free style nearest to it\n"
        "  hint: write 'fa-solid fa-ship'",
        "slides/a.md:7: no icon 'fa-shpi' in Font Awesome Free\n  hint: did you mean 'fa-solid fa-shop'?",
    ]
    assert [build_all(root)[1] for _ in range(2)] == [expected, expected]


def test_icons_wherever_html_is(make_project: MakeProject) -> None:
    """In titles, names of events, texts of the agenda and templates of the project; on the index too."""
    ship = '<i class="fas fa-ship"></i>'
    root = make_project(
        {
            "slides/t.yaml": f"metadata: {{title: '{ship} T', subtitle: 's {ship}'}}\nevent: {{name: 'e {ship}'}}\n"
            f"agenda: ['{ship} a']\nevents: [{{title: 't {ship}'}}]\nslides: []\n",
            "templates/events.html.j2": "<footer>{{ deck.events[0].title }} <i class='fas fa-anchor'></i></footer>",
        }
    )
    read, warnings = build_all(root)
    drawn = (
        f'{ship[:-4]}<svg class="glyph" width="1.25em" height="1em" aria-hidden="true"><use href="#icon_solid_ship"/>'
    )
    assert [read("t.html").count(part) for part in (drawn, "<title>T</title>", "#icon_solid_anchor")] == [5, 1, 1]
    assert [read("index.html").count(part) for part in (drawn, '<symbol id="icon_solid_ship"')] == [5, 1]
    assert warnings == []


def test_older_talks(make_project: MakeProject) -> None:
    """Icons in their HTML and Markdown; what they load for icons is left out, and nobody is told: nothing is missed."""
    page = """<html><head>
<link rel="stylesheet" href="https://use.fontawesome.com/releases/v5.0.0/css/all.css">
<script src="https://kit.fontawesome.com/0a1b2c.js"></script>
<script src="https://unpkg.com/lucide@latest"></script>
<script>lucide.createIcons();</script>
</head><body><div class="reveal"><div class="slides">
<section><i class="fa fa-ship"></i></section>
<section data-markdown><textarea data-template>
<i class="fa fa-refresh"></i> <i class="fa fa-shpi"></i>
</textarea></section>
</div></div></body></html>"""
    read, warnings = build_all(make_project({"slides/old.html": page}))
    text = read("old.html")
    assert re.findall(r'<symbol id="([^"]+)"', text) == [
        "icon_solid_ship",
        "icon_solid_arrows-rotate",
        "icon_none_ring",
    ]
    assert re.findall(r"fontawesome\.com/\w|unpkg|createIcons", text.replace(notice_of("solid"), "")) == []
    assert warnings == [
        "slides/old.html:9: no icon 'fa-shpi' in Font Awesome Free\n  hint: did you mean 'fa-solid fa-shop'?"
    ]


def test_a_style_sheet_of_icons_from_elsewhere_is_not_missed(make_project: MakeProject) -> None:
    """Neither in a deck's style nor on a slide; a picture of that name is."""
    far = "https://cdn.example/font-awesome/5.0.0/"
    style = f"custom_style: '@import url({far}css/all.css);'\nslides: [a.md]"
    slide = (
        f'<link rel="stylesheet" href="{far}css/all.css"><script src="{far}js/all.js"></script>\n\n![]({far}logo.svg)'
    )
    _, warnings = build_all(make_project({"slides/t.yaml": style, "slides/a.md": slide}))
    assert [one.partition(" was not")[0] for one in warnings] == [f"slides/a.md:3: '{far}logo.svg'"]


def test_one_file_has_its_icons(make_project: MakeProject) -> None:
    """The symbols and the style sheet are in it."""
    root = make_project({"slides/a.md": '<i class="fas fa-ship"></i>', "slides/t.yaml": "slides: [a.md]"})
    build(load_project(root), [], problems=Problems(), single_file=True)
    page = (root / "site" / "t.html").read_text("utf-8")
    assert [part in page for part in ('<symbol id="icon_solid_ship"', "@keyframes glyph-turn", "assets/")] == [
        True,
        True,
        False,
    ]


BROWSER = """\
## <i class="fa-solid fa-ship"></i> One

<i class="fas fa-ship fa-4x" style="color: rgb(255, 0, 0)"></i> <i class="lucide-ship"></i> <i class="fas fa-shpi"></i>

[](https://github.com/x) [](#/2)

<a class="own" href="https://github.com/y"></a>

| a | b |
| - | - |
| <i class="fas fa-check"></i> | <i class="far fa-circle"></i> |

--

## Two

<span class="fa-stack">
<i class="fas fa-circle fa-stack-2x"></i><i class="fas fa-flag fa-stack-1x fa-inverse"></i>
</span>

Note: <i class="fas fa-ship"></i>
"""

SHOWN = """() => Array.from(document.querySelectorAll('section.present:not(.stack) svg.glyph:has(use)')).map(svg => {
  const use = svg.querySelector('use');
  const drawn = use.getBBox();
  const box = svg.getBoundingClientRect();
  const style = getComputedStyle(svg);
  return [use.getAttribute('href'), drawn.width > 0 && drawn.height > 0 && box.width > 8 && box.height > 8,
    Math.round(box.height), style.color];
})"""


@pytest.mark.parametrize("theme", ["night-watch", "day-watch"])
@pytest.mark.parametrize("single_file", [False, True])
def test_no_icon_is_invisible(make_project: MakeProject, browser: Any, theme: str, single_file: bool) -> None:
    """From file://, in both themes and in one file: each has a size and the colour of its text.

    Of two empty links the one that a style shows stays empty; the other has a sign. All of them have names.
    """
    style = "custom_style: '.own::before { content: \"here\" }'"
    root = make_project({"slides/a.md": BROWSER, "slides/t.yaml": f"theme: {theme}\n{style}\nslides: [a.md]"})
    build(load_project(root), [], problems=Problems(), single_file=single_file)
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto((root / "site" / "t.html").as_uri() + "#/one")
    page.wait_for_function("window.Reveal && Reveal.isReady() && document.fonts.status === 'loaded'")
    text = page.evaluate("getComputedStyle(document.querySelector('.present h2')).color")
    assert page.evaluate(SHOWN) == [
        ["#icon_solid_ship", True, 72, text],
        ["#icon_solid_ship", True, 160, "rgb(255, 0, 0)"],
        ["#icon_lucide_ship", True, 48, text],
        ["#icon_none_ring", True, 48, text],
        ["#icon_brands_github", True, 40, text],
        ["#icon_lucide_link", True, 48, text],
        ["#icon_solid_check", True, 36, text],
        ["#icon_regular_circle", True, 36, text],
    ]
    links = "Array.from(document.querySelectorAll('.present a')).map(one => [one.childElementCount, one.ariaLabel])"
    assert page.evaluate(links) == [[1, "github.com/x"], [1, "#/2"], [0, "github.com/y"]]
    page.keyboard.press("ArrowDown")
    canvas = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert page.evaluate(SHOWN) == [["#icon_solid_circle", True, 80, text], ["#icon_solid_flag", True, 40, canvas]]
    notes = "document.querySelector('aside.notes svg').innerHTML.includes('<path d=')"
    assert page.evaluate(notes) is True
    page.close()


def test_icons_on_paper(make_project: MakeProject, browser: Any) -> None:
    """In the print view each page has them, and a PDF has more in it than without."""
    root = make_project({"slides/a.md": BROWSER, "slides/t.yaml": "slides: [a.md]"})
    build(load_project(root), [], problems=Problems())
    page = browser.new_page(viewport={"width": 1920, "height": 1080})
    page.goto((root / "site" / "t.html").as_uri() + "?view=print")
    page.wait_for_function("document.querySelectorAll('.pdf-page').length === 3")
    glyphs = "document.querySelectorAll('.pdf-page svg.glyph:has(use)')"
    boxes = f"Array.from({glyphs}, one => one.getBoundingClientRect().height > 8)"
    assert page.evaluate(boxes) == [True] * 11
    with_icons = len(page.pdf(print_background=True))
    page.evaluate("document.querySelectorAll('symbol').forEach(one => one.remove())")
    assert len(page.pdf(print_background=True)) < with_icons
    page.close()
