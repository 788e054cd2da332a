"""What followers cost the presenter: `python tests/benchmarks/follow_load.py`.

Runs `quarterdeck serve --live --follow` and measures, without followers and with many, in turns: from running a step
to the first byte that it prints on the presenter's page, and from a key to its echo. Then the time that the server
takes with all followers connected and nothing to do. Followers are in a process of their own. Prints medians; ratios
have limits.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.demo_projects import demo, write_demos
from support.followers import follow_server
from support.live_pages import LivePage, live_page
from support.serving import Server, serving

MOST_RATIO = 1.5
"""With followers to without, of medians."""
MOST_AT_REST = 1.0
"""Percent of one core."""
_REST_S = 10.0
_TURNS = 6
_SETTLE_S = 1.0
_TICKS_PER_S = 100


def main() -> int:
    """0 when all is within its limits."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=10, help="how often each is measured in each turn")
    parser.add_argument("--followers", type=int, default=200)
    parser.add_argument("--connect", nargs=3, metavar=("PORT", "TOKEN", "COUNT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.connect:
        asyncio.run(follow(int(given.connect[0]), given.connect[1], int(given.connect[2])))
        return 0
    return measure(given.rounds, given.followers)


def measure(rounds: int, count: int) -> int:
    """Measure and print; the exit status."""
    steps = [f"echo out-$((1000 + {number}))" for number in range(rounds * _TURNS)]
    with tempfile.TemporaryDirectory() as folder:
        root = write_demos(Path(folder) / "project", {"a": demo(*steps, "#@ timeout: 700s\nstty -icanon; sleep 600")})
        includes = "\n\n".join(f"<!-- include: a-{number}.command -->" for number in range(len(steps) + 1))
        (root / "slides" / "talk.yaml").write_text("slides: [talk.md]\n")
        (root / "slides" / "talk.md").write_text(f"## All\n\n{includes}\n")
        first: dict[bool, list[float]] = {False: [], True: []}
        echo: dict[bool, list[float]] = {False: [], True: []}
        with serving(root, "talk", "--live", "--twin", "off", "--follow") as server, live_page(server, "talk") as page:
            page.wait_until(lambda: page.steps and page.state)
            page.wait_until_ready()
            for turn in range(_TURNS):
                with followers(server, count if turn % 2 else 0):
                    for number in range(turn * rounds, (turn + 1) * rounds):
                        first[turn % 2 == 1].append(run_step(page, number))
            page.send("run", cue=page.cue(f"a-{len(steps)}"))
            page.wait_until(lambda: page.state["phase"] == "running" and page.terminal["cue"] == page.state["running"])
            time.sleep(1)
            for turn in range(_TURNS):
                with followers(server, count if turn % 2 else 0):
                    for number in range(rounds):
                        echo[turn % 2 == 1].append(press_key(page, b"%d" % (number % 10)))
            with followers(server, count):
                time.sleep(2)
                before = busy_s(server)
                time.sleep(_REST_S)
                percent = 100 * (busy_s(server) - before) / _REST_S
    within = percent <= MOST_AT_REST
    for name, seconds in (("first byte", first), ("echo", echo)):
        alone, followed = (statistics.median(seconds[turn]) * 1000 for turn in (False, True))
        ratio = followed / alone
        print(f"{name:<12}{alone:6.1f} ms, for {count} followers {followed:6.1f} ms: {ratio:.2f} (limit {MOST_RATIO})")
        within = within and ratio <= MOST_RATIO
    print(f"{'at rest':<12}{percent:6.2f} % of one core with {count} followers (limit {MOST_AT_REST})")
    return 0 if within else 1


def run_step(page: LivePage, number: int) -> float:
    """Seconds from asking for a step to its first output."""
    page.wait_until(lambda: page.state["phase"] == "idle" and page.state["ready"])
    time.sleep(0.2)
    cue = page.cue(f"a-{number}")
    started = time.perf_counter()
    page.send("run", cue=cue)
    page.wait_until(lambda: page.terminal["cue"] == cue and page.output)
    seconds = time.perf_counter() - started
    page.wait_until_ended(f"a-{number}")
    return seconds


def press_key(page: LivePage, key: bytes) -> float:
    """Seconds from a key to its echo."""
    time.sleep(0.1)
    before = len(page.output)
    started = time.perf_counter()
    page.type(key)
    page.wait_until(lambda: len(page.output) > before)
    return time.perf_counter() - started


@contextmanager
def followers(server: Server, count: int) -> Iterator[None]:
    """With *count* followers, who have got everything."""
    if not count:
        time.sleep(_SETTLE_S)
        yield
        return
    followed = follow_server(server)
    command = [sys.executable, __file__, "--connect", str(followed.port), followed.token, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "connected\n"
        time.sleep(_SETTLE_S)
        try:
            yield
        finally:
            process.kill()


async def follow(port: int, token: str, count: int) -> None:
    """Be *count* followers until the process ends; with a low priority, since followers have computers of their own."""
    from websockets.asyncio.client import connect

    os.nice(19)

    async def read(started: asyncio.Event) -> None:
        async with connect(
            f"ws://127.0.0.1:{port}/follow/socket",
            origin=f"http://127.0.0.1:{port}",  # type: ignore[arg-type]
            additional_headers={"Cookie": f"quarterdeck-{port}={token}"},
            compression=None,
        ) as connection:
            async for message in connection:
                if not started.is_set():
                    assert json.loads(message)[0]["kind"] == "everything"
                    started.set()

    events = [asyncio.Event() for _ in range(count)]
    async with asyncio.TaskGroup() as tasks:
        for event in events:
            tasks.create_task(read(event))
            await event.wait()
        print("connected", flush=True)


def busy_s(server: Server) -> float:
    """Seconds that the server has taken of a core, all threads together."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


if __name__ == "__main__":
    sys.exit(main())
