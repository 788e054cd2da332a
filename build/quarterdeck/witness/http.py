"""What the registry answered while a step ran, by its own access log, and whose fault it was."""

from __future__ import annotations

import re
import select
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quarterdeck.bash.code import Command
from quarterdeck.bash.curl import Call, find_calls
from quarterdeck.bash.parse import read_code
from quarterdeck.live.engine.client import Stream
from quarterdeck.live.stage.container import Stage
from quarterdeck.witness.evidence import Finding, Seen

_LINE = re.compile(
    r'\S+ \S+ \S+ \[[^]]+\] "(?P<method>[A-Z]+) (?P<path>\S+) [^"]*" (?P<status>\d{3}) \d+ "[^"]*" "(?P<agent>[^"]*)"'
)
_SPEAKS_FOR_ITSELF = re.compile(
    r"docker/|Docker-Client|containerd|buildkit|buildx|moby|skopeo|containers/|podman|buildah|umoci|crane|"
    r"go-containerregistry|ggcr|kaniko|regclient|regctl|regsync|oras|helm|cosign|notation|nerdctl|trivy|syft|grype|dive|"
    r"wget|python-urllib|kubelet|k3s|cri-o|stacker|flux|pack|ko/|jib|imgpkg|vendir",
    re.IGNORECASE,
)
"""Clients that ask for what need not be there, and end with a status of their own where that is wrong."""

_READER = """
exec 3</run/quarterdeck/registry.log
while read -r word; do cat <&3; printf '%s\\n' "$word"; done
"""
_PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the access log whose status is 400 or above."""

    method: str
    path: str
    """With its query, as it was sent."""
    status: int
    agent: str
    """What the client says it is, such as `curl/7.88.1`."""


class AccessLog:
    """The registry's access log, read bit by bit.

    The registry writes a line before it sends the end of a short answer, and errors are short: what a client has
    been told stands in the log, and no request of ours is needed to know that the log is complete.
    """

    def __init__(self, stage: Stage) -> None:
        """Start a reader beside the registry, and pass over what it has logged so far.

        Raises:
            StageError: The registry's container does not answer.
        """
        self._stream = Stream(stage.registry, ["sh", "-c", _READER], terminal=False)
        self._number = 0
        self._rest = ""
        self.read()

    def read(self) -> tuple[Request, ...]:
        """The errors since the last call, in order. Takes half a millisecond."""
        self._number += 1
        end = f"end-{self._number}\n"
        self._stream.write(end.encode())
        text = ""
        deadline = time.monotonic() + _PATIENCE_S
        while not text.endswith(end) and not self._stream.ended and time.monotonic() < deadline:
            select.select([self._stream], [], [], 0.2)
            text += self._stream.read().decode("utf-8", "replace")
        found = (_LINE.match(line) for line in text.split("\n"))
        return tuple(
            Request(match["method"], match["path"], int(match["status"]), match["agent"])
            for match in found
            if match and match["status"] >= "400"
        )

    def close(self) -> None:
        """Let go of the reader, which ends with its input."""
        self._stream.close()


def refused_requests(seen: Seen) -> Iterator[Finding]:
    """One finding for each address that the registry refused to a client which does not end with a status for it."""
    told: set[tuple[int, int]] = set()
    requests = [one for one in seen.requests if not _SPEAKS_FOR_ITSELF.search(one.agent)]
    if not requests:
        return
    calls = _calls(seen, seen.code.commands)
    earlier = _calls(seen, [one for one in seen.past.background if one not in seen.code.commands])
    for request in requests:
        command, expected = _culprit(request, seen, calls, earlier)
        if command is None or (command.row, request.status) in told:
            continue
        told.add((command.row, request.status))
        what = f"the registry answered {request.status} to {_client(request)}: {request.method} {request.path}"
        yield Finding(f"http-{request.status}", command.row, what, expected=expected)


def _culprit(
    request: Request, seen: Seen, calls: Sequence[Call], earlier: Sequence[Call]
) -> tuple[Command | None, bool]:
    """The command that did not notice; None where one did, or where it may have been an earlier step's."""
    if "curl" not in request.agent.lower():
        named = next((one for one in seen.code.commands if _client(request) in one.words.items), None)
        if named is None and seen.past.background:
            return None, False
        command = named or (seen.code.commands[0] if seen.code.commands else None)
        return command, command is not None and (named is None or named.where.tail)
    own = [one for one in calls if _may_be(one, request)]
    certain = [one for one in own if one.certain]
    if not certain and any(_may_be(one, request) for one in earlier):
        return None, False
    if not own:
        return _unknown(seen)
    careful = [one for one in own if one.fails or one.asked]
    careless = [one for one in certain or own if one not in careful]
    # Of two calls that may ask for anything, the careful one told of it already, where it was heard.
    heard = seen.exit == 22 or any("22" in note.fields[0].split() for note in seen.notes if note.kind != "V")
    if not certain and careful and (heard or any(one.command.where.meant for one in careful)):
        return None, False
    if not careless or _configured_to_fail(seen):
        return None, False
    return careless[0].command, careless[0].command.where.tail


def _unknown(seen: Seen) -> tuple[Command | None, bool]:
    """A curl that the step's code does not name: a script's, whose files say whether it minds."""
    if seen.past.background or not seen.code.commands:
        return None, False
    every = seen.ask_stage("grep -rIHs --max-count=50 '\\bcurl\\b' . | head -n 200").splitlines()
    found = [(name.rpartition("/")[2], line) for name, _, line in (one.partition(":") for one in every)]
    lines = [line for name, line in found if name in seen.code.text] or [line for _, line in found]
    calls = [call for line in lines for call in find_calls(_commands(line), lambda _name: ())]
    if (calls and all(one.fails or one.asked for one in calls)) or _configured_to_fail(seen):
        return None, False
    return seen.code.commands[0], True


def _commands(line: str) -> Sequence[Command]:
    return read_code(line.strip().removesuffix("\\") + "\n").commands


def _configured_to_fail(seen: Seen) -> bool:
    text = seen.ask_stage('cat "${CURL_HOME:-$HOME}/.curlrc" "$HOME/.config/curlrc" 2>/dev/null')
    return bool(re.search(r"^\s*(?:-*fail\b|-[a-zA-Z]*f)", text, re.MULTILINE))


def _calls(seen: Seen, commands: Sequence[Command]) -> list[Call]:
    """The calls of curl among *commands*, and in the functions that they call."""
    found = list(find_calls([one for one in commands if one.where.function is None], lambda name: _values(seen, name)))
    for command in commands:
        if command.where.function is None and command.words.name != "curl":
            inner = [one for one in seen.past.function(command.words.name) if command.words.name]
            for call in find_calls(inner, lambda name: _values(seen, name)):
                asked = call.asked or (command.where.meant and (command.where.captured or command.pipe is not None))
                found.append(Call(command, call.fails, asked, call.method, call.paths, call.certain))
    return found


def _values(seen: Seen, name: str) -> Sequence[str]:
    """What the steps so far assign to the variable *name*; for `alias curl`, what it stands for."""
    if name.startswith("alias "):
        return [one.text for one in seen.past.alias(name.removeprefix("alias "))]
    return [one.value for code in seen.past.codes for one in code.assignments if one.name == name]


def _may_be(call: Call, request: Request) -> bool:
    path = request.path.partition("?")[0]
    return any(one.fullmatch(request.path) or one.fullmatch(path) for one in call.paths) and (
        call.method in ("", request.method) or call.command.where.function is not None
    )


def _client(request: Request) -> str:
    return request.agent.partition("/")[0] or "a client"
