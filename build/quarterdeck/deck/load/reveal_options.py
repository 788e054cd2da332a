"""The key `reveal` of a deck file: options of reveal.js, and in `reveal.markdown` those of its Markdown plugin and of
marked, which apply at build time.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from quarterdeck.base.errors import Problems, did_you_mean
from quarterdeck.base.options import read_flag, read_text, shown_value
from quarterdeck.base.yaml_positions import Located
from quarterdeck.deck.model import PLAIN, MarkdownOptions, Separators
from quarterdeck.deck.split.slides import DEFAULT, python_regex

_OPTIONS = """
autoAnimate autoAnimateDuration autoAnimateEasing autoAnimateMatcher autoAnimateStyles autoAnimateUnmatched
autoPlayMedia autoSlide autoSlideMethod autoSlideStoppable backgroundTransition center controls controlsBackArrows
controlsLayout controlsTutorial defaultTiming dependencies disableLayout display embedded
focusBodyOnPageVisibilityChange fragmentInURL fragments hash hashOneBasedIndex height help hideCursorTime
hideInactiveCursor highlight history jumpToSlide katex keyboard keyboardCondition loop margin markdown math maxScale
mermaid minScale mobileViewDistance mouseWheel navigationMode overview parallaxBackgroundHorizontal
parallaxBackgroundImage parallaxBackgroundPosition parallaxBackgroundRepeat parallaxBackgroundSize
parallaxBackgroundVertical pause pdfMaxPagesPerSlide pdfPageHeightOffset pdfSeparateFragments plugins postMessage
postMessageEvents preloadIframes preventIframeAutoFocus previewLinks progress respondToHashChanges rollingLinks rtl
scrollActivationWidth scrollLayout scrollProgress scrollSnap showHiddenSlides showNotes showSlideNumber shuffle
skippedFragmentsVisibility slideNumber sortFragmentsOnSync theme totalTime touch transition transitionSpeed view
viewDistance width
"""
_KNOWN = frozenset(_OPTIONS.split())
"""`Reveal.initialize`, from the sources of reveal.js 6.0.2 and of older ones, and the options of its own plugins."""

_CANVAS = {"width": 1920, "height": 1080}
"""The canvas of the shipped themes, in pixels."""

_FLAGS = {"smartypants": "smartypants", "breaks": "breaks", "gfm": "gfm", "animateLists": "animate_lists"}
_SEPARATORS = {"separator": "stacks", "verticalSeparator": "slides", "notesSeparator": "notes"}
_SCRIPT = "it is JavaScript, and slides are rendered when the deck is built"
_REMOVED = "marked, the parser of reveal.js, no longer has it"
_WITHOUT_EFFECT = {
    **dict.fromkeys(("renderer", "tokenizer", "hooks", "walkTokens", "extensions", "highlight"), _SCRIPT),
    **dict.fromkeys(("headerIds", "headerPrefix", "langPrefix", "mangle", "sanitize", "sanitizer"), _REMOVED),
    **dict.fromkeys(("smartLists", "xhtml", "baseUrl"), _REMOVED),
    **dict.fromkeys(("async", "silent"), "it is about how marked is called, not about how slides look"),
    "pedantic": "the original Markdown of 2004 is not supported",
}


def check_options(located: Located, problems: Problems, *, shipped_theme: bool) -> None:
    """Warn about misspelt options of `reveal`, and about a canvas that does not fit a shipped theme.

    Options of other plugins pass.
    """
    options = located.value["reveal"]
    by_lower = {name.lower(): name for name in _KNOWN}
    for key in options:
        candidates = [name for name in by_lower if name[:1] == key[:1].lower() and key not in _KNOWN]
        if matches := get_close_matches(key.lower(), candidates, n=1, cutoff=0.8):
            place = located.place("reveal", key)
            problems.warn(place, f"unknown option 'reveal.{key}'", f"did you mean '{by_lower[matches[0]]}'?")
    for key, pixels in _CANVAS.items() if shipped_theme else ():
        if options.get(key, pixels) != pixels:
            canvas = " x ".join(map(str, _CANVAS.values()))
            what = f"slides of {key} {options[key]}: the shipped themes are made for {canvas}"
            hint = "leave it out, and give sizes in pixels of that canvas; or make a theme for it"
            problems.warn(located.place("reveal", key), what, hint)


def read_markdown_options(located: Located, problems: Problems) -> tuple[MarkdownOptions, Separators | None]:
    """The options in `reveal.markdown` of a deck file; the separators are None if none is given.

    Values of the wrong type are errors; unknown options and those without effect are warnings.
    """
    flags: dict[str, Any] = {}
    separators: dict[str, str] = {}
    table = located.value["reveal"]["markdown"]
    if not isinstance(table, dict):
        at = located.place("reveal", "markdown")
        problems.add(at, f"'reveal.markdown' is a table, not {shown_value(table)}")
        return PLAIN, None
    for key, value in table.items():
        at, name = located.place("reveal", "markdown", key), f"'reveal.markdown.{key}'"
        try:
            if key in _WITHOUT_EFFECT:
                problems.warn(at, f"{name} has no effect: {_WITHOUT_EFFECT[key]}", "remove it")
            elif key not in _FLAGS and key not in _SEPARATORS:
                problems.warn(at, f"unknown option {name}", did_you_mean(key, (*_FLAGS, *_SEPARATORS)))
            elif key in _FLAGS and value is not None:
                flags[_FLAGS[key]] = read_flag(value)
            elif value is not None:
                separators[_SEPARATORS[key]] = read_regex(value)
        except ValueError as error:
            problems.add(at, f"{name} {error}")
    defaults = {"stacks": DEFAULT.stacks, "slides": r"\r?\n--\r?\n", "notes": DEFAULT.notes}
    return MarkdownOptions(**flags), Separators(**{**defaults, **separators}) if separators else None


def read_regex(value: Any) -> str:
    """A regular expression in JavaScript's syntax; raises ValueError for anything else."""
    pattern = read_text(value)
    try:
        python_regex(pattern)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from error
    return pattern
