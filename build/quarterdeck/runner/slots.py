"""How many demos run on which engine, and how many stages are made ready beside them. Counts only; runs nothing."""

from __future__ import annotations

from collections import Counter

from quarterdeck.live.engine.client import engine_addresses


class SlotCounter:
    """The engines with their lanes, and what each lane does. Whoever calls holds a lock."""

    def __init__(self, jobs: int | None, engine: str | None) -> None:
        """SlotCounter for *jobs* demos on the engine of that address, else on all that `DOCKER_HOST` lists."""
        several: tuple[str | None, ...] = engine_addresses() if len(engine_addresses()) > 1 else (None,)
        jobs = jobs or (1 if engine else len(several))
        self.addresses = ((engine,) if engine else several)[:jobs]
        """The engines; None is the default one."""
        spread = [number % len(self.addresses) for number in range(jobs)]
        self._places = Counter(spread)
        self._most = {engine: places + (places + 1) // 2 for engine, places in self._places.items()}
        spare = [one for one in self._places for _ in range(self._most[one] - self._places[one])]
        self.lanes = (*spread, *spare)
        """For each lane the number of its engine."""
        self._taken: dict[object, tuple[int, bool]] = {}
        self._running: dict[object, int] = {}

    def may_take(self, engine: int, wanted: bool) -> bool:
        """Whether a worker of *engine* may start a stage now.

        It may if a demo can run at once. A stage for a later demo may start only while demos run there, so that it
        delays none, and while no engine has a free slot.
        """
        taken = Counter(one for one, _ in self._taken.values())
        urgent = Counter(one for one, wanted_too in self._taken.values() if wanted_too)
        if wanted and urgent[engine] < self._places[engine]:
            return True
        if not wanted:
            return taken[engine] < self._most[engine]
        elsewhere = any(urgent[one] < places for one, places in self._places.items())
        return taken[engine] < self._most[engine] and engine in self._running.values() and not elsewhere

    def take(self, job: object, engine: int, wanted: bool) -> None:
        """Note that a lane of *engine* sets a stage for *job*."""
        self._taken[job] = (engine, wanted)

    def has_place(self, engine: int) -> bool:
        """Whether one more demo may run on *engine*."""
        return Counter(self._running.values())[engine] < self._places[engine]

    def start(self, job: object) -> None:
        """Note that *job* runs."""
        engine, _ = self._taken[job]
        self._taken[job] = (engine, True)
        self._running[job] = engine

    def leave(self, job: object) -> None:
        """Note that *job* runs no more; once is enough, and twice does no harm."""
        self._taken.pop(job, None)
        self._running.pop(job, None)
