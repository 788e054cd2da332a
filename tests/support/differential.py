"""Slide sources through reveal.js's own plugin in a browser and through us, compared slide by slide.

Where the two differ, the difference is of one of the kinds that `deck/README.md` lists, or it is a fault. Some kinds
show in the documents. The others are taken out of the text (a guard is put in front of a `---` in a fence, say), so
that reveal.js itself says what the text means without them; then the documents have to be the same.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from quarterdeck.base.errors import Problems
from quarterdeck.deck.html.comments import render_attributes
from quarterdeck.deck.markdown.extensions.registry import find_extensions
from quarterdeck.deck.markdown.render import ICON_STARTS, render_slide
from quarterdeck.deck.model import MarkdownOptions, RawSlide, Slide
from quarterdeck.deck.split.fences import map_fences
from quarterdeck.deck.split.slides import dedent, split_slides
from support.dialect import slides_of

Tree = Any
"""A text, or `[name, attributes, children]`."""
Stacks = list[list[Tree]]

FENCES, COMMENTS, CLASSES, NOTES = "fences", "comments", "classes", "notes"
HTML, LANGUAGE, INDENTATION, BEYOND = "html", "no language", "indentation", "beyond"
KINDS = {
    FENCES: "`---`, `--` and `Note:` inside a code fence are text",
    COMMENTS: "a comment `.element:` at the end of a paragraph or list item means that paragraph or item",
    CLASSES: "classes of several comments, and those an element has already, add up",
    NOTES: "speaker notes are a text of their own, with code fences and blank lines",
    HTML: "quotes in an info string and `</SCRIPT>` in capitals break nothing",
    LANGUAGE: "code without a language has the class `nohighlight`",
    INDENTATION: "the indentation of a slide's first line comes off line starts only",
    BEYOND: "attributes in braces, containers of colons, footnotes, definition lists, formulas, icons by name",
}
"""The kinds of differences that are meant, with their rows in `deck/README.md`."""

_NAMES = {"animateLists": "animate_lists"}
_GUARD = "\ue000"
"""Stands in front of what reveal.js must not see, and is taken out of its document again."""
_QUOTES = {'"': "\ue001", "<": "\ue002", ">": "\ue003", "&": "\ue004"}
_SEEN = re.compile(r"--|---|s*notes?:.*", re.IGNORECASE | re.DOTALL)
_INFO = re.compile(r"(?m)^([ \t>*+-]*(?:[0-9]+[.)][ \t]+)?(?:`{3,}(?=[^`\n]*$)|~{3,}))(.+)$")
_END_OF_SCRIPT = re.compile("</script>", re.IGNORECASE)
_INLINE = frozenset(
    {"abbr", "b", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span"}
    | {"strong", "sub", "sup", "u", "var"}
)
"""Elements that a comment at the end of a text does not apply to. Not imported: this is the judge."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A slide that differs, and no kind says why."""

    source: str
    theirs: Tree
    ours: Tree

    def __str__(self) -> str:
        theirs, ours = (json.dumps(tree, ensure_ascii=False) for tree in (self.theirs, self.ours))
        return f"{self.source}\n--- reveal.js: {theirs}\n--- here:      {ours}"


