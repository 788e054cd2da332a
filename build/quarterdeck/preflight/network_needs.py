"""Which steps need the network: those that go well with it, and not without it."""

from __future__ import annotations

from enum import StrEnum

from quarterdeck.check.verdict import StepVerdict
from quarterdeck.demo.recording import Skipped
from quarterdeck.preflight.facts import TwoRuns
from quarterdeck.present.running_order import RunningOrder, StepKey


class Need(StrEnum):
    """Whether a step needs the network."""

    NOT_NEEDED = "not needed"
    NEEDED = "needed"
    UNKNOWN = "not known"
    """It did not run without a network, as on the user's own machine; it went wrong with a network, too; or it followed
    a step that needs the network."""


def network_needs(order: RunningOrder, runs: TwoRuns) -> dict[StepKey, Need]:
    """For each step of *order*, whether it needs the network."""
    needs: dict[StepKey, Need] = {}
    for cue in order.cues:
        if cue.key in needs:
            continue
        stage = order.scripts[cue.demo.name].stage
        need = Need.NOT_NEEDED
        if stage.network:
            need = _compare(runs.usual.get(cue.key), runs.cut_off.get(cue.key))
        if need is Need.NEEDED and any(needs.get(key) is not Need.NOT_NEEDED for key in order.needed(cue)):
            need = Need.UNKNOWN
        needs[cue.key] = need
    return needs


def _compare(usual: StepVerdict | None, cut_off: StepVerdict | None) -> Need:
    if usual is None or cut_off is None or is_blocked(usual) or is_blocked(cut_off):
        return Need.UNKNOWN
    if not usual.verdict.acceptable:
        return Need.UNKNOWN
    worse = usual.verdict.fine and not cut_off.verdict.fine
    return Need.NEEDED if worse or not cut_off.verdict.acceptable else Need.NOT_NEEDED


def is_blocked(verdict: StepVerdict) -> bool:
    """Whether the step did not run because one before it broke."""
    ending = verdict.result.ending
    return isinstance(ending, Skipped) and ending.blocked
