"""A renderer that renders each slide once: from the cache if it has not changed, and otherwise on all cores.

A slide's HTML depends on its text, its figures, the variables that it may name, the options of its deck's Markdown, and
the code that renders it. All of that is in its key. Addresses of files are linked later, so that files do not matter.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from quarterdeck.base.errors import Place
from quarterdeck.deck.cache.cache_store import CacheStore
from quarterdeck.deck.cache.render_worker import Workers, count_cores, dismiss_all, start_worker
from quarterdeck.deck.markdown.render import prepare_markdown, render_slide
from quarterdeck.deck.model import PLAIN, MarkdownOptions, RawSlide, Slide
from quarterdeck.deck.split.markers import PLACEHOLDER
from quarterdeck.deck.steps.code import prepare_languages

if TYPE_CHECKING:
    from quarterdeck.deck.page.slide_maker import Task

_SLIDES = "slides"
"""The name of the rendered slides in the cache."""
_MOST_BYTES = 32 << 20
"""The most that is kept of rendered slides which no deck of the run shows."""
_SLIDE_COST = 150
"""The cost of a slide beside its characters, in characters."""
_SETTING_UP = 55_000
"""The cost of compiling templates and of importing Markdown, in characters: about 80 ms."""
_FORKING = 30_000
"""The cost of another process until it renders its first slide, in characters."""
_NOWHERE = Place("", 0)

PackedTask = tuple[str, str | None, tuple[tuple[int, str], ...], tuple[tuple[str, str], ...], tuple[bool, ...]]
"""Body, notes, figures by row, variables and `MarkdownOptions` (empty for the defaults): values for marshal."""
PackedSlide = tuple[Any, ...]
"""A slide without its place."""


def pack_task(task: Task) -> PackedTask:
    """What the slide of *task* depends on, and no more."""
    raw = task.raw
    text = raw.body if raw.notes is None else f"{raw.body}\n{raw.notes}"
    rows = sorted({int(row) for row in PLACEHOLDER.findall(text)}) if task.figures else ()
    figures = tuple((row, task.figures[row]) for row in rows if row in task.figures)
    variables = tuple(sorted(task.variables.items())) if task.variables and "{{" in text else ()
    return raw.body, raw.notes, figures, variables, () if task.options == PLAIN else tuple(task.options)


def render_packed(task: PackedTask) -> PackedSlide:
    """The slide of *task*."""
    body, notes, figures, variables, options = task
    return tuple(
        render_slide(RawSlide(_NOWHERE, body, notes), dict(figures), dict(variables), MarkdownOptions(*options))[1:]
    )


def set_up_rendering() -> Callable[[PackedTask], PackedSlide]:
    """Import and set up everything that rendering needs, code of any language included."""
    prepare_markdown()
    prepare_languages()
    return render_packed


class SlideRenderer:
    """Renders the slides of one run, each of them once."""

    def __init__(self, store: CacheStore | None = None, workers: Workers | None = None, *, fresh: bool = False) -> None:
        """*fresh*: ignore the slides in *store*. *workers* have been started already."""
        self._store = store
        self._workers = [] if workers is None else workers
        self._kept: dict[bytes, PackedSlide] = (store.load(_SLIDES) if store and not fresh else None) or {}
        self._shown: dict[bytes, PackedSlide] = {}

    def render_ahead(self, tasks: Iterable[Task], meanwhile: Callable[[], None]) -> None:
        """Render *tasks* on all cores, and call *meanwhile* when the workers have begun."""
        missing: dict[bytes, PackedTask] = {}
        for task in map(pack_task, tasks):
            key = _key(task)
            if key not in self._kept and key not in self._shown:
                missing[key] = task
        keys = list(missing)
        shares = self._share([_cost(missing[key]) for key in keys])
        try:
            sent: list[list[bytes]] = []
            for worker, (first, end) in zip(self._workers, shares, strict=True):
                sent.append(keys[first:end])
                worker.send([missing[key] for key in sent[-1]])
            meanwhile()
            for key in keys[shares[-1][1] if shares else 0 :]:
                self._shown[key] = render_packed(missing[key])
            for part in sent:
                results = self._workers.pop(0).collect() or [render_packed(missing[key]) for key in part]
                self._shown.update(zip(part, results, strict=True))
        finally:
            dismiss_all(self._workers)

    def render(self, task: Task) -> Slide:
        """The slide of *task*."""
        packed = pack_task(task)
        key = _key(packed)
        if key not in self._shown:
            self._shown[key] = self._kept.get(key) or render_packed(packed)
        return Slide(task.raw.at, *self._shown[key])

    def next_build(self) -> None:
        """Begin another build in this process, for which only the slides of the last one are kept."""
        self._kept, self._shown = self._shown, {}

    def keep(self) -> None:
        """Keep the slides of this run for the next one, and of the others as many as there is room for."""
        if self._store is None or self._shown.keys() <= self._kept.keys():
            return
        room = _MOST_BYTES
        others: dict[bytes, PackedSlide] = {}
        for key in reversed([key for key in self._kept if key not in self._shown]):
            room -= len(self._kept[key][0]) + 200
            if room < 0:
                break
            others[key] = self._kept[key]
        self._store.save(_SLIDES, {**dict(reversed(others.items())), **self._shown})

    def _share(self, costs: Sequence[int]) -> list[tuple[int, int]]:
        """The start and end of each worker's share, so that all are ready at once; the rest is rendered here."""
        handicaps = [0] * len(self._workers)
        total = sum(costs) + _SETTING_UP
        while len(handicaps) < count_cores() - 1 and (total + _FORKING) // (len(handicaps) + 2) >= 2 * _FORKING:
            if not (worker := start_worker(set_up_rendering)):
                break
            self._workers.append(worker)
            handicaps.append(_FORKING)
            total += _FORKING
        ready = total // (len(handicaps) + 1)
        shares = []
        first = 0
        for handicap in handicaps:
            end, done = first, handicap
            while end < len(costs) and done + costs[end] // 2 <= ready:
                done += costs[end]
                end += 1
            shares.append((first, end))
            first = end
        return shares


def _key(task: PackedTask) -> bytes:
    # Version 2 of marshal writes equal values as equal bytes; later versions do not.
    return hashlib.sha256(marshal.dumps(task, 2)).digest()


def _cost(task: PackedTask) -> int:
    return _SLIDE_COST + len(task[0]) + len(task[1] or "")
