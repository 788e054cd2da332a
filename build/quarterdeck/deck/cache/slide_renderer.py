"""Slides rendered once: from the cache where they did not change, and otherwise on all cores.

A slide's HTML depends on its text, its figures, the variables that it may name, what its deck says about Markdown, and
on the code that renders it. All of that is in its key; addresses of files are put in later, so that files do not matter
here.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, fields

from quarterdeck.base.errors import Place
from quarterdeck.deck.cache.cache_store import SLIDES, Store
from quarterdeck.deck.cache.render_worker import Helper, Result, Task, count_cores, start_helper
from quarterdeck.deck.load.markdown_options import PLAIN, MarkdownOptions
from quarterdeck.deck.markdown.render import PLACEHOLDER, RawSlide, Slide, prepare_markdown, render_slide

_MOST_BYTES = 32 << 20
"""Of rendered slides that no deck of the run showed, no more than that is kept."""
_SLIDE_COST = 150
"""What a slide costs beside its characters, in characters."""
_SETTING_UP = 40_000
"""What importing templates and Markdown costs, in characters: about 40 ms."""
_FORKING = 30_000
"""What one more process costs until it renders its first slide, in characters."""

_FIELDS = tuple(field.name for field in fields(Slide))[1:]
_NOWHERE = Place("", 0)


def task_of(
    raw: RawSlide, figures: Mapping[int, str], variables: Mapping[str, str], options: MarkdownOptions = PLAIN
) -> Task:
    """What the slide *raw* depends on, and no more."""
    text = raw.body if raw.notes is None else f"{raw.body}\n{raw.notes}"
    rows = sorted({int(row) for row in PLACEHOLDER.findall(text)}) if figures else ()
    shown = tuple((row, figures[row]) for row in rows if row in figures)
    named = tuple(sorted(variables.items())) if variables and "{{" in text else ()
    return raw.body, raw.notes, shown, named, () if options is PLAIN else astuple(options)


def render_task(task: Task) -> Result:
    """The slide that *task* says all about."""
    body, notes, figures, variables, options = task
    slide = render_slide(
        RawSlide(_NOWHERE, body, notes), dict(figures), dict(variables), MarkdownOptions(*options) if options else PLAIN
    )
    return tuple(getattr(slide, name) for name in _FIELDS)


def prepare() -> None:
    """Import and set up what rendering takes, code of any language included."""
    from quarterdeck.deck.steps.code import prepare_languages

    prepare_markdown()
    prepare_languages()


class SlideRenderer:
    """Renders the slides of one run, each text once."""

    def __init__(self, store: Store | None = None, helper: Helper | None = None, *, fresh: bool = False) -> None:
        """Slides kept in *store* count unless *fresh*; *helper* waits for tasks already."""
        self._store = store
        self._helpers = [helper] if helper else []
        self._kept: dict[bytes, Result] = (store.load(SLIDES) if store and not fresh else None) or {}
        self._shown: dict[bytes, Result] = {}

    def render_ahead(self, tasks: Iterable[Task], meanwhile: Callable[[], None]) -> None:
        """Render *tasks* on all cores, and do *meanwhile* while the others have begun."""
        missing: dict[bytes, Task] = {}
        for task in tasks:
            key = _key(task)
            if key not in self._kept and key not in self._shown:
                missing[key] = task
        keys = list(missing)
        shares = self._share([_cost(missing[key]) for key in keys])
        try:
            handed: list[list[bytes]] = []
            for helper, (first, end) in zip(self._helpers, shares, strict=True):
                handed.append(keys[first:end])
                helper.give([missing[key] for key in handed[-1]])
            meanwhile()
            for key in keys[shares[-1][1] if shares else 0 :]:
                self._shown[key] = render_task(missing[key])
            for part in handed:
                results = self._helpers.pop(0).collect()
                self._shown.update(zip(part, results or map(render_task, map(missing.__getitem__, part)), strict=True))
        finally:
            self.dismiss()

    def render(
        self, raw: RawSlide, figures: Mapping[int, str], variables: Mapping[str, str], options: MarkdownOptions = PLAIN
    ) -> Slide:
        """The slide *raw*, as `render_slide` gives it."""
        task = task_of(raw, figures, variables, options)
        key = _key(task)
        if key not in self._shown:
            self._shown[key] = self._kept.get(key) or render_task(task)
        return Slide(raw.at, *self._shown[key])

    def dismiss(self) -> None:
        """Let processes go that are not needed."""
        while self._helpers:
            self._helpers.pop().dismiss()

    def keep(self) -> None:
        """Keep the slides of this run for the next one, and as many others as there is room for."""
        if self._store is None or self._shown.keys() <= self._kept.keys():
            return
        room = _MOST_BYTES
        others: dict[bytes, Result] = {}
        for key in reversed([key for key in self._kept if key not in self._shown]):
            room -= len(self._kept[key][0]) + 200
            if room < 0:
                break
            others[key] = self._kept[key]
        self._store.save(SLIDES, {**dict(reversed(others.items())), **self._shown})

    def _share(self, costs: Sequence[int]) -> list[tuple[int, int]]:
        """Where the share of each helper begins and ends, so that all are ready at once; what is left is done here."""
        handicaps = [0] * len(self._helpers)
        for _ in range(count_cores() - 1 - len(handicaps)):
            if (sum(costs) + _SETTING_UP + sum(handicaps) + _FORKING) // (len(handicaps) + 2) < 2 * _FORKING:
                break
            if not (helper := start_helper()):
                break
            self._helpers.append(helper)
            handicaps.append(_FORKING)
        ready = (sum(costs) + _SETTING_UP + sum(handicaps)) // (len(handicaps) + 1)
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


def _key(task: Task) -> bytes:
    # Format 2 of marshal writes equal values as equal bytes; later ones do not.
    return hashlib.sha256(marshal.dumps(task, 2)).digest()


def _cost(task: Task) -> int:
    return _SLIDE_COST + len(task[0]) + len(task[1] or "")
