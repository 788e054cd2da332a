"""`quarterdeck build --watch`, as a process."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from support.projects import MakeProject, quarterdeck
from support.waiting import wait_until

FILES = {"slides/talk.yaml": "slides: [talk.md]\n", "slides/talk.md": "## One\n"}


def test_it_builds_after_each_save(make_project: MakeProject) -> None:
    """A mistake is reported, the last good page stays, and the next save is built; Ctrl-C ends it with 130."""
    root = make_project(FILES)
    page, source = root / "site" / "talk.html", root / "slides" / "talk.md"

    def text() -> str:
        return page.read_text() if page.is_file() else ""

    with (root / "printed").open("w") as printed:
        command = [sys.executable, "-m", "quarterdeck", "build", "--watch"]
        process = subprocess.Popen(command, cwd=root, stdout=printed, stderr=printed)
    try:
        wait_until(lambda: "Ctrl-C" in (root / "printed").read_text())
        source.write_text("## Two\n")
        wait_until(lambda: "Two" in text())
        source.write_text("## Three\n\n<!-- include: none.command -->\n")
        wait_until(lambda: "slides/talk.md:3: " in (root / "printed").read_text())
        assert "Two" in text()
        source.write_text("## Four\n")
        wait_until(lambda: "Four" in text())
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    assert "Traceback" not in Path(root / "printed").read_text()


def test_poll_goes_with_watch(make_project: MakeProject) -> None:
    """Alone it means nothing."""
    done = quarterdeck("build", "--poll", cwd=make_project(FILES))
    assert (done.returncode, "--poll goes with --watch" in done.stderr) == (2, True)
