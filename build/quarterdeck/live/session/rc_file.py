"""The rc file of a demo's bash, made of `scripts/session.bash`."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from functools import cache

from quarterdeck.live.scripts import script

_FUNCTION = re.compile(r"^(?P<name>__qd_\w+)\(\) \{\n(?P<body>.*?)^\}\n", re.MULTILINE | re.DOTALL)
_OPENS = re.compile(r"(?:\b(?:in|do|then|else)|[{&|]|;;|(?<!\))\))\Z")
"""The end of a line after which a command follows."""


def make_rc_file(variables: Mapping[str, str]) -> str:
    """The text of the rc file, after assignments of *variables*."""
    assignments = "".join(f"__qd_{name}={shlex.quote(value)}\n" for name, value in variables.items())
    return assignments + _script_without_functions()


@cache
def _script_without_functions() -> str:
    """Each function as a variable that holds its body on one line; in bodies, calls are replaced by bodies."""
    bodies: dict[str, str] = {}

    def keep(match: re.Match[str]) -> str:
        lines = [bodies.get(line.strip(), line.strip()) for line in match["body"].splitlines()]
        bodies[match["name"]] = _join(lines)
        return f"{match['name']}={shlex.quote(bodies[match['name']])}\n"

    return _FUNCTION.sub(keep, script("session.bash"))


def _join(lines: list[str]) -> str:
    text = lines[0]
    for line in lines[1:]:
        text += (" " if _OPENS.search(text) or line.startswith(";;") else "; ") + line
    return text
