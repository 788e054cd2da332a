"""Takes the README's pictures of the workshop's deck, and of a rehearsal of a demo: `make pictures`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

import npm_packages
from support.casts import make_page
from support.pty_window import PtyWindow

ROOT = Path(__file__).resolve().parent.parent
PICTURES = {"demo-slide": "digests-verify"}
"""The name of each picture, and the slide that it is of."""
REHEARSED = "tagging"


def main() -> None:
    """Write the pictures, at half the size of the canvas."""
    deck = (ROOT / "site" / "container-images.html").as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 960, "height": 540}, device_scale_factor=1.5)
        for name, slide in PICTURES.items():
            page.goto(f"{deck}#/{slide}")
            page.reload()
            page.wait_for_function("Reveal.isReady() && document.fonts.status === 'loaded'")
            page.evaluate("while (Reveal.availableFragments().next) Reveal.nextFragment()")
            page.wait_for_timeout(300)
            page.screenshot(path=ROOT / "slides" / "pictures" / f"{name}.png")
        take_rehearsal(browser)
        browser.close()


def take_rehearsal(browser: Any) -> None:
    """Write the picture of a rehearsal: the last screen of its cast."""
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as name:
        folder = Path(name)
        cast = folder / "rehearsal.cast"
        command = [sys.executable, "-m", "quarterdeck", "rehearse", REHEARSED, "--auto", "--cast", str(cast)]
        with PtyWindow(command, ROOT, rows=24, columns=100) as window:
            window.process.wait(300)
        packages = npm_packages.fetch_packages(ROOT / "tests" / "packages", folder)
        page = browser.new_page(viewport={"width": 960, "height": 460}, device_scale_factor=1.5)
        page.goto(make_page(folder, cast.read_text("utf-8"), packages).as_uri())
        page.wait_for_function("seen.ended")
        page.wait_for_timeout(300)
        page.screenshot(path=ROOT / "slides" / "pictures" / "rehearsal.png")


if __name__ == "__main__":
    main()
