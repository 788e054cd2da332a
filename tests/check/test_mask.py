"""What becomes a hole, and what must not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quarterdeck.check.mask_kinds import MASKS, UNSURE
from quarterdeck.demo.step_options import KINDS
from support.effort import LINEAR, cpu_s, growth
from support.masking import Hole, Masked, mask

EXAMPLES = json.loads((Path(__file__).parent / "mask-examples.json").read_text("utf-8"))
DIGEST = "a1" * 32


@pytest.mark.parametrize("example", EXAMPLES["holes"], ids=lambda example: example["shape"])
def test_examples_with_holes(example: dict[str, str]) -> None:
    """Each example gives its shape; and that shape, masked again, itself, without a hole."""
    assert mask(example["text"]).shape == example["shape"]
    assert mask(example["shape"]) == Masked(example["shape"], ())


@pytest.mark.parametrize("text", EXAMPLES["literal"])
def test_literal_examples(text: str) -> None:
    """Statuses, versions, tags, fixed ports and plain numbers stay as they are."""
    assert mask(text) == Masked(text, ())


@pytest.mark.parametrize(
    "text",
    [
        "HTTP/1.1 404 Not Found",
        "Content-Length: 1363",
        "golang:1.21-alpine",
        "node:20.11.1-bookworm-slim",
        "Docker version 20.10.24+dfsg1",
        "curl 7.88.1 (x86_64-pc-linux-gnu)",
        "application/vnd.docker.distribution.manifest.v2+json",
        "2021-05-01",
        "alpine:2026-11-23",
        "registry.example.com:5000/team/app:v1.2.3",
        "http://localhost:8080/healthz",
        "0.0.0.0:8080->80/tcp",
        "timeout: 30s",
        "interval=5m",
        "--retry-delay 2s --max-time 30s",
        "listen 0.0.0.0:443",
        "22:22",
        "ratio 16:9",
        "fe80::12:34:56",
        "AA:BB:CC:DD:EE:FF:00",
        "172.17.0.0/16",
        "192.168.0.0/24",
        "version 10.0.0.1.2",
        "1.2.3M",
        "app:24K",
        "x86_64 amd64 arm64 riscv64",
        "user-https",
        "my-nginx",
        "web-24578",
        "Exited (0)",
        "0x1a2b3c4",
        "c0ffee",
        "1/1",
        "1e10",
        "sha256:latest",
        "step 3 of 12: 5 minutes",
        "May the 4th be with you",
        "Monday, Tuesday",
        "Up and running",
        "About the registry",
        "Less than 10 layers",
        "12 layers ago",
        "_state=short",
        "eyJ.only",
    ],
)  # fmt: skip
def test_what_rots_is_never_masked(text: str) -> None:
    """What a presenter chose stays, however much it looks like a value."""
    assert mask(text) == Masked(text, ())


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        (f"sha512:{'0f' * 64}", "sha512:<digest>"),
        ("sha256:9c6f07244728 and sha256:1234567…", "sha256:<id> and sha256:<id>…"),
        ("commit 0123456789abcdef0123456789abcdef01234567", "commit <commit>"),
        ("[main (root-commit) 1a2b3c4] First", "[main (root-commit) <id>] First"),
        ("created 2026-11-23 06:02:52.123456789 +0000 UTC", "created <time>"),
        ("2026-11-23T06:02:52+01:00 started", "<time> started"),
        ("2026-11-23 06:02:52 INFO started", "<time> INFO started"),
        ("time=2026-11-23T06:02:52Z level=info", "time=<time> level=info"),
        ("Mon Nov 23 06:02:52 UTC 2026", "<time>"),
        ("Date:   Mon Nov 23 06:02:52 2026 +0100", "Date:  <time>"),
        ('::1 - - [23/Nov/2026:06:02:52 +0000] "GET / HTTP/1.1" 200', '::1 - - [<time>] "GET / HTTP/1.1" 200'),
        ("drwxr-xr-x 2 root root 4096 Nov  3  2025 certs", "drwxr-xr-x 2 root root 4096 <time> certs"),
        ("notAfter=Nov 23 06:02:52 2027 GMT", "notAfter=<time>"),
        ("[06:02:52] tick", "[<time>] tick"),
        ("Up 2 minutes (healthy)   web", "<age>  web"),
        ("Up 2 minutes (unhealthy)   web", "<age> (unhealthy)  web"),
        ("Exited (137) About a minute ago", "Exited (137) <age>"),
        ("web   1/1   Running   1 (5m3s ago)   2d4h", "web  1/1  Running  1 (<age>)  <age>"),
        ("Sending build context to Docker daemon  2.048kB", "Sending build context to Docker daemon  <size>"),
        ("1024 bytes (1.0 kB) copied, 8.3e-05 s, 12.3 MB/s", "1024 bytes (<size>) copied, <duration>, <rate>"),
        ("100   528  100   528    0     0   257k      0 --:--:-- --:--:-- --:--:--  257k", "<rate>"),
        ("100  1363  100  1363    0     0  98304      0  0:00:01 --:--:--  0:00:01  98304", "<rate>"),
        ("took 15ms, then 1.5s, then 2.25 seconds", "took <duration>, then <duration>, then <duration>"),
        ("80/tcp -> [::]:32768", "80/tcp -> [::]:<port>"),
        (":::49153->80/tcp", ":::<port>->80/tcp"),
        ("inet 172.17.0.2/16 brd 172.17.255.255", "inet <ip>/16 brd <ip>"),
        ("COPY dir:e23d312e065991169… in 12345678…", "COPY dir:<id>… in 12345678…"),
        ("alpine   1d411584966d   2y15d", "alpine  <id>  <age>"),
        ("pod/web-6d4cf56db6-x7k2p created", "pod/web-<podhash> created"),
        ("job-xkbtz   0/1   Completed   0   5s", "job-<podhash>  0/1  Completed  0  <age>"),
        ("replicaset.apps/web-6d4cf56db6", "replicaset.apps/web-<podhash>"),
    ],
)  # fmt: skip
def test_further_holes(text: str, shape: str) -> None:
    """What docker, curl, git and kubectl print and nobody can know beforehand."""
    assert mask(text).shape == shape
    assert mask(shape) == Masked(shape, ())


def test_holes_have_values_and_lines() -> None:
    """Each hole says what stood there, and in which line."""
    text = f"Digest: sha256:{DIGEST}\n\n3 weeks ago at 172.17.0.2"
    holes = (Hole("digest", DIGEST, 1), Hole("age", "3 weeks ago", 3), Hole("ip", "172.17.0.2", 3))
    assert mask(text) == Masked("Digest: sha256:<digest>\n\n<age> at <ip>", holes)


def test_colours_go_first() -> None:
    """A colour inside a value does not hide it."""
    assert mask("␛[1mid␛[0m ␛[32m9c6f␛[0m07244728␛[m") == Masked("id <id>", (Hole("id", "9c6f07244728", 1),))


def test_job_notices_are_dropped() -> None:
    """What bash says when a background job ends comes in any step; what it says at the start stays."""
    text = "[1] 12345\none\n[1]+  Done                    sleep 5\ntwo\n[2]-  Exit 1    false\n[10]  Terminated   x"
    assert mask(text) == Masked("[1] <pid>\none\ntwo\n", (Hole("pid", "12345", 1),))


def test_padding_and_indentation() -> None:
    """Columns lose their padding where a value stands, with the titles above; indentation stays."""
    text = (
        f'NAME      CREATED            SIZE\nalpine    3 weeks ago        7.83MB\n     "digest": "{DIGEST}"\na      b'
    )
    assert mask(text).shape == 'NAME  CREATED  SIZE\nalpine  <age>  <size>\n     "digest": "<digest>"\na      b'


def test_titles_do_not_depend_on_the_width_of_ages() -> None:
    """The same table, once right after the pull and once a minute later, has one shape."""
    fresh = "IMAGE ID       CREATED                  SIZE\n9c6f07244728   Less than a second ago   7.83MB"
    later = "IMAGE ID       CREATED          SIZE\n1f2e3d4c5b6a   24 minutes ago   7.83MB"
    assert mask(fresh).shape == mask(later).shape


def test_an_authors_mask() -> None:
    """It goes before ours, by its own name; with a group, only that is masked."""
    extra = {"name": r"name=(\w+)", "job": r"job-\d+"}
    holes = (Hole("name", "quirky_hopper", 1), Hole("job", "job-17", 1))
    assert mask("name=quirky_hopper job-17 size=17", extra=extra) == Masked("name=<name> <job> size=17", holes)


def test_an_authors_mask_wins_over_ours() -> None:
    """Where both could mask, the author's name stands."""
    assert mask("id 9c6f07244728", extra={"image": r"[0-9a-f]{12}"}).shape == "id <image>"


