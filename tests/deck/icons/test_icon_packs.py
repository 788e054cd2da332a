"""How the build hook packs icons: what a pack holds, and what is no set of icons."""

from __future__ import annotations

from pathlib import Path

import pytest

from icon_packs import pack_icons, pack_old_names

NOTICE = "<!--! Set 7 - CC BY 4.0 Copyright 2026 Me -->"
AREA = f'<svg xmlns="x" viewBox="0 0 640 512">{NOTICE}<path fill="currentColor" d="M0"/></svg>'
LINES = """<!-- @license set v1 - ISC -->
<svg
  class="set set-%s"
  viewBox="0 0 24 24"
  fill="none"
>
  <path d="M1" />
  <circle r="%s" />
</svg>
"""


@pytest.fixture
def licence(tmp_path: Path) -> Path:
    """A licence that names an owner."""
    path = tmp_path / "LICENSE"
    path.write_text("ISC License\n\nCopyright (c) 2026 Set and Contributors\n\nPermission …\n", "utf-8")
    return path


def pack(tmp_path: Path, licence: Path, files: dict[str, str]) -> str:
    """The pack of these files."""
    folder = tmp_path / "icons"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    pack_icons(folder, licence, tmp_path / "packs" / "set.icons")
    return (tmp_path / "packs" / "set.icons").read_text("utf-8")


def test_areas(tmp_path: Path, licence: Path) -> None:
    """The notice in the drawing comes first; the colour is left to the page; other names point to the first one."""
    assert pack(tmp_path, licence, {"b.svg": AREA, "a.svg": AREA, "c.svg": AREA.replace("M0", "M1")}) == (
        'Set 7 - CC BY 4.0 Copyright 2026 Me\na\t640\t512\t<path d="M0"/>\nb\t=a\nc\t640\t512\t<path d="M1"/>\n'
    )


def test_lines(tmp_path: Path, licence: Path) -> None:
    """A notice without an owner gets that of the licence; each drawing is one line."""
    assert pack(tmp_path, licence, {"a.svg": LINES % ("a", 1), "b.svg": LINES % ("b", 2)}) == (
        "set v1 - ISC. Copyright (c) 2026 Set and Contributors\n"
        'a\t24\t24\t<path d="M1"/><circle r="1"/>\nb\t24\t24\t<path d="M1"/><circle r="2"/>\n'
    )


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({}, "no icons in icons: has the layout of the package changed?"),
        ({"a.svg": AREA.replace("0 0 640", "1 0 640")}, "a.svg has no viewBox with the origin 0 0"),
    ],
)
def test_what_is_no_set(tmp_path: Path, licence: Path, files: dict[str, str], message: str) -> None:
    """A package that changed its form stops the build, and does not make empty icons."""
    with pytest.raises(RuntimeError, match=message):
        pack(tmp_path, licence, files)


def test_old_names(tmp_path: Path) -> None:
    """Each old name has a style and a name of today; one without either keeps it. None at all stops the build."""
    shims, target = tmp_path / "shims.js", tmp_path / "old.icons"
    shims.write_text(
        'var s = [["b", null, "bb"], ["a-o", "far", "a"], ["git", "fab", null], [61440, "fas", "x"]];', "utf-8"
    )
    pack_old_names(shims, target)
    assert target.read_text("utf-8").split("\n")[1:] == ["a-o\t=regular/a", "b\t=solid/bb", "git\t=brands/git", ""]
    shims.write_text("var s = [];", "utf-8")
    with pytest.raises(RuntimeError, match=r"no old names in shims\.js"):
        pack_old_names(shims, target)
