"""Builds that know what earlier ones made: they give what a build that knows nothing gives."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quarterdeck.base.errors import Problems, QuarterdeckError, SourceErrors
from quarterdeck.base.project import load_project
from quarterdeck.deck.cache import incremental
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.recording import DemoResult, Exited, StepResult, make_recording, save_recording
from support.building import build as build_cold
from support.building import build_incrementally
from support.projects import MakeProject, quarterdeck

Said = tuple[str, list[str]]

TEMPLATE = """\
<title>{{ deck.title }}</title><link href="{{ assets['theme.css'] }}"><style>{{ deck.custom_style }}</style>
{% include 'part.html.j2' %}
{% for stack in pre_stacks + stacks + post_stacks %}{% for slide in stack %}
<section{{ slide.attributes }}>{{ slide.html }}</section>
{% endfor %}{% endfor %}
"""
FILES = {
    "templates/deck.html.j2": TEMPLATE,
    "templates/part.html.j2": "<p>part</p>",
    "templates/index.html.j2": "{% for deck in decks %}{{ deck.url }} {{ deck.title }} {{ deck.slides }};{% endfor %}",
    "templates/themes/night-watch/theme.css": '@import "../base.css";',
    "templates/themes/day-watch/theme.css": "a { background: url(dot.svg) }",
    "templates/themes/day-watch/dot.svg": "<svg/>",
    "templates/themes/base.css": "b {}",
    "slides/one.yaml": "metadata: {title: One}\nslides: [x/a.md, b.md]\nvariables: {WHO: ann}\n",
    "slides/two.yaml": "metadata: {title: Two}\nslides: [b.md, {path: x/a.md, if: late}]\nvariables: {WHO: bob}\n",
    "slides/x/a.md": "# A {{ WHO }}\n\n![](p.svg)\n---\n\n<!-- include: layers-one.command -->\n\n<!-- directory -->\n",
    "slides/b.md": "# B {{ WHO }}\n\n```yaml\na: [1]\n```\n--\n# C\nNote: say\n",
    "slides/p.svg": "<svg>1</svg>",
    "commands/layers.demo": "# L\n\n# One {#one}\ncat file\n",
    "commands/file": "text\n",
}
TEXTS = [
    "# A\n\n![](p.svg)\n",
    "# A {{ WHO }} and {{ NAME }}\n---\n# A\n",
    "\n\n# D\n\n<!-- include: layers-one.command output=1 -->\n--\n![](../q.svg)\n",
    "```yaml [1|2]\na: 1\nb: 2\n```\nNote: n\n",
    '<!-- .slide: class="c" data-background-image="p.svg" -->\nE\n\n- f <!-- .element: class="g" -->\n',
    "<!-- include: layers-9.command -->\n",
    "# almost\n\n<!-- directroy -->\n",
]
EDITS = {
    "slides/x/a.md": TEXTS,
    "slides/b.md": TEXTS,
    "slides/one.yaml": [
        "metadata: {title: Eins}\nslides: [x/a.md, b.md]\n",
        "theme: day-watch\nslides: [b.md]\nvariables: {WHO: cleo, NAME: n}\n",
        "slides: [b.md, x/a.md]\ncustom_style: 'a { background: url(p.svg) }'\nthem: x\n",
    ],
    "slides/three.yaml": ["slides: [b.md]\n", "slides: [no.md]\n", "no: deck\n"],
    "templates/part.html.j2": ["<p>other</p>", "{{ deck.name }}"],
    "templates/themes/base.css": ["b { color: red }", "b { background: url(night-watch/dot.svg) }"],
    "templates/themes/night-watch/dot.svg": ["<svg>dot</svg>"],
    "slides/p.svg": ["<svg>2</svg>"],
    "slides/x/p.svg": ["<svg>3</svg>", "<svg>4</svg>"],
    "slides/q.svg": ["<svg>5</svg>"],
    "slides/.hidden": ["x"],
    "q.svg": ["<svg>6</svg>"],
    "quarterdeck.toml": ['fence = "sh"\n', 'theme = "day-watch"\n', 'site = "out"\n'],
    "commands/layers.demo": [
        "# L\n\n# Eins {#one}\ncat file\n",
        "# L\n\n# One {#one}\n#@ show: {lines: 1}\ncat file file\n",
    ],
    "commands/file": ["TEXT\n"],
    "commands/.config/file": ["deep\n"],
    "commands/.gitignore": ["file\n", "other\n"],
    ".gitignore": ["commands/file\n"],
    ".git/info/exclude": ["commands/file\n"],
}
"""What a file may become; it may also go, come back as it was, be touched, and be changed behind our back."""

STEPS = st.one_of(
    st.tuples(st.just("write"), st.sampled_from([(path, text) for path, texts in EDITS.items() for text in texts])),
    st.tuples(st.just("remove"), st.sampled_from(sorted(EDITS))),
    st.tuples(st.just("restore"), st.sampled_from(sorted(FILES))),
    st.tuples(st.just("swap case"), st.sampled_from(sorted(FILES))),
    st.tuples(st.just("touch"), st.sampled_from(sorted(FILES))),
    st.tuples(st.just("record"), st.sampled_from(["text\n", "␛[1mtext␛[m\nand more\n"])),
    st.tuples(st.just("spoil"), st.sampled_from(["cache", "page", "assets", "stray"])),
    st.tuples(st.just("build"), st.sampled_from([["one"], ["slides/b.md"], ["--late"]])),
)


def write(path: Path, text: str) -> None:
    """Write a file, with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def record(root: Path, output: str) -> None:
    """Record the demo as if it had printed *output*."""
    project, problems = load_project(root), Problems()
    catalogue = Catalogue(project, problems)
    for demo in catalogue.load_all():
        steps = tuple(StepResult(step, Exited(0), 0.1, output) for step in demo.steps)
        save_recording(demo, make_recording(DemoResult(demo, steps), catalogue.input_digests(demo), "2026-11-23"))


