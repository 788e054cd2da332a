"""Older talks: reveal.js pages in HTML become decks."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quarterdeck.base.errors import Problems, SourceError
from quarterdeck.base.project import load_project
from quarterdeck.deck.html.tokens import find_end, read_tags
from quarterdeck.deck.load.deck_file import find_decks, load_deck
from quarterdeck.deck.load.html_deck_scripts import read_initialize
from quarterdeck.deck.model import Separators
from quarterdeck.deck.split.fences import map_fences
from quarterdeck.deck.split.slides import DEFAULT, split_by
from support.building import build
from support.projects import MakeProject

PAGE = """\
<!doctype html>
<html lang="de">
<head>
<title>An old &amp; fine talk</title>
<meta name="description" content="What &quot;it&quot; is about">
<link rel="stylesheet" href="reveal.js/css/reveal.css">
<link rel="stylesheet" href="reveal.js/css/theme/white.css" id="theme">
<link rel="stylesheet" href="https://cdn.example/font-awesome/4.7.0/css/font-awesome.min.css">
<link rel="stylesheet" href="css/own.css">
<style>.reveal h1 { background: url(p.svg) }</style>
<script>
  var link = document.createElement('link');
  link.href = 'css/' + (/print-pdf/.test(location) ? 'a' : 'b');
