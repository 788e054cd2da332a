"""The stage: what it offers, that stages don't disturb each other, and that nothing is left of them.

What its settings do is in test_options.py, and what demos do to it at worst in test_endurance.py.
"""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import Any

import pytest

from quarterdeck.base.errors import StageError
from quarterdeck.base.project import load_project
from quarterdeck.live.engine.client import LABEL, RUN_LABEL
from quarterdeck.live.engine.exec import LeaseStream, run_in
from quarterdeck.live.engine.lease import RunLease, wait_until_held
from quarterdeck.live.scripts import script
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.container import ContainerStage
from support.containers import is_ours, our_containers
from support.projects import MakeProject, holding_port, quarterdeck
from support.waiting import wait_until

PUSH = """
cd /tmp && printf 'FROM scratch\\nCOPY file /\\n' >Dockerfile && echo {text} >file
docker build --quiet --tag localhost:5000/{text} . && docker push --quiet localhost:5000/{text}
curl --silent --fail localhost:5000/v2/_catalog
"""


def everything(client: Any, run: str = "") -> frozenset[tuple[str, str]]:
    """What is in the machine's engine, but for images with our label and what other runs have there now.

    The runs of this process count, and that of another process named *run*.
    """
    containers = client.containers.list(all=True, ignore_removed=True)
    ours = [one for one in containers if LABEL not in one.labels or is_ours(one) or one.labels.get(RUN_LABEL) == run]
    found = {
        "container": ours,
        "volume that nobody uses": client.volumes.list(filters={"dangling": True}),
        "network": client.networks.list(),
        "image": [one for one in client.images.list() if LABEL not in one.labels],
    }
    return frozenset((kind, str(one.id)) for kind, ones in found.items() for one in ones)


def left_behind(client: Any, before: frozenset[tuple[str, str]], run: str = "") -> frozenset[tuple[str, str]]:
    """What was not there *before* and does not go within ten seconds; volumes of other runs come and go."""
    deadline = time.monotonic() + 10
    while (left := everything(client, run) - before) and time.monotonic() < deadline:
        time.sleep(0.2)
    return left


@pytest.fixture(scope="module")
def warm(lease: RunLease, tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the first stage of a machine leaves on its engine, such as images, is there."""
    root = tmp_path_factory.mktemp("warm")
    (root / "slides").mkdir()
    with open_stage(load_project(root), lease):
        pass


def test_a_stage_builds_pushes_and_answers(lease: RunLease, engine: Any, make_project: MakeProject) -> None:
    """An engine and an empty registry at localhost:5000, and versions for the recording."""
    project = load_project(make_project({}))
    with open_stage(project, lease) as stage:
        status, output = stage.run("bash", "-c", PUSH.format(text="one"))
        assert status == 0
        assert json.loads(output.strip().split("\n")[-1]) == {"repositories": ["one"]}
        assert (
            '"PUT /v2/one/manifests/latest HTTP/1.1" 201'
            in run_in(stage.registry, "cat", "/run/quarterdeck/registry.log")[1]
        )
        names = [name for name, _ in stage.versions()]
        assert names == ["registry", "engine"]
        run_it = "cp /bin/busybox . && printf 'FROM scratch\\nCOPY busybox /\\n' >Dockerfile && docker build -qt bb . \
            && docker run --rm -v \"$PWD:/here\" bb /busybox cat /here/file"
        assert stage.run("bash", "-c", f"cd /tmp && {run_it}")[1].split("\n")[-2:] == ["one", ""]


@pytest.mark.parametrize("engine_of_its_own", ["true", "false"])
def test_a_stage_starts_without_further_processes(
    lease: RunLease, engine: Any, make_project: MakeProject, engine_of_its_own: str
) -> None:
    """Its containers' first processes hold it and say when it is ready: an `exec` costs a tenth of a stage."""
    project = load_project(make_project({"quarterdeck.toml": f"[stage]\nengine = {engine_of_its_own}\n"}))
    began = int(time.time())
    with open_stage(project, lease) as stage:
        assert isinstance(stage, ContainerStage)
        ours = {stage.registry.id, stage.shells.id}
        events = engine.events(since=began, until=int(time.time()) + 1, decode=True, filters={"type": "container"})
        actions = [event["Action"] for event in events if event["id"] in ours]
    assert actions.count("start") == len(ours)
    assert [action for action in actions if action.startswith("exec_")] == []


def test_stages_side_by_side_do_not_see_each_other(lease: RunLease, engine: Any, make_project: MakeProject) -> None:
    """Three stages, and a registry port of the user's own that is taken: each demo has its own localhost:5000."""
    project = load_project(make_project({}))
    with holding_port(), ExitStack() as stack, socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 5000))
            taken.listen()
        except OSError:
            pass  # somebody else has it, which is the case that this is about
        stages = [stack.enter_context(open_stage(project, lease)) for _ in range(3)]
        for index, stage in enumerate(stages):
            assert stage.run("bash", "-c", PUSH.format(text=f"stage-{index}"))[0] == 0
        for index, stage in enumerate(stages):
            _, output = stage.run("curl", "--silent", "localhost:5000/v2/_catalog")
            assert json.loads(output) == {"repositories": [f"stage-{index}"]}


