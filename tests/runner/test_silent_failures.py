"""A workshop's demo that has rotted: twelve steps, five of them wrong, two of which an exit status shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from support.projects import MakeProject, quarterdeck

WRONG = """\
# What is in an image
#@ timeout: 2m

# Build an image and push it {#push}
docker build --quiet --tag localhost:5000/app:1.0 app >/dev/null
docker push --quiet localhost:5000/app:1.0

# Which tags are there? {#tags}
REGISTRY=http://localhost:5000/v2
until curl --silent --fail --output tags.json ${REGISTRY}/app/tags/list; do
    sleep 0.2
done
jq --compact-output . tags.json

# Find the image configuration {#digest}
DIGEST=$(
    curl --silent ${REGISTRY}/app/manifests/1.0 \\
        --header "Accept: application/vnd.oci.image.manifest.v1+json" \\
    | jq --raw-output '.config.digest'
)
echo "${DIGEST}" | cut --characters 1-7

# Its digest is its name {#config}
curl --silent ${REGISTRY}/app/blobs/${DIGEST} | sha256sum

# How long is the manifest? {#length}
curl --silent --header "Accept: application/vnd.docker.distribution.manifest.v2+json" \\
    ${REGISTRY}/app/manifests/1.1 \\
| wc --bytes

# What does the image hold? {#list}
docker save localhost:5000/app:1.0 | tar --list | grep --count layer.tar

# Nothing else is in the registry {#other}
docker pull --quiet localhost:5000/none:1.0 2>/dev/null || echo "no such image"
if ! curl --silent --fail --head ${REGISTRY}/none/tags/list >/dev/null; then
    echo "no such repository"
fi

# Give it another name {#tag}
docker tag localhost:5000/app:1.0 localhost:5000/app:stable
docker push --quiet localhost:5000/app:stable

# Pull it under that name {#pull}
docker pull --quiet localhost:5000/app:stabel

# Are both the same? {#same}
for TAG in 1.0 stable; do
    curl --silent --fail --head ${REGISTRY}/app/manifests/${TAG} \\
        --header "Accept: application/vnd.docker.distribution.manifest.v2+json" \\
    | tr --delete "\\r" | grep --ignore-case docker-content-digest
done | sort --unique | wc --lines

# Compare with the list of files {#files}
diff --brief app/file.txt app/files.txt

# Clean up {#clean}
docker rmi localhost:5000/app:1.0 localhost:5000/app:stable >/dev/null
docker images --quiet | wc --lines
"""

FIXES = (
    ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"),
    ("curl --silent ", "curl --silent --fail "),
    ("--fail --fail", "--fail"),
    ("manifests/1.1", "manifests/1.0"),
    ("app:stabel", "app:stable"),
    ("app/files.txt", "app/file.txt"),
)


@pytest.fixture
def project(make_project: MakeProject, engine: Any) -> Path:
    """The demo as it is wrong, and what it works on."""
    files = {
        "slides/a.md": "# A\n",
        "commands/image.demo": WRONG,
        "commands/app/Dockerfile": "FROM scratch\nCOPY file.txt /\nLABEL name=app\n",
        "commands/app/file.txt": "a file\n",
    }
    return make_project(files)


def test_five_wrong_steps_and_the_same_fixed(project: Path) -> None:
    """Each wrong step is reported with its line, what happened and a fix; once fixed, all is recorded and PASSED."""
    demo = project / "commands" / "image.demo"
    done = quarterdeck("check", cwd=project)
    # The slowest steps are named after 10 s, which a busy machine may take.
    left_out = (": NEW ", "    nothing is recorded", "  hint: `quarterdeck record image`", "slowest: ")
    lines = [line for line in done.stdout.split("\n")[2:] if not any(part in line for part in left_out)]
    assert (done.returncode, without_times("\n".join(lines))) == (1, REPORT)
    refused = quarterdeck("record", cwd=project)
    assert (refused.returncode, (project / "commands" / "image.recording.yaml").exists()) == (1, False)
    text = WRONG
    for wrong, right in FIXES:
        text = text.replace(wrong, right)
    demo.write_text(text)
    assert quarterdeck("record", cwd=project).returncode == 0
    done = quarterdeck("check", cwd=project)
    last = without_times(done.stdout).split("\n")[-2]
    assert (done.returncode, last) == (0, "12 steps of 1 demo in _ s: 12 passed")


def without_times(text: str) -> str:
    """*text* with an underscore for each number of seconds."""
    return re.sub(r"\b[0-9]+(?:\.[0-9]+)? s\b", "_ s", text)


REPORT = """\
commands/image.demo:15: SUSPECT image-digest (Find the image configuration)
    commands/image.demo:16: DIGEST is null [empty-variable]
  hint: look at what the variable is made from; `jq --exit-status` takes null for a failure; \
if it is meant: `#@ allow: [empty-variable]`
commands/image.demo:23: SUSPECT image-config (Its digest is its name)
    commands/image.demo:24: the registry answered 404 to curl: GET /v2/app/blobs/null [http-404]
commands/image.demo:26: SUSPECT image-length (How long is the manifest?)
    commands/image.demo:27: the registry answered 404 to curl: GET /v2/app/manifests/1.1 [http-404]
  hint: with `--fail`, curl ends with exit status 22 where the registry says no; if it is meant: `#@ allow: [http-404]`
commands/image.demo:44: FAILED image-pull (Pull it under that name)
    exit status 1, expected 0
    | Error response from daemon: manifest for localhost:5000/app:stabel not found: manifest unknown: manifest unknown
  hint: try it by hand: `quarterdeck shell image`; if that status is right, say so with `exit: 1`
commands/image.demo:54: FAILED image-files (Compare with the list of files)
    exit status 2, expected 0
    | diff: app/files.txt: No such file or directory
  hint: try it by hand: `quarterdeck shell image`; if that status is right, say so with `exit: 2`

✗ image  2 failed, 3 suspect, 7 new  _ s

12 steps of 1 demo in _ s: 2 failed, 3 suspect, 7 new
next: fix the steps above, then `quarterdeck check --lf` runs 1 demo again
"""
"""What `check` says, without the steps that are only new."""
