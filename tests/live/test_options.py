"""Every option of the contract has its effect, on a real stage; the table at the end names the test of each."""

from __future__ import annotations

import ipaddress
import os
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from quarterdeck.base.errors import Problems, StageError
from quarterdeck.base.project import STAGE_OPTIONS, load_project
from quarterdeck.check.verdict import StepVerdict, judge
from quarterdeck.demo.catalogue import Catalogue
from quarterdeck.demo.recording import DemoResult, Recording, make_recording
from quarterdeck.demo.step_options import DEMO_OPTIONS, STEP_OPTIONS
from quarterdeck.live.engine.client import LABEL
from quarterdeck.live.engine.exec import run_in
from quarterdeck.live.engine.lease import RunLease
from quarterdeck.live.stage import open_stage
from quarterdeck.live.stage.container import ContainerStage
from support.projects import ROOT, MakeProject, quarterdeck
from support.sessions import perform

STEPS = r"""# Options of steps
#@ stage: {engine: false}

# {#exit}
#@ exit: 3
(exit 3)

# {#any-exit}
#@ exit: nonzero
(exit 4)

# {#wrong-exit}
(exit 5)

# {#stop-after}
#@ stop-after: 300ms
sleep 60

# {#send}
#@ send: [['name[?] ', Ada], ['more[?] ', 'no']]
read -p 'name? ' name; read -p 'more? ' more; echo "$name $more"

# {#send-silence}
#@ send: [Grace]
read name; echo "hello $name"

# {#send-rest}
#@ send: rest
cd /tmp
PS1='$ ' sh -i
echo "nested in $0"
exit

# {#skip}
#@ skip: by hand
touch ~/skipped

# {#needs}
#@ needs: [bash, no-such-tool]
touch ~/needed

# {#has}
#@ needs: bash
ls ~/skipped ~/needed 2>/dev/null | wc -l

# {#hidden}
#@ hidden: true
secret=42

# {#after-hidden}
echo "$secret"

# {#match}
#@ match: ['^a\d+$', b]
echo "a$SRANDOM"; echo b

# {#no-match}
#@ match: ['^a\d+$', c]
echo "a$SRANDOM"

# {#json}
#@ json: {'.a[0].b': 1, .c: null}
echo "{\"a\": [{\"b\": 1}], \"c\": null, \"d\": $SRANDOM}"

# {#no-json}
#@ json: {'.a[0].b': 2}
echo '{"a": [{"b": 1}]}'

# {#masked}
echo "$SRANDOM$SRANDOM" | sha256sum

# {#keep}
#@ keep: [digest]
echo "$SRANDOM$SRANDOM" | sha256sum

# {#exact}
#@ compare: exact
echo "$SRANDOM$SRANDOM" | sha256sum

# {#none}
#@ compare: none
echo "build-$SRANDOM"

# {#unmasked}
echo "build-$SRANDOM"

# {#mask}
#@ mask: {build: 'build-\d+'}
echo "build-$SRANDOM"
"""

DEMO = r"""# Options of a demo
#@ stage: {engine: false}
#@ timeout: 500ms
#@ needs: [bash]
#@ mask: {build: 'build-\d+'}
#@ keep: [uuid]

# {#mask}
echo "build-$SRANDOM"

# {#keep}
cat /proc/sys/kernel/random/uuid

# {#timeout-of-its-own}
#@ timeout: 10s
sleep 0.8

# {#timeout}
sleep 60

# {#too-late}
echo never
"""

WRONG_NEEDS = "# Needs\n#@ stage: {engine: false}\n#@ needs: [no-such-tool]\n# {#needs}\necho never\n"


