"""The options of steps and demos: their meaning, and how they are read from `#@` lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from quarterdeck.base.errors import Problems
from quarterdeck.base.options import (
    Reader,
    list_of,
    one_of,
    parse_json_path,
    read_duration,
    read_flag,
    read_masks,
    read_regex,
    read_text,
    shown_value,
)
from quarterdeck.base.yaml_positions import Located
from quarterdeck.demo.silent_failures import read_allowed


@dataclass(frozen=True, slots=True)
class Show:
    """How a deck shows a step's output."""

    lines: int | None = None
    """The maximum number of lines; None: all, 0: none."""
    fragment: bool = True
    """Whether the output is a fragment."""


@dataclass(frozen=True, slots=True)
class StepOptions:
    """The options of a step. The defaults are those of a step without `#@` lines."""

    exit: int | Literal["nonzero"] = 0
    """The expected exit status."""
    timeout_s: float | None = None
    """Seconds until the step is ended; None: the timeout of the demo or the project."""
    stop_after_s: float | None = None
    """Seconds until Ctrl-C ends the step, which is then a success: for commands that never end."""
    send: Literal["rest"] | tuple[tuple[str | None, str], ...] = ()
    """Lines for the program that the step starts, each with the pattern it waits for (None: a second of
    silence); `rest`: the remaining lines of the step."""
    skip: str | None = None
    """Why the step is shown but never run."""
    needs: tuple[str, ...] = ()
    """Tools that the step requires; it is skipped if one is missing."""
    hidden: bool = False
    """Run, but never shown."""
    match: tuple[str, ...] = ()
    """Regular expressions that must all match the output; replace the comparison with the recording."""
    json: Mapping[str, Any] = field(default_factory=dict)
    """Expected values by path in the output, parsed as JSON; replace the comparison with the recording."""
    compare: Literal["masked", "exact", "none"] = "masked"
    """How the output is compared with the recording."""
    mask: Mapping[str, str] = field(default_factory=dict)
    """Additional masks: kind to regular expression."""
    keep: tuple[str, ...] = ()
    """Kinds that are not masked."""
    allow: tuple[str, ...] = ()
    """Silent failures that are expected."""
    show: Show = Show()
    optional: bool = False
    """Whether a presenter may leave it out when time is short."""
    typed: bool = True
    """Whether a rehearsal types its commands; otherwise they are shown at once."""


KINDS = (
    "jwt", "state", "uuid", "digest", "commit", "mac", "time", "age", "rate", "size", "duration", "port", "ip",
    "podhash", "pid", "id",
)  # fmt: skip
"""The kinds of volatile values that `keep` may name; `check.mask_kinds` has their patterns."""

_WHATEVER = "\0"
"""A pattern that matches this text and the empty text matches everything."""


def _read_exit(value: Any) -> int | str:
    if value == "nonzero" or (isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 255):
        return value  # type: ignore[no-any-return]
    raise ValueError(f"is a status from 0 to 255 or nonzero, not {shown_value(value)}")


def _read_send(value: Any) -> str | tuple[tuple[str | None, str], ...]:
    if value == "rest":
        return "rest"
    if not isinstance(value, list):
        raise ValueError(f"is `rest` or a list of lines, not {shown_value(value)}")
    if not value:
        raise ValueError("is a list of at least one line, or `rest`")
    return tuple(_read_line(item) for item in value)


def _read_line(item: Any) -> tuple[str | None, str]:
    if not isinstance(item, list):
        return None, read_text(item)
    if len(item) != 2:
        raise ValueError("takes lines, or pairs of a pattern and a line")
    pattern = read_regex(item[0])
    # Patterns are matched against the raw bytes of the terminal.
    if re.search(pattern.encode(), b""):
        raise ValueError(f"waits for {pattern}, which is there before the program has printed anything")
    return pattern, read_text(item[1])


