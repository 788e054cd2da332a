"""Icon packs: all drawings of an icon set in one text file, in which one is found without reading the others.

The first line is the copyright notice that the licence requires. Each further line is a drawing: name, width and height
in its own units, and the content of its SVG, separated by tabs; or an alias: another name and, after `=`, the name of
the drawing. `quarterdeck.deck.icons.icon_sets` reads packs.
"""

from __future__ import annotations

import re
from pathlib import Path

_SVG = re.compile(r'<svg\b[^>]*\sviewBox="0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)"[^>]*>(?P<body>.*)</svg>', re.DOTALL)
_NOTICE = re.compile(r"<!--!?\s*(?:@license )?(.*?)\s*-->", re.DOTALL)
_COPYRIGHT = re.compile(r"Copyright \(c\) .*")
_SHIM = re.compile(r'\["(?P<old>[\w-]+)",\s*(?:"(?P<style>fa[srb])"|null),\s*(?:"(?P<new>[\w-]+)"|null)\]')
_STYLES = {"fas": "solid", "far": "regular", "fab": "brands"}


def pack_icons(folder: Path, licence: Path, target: Path) -> None:
    """Write the pack *target* of all SVG files in *folder*.

    Raises:
        RuntimeError: There are none, or the layout of one is unknown.
    """
    drawings: dict[tuple[str, str, str], list[str]] = {}
    notice = ""
    for path in sorted(folder.glob("*.svg")):
        text = path.read_text(encoding="utf-8")
        match = _SVG.search(text)
        if match is None:
            raise RuntimeError(f"{path.name} has no viewBox with the origin 0 0: has the layout of the icons changed?")
        body = _squeeze(_NOTICE.sub("", match["body"]))
        drawings.setdefault((match["width"], match["height"], body), []).append(path.stem)
        notice = notice or _read_notice(text, licence)
    if not drawings:
        raise RuntimeError(f"no icons in {folder.name}: has the layout of the package changed?")
    lines = []
    for (width, height, body), names in drawings.items():
        lines.append(f"{names[0]}\t{width}\t{height}\t{body}")
        lines += [f"{name}\t={names[0]}" for name in names[1:]]
    _write(target, [notice, *sorted(lines)])


def pack_old_names(shims: Path, target: Path) -> None:
    """Write the pack *target* of former names of Font Awesome 4, each with its present style and name.

    Raises:
        RuntimeError: There are none.
    """
    matches = _SHIM.finditer(shims.read_text(encoding="utf-8"))
    lines = [f"{match['old']}\t={_STYLES[match['style'] or 'fas']}/{match['new'] or match['old']}" for match in matches]
    if not lines:
        raise RuntimeError(f"no old names in {shims.name}: has its layout changed?")
    _write(target, ["Names of Font Awesome 4", *sorted(lines)])


def _read_notice(text: str, licence: Path) -> str:
    """Whose the drawings are: the comment in each of them, with the copyright, which some leave to the licence."""
    comment = _NOTICE.search(text)
    notice = " ".join(comment[1].split()) if comment else ""
    owner = _COPYRIGHT.search(licence.read_text(encoding="utf-8"))
    return notice if "Copyright" in notice or owner is None else f"{notice}. {owner[0].strip()}"


def _squeeze(body: str) -> str:
    body = " ".join(body.split()).replace(" />", "/>").replace("> <", "><")
    # A path of Font Awesome is drawn in the colour of the text; that stands at the symbol, once for all sets.
    return body.replace(' fill="currentColor"', "").replace('<path fill="currentColor" ', "<path ").strip()


def _write(target: Path, lines: list[str]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
