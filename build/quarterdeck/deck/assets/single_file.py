"""Pages that hold everything they need: styles, scripts, fonts, pictures and videos, in one file to mail.

Works on finished pages, in which everything else is `assets/NAME`. A data URI cannot be had in three places, each of
which is helped: reveal.js splits the addresses of background videos at commas, takes `data-background` for a picture by
its suffix, and browsers do not follow links to data.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape, unescape
from pathlib import Path
from urllib.parse import unquote

from quarterdeck.base.errors import Place, Problems
from quarterdeck.base.files import shown_path
from quarterdeck.base.project import Project
from quarterdeck.deck.assets.asset_store import FOLDER, Asset
from quarterdeck.deck.html.addresses import CSS_URL
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
_SHEET = re.compile(rf'<link rel="stylesheet" href="{FOLDER}/(?P<name>[^"#?]+)"(?P<rest>[^>]*)>')
_SCRIPT = re.compile(rf'<script(?P<rest>[^>]*) src="{FOLDER}/(?P<name>[^"#?]+)"(?P<more>[^>]*)></script>')
_OPTIONS = re.compile(r"(?<=<script type=\"application/json\" id=\"reveal-options\">)[^<]*(?=</script>)")
_KEPT = re.compile(r"<(?P<name>script|textarea)\b.*?</(?P=name)\s*>", re.DOTALL | re.IGNORECASE)
_STYLE = re.compile(r"(?<=>)(?P<css>[^<]*)(?=</style)", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_ATTRIBUTE = re.compile(r"(?P<head>\s(?P<name>[\w:-]+)=)(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')")
_REFERENCE = re.compile(rf"(?<![\w/.]){FOLDER}/(?P<name>[^\"'\s<>?#,)]+)")
_ENGINE = re.compile(rf'<script src="{FOLDER}/reveal\.')
_NEEDS_BLOBS = re.compile(rf"\sdata-background-(?:video=[\"']{FOLDER}/|image=[\"'][^\"']*{FOLDER}/[^\"']*,)")
_IMPORT = re.compile(r"@import\s+(?P<url>url\(\s*)?(?:\"([^\"]*)\"|'([^']*)')(?(url)\s*\))\s*;")
_BLOBS = """<script>
// reveal.js takes the commas of data URIs for those between addresses: give it addresses without any.
for (const name of ["data-background-video", "data-background-image"]) {
  for (const slide of document.querySelectorAll(`[${name}*="data:"]`)) {
    const uris = slide.getAttribute(name).match(/data:[^,]*,[^,]*|[^,]+/g);
    if (name.endsWith("image") && uris.length < 2) continue;
    slide.setAttribute(name, uris.map((uri) => {
      const [head, data] = uri.trim().split(",");
      if (!head.startsWith("data:")) return uri;
      const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
      return URL.createObjectURL(new Blob([bytes], { type: head.slice(5).replace(";base64", "") }));
    }).join(","));
  }
}
</script>
"""
"""Stands before reveal.js in pages that have such backgrounds."""


def inline_pages(pages: Sequence[Page], assets: Sequence[Asset], project: Project, problems: Problems) -> list[Page]:
    """*pages* with everything of *assets* that they refer to inside; large files are reported."""
    contents = _Contents({asset.name: asset for asset in assets})
    inlined = [page._replace(html=_inline_page(page.html, contents)) for page in pages]
    for path, size in contents.large.items():
        place = Place(shown_path(path, project.root), 0)
        problems.warn(place, f"{size >> 20} MB, in every deck that shows it", "link to it, or show a smaller one")
    return inlined


class _Contents:
    """The contents of files as pages can hold them."""

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._assets = assets
        self._uris: dict[str, str] = {}
        self.large: dict[Path, int] = {}

    def text(self, name: str) -> str | None:
        data = self._load(name)
        return None if data is None else data.decode("utf-8", "replace")

    def uri(self, name: str) -> str | None:
        """The file as a data URI; None for a file that is none of this build's."""
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
        """A style sheet with everything it refers to inside; its addresses start with *prefix*."""

        def replace_url(match: re.Match[str]) -> str:
            url = match["double"] or match["single"] or match["bare"] or ""
            if not url.startswith(prefix) or url.startswith(("data:", "#")):
                return match[0]
            name, sign, fragment = url.removeprefix(prefix).partition("#")
            uri = self.uri(unquote(name))
            return match[0] if uri is None else f'{match["head"]}"{uri}{sign}{fragment}"'

        def replace_import(match: re.Match[str]) -> str:
            url = match[2] or match[3] or ""
            text = self.text(url.removeprefix(prefix)) if url.startswith(prefix) else None
            return match[0] if text is None else self.sheet(text)

        return CSS_URL.sub(replace_url, _IMPORT.sub(replace_import, css))

    def _load(self, name: str) -> bytes | None:
        asset = self._assets.get(unquote(name))
        if asset is None:
            return None
        data = asset.data if asset.data is not None else asset.path.read_bytes()
        if len(data) > _LARGE:
            self.large[asset.path] = len(data)
        return data


