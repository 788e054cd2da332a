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
from quarterdeck.deck.html.tokens import Tag, find_end, read_tags, text_of
from quarterdeck.deck.load.html_deck_scripts import OwnFiles, read_initialize, sets_up_reveal
from quarterdeck.deck.load.locate import find_file
from quarterdeck.deck.model import Deck, HtmlDeck, MarkdownSection, Separators, SlideSource
from quarterdeck.deck.split.js_regex import python_regex
from quarterdeck.deck.split.slides import DEFAULT, dedent

_NOT_FORWARDED = re.compile(r"data-(?:markdown|separator|vertical|notes|charset)", re.IGNORECASE)
_KEPT_META = frozenset({"description", "author", "keywords"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_DATED = re.compile(r"\d{4}-\d\d(?:-\d\d)?(?=[-_.]|\Z)")
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


def load_html_deck(project: Project, path: Path, text: str, problems: Problems) -> Deck:
    """Load an HTML deck. Its date is the one that its file name starts with.

    Args:
        project: The project.
        path: The page; slide sources are looked up in its folder first.
        text: The text of the page.
        problems: Collects warnings about missing files and about parts that are left out.

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
    """Reads a page."""

    def __init__(
        self, project: Project, path: Path, shown: str, text: str, tags: Sequence[Tag], problems: Problems
    ) -> None:
        self._project = project
        self._path = path
        self._shown = shown
        self._text = text
        self._tags = tags
        self._problems = problems
        self._folders = (path.parent, project.slides, project.root)
        self._files = OwnFiles(self._folders, self._warn)
        self.title = ""
        self.options: Mapping[str, object] = {}

    def read(self, slides: int) -> HtmlDeck:
        """The deck. *slides*: the index of the tag around its slides."""
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
        """The parts of the body that are replaced by Markdown, or removed, in the order of the text."""
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
        """Keep what an element of the page's set-up says; True if the element must be removed."""
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
            options = read_initialize(inner)
            if inside and "src" not in tag.attributes and options is None and not sets_up_reveal(inner):
                return False
            if options is not None:
                self.options = options
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
        position = start
        for first, last, section in edits:
            if first < position:
                continue
            yield self._text[position:first]
            if section is not None:
                yield section
            position = last
        if position < end:
            yield self._text[position:end]

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
        pattern = tag.attributes.get(name)
        if not pattern:
            return None
        try:
            python_regex(pattern)
        except re.error as error:
            self._warn(self._line(tag), f"'{name}' is not a regular expression: {error}", "the default is used")
            return None
        return pattern

    def _inline(self, tag: Tag, at: int, end: int, separators: Separators) -> SlideSource:
        """The Markdown of a section: its template, else its text."""
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

    def _load_markdown(self, tag: Tag, address: str, separators: Separators) -> SlideSource | None:
        name = re.split("[?#]", address, maxsplit=1)[0]
        if _ELSEWHERE.match(address):
            self._warn(
                self._line(tag),
                f"'{address}' was not included: decks load nothing from other machines",
                "copy it into the project",
            )
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

    def _count_plain(self, slides: int, last: int) -> int:
        """The number of sections without Markdown and without inner sections."""
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
