"""Addresses in HTML and in styles: those of files are linked, those on other machines are left out.

A page loads nothing from another machine when a browser opens it. The name of an attribute says what it holds: text, an
address that a person follows, addresses that are loaded. In unknown attributes, too, remote addresses are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape, unescape
from typing import NamedTuple, Protocol

from quarterdeck.base.errors import Place, Problems
from quarterdeck.deck.html.css import replace_addresses
from quarterdeck.deck.html.tokens import RAW_TEXT, Comment, Edit, Nesting, RawText, Tag, Unfinished, read_tokens, splice
from quarterdeck.deck.html.urls import clean, is_data_document, is_file, is_remote, path_of

NO_STYLE = "data:text/css,"
"""Replaces a remote address in a style."""
MISSING = (
    "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%20160%2090'%20width='640'%20"
    "height='360'%3E%3Cpath%20d='M1%201h158v88H1zM1%201l158%2088M159%201L1%2089'%20fill='none'%20stroke='%23888'%20"
    "stroke-dasharray='4'/%3E%3C/svg%3E"
)
"""A crossed frame: replaces a picture that is missing or remote."""

_PICTURES = (".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")
_REVEALS_PICTURE = r"(?i)\A\s*(?:http|file|//)|\.(?:avif|svg|png|jpg|jpeg|gif|bmp|webp)(?:[?#\s]|\Z)"
"""Values of `data-background` that reveal.js takes for pictures."""
_ICON_FONT = r"(?i)font-?awesome|\blucide\b"
"""Addresses of icon fonts, which pages of quarterdeck do not need."""

_LOADED = frozenset({"background", "data", "data-src", "poster", "src"})
"""Attributes that hold an address that the browser loads."""
_LINKS = frozenset({"href", "xlink:href"})
_FOLLOWED = frozenset({"data-preview-image", "data-preview-link", "data-preview-video"})
"""Attributes that hold an address that a person follows."""
_LINK_ELEMENTS = frozenset({"a", "area", "math", "mi", "mn", "mo", "mrow", "mtext", "section"})
"""Elements whose `href` a person follows; that of any other element is loaded."""
_FRAMES = frozenset({"embed", "fencedframe", "frame", "iframe", "object", "portal", "use"})
"""Elements that show a document, or a part of one."""
_TEXTS = frozenset(
    {"about", "action", "allow", "alt", "cite", "class", "content", "formaction", "id", "itemid", "itemprop"}
    | {"itemtype", "label", "longdesc", "name", "pattern", "placeholder", "prefix", "property", "rel", "resource"}
    | {"requiredextensions", "requiredfeatures", "summary", "target", "title", "typeof", "vocab", "xmlns"}
)
"""Attributes that load nothing, whatever they hold."""
_INSTEAD = {"link": NO_STYLE, "script": "data:text/javascript,"}
"""Replacements of remote addresses by element; `MISSING` for all others."""


class Warn(Protocol):
    """Takes a warning about a word of a file."""

    def __call__(self, word: str, what: str, hint: str, *, once: bool = False) -> None:
        """Warn of *what* is wrong with *word*; if *once*, only the first time in a run."""


class Link(NamedTuple):
    """How addresses in a file become addresses in the page."""

    find: Callable[[str], str]
    """Takes the address of a file, and returns its address in the page."""
    refuse: Callable[[str], None]
    """Takes a remote address that is left out."""
    warn: Warn = lambda *_, **__: None
    find_document: Callable[[str], str] | None = None
    """Like `find`, for documents, which load files themselves; None: `find` does."""

    def follow(self, url: str) -> str:
        """The address in the page of a link that a person may follow."""
        return self.find(url) if is_file(url) else url

    def load(self, url: str, instead: str = MISSING, *, document: bool = False) -> str:
        """The address in the page of something that a browser loads; *instead* if it is remote.

        If it is a *document* or a style sheet, a data URI, which could load anything, is left out, too.
        """
        if is_file(url):
            return self.find_document(url) if self.find_document and document else self.find(url)
        if not is_remote(url) and not (document and is_data_document(url)):
            return url
        self.refuse(url.strip())
        return instead


def refuse(url: str, at: Place, problems: Problems) -> None:
    """Warn that *url* was left out, unless it is that of an icon font."""
    if re.search(_ICON_FONT, url) and not path_of(url).lower().endswith(_PICTURES):
        return
    shown = url if len(url) <= 80 else f"{url[:77]}…"
    what = f"'{shown}' was not included: decks load nothing from other machines"
    problems.warn(at, what, "copy it into the project, or link to it")


def link_html(html: str, link: Link) -> str:
    """*html* with its addresses, in tags and in styles, replaced by *link*."""
    return splice(html, _edits(html, link))


def _edits(html: str, link: Link) -> Iterator[Edit]:
    nesting = Nesting()
    tag = None
    for token in read_tokens(html, plain=re.search("(?i)<(?:math|select|svg)", html) is not None):
        if isinstance(token, Tag):
            tag = token
            nesting.follow(token)
            if token.name == "plaintext":
                yield token.start, token.end, "" if token.closing else "<pre>"
            elif not token.closing:
                yield from _tag_edits(token, link)
            continue
        text = html[token.start : token.end]
        replacement = _replace(token, text, tag, link, ambiguous=nesting.ambiguous)
        if replacement != text:
            yield token.start, token.end, replacement


def _replace(token: Comment | RawText | Unfinished, text: str, tag: Tag | None, link: Link, *, ambiguous: bool) -> str:
    """The replacement of *token*: it means the same where browsers read raw text as markup."""
    if isinstance(token, Unfinished):
        return ""
    if isinstance(token, Comment):
        cdata = ambiguous and text.startswith("<![CDATA[")
        return escape(text.removeprefix("<![CDATA[").removesuffix("]]>"), quote=False) if cdata else text
    element = token.element
    if element == "style":
        return link_css(_without_markup(text) if ambiguous else text, link)
    if element == "plaintext":
        return f"{escape(text, quote=False)}</pre>"
    if element == "noscript":
        tags_only = all(isinstance(inner, Tag) and inner.name not in RAW_TEXT for inner in read_tokens(text))
        return link_html(text, link) if tags_only and not ambiguous else ""
    if element == "script":
        kind = tag.attributes.get("type", "") if tag else ""
        if kind.strip().lower() == "speculationrules":
            return ""
        if not ambiguous or "<" not in text or not any(read_tokens(text)):
            return text
        link.warn("<script", "a script inside an <svg> was not included: it holds markup", "move it behind the </svg>")
        return ""
    if not ambiguous:
        return text
    return text.replace("<", "&lt;") if element in ("textarea", "title", "xmp") else ""


def _without_markup(css: str) -> str:
    """*css* rewritten to mean the same as raw text and as markup."""
    if "<" not in css and "&" not in css:
        return css
    css = css.replace("<![CDATA[", "").replace("]]>", "")
    return unescape(css).replace("<", r"\3c ").replace("&", r"\26 ")


def _tag_edits(tag: Tag, link: Link) -> Iterator[Edit]:
    for attribute in tag.attribute_list:
        name, value = attribute.name, attribute.value
        remote_page = name in ("src", "data-src") and (is_remote(value) or is_data_document(value))
        if tag.name in ("iframe", "frame") and remote_page:
            link.refuse(value.strip())
            address = escape(value.strip())
            page = f'<a href="{address}" target="_blank" style="font: 2em sans-serif; color: #888">{address}</a>'
            yield attribute.start, attribute.end, f'srcdoc="{escape(page)}"'
        elif (tag.name == "base" and name == "href") or (tag.name == "meta" and name == "http-equiv"):
            yield attribute.start, attribute.end, ""
        else:
            linked = link_attribute(name, value, link, tag.name)
            if linked != value:
                start = attribute.start
                yield start, attribute.end, f'{tag.text[start : start + len(name)]}="{escape(linked)}"'


def link_attribute(name: str, value: str, link: Link, element: str = "section") -> str:
    """The value of an attribute with its addresses replaced by *link*."""
    if name in _TEXTS or (name == "value" and element != "param"):
        return value
    if name in _LINKS or name in _LOADED:
        if name in _LINKS and element in _LINK_ELEMENTS:
            return link.follow(value)
        document = element in _FRAMES or (element == "link" and "image/" not in value)
        return link.load(value, _INSTEAD.get(element, MISSING), document=document)
    if name in _FOLLOWED:
        return link.follow(value)
    if name in ("srcset", "data-srcset", "imagesrcset"):
        return ", ".join(_link_candidates(value, link))
    if name == "srcdoc":
        return link_html(value, link)
    if name.startswith("data-background"):
        return _link_background(name, value, link)
    if name == "style":
        return link_css(value, link)
    if name.startswith(("data-", "aria-", "on")) or (":" in name and name != "xml:base"):
        return value
    return _link_unknown(value, link)


def _link_candidates(value: str, link: Link) -> Iterator[str]:
    """The candidates of a `srcset`: a comma may be a part of an address, but not its end."""
    at = 0
    while match := re.compile(r"[\s,]*([^\s]+)").match(value, at):
        url = match[1].rstrip(",")
        rest = re.compile(r"(?:[^(),]|\([^)]*\)?|\))*").match(value, match.end())
        at, descriptors = match.end(), ""
        if rest and url == match[1]:
            at, descriptors = rest.end(), rest[0]
        yield " ".join([link.load(url), *descriptors.split()]) if url else ""


def _link_background(name: str, value: str, link: Link) -> str:
    """A background of a slide. reveal.js splits lists at commas, and takes the rest for CSS."""
    if name == "data-background-iframe":  # another page would cover the background of the slide with white
        return link.load(value, "", document=True).replace(MISSING, "")
    if name == "data-background-video":  # with a crossed frame for a video the page would never finish loading
        whole = value.startswith("data:") and not any(map(is_remote, value.split(",")[1:]))
        videos = [value] if whole else [link.load(part.strip(), "") for part in value.split(",")]
        return ",".join(video for video in videos if video not in ("", MISSING))
    if name == "data-background-image" or (name == "data-background" and re.search(_REVEALS_PICTURE, value)):
        if value.strip().startswith("data:"):  # reveal.js puts it into `url()` unchanged
            return re.sub(r"[()\"\\]", lambda match: f"%{ord(match[0]):02X}", value)
        return ",".join(link.load(part.strip()) for part in value.split(","))
    return link_css(value, link)


def _link_unknown(value: str, link: Link) -> str:
    """An attribute of unknown meaning: `fill`, `to` of an animation, `attributionsrc`."""
    if any(map(is_remote, re.split("[;, ]+", clean(value)))):
        link.refuse(value.strip())
        return ""
    return link_css(value, link)


def link_css(css: str, link: Link) -> str:
    """*css*, a part of a page, with its addresses replaced by *link*."""

    def replace(url: str, _at: int, is_sheet: bool) -> str:
        return link.load(url, NO_STYLE, document=is_sheet)

    return replace_addresses(css, replace, "'")
