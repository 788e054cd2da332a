"""`quarterdeck lint`: everything at once, sorted, without an engine."""

from __future__ import annotations

import os
from pathlib import Path

from support.projects import MakeProject, quarterdeck

NO_ENGINE = {**os.environ, "DOCKER_HOST": "unix:///nonexistent/docker.sock"}

FILES = {
    "slides/talk.yaml": "metadata: {titel: T}\nslides:\n- a.md\n- {path: b.md, if: self-paced}\n- gone.md\n",
    "slides/a.md": "# A\n\n<!-- include: hello-helo.command -->\n<!-- includ: hello-0.command -->\n",
    "slides/b.md": "# B\n\n```\n<!-- include: no-0.command -->\n```\n\n<!-- include: hello-hidden.command -->\n",
    "slides/lone.md": "# Lone\n\n<!-- include: hello-2.command -->\n",
    "commands/hello.demo": "# Hello\n\n# Say it {#hello}\necho hello\n\n# Unseen {#hidden}\n#@ hidden: true\nls\n"
    "\n# None\n",
    "commands/circle.demo": "# Circle\n#@ after: circle\n# One\nls\n",
    "commands/nested.demo": "# Nested\n# One\n#@ keep: [digset]\n#@ timout: 3s\n# Two\nbash\nls\n",
    "commands/gone.recording.yaml": "quarterdeck: 1\n",
    "commands/broken.demo": "# Broken\n# One\nls\n",
    "commands/broken.recording.yaml": "quarterdeck: 2\n",
}


def test_everything_wrong_is_said_at_once(make_project: MakeProject) -> None:
    """Of decks, slide sources, demos and recordings; sorted by place, with hints; mistakes win: exit status 2."""
    done = quarterdeck("lint", cwd=make_project(FILES), env=NO_ENGINE)
    assert [line for line in done.stdout.split("\n") if not line.startswith("  hint")] == [
        "commands/broken.recording.yaml:1: a recording of version 2, not 1",
        "commands/circle.demo:2: after: 'circle' would run after itself",
        "commands/gone.recording.yaml: a recording of no demo",
        "commands/hello.demo:1: nothing is recorded of 'hello'",
        "commands/nested.demo:1: nothing is recorded of 'nested'",
        "commands/nested.demo:3: keep: no kind 'digset' of values",
        "commands/nested.demo:4: unknown step option 'timout'",
        "commands/nested.demo:6: the lines below `bash` look meant for the program that it starts; "
        "bash would run them after it",
        "slides/a.md:3: no step 'hello-helo.command'",
        "slides/a.md:4: a comment that is almost a marker",
        "slides/b.md:7: 'hello-hidden.command' is hidden and not to be shown",
        "slides/lone.md:3: 'hello-2.command' has no commands",
        "slides/talk.yaml:1: unknown key 'metadata.titel'",
        "slides/talk.yaml:5: no slide source 'gone.md'",
        "",
    ]
    assert done.stdout.count("\n  hint: ") == 14
    assert (done.returncode, done.stderr) == (
        2,
        "1 deck, 3 slide sources, 4 demos, 7 steps: 9 mistakes, 5 warnings\n",
    )


def test_warnings_alone_are_a_no(make_project: MakeProject) -> None:
    """Exit status 1; and 0 where nothing is wrong, with how much was looked at."""
    root = make_project({"commands/hello.demo": "# Hello\n# One\necho hello\n"})
    done = quarterdeck("lint", cwd=root, env=NO_ENGINE)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "commands/hello.demo:1: nothing is recorded of 'hello'\n  hint: quarterdeck record hello\n",
        "0 decks, 0 slide sources, 1 demo, 1 step: 0 mistakes, 1 warning\n",
    )
    (root / "commands" / "hello.demo").write_text("# Hello\n# One\n#@ skip: later\necho hello\n")
    done = quarterdeck("lint", cwd=root, env=NO_ENGINE)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "",
        "0 decks, 0 slide sources, 1 demo, 1 step: nothing is wrong\n",
    )


def test_a_run_warns_about_lines_for_a_nested_shell(stage_image: str, make_project: MakeProject) -> None:
    """It runs them all the same: a verdict is worth more than a guess. The report has the cure."""
    demo = "# A\n#@ timeout: 1s\n# One\nPS1='$ ' sh\nls\nexit\n"
    root = make_project({"commands/a.demo": demo, "quarterdeck.toml": "[stage]\nengine = false\n"})
    done = quarterdeck("check", cwd=root)
    what = "the lines below `sh` look meant for the program that it starts; bash would run them after it"
    cure = "`#@ send: rest` gives them to that program; `#@ send: [exit]` ends it, and bash runs them"
    progress, _, notes = done.stderr.partition("\n")
    assert progress.startswith("[1/1] BROKEN a: 1 broken, ")
    assert (done.returncode, notes) == (1, f"warning: commands/a.demo:4: {what}\n  hint: {cure}\n")
    assert "commands/a.demo:3: BROKEN a-0 (One)\n    timeout: no end after 1 s\n" in done.stdout
    assert f"  hint: {what}: {cure}\n" in done.stdout
    (root / "commands" / "a.demo").write_text(
        demo.replace("sh\nls", "sh\nls -d /").replace("# One\n", "# One\n#@ send: rest\n")
    )
    done = quarterdeck("check", cwd=root)
    progress, _, notes = done.stderr.partition("\n")
    assert progress.startswith("[1/1] NEW a: 1 new, ")
    assert (done.returncode, notes, "1 new" in done.stdout) == (1, "", True)


def test_a_large_workshop_is_looked_at_in_no_time(make_project: MakeProject) -> None:
    """145 demos in 49 folders, 700 steps: half a second of work on a quiet machine; four times that is too much."""
    step = "\n# Step {number} {{#s{number}}}\n#@ timeout: 30s\ndocker run -d --name web alpine:3.20 sleep 9\n" + (
        "curl --fail localhost:5000/v2/a/manifests/b \\\n| jq .layers\ncat <<E >f\n# text\nE\n"
    )
    files = {
        f"commands/{number // 3}/d{number}.demo": "# D\n" + "".join(step.format(number=n) for n in range(5))
        for number in range(145)
    }
    root: Path = make_project({**files, "slides/a.md": "<!-- include: d7-s3.command -->\n" * 12})
    before = os.times()
    done = quarterdeck("lint", "--quiet", cwd=root, env=NO_ENGINE, fresh=True)
    after = os.times()
    assert (done.returncode, done.stderr, done.stdout.count("nothing is recorded")) == (1, "", 145)
    assert after.children_user + after.children_system - before.children_user - before.children_system < 2
