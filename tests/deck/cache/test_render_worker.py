"""Slides rendered by other processes."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from quarterdeck.base.errors import Place
from quarterdeck.deck.cache import slide_renderer as rendering
from quarterdeck.deck.cache.render_worker import Work, count_cores, start_worker
from quarterdeck.deck.cache.slide_renderer import SlideRenderer, pack_task, render_packed, set_up_rendering
from quarterdeck.deck.markdown.render import render_slide
from quarterdeck.deck.model import PLAIN, MarkdownOptions, RawSlide
from quarterdeck.deck.page.slide_maker import Task

RAWS = [
    RawSlide(
        Place("a.md", number),
        f"# Slide {number} é\n\n```yaml\n" + f"key{number}: [1, 'é']\n" * 40 + "```\n",
        "note" * (number % 2),
    )
    for number in range(400)
]
TASKS = [Task(raw, {}, {}, PLAIN) for raw in RAWS]
PACKED = list(map(pack_task, TASKS))

pytestmark = pytest.mark.alone

needs_cores = pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")


@contextmanager
def another_thread() -> Iterator[None]:
    """A thread that waits."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@needs_cores
def test_worker_gives_what_rendering_here_gives() -> None:
    """More than a pipe holds goes to it and comes back."""
    worker = start_worker(set_up_rendering)
    assert worker is not None
    tasks = PACKED * 10
    worker.send(tasks)
    assert worker.collect() == [render_packed(task) for task in PACKED] * 10


@needs_cores
def test_worker_that_dies_gives_nothing() -> None:
    """It is no error and leaves no process behind."""
    worker = start_worker(set_up_rendering)
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    worker.send(PACKED * 10)
    assert worker.collect() is None
    with pytest.raises(ChildProcessError):
        os.waitpid(worker.pid, 0)


@needs_cores
def test_workers_that_are_not_needed_go() -> None:
    """Several at once do not keep each other alive."""
    workers = [start_worker(set_up_rendering) for _ in range(3)]
    for worker in workers:
        assert worker is not None
        worker.dismiss()
        with pytest.raises(ChildProcessError):
            os.waitpid(worker.pid, 0)


def test_no_process_beside_threads() -> None:
    """A process with threads is not forked."""
    with another_thread():
        assert count_cores() == 1
        assert start_worker(set_up_rendering) is None


@pytest.mark.parametrize("cores", [1, 2, 4])
@pytest.mark.parametrize("dies", [False, True])
def test_slides_are_the_same_on_any_number_of_cores(cores: int, dies: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever renders them, and whoever dies of it; each goes to one process, and the first processes have most."""
    monkeypatch.setattr(rendering, "count_cores", lambda: cores)
    workers = []

    def start(work: Work) -> object:
        worker = start_worker(work)
        workers.append(worker)
        return worker

    monkeypatch.setattr(rendering, "start_worker", start)
    renderer = SlideRenderer()

    def meanwhile() -> None:
        for worker in workers:
            if dies and worker is not None:
                os.kill(worker.pid, signal.SIGKILL)

    renderer.render_ahead(TASKS * 2, meanwhile)
    assert [renderer.render(task) for task in TASKS] == [render_slide(raw, {}, {}) for raw in RAWS]
    assert len(workers) == cores - 1


def test_few_slides_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process costs more than a few slides."""
    monkeypatch.setattr(rendering, "start_worker", lambda _: pytest.fail("started"))
    renderer = SlideRenderer()
    renderer.render_ahead(TASKS[:20], lambda: None)
    assert renderer.render(TASKS[0]) == render_slide(RAWS[0], {}, {})


def test_mistake_in_rendering_is_raised_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception in another process is met again here, where it is said."""

    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(rendering, "render_slide", broken)
    with pytest.raises(RuntimeError, match="broken"):
        SlideRenderer().render_ahead(TASKS, lambda: None)


def test_task_is_what_a_slide_depends_on() -> None:
    """Figures of other slides and variables that it cannot name are no part of it."""
    raw = RawSlide(Place("a.md", 9), "<!--quarterdeck block 3-->\n", "note")
    assert pack_task(Task(raw, {3: "<b>", 4: "<i>"}, {"A": "a"}, PLAIN)) == (raw.body, "note", ((3, "<b>"),), (), ())
    named = RawSlide(Place("a.md", 9), "{{ A }}", None)
    packed = pack_task(Task(named, {4: "<i>"}, {"B": "b", "A": "a"}, PLAIN))
    assert packed == ("{{ A }}", None, (), (("A", "a"), ("B", "b")), ())
    breaks = MarkdownOptions(breaks=True)
    assert pack_task(Task(named, {}, {}, breaks)) == ("{{ A }}", None, (), (), (False, True, True, False))
    two_lines = Task(RawSlide(Place("a.md", 9), "a\nb", None), {}, {}, breaks)
    assert render_packed(pack_task(two_lines))[0] == "<p>a<br>\nb</p>\n"