def test_an_authors_mask_in_each_line() -> None:
    """`^` and `$` mean lines, and a mask may span them."""
    assert mask("at 1\nat 2", extra={"n": r"^at (\d)$"}).shape == "at <n>\nat <n>"
    key = "-----BEGIN KEY-----\nabc\n-----END KEY-----"
    assert mask(f"a\n{key}\nb", extra={"key": r"-----BEGIN[\s\S]*END KEY-----"}).shape == "a\n<key>\nb"


@pytest.mark.parametrize(
    ("regex", "shape"),
    [
        (r"(?i)SEED (\d)(?:\d)*", "seed <x>234, seed <x>234"),
        (r"(\d)234(?=.*\1)", "seed <x>234, seed 1234"),
        (r"(?P<id>seed)", "<x> 1234, <x> 1234"),
        (r"x*", "seed 1234, seed 1234"),
        (r"(nope)?1234", "seed 1234, seed 1234"),
    ],
)
def test_any_regular_expression_will_do(regex: str, shape: str) -> None:
    """Flags, back references and names in an author's mask do not disturb ours; an empty match is none."""
    assert mask("seed 1234, seed 1234", extra={"x": regex}).shape == shape


def test_an_authors_mask_is_not_applied_to_holes() -> None:
    """A mask that would fit a hole leaves it alone, so masking twice is masking once."""
    extra = {"word": r"[a-z]+", "1a2b3c4": r"#\d"}
    shape = mask("hello 9c6f07244728 #1", extra=extra).shape
    assert mask(shape, extra=extra) == Masked(shape, ())


