"""Pages in a single file, with their styles, scripts, fonts, pictures and videos as data URIs.

Works on finished pages, which refer to all other files as `assets/NAME`. Three kinds of addresses need more than a data
URI: reveal.js splits those of background videos at commas and takes `data-background` for a picture by its suffix, and
browsers do not follow links to data.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from urllib.parse import unquote

from quarterdeck.base.errors import Place, Problems
from quarterdeck.base.files import shown_path
from quarterdeck.base.project import Project
from quarterdeck.deck.assets.asset_memory import Asset
from quarterdeck.deck.assets.asset_store import FOLDER
from quarterdeck.deck.html.css import replace_addresses
from quarterdeck.deck.html.tokens import Edit, RawText, Tag, Token, read_tokens, splice
from quarterdeck.deck.model import Page

_LARGE = 20 << 20
_TYPES = {
    "avif": "image/avif", "bmp": "image/bmp", "css": "text/css", "gif": "image/gif", "html": "text/html",
    "ico": "image/x-icon", "jpeg": "image/jpeg", "jpg": "image/jpeg", "js": "text/javascript",
    "json": "application/json", "m4v": "video/mp4", "mov": "video/quicktime", "mp3": "audio/mpeg", "mp4": "video/mp4",
    "ogg": "audio/ogg", "ogv": "video/ogg", "otf": "font/otf", "pdf": "application/pdf", "png": "image/png",
    "svg": "image/svg+xml", "ttf": "font/ttf", "txt": "text/plain", "wav": "audio/wav", "webm": "video/webm",
    "webp": "image/webp", "woff": "font/woff", "woff2": "font/woff2",
}  # fmt: skip
_REFERENCE = rf"(?<![\w/.]){FOLDER}/(?P<name>[^\"'\s<>?#,)]+)"
_IMPORT = r"@import\s+(?P<url>url\(\s*)?(?:\"([^\"]*)\"|'([^']*)')(?(url)\s*\))\s*;"
_BLOBS = """<script>
// reveal.js takes the commas of data URIs for those between addresses: give it addresses without any.
for (const name of ["data-background-video", "data-background-image"]) {
  for (const slide of document.querySelectorAll(`[${name}*="data:"]`)) {
    const uris = slide.getAttribute(name).match(/data:[^,]*,[^,]*|[^,]+/g);
    if (name.endsWith("image") && uris.length < 2) continue;
    slide.setAttribute(name, uris.map((uri) => {
      const [head, data] = uri.trim().split(",");
      if (!head.startsWith("data:")) return uri;
      const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
      return URL.createObjectURL(new Blob([bytes], { type: head.slice(5).replace(";base64", "") }));
    }).join(","));
  }
}
</script>
"""
"""Precedes reveal.js in pages with such backgrounds."""


def inline_pages(pages: Sequence[Page], assets: Sequence[Asset], project: Project, problems: Problems) -> list[Page]:
    """*pages* with the *assets* that they refer to inside; large files are reported."""
    contents = _Contents({asset.name: asset for asset in assets})
    inlined = [page._replace(html=_inline_page(page.html, contents)) for page in pages]
    for path, size in contents.large.items():
        place = Place(shown_path(path, project.root), 0)
        problems.warn(place, f"{size >> 20} MB, in every deck that shows it", "link to it, or show a smaller one")
    return inlined


class _Contents:
    """The contents of files in the form that pages can hold."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._assets = assets
        self._uris: dict[str, str] = {}
        self.large: dict[Path, int] = {}

    def text(self, name: str) -> str | None:
        data = self._load(name)
        return None if data is None else data.decode("utf-8", "replace")

    def uri(self, name: str) -> str | None:
        """The file as a data URI; None for a file that is not of this build."""
        if name not in self._uris:
            data = self._load(name)
            if data is None:
                return None
            if name.endswith(".css"):
                data = self.sheet(data.decode("utf-8", "replace")).encode()
            kind = _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")
            self._uris[name] = f"data:{kind};base64,{base64.b64encode(data).decode()}"
        return self._uris[name]

    def sheet(self, css: str, prefix: str = "") -> str:
        """A style sheet with the files that it refers to inside; their addresses start with *prefix*."""

        def replace_url(url: str, _at: int, _is_sheet: bool) -> str:
            if not url.startswith(prefix) or url.startswith(("data:", "#")):
                return url
            name, sign, fragment = url.removeprefix(prefix).partition("#")
            uri = self.uri(unquote(name))
            return url if uri is None else f"{uri}{sign}{fragment}"

        def replace_import(match: re.Match[str]) -> str:
            url = match[2] or match[3] or ""
            text = self.text(url.removeprefix(prefix)) if url.startswith(prefix) else None
            return match[0] if text is None else self.sheet(text)

        return replace_addresses(re.sub(_IMPORT, replace_import, css), replace_url)

    def _load(self, name: str) -> bytes | None:
        asset = self._assets.get(unquote(name))
        if asset is None:
            return None
        data = asset.data if asset.data is not None else asset.path.read_bytes()
        if len(data) > _LARGE:
            self.large[asset.path] = len(data)
        return data