def _read_show(value: Any) -> Show:
    if not isinstance(value, dict):
        raise ValueError(f"is a table such as {{lines: 12, fragment: true}}, not {shown_value(value)}")
    for key in value:
        if key not in ("lines", "fragment"):
            raise ValueError(f"has lines and fragment, not '{key}'")
    lines = value.get("lines")
    if "lines" in value and (not isinstance(lines, int) or isinstance(lines, bool) or lines < 0):
        raise ValueError(f"has a number of lines from 0, not {shown_value(lines)}")
    return Show(lines=lines, fragment=read_flag(value.get("fragment", True)))


def _read_why(value: Any) -> str:
    text = "" if isinstance(value, bool) else read_text(value).strip()
    if not text:
        raise ValueError("says why, such as `skip: needs a browser`")
    return text


def _read_json(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise ValueError(f"is a table such as {{.schemaVersion: 2}}, not {shown_value(value or None)}")
    for path in value:
        parse_json_path(path)
    return value


def _read_match(value: Any) -> tuple[str, ...]:
    patterns: tuple[str, ...] = list_of(read_regex)(value)
    if not patterns:
        raise ValueError("is a list of at least one regular expression")
    for pattern in patterns:
        if all(re.search(pattern, text, re.MULTILINE) for text in ("", _WHATEVER)):
            raise ValueError(f"holds for any output: {pattern or 'an empty pattern'}")
    return patterns


STEP_OPTIONS: Mapping[str, Reader] = {
    "exit": _read_exit,
    "timeout": read_duration,
    "stop-after": read_duration,
    "send": _read_send,
    "skip": _read_why,
    "needs": list_of(read_text),
    "hidden": read_flag,
    "match": _read_match,
    "json": _read_json,
    "compare": one_of("masked", "exact", "none"),
    "mask": read_masks,
    "keep": list_of(read_text),
    "allow": list_of(read_allowed),
    "show": _read_show,
    "optional": read_flag,
    "type": read_flag,
}
"""The keys that `#@` lines of a step may have."""

DEMO_OPTIONS: Mapping[str, Reader] = {
    "after": read_text,
    "stage": lambda value: value,
    "timeout": read_duration,
    "needs": list_of(read_text),
    "mask": read_masks,
    "keep": list_of(read_text),
}
"""The keys that `#@` lines below a demo's title may have."""

FIELDS = {"timeout": "timeout_s", "stop-after": "stop_after_s", "type": "typed"}
"""Options whose field has another name."""

_STEP_ONLY = "it is an option of a step: write it below a step's caption"
_DEMO_ONLY = "it is an option of the whole demo: write it below the title"
MISPLACED = {
    "step": {name: _DEMO_ONLY for name in DEMO_OPTIONS if name not in STEP_OPTIONS},
    "demo": {name: _STEP_ONLY for name in STEP_OPTIONS if name not in DEMO_OPTIONS},
}
"""Hints for options that are valid elsewhere."""


def report_contradictions(options: StepOptions, located: Located, problems: Problems) -> None:
    """Report options that exclude each other, and warn about those without effect."""
    given = located.value

    def warn(option: str, what: str, hint: str = "leave one of them out") -> None:
        problems.warn(located.place(option), what, hint)

    stop_s, timeout_s = options.stop_after_s, options.timeout_s
    if stop_s is not None and timeout_s is not None and timeout_s <= stop_s:
        what = f"`timeout` of {timeout_s:g} s is over before `stop-after` of {stop_s:g} s"
        problems.add(located.place("timeout"), what, "leave `timeout` out: `stop-after` ends the step")
    if "stop-after" in given and "send" in given:
        what = "`stop-after` beside `send`: Ctrl-C comes after that long, whether or not all lines were sent"
        warn("stop-after", what, "let the last line of `send` end the program, such as exit")
    for option in ("match", "json"):
        if option in given and "compare" in given:
            warn("compare", f"`compare` has no effect beside `{option}`, which takes the place of the recording")
    for option in ("mask", "keep"):
        if option in given and options.compare != "masked":
            warn(option, f"`{option}` has no effect beside `compare: {options.compare}`")
    if options.hidden and options.skip:
        warn("hidden", "a step that is `hidden` and has `skip` is neither run nor shown", "take it out")
    elif options.hidden and "show" in given:
        warn("show", "`show` has no effect on a step that is `hidden`")
