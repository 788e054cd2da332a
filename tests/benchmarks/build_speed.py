"""Build times beside a lower bound: `python tests/benchmarks/build_speed.py`.

The lower bound ("floor") reads slide sources, splits them at separators, renders Markdown and fills a template; it does
not colour code, copy files or check anything. Both run in turn as whole processes; quarterdeck starts cold, without a
site and without a cache. Then the same build runs with nothing changed, and with one slide changed. Prints medians.
"""

from __future__ import annotations

import argparse
import compileall
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORDS = ("image", "layer", "manifest", "digest", "registry", "tag", "blob", "index", "config", "push", "pull", "stage")

FLOOR = """
import sys
from pathlib import Path
from jinja2 import Template
from markdown_it import MarkdownIt
md = MarkdownIt("commonmark").enable("table")
page = Template('''<html><head><title>{{ title }}</title></head><body><div class="slides">
{% for stack in stacks %}<section>{% for slide in stack %}<section>{{ slide }}</section>{% endfor %}</section>
{% endfor %}</div></body></html>''')
for source in sorted(Path(sys.argv[1]).glob("*.md")):
    text = source.read_text()
    stacks = [[md.render(slide) for slide in stack.split("\\n--\\n")] for stack in text.split("\\n---\\n")]
    Path(sys.argv[2], source.stem + ".html").write_text(page.render(title="A deck", stacks=stacks))
"""

CODE = {
    "yaml": 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {w}-{n}\n  labels: {{app: {w}, tier: "{n}"}}\nspec:\n'
    "  containers:\n  - name: {w}\n    image: nginx:1.{n}\n    ports:\n    - containerPort: {n}\n",
    "json": '{{\n  "schemaVersion": 2,\n  "config": {{\n    "mediaType": "application/vnd.{w}.v1+json",\n'
    '    "size": {n}\n  }},\n  "layers": [{n}, true, null]\n}}\n',
    "bash": 'docker build --tag localhost:5000/{w}:{n} .\ncurl --silent --fail "http://localhost:5000/v2/{w}/{n}" \\\n'
    '  --header "Accept: application/json" \\\n| jq \'.config.digest\'\nfor i in 1 2 {n}; do echo "$i"; done\n',
    "dockerfile": "FROM debian:{n} AS build\nRUN apt-get update && apt-get install -y {w} \\\n"
    ' && rm -rf /var/lib/apt/lists/*\nCOPY --from=build /{w} /b\nENTRYPOINT ["/bin/sh", "-c"]\n',
    "python": 'import os\n\n\nclass {w}{n}:\n    """A {w}."""\n\n    size: int = {n}\n\n'
    '    def path(self, root: str) -> str:\n        return os.path.join(root, f"{{self.size}}.tar")\n',
}


@dataclass(frozen=True, slots=True)
class Case:
    """Something to build, and how long it may take."""

    decks: int
    slides: int
    """Of each deck."""
    blocks: int
    """Code blocks of each deck."""
    limit: float
    """A cold build may take so many times as long as the floor."""

    @property
    def name(self) -> str:
        """What it is called in the list."""
        decks = f"{self.decks} decks of " if self.decks > 1 else ""
        return f"{decks}{self.slides:,} slides, {self.decks * self.blocks} code blocks"


CASES = (Case(1, 50, 15, 1.7), Case(1, 1000, 300, 1.6), Case(100, 20, 6, 1.3))
MOST_WARM_S = 0.2
"""A build that finds nothing changed may take so long."""


def make_slides(slides: int, blocks: int, seed: int = 0) -> str:
    """Markdown of so many slides and code blocks, no two alike; every fourth slide hangs below the one before."""
    rng = random.Random(slides + seed)
    every = slides / blocks
    pages = []
    for number in range(slides):
        some = rng.choices(WORDS, k=12)
        parts = [f"## {some[0].title()} and {some[1]} {number}", f"The **{some[2]}** of a *{some[3]}* is `{some[4]}`."]
        parts.append("\n".join(f"- {word} [{number}](https://example.com/{word}/{number})" for word in some[5:8]))
        if number % 7 == 3:
            rows = "\n".join(f"| {word} | {rng.randrange(999)} |" for word in some[8:])
            parts.append(f"| name | size |\n| --- | ---: |\n{rows}")
        if int(number / every) != int((number - 1) / every):
            lang = list(CODE)[int(number / every) % len(CODE)]
            parts.append(f"```{lang}\n{CODE[lang].format(w=some[9], n=number)}```")
        if number % 5 == 0:
            parts.append(f"Note: say something about the {some[10]}.")
        pages.append("\n\n".join(parts))
    separators = ["\n\n--\n\n" if number % 4 == 3 else "\n\n---\n\n" for number in range(1, slides)]
    return "".join(page + separator for page, separator in zip(pages, [*separators, "\n"], strict=True))


def make_project(folder: Path, case: Case) -> None:
    """The decks of *case* as a project in *folder*, each with a slide source of its own."""
    slides = folder / "slides"
    slides.mkdir(parents=True)
    (folder / "floor").mkdir()
    for number in range(case.decks):
        (slides / f"deck{number}.md").write_text(make_slides(case.slides, case.blocks, number))
        (slides / f"deck{number}.yaml").write_text(f"metadata:\n  title: Deck {number}\nslides:\n- deck{number}.md\n")


def measure(command: list[str], folder: Path, *, quiet: bool = False) -> float:
    """Wall-clock seconds of one whole process; what it prints is dropped if *quiet*."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "build")}
    output = subprocess.DEVNULL if quiet else None
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, check=True, stdout=output, stderr=output)
    return time.perf_counter() - started


def compare(case: Case, rounds: int) -> bool:
    """Measure all in turn; print medians and ratios, and say whether they are within their limits."""
    build = [sys.executable, "-m", "quarterdeck", "build", "--quiet"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_project(folder, case)
        floor = [sys.executable, "-c", FLOOR, str(folder / "slides"), str(folder / "floor")]
        times: dict[str, list[float]] = {"floor": [], "cold": [], "unchanged": [], "one slide": []}
        for number in range(rounds):
            times["floor"].append(measure(floor, folder))
            for built in ("site", ".quarterdeck"):
                shutil.rmtree(folder / built, ignore_errors=True)
            times["cold"].append(measure(build, folder))
            times["unchanged"].append(measure(build, folder))
            source = folder / "slides" / "deck0.md"
            source.write_text(f"{source.read_text()}\nAnd one line more, number {number}.\n")
            times["one slide"].append(measure(build, folder))
    median = {name: statistics.median(values) for name, values in times.items()}
    ratio = median["cold"] / median["floor"]
    print(f"{case.name}: floor {median['floor']:.3f} s, cold {median['cold']:.3f} s, ", end="")
    print(f"ratio {ratio:.2f} (limit {case.limit}); nothing changed {median['unchanged']:.3f} s ", end="")
    print(f"(limit {MOST_WARM_S}), one slide changed {median['one slide']:.3f} s")
    return ratio <= case.limit and median["unchanged"] <= MOST_WARM_S


def main() -> int:
    """0 when everything is within its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11, help="how often each is measured")
    rounds = parser.parse_args().rounds
    # As pip does for an installed package; the floor's libraries are compiled too.
    compileall.compile_dir(ROOT / "build" / "quarterdeck", quiet=1)
    results = [compare(case, rounds) for case in CASES]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
