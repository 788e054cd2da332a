"""Sessions of demos that a test writes down as steps."""

from __future__ import annotations

from collections.abc import Iterator

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import Project
from quarterdeck.demo.catalogue import Run
from quarterdeck.demo.demo_file import Demo, parse_demo
from quarterdeck.demo.inputs import DemoInputs
from quarterdeck.demo.recording import DemoResult, StepResult
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.run_demo import Watcher, perform_on, set_stage
from quarterdeck.live.session.bash_session import Session
from quarterdeck.live.stage.protocol import Stage
from quarterdeck.live.stage.upload import place_files


class Runner:
    """Runs the steps of one text and keeps the results."""

    def __init__(self, stage: Stage, project: Project) -> None:
        self._stage = stage
        self._project = project

    def __call__(self, *steps: str, name: str = "demo", timeout_s: float = 120) -> list[StepResult]:
        """One result for each of *steps*, until the shell is gone."""
        session, demo = self.open(*steps, name=name)
        results = []
        for step in demo.steps:
            if session.ended:
                break
            results.append(session.run(step, timeout_s))
        session.close()
        return results

    def open(self, *steps: str, name: str = "demo") -> tuple[Session, Demo]:
        """A session for the demo of *steps*, none of which has run."""
        demo = make_demo(self._project, name, *steps)
        place_files(self._stage, demo, DemoInputs(self._project))
        return Session(self._stage, demo), demo


def make_demo(project: Project, name: str, *steps: str) -> Demo:
    """A demo with a step for each of *steps*, which may start with `#@` lines."""
    text = "# A demo\n" + "".join(f"\n# Step\n{step}\n" for step in steps)
    problems = Problems()
    folder = project.root / "commands"
    demo = parse_demo(text, name=name, path=f"commands/{name}.demo", folder=folder, problems=problems)
    problems.raise_if_any()
    return demo


def perform(run: Run, inputs: DemoInputs, lease: RunLease, watcher: Watcher) -> Iterator[DemoResult]:
    """Run the demos of *run* on a stage of their own."""
    with set_stage(run, inputs.project, lease, watcher) as stage:
        yield from perform_on(stage, run, inputs, watcher)
