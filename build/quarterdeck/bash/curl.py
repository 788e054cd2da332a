"""Calls of curl: what they request, and whether an HTTP error becomes an exit status."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from quarterdeck.bash.option_splitter import SplitWords, split_options
from quarterdeck.bash.parse import parse_script
from quarterdeck.bash.script import Command
from quarterdeck.bash.tools import CURL

_FAIL_OPTION = re.compile(r"-[fK]\Z|--fail(?:-w\w*(?:-\w+)*)?\Z")
"""Options with which an HTTP error becomes an exit status; a configuration file (`-K`) may hold them."""
_EXPANSION = re.compile(r"\$\{[^}]*\}|\$\([^)]*\)|\$\w+|`[^`]*`|\$[@*#?]|\{[^}]*\}|\[[^\]]*\]")
_CODE = re.compile(r"http_code|response_code")
_SUBSTITUTION = re.compile(r"\$\(.*\)|`.*`", re.DOTALL)
_FAIL_IN_TEXT = re.compile(r"(?:^|[\s\"'(=])(?:-[a-zA-Z#]*f[a-zA-Z]*|--fail(?:-with-body)?)(?=$|[\s\"')])")


@dataclass(frozen=True, slots=True)
class Call:
    """A call of curl."""

    command: Command
    fails: bool
    """Whether an answer of 400 or above is an exit status."""
    tested: bool
    """Whether the script tests the HTTP status itself."""
    method: str
    """`HEAD`, `GET` or the value of `--request`; empty if unknown."""
    paths: tuple[re.Pattern[str], ...]
    """Patterns of the paths that it may request."""
    certain: bool
    """Whether a part of a path behind `/v2` is written out."""


def find_calls(commands: Sequence[Command], values: Callable[[str], Sequence[str]]) -> Iterator[Call]:
    """The calls of curl among *commands*, including those in `sh -c '…'`.

    Args:
        commands: The commands of a step.
        values: The values assigned to a variable, as written; for `alias curl`, what it stands for.
    """
    for command in commands:
        for index, word in enumerate(command.words.items):
            if word.rpartition("/")[2] == "curl":
                yield _parse_call(command, command.words.items[index + 1 :], values)
                break
            if index and "curl " in word and re.search(r"\s", word):
                for call in find_calls(parse_script(word).commands, values):
                    yield replace(call, command=command, tested=call.tested or output_is_tested(command))
                break


def passes_errors(words: SplitWords) -> bool:
    """Whether nothing tells an HTTP error from an answer: no `--fail`, and no status in the output."""
    shows_status = words.has("-I", "-i", "-v", "-D", "--head", "--include", "--verbose", "--dump-header")
    written = "".join(words.values("-w", "--write-out"))
    return not shows_status and "_code}" not in written and not _fails(words)


def output_is_tested(command: Command) -> bool:
    """Whether a condition looks at the output of *command*, and not only at its exit status."""
    return command.where.meant and (command.where.captured or command.pipe is not None)


def _fails(words: SplitWords) -> bool:
    fails = False
    for name, _ in words.options:
        fails = name != "--no-fail" and (fails or _FAIL_OPTION.match(name) is not None)
    return fails


def _parse_call(command: Command, items: Sequence[str], values: Callable[[str], Sequence[str]]) -> Call:
    words = split_options(items, CURL)
    typed = command.words.typed[:1] == ("curl",)
    names = [re.search(r"\w+", operand) for operand in words.operands if operand.startswith("$")]
    expanded = [_SUBSTITUTION.sub("", value) for name in names if name for value in values(name[0])]
    expansions = [*(values("alias curl") if typed else ()), *expanded]
    addresses = (*words.values("--url"), *words.operands)
    patterns = tuple(map(_path_pattern, addresses))
    return Call(
        command,
        fails=_fails(words) or any(_FAIL_IN_TEXT.search(text) for text in expansions),
        tested=bool(_CODE.search(command.text) and command.where.captured) or output_is_tested(command),
        method=_method(words),
        paths=patterns,
        certain=any(re.search(r"\w", pattern.pattern.replace("/v2", "")) for pattern in patterns),
    )


def _method(words: SplitWords) -> str:
    if named := words.values("-X", "--request"):
        method = named[-1]
    elif words.values("-T", "--upload-file"):
        method = "PUT"
    elif words.has("-I", "--head"):
        method = "HEAD"
    else:
        data = any(name in ("-d", "-F") or name.startswith(("--data", "--json", "--form")) for name, _ in words.options)
        method = "POST" if data else "GET"
    return "" if "$" in method else method


def _path_pattern(address: str) -> re.Pattern[str]:
    """The paths that *address*, as written, may stand for; an expansion may be anything."""
    text = _EXPANSION.sub("\0", re.sub(r"[\"']", "", address)).partition("#")[0]
    host, slash, path = re.sub(r"\A\w+://", "", text).partition("/")
    # A variable in place of the host may hold the start of the path.
    whole = f"\0{slash}{path}" if "\0" in host else f"/{path}"
    return re.compile(".*".join(re.escape(part) for part in whole.split("\0")))
