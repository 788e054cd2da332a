"""Finding demos and steps by name, and putting demos on stages."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import MakeProject
from quarterdeck.catalogue import Catalogue
from quarterdeck.errors import Problems, SourceError, UsageError
from quarterdeck.project import load_project

STEP = "# Title\n# Step\nls\n"


def catalogue(root: Path) -> Catalogue:
    """The catalogue of a project; its problems are its own affair."""
    return Catalogue(load_project(root), Problems())


def found(root: Path, reference: str, beside: str = "slides") -> str:
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
    assert found(root, reference) == expected


def test_what_is_beside_the_slide_comes_first(make_project: MakeProject) -> None:
    """A demo or a step file in the slide's own folder hides one of the same name in commands/."""
    root = make_project({"commands/layers.demo": STEP, "slides/topic/layers.demo": STEP})
    assert found(root, "layers-0.command", "slides/topic") == "slides/topic/layers 0"
    assert found(root, "layers-0.command", "slides") == "layers 0"


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
    wanted = [demo for name in names if (demo := demos.find_demo(name))] or demos.load_all()
    return [([demo.name for demo in run.demos], sorted(run.asked)) for run in demos.plan_runs(wanted)]


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