class Judged:
    """Two runs of a project's demos on fresh stages: the second judged against what the first one printed."""

    def __init__(self, root: Path, lease: RunLease) -> None:
        self._lease = lease
        self._project = load_project(root)
        self._catalogue = Catalogue(self._project, Problems())
        demos = self._catalogue.load_all()
        first = [result for run in self._catalogue.plan_runs(demos) for result in self._perform(run)]
        recorded = {result.demo.name: self._record(result) for result in first}
        self.results = [result for run in self._catalogue.plan_runs(demos) for result in self._perform(run)]
        self.verdicts: dict[str, StepVerdict] = {}
        for result in self.results:
            for one in judge(result, recorded[result.demo.name], self._digests(result)):
                self.verdicts[f"{result.demo.name}-{one.step.key}"] = one

    def __call__(self, demo: str, *steps: str) -> list[str]:
        """Verdict and first evidence of steps, as text."""
        found = [self.verdicts[f"{demo}-{step}"] for step in steps]
        return [": ".join([one.verdict, *map(str, one.evidence[:1])]) for one in found]

    def _perform(self, run: Any) -> Iterator[DemoResult]:
        return perform(run, self._catalogue.inputs, self._lease, lambda _: None)

    def _digests(self, result: DemoResult) -> tuple[str, ...]:
        return self._catalogue.input_digests(result.demo)

    def _record(self, result: DemoResult) -> Recording:
        return make_recording(result, self._digests(result), "2026-11-23")


