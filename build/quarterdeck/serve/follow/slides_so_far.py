"""The page of a deck as its audience may have it: the slides up to the furthest one shown, without speaker notes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from html import escape

from quarterdeck.deck.assets.asset_memory import Asset
from quarterdeck.deck.html.tokens import Comment, Edit, Tag, Unfinished, find_end, read_tags, read_tokens, splice
from quarterdeck.deck.page.page_parts import PageParts, ShownSlide, ShownStack, read_attributes
from quarterdeck.serve.changes import LivePage

_PRIVATE = frozenset({"data-notes", "data-timing"})
"""Attributes that are for presenters: notes, and how long a slide should take."""
_NOTES_PLUGIN = re.compile(r'<script src="assets/notes\.[^"]*"></script>\n?')
_OPTIONS = re.compile(r'(?s)<script type="application/json" id="reveal-options">.*?</script>')
_SOURCE = re.compile(r' data-source="[^"]*"')
_REFERS = (".css", ".svg", ".html", ".htm")
"""Files that may refer to others."""
_SCRIPT = (
    '<script src="/follow/frame.js" data-page="{page}" data-version="{version}" data-numbers="{numbers}"></script>'
)


def find_furthest(page: LivePage, shown: Collection[int]) -> int:
    """The index in *page* of the last of the slides *shown*, which are numbers of slides; 0 if there is none."""
    return max((index for index, number in enumerate(page.numbers) if number in shown), default=0)


def show_so_far(page: LivePage, furthest: int) -> LivePage:
    """What followers may have of *page*.

    Hidden slides are left out, and those after the furthest slide that was shown. The first slide is always there. A
    page whose slides are unknown has none.

    Args:
        page: A page of the newest build.
        furthest: The index of the furthest slide that the presenter has shown.
    """
    if page.parts is None:
        parts = PageParts("", "", (), (), "", (), 0, "", 0)
        return LivePage(page.name, "", "", parts, ())
    slides = list(_visible(page.parts.stacks, page.numbers))
    allowed = {number for index, number in slides if index <= furthest} | {number for _, number in slides[:1]}
    stacks = []
    numbers = iter(page.numbers)
    for stack in page.parts.stacks:
        kept = tuple(_clean(slide) for slide in stack.slides if next(numbers) in allowed)
        if kept:
            stacks.append(ShownStack(kept, None if stack.attributes is None else _clean_attributes(stack.attributes)))
    parts = page.parts._replace(frame=_clean_frame(page.parts.frame), stacks=tuple(stacks), text="")
    html, after = _join(parts)
    kept_numbers = tuple(number for number in page.numbers if number in allowed)
    version = hashlib.sha256(f"{kept_numbers}{html}".encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return LivePage(page.name, html, version, parts._replace(after_slides=after), kept_numbers)


def with_frame_script(page: LivePage) -> str:
    """The HTML of *page*, what `show_so_far` returned, with the script that keeps it at the presenter's place."""
    assert page.parts is not None
    numbers = " ".join(map(str, page.numbers))
    script = _SCRIPT.format(page=escape(page.name), version=page.version, numbers=numbers)
    # After the options, which it changes, and before deck.js starts reveal.js.
    options = _OPTIONS.search(page.html, page.parts.after_slides)
    at = options.end() if options else page.parts.after_slides
    return page.html[:at] + script + page.html[at:]


def find_files(html: str, files: Mapping[str, Asset]) -> dict[str, Asset]:
    """Those of *files*, by name, that a page refers to, and those that these refer to."""
    needed: dict[str, Asset] = {}
    files = dict(files)  # a build in another thread may change them
    texts = [html]
    while texts:
        text = texts.pop()
        for name, asset in files.items():
            if name not in needed and name in text:
                needed[name] = asset
                if name.endswith(_REFERS):
                    texts.append(_read(asset))
    return needed


def _read(asset: Asset) -> str:
    try:
        return (asset.path.read_bytes() if asset.data is None else asset.data).decode("utf-8", "replace")
    except OSError:
        return ""


def _visible(stacks: Sequence[ShownStack], numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The indices and numbers of the slides that are not hidden."""
    left = enumerate(numbers)
    for stack in stacks:
        hides = _is_hidden(stack.attributes or "")
        for slide in stack.slides:
            index, number = next(left)
            if not hides and not _is_hidden(slide.attributes):
                yield index, number


def _is_hidden(attributes: str) -> bool:
    return read_attributes(attributes).get("data-visibility", "").strip().lower() == "hidden"


@lru_cache(maxsize=4096)  # most slides are what they were in the build before
def _clean(slide: ShownSlide) -> ShownSlide:
    return slide._replace(attributes=_clean_attributes(slide.attributes), html=without_notes(slide.html))


def _clean_attributes(attributes: str) -> str:
    return without_notes(f"<section{attributes}>")[len("<section") : -1]


def without_notes(html: str) -> str:
    """*html* without speaker notes, comments, and the attributes that are for presenters."""
    return splice(html, _find_notes(html))


def _find_notes(html: str) -> Iterator[Edit]:
    start, depth = 0, 0
    """Where the notes begin that are read now, and how many elements of their kind are open in them."""
    for token in read_tokens(html):
        if depth:
            if isinstance(token, Tag) and token.name == "aside":
                depth += -1 if token.closing else 1
                if not depth:
                    yield start, token.end, ""
        elif isinstance(token, Tag):
            if token.name == "aside" and not token.closing and "notes" in token.classes:
                start, depth = token.start, 1
            elif not token.closing:
                yield from ((part.start, part.end, "") for part in token.attribute_list if part.name in _PRIVATE)
        elif isinstance(token, Unfinished) or (isinstance(token, Comment) and token.content is not None):
            yield token.start, token.end, ""
    if depth:
        yield start, len(html), ""


@lru_cache(maxsize=4)
def _clean_frame(frame: str) -> str:
    return _SOURCE.sub("", _NOTES_PLUGIN.sub("", without_notes(frame)), count=1)


def _join(parts: PageParts) -> tuple[str, int]:
    """The page that has these *parts*, and the index of the end of the element that holds the slides."""
    head = f"<title>{escape(parts.title, quote=False)}</title>\n"
    head += "".join(f'<link rel="stylesheet" href="{escape(address)}">\n' for address in parts.style_sheets)
    head += "".join(f"<style>{style}</style>\n" for style in parts.styles)
    slides = "".join(map(_join_stack, parts.stacks))
    symbols = f'\n<svg aria-hidden="true" style="display: none">{parts.symbols}</svg>' if parts.symbols else ""
    tags = read_tags(parts.frame)
    container = next(index for index, tag in enumerate(tags) if "slides" in tag.classes and not tag.closing)
    places = [
        (next((tag.start for tag in tags if tag.name == "head" and tag.closing), 0), head),
        (next((tag.end for tag in tags if tag.name == "body" and not tag.closing), 0), symbols),
        (tags[container].end, slides),
    ]
    after = tags[find_end(tags, container)].end + sum(len(text) for _, text in places)
    return splice(parts.frame, [(at, at, text) for at, text in places]), after


def _join_stack(stack: ShownStack) -> str:
    slides = "".join(f"\n<section{slide.attributes}>{slide.html}</section>" for slide in stack.slides)
    return slides if stack.attributes is None else f"\n<section{stack.attributes}>{slides}\n</section>"
