"""`fonts.css`: a `@font-face` rule for each font file that decks use, from what its fontsource package says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

_FILE = re.compile(r"(?P<subset>[a-z-]+)-(?P<weight>\d+)-(?P<style>normal|italic)\.woff2")
_RULE = """\
@font-face {{
  font-family: "{family}";
  font-weight: {weight};
  font-style: {style};
  src: url("fonts/{name}") format("woff2");
  unicode-range: {ranges};
}}
"""


def render_faces(package: Path, names: Iterable[str]) -> str:
    """The rules for the files *names* of the fontsource *package*.

    Where two subsets have a character, the last rule counts: those of the smallest subset, `latin`, come last.

    Raises:
        RuntimeError: A name has no subset, weight and style that the package lists.
    """
    meta = json.loads((package / "metadata.json").read_text(encoding="utf-8"))
    ranges = json.loads((package / "unicode.json").read_text(encoding="utf-8"))
    rules = []
    for name in sorted(names, key=lambda name: ("-ext-" not in name, name)):
        match = _FILE.fullmatch(name.removeprefix(f"{package.name}-"))
        if match is None or match["subset"] not in ranges:
            raise RuntimeError(f"{package.name} has no subset for {name}: has its layout changed?")
        characters = ranges[match["subset"]].replace(",", ", ")
        face = {"weight": match["weight"], "style": match["style"], "ranges": characters}
        rules.append(_RULE.format(family=meta["family"], name=name, **face))
    return "".join(rules)