@dataclass(slots=True)
class Outcome:
    """What came out of a comparison."""

    slides: int = 0
    """How many were compared."""
    equal: int = 0
    intended: Counter[str] = field(default_factory=Counter)
    """How many slides show a kind of intended difference, by kind."""
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A slide that differs, until a kind says why."""

    raw: RawSlide
    theirs: Tree
    ours: Tree
    kinds: frozenset[str] = frozenset()
    """What has been found already."""
    settled: bool = False


class Comparison:
    """A page with reveal.js and its Markdown plugin in it."""

    def __init__(self, browser: Any, packages: Path, options: Mapping[str, bool] | None = None) -> None:
        """With npm's *packages*, reveal.js among them, and what a deck says about its Markdown."""
        self._options = MarkdownOptions(**{_NAMES.get(name, name): value for name, value in (options or {}).items()})
        self._context = browser.new_context(offline=True)
        self._page = self._context.new_page()
        self._page.set_content('<div class="reveal"><div class="slides"><section>x</section></div></div>')
        folder = packages / "reveal.js" / "dist"
        for script in (folder / "reveal.js", folder / "plugin" / "markdown.js"):
            self._page.add_script_tag(content=script.read_text("utf-8"))
        start = "markdown => Reveal.initialize({plugins: [RevealMarkdown], hash: false, markdown})"
        self._page.evaluate(start, dict(options or {}))
        self._page.add_script_tag(content=Path(__file__).with_suffix(".js").read_text("utf-8"))

    def close(self) -> None:
        """End it."""
        self._context.close()

    def compare(self, sources: Sequence[str]) -> Outcome:
        """Both documents of each of *sources*, side by side."""
        outcome = Outcome()
        left: list[_Open] = []
        theirs = self._read("readAll", sources)
        ours = self.read_ours(sources)
        for text, slides, stacks in zip(sources, self._unfold(sources, theirs, ours), ours, strict=True):
            for raw, their, our in zip(_raw_slides(text), slides, _flat(stacks), strict=True):
                outcome.slides += 1
                if _restore(their) != our:
                    left.append(_Open(raw, their, our))
                elif their != our:
                    outcome.intended[FENCES] += 1
                else:
                    outcome.equal += 1
        self._settle_all(left, outcome)
        left = [slide for slide in left if not slide.settled]
        self._settle_all(self._without_extensions(left), outcome)
        outcome.faults += [Fault(_text_of(slide.raw), slide.theirs, slide.ours) for slide in left if not slide.settled]
        return outcome

    def _settle_all(self, slides: Sequence[_Open], outcome: Outcome) -> None:
        for step in (self._as_it_is, self._in_one, self._in_two):
            step([slide for slide in slides if not slide.settled], outcome)

    def _without_extensions(self, slides: Sequence[_Open]) -> list[_Open]:
        """Those of *slides* that are others where nothing beyond reveal.js's Markdown is read, made without that."""
        extended = [slide for slide in slides if _is_extended(_text_of(slide.raw))]
        with (
            patch("quarterdeck.deck.markdown.render.find_extensions", return_value=()),
            patch("quarterdeck.deck.markdown.render.ICON_STARTS", ()),
        ):
            pages = [_section_of(render_slide(slide.raw, {}, {}, self._options)) for slide in extended]
        for slide, stacks in zip(extended, self._read("loadAll", pages), strict=True):
            slide.kinds |= {BEYOND} if stacks[0][0] != slide.ours else set()
            slide.ours = stacks[0][0]
        return extended

    def read_ours(self, sources: Sequence[str]) -> list[Stacks]:
        """Our document of each of *sources*."""
        return self._read("loadAll", [_page_of(text, self._options) for text in sources])

    def _read(self, function: str, texts: Sequence[str]) -> list[Stacks]:
        """What the page's *function* makes of each of *texts*; as JSON, since documents are deep."""
        script = f"texts => JSON.stringify({function}(texts))"
        stacks: list[Stacks] = json.loads(self._page.evaluate(script, list(texts)))
        return stacks

    def _unfold(self, sources: Sequence[str], theirs: Sequence[Stacks], ours: Sequence[Stacks]) -> list[list[Tree]]:
        """The slides of *theirs*; where they are not as many as ours, those of the text with its fences guarded."""
        wrong = [index for index in range(len(sources)) if _shape(theirs[index]) != _shape(ours[index])]
        again = dict(zip(wrong, self._read("readAll", [guard_fences(sources[index]) for index in wrong]), strict=True))
        unfolded = []
        for index, other in enumerate(ours):
            stacks = again.get(index, theirs[index])
            same = _shape(stacks) == _shape(other)
            unfolded.append(_flat(stacks) if same else [["other stacks", {}, []]] * len(_flat(other)))
        return unfolded

    def _as_it_is(self, slides: Sequence[_Open], outcome: Outcome) -> None:
        """Kinds that show in the documents."""
        for slide in slides:
            _settle(slide, slide.theirs, {FENCES} if _restore(slide.theirs) != slide.theirs else set(), outcome)

    def _in_one(self, slides: Sequence[_Open], outcome: Outcome) -> None:
        """Kinds that show in the text."""
        plain = [take_out_kinds(slide.raw) for slide in slides]
        texts = [_text_of(raw) for raw, _ in plain]
        for slide, (_, kinds), stacks in zip(slides, plain, self._read("readAll", texts), strict=True):
            _settle(slide, stacks[0][0], kinds, outcome)

    def _in_two(self, slides: Sequence[_Open], outcome: Outcome) -> None:
        """Speaker notes read by themselves."""
        slides = [slide for slide in slides if slide.raw.notes is not None]
        plain = [take_out_kinds(slide.raw) for slide in slides]
        bodies = self._read("readAll", [raw.body for raw, _ in plain])
        notes = self._read("readAll", [raw.notes or "" for raw, _ in plain])
        for slide, (_, kinds), body, note in zip(slides, plain, bodies, notes, strict=True):
            section, aside = body[0][0], note[0][0]
            # A comment at the start of the notes applies to them, or to the slide.
            for inside, outside in ((aside[1], {}), ({}, aside[1])):
                notes_tree = ["aside", {**inside, "class": f"notes {inside.get('class', '')}".strip()}, aside[2]]
                whole = [section[0], {**outside, **section[1]}, [*section[2], notes_tree]]
                if not slide.settled:
                    _settle(slide, whole, {*kinds, NOTES}, outcome)


def _settle(slide: _Open, theirs: Tree, kinds: set[str], outcome: Outcome) -> None:
    kinds = {*kinds, *slide.kinds}
    if same(_restore(theirs), slide.ours, kinds):
        slide.settled = True
        outcome.intended.update(kinds)


def _is_extended(text: str) -> bool:
    return bool(find_extensions(text)) or any(start in text for start in ICON_STARTS)


def _page_of(text: str, options: MarkdownOptions) -> str:
    sections = []
    for stack in slides_of(text, options):
        inner = [_section_of(slide) for slide in stack]
        sections.append(inner[0] if len(inner) == 1 else f"<section>{''.join(inner)}</section>")
    return "".join(sections)


