"""Shell scripts that run on stages: in containers, or on the user's machine."""

from __future__ import annotations

from importlib.resources import files


def script(name: str) -> str:
    """The text of the script *name*."""
    return files("quarterdeck.live.scripts").joinpath(name).read_text("utf-8")