</script>
</head>
<body class="mine">
<div class="reveal"><div class="slides">
%s
</div><footer>foot</footer></div>
<script src="reveal.js/lib/js/head.min.js"></script>
<script src="//cdn.example/reveal.js/3.8.0/js/reveal.js"></script>
<script src="js/own.js"></script>
<script>
// Full list: https://github.com/hakimel/reveal.js#configuration
Reveal.initialize({
  controls: true, width: 960, "slideNumber": 'c/t', /* why */ autoSlide: 500, margin: 0.1,
  transition: window.foo ? 'none' : 'fade', keyboard: { 39: 'next', 27: function () { return {a: 1}; }, },
  dependencies: [{ src: 'plugin/markdown/marked.js', condition: () => !!document.querySelector('[data-markdown]') }],
  plugins: [ RevealMarkdown ],
});
</script>
</body>
</html>
"""
FILES = {
    "slides/css/own.css": "a { background: url(../p.svg) }",
    "slides/js/own.js": "window.own = true;",
    "slides/p.svg": "<svg/>",
    "slides/a.md": "# A\n\n---\n\n# B\n\n--\n\n```yaml\na: 1\n\n---\n\nb: 2\n```\n\nNote: psst\n",
}


def build_page(make_project: MakeProject, slides: str, **more: str) -> tuple[str, list[str]]:
    """The page that a build makes of an older talk with these slides, and the warnings."""
    root = make_project({"slides/old.html": PAGE % slides, **FILES, **more})
    problems = Problems()
    build(load_project(root), [], problems=problems)
    return (root / "site" / "old.html").read_text("utf-8"), [str(one) for one in problems.warnings]


def slides_of(page: str) -> str:
    """What stands in the slides of a page, without blank lines."""
    inner = page.partition('<div class="slides">')[2].partition("<footer>")[0].rpartition("</div>")[0]
    return re.sub(r"\n\s*\n+", "\n", inner).strip()


def test_the_page_around_the_slides(make_project: MakeProject) -> None:
    """Title, language, styles and scripts of its own stay; those of reveal.js and from elsewhere are ours."""
    page, warnings = build_page(make_project, "<section><h1>Hi</h1></section>")
    assert warnings == []
    assert '<html lang="de">' in page
    assert "<title>An old &amp; fine talk</title>" in page
    assert '<meta name="description" content="What &quot;it&quot; is about">' in page
    assert '<body class="deck mine">' in page
    assert "<footer>foot</footer>" in page
    assert re.search(r"<style>\.reveal h1 \{ background: url\('assets/p\.\w{8}\.svg'\) \}</style>", page)
    linked = re.findall(r'(?:href|src)="([^"]*)"', page)
    names = [re.sub(r"\.\w{8}\.", ".", one) for one in linked if not one.startswith("data:")]
    assert names == [
        *("assets/reset.css", "assets/reveal.css", "assets/theme.css", "assets/own.css"),
        *("assets/reveal.js", "assets/notes.js"),
        *(f"assets/{name}.js" for name in ("copying", "code_steps", "contents", "fitting", "deck")),
        "assets/own.js",
    ]
    assert '{"controls": true, "slideNumber": "c/t", "autoSlide": 500, "keyboard": {"39": "next"}}</script>' in page
    assert "print-pdf" not in page


def test_markdown_in_files(make_project: MakeProject) -> None:
    """Split by the expressions of the section, whose other attributes its slides get; fences are left alone."""
    page, warnings = build_page(
        make_project,
        r'<section data-markdown="a.md" data-separator="^\r?\n---\r?\n$" data-separator-vertical="^\r?\n--\r?\n$"'
        ' data-separator-notes="^Note:" data-charset="utf-8" class="c" data-background="p.svg" id="first"></section>',
    )
    assert warnings == []
    assert re.sub(r"p\.\w{8}", "p", slides_of(page)) == (
        '<section class="c" data-background="assets/p.svg" id="first">\n<h1>A</h1>\n</section>\n'
        '<section class="c" data-background="assets/p.svg">\n'
        '<section id="b">\n<h1>B</h1>\n</section>\n<section>\n<pre><code class="yaml">'
        '<span class="nt">a</span><span class="p">:</span> <span class="l">1</span>\n'
        '<span class="nn">---</span>\n<span class="nt">b</span><span class="p">:</span> <span class="l">2</span>'
        '</code></pre>\n<aside class="notes"><p>psst</p>\n</aside>\n</section>\n</section>'
    )


def test_markdown_in_the_page(make_project: MakeProject) -> None:
    """In a text area, in a script, or as it is; indented as the page is; with what text areas and scripts escape."""
    page, _ = build_page(
        make_project,
        """
        <section data-markdown class="one">
            <textarea data-template>
                ## Text &lt;b&gt; <section>

                ---

                ## Second <!-- .slide: class="two" -->
            </textarea>
        </section>
        <section>
            <section data-markdown><script type="text/template">
                ## A <b>script</b> &lt; `__SCRIPT_END__`
            </script></section>
            <section data-markdown>
              ## Plain
            </section>
        </section>
        <!-- <section data-markdown="never.md"></section> -->""",
    )
    assert re.sub(r"\n +", "\n", slides_of(page)) == (
        '<section class="one" id="text">\n<h2>Text <b> <section></h2>\n</b>\n</section>\n'
        '<section class="one two" id="second">\n<h2>Second </h2>\n</section>\n'
        '<section>\n<section id="a-script-script">\n'
        "<h2>A <b>script</b> &lt; <code>&lt;/script&gt;</code></h2>\n</section>\n"
        '<section id="plain">\n<h2>Plain</h2>\n</section>\n</section>\n'
        '<!-- <section data-markdown="never.md"></section> -->'
    )


def test_other_slides_stay(make_project: MakeProject) -> None:
    """HTML is kept to the letter, but for addresses; code in it is coloured as highlight.js would do."""
    html = "<section\tid=x data-transition='zoom'><H1>R&D</H1><p>a<br/>b<table><tr><td>1</section>"
    code = '<section><pre><code class="hljs bash" data-trim>\n    echo 1 &amp;\n    </code></pre></section>'
    marked = "<section><pre><code data-trim data-noescape>\n    a: <mark>b</mark>\n      c</code></pre></section>"
    page, _ = build_page(make_project, f"{html}\n{marked}\n{code}")
    assert slides_of(page).replace("&amp;", "&") == (
        f"{html}\n<section><pre><code data-noescape>a: <mark>b</mark>\n  c</code></pre></section>\n"
        '<section><pre><code class="hljs bash"><span class="nb">echo</span> '
        '<span class="m">1</span> <span class="p">&</span></code></pre></section>'
    )


def test_what_has_gone_missing_is_warned_about(make_project: MakeProject) -> None:
    """It stops nothing, and nothing is asked for: neither files that are gone nor other machines."""
    page, warnings = build_page(
        make_project,
        '<section data-markdown="aa.md"></section>\n<section data-markdown="https://x.example/a.md"></section>\n'
        '<section><img src="gone.png"><iframe src="https://x.example"></iframe></section>\n'
        '<section data-markdown="b.md" data-separator="(" data-separator-notes="(?<n>Nb):"></section>\n'
        '<link rel="stylesheet" href="css/gone.css"><script src="gone.js"></script><script>boo()</script>',
        **{"slides/b.md": "![](gone.svg)\n\n<!-- include: no-1.command -->\n\nNb: psst"},
    )
    assert [warning.partition("\n")[0] for warning in sorted(warnings)] == [
        "slides/b.md:1: no file 'gone.svg'",
        "slides/b.md:3: no step 'no-1.command'",
        "slides/old.html:18: no slide source 'aa.md'",
        "slides/old.html:19: 'https://x.example/a.md' was not included: decks load nothing from other machines",
        "slides/old.html:20: 'https://x.example' was not included: decks load nothing from other machines",
        "slides/old.html:20: no file 'gone.png'",
        "slides/old.html:21: 'data-separator' is not a regular expression: "
        "missing ), unterminated subpattern at position 0",
        "slides/old.html:22: the script 'gone.js' is left out: it is not there",
        "slides/old.html:22: the style sheet 'css/gone.css' is left out: it is not there",
    ]
    assert 'src="gone' not in page
    assert 'src="https:' not in page
    assert '<aside class="notes"><p>psst</p>' in page


def test_bytes_that_are_no_utf_8(make_project: MakeProject) -> None:
    """They are read as Windows-1252, the others as UTF-8, with a warning for each file."""
    root = make_project({"slides/old.html": "", "slides/a.md": ""})
    page = '<div class="reveal"><div class="slides">\n<section>%b</section><section data-markdown="a.md"></section>'
    (root / "slides" / "old.html").write_bytes(page.encode() % b"\x80 caf\xe9 \xc3\xbc")
    (root / "slides" / "a.md").write_bytes(b"Gr\xfc\xdfe\r\n")
    problems = Problems()
    build(load_project(root), [], problems=problems)
    assert [str(one) for one in problems.warnings] == [
        "slides/old.html:2: not UTF-8: byte 0x80, which is read as Windows-1252\n  hint: save the file as UTF-8",
        "slides/a.md:1: not UTF-8: byte 0xfc, which is read as Windows-1252\n  hint: save the file as UTF-8",
    ]
    built = (root / "site" / "old.html").read_text("utf-8")
    assert "<section>€ café ü</section>" in built
    assert "<p>Grüße</p>" in built


def test_elements_that_nothing_closes(make_project: MakeProject) -> None:
    """What sets up reveal.js goes all the same."""
    page, warnings = build_page(make_project, "<section><div><div>a</section>")
    assert (page.count("Reveal.initialize("), page.count("head.min.js"), warnings) == (0, 0, [])


def test_names_and_places(make_project: MakeProject) -> None:
    """An older talk is listed and found by name; its name may say its date; a YAML file of its name wins over it."""
    plain = "<body><div class='reveal'><div class=slides><section><h2>The <b>first</b></h2></section></div></div>"
    root = make_project(
        {
            "slides/2017-05-03_Talk.html": plain,
            "slides/new.yaml": "slides: []",
            "slides/index.html": plain,
            "slides/other.html": "<div class='revealed'>",
            "slides/built.html": '<meta name="generator" content="quarterdeck 0.1">' + plain,
        }
    )
    project = load_project(root)
    assert find_decks(project) == ("2017-05-03_Talk", "new")
    for name in ("2017-05-03_Talk", "slides/2017-05-03_Talk.html"):
        deck = load_deck(project, name, Problems())
        assert (deck.name, deck.title, deck.date) == ("2017-05-03_Talk", "The first", "2017-05-03")
    assert load_deck(project, "new", Problems()).html_deck is None
    problems = Problems()
    build(project, [], problems=problems)
    assert [str(one) for one in problems.warnings] == [
        "slides/index.html: not built: index.html lists all decks\n  hint: rename it",
    ]
    with pytest.raises(SourceError) as raised:
        load_deck(project, "slides/other.html", Problems())
    assert str(raised.value) == "slides/other.html:1: not a deck: no element of the class 'slides' in it"


def split(text: str, separators: Separators) -> list[list[tuple[int, str, str | None]]]:
    """The slides of a text: line, body and notes of each."""
    stacks = split_by(text, separators, "a.md", map_fences(text.split("\n")), Problems())
    return [[(slide.at.line, slide.body, slide.notes) for slide in stack] for stack in stacks]


@pytest.mark.parametrize(
    ("text", "separators", "expected"),
    [
        ("A\n---\nB\n--\nC", DEFAULT, [[(1, "A", None)], [(3, "B\n--\nC", None)]]),
        (
            "A\n--\nB\n--\nC\n---\nD",
            Separators("^---$", "^--$", "^Note:"),
            [[(1, "A", None), (3, "B", None), (5, "C", None)], [(7, "D", None)]],
        ),
        (
            "A\n<!--v-->B\nNote: x\ny<!--s-->C\nNote: 1\nNote: 2",
            Separators("<!--s-->", "<!--v-->", "^Note:"),
            [[(1, "A", None), (2, "B", " x\ny")], [(4, "C\nNote: 1\nNote: 2", None)]],
        ),
        (
            "A\n\n\n\nB\n```\nx\n\n\n\nNote: y\n```\nNote: z",
            Separators(r"\n\n\n", None, "Note:"),
            [[(1, "A", None)], [(5, "B\n```\nx\n\n\n\nNote: y\n```", " z")]],
        ),
    ],
)
def test_slides_split_by_expressions(
    text: str, separators: Separators, expected: list[list[tuple[int, str, str | None]]]
) -> None:
    """As `slidify` in reveal.js does it, but for what stands in fences."""
    assert split(text, separators) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("foo()", None),
        ("Reveal.initialize();", None),
        ("Reveal.initialize({})", {}),
        ("Reveal.initialize({ hash:true, x: -1.5, y: [1, 'a', null], z: {b: {c: \"d's\"}} })",
         {"hash": True, "x": -1.5, "y": [1, "a", None], "z": {"b": {"c": "d's"}}}),
        ("Reveal.initialize({ a: b(1, {c: 2}), ...more, d() { return 1 }, e: 1 + 2, f: 'x' + y, g: `t`, h: 2, })",
         {"g": "t", "h": 2}),
        ("let deck = new Reveal(el, {embedded: true, plugins: [A]}); deck.initialize()", {"embedded": True}),
        ("Reveal.initialize({ a: 1,", {"a": 1}),
        ("Reveal.initialize({ a: [1, {b: function(){}", {"a": [1, {}]}),
        ("Reveal.initialize({a:){](a:[}(", {}),
    ],
)  # fmt: skip
def test_options_in_a_script(code: str, expected: dict[str, object] | None) -> None:
    """Plain values are read; what only a browser could know is left out."""
    assert read_initialize(code) == expected


def test_tags_know_where_they_stand() -> None:
    """What looks like a tag in comments, scripts and text areas is none."""
    text = "<!-- <a> --><DIV\n a='>' B=c d>\n<script>'<b>'</script><textarea><i></textarea></div><p"
    tags = read_tags(text)
    assert [(tag.name, tag.closing, text[tag.start : tag.end]) for tag in tags] == [
        ("div", False, "<DIV\n a='>' B=c d>"),
        ("script", False, "<script>"),
        ("script", True, "</script>"),
        ("textarea", False, "<textarea>"),
        ("textarea", True, "</textarea>"),
        ("div", True, "</div>"),
    ]
    assert tags[0].attributes == {"a": ">", "b": "c", "d": ""}
    assert (find_end(tags, 0), find_end(tags[:-1], 0)) == (5, 5)


PIECES = (
    *("<section>", "</section>", "<section data-markdown>", '<section data-markdown="a.md" data-separator="^-+$">'),
    *("<!--", "-->", "<textarea data-template>", "</textarea>", "<script>", "</script>", "<style>", "</style>"),
    *("## H\n", "\n---\n", "<pre><code>", "</code></pre>", "&lt;", "<", ">", '"', "'", "<div class='slides'>"),
    *("</div>", "</body>", "<body>", "<img src='p.svg'>", "<a href=x", "Reveal.initialize({a:", "{", "}", "[", "("),
    *(")", "]", "```\n", "Note:", "\0", "é", "<title>", "\n"),
)
"""What pages are made of, and bits that close nothing."""


@settings(max_examples=60)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_no_page_is_too_odd(tmp_path_factory: pytest.TempPathFactory, pieces: list[str]) -> None:
    """Whatever the HTML: it builds, or it says that it has no slides."""
    root = tmp_path_factory.mktemp("odd")
    (root / "slides").mkdir()
    for name, text in FILES.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, "utf-8")
    (root / "slides" / "old.html").write_text(f'<div class="reveal slides">{"".join(pieces)}', "utf-8")
    published = build(load_project(root), ["old"], problems=Problems())
    assert [path.name for path in published.pages] == ["old.html"]
