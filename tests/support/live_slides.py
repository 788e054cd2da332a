"""A deck with live slides, and what its pages show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from quarterdeck.base.errors import Problems
from quarterdeck.base.project import load_project
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.recording import DemoResult, Exited, StepResult, make_recording, save_recording
from support.serving import wait_for

RECORDED = "one\n<img src=x onerror=alert(1)>\nthree"
"""What the step `drift-0` printed when it was recorded."""
DEMOS = {
    "registry": "# Ask the registry\ncurl --silent --include http://localhost:5000/v2/_catalog\n",
    "early": "# At once\necho it is early\n",
    "order": '# The first\nX=kept\n\n# The second\n#@ exit: nonzero\nfalse\n\n# The third\necho "X is $X"\n',
    "drift": "# What differs\nprintf 'one\\ntwo\\nthree\\n'\n",
    "slow": "# Something slow\necho begun; sleep 300\n",
    "undo": "# Write\necho once >> /tmp/log; cat /tmp/log\n",
    "box": (
        "#@ stage: {engine: true}\n\n# A shell in a container\n#@ send: [exit]\n#@ timeout: 300s\n"
        "tar -c -C /usr/bin busybox | docker import - box >/dev/null; docker run -it --rm box /busybox sh\n"
    ),
    "vim": "# An editor\n#@ send: [':q!']\n#@ timeout: 300s\nvi -u NONE notes\n",
    "text": (
        "# Text\nprintf 'selected text\\nanother line\\n'\nprintf '\\033[1;32mgreen\\033[0m \\033[44mblue\\033[0m\\n'\n"
    ),
    "flood": "# Forty megabytes\nhead -c 40000000 /dev/zero | tr '\\0' x | fold -w 80\n",
    "hostile": "# What a program must not do\nprintf '\\033]0;title\\007\\033]8;;http://127.0.0.1:9\\007link\\033]8;;\\007"
    "\\033]52;c;aGFja2Vk\\007\\033[c done\\n'\n",
}
"""Each is a slide with a block for each step."""


def write_live_deck(root: Path) -> None:
    """Make a project in *root*: a slide for each of `DEMOS`, and one without steps."""
    slides = []
    for name, text in DEMOS.items():
        path = root / "commands" / f"{name}.demo"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n" + ("" if text.startswith("#@") else "\n") + text)
        steps = sum(line.startswith("# ") for line in text.split("\n"))
        slides.append(f"## {name}\n" + "".join(f"\n<!-- include: {name}-{step}.command -->\n" for step in range(steps)))
    (root / "slides").mkdir()
    (root / "slides" / "live.md").write_text("\n---\n\n".join([*slides, "## none\n\n- a fragment {.fragment}\n"]))
    (root / "slides" / "live.yaml").write_text("slides: [live.md]\n")
    (root / "quarterdeck.toml").write_text("[stage]\nengine = false\n")
    catalogue = Catalogue(load_project(root), Problems())
    for name, printed in (("drift", RECORDED), ("text", "selected text\nanother line\n␛[1;32mgreen␛[0m ␛[44mblue␛[0m")):
        demo = catalogue.find_demo(name)
        assert demo is not None
        steps_run = (StepResult(demo.steps[0], Exited(0), 0.1, printed),)
        save_recording(demo, make_recording(DemoResult(demo, steps_run), catalogue.input_digests(demo), "2026-11-23"))


SCREEN = (
    "(document.querySelector('.step-terminal:not([hidden]) .xterm-rows')?.innerText.replaceAll('\\u00a0', ' ') ?? '')"
)
"""The text on the terminal, as an expression in the page."""
WORDS = "(document.querySelector('section.present .step-line .words')?.textContent ?? '')"
"""What the line above the first block of the slide says."""
HAS_KEYS = "document.querySelector('.step-terminal.has-keys')"


def show_slide(page: Any, name: str) -> None:
    """Go to the slide *name*, whose steps can be run."""
    page.evaluate(f"Reveal.slide(...Object.values(Reveal.getIndices(document.getElementById('{name}'))).slice(0, 2))")
    if name in DEMOS:
        wait_for(page, "document.querySelector('section.present .control.run')")


def start_step(page: Any, printed: str) -> None:
    """Run the step of the slide, again if it has been run, and wait until it runs and has *printed* something."""
    page.locator("section.present .control.run").first.click()
    wait_for(page, f"{WORDS} === 'running' && {SCREEN}.includes('{printed}')")


def wait_idle(page: Any) -> None:
    """Wait until nothing runs."""
    wait_for(page, "document.querySelector('section.present .control.run:enabled')")


def wait_ended(page: Any) -> str:
    """Wait until the step of the slide has ended; its verdict in words."""
    wait_for(page, f"{WORDS} && !document.querySelector('section.present .control.run:disabled')")
    return str(page.evaluate(WORDS))


def sent_by(page: Any) -> None:
    """Note in the page what it sends."""
    page.evaluate(
        "() => { window.sent = []; const send = WebSocket.prototype.send.original ?? WebSocket.prototype.send;"
        " WebSocket.prototype.send = function (data) {"
        " window.sent.push(typeof data === 'string' ? data : new TextDecoder().decode(data));"
        " return send.call(this, data); }; WebSocket.prototype.send.original = send; }"
    )


def asked_for(page: Any) -> list[str]:
    """What the page has asked for since `sent_by`, without where it is and what it has shown."""
    kinds = ('"kind":"at"', '"kind":"taken"', '"kind":"size"')
    return [text for text in page.evaluate("window.sent") if not any(kind in text for kind in kinds)]
