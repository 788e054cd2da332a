"""How many demos run on which engine, and how many stages are started beside them. Counts only; runs nothing."""

from __future__ import annotations

from collections import Counter

from quarterdeck.live.engine.client import engine_addresses


class SlotCounter:
    """The engines with their workers, and what each worker does. The caller holds a lock."""

    def __init__(self, jobs: int | None, engine: str | None) -> None:
        """Slots for *jobs* demos on the engine of that address, else on all that `DOCKER_HOST` lists."""
        several: tuple[str | None, ...] = engine_addresses() if len(engine_addresses()) > 1 else (None,)
        jobs = jobs or (1 if engine else len(several))
        self.addresses = ((engine,) if engine else several)[:jobs]
        """The engines; None is the default one."""
        spread = [number % len(self.addresses) for number in range(jobs)]
        self._slots = Counter(spread)
        self._most_stages = {number: slots + (slots + 1) // 2 for number, slots in self._slots.items()}
        spare = [number for number, slots in self._slots.items() for _ in range(self._most_stages[number] - slots)]
        self.workers = (*spread, *spare)
        """For each worker the number of its engine."""
        self._stages: dict[object, tuple[int, bool]] = {}
        """By job: the number of its engine, and whether its demos may run."""
        self._running: dict[object, int] = {}

    def may_take(self, engine: int, released: bool) -> bool:
        """Whether a worker of *engine* may start a stage now.

        It may if a demo can run at once. A stage for a later demo may start only while demos run there, so that it
        delays none, and while no engine has a free slot.
        """
        stages = Counter(number for number, _ in self._stages.values())
        urgent = Counter(number for number, is_released in self._stages.values() if is_released)
        if released and urgent[engine] < self._slots[engine]:
            return True
        if not released:
            return stages[engine] < self._most_stages[engine]
        elsewhere = any(urgent[number] < slots for number, slots in self._slots.items())
        return stages[engine] < self._most_stages[engine] and engine in self._running.values() and not elsewhere

    def take(self, job: object, engine: int, released: bool) -> None:
        """Note that a worker of *engine* starts a stage for *job*."""
        self._stages[job] = (engine, released)

    def has_slot(self, engine: int) -> bool:
        """Whether one more demo may run on *engine*."""
        return Counter(self._running.values())[engine] < self._slots[engine]

    def start(self, job: object) -> None:
        """Note that *job* runs."""
        engine, _ = self._stages[job]
        self._stages[job] = (engine, True)
        self._running[job] = engine

    def leave(self, job: object) -> None:
        """Note that *job* has ended; may be called twice."""
        self._stages.pop(job, None)
        self._running.pop(job, None)
