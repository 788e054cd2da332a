"""Facts of a preflight of the project of `running_orders`, in which everything is fine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from quarterdeck.check.verdict import StepVerdict, Verdict
from quarterdeck.demo.demo_file import Step
from quarterdeck.demo.recording import (
    Broken,
    DemoResult,
    Exited,
    Reason,
    Skipped,
    StepResult,
    make_recording,
    save_recording,
)
from quarterdeck.preflight.facts import DeckFacts, EngineFacts, Facts, PageState, TerminalSize, TwoRuns
from quarterdeck.present.running_order import RunningOrder, StepKey
from support.running_orders import order_of

GB = 1 << 30
ENGINE = EngineFacts("28.0.1", {"stage:1": True}, 50 * GB)


def recorded_order(root: Path, deck: str = "slides: [talk.md]\n", output: str = "1\n") -> RunningOrder:
    """The running order of `running_orders`, each step recorded with this *output* in one second."""
    for script in order_of(root, deck).scripts.values():
        results = tuple(StepResult(step, Exited(0), 1.0, output) for step in script.demo.steps)
        save_recording(script.demo, make_recording(DemoResult(script.demo, results), script.digests, "2026-11-23"))
    return order_of(root, deck)


def facts_of(order: RunningOrder, **changes: Any) -> Facts:
    """Facts in which all is fine but for *changes*, which are fields of `Facts`."""
    fine: dict[str, Any] = {
        "order": order,
        "engine": ENGINE,
        "runs": two_runs(order),
        "free_memory": 16 * GB,
        "terminal": TerminalSize(120, 40),
        "uncommitted": (),
        "deck": DeckFacts("site/talk.html", PageState.CURRENT),
    }
    return Facts(**{**fine, **changes})


def two_runs(
    order: RunningOrder,
    usual: Mapping[StepKey, Verdict | str] = {},
    cut_off: Mapping[StepKey, Verdict | str] = {},
    seconds: float = 1.0,
) -> TwoRuns:
    """Two runs of all steps, which are PASSED but for those in *usual* and *cut_off*; a text skips a step."""
    steps = {cue.key: cue.step for cue in order.cues}

    def judged(verdicts: Mapping[StepKey, Verdict | str]) -> dict[StepKey, StepVerdict]:
        return {key: verdict_of(step, verdicts.get(key, Verdict.PASSED), seconds) for key, step in steps.items()}

    return TwoRuns(judged(usual), judged(cut_off))


def verdict_of(step: Step, verdict: Verdict | str, seconds: float = 1.0) -> StepVerdict:
    """A verdict on *step*; a text is the reason why it was skipped, `blocked` that of a step after a broken one."""
    if not isinstance(verdict, Verdict):
        result = StepResult(step, Skipped(verdict, blocked=verdict == "blocked"))
        return StepVerdict(result, Verdict.SKIPPED, ())
    ending = Broken(Reason.TIMEOUT, "timeout") if verdict is Verdict.BROKEN else Exited(int(verdict is Verdict.FAILED))
    return StepVerdict(StepResult(step, ending, seconds), verdict, ())
