"""How long a build takes, beside the least that could do the same: `python tests/benchmarks/build_speed.py`.

The floor reads one file, splits it on separators, renders Markdown and fills a template; it colours no code,
copies nothing and checks nothing. Both run as whole processes, in turn; medians are printed.
"""

from __future__ import annotations

import argparse
import compileall
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORDS = ("image", "layer", "manifest", "digest", "registry", "tag", "blob", "index", "config", "push", "pull", "stage")

FLOOR = """
import sys
from pathlib import Path
from jinja2 import Template
from markdown_it import MarkdownIt
md = MarkdownIt("commonmark").enable("table")
text = Path(sys.argv[1]).read_text()
stacks = [[md.render(slide) for slide in stack.split("\\n--\\n")] for stack in text.split("\\n---\\n")]
page = Template('''<html><head><title>{{ title }}</title></head><body><div class="slides">
{% for stack in stacks %}<section>{% for slide in stack %}<section>{{ slide }}</section>{% endfor %}</section>
{% endfor %}</div></body></html>''')
Path(sys.argv[2]).write_text(page.render(title="A deck", stacks=stacks))
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


def make_slides(slides: int, blocks: int) -> str:
    """Markdown of so many slides and code blocks, no two alike; every fourth slide hangs below the one before."""
    rng = random.Random(slides)
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


def make_project(folder: Path, slides: int, blocks: int) -> Path:
    """A project with one deck in *folder*; gives its slide source."""
    (folder / "slides").mkdir(parents=True)
    source = folder / "slides" / "all.md"
    source.write_text(make_slides(slides, blocks))
    (folder / "slides" / "deck.yaml").write_text("metadata:\n  title: A deck\nslides:\n- all.md\n")
    return source


def measure(command: list[str], folder: Path) -> float:
    """Wall-clock seconds of one whole process."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "build")}
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, check=True)
    return time.perf_counter() - started


def compare(slides: int, blocks: int, rounds: int, limit: float) -> bool:
    """Measure both in turn; print medians and their ratio, and say whether it is within *limit*."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = make_project(folder, slides, blocks)
        times: dict[str, list[float]] = {"floor": [], "quarterdeck": []}
        for _ in range(rounds):
            times["floor"].append(
                measure([sys.executable, "-c", FLOOR, str(source), str(folder / "floor.html")], folder)
            )
            for old in (folder / "site").glob("*.html"):
                old.unlink()
            times["quarterdeck"].append(
                measure([sys.executable, "-m", "quarterdeck", "build", "--quiet", "deck"], folder)
            )
    floor, ours = (statistics.median(times[name]) for name in ("floor", "quarterdeck"))
    print(f"{slides:5} slides, {blocks:3} code blocks: floor {floor:.3f} s, quarterdeck {ours:.3f} s, ", end="")
    print(f"ratio {ours / floor:.2f} (limit {limit:.1f})")
    return ours / floor <= limit


def main() -> int:
    """0 when every ratio is within its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=11, help="how often each is measured")
    rounds = parser.parse_args().rounds
    # As pip does for an installed package; the floor's libraries are compiled too.
    compileall.compile_dir(ROOT / "build" / "quarterdeck", quiet=1)
    results = [compare(50, 15, rounds, 2.0), compare(1000, 300, rounds, 1.7)]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