def apply(root: Path, kind: str, what: object, *, cold: bool = False) -> None:
    """Do one step of a story."""
    if kind == "write":
        assert isinstance(what, tuple)
        write(root / what[0], what[1])
    elif kind == "remove":
        (root / str(what)).unlink(missing_ok=True)
    elif kind == "restore":
        write(root / str(what), FILES[str(what)])
    elif kind == "swap case" and (root / str(what)).is_file():
        # Another text of the same length and with the same time: only its contents can tell.
        status = (root / str(what)).stat()
        write(root / str(what), (root / str(what)).read_text("utf-8").replace("A", "Z").replace("<svg", "<SVG"))
        os.utime(root / str(what), ns=(status.st_atime_ns, status.st_mtime_ns))
    elif kind == "touch" and (root / str(what)).is_file():
        (root / str(what)).touch()
    elif kind == "record":
        record(root, str(what))
    elif kind == "spoil":
        spoil(root, str(what))
    elif kind == "build":
        assert isinstance(what, list)
        names = [name for name in what if not name.startswith("--")]
        run(root, names, frozenset(name[2:] for name in what if name.startswith("--")), cold=cold)


def spoil(root: Path, what: str) -> None:
    """Damage what earlier builds left."""
    site = root / "site"
    if what == "cache":
        for path in (root / ".quarterdeck" / "cache").glob("*"):
            path.write_bytes(path.read_bytes()[:-1] + b"?")
    elif what == "page" and (site / "one.html").is_file():
        (site / "one.html").write_text((site / "one.html").read_text("utf-8").swapcase(), "utf-8")
    elif what == "assets":
        shutil.rmtree(site / "assets", ignore_errors=True)
    elif what == "stray":
        write(site / "assets" / "stray.01234567.svg", "<svg/>")


def run(root: Path, names: list[str], audience: frozenset[str] = frozenset(), *, cold: bool = False) -> Said:
    """A build, by one that knows nothing of others if *cold*: its errors, and its warnings."""
    problems = Problems()
    build = build_cold if cold else build_incrementally
    try:
        build(load_project(root), names, audience=audience, problems=problems)
    except QuarterdeckError as error:
        return str(error), []
    return "", [str(warning) for warning in problems.warnings]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below *folder*."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=1, max_size=6))
def test_any_story_ends_as_a_cold_build_does(story: list[list[tuple[str, object]]]) -> None:
    """Whatever happens between builds, each gives the files, warnings and errors of one that knows nothing."""
    with tempfile.TemporaryDirectory() as name:
        root, other = Path(name).resolve() / "warm", Path(name).resolve() / "cold"
        for folder in (root, other):
            for path, text in FILES.items():
                write(folder / path, text)
            subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
        for chapter in story:
            for kind, what in chapter:
                apply(root, kind, what)
                apply(other, kind, what, cold=True)
            expected = run(other, [], cold=True)
            assert run(root, []) == expected
            built, cold = contents(load_project(root).site), contents(load_project(other).site)
            if expected[0]:  # Nothing was written: the index is that of an earlier build, perhaps of some decks only.
                built.pop("index.html", None)
                cold.pop("index.html", None)
            assert built == cold
            assert run(root, []) == expected


