"""HTTP errors of the registry during a step, and the command that caused each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from quarterdeck.bash.curl import Call, find_calls, output_is_tested
from quarterdeck.bash.parse import parse_script
from quarterdeck.bash.script import Command
from quarterdeck.witness.evidence import Finding, Request, StepEvidence

_LINE = re.compile(
    r'\S+ \S+ \S+ \[[^]]+\] "(?P<method>[A-Z]+) (?P<path>\S+) [^"]*" (?P<status>\d{3}) \d+ "[^"]*" "(?P<agent>[^"]*)"'
)
_SPEAKS_FOR_ITSELF = re.compile(
    r"docker/|Docker-Client|containerd|buildkit|buildx|moby|skopeo|containers/|podman|buildah|umoci|crane|"
    r"go-containerregistry|ggcr|kaniko|regclient|regctl|regsync|oras|helm|cosign|notation|nerdctl|trivy|syft|grype|dive|"
    r"wget|python-urllib|kubelet|k3s|cri-o|stacker|flux|pack|ko/|jib|imgpkg|vendir",
    re.IGNORECASE,
)
"""Clients that request what may not exist, and exit with a status of their own where that is an error."""


def parse_log_line(line: str) -> Request | None:
    """The request in a line of the registry's access log (combined format); None for other lines."""
    match = _LINE.match(line)
    return Request(match["method"], match["path"], int(match["status"]), match["agent"]) if match else None


def refused_requests(evidence: StepEvidence) -> Iterator[Finding]:
    """A finding per command and status that the registry refused to a client which does not report HTTP errors."""
    reported: set[tuple[int, int]] = set()
    requests = [request for request in evidence.requests if not _SPEAKS_FOR_ITSELF.search(request.agent)]
    if not requests:
        return
    commands = evidence.script.commands
    calls = _calls(evidence, commands)
    earlier = _calls(evidence, [command for command in evidence.history.background if command not in commands])
    for request in requests:
        command, expected = _culprit(request, evidence, calls, earlier)
        if command is None or (command.row, request.status) in reported:
            continue
        reported.add((command.row, request.status))
        what = f"the registry answered {request.status} to {_client(request)}: {request.method} {request.path}"
        yield Finding(f"http-{request.status}", command.row, what, expected=expected)


def _culprit(
    request: Request, evidence: StepEvidence, calls: Sequence[Call], earlier: Sequence[Call]
) -> tuple[Command | None, bool]:
    """The command that ignored the error; None if none did, or if an earlier step's may have caused it."""
    commands = evidence.script.commands
    if "curl" not in request.agent.lower():
        named = next((command for command in commands if _client(request) in command.words.items), None)
        if named is None and evidence.history.background:
            return None, False
        command = named or (commands[0] if commands else None)
        return command, command is not None and (named is None or named.where.tail)
    candidates = [call for call in calls if _may_be(call, request)]
    certain = [call for call in candidates if call.certain]
    if not certain and any(_may_be(call, request) for call in earlier):
        return None, False
    if not candidates:
        return _unknown(evidence)
    careful = [call for call in candidates if call.fails or call.tested]
    careless = [call for call in certain or candidates if call not in careful]
    # If two calls may have sent the request, and the careful call has failed, it has reported the error.
    failed = evidence.exit == 22 or any("22" in note.fields[0].split() for note in evidence.notes if note.kind != "V")
    if not certain and careful and (failed or any(call.command.where.meant for call in careful)):
        return None, False
    if not careless or _configured_to_fail(evidence):
        return None, False
    return careless[0].command, careless[0].command.where.tail


def _unknown(evidence: StepEvidence) -> tuple[Command | None, bool]:
    """The first command, for a curl that only files of the demo name: they tell whether it reports errors."""
    script = evidence.script
    if evidence.history.background or not script.commands:
        return None, False
    output = evidence.ask_stage("grep -rIHs --max-count=50 '\\bcurl\\b' . | head -n 200")
    named = [(name.rpartition("/")[2], line) for name, _, line in (text.partition(":") for text in output.splitlines())]
    lines = [line for name, line in named if name in script.text] or [line for _, line in named]
    scripts = [parse_script(line.strip().removesuffix("\\") + "\n") for line in lines]
    calls = [call for script in scripts for call in find_calls(script.commands, lambda _name: ())]
    if (calls and all(call.fails or call.tested for call in calls)) or _configured_to_fail(evidence):
        return None, False
    return script.commands[0], True


def _configured_to_fail(evidence: StepEvidence) -> bool:
    text = evidence.ask_stage('cat "${CURL_HOME:-$HOME}/.curlrc" "$HOME/.config/curlrc" 2>/dev/null')
    return bool(re.search(r"^\s*(?:-*fail\b|-[a-zA-Z]*f)", text, re.MULTILINE))


def _calls(evidence: StepEvidence, commands: Sequence[Command]) -> list[Call]:
    """The calls of curl among *commands*, and in the functions that they call."""
    values = partial(_values, evidence)
    outside = [command for command in commands if command.where.function is None]
    calls = list(find_calls(outside, values))
    for command in outside:
        if command.words.name not in ("", "curl"):
            for call in find_calls(list(evidence.history.function(command.words.name)), values):
                calls.append(replace(call, command=command, tested=call.tested or output_is_tested(command)))
    return calls


def _values(evidence: StepEvidence, name: str) -> Sequence[str]:
    """The values that the steps so far assign to the variable *name*; for `alias curl`, what it stands for."""
    if name.startswith("alias "):
        return [command.text for command in evidence.history.alias(name.removeprefix("alias "))]
    assignments = (assignment for script in evidence.history.scripts for assignment in script.assignments)
    return [assignment.value for assignment in assignments if assignment.name == name]


def _may_be(call: Call, request: Request) -> bool:
    path = request.path.partition("?")[0]
    return any(pattern.fullmatch(request.path) or pattern.fullmatch(path) for pattern in call.paths) and (
        call.method in ("", request.method) or call.command.where.function is not None
    )


def _client(request: Request) -> str:
    return request.agent.partition("/")[0] or "a client"
