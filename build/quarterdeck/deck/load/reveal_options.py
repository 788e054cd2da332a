"""The options of reveal.js 6, for decks that misspell one. Options of plugins are theirs, and pass."""

from __future__ import annotations

from difflib import get_close_matches

from quarterdeck.base.errors import Problems
from quarterdeck.base.yaml_positions import Located

_KNOWN = frozenset(
    {"autoAnimate", "autoAnimateDuration", "autoAnimateEasing", "autoAnimateMatcher", "autoAnimateStyles"}
    | {"autoAnimateUnmatched", "autoPlayMedia", "autoSlide", "autoSlideMethod", "autoSlideStoppable"}
    | {"backgroundTransition", "center", "controls", "controlsBackArrows", "controlsLayout", "controlsTutorial"}
    | {"defaultTiming", "dependencies", "disableLayout", "display", "embedded", "focusBodyOnPageVisibilityChange"}
    | {"fragmentInURL", "fragments", "hash", "hashOneBasedIndex", "height", "help", "hideCursorTime"}
    | {"hideInactiveCursor", "highlight", "history", "jumpToSlide", "katex", "keyboard", "keyboardCondition", "loop"}
    | {
        "margin",
        "markdown",
        "math",
        "maxScale",
        "mermaid",
        "minScale",
        "mobileViewDistance",
        "mouseWheel",
        "navigationMode",
    }
    | {"overview", "parallaxBackgroundHorizontal", "parallaxBackgroundImage", "parallaxBackgroundPosition"}
    | {"parallaxBackgroundRepeat", "parallaxBackgroundSize", "parallaxBackgroundVertical", "pause"}
    | {"pdfMaxPagesPerSlide", "pdfPageHeightOffset", "pdfSeparateFragments", "plugins", "postMessage"}
    | {"postMessageEvents", "preloadIframes", "preventIframeAutoFocus", "previewLinks", "progress"}
    | {"respondToHashChanges", "rollingLinks", "rtl", "scrollActivationWidth", "scrollLayout", "scrollProgress"}
    | {"scrollSnap", "showHiddenSlides", "showNotes", "showSlideNumber", "shuffle", "skippedFragmentsVisibility"}
    | {"slideNumber", "sortFragmentsOnSync", "theme", "totalTime", "touch", "transition", "transitionSpeed", "view"}
    | {"viewDistance", "width"}
)
"""`Reveal.initialize`, from the sources of reveal.js 6.0.2 and of older ones, and the options of its own plugins."""


CANVAS = {"width": 1920, "height": 1080}
"""What the shipped themes are made for, in pixels."""


def warn_options(located: Located, problems: Problems) -> None:
    """Warn on each option of `reveal` that is almost the name of a known one."""
    by_lower = {name.lower(): name for name in _KNOWN}
    for key in located.value["reveal"]:
        if key in _KNOWN:
            continue
        alike = (name for name in by_lower if name[:1] == key[:1].lower())
        near = get_close_matches(key.lower(), alike, n=1, cutoff=0.8)
        if near:
            place = located.place("reveal", key)
            problems.warn(place, f"unknown option 'reveal.{key}'", f"did you mean '{by_lower[near[0]]}'?")


def warn_canvas(located: Located, problems: Problems) -> None:
    """Warn on a size of the canvas that is not that of the shipped themes, on which everything has its size."""
    for key, made_for in CANVAS.items():
        if located.value["reveal"].get(key, made_for) != made_for:
            place = located.place("reveal", key)
            size = " x ".join(map(str, CANVAS.values()))
            what = f"slides of {key} {located.value['reveal'][key]}: the shipped themes are made for {size}"
            problems.warn(place, what, "leave it out, and give sizes in pixels of that canvas; or make a theme for it")
