"""The ids of slides, which are their addresses: `talk.html#/layers`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from quarterdeck.deck.markdown.extensions.footnotes import SLIDE
from quarterdeck.deck.model import Slide


def unique_ids(slides: Iterable[Slide], taken: Collection[str]) -> Iterator[str]:
    """The id of each of *slides*, from its heading, and none of those *taken*; those that say theirs keep it."""
    known = list(slides)
    used = {slide.attributes["id"] for slide in known if "id" in slide.attributes} | set(taken)
    for slide in known:
        if "id" in slide.attributes:
            yield slide.attributes["id"]
            continue
        slug = name = _slug(slide.heading) or ("footnotes" if SLIDE in slide.html else "")
        number = 2
        while name in used:
            name, number = f"{slug}-{number}", number + 1
        if name:
            used.add(name)
        yield name


def doubled_ids(slides: Iterable[Slide], taken: Collection[str]) -> Iterator[Slide]:
    """Those of *slides* that say an id which is *taken*, or which an earlier one says: no link leads to them."""
    used = set(taken)
    for slide in slides:
        name = slide.attributes.get("id")
        if name in used:
            yield slide
        elif name:
            used.add(name)


def _slug(text: str) -> str:
    """*text* as an id; reveal.js takes an id of digits alone for the number of a slide."""
    slug = re.sub(r"[\W_]+", "-", text.lower()).strip("-")
    return f"slide-{slug}" if slug.isdecimal() else slug
