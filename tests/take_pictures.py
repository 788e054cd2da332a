"""Takes the README's pictures: a slide, a rehearsal of a demo, and the speaker page. `make pictures`."""

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
from support.serving import serving, wait_for

ROOT = Path(__file__).resolve().parent.parent
PICTURES = {"demo-slide": "digests-verify"}
"""The name of each picture, and the slide that it is of."""
REHEARSED = "tagging"
STEP = "layers-push"
"""What the speaker page runs."""


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
        take_speaker_page(browser)
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


def take_speaker_page(browser: Any) -> None:
    """Write the picture of the speaker page, after the step of a slide has been run."""
    with serving(ROOT, "container-images", "--live", "--twin", "off") as server:
        slide, speaker = (browser.new_page(viewport={"width": 1280, "height": 800}) for _ in range(2))
        slide.goto(server.page("container-images.html"))
        speaker.goto(server.page("container-images/speaker"))
        slide.wait_for_selector(f"figure[data-step={STEP}]", state="attached")
        wait_for(slide, "window.Live?.isCurrent")
        section = f"document.querySelector('figure[data-step={STEP}]').closest('section')"
        slide.evaluate(f"Reveal.slide(...Object.values(Reveal.getIndices({section})).slice(0, 2))")
        speaker.click("#run:enabled")
        speaker.wait_for_selector("#last:visible")
        speaker.wait_for_timeout(1000)
        speaker.screenshot(path=ROOT / "slides" / "pictures" / "speaker-page.png")


if __name__ == "__main__":
    main()
