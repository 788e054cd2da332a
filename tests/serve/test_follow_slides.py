"""What followers get of a deck's page."""

from __future__ import annotations

import pytest

from quarterdeck.base.project import load_project
from quarterdeck.deck.model import BuildOptions
from quarterdeck.serve.changes import LivePage, compare_pages
from quarterdeck.serve.follow.slides_so_far import (
    find_files,
    find_furthest,
    show_so_far,
    with_frame_script,
    without_notes,
)
from quarterdeck.serve.live_site import LiveSite
from quarterdeck.serve.site_builder import SiteBuilder
from support.followers import write_followed_deck
from support.projects import MakeProject


@pytest.fixture
def site(make_project: MakeProject) -> LiveSite:
    """The deck `talk`, built."""
    root = make_project({})
    write_followed_deck(root)
    site = LiveSite(load_project(root))
    site.take(SiteBuilder(load_project(root), BuildOptions(("talk",))).build(first=True))
    return site


def headings(page: LivePage) -> list[str]:
    """The headings of the slides of *page*."""
    names = ("Start", "First", "HIDDEN", "Second", "Rest")
    return [name for name in names if any(f">{name}<" in slide.html for slide in page.slides)]


def test_slides_up_to_the_furthest(site: LiveSite) -> None:
    """Those before it too, but for hidden ones; the title slide is there from the start."""
    page = site.pages["talk.html"]
    assert [headings(show_so_far(page, furthest)) for furthest in range(6)] == [
        [],
        ["Start"],
        ["Start", "First"],
        ["Start", "First"],
        ["Start", "First", "Second"],
        ["Start", "First", "Second", "Rest"],
    ]
    assert find_furthest(page, {page.numbers[1], page.numbers[4]}) == 4
    assert find_furthest(page, {-1}) == 0


def test_nothing_that_is_for_the_presenter(site: LiveSite) -> None:
    """Speaker notes in all forms, comments, planned times, hidden slides, and the notes plugin."""
    page = site.pages["talk.html"]
    html = with_frame_script(show_so_far(page, len(page.numbers)))
    private = ("PRIVATE", "HIDDEN", "data-timing", "data-notes", "notes.", "hidden.", "talk.yaml")
    assert [text for text in private if text not in page.html] == []
    assert [text for text in private if text in html] == []
    assert html.count("<section") == html.count("</section>") == 5


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("a<aside class='x notes'>b<aside>c</aside>d</aside>e", "ae"),
        ("a<ASIDE CLASS=notes>b", "a"),
        ("a<aside class=footnotes>b</aside>", "a<aside class=footnotes>b</aside>"),
        ("<p data-notes='>'>a<!-- b --></p><!-- c", "<p >a</p>"),
        ('<div data-x="<aside class=notes>">a</div>', '<div data-x="<aside class=notes>">a</div>'),
    ],
)
def test_notes_in_html(html: str, expected: str) -> None:
    """As browsers read it."""
    assert without_notes(html) == expected


def test_only_files_of_slides_that_were_shown(site: LiveSite) -> None:
    """Pictures of slides to come, and of hidden ones, are not there; fonts, which style sheets name, are."""
    page = site.pages["talk.html"]

    def names(furthest: int) -> set[str]:
        return {name.split(".")[0] for name in find_files(show_so_far(page, furthest).html, site.files)}

    assert {"hidden", "shown", "notes"} <= {name.split(".")[0] for name in site.files}
    assert names(1) & {"hidden", "shown", "notes", "reveal", "source-sans-3-latin-400-normal"} == {
        "reveal",
        "source-sans-3-latin-400-normal",
    }
    assert names(5) - names(1) == {"shown"}


def test_the_next_slide_is_an_update(site: LiveSite) -> None:
    """In place, as edits are: the frame does not load again."""
    page = site.pages["talk.html"]
    before, now = show_so_far(page, 1), show_so_far(page, 2)
    message = compare_pages(before, now)
    assert message is not None
    assert (message["kind"], list(message["slides"]), len(message["order"])) == ("update", [page.numbers[2]], 3)


def test_a_page_whose_slides_are_unknown(site: LiveSite) -> None:
    """Nothing can be left out of it: followers get nothing."""
    assert show_so_far(site.pages["talk.html"]._replace(parts=None), 5).html == ""
