"""How thousands of drawings become a few files in which one of them is found without reading the others.

A pack is text. Its first line says whose the drawings are, as their licences ask for. Each further line is a drawing:
its name, its width and height in units of its own, and the inside of its SVG, with tabs between them; or another name
of a drawing and, after `=`, the name that has it. `quarterdeck.deck.icon_packs` reads this.
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
        RuntimeError: There are none, or one is not laid out as they have always been.
    """
    drawings: dict[tuple[str, str, str], list[str]] = {}
    notice = ""
    for path in sorted(folder.glob("*.svg")):
        text = path.read_text(encoding="utf-8")
        found = _SVG.search(text)
        if found is None:
            raise RuntimeError(f"{path.name} is no drawing with its origin at 0 0: were the icons laid out anew?")
        body = _squeeze(_NOTICE.sub("", found["body"]))
        drawings.setdefault((found["width"], found["height"], body), []).append(path.stem)
        notice = notice or _read_notice(text, licence)
    if not drawings:
        raise RuntimeError(f"no icons in {folder.name}: was the package laid out anew?")
    lines = []
    for (width, height, body), names in drawings.items():
        lines.append(f"{names[0]}\t{width}\t{height}\t{body}")
        lines += [f"{name}\t={names[0]}" for name in names[1:]]
    _write(target, [notice, *sorted(lines)])


def pack_old_names(shims: Path, target: Path) -> None:
    """Write the pack *target* of the names of Font Awesome 4 that mean something else today: a style and a name.

    Raises:
        RuntimeError: There are none.
    """
    found = _SHIM.finditer(shims.read_text(encoding="utf-8"))
    lines = [f"{one['old']}\t={_STYLES[one['style'] or 'fas']}/{one['new'] or one['old']}" for one in found]
    if not lines:
        raise RuntimeError(f"no old names in {shims.name}: was it laid out anew?")
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
