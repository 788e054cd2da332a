"""HTML decks: reveal.js pages written as HTML, `slides/NAME.html`, become decks too.

Their Markdown is rendered when the deck is built, their other slides and their own styles stay as they are, and what
they take from reveal.js, its themes and plugins or from elsewhere is replaced by what comes with quarterdeck. What has
gone missing over the years is a warning and no error: such a deck shows what there is.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from itertools import zip_longest
from pathlib import Path

from quarterdeck.base.errors import Place, Problems, SourceError, did_you_mean
from quarterdeck.base.files import load_legacy_text, shown_path, walk_files
from quarterdeck.base.project import Project
from quarterdeck.base.yaml_positions import Located
from quarterdeck.deck.html.tokens import Tag, find_end, read_tags, text_of
from quarterdeck.deck.load.html_deck_scripts import OwnFiles, read_initialize, sets_up_reveal
from quarterdeck.deck.model import Deck, HtmlDeck, MarkdownSection, Separators, SlideSource
from quarterdeck.deck.split.js_regex import python_regex
from quarterdeck.deck.split.slides import DEFAULT, dedent

_NOT_FORWARDED = re.compile(r"data-(?:markdown|separator|vertical|notes|charset)", re.IGNORECASE)
_KEPT_META = frozenset({"description", "author", "keywords"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_DATED = re.compile(r"\d{4}-\d\d(?:-\d\d)?(?=[-_.]|\Z)")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def load_html_deck(project: Project, path: Path, text: str, problems: Problems) -> Deck:
    """The deck that the page at *path* is; its date is the one that its name starts with.

    Args:
        project: Where slide sources are looked for: beside the page, then from the root.
        path: The page.
        text: What it holds.
        problems: Takes warnings on what is not there and on what is left out.

    Raises:
        SourceError: It has no slides.
    """
    shown = shown_path(path, project.root)
    tags = read_tags(text)
    slides = next((at for at, tag in enumerate(tags) if "slides" in tag.classes and not tag.closing), None)
    if slides is None:
        raise SourceError(Place(shown, 1), "not a deck: no element of the class 'slides' in it")
    reader = _Reader(project, path, shown, text, tags, problems)
    html_deck = reader.read(slides)
    dated = _DATED.match(path.stem)
    return Deck(
        path.stem,
        reader.title or path.stem,
        Located({}, shown, {}),
        date=dated[0] if dated else None,
        slides=tuple(part.source for part in html_deck.body if isinstance(part, MarkdownSection) and part.source),
        theme=project.theme,
        reveal=reader.options,
        html_deck=html_deck,
    )


class _Reader:
    """Reads one page."""

    def __init__(
        self, project: Project, path: Path, shown: str, text: str, tags: Sequence[Tag], problems: Problems
    ) -> None:
        self._project = project
        self._path = path
        self._shown = shown
        self._text = text
        self._tags = tags
        self._problems = problems
        self._files = OwnFiles((path.parent, project.slides, project.root), self._warn)
        self.title = ""
        self.options: Mapping[str, object] = {}

    def read(self, slides: int) -> HtmlDeck:
        """The talk, whose slides are in the element that the tag number *slides* opens."""
        body = next((tag for tag in self._tags if tag.name == "body" and not tag.closing), None)
        body_end = next((tag.start for tag in self._tags if tag.name == "body" and tag.closing), len(self._text))
        body_start = body.end if body else self._first_of_body()
        last = find_end(self._tags, slides)
        slides_end = self._tags[last].start if last < len(self._tags) else body_end
        edits = list(self._edit(body_start, self._tags[slides].end, slides_end))
        parts = tuple(self._cut(body_start, max(body_end, slides_end), edits))
        page = next((tag for tag in self._tags if tag.name == "html" and not tag.closing), None)
        self.title = self.title or self._first_heading(slides)
        return HtmlDeck(
            text=self._text,
            lang=page.attributes.get("lang", "") if page else "",
            head="\n".join(self._files.head),
            body=parts,
            body_class=body.attributes.get("class", "") if body else "",
            scripts="\n".join(self._files.scripts),
            plain=self._count_plain(slides, last),
        )

    def _first_heading(self, slides: int) -> str:
        first = next((at for at in range(slides, len(self._tags)) if self._tags[at].name in _HEADINGS), len(self._tags))
        last = find_end(self._tags, first) if first < len(self._tags) else first
        if last == len(self._tags):
            return ""
        return " ".join(text_of(self._text[self._tags[first].end : self._tags[last].start]).split())

    def _first_of_body(self) -> int:
        heads = ("html", "head", "title", "meta", "link", "script", "style", "base")
        return next((tag.start for tag in self._tags if tag.name not in heads), 0)

    def _edit(
        self, body_start: int, slides_start: int, slides_end: int
    ) -> Iterator[tuple[int, int, MarkdownSection | None]]:
        """What of the body is replaced by Markdown, or by nothing, in the order of the text."""
        at = 0
        while at < len(self._tags):
            tag, last = self._tags[at], at
            if tag.name == "section" and "data-markdown" in tag.attributes and not tag.closing:
                last = find_end(self._tags, at)
                end = self._tags[last].end if last < len(self._tags) else slides_end
                yield tag.start, end, self._read_section(tag, at, end)
            elif not tag.closing and tag.name in ("script", "style", "title", "link", "meta", "base"):
                inside = slides_start <= tag.start < slides_end
                if self._take(tag, at, in_body=tag.start >= body_start, inside=inside) and tag.start >= body_start:
                    last = find_end(self._tags, at) if tag.name in ("script", "style", "title") else at
                    end = self._tags[last].end if last < len(self._tags) else tag.end
                    yield tag.start, end, None
            at = last + 1

    def _take(self, tag: Tag, at: int, *, in_body: bool, inside: bool) -> bool:
        """Note what an element of the page's own set-up says; whether it must not stay where it is."""
        last = find_end(self._tags, at) if tag.name in ("script", "style", "title") else at
        inner = self._text[tag.end : self._tags[last].start] if last != at and last < len(self._tags) else ""
        if tag.name == "title":
            if not in_body:
                self.title = " ".join(unescape(inner).split())
            return not inside
        if tag.name == "style":
            if not in_body:
                self._files.head.append(f"<style>{inner}</style>")
            return False
        if tag.name == "script":
            found = read_initialize(inner)
            if inside and "src" not in tag.attributes and found is None and not sets_up_reveal(inner):
                return False
            if found is not None:
                self.options = found
            self._files.take_script(tag, inner, self._line(tag))
            return True
        if tag.name == "link":
            self._files.take_link(tag, self._line(tag))
        elif tag.name == "meta" and tag.attributes.get("name", "").lower() in _KEPT_META:
            name, content = tag.attributes["name"], tag.attributes.get("content", "")
            self._files.head.append(f'<meta name="{escape(name)}" content="{escape(content)}">')
        return True

    def _cut(
        self, start: int, end: int, edits: Sequence[tuple[int, int, MarkdownSection | None]]
    ) -> Iterator[str | MarkdownSection]:
        here = start
        for first, last, section in edits:
            if first < here:
                continue
            yield self._text[here:first]
            if section is not None:
                yield section
            here = last
        if here < end:
            yield self._text[here:end]

    def _read_section(self, tag: Tag, at: int, end: int) -> MarkdownSection:
        attributes = {name: value for name, value in tag.attributes.items() if not _NOT_FORWARDED.search(name)}
        separators = Separators(
            self._read_regex(tag, "data-separator") or DEFAULT.stacks,
            self._read_regex(tag, "data-separator-vertical") or self._read_regex(tag, "data-vertical"),
            self._read_regex(tag, "data-separator-notes") or DEFAULT.notes,
        )
        named = tag.attributes["data-markdown"].strip()
        source = self._load_markdown(tag, named, separators) if named else self._inline(tag, at, end, separators)
        return MarkdownSection(source, attributes)

    def _read_regex(self, tag: Tag, name: str) -> str | None:
        pattern = tag.attributes.get(name)
        if not pattern:
            return None
        try:
            python_regex(pattern)
        except re.error as error:
            self._warn(self._line(tag), f"'{name}' is no regular expression: {error}", "the usual one counts")
            return None
        return pattern

    def _inline(self, tag: Tag, at: int, end: int, separators: Separators) -> SlideSource:
        """The Markdown in the page: in a template, else the text of the section."""
        inner = range(at + 1, len(self._tags))
        template = next((index for index in inner if self._tags[index].name in ("textarea", "script")), -1)
        if template >= 0 and self._tags[template].start < end:
            start, last = self._tags[template].end, find_end(self._tags, template)
            text = self._text[start : self._tags[last].start if last < len(self._tags) else end]
            text = unescape(text) if self._tags[template].name == "textarea" else text
        else:
            start = tag.end
            text = text_of(self._text[start : self._text.rfind("</", start, end) if end > start else end])
        text = dedent(text.replace("__SCRIPT_END__", "</script>"))
        above = "\n" * self._text.count("\n", 0, start)
        return SlideSource(self._path, self._shown, above + text, separators)

    def _load_markdown(self, tag: Tag, named: str, separators: Separators) -> SlideSource | None:
        name = re.split("[?#]", named, maxsplit=1)[0]
        if _ELSEWHERE.match(named):
            self._warn(
                self._line(tag),
                f"'{named}' was not included: decks load nothing from other machines",
                "copy it into the project",
            )
            return None
        for base in (self._path.parent, self._project.slides, self._project.root):
            path = Path(os.path.normpath(base / name.lstrip("/")))
            if not path.is_file():
                continue
            try:
                text = load_legacy_text(path, self._project.root, self._problems)
                return SlideSource(path, shown_path(path, self._project.root), text, separators)
            except SourceError as error:
                self._problems.warn(error.at, error.what, error.hint)
                return None
        known = (
            shown_path(one, self._path.parent)
            for one in walk_files(self._path.parent, frozenset({self._project.site}))
            if one.suffix == ".md"
        )
        self._warn(self._line(tag), f"no slide source '{name}'", did_you_mean(name, known))
        return None

    def _count_plain(self, slides: int, last: int) -> int:
        """How many sections without Markdown hold no other section."""
        count = 0
        inner = [tag for tag in self._tags[slides + 1 : last] if tag.name == "section"]
        for tag, following in zip_longest(inner, inner[1:]):
            leaf = following is None or following.closing
            count += not tag.closing and leaf and "data-markdown" not in tag.attributes
        return count

    def _line(self, tag: Tag) -> int:
        return self._text.count("\n", 0, tag.start) + 1

    def _warn(self, line: int, what: str, hint: str = "") -> None:
        self._problems.warn(Place(self._shown, line), what, hint)
