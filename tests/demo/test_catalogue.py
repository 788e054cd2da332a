"""Finding demos and steps by name, and putting demos on stages."""

from __future__ import annotations

from pathlib import Path

import pytest

from quarterdeck.base.errors import Problems, SourceError, SourceErrors, UsageError
from quarterdeck.base.project import StageSettings, load_project
from quarterdeck.demo.catalogue import Catalogue
from support.projects import MakeProject

STEP = "# Title\n# Step\nls\n"


def catalogue(root: Path) -> Catalogue:
    """The catalogue of a project; its problems are its own affair."""
    return Catalogue(load_project(root), Problems())


def find(root: Path, reference: str, beside: str = "slides") -> str:
    """What a marker finds: the demo and the step, or the message and its hint."""
    try:
        demo, step = catalogue(root).find_step(reference, root / beside)
    except UsageError as error:
        return str(error)
    return f"{demo.name} {step.key}"


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("layers-0.command", "registry/layers one"),
        ("layers-one.command", "registry/layers one"),
        ("registry/layers-1.command", "registry/layers 1"),
        ("a-b-1.command", "a-b 1"),
        ("a-b-0.command", "a-b 0"),
        ("files-3.command", "files 3"),
        ("hello.command", "hello 0"),
        ("twice-0.command", "'twice-0.command' could be a step of x/twice or y/twice\n  hint: name it with its folder"),
        ("x/twice-0.command", "x/twice 0"),
        ("layers-9.command", "no step 'layers-9.command'\n  hint: did you mean 'layers-1.command'?"),
        ("layers-onne.command", "no step 'layers-onne.command'\n  hint: did you mean 'layers-one.command'?"),
        ("layerz-0.command", "no step 'layerz-0.command'\n  hint: is it of the demo 'layers'?"),
    ],
)
def test_steps_are_found_by_name(make_project: MakeProject, reference: str, expected: str) -> None:
    """By number and by name, with and without a folder; the longest demo name wins; the nearest name is a hint."""
    root = make_project(
        {
            "commands/registry/layers.demo": "# T\n# One {#one}\nls\n# Two\npwd\n",
            "commands/a.demo": "# T\n# One {#b-1}\nls\n",
            "commands/a-b.demo": "# T\n# One\nls\n# Two\nls\n",
            "commands/files-3.command": "# Three\nls\n",
            "commands/files-10.command": "# Ten\nls\n",
            "commands/hello.command": "# Hello\nls\n",
            "commands/x/twice.demo": STEP,
            "commands/y/twice.demo": STEP,
        }
    )
    assert find(root, reference) == expected


def test_what_is_beside_the_slide_comes_first(make_project: MakeProject) -> None:
    """A demo or a step file in the slide's own folder hides one of the same name in commands/."""
    root = make_project({"commands/layers.demo": STEP, "slides/topic/layers.demo": STEP})
    assert find(root, "layers-0.command", "slides/topic") == "slides/topic/layers 0"
    assert find(root, "layers-0.command", "slides") == "layers 0"


def test_command_files_are_in_number_order(make_project: MakeProject) -> None:
    """10 comes after 9, not after 1."""
    root = make_project({f"commands/x-{number}.command": f"# {number}\nls\n" for number in (10, 9, 1)})
    demo = catalogue(root).find_demo("x")
    assert demo is not None
    assert [step.number for step in demo.steps] == [1, 9, 10]


def test_a_demo_in_both_forms_is_an_error(make_project: MakeProject) -> None:
    """Which of the two is meant can't be known."""
    root = make_project({"commands/x.demo": STEP, "commands/x-0.command": "# One\nls\n"})
    problems = Problems()
    Catalogue(load_project(root), problems).find_demo("x")
    assert [str(error) for error in problems.errors] == [
        "commands/x.demo: the demo 'x' exists twice: commands/x-0.command is a step of it too\n  hint: keep one form"
    ]


def runs(root: Path, *names: str) -> list[tuple[list[str], list[str]]]:
    """The stages that demos are put on: the demos of each, and those that were asked for."""
    demos = catalogue(root)
    requested = [demo for name in names if (demo := demos.find_demo(name))] or demos.load_all()
    return [([demo.name for demo in run.demos], sorted(run.asked)) for run in demos.plan_runs(requested)]


