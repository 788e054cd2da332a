"""Blocks: what replaces a marker, in Markdown and in HTML."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.deck.split.markers import Marker
from quarterdeck.deck.steps.block import Block, BlockMaker, expand_source, render_figure, render_markdown
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.demo_file import Demo
from quarterdeck.demo.recording import RecordedStep, Recording, save_recording
from support.projects import MakeProject

DEMO = """\
# Layers

# Fetch the image manifest {#manifest}
curl --silent \\
  --header "Accept: x" \\
| jq

# What now:
  # a comment
A=1

echo '# text'

# Secret {#secret}
#@ hidden: true
true

# Nothing here

# A browser {#web}
#@ skip: needs a browser
xdg-open "http://localhost"

# Short
#@ show: {lines: 1, fragment: false}
seq 3
"""
OUTPUT = "".join(f"line {number}\n" for number in range(1, 41))


def record(root: Path, **outputs: str) -> Demo:
    """Write a recording of the demo `layers` with these outputs by step."""
    project = load_project(root)
    problems = Problems()
    catalogue = Catalogue(project, problems)
    demo = catalogue.find_demo("layers")
    assert demo is not None
    digests = catalogue.input_digests(demo)
    steps = [
        RecordedStep(step.key, digest, 0, 0.1, outputs[f"s{step.number}"])
        for step, digest in zip(demo.steps, digests, strict=True)
        if f"s{step.number}" in outputs
    ]
    save_recording(demo, Recording("layers", "2026-11-23", (), tuple(steps)))
    return demo


def expand(root: Path, text: str, **options: object) -> tuple[str, list[str], list[str]]:
    """The expanded text of `slides/a.md`, the errors and the warnings."""
    project = load_project(root)
    problems = Problems()
    blocks = BlockMaker(project, Catalogue(project, problems), problems)
    path = root / "slides" / "a.md"
    expanded = expand_source(text, "slides/a.md", path.parent, blocks, project, problems, **options)  # type: ignore[arg-type]
    return expanded, [str(error) for error in problems.errors], [str(warning) for warning in problems.warnings]


@pytest.fixture
def root(make_project: MakeProject) -> Path:
    """A project with the demo `layers`, not recorded."""
    return make_project({"commands/layers.demo": DEMO})


MANIFEST = """\
Fetch the image manifest:

```bash
curl --silent \\
  --header "Accept: x" \\
| jq
```"""


def test_block_without_output(root: Path) -> None:
    """Caption, blank line, fence: exactly; all other lines as they went in."""
    text = "  a  \n\n<!-- include: layers-manifest.command -->\n\n<!-- other -->\n\n\n"
    expanded, errors, warnings = expand(root, text, with_output=False)
    assert expanded == f"  a  \n\n{MANIFEST}\n\n<!-- other -->\n\n\n"
    assert (errors, warnings) == ([], [])


def test_block_is_indented_as_its_marker(root: Path) -> None:
    """Every line but blank ones is indented."""
    expanded, _, _ = expand(root, "- a\n\n\t<!-- include: layers-0.command -->", with_output=False)
    block = "\n".join(f"\t{line}" if line else "" for line in MANIFEST.split("\n"))
    assert expanded == f"- a\n\n{block}"


def test_caption_and_language(root: Path) -> None:
    """A colon is not doubled; a caption can be left out; the marker's language wins over the one asked for."""
    text = "<!-- include: layers-1.command -->\n<!-- include: layers-1.command caption=none lang=sh -->"
    expanded, _, _ = expand(root, text, with_output=False, lang="console")
    assert expanded == ("What now:\n\n```console\nA=1\necho '# text'\n```\n```sh\nA=1\necho '# text'\n```")


def test_recorded_output_follows(root: Path) -> None:
    """The output is a text fence without colours, cut to the lines asked for."""
    record(root, s0=f"␛[1mhead␛[0m\n{OUTPUT}", s1="")
    expanded, errors, warnings = expand(root, "<!-- include: layers-0.command output=2 -->")
    assert expanded == f"{MANIFEST}\n\n```text\nhead\nline 1\n… 39 more lines\n```"
    assert expand(root, "<!-- include: layers-1.command -->")[0].endswith("\necho '# text'\n```")
    assert (errors, warnings) == ([], [])


def test_how_much_of_an_output_is_shown(root: Path) -> None:
    """As `show` says, unless the marker says otherwise; and whether it waits for a key press."""
    demo = record(root, s5="1\n2\n3\n")
    assert expand(root, "<!-- include: layers-5.command -->")[0] == (
        "Short:\n\n```bash\nseq 3\n```\n\n```text\n1\n… 2 more lines\n```"
    )
    assert expand(root, "<!-- include: layers-5.command output=2 -->")[0].endswith("\n2\n… 1 more line\n```")
    assert expand(root, "<!-- include: layers-5.command output=3 -->")[0].endswith("\n2\n3\n```")
    assert expand(root, "<!-- include: layers-5.command output=none -->")[0].endswith("\nseq 3\n```")
    project, problems = load_project(root), Problems()
    blocks = BlockMaker(project, Catalogue(project, problems), problems)
    marker = Marker(demo.at, "", 0, "layers-5.command")
    made = [blocks.make(marker._replace(fragment=fragment), root / "slides") for fragment in (None, True)]
    assert [block and block.fragment for block in made] == [False, True]


