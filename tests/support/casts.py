"""Pages that play casts in asciinema's player."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

PAGE = """<!DOCTYPE html><meta charset="utf-8"><link rel="stylesheet" href="player.css">
<style>body { margin: 0; background: #121314 } #cast { height: 100vh }</style>
<div id="cast"></div><script src="player.js"></script><script>
const seen = { markers: [], ended: false };
const player = AsciinemaPlayer.create({ data: CAST }, document.getElementById("cast"), { fit: "both", speed: 20 });
player.addEventListener("marker", (event) => seen.markers.push(event.label));
player.addEventListener("ended", () => { seen.ended = true; });
player.play();
</script>
"""


def make_page(folder: Path, cast: str, packages: Path) -> Path:
    """A page that plays *cast*."""
    bundle = packages / "asciinema-player" / "dist" / "bundle"
    shutil.copy(bundle / "asciinema-player.css", folder / "player.css")
    shutil.copy(bundle / "asciinema-player.min.js", folder / "player.js")
    page = folder / "cast.html"
    page.write_text(PAGE.replace("CAST", json.dumps(cast)), "utf-8")
    return page
