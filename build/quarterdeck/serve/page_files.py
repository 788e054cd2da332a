"""What served pages load beside the files of their deck: our scripts, and what live slides need."""

from __future__ import annotations

from html import escape
from pathlib import Path

from quarterdeck.base.shipped import shipped_templates

_GUARD = ("guard",)
_SAVE_AND_SEE = ("place", "slides", "problems", "moves")
_LIVE_SLIDES = ("blocks", "step_terminal", "terminal", "keys", "panels", "steps", "live_slides")
_SPEAKER = ("speaker",)
_CONNECTION = ("connection",)
"""Modules of our scripts, in order: files of `templates/live/`."""
LIVE_HEAD = '<link rel="stylesheet" href="/_live/steps.css">'
"""What pages with live slides have before our script: it must be there before slides are laid out."""


def join_script(name: str, *, live: bool) -> str | None:
    """The text of the script *name*; None if there is none.

    Args:
        name: `guard`, `client` or `speaker`.
        live: Whether slides are live.
    """
    client = (*_SAVE_AND_SEE, *(_LIVE_SLIDES if live else ()), *_CONNECTION)
    modules = {"guard": _GUARD, "client": client, "speaker": _SPEAKER}.get(name)
    if modules is None:
        return None
    folder = shipped_templates() / "live"
    return "\n".join((folder / f"{module}.js").read_text("utf-8") for module in modules)


def find_live_file(name: str) -> Path | None:
    """The file that pages load as *name*; None if there is none."""
    templates = shipped_templates()
    files = {
        **{name: templates / "live" / name for name in ("steps.css", "speaker.css")},
        **{f"vendor/{path.name}": path for path in (templates / "vendor" / "live").glob("*.*")},
    }
    return files.get(name)


def render_speaker_page(deck: str) -> str:
    """The speaker page of *deck*."""
    text = (shipped_templates() / "live" / "speaker.html").read_text("utf-8")
    return text.replace("{deck}", escape(deck))