def test_kept_kinds_stay() -> None:
    """What is kept stays whole: no other kind takes a part of it."""
    uuid = "2f1b6a4e-0c1d-4e5f-8a9b-1234567890ab"
    assert mask(f"{uuid} 9c6f07244728", keep=["uuid"]).shape == f"{uuid} <id>"
    assert mask("job-17", extra={"job": r"job-\d+"}, keep=["job"]) == Masked("job-17", ())


def test_every_kind_has_an_example() -> None:
    """A kind without an example is one that nobody has seen work."""
    shapes = " ".join(example["shape"] for example in EXAMPLES["holes"])
    unseen = [kind for kind in MASKS if f"<{kind}>" not in shapes]
    assert unseen == ["commit"]
    assert set(UNSURE) <= set(MASKS)


HOSTILE = (
    "a", "0", "1.", " ", ":", "-", "eyJ", "eyJ-", "eyJ.", "_state=", "a-", "b-", "-bbbbb ", "x-b4bbb-", "0:", "aa:",
    "1 ", "1m", "10.", "0 0", "  5s", " 1  ", "Up 1 ", "About a ", "Mon ", "Nov 1", "2026-", "localhost:", "<id",
    "␛[", "␛[0", "sha256:", "00:00:", "1 second ", "127.0.0.1 port ", "0a", "1e", "é", "<", "[1] ", "[1]+ ",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_lines_take_linear_time(piece: str) -> None:
    """One line of 200 kB that nearly matches, over and over, costs about eight times as much as one of 25 kB."""
    assert growth(lambda length: mask((piece * length)[:length]), 25_000) < LINEAR


def test_typical_output_is_masked_at_some_speed() -> None:
    """A megabyte of what docker and curl print takes well below two seconds of CPU, on a slow machine too."""
    text = "\n".join(example["text"] for example in EXAMPLES["holes"])
    text = (text + "\n") * (1_000_000 // len(text))
    assert min(cpu_s(lambda: mask(text)) for _ in range(2)) < 2


def test_every_kind_can_be_kept() -> None:
    """The table of demos' options, which can't import this one, has the same kinds."""
    assert tuple(MASKS) == KINDS
