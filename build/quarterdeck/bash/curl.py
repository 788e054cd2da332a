"""curl as a step calls it: whether it turns an answer of 400 and above into a status, and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from quarterdeck.bash.code import Command
from quarterdeck.bash.parse import read_code
from quarterdeck.bash.words import unquote

_FAIL = re.compile(r"--fail(?:-with-body|-wi\w*)?\Z")
_WITH_VALUE = "AbCcDdEeFHhKmoPQrTtUuwXxYyz"
"""curl's short options that take a value."""
_EXPANSION = re.compile(r"\$\{[^}]*\}|\$\([^)]*\)|\$\w+|`[^`]*`|\$[@*#?]|\{[^}]*\}|\[[^\]]*\]")
_CODE = re.compile(r"http_code|response_code")
_SUBSTITUTION = re.compile(r"\$\(.*\)|`.*`", re.DOTALL)
_OPTION_IN_TEXT = re.compile(r"(?:^|[\s\"'(=])(?:-[a-zA-Z#]*f[a-zA-Z]*|--fail(?:-with-body)?)(?=$|[\s\"')])")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of curl."""

    command: Command
    fails: bool
    """Whether an answer of 400 and above is an exit status."""
    asked: bool
    """Whether the answer's status is taken for a test of its own."""
    method: str
    """`HEAD`, `GET` or what `--request` says; empty where that is not written."""
    paths: tuple[re.Pattern[str], ...]
    """What the paths look like that it may ask for."""
    certain: bool
    """Whether a path is written, at least a part of it behind `/v2`."""


def find_calls(commands: Sequence[Command], values: Callable[[str], Sequence[str]]) -> Iterator[Call]:
    """The calls of curl among *commands*, those in words of `sh -c '…'` included.

    Args:
        commands: What a step runs.
        values: Gives what is assigned to a variable, as written, and what an alias stands for.
    """
    for command in commands:
        for index, word in enumerate(command.words.items):
            if word.rpartition("/")[2] == "curl":
                yield _read(command, command.words.items[index + 1 :], values)
                break
            if index and "curl " in word and re.search(r"\s", word):
                inner = read_code(word).commands
                yield from (_at(one, command) for one in find_calls(inner, values))
                break


def _at(call: Call, command: Command) -> Call:
    return Call(command, call.fails, call.asked or _is_tested(command), call.method, call.paths, call.certain)


def _read(command: Command, items: Sequence[str], values: Callable[[str], Sequence[str]]) -> Call:
    fails, method, head, data = False, "", False, False
    addresses: list[str] = []
    words = list(values("alias curl")) if command.words.items[0] == "curl" and command.words.outer == "curl" else []
    rest = [*items]
    fails = any(_OPTION_IN_TEXT.search(word) for word in words)
    while rest:
        word = rest.pop(0)
        if word.startswith("--"):
            name, _, value = word.partition("=")
            fails = (fails or bool(_FAIL.match(name))) and name != "--no-fail"
            head = head or name == "--head"
            data = data or name.startswith(("--data", "--json", "--form"))
            if name == "--request" and rest:
                method = value or rest.pop(0)
            elif name in ("--upload-file",):
                method = method or "PUT"
            elif name == "--url" and (value or rest):
                addresses.append(value or rest.pop(0))
            elif name in _LONG_WITH_VALUE and not value and rest:
                rest.pop(0)
        elif word.startswith("-") and len(word) > 1:
            letters, value = _bundle(word[1:])
            fails = fails or "f" in letters
            head, data = head or "I" in letters, data or bool(set("dF") & set(letters))
            last = letters[-1]
            if last in _WITH_VALUE and not value and rest:
                value = rest.pop(0)
            if last == "X":
                method = value
            elif last == "T":
                method = method or "PUT"
            fails = fails or (last == "K")
        elif word.startswith("$"):
            known = [one for name in re.findall(r"\w+", word)[:1] for one in values(name)]
            fails = fails or any(_OPTION_IN_TEXT.search(_SUBSTITUTION.sub("", one)) for one in known)
            addresses.append(word)
        else:
            addresses.append(word)
    method = unquote(method) or ("HEAD" if head else "POST" if data else "GET")
    patterns = tuple(_path(one) for one in addresses)
    certain = any(re.search(r"\w", pattern.pattern.replace("/v2", "")) for pattern in patterns)
    asked = bool(_CODE.search(command.text)) and command.where.captured
    return Call(command, fails, asked or _is_tested(command), "" if "$" in method else method, patterns, certain)


_LONG_NAMES = """
header output write-out user user-agent data data-raw data-binary data-urlencode json form cookie cookie-jar max-time
connect-timeout retry retry-delay retry-max-time cacert cert key proxy range referer resolve dump-header config
request-target limit-rate oauth2-bearer interface unix-socket stderr trace trace-ascii
"""
_LONG_WITH_VALUE = frozenset(f"--{name}" for name in _LONG_NAMES.split())


def _bundle(letters: str) -> tuple[str, str]:
    """The options of `-sSfo FILE`, and the value that stands in the same word."""
    for index, letter in enumerate(letters):
        if letter in _WITH_VALUE:
            return letters[: index + 1], letters[index + 1 :]
    return letters, ""


def _is_tested(command: Command) -> bool:
    """Whether a condition looks at what curl prints, and not only at its status."""
    return command.where.meant and (command.where.captured or command.pipe is not None)


def _path(address: str) -> re.Pattern[str]:
    """The paths that *address*, as written, may mean; what is expanded may be anything."""
    text = _EXPANSION.sub("\0", re.sub(r"[\"']", "", address)).partition("#")[0]
    host, slash, path = re.sub(r"\A\w+://", "", text).partition("/")
    # A variable in the place of the host may hold the start of the path, too.
    whole = f"\0{slash}{path}" if "\0" in host else f"/{path}"
    return re.compile(".*".join(re.escape(part) for part in whole.split("\0")))
