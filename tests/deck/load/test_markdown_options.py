"""What a deck file says about its Markdown: read, reported upon, and seen in its page."""

from __future__ import annotations

import re

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.deck.load.deck_file import load_deck
from quarterdeck.deck.model import PLAIN, Deck, MarkdownOptions
from support.building import build
from support.projects import MakeProject


def load(make_project: MakeProject, markdown: str, source: str = "a") -> tuple[Deck, list[str], list[str]]:
    """A deck that says *markdown* about its Markdown, the errors and the warnings."""
    files = {"slides/talk.yaml": f"slides: [a.md]\nreveal:\n  markdown:\n{markdown}", "slides/a.md": source}
    problems = Problems()
    deck = load_deck(load_project(make_project(files)), "talk", problems)
    return deck, list(map(str, problems.errors)), list(map(str, problems.warnings))


def build_talk(make_project: MakeProject, markdown: str, source: str) -> str:
    """The sections of the page of such a deck, but for the title."""
    load(make_project, markdown, source)
    root = make_project({})
    build(load_project(root), (), problems=Problems())
    page = (root / "site" / "talk.html").read_text("utf-8")
    return page[page.index("</section>") + 10 : page.rindex("</section>") + 10].strip()


def test_flags_are_those_of_reveal(make_project: MakeProject) -> None:
    """Each is there, a null says nothing, and none of them goes to reveal.js in the page."""
    flags = "    smartypants: true\n    breaks: true\n    gfm: false\n    animateLists: true\n"
    deck, errors, warnings = load(make_project, flags)
    assert (deck.markdown, errors, warnings) == (MarkdownOptions(True, True, False, True), [], [])
    assert load(make_project, "    smartypants:\n")[0].markdown == PLAIN
    assert "smartypants" not in build_talk(make_project, flags, "a")


def test_what_is_wrong_is_reported_at_its_line(make_project: MakeProject) -> None:
    """Ill-typed values are errors; unknown options and those without effect are warnings."""
    _, errors, warnings = load(
        make_project,
        "    smartypants: yes\n    separator: (\n    smartyPants: true\n    renderer: x\n    pedantic: true\n"
        "    mangle: false\n",
    )
    assert errors == [
        "slides/talk.yaml:4: 'reveal.markdown.smartypants' is true or false, not 'yes'",
        "slides/talk.yaml:5: 'reveal.markdown.separator' is not a regular expression: "
        "missing ), unterminated subpattern at position 0",
    ]
    assert warnings == [
        "slides/talk.yaml:6: unknown option 'reveal.markdown.smartyPants'\n  hint: did you mean 'smartypants'?",
        "slides/talk.yaml:7: 'reveal.markdown.renderer' has no effect: it is JavaScript, and slides are rendered when "
        "the deck is built\n  hint: remove it",
        "slides/talk.yaml:8: 'reveal.markdown.pedantic' has no effect: the original Markdown of 2004 is not "
        "supported\n  hint: remove it",
        "slides/talk.yaml:9: 'reveal.markdown.mangle' has no effect: marked, the parser of reveal.js, no longer "
        "has it\n  hint: remove it",
    ]
    problems = Problems()
    root = make_project({"slides/talk.yaml": "slides: [a.md]\nreveal: {markdown: on}\n"})
    load_deck(load_project(root), "talk", problems)
    assert list(map(str, problems.errors)) == ["slides/talk.yaml:2: 'reveal.markdown' is a table, not 'on'"]


def test_separators_are_those_of_the_deck(make_project: MakeProject) -> None:
    """Those that it does not name stay: slides of a stack and notes here."""
    source = "## A\n\n----\n\n## B\n\n--\n\n## C\n\n---\n\nc\n\nNote: n\n\n```\na\n\n----\n\nb\n```\n"
    html = build_talk(make_project, "    separator: '^\\r?\\n----\\r?\\n$'\n", source)
    assert re.sub(r"\s*\n\s*", "", html) == (
        '<section id="a"><h2>A</h2></section><section><section id="b"><h2>B</h2></section><section id="c"><h2>C</h2>'
        '<hr><p>c</p><aside class="notes"><p>n</p><pre><code class="nohighlight">a----b</code></pre></aside>'
        "</section></section>"
    )


def test_decks_differ_in_the_same_source(make_project: MakeProject) -> None:
    """One run, one source, two decks: each is rendered as it says."""
    root = make_project(
        {
            "slides/one.yaml": "slides: [a.md]\n",
            "slides/two.yaml": "slides: [a.md]\nreveal: {markdown: {smartypants: true}}\n",
            "slides/a.md": 'it\'s -- `--a` ...\n\nNote: "so"',
        }
    )
    build(load_project(root), (), problems=Problems())
    first, second = ((root / "site" / f"{name}.html").read_text("utf-8") for name in ("one", "two"))
    assert '<p>it\'s -- <code>--a</code> ...</p>\n<aside class="notes"><p>&quot;so&quot;</p>' in first
    assert '<p>it’s – <code>--a</code> …</p>\n<aside class="notes"><p>“so”</p>' in second


def test_tags_are_left_alone(make_project: MakeProject) -> None:
    """A `>` in an attribute, and dashes in what a comment asks for."""
    source = '<b title="a > \'b\' --">"c"</b> <!-- .element: style="--d: 1" -->\n\n<pre>"e"--</pre>'
    html = build_talk(make_project, "    smartypants: true\n", source)
    assert html == ('<section>\n<p style="--d: 1"><b title="a > \'b\' --">“c”</b> </p>\n\n<pre>"e"--</pre>\n</section>')