def after(parent: str) -> str:
    """A demo that comes after another."""
    return f"# Title\n#@ after: {parent}\n# Step\nls\n"


def test_demos_that_come_after_others_share_their_stage(make_project: MakeProject) -> None:
    """A chain runs on one stage; a second child gets its own, where the ancestors only prepare."""
    root = make_project(
        {
            "commands/a.demo": STEP,
            "commands/b.demo": after("a"),
            "commands/c.demo": after("b"),
            "commands/d.demo": after("a"),
            "commands/e.demo": STEP,
        }
    )
    assert runs(root) == [(["a", "b", "c"], ["a", "b", "c"]), (["a", "d"], ["d"]), (["e"], ["e"])]
    assert runs(root, "c") == [(["a", "b", "c"], ["c"])]
    assert runs(root, "b", "d") == [(["a", "b"], ["b"]), (["a", "d"], ["d"])]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a": after("b"), "b": after("a")}, "'a' would run after itself"),
        ({"a": after("a")}, "'a' would run after itself"),
        ({"a": after("bb"), "b": STEP}, "after: no demo 'bb'\n  hint: did you mean 'b'?"),
        ({"a": after("b"), "b": after("c"), "c": after("b")}, "'b' would run after itself"),
    ],
)
def test_chains_that_lead_nowhere_are_errors(make_project: MakeProject, files: dict[str, str], message: str) -> None:
    """A circle and a missing parent are named at the line that says `after`."""
    root = make_project({f"commands/{name}.demo": text for name, text in files.items()})
    demos = catalogue(root)
    demo = demos.find_demo("a")
    assert demo is not None
    with pytest.raises(SourceError) as caught:
        demos.ancestors(demo)
    assert str(caught.value).startswith("commands/")
    assert message in str(caught.value)


TREES = {
    "a chain": {"b": "a", "c": "b", "d": "c", "e": "d", "f": "e", "g": "f"},
    "a star": dict.fromkeys("bcdefg", "a"),
    "two levels": {"b": "a", "c": "a", "d": "b", "e": "b", "f": "c", "g": "c"},
    "a chain with a twig": {"b": "a", "c": "b", "d": "c", "e": "b", "f": "e"},
    "parents that sort last": {"a": "g", "b": "a", "c": "g", "d": "f", "e": "d"},
}
"""Parents by child, of seven demos called a to g."""


@pytest.mark.parametrize("tree", TREES)
def test_whatever_is_asked_of_a_tree_is_judged_once(make_project: MakeProject, tree: str) -> None:
    """For each of the 127 sets of demos: each is judged once, after its ancestors, and no stage is in vain."""
    parents = TREES[tree]
    texts = {name: after(parents[name]) if name in parents else STEP for name in "abcdefg"}
    demos = catalogue(make_project({f"commands/{name}.demo": text for name, text in texts.items()}))
    everything = {demo.name: demo for demo in demos.load_all()}

    def chain(name: str) -> list[str]:
        return [*(chain(parents[name]) if name in parents else []), name]

    for number in range(1, 128):
        asked = [name for index, name in enumerate("abcdefg") if number >> index & 1]
        planned = demos.plan_runs([everything[name] for name in asked])
        assert sorted(name for run in planned for name in run.asked) == asked
        for run in planned:
            names = [demo.name for demo in run.demos]
            assert names == chain(names[-1])
            assert run.asked <= set(names)
            assert names[-1] in run.asked
        ends = {run.demos[-1].name for run in planned}
        assert not any(end in chain(other)[:-1] for end in ends for other in ends), "a stage that another contains"


def stage_of(root: Path, name: str) -> str:
    """The settings of a demo's stage that are not the defaults, or the message about them."""
    demos = catalogue(root)
    demo = demos.find_demo(name)
    assert demo is not None
    try:
        settings = demos.stage_of(demo)
    except SourceError as error:
        return str(error)
    fresh = StageSettings()
    names = StageSettings._fields
    return str({name: getattr(settings, name) for name in names if getattr(settings, name) != getattr(fresh, name)})


