"""For pytest-xdist: demos that share a stage go to one worker.

xdist asks for a scheduler by a hook, and its schedulers ask a method of theirs to which group an item belongs.
(Rejected: its mark `xdist_group`, which works with `--dist loadgroup` only and changes the ids of items, so that
`--lf` does not find them in the next run.) Where demos are spread in spite of that (`--dist each`), all is right
too, but slower: a worker runs what its demos come after.
"""

from __future__ import annotations

from typing import Any

import pytest

from quarterdeck.demo.catalogue import Catalogue


def make_scheduler(config: pytest.Config, log: Any, catalogue: Catalogue) -> Any:
    """The scheduler that `--dist` names, with the groups of demos; None for one that knows no groups."""
    from xdist.scheduler import LoadFileScheduling, LoadGroupScheduling, LoadScopeScheduling

    bases = {
        "load": LoadGroupScheduling,
        "worksteal": LoadGroupScheduling,
        "loadgroup": LoadGroupScheduling,
        "loadscope": LoadScopeScheduling,
        "loadfile": LoadFileScheduling,
    }
    base: Any = bases.get(config.getvalue("dist"))
    if base is None:
        return None

    class DemoScheduling(base):  # type: ignore[misc]
        """Groups demos by their stage, and everything else as its base does."""

        _stages: dict[str, str] | None = None

        def _split_scope(self, nodeid: str) -> str:
            if self._stages is None:
                self._stages = stages_of(self.collection or [nodeid], config, catalogue)
            return self._stages.get(nodeid) or str(super()._split_scope(nodeid))

    return DemoScheduling(config, log)


def stages_of(nodeids: list[str], config: pytest.Config, catalogue: Catalogue) -> dict[str, str]:
    """For each of *nodeids* that is a demo's, a word for the stage on which it runs."""
    demos = {}
    for nodeid in nodeids:
        found = catalogue.find_file(config.rootpath / nodeid.partition("::")[0])
        demo = catalogue.find_demo(found[0]) if found else None
        if demo is not None:
            demos[nodeid] = demo
    runs = catalogue.plan_runs(tuple(demos.values()))
    words = {name: f"stage {number}" for number, run in enumerate(runs) for name in run.asked}
    return {nodeid: words[demo.name] for nodeid, demo in demos.items()}
