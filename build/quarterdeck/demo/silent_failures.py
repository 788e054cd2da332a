"""Silent failures: what the witnesses find that an exit status does not show, and the words of `allow:` for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from quarterdeck.base.errors import Place, did_you_mean
from quarterdeck.base.options import shown_value

CURES: Mapping[str, str] = {
    "http": "with `--fail`, curl ends with exit status 22 where the registry says no",
    "empty-variable": "look at what the variable is made from; `jq --exit-status` takes null for a failure",
    "pipe": "take the pipe apart, or begin the demo with `set -o pipefail`; `|| true` says that it may fail",
    "status": "fix the command, or say with `|| true` that it may fail",
    "error-text": "fix the command that says so",
}
"""The kinds of silent failures, each with how to fix it."""

_ANSWERS = ("http-4xx", "http-5xx", "http-400", "http-401", "http-404", "http-405", "http-416", "http-500", "http-503")
"""Words of `allow:` that are suggested for an unknown one."""
_HTTP = re.compile(r"http-(?P<first>[45])(?P<rest>[0-9]{2}|xx)\Z")


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A silent failure. A fact: `check.verdict` decides whether it is meant."""

    kind: str
    """A key of `CURES`, or the answer of the registry, such as `http-404`."""
    at: Place
    """The line of the command that failed."""
    what: str
    """A sentence without its place."""
    expected: bool = False
    """Whether this is how a step with `exit: nonzero` is meant to fail."""

    @property
    def family(self) -> str:
        """Its key in `CURES`."""
        return "http" if _HTTP.match(self.kind) else self.kind


def is_allowed(kind: str, allowed: Collection[str]) -> bool:
    """Whether one of the words of `allow:` covers *kind*."""
    match = _HTTP.match(kind)
    return kind in allowed or (match is not None and ("http" in allowed or f"http-{match['first']}xx" in allowed))


def read_allowed(value: Any) -> str:
    """One word of `allow:`: a key of `CURES`, `http-4xx`, `http-5xx`, or an answer such as `http-404`."""
    if isinstance(value, str) and (value in CURES or _HTTP.match(value)):
        return value
    raise ValueError(f"knows no {shown_value(value)}: {did_you_mean(str(value), (*CURES, *_ANSWERS))}")
