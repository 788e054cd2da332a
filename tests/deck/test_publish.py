"""Building decks into `site/`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quarterdeck.base.errors import Problems, SourceError, SourceErrors, UsageError
from quarterdeck.base.project import load_project
from quarterdeck.deck.build import find_outdated
from quarterdeck.deck.model import BuildOptions, BuildResult
from support.building import build
from support.projects import MakeProject

DECK = """\
<title>{{ deck.title }}</title><link href="{{ assets['theme.css'] }}">
{% if deck.metadata.favicon %}<link rel="icon" href="{{ deck.metadata.favicon }}">{% endif %}
{% if deck.custom_style %}<style>{{ deck.custom_style }}</style>{% endif %}
{% for stack in pre_stacks + stacks + post_stacks %}{% for slide in stack %}
<section{{ slide.attributes }}>{{ slide.html }}</section>
{% endfor %}{% endfor %}
<script>Reveal.initialize({{ reveal_options }})</script>
"""
INDEX = "{% for deck in decks %}{{ deck.url }} {{ deck.title }} {{ deck.slides }};{% endfor %}"
TEMPLATES = {
    "templates/deck.html.j2": DECK,
    "templates/index.html.j2": INDEX,
    "templates/themes/night-watch/theme.css": '@import "../base.css"; a { background: url(dot.svg) }',
    "templates/themes/night-watch/dot.svg": "<svg/>",
    "templates/themes/base.css": "b { background: url('data:image/png;base64,AA==') }",
}


def run(root: Path, *names: str, **options: frozenset[str]) -> BuildResult:
    """Build a project."""
    return build(load_project(root), names, problems=Problems(), **options)  # type: ignore[arg-type]


def errors_of(root: Path, *names: str) -> list[str]:
    """What a build says that is wrong."""
    with pytest.raises(SourceErrors) as raised:
        run(root, *names)
    return [str(error) for error in raised.value.errors]


def sections(root: Path, name: str = "talk") -> str:
    """The slides of a published deck."""
    page = (root / "site" / f"{name}.html").read_text("utf-8")
    return "\n".join(re.findall(r"<section.*?</section>", page, re.DOTALL))


def assets(root: Path) -> list[str]:
    """The names of the published files."""
    return sorted(path.name for path in (root / "site" / "assets").iterdir())


@pytest.fixture
def make(make_project: MakeProject) -> MakeProject:
    """Make a project with small templates of its own."""
    return lambda files: make_project({**TEMPLATES, **files})


def test_deck_with_its_parts(make: MakeProject) -> None:
    """Title, slides with ids, options and style come out; text is escaped, HTML is not."""
    root = make(
        {
            "slides/talk.yaml": (
                "metadata: {title: R & D}\nslides: [a.md]\nreveal: {x: </script>}\ncustom_style: a > b {}"
            ),
            "slides/a.md": (
                '# A & B\n---\n# A & B\n--\n<!-- .slide: id="mine" class="c" -->\n# A & B\n---\ntext\n---\n# 42'
            ),
        }
    )
    run(root)
    page = (root / "site" / "talk.html").read_text("utf-8")
    assert "<title>R &amp; D</title>" in page
    assert '<script>Reveal.initialize({"x": "<\\/script>"})</script>' in page
    assert "<style>a > b {}</style>" in page
    assert re.findall(r"<section([^>]*)>", page) == [
        ' id="a-b"',
        ' id="a-b-2"',
        ' id="mine" class="c"',
        "",
        ' id="slide-42"',
    ]
    assert (root / "site" / "index.html").read_text("utf-8") == "talk.html R &amp; D 5;"


def test_pictures_are_found_named_and_linked(make: MakeProject) -> None:
    """Beside the slide, in slides/, from the root; in Markdown, HTML, slide attributes and styles."""
    root = make(
        {
            "slides/talk.yaml": (
                "slides: [b/a.md]\nmetadata: {favicon: b/x y.svg}\ncustom_style: 'a {background: url(r.svg)}'"
            ),
            "slides/b/a.md": (
                '<!-- .slide: data-background-image="s.svg" data-background="#fff" -->\n'
                "![](x%20y.svg) ![](../r.svg#part)\n\n"
                "<a href='/r.svg'>r</a> <img src=s.svg> [w](https://a.b/c.png) [h](#/2) [o](two.html#/3)\n\n"
                '<div style="background: url(\'s.svg\')"><video poster="r.svg"></video></div>\n\n`<img src="no.png">`\n'
            ),
            "slides/two.yaml": "slides: []",
            "slides/b/x y.svg": "<svg>1</svg>",
            "slides/s.svg": "<svg>2</svg>",
            "r.svg": "<svg>3</svg>",
            "slides/r.svg": "<svg>4</svg>",
        }
    )
    run(root)
    names = {(root / "site/assets" / name).read_text("utf-8"): name for name in assets(root)}
    xy, s, r3, r4 = (names[f"<svg>{number}</svg>"] for number in (1, 2, 3, 4))
    assert [re.sub(r"[0-9a-f]{8}", "HASH", name) for name in (xy, s, r3, r4)] == [
        "x-y.HASH.svg",
        "s.HASH.svg",
        "r.HASH.svg",
        "r.HASH.svg",
    ]
    assert sections(root) == (
        f'<section data-background-image="assets/{s}" data-background="#fff">\n'
        f'<p><img src="assets/{xy}" alt=""> <img src="assets/{r4}#part" alt=""></p>\n'
        f'<p><a href="assets/{r3}">r</a> <img src="assets/{s}"> <a href="https://a.b/c.png">w</a> <a href="#/2">h</a> '
        f'<a href="two.html#/3">o</a></p>\n'
        f'<div style="background: url(&#x27;assets/{s}&#x27;)"><video poster="assets/{r4}"></video></div>\n'
        "<p><code>&lt;img src=&quot;no.png&quot;&gt;</code></p>\n</section>"
    )
    page = (root / "site" / "talk.html").read_text("utf-8")
    assert f'<link rel="icon" href="assets/{xy}">' in page
    assert f"url('assets/{r4}')" in page


def test_theme_brings_what_it_refers_to(make: MakeProject) -> None:
    """Style sheets are linked among each other by their published names; data addresses stay."""
    root = make({"slides/talk.yaml": "slides: []"})
    run(root)
    names = {name.split(".")[0]: name for name in assets(root)}
    theme = (root / "site/assets" / names["theme"]).read_text("utf-8")
    assert theme == f'@import "{names["base"]}"; a {{ background: url("{names["dot"]}") }}'
    base = (root / "site/assets" / names["base"]).read_text("utf-8")
    assert base == TEMPLATES["templates/themes/base.css"]


def test_all_mistakes_at_once_and_nothing_written(make: MakeProject) -> None:
    """Missing pictures, steps, sources and themes of all decks, sorted by place; site/ stays as it was."""
    root = make(
        {
            "slides/one.yaml": "slides:\n- a.md\n- no.md\nmetadata:\n  logo: {image: loog.svg}\n",
            "slides/two.yaml": "slides: [b.md]\ntheme: nihgt-watch\n",
            "slides/three.yaml": "slides: [\n",
            "slides/a.md": "# A\n---\n\n![](pictre.svg)\n\n<!-- include: layers-9.command -->\n",
            "slides/b.md": '<!-- .slide: data-background-video="x.mp4" -->\n\n<a href="d.pdf">x</a>\n',
            "slides/picture.svg": "<svg/>",
            "slides/logo.svg": "<svg/>",
            "commands/layers.demo": "# L\n\n# One\nls\n",
        }
    )
    messages = [message.split("\n  hint: ") for message in errors_of(root)]
    assert [parts[0].split(" YAML")[0] for parts in messages] == [
        "slides/a.md:4: no file 'pictre.svg'",
        "slides/a.md:6: no step 'layers-9.command'",
        "slides/b.md:1: no file 'x.mp4'",
        "slides/b.md:3: no file 'd.pdf'",
        "slides/one.yaml:3: no slide source 'no.md'",
        "slides/one.yaml:5: no file 'loog.svg'",
        "slides/three.yaml:1: bad",
        "slides/two.yaml:2: no theme 'nihgt-watch'",
    ]
    assert messages[0][1] == "did you mean 'picture.svg'?"
    assert messages[5][1] == "did you mean 'logo.svg'?"
    assert messages[7][1] == "did you mean 'night-watch'?"
    assert not (root / "site").exists()


def test_pictures_outside_the_project_are_refused(make: MakeProject, tmp_path: Path) -> None:
    """Neither a path nor a link leads out of the project."""
    root = make({"secret.svg": "<svg/>"}) / "inner"
    for name, text in {**TEMPLATES, "slides/talk.yaml": "slides: [a.md]"}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    (root / "slides" / "a.md").write_text("![](link.svg)\n\n![](../../secret.svg)\n", "utf-8")
    (root / "slides" / "link.svg").symlink_to(tmp_path / "secret.svg")
    assert errors_of(root) == [
        "slides/a.md:1: 'link.svg' leads out of the project\n  hint: copy the file into the project",
        "slides/a.md:3: '../../secret.svg' leads out of the project\n  hint: copy the file into the project",
    ]


def test_names_that_are_no_addresses(make: MakeProject) -> None:
    """A name with a number sign, a question mark or a percent sign in it is found as it is, too."""
    root = make(
        {
            "slides/talk.yaml": "slides: [a.md]\nmetadata: {favicon: c#1.svg}\n",
            "slides/a.md": "![](b%2520c.svg) ![](<what?.svg>)\n",
            "slides/c#1.svg": "<svg>1</svg>",
            "slides/b%20c.svg": "<svg>2</svg>",
            "slides/what?.svg": "<svg>3</svg>",
        }
    )
    run(root)
    names = {name.partition(".")[0] for name in assets(root)}
    assert names >= {"c-1", "b-20c", "what"}


def test_pointers_of_git_lfs(make: MakeProject) -> None:
    """They are no pictures and no slides, and the message says how to get those."""
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"
    root = make(
        {
            "slides/talk.yaml": "slides: [a.md, b.md]\n",
            "slides/a.md": "![](p.png)\n",
            "slides/p.png": pointer,
            "slides/b.md": pointer,
        }
    )
    assert errors_of(root) == [
        "slides/a.md:1: 'p.png' is a pointer of Git LFS, not the file itself\n  hint: fetch it with `git lfs pull`",
        "slides/b.md: a pointer of Git LFS, not the file itself\n  hint: fetch it with `git lfs pull`",
    ]


def test_second_build_writes_nothing(make: MakeProject) -> None:
    """Only files with new contents are written; a changed picture gets a new name and the old one goes."""
    root = make({"slides/talk.yaml": "slides: [a.md]", "slides/a.md": "![](p.svg)", "slides/p.svg": "<svg>1</svg>"})
    first = run(root)
    assert {path.name.split(".")[0] for path in first.changed} == {"base", "dot", "index", "p", "talk", "theme"}
    second = run(root)
    assert (second.pages, second.changed, second.removed) == (first.pages, (), ())
    (root / "slides" / "p.svg").write_text("<svg>22</svg>", "utf-8")
    (root / "site" / "assets" / "kept.txt").write_text("by hand", "utf-8")
    third = run(root)
    assert [path.name.split(".")[0] for path in third.changed] == ["p", "talk"]
    assert [path.name.split(".")[0] for path in third.removed] == ["p"]
    assert len([name for name in assets(root) if name.startswith("p.")]) == 1
    assert "kept.txt" in assets(root)


def test_files_of_other_pages_stay(make: MakeProject) -> None:
    """What a page of an earlier build refers to is not removed, nor is anything by a build of one deck."""
    root = make({"slides/talk.yaml": "slides: []", "slides/a.md": "# One\n\n![](p.svg)", "slides/p.svg": "<svg/>"})
    assert [path.name for path in run(root, "slides/a.md").pages] == ["a.html"]
    assert run(root).removed == ()
    assert "img" in sections(root, "a")
    assert any(name.startswith("p.") for name in assets(root))


def test_one_deck_of_two(make: MakeProject) -> None:
    """Building one deck leaves the other's page, lists both, and does not look at the other's mistakes."""
    root = make({"slides/a.yaml": "slides: [a.md]", "slides/b.yaml": "slides: [a.md, a.md]", "slides/a.md": "# A"})
    run(root)
    (root / "slides" / "b.yaml").write_text("slides: [a.md, no.md]", "utf-8")
    run(root, "a")
    assert (root / "site" / "index.html").read_text("utf-8") == "a.html a 1;b.html b 1;"
    (root / "slides" / "b.yaml").write_text("slides: [", "utf-8")
    run(root, "a")
    assert (root / "site" / "index.html").read_text("utf-8") == "a.html a 1;"


def test_two_decks_of_one_name(make: MakeProject) -> None:
    """Both files are named; a build of another deck does not mind."""
    old = "<div class='reveal'><div class='slides'></div></div>"
    names = ("a.yaml", "a.yml", "b.yaml", "c.yaml", "c.html")
    root = make({f"slides/{name}": old if name.endswith("html") else "slides: []" for name in names})
    hint = "\n  hint: rename one of them"
    assert errors_of(root) == [
        f"slides/a.yml: the page of slides/a.yaml is site/a.html, too{hint}",
        f"slides/c.html: the page of slides/c.yaml is site/c.html, too{hint}",
    ]
    assert errors_of(root, "c") == [f"slides/c.html: the page of slides/c.yaml is site/c.html, too{hint}"]
    assert [path.name for path in run(root, "b").pages] == ["b.html"]


def test_two_slide_sources_of_one_name(make: MakeProject) -> None:
    """Asked for together, neither is passed over in silence."""
    root = make({"slides/x/a.md": "# A", "slides/y/a.md": "# B"})
    assert errors_of(root, "slides/x/a.md", "slides/y/a.md") == [
        "slides/y/a.md: the page of slides/x/a.md is site/a.html, too\n"
        "  hint: rename one of them, or build one at a time"
    ]


def test_a_deck_file_that_is_called_yml(make: MakeProject) -> None:
    """It is no deck, and its author is told; an older talk of that name is one all the same."""
    problems = Problems()
    files = {"slides/a.yml": "slides: []", "slides/b.yaml": "slides: []", "slides/other.yml": "x: 1"}
    root = make({**files, "slides/a.html": "<div class='reveal'><div class='slides'></div></div>"})
    build(load_project(root), [], problems=problems)
    assert [str(warning) for warning in problems.warnings] == [
        "slides/a.yml: not built: deck files end in .yaml\n  hint: rename it to a.yaml"
    ]


def test_what_a_comment_holds_is_not_looked_for(make: MakeProject) -> None:
    """But for what the comments of a slide ask for."""
    text = '# A\n\n<!-- ![](no.png) <img src="no.png"> -->\n\nx <!-- <img src="no.png"> -->\n'
    root = make({"slides/talk.yaml": "slides: [a.md]", "slides/a.md": text})
    run(root)
    assert sections(root).count("no.png") == 3
    (root / "slides" / "a.md").write_text('<!-- .slide: data-background-image="no.png" -->\n# A\n', "utf-8")
    assert [error.split("\n")[0] for error in errors_of(root)] == ["slides/a.md:1: no file 'no.png'"]


def test_audience(make: MakeProject) -> None:
    """A name that no entry is for is a mistake of the person who asks."""
    root = make(
        {
            "slides/talk.yaml": "slides: [a.md, {path: b.md, if: self-paced}]",
            "slides/a.md": "A",
            "slides/b.md": "B",
        }
    )
    run(root)
    assert sections(root) == "<section><p>A</p>\n</section>"
    run(root, audience=frozenset({"self-paced"}))
    assert sections(root) == "<section><p>A</p>\n</section>\n<section><p>B</p>\n</section>"
    with pytest.raises(UsageError) as raised:
        run(root, audience=frozenset({"self-pased"}))
    assert str(raised.value) == "no slides are for 'self-pased'\n  hint: did you mean 'self-paced'?"
    (root / "slides" / "talk.yaml").write_text("slides: [a.md\n", "utf-8")
    with pytest.raises(SourceErrors, match="bad YAML"):
        run(root, audience=frozenset({"self-paced"}))


def test_shared_sources_with_variables(make: MakeProject) -> None:
    """Two decks show one source, each with its own words."""
    root = make(
        {
            "slides/a.yaml": "slides: [s.md]\nvariables: {WHO: ann}",
            "slides/b.yaml": "slides: [s.md]\nvariables: {WHO: bob}",
            "slides/s.md": "hi {{ WHO }}",
        }
    )
    run(root)
    assert (sections(root, "a"), sections(root, "b")) == (
        "<section><p>hi ann</p>\n</section>",
        "<section><p>hi bob</p>\n</section>",
    )


def test_step_on_a_slide(make: MakeProject) -> None:
    """A marker becomes a figure; without a recording the build says so and goes on."""
    root = make(
        {
            "slides/talk.yaml": "slides: [x/a.md]",
            "slides/x/a.md": "# A\n\n<!-- include: layers-0.command -->\n\n<!-- directory -->\n",
            "commands/layers.demo": "# L\n\n# One\nls\n",
        }
    )
    problems = Problems()
    build(load_project(root), [], problems=problems)
    assert [str(warning) for warning in problems.warnings] == [
        "slides/x/a.md:3: 'layers-0' has no recorded output: it was never recorded\n  hint: quarterdeck record layers"
    ]
    html = sections(root)
    assert '<figure class="step" data-step="layers-0">\n<figcaption>One</figcaption>' in html
    assert '<p class="folder">slides/x</p>' in html


def test_pages_of_decks_that_are_no_more(make_project: MakeProject) -> None:
    """A full build removes them, but no page that it did not write, and none of a slide source that is still there."""
    root = make_project({f"slides/{name}": "slides: []" for name in ("a.yaml", "b.yaml", "c.yaml", "d.yaml")})
    (root / "slides" / "s.md").write_text("# S\n\n![](p.svg)", "utf-8")
    (root / "slides" / "t.md").write_text("# T", "utf-8")
    (root / "slides" / "p.svg").write_text("<svg/>", "utf-8")
    run(root)
    run(root, "slides/s.md", "slides/t.md")
    (root / "site" / "mine.html").write_text("<p>mine", "utf-8")
    (root / "slides" / "a.yaml").unlink()
    (root / "slides" / "b.yaml").write_text("no: deck", "utf-8")
    (root / "slides" / "t.md").unlink()
    assert run(root, "c").removed == ()
    assert [path.name for path in run(root).removed] == ["a.html", "b.html", "t.html"]
    left = sorted(path.name for path in (root / "site").glob("*.html"))
    assert left == ["c.html", "d.html", "index.html", "mine.html", "s.html"]
    assert any(name.startswith("p.") for name in assets(root))


def test_strict(make: MakeProject) -> None:
    """Every warning is an error, and nothing is written."""
    root = make({"slides/talk.yaml": "slides: []\ncustom_stlye: x", "slides/a.md": ""})
    with pytest.raises(SourceErrors) as raised:
        build(load_project(root), [], strict=True, problems=Problems())
    assert str(raised.value) == ("slides/talk.yaml:2: unknown key 'custom_stlye'\n  hint: did you mean 'custom_style'?")
    assert not (root / "site").exists()
    (root / "slides" / "talk.yaml").write_text("slides: []\ncustom_style: x", "utf-8")
    assert len(build(load_project(root), [], strict=True, problems=Problems()).changed) > 0


def test_no_decks(make_project: MakeProject) -> None:
    """A project without decks says what a deck is."""
    with pytest.raises(UsageError) as raised:
        run(make_project({"slides/a.md": "# A"}))
    assert raised.value.what == "no deck to build: no file slides/*.yaml has a key 'slides'"


def test_shipped_templates_open_from_the_file_system(make_project: MakeProject) -> None:
    """With the shipped templates nothing on the page or in its styles comes from anywhere else."""
    root = make_project({"slides/talk.yaml": "metadata: {title: T}\nslides: [a.md]", "slides/a.md": "# A"})
    try:
        run(root)
    except SourceError as error:
        pytest.fail(str(error))
    site = root / "site"
    links: dict[str, list[str]] = {}
    for path in [*site.glob("*.html"), *site.glob("assets/*.css")]:
        text = path.read_text("utf-8")
        groups = re.findall(r'(?:src|href)="([^"]*)"|url\("?([^")]*)|@import "([^"]*)', text)
        links[path.name] = [link for group in groups for link in group if link]
        for link in links[path.name]:
            assert link.startswith(("data:", "#")) or (path.parent / link).is_file(), (path.name, link)
    assert links["index.html"]
    assert links["talk.html"]
    assert any(addresses for name, addresses in links.items() if name.startswith("theme"))


def test_doubled_ids_are_warned_about(make_project: MakeProject) -> None:
    """At the line of the second, whichever source it is in; an id that every deck has cannot be had either."""
    root = make_project(
        {
            "slides/talk.yaml": "slides: [a.md, b.md]\n",
            "slides/a.md": '<!-- .slide: id="x" -->\n\n## A\n\n---\n\n## B\n\n<!-- .slide: id="agenda" -->\n',
            "slides/b.md": '## C\n\n---\n\n## D {#y}\n\n---\n\ntext\n\n<!-- .slide: class="x" id="x" -->\n',
        }
    )
    problems = Problems()
    build(load_project(root), (), problems=problems)
    assert list(map(str, problems.warnings)) == [
        "slides/a.md:9: the id 'agenda' is of a slide that every deck may have\n  hint: give this slide another one",
        "slides/b.md:11: the id 'x' is that of an earlier slide, too\n  hint: give this slide another one",
    ]


@pytest.mark.parametrize("single_file", [False, True])
def test_what_a_build_would_write(make: MakeProject, single_file: bool) -> None:
    """The pages of decks and the files beside them that are missing or would differ; nothing is written."""
    root = make({"slides/talk.yaml": "slides: [a.md]", "slides/a.md": "# A\n", "slides/other.yaml": "slides: [a.md]"})

    def outdated() -> list[str]:
        paths = find_outdated(load_project(root), BuildOptions(("talk",), single_file=single_file), Problems())
        return [path.relative_to(root).as_posix() for path in paths]

    assert [path for path in outdated() if not path.startswith("site/assets/")] == ["site/talk.html"]
    assert not (root / "site").exists()
    build(load_project(root), ["talk"], problems=Problems(), single_file=single_file)
    assert outdated() == []
    if not single_file:
        next((root / "site" / "assets").glob("theme*.css")).unlink()
        assert [path[:17] for path in outdated()] == ["site/assets/theme"]
        run(root, "talk")
    page = root / "site" / "talk.html"
    was = page.read_bytes()
    (root / "slides" / "a.md").write_text("# B\n")
    assert outdated() == ["site/talk.html"]
    assert page.read_bytes() == was