def test_fences_are_longer_than_their_content() -> None:
    """A block that holds fences is fenced by longer ones."""
    block = Block("a-0", "", ("cat <<EOF", "````", "EOF"), "bash", ("```",), 0, None, True, None)
    assert render_markdown(block) == ["`````bash", *block.commands, "`````", "", "````text", "```", "````"]


def test_missing_outputs_are_reported_once(root: Path) -> None:
    """A step that was never recorded and one recorded from something else: said at the first marker of each."""
    text = "<!-- include: layers-manifest.command -->\n" * 2 + "<!-- include: layers-1.command -->\n"
    assert expand(root, text)[2] == [
        "slides/a.md:1: 'layers-manifest' has no recorded output: it was never recorded\n"
        "  hint: quarterdeck record layers",
        "slides/a.md:3: 'layers-1' has no recorded output: it was never recorded\n  hint: quarterdeck record layers",
    ]
    demo = record(root, s0="x\n")
    (root / "commands" / "layers.demo").write_text(DEMO.replace("| jq", "| jq ."), "utf-8")
    expanded, _, warnings = expand(root, text)
    assert demo.recording.is_file()
    assert "```text" not in expanded
    assert warnings[0] == (
        "slides/a.md:1: 'layers-manifest' has no recorded output: it has changed since it was recorded\n"
        "  hint: quarterdeck record layers"
    )


def test_steps_that_need_no_recording(root: Path) -> None:
    """A step that is never run, and one whose output is not wanted, are not missed."""
    text = "<!-- include: layers-web.command -->\n<!-- include: layers-1.command output=none -->\n"
    assert expand(root, text)[1:] == ([], [])


def test_what_markers_cannot_show(root: Path) -> None:
    """No such step, a hidden one, one without commands: errors at the marker; its line stays."""
    text = (
        "<!-- include: layers-9.command -->\n<!-- include: layers-secret.command -->\n"
        "<!-- include: layers-3.command -->\n<!-- include: layres-0.command -->"
    )
    expanded, errors, _ = expand(root, text)
    assert expanded == text
    assert [line.split("\n")[0] for line in errors] == [
        "slides/a.md:1: no step 'layers-9.command'",
        "slides/a.md:2: 'layers-secret.command' is hidden and not to be shown",
        "slides/a.md:3: 'layers-3.command' has no commands",
        "slides/a.md:4: no step 'layres-0.command'",
    ]


def test_folder_mark(root: Path) -> None:
    """The slide's folder from the root."""
    assert expand(root, "  <!-- directory -->")[0] == "  `slides`"


def test_figure() -> None:
    """The HTML of a block: commands by line, whole text to copy, output with colours, mark."""
    block = Block(
        name="layers-manifest",
        caption="Fetch `it` & go",
        commands=('curl "a" \\', "| jq", "ls"),
        lang="bash",
        output=("␛[32m<ok>␛[0m", "b"),
        more=37,
        mark=("recorded", "recorded 2026-11-23"),
        fragment=True,
        highlight="1|3",
    )
    assert render_figure(block) == (
        '<figure class="step" data-step="layers-manifest">\n'
        "<figcaption>Fetch <code>it</code> &amp; go</figcaption>\n"
        '<div class="card">\n'
        '<pre class="commands"><code class="language-bash" data-line-numbers="1|3">'
        '<span class="line first">curl <span class="s2">&quot;a&quot;</span> <span class="se">\\</span></span>\n'
        '<span class="line more"><span class="p">|</span> jq</span>\n'
        '<span class="line first">ls</span></code></pre>\n'
        '<button class="copy" type="button" aria-label="Copy the commands" '
        'data-copy="curl &quot;a&quot; \\\n| jq\nls"></button>\n'
        '<div class="output fragment" tabindex="0"><pre class="terminal"><code class="nohighlight">'
        '<span class="fg" style="--fg:var(--ansi-2)">&lt;ok&gt;</span>\nb</code></pre>'
        '<p class="more">… 37 more lines</p></div>\n'
        '<p class="mark recorded" title="recorded 2026-11-23">recorded 2026-11-23</p>\n'
        "</div>\n</figure>"
    )
    plain = replace(block, caption="", output=None, more=0, mark=("unrecorded", "not recorded yet"), highlight=None)
    html = render_figure(plain)
    assert "<figcaption>" not in html
    assert "output" not in html
    assert '<p class="mark unrecorded" title="not recorded yet">not recorded yet</p>' in html
    assert '<div class="output" tabindex="0">' in render_figure(replace(block, fragment=False))


def test_here_document_continues_its_command() -> None:
    """Lines of a here-document, and of a loop, continue the command they belong to."""
    block = Block(
        "a-0", "", ("cat <<EOF", "x", "EOF", "for i in 1; do", "  ls", "done"), "sh", None, 0, None, True, None
    )
    html = render_figure(block)
    assert [part.split('"')[0] for part in html.split('<span class="line ')[1:]] == [
        "first", "more", "more", "first", "more", "more",
    ]  # fmt: skip
