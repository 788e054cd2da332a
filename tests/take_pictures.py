"""Takes the README's pictures of the workshop's deck: `make pictures`."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = {"demo-slide": "digests-verify"}
"""The name of each picture, and the slide that it is of."""


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
        browser.close()


if __name__ == "__main__":
    main()
