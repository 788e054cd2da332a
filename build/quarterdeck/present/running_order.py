"""The running order: the slides of a deck or one demo, with the steps that they show and those that these need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from quarterdeck.base.project import StageSettings
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.demo_file import Demo, Step
from quarterdeck.demo.recording import RecordedStep, Recording

StepKey = tuple[str, int]
"""The name of a demo and the number of a step."""


@dataclass(frozen=True, slots=True)
class OrderedSlide:
    """A slide, as a presenter needs it; for a demo without slides, the demo."""

    title: str
    """Its first heading as text; empty for none."""
    notes: str
    """The speaker notes, as written."""
    planned_s: float = 0.0
    """`data-timing`: how long it is planned to take, without its steps."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A step in the running order."""

    index: int
    """From 0, in the order of the performance."""
    slide: int
    """The number of its slide, from 0."""
    demo: Demo
    step: Step
    shown: bool
    """Whether a slide shows it; if not, it only prepares those that come after it."""
    again: bool = False
    """Whether it has been in the order before."""

    @property
    def key(self) -> StepKey:
        """What it runs."""
        return self.demo.name, self.step.number

    @property
    def name(self) -> str:
        """`layers-manifest`, as markers have it."""
        return f"{self.demo.short_name}-{self.step.key}"


@dataclass(frozen=True, slots=True)
class DemoScript:
    """A demo, and everything about it that a performance needs."""

    demo: Demo
    chain: tuple[Demo, ...]
    """The demos that it builds on, and itself."""
    stage: StageSettings
    digests: tuple[str, ...]
    """The input digest of each step, see `DemoInputs`."""
    recording: Recording | None

    def recorded(self, step: Step) -> RecordedStep | None:
        """What *step* printed, if the recording still fits it."""
        return self.recording.find(self.digests[self.demo.steps.index(step)]) if self.recording else None


@dataclass(frozen=True, slots=True)
class RunningOrder:
    """What is performed, in order."""

    name: str
    """Of the deck or the demo."""
    title: str
    slides: tuple[OrderedSlide, ...]
    cues: tuple[Cue, ...]
    scripts: Mapping[str, DemoScript] = field(repr=False)
    """By the name of each demo in it."""
    planned_s: float | None = None
    """How long the whole is planned to take: the deck's `duration`."""

    def needed(self, cue: Cue, left_out: frozenset[StepKey] = frozenset()) -> tuple[StepKey, ...]:
        """The steps that must have been run on a stage before *cue* can be, in their order."""
        chain = self.scripts[cue.demo.name].chain
        keys = [(demo.name, step.number) for demo in chain for step in demo.steps if step.script]
        return tuple(key for key in keys[: keys.index(cue.key)] if key not in left_out)

    def recorded(self, cue: Cue) -> RecordedStep | None:
        """The recording of the step of *cue*, if there is one that fits."""
        return self.scripts[cue.demo.name].recorded(cue.step)

    def seconds_of(self, keys: Sequence[StepKey]) -> float:
        """How long the steps *keys* took when they were recorded."""
        return sum(self._seconds(key) for key in keys)

    def cues_of(self, slide: int) -> tuple[Cue, ...]:
        """The cues of a slide."""
        return tuple(cue for cue in self.cues if cue.slide == slide)

    def shown_from(self, index: int) -> int:
        """The index of the first cue from *index* on that a slide shows; the number of cues if there is none."""
        return next((cue.index for cue in self.cues[index:] if cue.shown), len(self.cues))

    def shown_before(self, index: int, left_out: frozenset[StepKey], *, again: bool = True) -> Cue | None:
        """The last cue before *index* that is shown and not left out; *again*: also one that is shown again."""
        cues = (cue for cue in reversed(self.cues[:index]) if cue.shown and cue.key not in left_out)
        return next((cue for cue in cues if again or not cue.again), None)

    def step(self, key: StepKey) -> Step:
        """The step with that key."""
        name, number = key
        return next(step for step in self.scripts[name].demo.steps if step.number == number)

    def find_same(self, cue: Cue) -> Cue | None:
        """The cue that *cue* of another running order is in this one; None if it has none of that step."""
        return next((other for other in self.cues if (other.key, other.again) == (cue.key, cue.again)), None)

    def find(self, text: str) -> Cue | None:
        """The cue that *text* names: a number from 1, the name of a step, or a part of a caption or a slide's title."""
        if not text.strip():
            return None
        if text.isdecimal():
            return self.cues[int(text) - 1] if 0 < int(text) <= len(self.cues) else None
        named = (cue for cue in self.cues if text in (cue.name, cue.step.name))
        return next(named, None) or next((cue for cue in self.cues if text.lower() in self._words(cue)), None)

    def _words(self, cue: Cue) -> str:
        return f"{cue.step.caption}\n{self.slides[cue.slide].title}".lower()

    def _seconds(self, key: StepKey) -> float:
        recorded = self.scripts[key[0]].recorded(self.step(key))
        return recorded.seconds if recorded else 0.0