def test_a_child_has_the_stage_of_its_parent(make_project: MakeProject) -> None:
    """A child that says nothing, or the same, has its parent's stage; one that wants another is a mistake."""
    child = "# Title\n#@ after: {parent}\n#@ stage: {stage}\n# Step\nls\n"
    root = make_project(
        {
            "quarterdeck.toml": '[stage]\nmemory = "2g"\n',
            "commands/none.demo": "# Title\n#@ stage: {engine: false}\n# Step\nls\n",
            "commands/silent.demo": after("none"),
            "commands/same.demo": child.format(parent="silent", stage="{engine: false, memory: 2g}"),
            "commands/other.demo": child.format(parent="none", stage="{engine: true, network: false}"),
            "commands/plain.demo": STEP,
            "commands/less.demo": child.format(parent="plain", stage="{engine: false}"),
            "commands/grandchild.demo": after("less"),
            "commands/host.demo": "# Title\n#@ stage: {kind: host}\n# Step\nls\n",
            "commands/walled.demo": "# Title\n#@ stage: {kind: host, network: false}\n# Step\nls\n",
            "commands/vain.demo": "# Title\n#@ stage: {engine: false, preload: a}\n# Step\nls\n",
        }
    )
    hint = "\n  hint: let both say the same, or take out `after`"
    less = f"commands/less.demo:3: 'less' wants another stage than the demo that it comes after (engine){hint}"
    assert {name: stage_of(root, name) for name in catalogue(root).names} == {
        "none": "{'engine': False, 'memory': '2g'}",
        "silent": "{'engine': False, 'memory': '2g'}",
        "same": "{'engine': False, 'memory': '2g'}",
        "other": "commands/other.demo:3: 'other' wants another stage than the demo that it comes after "
        f"(engine and network){hint}",
        "plain": "{'memory': '2g'}",
        "less": less,
        "grandchild": less,
        "host": "{'kind': 'host'}",
        "walled": "commands/walled.demo:2: `kind: host` beside `network`: containers only have that\n"
        "  hint: see [stage] in the README",
        "vain": "commands/vain.demo:2: the stage has images to `preload` and no engine to take them\n"
        "  hint: see [stage] in the README",
    }


def test_a_demo_without_an_engine_leaves_what_is_for_one(make_project: MakeProject) -> None:
    """The project may give all stages images and a disk; a demo that needs no engine needs neither of them."""
    root = make_project(
        {
            "quarterdeck.toml": '[stage]\npreload = ["a"]\ndisk = "1g"\nmemory = "2g"\n',
            "commands/a.demo": "# Title\n#@ stage: {engine: false}\n# Step\nls\n",
        }
    )
    assert stage_of(root, "a") == "{'engine': False, 'memory': '2g'}"


def test_kinds_to_keep_must_exist(make_project: MakeProject) -> None:
    """`keep` names a kind of ours, or a mask of the project, the demo or the step; the nearest is a hint."""
    step = "# One\n#@ keep: [digset, own]\n#@ mask: {own: x}\nls\n"
    demo = f"# T\n#@ keep: [digest, build, tag, own]\n#@ mask: {{tag: v+}}\n{step}"
    root = make_project({"quarterdeck.toml": "[masks]\nbuild = 'b+'\n", "commands/a.demo": demo})
    problems = Problems()
    Catalogue(load_project(root), problems).load_all()
    assert [str(error) for error in problems.errors] == [
        "commands/a.demo:2: keep: no kind 'own' of values\n  hint: known: age, build, commit, digest, duration, id, "
        "ip, jwt, mac, pid, podhash, port, …",
        "commands/a.demo:5: keep: no kind 'digset' of values\n  hint: did you mean 'digest'?",
    ]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            'kind = "host"\nnetwork = false\ndisk = "1g"',
            "`kind: host` beside `disk` and `network`: containers only have that",
        ),
        ('engine = false\npreload = ["a"]', "the stage has images to `preload` and no engine to take them"),
        ('engine = false\ndisk = "1g"', "the stage has a `disk` for its engine, and no engine"),
    ],
)
def test_stages_that_cannot_be_are_errors(make_project: MakeProject, settings: str, message: str) -> None:
    """In the project's settings, at their line."""
    root = make_project({"quarterdeck.toml": f'fence = "sh"\n[stage]\n{settings}\n'})
    with pytest.raises(SourceErrors) as caught:
        load_project(root)
    assert str(caught.value) == f"quarterdeck.toml:2: {message}\n  hint: see [stage] in the README"
