"""A project's own templates and themes: what is wrong with them is said at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.base.errors import Problems, SourceErrors
from quarterdeck.base.project import load_project
from support.building import build
from support.projects import MakeProject, quarterdeck

DECK = {"slides/talk.yaml": "slides: [a.md]", "slides/a.md": "## A"}
AT = "templates/deck.html.j2"
ASSET = "put it into templates/, or ask for what is there"
OWN = "fix it, or delete the file to use the built-in template"


def errors_of(root: Path) -> list[tuple[str, str, str]]:
    """What a build says that is wrong: where, what, and the cure."""
    with pytest.raises(SourceErrors) as raised:
        build(load_project(root), [], problems=Problems())
    assert not (root / "site").exists()
    return [(str(error.at), error.what, error.hint) for error in raised.value.errors]


@pytest.mark.parametrize(
    ("template", "line", "what", "hint"),
    [
        ("a\n{% if %}", 2, "expected an expression, got 'end of statement block'", OWN),
        ("a\n\n{{ deck.titel.x }}", 3, "no attribute 'titel'", "did you mean 'title'?"),
        ("a\n{{ dek.title }}", 2, "'dek' is undefined", "did you mean 'deck'?"),
        ("a\n{{ deck.title | uper }}", 2, "no filter named 'uper'", "did you mean 'upper'?"),
        ("a\n{{ 1 is defind }}", 2, "no test named 'defind'", "did you mean 'defined'?"),
        ("a\n{{ 1/0 }}", 2, "ZeroDivisionError: division by zero", OWN),
        ("a\n{{ deck.title() }}", 2, "TypeError: 'str' object is not callable", OWN),
        ('a\n{% include "titel.html.j2" %}', 2, "no template 'titel.html.j2'", "did you mean 'title.html.j2'?"),
        ('a\n{% extends "dek.html.j2" %}', 2, "no template 'dek.html.j2'", "did you mean 'deck.html.j2'?"),
        ('{% extends "deck.html.j2" %}', 1, "includes, extends or calls itself without end", OWN),
        ('a\n{{ assets["my.js"] }}', 2, "the template asks for 'my.js', which is not there", ASSET),
    ],
)  # fmt: skip
def test_mistakes_in_templates(make_project: MakeProject, template: str, line: int, what: str, hint: str) -> None:
    """Whatever a template does wrong is said at its line, with the cure, and nothing is written."""
    assert errors_of(make_project({**DECK, AT: template})) == [(f"{AT}:{line}", what, hint)]


def test_mistakes_in_parts_of_templates(make_project: MakeProject) -> None:
    """The line is that of the part; of the index's template, too."""
    part = {"templates/deck.html.j2": "a\n{% include 'part.j2' %}", "templates/part.j2": "b\n\n{{ 1/0 }}"}
    root = make_project({**DECK, **part, "templates/index.html.j2": "{{ 1/0 }}"})
    what = "ZeroDivisionError: division by zero"
    assert errors_of(root) == [("templates/index.html.j2:1", what, OWN), ("templates/part.j2:3", what, OWN)]


def test_what_is_not_utf_8(make_project: MakeProject) -> None:
    """Templates, themes and what these import are said with the line and the byte."""
    root = make_project({**DECK, "quarterdeck.toml": 'theme = "own"', "templates/themes/own/theme.css": ""})
    names = ("deck.html.j2", "themes/own/theme.css", "themes/own/part.css")
    hint = "save the file as UTF-8"
    (root / "templates" / names[0]).write_bytes(b"a\n\xe4")
    (root / "templates" / names[1]).write_bytes(b'@import "part.css";\n/* \xe4 */')
    assert errors_of(root) == [
        ("templates/deck.html.j2:2", "not UTF-8: byte 0xe4", hint),
        ("templates/themes/own/theme.css:2", "not UTF-8: byte 0xe4", hint),
    ]
    (root / "templates" / names[0]).unlink()
    (root / "templates" / names[1]).write_text('@import "part.css";\n', "utf-8")
    (root / "templates" / names[2]).write_bytes(b"\xff\xfe")
    assert errors_of(root) == [("templates/themes/own/part.css:1", "not UTF-8: byte 0xff", hint)]


def test_our_own_mistakes_are_no_mistakes_of_a_template(
    make_project: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong in our code while a template is rendered is not blamed on the template."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("quarterdeck.deck.assets.asset_store.AssetStore.add", fail)
    with pytest.raises(ZeroDivisionError):
        build(load_project(make_project(DECK)), [], problems=Problems())


def test_the_command_line_shows_no_traceback(make_project: MakeProject) -> None:
    """A template's mistake is one line and a hint, and the exit status is 2."""
    done = quarterdeck("build", cwd=make_project({**DECK, AT: "{{ 1/0 }}"}))
    message = f"{AT}:1: ZeroDivisionError: division by zero\n  hint: {OWN}\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
