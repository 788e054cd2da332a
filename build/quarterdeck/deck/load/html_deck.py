"""HTML decks: reveal.js pages written as HTML, `slides/NAME.html`, become decks too.

Their Markdown is rendered at build time; their other slides and own styles stay as they are. reveal.js, its themes and
its plugins are replaced by those of quarterdeck. Missing files are warnings, since such pages are often years old.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape, unescape
from itertools import zip_longest
from pathlib import Path

from quarterdeck.base.errors import Place, Problems, SourceError, did_you_mean
from quarterdeck.base.files import load_legacy_text, shown_path, walk_files
from quarterdeck.base.project import Project
from quarterdeck.base.yaml_positions import Located
from quarterdeck.deck.html.tokens import HEADINGS, Tag, find_end, read_tags, text_of
from quarterdeck.deck.html.urls import is_file, path_of
from quarterdeck.deck.load.html_deck_scripts import OwnFiles, read_initialize, sets_up_reveal
from quarterdeck.deck.load.locate import find_file
from quarterdeck.deck.load.reveal_options import read_regex
from quarterdeck.deck.model import Deck, HtmlDeck, MarkdownSection, Separators, SlideSource
from quarterdeck.deck.split.slides import DEFAULT, dedent

_NOT_FORWARDED = re.compile(r"data-(?:markdown|separator|vertical|notes|charset)", re.IGNORECASE)
_KEPT_META = frozenset({"description", "author", "keywords"})
_DATED = re.compile(r"\d{4}-\d\d(?:-\d\d)?(?=[-_.]|\Z)")
_WITH_CONTENTS = ("script", "style", "title")
_SET_UP = (*_WITH_CONTENTS, "link", "meta", "base")
_HEAD = (*_SET_UP, "html", "head")


def load_html_deck(project: Project, path: Path, text: str, problems: Problems) -> Deck:
    """Load an HTML deck. Its date is that at the start of its file name.

    Args:
        project: The project.
        path: The page; slide sources are looked up in its folder first.
        text: The text of the page.
        problems: Collects warnings about missing files and about parts that are left out.

    Raises:
        SourceError: It has no slides.
    """
    shown = shown_path(path, project.root)
    reader = _Reader(project, path, shown, text, problems)
    html_deck = reader.read()
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
    """Reads a page."""

    def __init__(self, project: Project, path: Path, shown: str, text: str, problems: Problems) -> None:
        self._project = project
        self._path = path
        self._shown = shown
        self._text = text
        self._tags = read_tags(text)
        self._problems = problems
        self._folders = (path.parent, project.slides, project.root)
        self._files = OwnFiles(self._folders, self._warn)
        self.title = ""
        self.options: Mapping[str, object] = {}

    def read(self) -> HtmlDeck:
        tags, text = self._tags, self._text
        slides = next((at for at, tag in enumerate(tags) if "slides" in tag.classes and not tag.closing), None)
        if slides is None:
            raise SourceError(Place(self._shown, 1), "not a deck: no element of the class 'slides' in it")
        page = next((tag for tag in tags if tag.name == "html" and not tag.closing), None)
        body = next((tag for tag in tags if tag.name == "body" and not tag.closing), None)
        body_start = body.end if body else next((tag.start for tag in tags if tag.name not in _HEAD), 0)
        body_end = next((tag.start for tag in tags if tag.name == "body" and tag.closing), len(text))
        last, slides_end, _ = self._find_end(slides, body_end)
        parts: list[str | MarkdownSection] = []
        position = body_start
        for start, end, section in self._edits(body_start, tags[slides].end, slides_end):
            if start >= position:
                parts += [text[position:start], section] if section else [text[position:start]]
                position = end
        parts.append(text[position : max(body_end, slides_end)])
        self.title = self.title or self._first_heading(slides)
        return HtmlDeck(
            text=text,
            lang=page.attributes.get("lang", "") if page else "",
            head="\n".join(self._files.head),
            body=tuple(parts),
            body_class=body.attributes.get("class", "") if body else "",
            scripts="\n".join(self._files.scripts),
            plain=_count_plain(tags[slides + 1 : last]),
        )

    def _find_end(self, at: int, limit: int) -> tuple[int, int, int]:
        """The index of the end tag of the element at *at*, and where it starts and ends; *limit* if there is none."""
        last = find_end(self._tags, at)
        return (last, self._tags[last].start, self._tags[last].end) if last < len(self._tags) else (last, limit, limit)

    def _first_heading(self, slides: int) -> str:
        first = next((at for at in range(slides, len(self._tags)) if self._tags[at].name in HEADINGS), None)
        if first is None:
            return ""
        start = self._tags[first].end
        return " ".join(text_of(self._text[start : self._find_end(first, start)[1]]).split())

    def _edits(
        self, body_start: int, slides_start: int, slides_end: int
    ) -> Iterator[tuple[int, int, MarkdownSection | None]]:
        """The parts of the body that are replaced by Markdown, or removed, in the order of the text."""
        at = 0
        while at < len(self._tags):
            tag, last = self._tags[at], at
            if tag.name == "section" and "data-markdown" in tag.attributes and not tag.closing:
                last, _, end = self._find_end(at, slides_end)
                yield tag.start, end, self._read_section(tag, at, end)
            elif tag.name in _SET_UP and not tag.closing:
                inner_end = end = tag.end
                if tag.name in _WITH_CONTENTS:
                    last, inner_end, end = self._find_end(at, tag.end)
                in_body, inside = tag.start >= body_start, slides_start <= tag.start < slides_end
                if self._take(tag, self._text[tag.end : inner_end], in_body=in_body, inside=inside) and in_body:
                    yield tag.start, end, None
            at = last + 1

    def _take(self, tag: Tag, inner: str, *, in_body: bool, inside: bool) -> bool:
        """Keep the author's part of the page's set-up; True if the element must be removed. *inside*: in a slide."""
        if tag.name == "title":
            if not in_body:
                self.title = " ".join(unescape(inner).split())
            return not inside
        if tag.name == "style":
            if not in_body:
                self._files.head.append(f"<style>{inner}</style>")
            return False
        if tag.name == "script":
            options = read_initialize(inner)
            if inside and "src" not in tag.attributes and options is None and not sets_up_reveal(inner):
                return False
            if options is not None:
                self.options = options
            self._files.take_script(tag, inner, self._line(tag))
        elif tag.name == "link":
            self._files.take_link(tag, self._line(tag))
        elif tag.name == "meta" and tag.attributes.get("name", "").lower() in _KEPT_META:
            name, content = tag.attributes["name"], tag.attributes.get("content", "")
            self._files.head.append(f'<meta name="{escape(name)}" content="{escape(content)}">')
        return True

    def _read_section(self, tag: Tag, at: int, end: int) -> MarkdownSection:
        attributes = {name: value for name, value in tag.attributes.items() if not _NOT_FORWARDED.search(name)}
        separators = Separators(
            self._read_regex(tag, "data-separator") or DEFAULT.stacks,
            self._read_regex(tag, "data-separator-vertical") or self._read_regex(tag, "data-vertical"),
            self._read_regex(tag, "data-separator-notes") or DEFAULT.notes,
        )
        address = tag.attributes["data-markdown"].strip()
        source = self._load_markdown(tag, address, separators) if address else self._inline(tag, at, end, separators)
        return MarkdownSection(source, attributes)

    def _read_regex(self, tag: Tag, name: str) -> str | None:
        try:
            return read_regex(tag.attributes[name]) if tag.attributes.get(name) else None
        except ValueError as error:
            self._warn(self._line(tag), f"'{name}' {error}", "the default is used")
            return None

    def _inline(self, tag: Tag, at: int, end: int, separators: Separators) -> SlideSource:
        """The Markdown of a section: its template, else its text."""
        inner = range(at + 1, len(self._tags))
        template = next((index for index in inner if self._tags[index].name in ("textarea", "script")), -1)
        if template >= 0 and self._tags[template].start < end:
            start = self._tags[template].end
            text = self._text[start : self._find_end(template, end)[1]]
            text = unescape(text) if self._tags[template].name == "textarea" else text
        else:
            start = tag.end
            text = text_of(self._text[start : self._text.rfind("</", start, end) if end > start else end])
        text = dedent(text.replace("__SCRIPT_END__", "</script>"))
        above = "\n" * self._text.count("\n", 0, start)
        return SlideSource(self._path, self._shown, above + text, separators)

    def _load_markdown(self, tag: Tag, address: str, separators: Separators) -> SlideSource | None:
        name = path_of(address)
        if name and not is_file(name):
            what = f"'{address}' was not included: decks load nothing from other machines"
            self._warn(self._line(tag), what, "copy it into the project")
            return None
        path = find_file(name.lstrip("/"), self._folders)
        if path is None:
            files = walk_files(self._path.parent, frozenset({self._project.site}))
            sources = (shown_path(file, self._path.parent) for file in files if file.suffix == ".md")
            self._warn(self._line(tag), f"no slide source '{name}'", did_you_mean(name, sources))
            return None
        with self._problems.lenient(True), self._problems.collecting():
            text = load_legacy_text(path, self._project.root, self._problems)
            return SlideSource(path, shown_path(path, self._project.root), text, separators)
        return None

    def _line(self, tag: Tag) -> int:
        return self._text.count("\n", 0, tag.start) + 1

    def _warn(self, line: int, what: str, hint: str = "") -> None:
        self._problems.warn(Place(self._shown, line), what, hint)


def _count_plain(tags: Sequence[Tag]) -> int:
    """The number of sections without Markdown and without inner sections."""
    sections = [tag for tag in tags if tag.name == "section"]
    leaves = (tag for tag, after in zip_longest(sections, sections[1:]) if not after or after.closing)
    return sum(not tag.closing and "data-markdown" not in tag.attributes for tag in leaves)