class Scripts:
    """The scripts of demos, each made once."""

    def __init__(self, catalogue: Catalogue, before: Mapping[str, DemoScript] = {}) -> None:
        """*before*: scripts that were made earlier; those that are still true are used again."""
        self._catalogue = catalogue
        self._before = before
        self.by_name: dict[str, DemoScript] = {}

    def add(self, demo: Demo) -> DemoScript:
        """The script of *demo*; those of its ancestors are made, too.

        Raises:
            SourceError: One of them has a mistake.
        """
        if demo.name not in self.by_name:
            ancestors = tuple(self.add(ancestor).demo for ancestor in self._catalogue.ancestors(demo))
            script = DemoScript(
                demo,
                (*ancestors, demo),
                self._catalogue.stage_of(demo),
                self._catalogue.input_digests(demo),
                self._catalogue.recording_of(demo),
            )
            before = self._before.get(demo.name)
            self.by_name[demo.name] = before if before == script else script
        return self.by_name[demo.name]


def order_demo(demo: Demo, scripts: Scripts) -> RunningOrder:
    """The steps of *demo*, all of which are shown but the hidden ones.

    Raises:
        SourceError: It, or a demo that it builds on, has a mistake.
    """
    shown = [(0, demo, step) for step in demo.steps if step.script and not step.options.hidden]
    cues = tuple(_place_cues(shown, scripts))
    return RunningOrder(demo.name, demo.title, (OrderedSlide(demo.title, ""),), cues, scripts.by_name)


def order_slides(
    name: str,
    title: str,
    slides: Sequence[tuple[OrderedSlide, Sequence[tuple[Demo, Step]]]],
    scripts: Scripts,
    planned_s: float | None = None,
) -> RunningOrder:
    """The running order of *slides*, each with the steps that it shows.

    Raises:
        SourceError: A demo has a mistake.
    """
    shown = [(number, demo, step) for number, (_, steps) in enumerate(slides) for demo, step in steps if step.script]
    cues = tuple(_place_cues(shown, scripts))
    return RunningOrder(name, title, tuple(slide for slide, _ in slides), cues, scripts.by_name, planned_s)


def _place_cues(shown: Sequence[tuple[int, Demo, Step]], scripts: Scripts) -> Iterator[Cue]:
    """Cues for the steps *shown*, each after those that it needs and that have not been in the order."""
    placed: set[StepKey] = set()
    index = 0
    for slide, shown_demo, shown_step in shown:
        script = scripts.add(shown_demo)
        demo = script.demo
        steps = [(other, earlier) for other in script.chain for earlier in other.steps if earlier.script]
        until = next(i for i, (other, earlier) in enumerate(steps) if other is demo and earlier.at == shown_step.at)
        for other, earlier in steps[: until + 1]:
            is_shown = other is demo and earlier is steps[until][1]
            key = (other.name, earlier.number)
            if is_shown or key not in placed:
                yield Cue(index, slide, other, earlier, is_shown, is_shown and key in placed)
                index += 1
            placed.add(key)