def _section_of(slide: Slide) -> str:
    return f"<section data-slide{render_attributes(dict(slide.attributes))}>{slide.html}</section>"


def _raw_slides(text: str) -> list[RawSlide]:
    lines = text.replace("\r\n", "\n").split("\n")
    return [raw for stack in split_slides(lines, "a.md", map_fences(lines), Problems()) for raw in stack]


def _text_of(raw: RawSlide) -> str:
    return raw.body if raw.notes is None else f"{raw.body}\nNote:{raw.notes}"


def _flat(stacks: Stacks) -> list[Tree]:
    return [slide for stack in stacks for slide in stack]


def _shape(stacks: Stacks) -> list[int]:
    return [len(stack) for stack in stacks]


def take_out_kinds(raw: RawSlide) -> tuple[RawSlide, set[str]]:
    """*raw* without what reveal.js stumbles over, and the kinds that were in it."""
    kinds: set[str] = set()
    parts: list[str | None] = []
    for text in (raw.body, raw.notes.strip() if raw.notes else raw.notes):
        for kind, take_out in (
            (INDENTATION, _take_indentation),
            (FENCES, guard_fences),
            (HTML, _take_quotes),
            (HTML, _lower_scripts),
        ):
            plain = take_out(text) if text else text
            if plain != text:
                kinds.add(kind)
            text = plain
        parts.append(text)
    return RawSlide(raw.at, parts[0] or "", parts[1]), kinds


def guard_fences(text: str) -> str:
    """*text* with a guard in front of rows of fences that are separators or notes for reveal.js."""
    lines = text.replace("\r\n", "\n").split("\n")
    for row in map_fences(lines).fenced:
        if _SEEN.fullmatch(lines[row]):
            lines[row] = _GUARD + lines[row]
    return "\n".join(lines)


def _take_indentation(text: str) -> str:
    """*text* such that reveal.js finds nothing to take off: a comment stands before it."""
    return f"<!--{_GUARD}-->\n\n{dedent(text)}" if text[:1].isspace() else text


def _take_quotes(text: str) -> str:
    return _INFO.sub(lambda match: match[1] + "".join(_QUOTES.get(letter, letter) for letter in match[2]), text)


def _lower_scripts(text: str) -> str:
    return _END_OF_SCRIPT.sub("</script>", text)


def _restore(tree: Tree) -> Tree:
    """*tree* without guards, with the quotes that they stood for."""
    if isinstance(tree, str):
        for letter, guard in _QUOTES.items():
            tree = tree.replace(guard, letter)
        return tree.replace(_GUARD, "")
    attributes = {name: _restore(value) for name, value in tree[1].items()}
    return [tree[0], attributes, [_restore(child) for child in tree[2]]]


def same(theirs: Tree, ours: Tree, kinds: set[str]) -> bool:
    """Whether the two are the same but for kinds that show in the document; *found* takes those."""
    if isinstance(theirs, str) or isinstance(ours, str):
        return theirs == ours or (isinstance(ours, str) and _lower_scripts(ours) == theirs)
    if theirs[0] != ours[0] or len(theirs[2]) != len(ours[2]):
        return False
    moved = _moved(theirs, ours)
    if moved is not None:
        kinds.add(COMMENTS)
        theirs = moved
    if not _same_attributes(theirs, ours, kinds):
        return False
    return all(same(their, our, kinds) for their, our in zip(theirs[2], ours[2], strict=True))


def _same_attributes(theirs: Tree, ours: Tree, kinds: set[str]) -> bool:
    left = {name for name in theirs[1].keys() | ours[1].keys() if theirs[1].get(name) != ours[1].get(name)}
    before, after = theirs[1].get("class", ""), ours[1].get("class", "")
    if left == {"class"} and theirs[0] == "code" and not before and after == "nohighlight":
        kinds.add(LANGUAGE)
    elif left == {"class"} and before and set(before.split()) < set(after.split()):
        kinds.add(CLASSES)
    else:
        return not left
    return True


def _moved(theirs: Tree, ours: Tree) -> Tree | None:
    """*theirs* with what its last inline element got put where we put it: onto the paragraph or item around it."""
    if ours[0] not in ("p", "li"):
        return None
    gained = {name for name, value in ours[1].items() if theirs[1].get(name) != value}
    for index, (their, our) in enumerate(zip(theirs[2], ours[2], strict=True)):
        if isinstance(their, str) or their[0] not in _INLINE or their[0] != our[0]:
            continue
        lost = {name for name, value in their[1].items() if not _holds(our[1].get(name), value)}
        lost = lost or {name for name in gained if _holds(ours[1][name], their[1].get(name))}
        if lost and lost <= ours[1].keys():
            children = list(theirs[2])
            children[index] = [their[0], our[1], their[2]]
            return [theirs[0], {**theirs[1], **{name: ours[1][name] for name in lost}}, children]
    return None


def _holds(value: str | None, part: str | None) -> bool:
    return value is not None and part is not None and set(part.split()) <= set(value.split())