def test_nothing_changed_and_nothing_is_done(make_project: MakeProject) -> None:
    """The second build imports no library that renders, says the same, and touches nothing."""
    root = make_project(FILES)
    first = quarterdeck("build", cwd=root, fresh=True)
    assert first.returncode == 0
    before = {path: path.stat().st_mtime_ns for path in (root / "site").rglob("*")}
    code = (
        "import json, sys\nfrom quarterdeck.cli import run\nstatus = run(['build'])\n"
        "print(json.dumps([status, sorted({name.partition('.')[0] for name in sys.modules})]), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    note, answer = done.stderr.rsplit("\n", 2)[0], json.loads(done.stderr.splitlines()[-1])
    assert answer[0] == 0
    assert {"click", "dataclasses", "markdown_it", "jinja2", "pygments", "tree_sitter", "yaml", "tempfile"} & set(
        answer[1]
    ) == set()
    assert done.stdout == first.stdout.rpartition("\n")[0].rpartition("\n")[0] + "\nnothing changed\n"
    assert f"{note}\n" == first.stderr
    assert note.startswith("warning: slides/x/a.md:6: 'layers-one' has no recorded output: it was never recorded\n")
    assert {path: path.stat().st_mtime_ns for path in (root / "site").rglob("*")} == before


def test_one_slide_changed_renders_one_slide(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """The others come from the cache, also of a deck that was built by another question, and in another order."""
    from quarterdeck.deck.cache import slide_renderer as rendering

    root = make_project({**FILES, "slides/b.md": "# 1\n---\n# 2\n---\n# 3\n", "slides/x/a.md": "# 4\n"})
    run(root, [])
    rendered: list[str] = []
    render = rendering.render_slide
    monkeypatch.setattr(
        rendering, "render_slide", lambda raw, *rest: (rendered.append(raw.body), render(raw, *rest))[1]
    )
    write(root / "slides/b.md", "# 2\n---\n# new\n---\n# 1\n---\n# 3\n")
    run(root, ["one"])
    assert rendered == ["# new"]


def test_errors_are_not_kept(make_project: MakeProject) -> None:
    """A build that failed fails again with the same words, and goes on when the mistake is mended."""
    root = make_project({**FILES, "slides/b.md": "![](no.svg)\n"})
    for _ in range(2):
        with pytest.raises(SourceErrors, match=r"slides/b\.md:1: no file 'no\.svg'"):
            build_incrementally(load_project(root), [], problems=Problems())
    write(root / "slides/no.svg", "<svg/>")
    assert run(root, [])[0] == ""


def test_cache_stays_out_of_git(make_project: MakeProject) -> None:
    """Its folder says itself that git shall not see it."""
    root = make_project(FILES)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    run(root, [])
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True, check=True
    ).stdout
    assert "slides" in status
    assert ".quarterdeck" not in status


def test_where_nothing_can_be_kept_all_is_well(make_project: MakeProject) -> None:
    """A file in place of the cache folder, or a link that leads elsewhere, costs time and nothing else."""
    root = make_project({**FILES, ".quarterdeck": "mine"})
    expected = run(root, [])
    assert run(root, []) == expected == ("", expected[1])
    (root / ".quarterdeck").unlink()
    elsewhere = root.parent / "elsewhere"
    elsewhere.mkdir()
    (root / ".quarterdeck").symlink_to(elsewhere)
    assert run(root, []) == expected
    assert list(elsewhere.iterdir()) == []


def test_fresh_passes_over_what_was_kept(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is rendered again, and nothing is written since nothing differs."""
    from quarterdeck.deck.cache import slide_renderer as rendering

    root = make_project(FILES)
    run(root, [])
    rendered: list[str] = []
    render = rendering.render_slide
    monkeypatch.setattr(
        rendering, "render_slide", lambda raw, *rest: (rendered.append(raw.body), render(raw, *rest))[1]
    )
    monkeypatch.setattr(incremental, "start_worker", lambda _: None)
    published = build_incrementally(load_project(root), [], fresh=True, problems=Problems())
    assert published.changed == ()
    assert len(rendered) > 3


def test_two_runs_at_once(make_project: MakeProject) -> None:
    """Both end well, and what they keep is right."""
    root = make_project(FILES)
    command = [sys.executable, "-m", "quarterdeck", "build", "--quiet"]
    runs = [subprocess.Popen([*command, *rest], cwd=root) for rest in ([], ["--with", "late"], [], ["one"])]
    assert [process.wait() for process in runs] == [0, 0, 0, 0]
    output = run(root, [])
    pages = contents(root / "site")
    shutil.rmtree(root / "site")
    assert output == run(root, [], cold=True)
    assert pages == contents(root / "site")


def test_other_code_and_other_libraries(make_project: MakeProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """With another version of anything that is installed, nothing that was kept counts."""
    from quarterdeck.deck.cache import slide_renderer as rendering

    root = make_project({**FILES, "site-packages/markdown_it_py-9.0.dist-info/METADATA": ""})
    rendered: list[str] = []
    render = rendering.render_slide
    monkeypatch.setattr(
        rendering, "render_slide", lambda raw, *rest: (rendered.append(raw.body), render(raw, *rest))[1]
    )
    run(root, [])
    rendered.clear()
    before = incremental.code_version()
    run(root, [])
    assert (rendered, before) == ([], incremental.code_version())
    monkeypatch.syspath_prepend(str(root / "site-packages"))
    assert incremental.code_version() != before
    monkeypatch.setattr(incremental, "start_worker", lambda _: None)
    assert build_incrementally(load_project(root), [], problems=Problems()).changed == ()
    assert len(rendered) > 3
