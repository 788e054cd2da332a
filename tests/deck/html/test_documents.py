"""What documents in frames load from other machines: left out of HTML, found in XML."""

from __future__ import annotations

from pathlib import PurePath

import pytest

from quarterdeck.deck.html.documents import is_xml, link_html_document, may_load, read_xml_document

AWAY = "https://away.example/a"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xl="http://www.w3.org/1999/xlink">{}</svg>'


def linked(data: bytes) -> tuple[bytes, list[tuple[str, int]]]:
    """The document as it is published, and what was refused: addresses and lines."""
    refused: list[tuple[str, int]] = []
    return link_html_document(data, lambda url, line: refused.append((url, line))), refused


def loaded(xml: str, encoding: str = "utf-8") -> list[tuple[str, int]]:
    """What *xml* would load: addresses and lines."""
    return read_xml_document(xml.encode(encoding))


def test_html_keeps_its_own() -> None:
    """Bytes that need no change are not changed, whatever their encoding."""
    for page in (
        b'<!DOCTYPE html><img src="a.png"><a href="https://away.example">b</a>',
        "<p>caf\xe9".encode("latin-1"),
        "<p>café".encode("utf-16"),
    ):
        assert linked(page) == (page, [])


def test_html_loses_what_is_elsewhere() -> None:
    """Each address with its line; the rest stays as it was."""
    page, refused = linked(f"<p>é</p>\n<img alt='x' src={AWAY}>\n<script src='{AWAY}'></script>".encode())
    assert AWAY.encode() not in page
    assert "<p>é</p>\n<img alt='x' src=".encode() in page
    assert refused == [(AWAY, 2), (AWAY, 2)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "latin-1", "windows-1252"])
def test_html_in_any_encoding(encoding: str) -> None:
    """It is read as browsers read it, and stays readable when its `<meta>` goes."""
    head = "\ufeff" if encoding == "utf-16-be" else ""
    text = f'{head}<meta http-equiv="Content-Type" content="text/html; charset=x"><p>é</p><img src="{AWAY}">'
    page, refused = linked(text.encode(encoding))
    assert [url for url, _ in refused] == [AWAY]
    shown = page.decode("latin-1" if encoding in ("latin-1", "windows-1252") else "utf-8-sig")
    assert "<p>é</p>" in shown
    assert AWAY not in shown


def test_base_and_refresh_go() -> None:
    """They would lead elsewhere what looks like a file."""
    page, _ = linked(
        f'<base href="{AWAY}/"><meta http-equiv="refresh" content="0;url={AWAY}"><img src="a.png">'.encode()
    )
    assert b"href" not in page
    assert b"http-equiv" not in page


@pytest.mark.parametrize(
    "inner",
    [
        f'<image href="{AWAY}"/>',
        f'<image xl:href="{AWAY}"/>',
        f'<title/><style/><image href="{AWAY}"/>',
        f"<style>@import '{AWAY}';</style>",
        f"<style><![CDATA[a {{ fill: url({AWAY}#b) }}]]></style>",
        f'<rect style="fill: url({AWAY})"/>',
        f'<rect fill="url({AWAY}#b)"/>',
        f'<script href="{AWAY}"/>',
        f'<image><set attributeName="href" to="{AWAY}"/></image>',
        f'<g xml:base="{AWAY}"><image href="a.png"/></g>',
        f'<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="{AWAY}"/></foreignObject>',
        f'<foreignObject><h:base xmlns:h="http://www.w3.org/1999/xhtml" href="{AWAY}"/></foreignObject>',
        f'<image href="{AWAY}"/></b>',
    ],
)
def test_xml_that_loads(inner: str) -> None:
    """Read by the rules of XML, up to where it is not well-formed."""
    assert loaded(SVG.format(inner))


def test_xml_with_entities() -> None:
    """An address may be put together from entities."""
    head = '<!DOCTYPE svg [<!ENTITY a "https://away"><!ENTITY b "&a;.example/a">]>\n'
    assert loaded(head + SVG.format('<image href="&b;"/>')) == [(AWAY, 2)]
    assert loaded(head + SVG.format("<style>@import '&b;';</style>")) == [(AWAY, 2)]


def test_xml_in_another_encoding() -> None:
    """As its byte order mark says."""
    assert loaded(SVG.format(f'\n<image href="{AWAY}"/>'), "utf-16") == [(AWAY, 2)]


def test_style_sheets_of_xml() -> None:
    """They stand before the first element."""
    assert loaded(f'<?xml-stylesheet href="{AWAY}" type="text/css"?>\n{SVG.format("")}') == [(AWAY, 1)]


@pytest.mark.parametrize(
    "inner",
    [
        f'<a href="{AWAY}"><text>b</text></a>',
        '<image href="a.png"/><use href="#b"/><rect fill="url(#c)" style="mask: url(#d)"/>',
        '<switch><foreignObject requiredExtensions="http://ns.adobe.com/AdobeIllustrator/10.0/"/></switch>',
        '<metadata xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><r:li r:resource="http://a.example"/></metadata>',
        '<g xmlns:i="http://www.inkscape.org/namespaces/inkscape" i:href="http://a.example"/>',
        '<text>https://a.example</text><image href="data:image/png;base64,AA=="/>',
    ],
)
def test_xml_that_loads_nothing(inner: str) -> None:
    """Links, own parts, and what drawing programs write."""
    assert loaded(SVG.format(inner)) == []


def test_kinds() -> None:
    """A file of an unknown kind may be taken for HTML, a picture may not."""
    assert all(may_load(PurePath(name)) for name in ("a.svg", "a.HTML", "a.htm", "a.xhtml", "a.dat", "a", "a.json"))
    assert not any(may_load(PurePath(name)) for name in ("a.png", "a.JPG", "a.mp4", "a.ogg", "a.pdf", "a.txt"))
    assert is_xml(PurePath("a.SVG"))
    assert not is_xml(PurePath("a.html"))