@pytest.fixture(scope="module")
def judged(lease: RunLease, stage_image: str, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """The demos above."""
    root = tmp_path_factory.mktemp("options")
    (root / "slides").mkdir()
    (root / "commands").mkdir()
    for name, text in (("steps", STEPS), ("demo", DEMO), ("needs", WRONG_NEEDS)):
        (root / "commands" / f"{name}.demo").write_text(text)
    return Judged(root, lease)


def test_exit(judged: Judged) -> None:
    """One status, or any but 0."""
    assert judged("steps", "exit", "any-exit", "wrong-exit") == [
        "PASSED",
        "PASSED",
        "FAILED: exit status 5, expected 0",
    ]


def test_stop_after(judged: Judged) -> None:
    """Ctrl-C, which counts as right."""
    assert judged("steps", "stop-after") == ["PASSED"]
    assert 0.2 < judged.verdicts["steps-stop-after"].seconds < 20


def test_send(judged: Judged) -> None:
    """After a prompt, after a second of silence, and the step's own lines."""
    screens = {one.step.key: one.screen for result in judged.results for one in result.steps}
    assert screens["send"] == "name? Ada\nmore? no\nAda no\n"
    assert screens["send-silence"] == "Grace\nhello Grace\n"
    assert screens["send-rest"] == '$ echo "nested in $0"\nnested in sh\n$ exit\n'
    assert judged("steps", "send", "send-silence", "send-rest") == ["PASSED"] * 3


def test_skip_and_needs(judged: Judged) -> None:
    """Shown and not run, with the reason; a tool that is there is no reason."""
    assert judged("steps", "skip", "needs", "has") == ["SKIPPED: by hand", "SKIPPED: needs no-such-tool", "PASSED"]
    assert judged("needs", "needs") == ["SKIPPED: needs no-such-tool"]
    assert judged("demo", "mask")[0] != "SKIPPED"
    screens = {one.step.key: one.screen for result in judged.results for one in result.steps}
    assert screens["has"] == "0\n"


def test_hidden(judged: Judged, make_project: MakeProject) -> None:
    """Run, so that later steps have what it made; a marker that names it is a mistake."""
    assert judged("steps", "hidden", "after-hidden") == ["PASSED", "PASSED"]
    files = {
        "commands/a.demo": "# A\n# {#hidden}\n#@ hidden: true\nsecret=42\n",
        "slides/a.md": "<!-- include: a-hidden.command -->\n",
        "slides/a.yaml": "slides: [a.md]\n",
    }
    done = quarterdeck("build", cwd=make_project(files))
    assert (done.returncode, done.stderr) == (
        2,
        "slides/a.md:1: 'a-hidden.command' is hidden and not to be shown\n  hint: see commands/a.demo:2\n",
    )


def test_match_and_json(judged: Judged) -> None:
    """Each must hold, and what is recorded no longer matters."""
    assert judged("steps", "match", "no-match", "json", "no-json") == [
        "PASSED",
        "FAILED: nothing matches c",
        "PASSED",
        "FAILED: json .a[0].b is 1, expected 2",
    ]


def test_compare_mask_and_keep(judged: Judged) -> None:
    """How an output that differs in each run is judged."""
    verdicts = {key: judged("steps", key)[0].partition(":")[0] for key in ("masked", "keep", "exact", "none", "mask")}
    assert verdicts == {"masked": "PASSED", "keep": "DRIFTED", "exact": "DRIFTED", "none": "PASSED", "mask": "PASSED"}
    assert judged("steps", "unmasked")[0].startswith("DRIFTED: - build-")


def test_options_of_a_demo(judged: Judged) -> None:
    """They hold for each of its steps; a step's own timeout wins."""
    assert judged("demo", "mask", "timeout-of-its-own", "timeout", "too-late") == [
        "PASSED",
        "PASSED",
        "BROKEN: timeout: no end after 0.5 s",
        "SKIPPED: an earlier step was BROKEN (demo-timeout)",
    ]
    assert judged("demo", "keep")[0].startswith("DRIFTED: - ")


def test_after(lease: RunLease, stage_image: str, make_project: MakeProject) -> None:
    """The same stage, a new shell, a folder of its own; a second child does not see what the first one did."""
    child = '# Child\n#@ after: parent\n# {{#one}}\necho "$name"; ls /tmp | grep made; touch /tmp/made-by-{name}; pwd\n'
    root = make_project(
        {
            "quarterdeck.toml": "[stage]\nengine = false\n",
            "commands/parent.demo": "# Parent\n# {#one}\nname=parent; touch /tmp/made-by-parent\n",
            "commands/a.demo": child.format(name="a"),
            "commands/b.demo": child.format(name="b"),
        }
    )
    judged = Judged(root, lease)
    assert [result.demo.name for result in judged.results] == ["parent", "a", "parent", "b"]
    assert [result.steps[0].screen for result in judged.results if result.demo.name != "parent"] == [
        "\nmade-by-parent\n/home/demo/a\n",
        "\nmade-by-parent\n/home/demo/b\n",
    ]


HELPERS = "[stage]\nengine = false\n"
CLEAN = "cat made-by-step made-by-prepare | tr '\\n' ' '; exit 4\n"


def notes_of(root: Path, lease: RunLease) -> tuple[list[str], tuple[str, ...]]:
    """What the one demo of a project came to: verdicts with the first evidence, and notes."""
    project = load_project(root)
    catalogue = Catalogue(project, Problems())
    (run,) = catalogue.plan_runs(catalogue.load_all())
    (result,) = perform(run, catalogue.inputs, lease, lambda _: None)
    verdicts = judge(result, None, catalogue.input_digests(result.demo))
    return [": ".join([one.verdict, *map(str, one.evidence[:1])]) for one in verdicts], result.notes


@pytest.mark.parametrize(
    ("last", "verdict"),
    [
        ("true", "NEW: nothing is recorded"),
        ("false", "FAILED: exit status 1, expected 0"),
        ("#@ timeout: 300ms\nsleep 60", "BROKEN: timeout: no end after 0.3 s"),
        ("kill -9 $$", "BROKEN: the shell died (exit status 137)"),
    ],
)
def test_helpers_run_before_and_after(
    lease: RunLease, stage_image: str, make_project: MakeProject, last: str, verdict: str
) -> None:
    """In the demo's folder, unseen; clean.sh however the steps ended. What it fails with is a note."""
    root = make_project(
        {
            "quarterdeck.toml": HELPERS,
            "commands/a.demo": f"# A\n# One\ncat made-by-prepare >made-by-step\n# Two\n{last}\n",
            "commands/prepare.sh": "echo prepared >made-by-prepare; echo unseen\n",
            "commands/clean.sh": CLEAN,
        }
    )
    assert notes_of(root, lease) == (
        ["NEW: nothing is recorded", verdict],
        ("clean.sh ended with exit status 4: prepared prepared",),
    )


def test_a_demo_that_cannot_be_prepared_is_broken(lease: RunLease, stage_image: str, make_project: MakeProject) -> None:
    """Its first step says why, the others are skipped, and clean.sh still takes away what was made until then."""
    root = make_project(
        {
            "quarterdeck.toml": HELPERS,
            "commands/a.demo": "# A\n# One\nls\n# Two\nls\n",
            "commands/prepare.sh": "echo prepared >made-by-prepare; echo no luck; exit 3\n",
            "commands/clean.sh": "cat made-by-prepare; exit 4\n",
        }
    )
    why = "prepare.sh ended with exit status 3: no luck"
    assert notes_of(root, lease) == (
        [f"BROKEN: {why}", f"SKIPPED: a: {why}"],
        ("clean.sh ended with exit status 4: prepared",),
    )


@pytest.fixture(scope="module")
def other_image(engine: Any, stage_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An image like the stage's, with one file more."""
    folder = tmp_path_factory.mktemp("image")
    (folder / "Dockerfile").write_text(f"FROM {stage_image}\nCOPY Dockerfile /other\n")
    tag = f"quarterdeck-test-other:{os.getpid()}"
    engine.images.build(path=str(folder), tag=tag, labels={LABEL: "image"}, rm=True)
    yield tag
    engine.images.remove(tag, force=True)


SEEN = """
hostname; cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null
curl --silent --fail localhost:5000/v2/_catalog; ls /sys/class/net; ls -A / /root /tmp /home /var/lib; env | sort
"""


@pytest.mark.parametrize("network", ["true", "false"])
def test_one_container_looks_as_two_do(
    lease: RunLease, stage_image: str, make_project: MakeProject, network: str
) -> None:
    """A stage is one container where its settings allow it; demos see no difference."""
    seen = []
    for more in ("", 'memory = "2g"\n', f'image = "{stage_image}"\n', f'registry = "{stage_image}"\n'):
        root = make_project({"quarterdeck.toml": f"[stage]\nengine = false\nnetwork = {network}\n{more}"})
        with open_stage(load_project(root), lease) as stage:
            assert isinstance(stage, ContainerStage)
            assert (stage.shells is stage.registry) == (more == "")
            seen.append(stage.run("sh", "-c", SEEN))
    first = seen[0][1].split("\n")
    assert first[:3] == ["quarterdeck", "4096", '{"repositories":[]}']
    assert ("eth0" in first) == (network == "true")
    assert [one for one in seen if one != seen[0]] == []


def test_image_and_registry(lease: RunLease, make_project: MakeProject, other_image: str) -> None:
    """Each of the two containers may be made from another image."""
    for setting in ("image", "registry"):
        root = make_project({"quarterdeck.toml": f'[stage]\nengine = false\n{setting} = "{other_image}"\n'})
        with open_stage(load_project(root), lease) as stage:
            has = [stage.run("test", "-e", "/other")[0] == 0, run_in(stage.registry, "test", "-e", "/other")[0] == 0]
            assert has == [setting == "image", setting == "registry"]
            assert stage.run("curl", "--silent", "--fail", "localhost:5000/v2/")[0] == 0


def test_engine(lease: RunLease, stage_image: str, make_project: MakeProject) -> None:
    """Without one, docker finds none; recordings name the engine where there is one."""
    for engine in ("true", "false"):
        root = make_project({"quarterdeck.toml": f"[stage]\nengine = {engine}\n"})
        with open_stage(load_project(root), lease) as stage:
            assert stage.run("docker", "ps", "--quiet") == (
                (0, "") if engine == "true" else (1, stage.run("docker", "ps", "--quiet")[1])
            )
            names = [name for name, _ in stage.versions()]
            assert names == (["registry", "engine"] if engine == "true" else ["registry"])


@contextmanager
def server_on_the_bridge(engine: Any) -> Iterator[tuple[str, int]]:
    """Somebody on this machine whom containers of its engine reach."""
    config = engine.networks.get("bridge").attrs["IPAM"]["Config"][0]
    gateway = config.get("Gateway") or str(next(ipaddress.ip_network(config["Subnet"]).hosts()))
    with socketserver.TCPServer((gateway, 0), socketserver.BaseRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield gateway, server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("network", ["true", "false"])
def test_network(lease: RunLease, engine: Any, stage_image: str, make_project: MakeProject, network: str) -> None:
    """Without it nothing beyond the stage is reached, not by containers of its engine either; the registry is."""
    root = make_project({"quarterdeck.toml": f"[stage]\nnetwork = {network}\n"})
    build = (
        "cd /tmp && cp /bin/busybox . && printf 'FROM scratch\\nCOPY busybox /\\n' >Dockerfile"
        " && docker build --quiet --tag localhost:5000/box . && docker push --quiet localhost:5000/box"
    )
    with server_on_the_bridge(engine) as (host, port), open_stage(load_project(root), lease) as stage:
        reach = f"exec 3<>/dev/tcp/{host}/{port}"
        reached = stage.run("timeout", "5", "bash", "-c", reach)[0] == 0
        assert stage.run("bash", "-c", build)[0] == 0
        inside = f"docker run --rm localhost:5000/box /busybox nc -w 3 {host} {port} </dev/null"
        from_a_container = stage.run("timeout", "20", "bash", "-c", inside)[0] == 0
        assert (reached, from_a_container) == ((True, True) if network == "true" else (False, False))


def test_memory(lease: RunLease, stage_image: str, make_project: MakeProject) -> None:
    """A step over it is killed, and its verdict says what for; the registry goes on."""
    root = make_project(
        {
            "quarterdeck.toml": '[stage]\nengine = false\nmemory = "64m"\n',
            "commands/a.demo": "# A\n# {#small}\nhead -c 1m /dev/zero | tail >/dev/null\n"
            "# {#large}\nhead -c 300m /dev/zero | tail >/dev/null\n",
            "commands/clean.sh": "curl --silent --fail localhost:5000/v2/_catalog; exit 1\n",
        }
    )
    assert notes_of(root, lease) == (
        ["NEW: nothing is recorded", "BROKEN: out of memory: the stage has 64m"],
        ('clean.sh ended with exit status 1: {"repositories":[]}',),
    )


def test_preload(lease: RunLease, engine: Any, make_project: MakeProject, tmp_path: Path) -> None:
    """Several images of the user's engine are on the stage; one that is missing is an error that names it."""
    (tmp_path / "context").mkdir()
    tags = [f"quarterdeck-test-preload:{os.getpid()}-{number}" for number in (1, 2)]
    for tag in tags:
        (tmp_path / "context" / "Dockerfile").write_text(f"FROM scratch\nCOPY Dockerfile /{tag[-1]}\n")
        engine.images.build(path=str(tmp_path / "context"), tag=tag, labels={LABEL: "image"}, rm=True)
    try:
        root = make_project({"quarterdeck.toml": f"[stage]\nnetwork = false\npreload = {tags}\n"})
        with open_stage(load_project(root), lease) as stage:
            _, names = stage.run("docker", "images", "--format", "{{.Repository}}:{{.Tag}}")
            assert sorted(names.split()) == tags
        missing = [tags[0], "quarterdeck-test:no-such"]
        root = make_project({"quarterdeck.toml": f"[stage]\npreload = {missing}\n"})
        with pytest.raises(StageError) as caught, open_stage(load_project(root), lease):
            pass
        assert str(caught.value) == (
            "preload: the engine has no image quarterdeck-test:no-such\n  hint: docker pull quarterdeck-test:no-such"
        )
    finally:
        for tag in tags:
            engine.images.remove(tag, force=True)


def test_every_option_is_set_in_a_test() -> None:
    """A new option fails here until the demo or the settings of a test use it."""
    folders = ("live", "check", "deck/steps", "present")
    tests = [path for folder in folders for path in (ROOT / "tests" / folder).glob("test_*.py")]
    text = "".join(path.read_text("utf-8") for path in tests)
    assert {name for name in {*STEP_OPTIONS, *DEMO_OPTIONS} if f"#@ {name}: " not in text} == set()
    assert {name for name in STAGE_OPTIONS if not re.search(rf"(?:\b|\\n){name} = |stage: \{{{name}: ", text)} == set()
