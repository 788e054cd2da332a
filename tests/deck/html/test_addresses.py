"""Addresses on slides: those of files are linked, those from elsewhere are not loaded."""

from __future__ import annotations

import pytest

from quarterdeck.base.errors import Place, Problems
from quarterdeck.deck.html.addresses import MISSING, NO_STYLE, Link, link_attribute, link_css, link_html, refuse

REFUSED: list[str] = []


@pytest.fixture
def link() -> Link:
    """Puts files into `assets/`, and notes what it refuses in `REFUSED`."""
    REFUSED.clear()
    return Link(lambda url: f"assets/{url}", REFUSED.append)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="https://a.b/c">x</a>', '<a href="https://a.b/c">x</a>'),
        ('<a href="c.pdf">x</a>', '<a href="assets/c.pdf">x</a>'),
        ('<span class="k">src</span>', '<span class="k">src</span>'),
        ('<span class="k" data-src="x">y</span>', '<span class="k" data-src="assets/x">y</span>'),
        ('<img src="data:image/gif;base64,AA==">', '<img src="data:image/gif;base64,AA==">'),
        ("<img srcset='a.png 1x, b.png 2x'>", '<img srcset="assets/a.png 1x, assets/b.png 2x">'),
        ("<style>@import 'a.css'; b { src: url( c ) }</style>",
         "<style>@import 'assets/a.css'; b { src: url( 'assets/c' ) }</style>"),
        ('<!-- ![](c.png)\n<img src="c.png"> --><img src="d.png">',
         '<!-- ![](c.png)\n<img src="c.png"> --><img src="assets/d.png">'),
        ("<IMG SRC=d.png>", '<IMG SRC="assets/d.png">'),
        ("<style>/* url(c) */ a { b: 'url(c)' \"\\\"url(c)\"; d: URL(e) }</style>",
         "<style>/* url(c) */ a { b: 'url(c)' \"\\\"url(c)\"; d: URL('assets/e') }</style>"),
        ('<!-- <style>a { b: url(c) }</style> --><!--> <img src="d.png">',
         '<!-- <style>a { b: url(c) }</style> --><!--> <img src="assets/d.png">'),
    ],
)  # fmt: skip
def test_what_is_here(link: Link, html: str, expected: str) -> None:
    """Files become files of the page; links that a person follows, data, and all that a comment holds stay."""
    assert link_html(html, link) == expected
    assert REFUSED == []


@pytest.mark.parametrize(
    ("tag", "kept"),
    [
        ('<img src="{}" alt="x">', f'<img src="{MISSING}" alt="x">'),
        ("<img src={}>", f'<img src="{MISSING}">'),
        ('<video poster="{}">', f'<video poster="{MISSING}">'),
        ('<source srcset="{} 2x">', f'<source srcset="{MISSING} 2x">'),
        ('<script src="{}"></script>', '<script src="data:text/javascript,"></script>'),
        ('<link rel="stylesheet" href="{}">', f'<link rel="stylesheet" href="{NO_STYLE}">'),
        ('<svg><image href="{}"/></svg>', f'<svg><image href="{MISSING}"/></svg>'),
        ('<section data-background="{}">', f'<section data-background="{MISSING}">'),
        ('<p style="background: url({})">', f"<p style=\"background: url('{NO_STYLE}')\">"),
        ("<style>@import '{}';</style>", f"<style>@import '{NO_STYLE}';</style>"),
    ],
)
@pytest.mark.parametrize("url", ["https://a.b/c", "//a.b/c", "HTTP://a.b/c"])
def test_what_is_elsewhere(link: Link, tag: str, kept: str, url: str) -> None:
    """It is refused, and what is loaded instead is in the page already."""
    assert link_html(tag.format(url), link).replace("&#x27;", "'") == kept
    assert [url] == REFUSED


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<script title=it's src=//a.b/c></script>", "<script title=it's src=\"data:text/javascript,\"></script>"),
        ("<a href=# ping=https://a.b>x</a>", '<a href=# ping="">x</a>'),
        ("<base href=https://a.b>", "<base >"),
        ('<meta http-equiv=refresh content="0;url=//a.b">', '<meta  content="0;url=//a.b">'),
        ("<img src='\\\\a.b\\c'>", f'<img src="{MISSING}">'),
        ("<img src='ht\ttps:a.b'>", f'<img src="{MISSING}">'),
        ("<img srcset='data:,x 1x,//a.b/c 2x'>", f'<img srcset="data:,x 1x, {MISSING} 2x">'),
        ("<svg><rect fill='url(//a.b#c)'/></svg>", "<svg><rect fill=\"url('data:text/css,')\"/></svg>"),
        ("<svg><set to=//a.b></svg>", '<svg><set to=""></svg>'),
        ("<svg><style><image href=//a.b></style></svg>", "<svg><style>\\3c image href=//a.b></style></svg>"),
        ("<svg><title><img src=//a.b></title></svg>", "<svg><title>&lt;img src=//a.b></title></svg>"),
        ("<svg></svg><title><img src=//a.b></title>", "<svg></svg><title><img src=//a.b></title>"),
        ("<svg><![CDATA[ > <!-- ]]></svg>", "<svg> &gt; &lt;!-- </svg>"),
        ("<noscript><!--</noscript><b>-->", "<noscript></noscript><b>-->"),
        ("a<plaintext><img src=//a.b>", "a<pre>&lt;img src=//a.b&gt;</pre>"),
        ("a<img src=//a.b", "a"),
        ('<script type="speculationrules">{"prefetch": []}</script>', '<script type="speculationrules"></script>'),
    ],
)  # fmt: skip
def test_what_only_browsers_see(link: Link, html: str, expected: str) -> None:
    """However it is written, and where raw text and markup are read in two ways, in both."""
    assert link_html(html, link).replace("&#x27;", "'") == expected