def _inline_page(html: str, contents: _Contents) -> str:
    tokens = list(read_tokens(html, plain=False))
    blobs = any(isinstance(token, Tag) and _needs_blobs(token) for token in tokens)
    return splice(html, _edits(html, tokens, contents, _BLOBS if blobs else ""))


def _needs_blobs(tag: Tag) -> bool:
    pictures = tag.attributes.get("data-background-image", "")
    return f"{FOLDER}/" in tag.attributes.get("data-background-video", "") or ("," in pictures and FOLDER in pictures)


def _edits(html: str, tokens: Sequence[Token], contents: _Contents, blobs: str) -> Iterator[Edit]:
    options = False
    for token in tokens:
        if f"{FOLDER}/" not in (text := html[token.start : token.end]):
            options = isinstance(token, Tag) and token.attributes.get("id") == "reveal-options"
        elif isinstance(token, RawText) and token.element == "style":
            yield token.start, token.end, contents.sheet(text, f"{FOLDER}/")
        elif isinstance(token, RawText) and options:
            yield token.start, token.end, _inline_references(text, contents)
        elif isinstance(token, Tag) and not token.closing:
            if token.name == "script" and _name_in(token, "src").startswith("reveal."):
                yield token.start, token.start, blobs
            yield from _tag_edits(token, contents)


def _name_in(tag: Tag, attribute: str) -> str:
    """The name of the asset that *attribute* of *tag* refers to; empty for none."""
    folder, _, name = tag.attributes.get(attribute, "").partition("/")
    return name if folder == FOLDER else ""


def _tag_edits(tag: Tag, contents: _Contents) -> Iterator[Edit]:
    is_sheet = tag.name == "link" and tag.attributes.get("rel") == "stylesheet"
    element, address = ("style", "href") if is_sheet else ("script", "src")
    name = _name_in(tag, address) if is_sheet or tag.name == "script" else ""
    text = contents.text(name) if name else None
    if text is None:
        yield from _attribute_edits(tag, contents)
        return
    # Strings and comments may hold text that would end or hide the element.
    code = re.sub(rf"(?i)</(?={element})", r"<\\/", contents.sheet(text) if is_sheet else text)
    code = code if is_sheet else code.replace("<!--", "<\\!--")
    kept = (attribute for attribute in tag.attribute_list if attribute.name not in ("rel", address))
    attributes = "".join(f" {tag.text[attribute.start : attribute.end]}" for attribute in kept)
    yield tag.start, tag.end, f"<{element}{attributes}>\n{code}\n{'</style>' * is_sheet}"


def _inline_references(text: str, contents: _Contents) -> str:
    return re.sub(_REFERENCE, lambda match: contents.uri(unquote(match["name"])) or match[0], text)


def _attribute_edits(tag: Tag, contents: _Contents) -> Iterator[Edit]:
    for attribute in tag.attribute_list:
        inlined = _inline_references(attribute.value, contents)
        if inlined == attribute.value:
            continue
        name = "data-background-image" if attribute.name == "data-background" else attribute.name
        download = ""
        if tag.name == "a" and name == "href" and "download" not in tag.attributes:
            file = attribute.value.rpartition("/")[2].partition("#")[0]
            download = f' download="{escape(unquote(file))}"'
        yield attribute.start, attribute.end, f'{name}="{escape(inlined)}"{download}'