def test_nothing_is_left_after_a_stage(lease: RunLease, engine: Any, warm: None, make_project: MakeProject) -> None:
    """Containers, volumes, networks and images of the user's engine are the same before and after."""
    project = load_project(make_project({}))
    before = everything(engine)
    with open_stage(project, lease) as stage:
        stage.run("bash", "-c", PUSH.format(text="gone"))
        assert everything(engine) - before
    assert not left_behind(engine, before)


def test_nothing_is_left_after_an_exception(lease: RunLease, engine: Any, make_project: MakeProject) -> None:
    """However the stage ends."""
    project = load_project(make_project({}))
    before = everything(engine)
    with pytest.raises(RuntimeError, match="in the middle"), open_stage(project, lease):
        raise RuntimeError("in the middle")
    assert not left_behind(engine, before)


HOLD = """
import sys
from pathlib import Path
from quarterdeck.base.project import load_project
from quarterdeck.live.engine.client import Engine
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.stage import open_stage
with RunLease(Engine()) as lease:
    print(lease.run, flush=True)
    with open_stage(load_project(Path(sys.argv[1])), lease):
        print("open", flush=True)
        sys.stdin.read()
"""


@pytest.mark.parametrize(
    ("containers", "after_s"),
    [(2, 0.0), (2, 0.1), (2, 0.2), (2, 0.3), (2, 0.45), (2, None), (1, 0.05), (1, 0.15), (1, 0.25), (1, None)],
)
def test_nothing_is_left_after_kill_9(
    engine: Any, warm: None, make_project: MakeProject, containers: int, after_s: float | None
) -> None:
    """Killed while the stage comes up, at any point, or when it stands (None): ten seconds later all is gone."""
    root = make_project({"quarterdeck.toml": "" if containers == 2 else "[stage]\nengine = false\n"})
    before = everything(engine)
    command = [sys.executable, "-c", HOLD, str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        run = holder.stdout.readline().strip()
        assert run
        if after_s is None:
            assert holder.stdout.readline() == "open\n"
            assert len(engine.containers.list(filters={"label": f"{RUN_LABEL}={run}"})) == containers
        else:
            time.sleep(after_s)
        holder.send_signal(signal.SIGKILL)
    assert not left_behind(engine, before, run)


SHELLS = {"dash": ["sh"], "busybox": ["busybox", "sh"], "bash": ["bash", "--posix"]}


def make_container(engine: Any, image: str, lease: RunLease, shell: str, text: str) -> Any:
    """A container that was created, with the script *text* in one of `SHELLS` as its first process."""
    return engine.containers.create(
        image,
        entrypoint=[*SHELLS[shell], "-c", text],
        stdin_open=True,
        auto_remove=True,
        network_mode="none",
        labels=lease.labels,
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_a_container_lives_as_long_as_its_lease(lease: RunLease, engine: Any, stage_image: str, shell: str) -> None:
    """Whatever its shell is; it may begin a while after it was held."""
    container = make_container(engine, stage_image, lease, shell, f"sleep 0.5\n{script('hold.sh')}\nhold")
    held = LeaseStream(container)
    container.start()
    held.write(b"held\n")
    wait_until_held(container, held)
    time.sleep(0.5)
    container.reload()
    assert container.status == "running"
    held.close()
    wait_until(lambda: container.id not in our_containers(engine))


@pytest.mark.parametrize("shell", SHELLS)
def test_a_container_whose_lease_ends_before_it_starts_ends(
    lease: RunLease, engine: Any, stage_image: str, shell: str
) -> None:
    """Its starter dies while the engine starts it."""
    container = make_container(engine, stage_image, lease, shell, f"{script('hold.sh')}\nhold")
    LeaseStream(container).close()
    container.start()
    wait_until(lambda: container.id not in our_containers(engine))


@pytest.mark.parametrize("shell", SHELLS)
def test_a_container_that_nobody_holds_ends(lease: RunLease, engine: Any, stage_image: str, shell: str) -> None:
    """After two minutes; a second here."""
    text = script("hold.sh").replace("sleep 120", "sleep 1")
    container = make_container(engine, stage_image, lease, shell, f"{text}\nhold")
    container.start()
    wait_until(lambda: container.id not in our_containers(engine))


def test_a_stage_with_stopped_processes_goes(lease: RunLease, engine: Any, make_project: MakeProject) -> None:
    """They do not see the end of their lease."""
    project = load_project(make_project({"quarterdeck.toml": "[stage]\nengine = false\n"}))
    with open_stage(project, lease) as stage:
        stage.run("sh", "-c", "kill -STOP -1")
    assert our_containers(engine) == set()


def test_an_image_without_tar_is_named(engine: Any, stage_image: str, make_project: MakeProject) -> None:
    """Files come onto a stage through its tar: without one the run ends with the cure, and nothing stays."""
    tag = f"quarterdeck-test-no-tar:{os.getpid()}"
    dockerfile = io.BytesIO(f'FROM {stage_image}\nRUN rm "$(command -v tar)"\n'.encode())
    engine.images.build(fileobj=dockerfile, tag=tag, labels={LABEL: "image"}, rm=True)
    settings = f'[stage]\nimage = "{tag}"\nengine = false\n'
    root = make_project({"quarterdeck.toml": settings, "commands/a.demo": "# A\n# One\nls\n"})
    before = everything(engine)
    try:
        done = quarterdeck("check", cwd=root)
        assert (done.returncode, "hint: does the stage's image have tar?" in done.stderr) == (3, True), done.stderr
        assert not left_behind(engine, before)
    finally:
        engine.images.remove(tag, force=True)


def test_an_image_without_a_shell_is_refused(lease: RunLease, engine: Any, make_project: MakeProject) -> None:
    """The lease needs a shell: its absence is an error, not a container without a lease."""
    import tarfile

    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        tar.addfile(tarfile.TarInfo("empty"))
    tag = f"quarterdeck-test-no-shell:{os.getpid()}"
    name, _, version = tag.partition(":")
    engine.api.import_image_from_data(data.getvalue(), repository=name, tag=version, changes=[f"LABEL {LABEL}=image"])
    before = everything(engine)
    try:
        project = load_project(make_project({"quarterdeck.toml": f'[stage]\nregistry = "{tag}"\n'}))
        with pytest.raises(StageError), open_stage(project, lease):
            pass
        assert not left_behind(engine, before)
    finally:
        engine.images.remove(tag, force=True)


def test_an_image_that_is_not_there_is_named(lease: RunLease, engine: Any, make_project: MakeProject) -> None:
    """With what pulls it, and not with an address of the engine's own."""
    project = load_project(make_project({"quarterdeck.toml": '[stage]\nimage = "localhost:1/nosuch:1"\n'}))
    with pytest.raises(StageError) as caught, open_stage(project, lease):
        pass
    assert str(caught.value).startswith("the engine has no image localhost:1/nosuch:1, and cannot pull it: ")
    assert "http+docker" not in str(caught.value)
    assert "hint: docker pull localhost:1/nosuch:1, or fix `image`" in str(caught.value)