@pytest.mark.parametrize(
    ("css", "expected"),
    [
        ("a{b:u\\72l(//a.b)}", "a{b:u\\72l('data:text/css,')}"),
        ("a{b:url(//a.b", "a{b:url('data:text/css,'"),
        ("a{b:image-set('//a.b' 1x)}", "a{b:image-set('data:text/css,' 1x)}"),
        ("a{--b:'//a.b'}", "a{--b:'data:text/css,'}"),
        ("@\\69mport/**/'//a.b';", "@\\69mport/**/'data:text/css,';"),
        ("@import 'data:text/css,x';", "@import 'data:text/css,';"),
        ("a{b:#url(c'd);e:';f:url(//a.b)}", "a{b:#url(c'd);e:';f:url('data:text/css,')}"),
        ("a[href^='//a.b']{content:'//a.b'}", "a[href^='//a.b']{content:'//a.b'}"),
        ("@namespace url(http://a.b);a{b:c\\d}", "@namespace url(http://a.b);a{b:c\\d}"),
    ],
)
def test_addresses_in_css(link: Link, css: str, expected: str) -> None:
    """With escapes, in every function that takes addresses, and in variables; but not in text."""
    assert link_css(css, link) == expected


def test_pages_in_frames_become_links(link: Link) -> None:
    """A person may still go there."""
    html = link_html('<iframe width="9" src="https://a.b/?c&amp;d" title="t"></iframe>', link)
    assert html.startswith('<iframe width="9" srcdoc="&lt;a href=&quot;https://a.b/?c&amp;amp;d&quot; target=')
    assert html.endswith(' title="t"></iframe>')
    assert REFUSED == ["https://a.b/?c&d"]


def test_attributes_of_slides(link: Link) -> None:
    """Backgrounds are loaded, previews are followed; several pictures are several addresses."""
    assert link_attribute("data-background-image", "a.png, b.png", link) == "assets/a.png,assets/b.png"
    assert link_attribute("data-background-image", "data:a,b", link) == "data:a,b"
    assert link_attribute("data-background-image", "https://a.b/c,d", link) == f"{MISSING},assets/d"
    assert link_attribute("data-background", "#fff", link) == "#fff"
    assert link_attribute("data-background-video", "a.mp4,https://a.b/c.mp4", link) == "assets/a.mp4"
    assert link_attribute("data-background-iframe", "https://a.b", link) == ""
    assert link_attribute("data-preview-link", "https://a.b", link) == "https://a.b"
    assert link_css("a { b: url(#c) url(data:,) }", link) == "a { b: url(#c) url(data:,) }"


def test_videos_and_pages_that_are_not_there() -> None:
    """A crossed frame in place of a picture; nothing in place of a video, which the page would wait for, or a page."""
    gone = Link(lambda _: MISSING, REFUSED.append)
    names = ("data-background-image", "data-background-video", "data-background-iframe")
    assert [link_attribute(name, "a.b", gone) for name in names] == [MISSING, "", ""]


@pytest.mark.parametrize(
    ("element", "name"),
    [("iframe", "src"), ("iframe", "data-src"), ("frame", "src"), ("object", "data"), ("embed", "src"), ("use", "href"),
     ("use", "xlink:href"), ("section", "data-background-iframe")],
)  # fmt: skip
def test_documents(element: str, name: str) -> None:
    """What shows documents links them as such; what shows pictures does not."""
    link = Link(str, REFUSED.append, find_document=lambda url: f"document of {url}")
    assert link_attribute(name, "a.svg", link, element) == "document of a.svg"
    assert link_attribute("src", "a.svg", link, "img") == "a.svg"


def test_what_the_author_is_told() -> None:
    """A warning, in which a very long address is cut."""
    problems = Problems()
    refuse("https://a.b/" + "c" * 100, Place("slides/a.md", 3), problems)
    assert [str(one) for one in problems.warnings] == [
        f"slides/a.md:3: 'https://a.b/{'c' * 65}…' was not included: decks load nothing from other machines\n"
        "  hint: copy it into the project, or link to it"
    ]