def _inline_page(html: str, contents: _Contents) -> str:
    kept: list[str] = []

    def keep(text: str) -> str:
        """A mark in place of *text*, in which nothing is looked for any more."""
        kept.append(text)
        return f"\0{len(kept) - 1}\0"

    def style(match: re.Match[str]) -> str:
        css = contents.text(match["name"])
        if css is None:
            return match[0]
        return keep(f"<style{match['rest'].rstrip('/ ')}>\n{_escape_end(contents.sheet(css), 'style')}\n</style>")

    def script(match: re.Match[str]) -> str:
        code = contents.text(match["name"])
        if code is None:
            return match[0]
        return keep(f"<script{match['rest']}{match['more']}>\n{_escape_end(code, 'script')}\n</script>")

    html = _SHEET.sub(style, html.replace("\0", ""))
    if _NEEDS_BLOBS.search(html):
        html = _ENGINE.sub(lambda match: keep(_BLOBS) + match[0], html, count=1)
    html = _SCRIPT.sub(script, html)
    html = _OPTIONS.sub(lambda match: _inline_references(match[0], contents.uri), html)
    html = _KEPT.sub(lambda match: keep(match[0]), html)
    html = _TAG.sub(lambda match: _inline_tag(match[0], contents.uri) if f"{FOLDER}/" in match[0] else match[0], html)
    html = _STYLE.sub(lambda match: contents.sheet(match["css"], f"{FOLDER}/"), html)
    return re.sub(r"\0(\d+)\0", lambda match: kept[int(match[1])], html)


def _inline_references(text: str, uri: Callable[[str], str | None]) -> str:
    return _REFERENCE.sub(lambda match: uri(unquote(match["name"])) or match[0], text)


def _inline_tag(tag: str, uri: Callable[[str], str | None]) -> str:
    def attribute(match: re.Match[str]) -> str:
        value = unescape(match["double"] or match["single"] or "")
        inlined = _inline_references(value, uri)
        if inlined == value:
            return match[0]
        head = match["head"]
        if match["name"].lower() == "data-background":
            head = head.replace("data-background", "data-background-image")
        download = ""
        if tag[:2].lower() == "<a" and match["name"].lower() == "href" and " download" not in tag:
            name = value.rpartition("/")[2].partition("#")[0]
            download = f' download="{escape(unquote(name))}"'
        return f'{head}"{escape(inlined)}"{download}'

    return _ATTRIBUTE.sub(attribute, tag)


def _escape_end(code: str, element: str) -> str:
    """*code* without what would end or hide the element that it stands in: strings and comments may say so."""
    code = re.sub(rf"</(?={element})", r"<\\/", code, flags=re.IGNORECASE)
    return code.replace("<!--", "<\\!--") if element == "script" else code
