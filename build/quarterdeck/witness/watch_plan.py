"""What to watch while a step runs: as little as its script requires, and nothing that the script could notice."""

from __future__ import annotations

import re
from dataclasses import dataclass

from quarterdeck.bash.parse import parse_script
from quarterdeck.bash.script import Command, Script
from quarterdeck.witness.evidence import SessionHistory

_LOCAL_NAMES = """
: [ [[ (( ( alias awk base64 basename break builtin cat cd chmod chown clear cmp column command continue cp cut date
declare df diff dirname du echo env export false file find gawk grep gunzip gzip hash head hexdump hostname id jobs
jq kill let ln local ls mapfile mkdir mktemp mv nl od paste popd printf ps pushd pwd read readarray readlink readonly
realpath return rm rmdir sed seq set sha256sum shift shopt sleep sort stat stty tac tail tar tee test touch tput tr
trap tree true type typeset umask uname uniq unset wait wc which xxd zcat
"""
_LOCAL = frozenset(_LOCAL_NAMES.split())
"""Commands that never talk to a registry."""

_SURE_NAMES = """
: [ [[ (( alias basename break builtin continue declare dirname echo export hostname id let local mktemp nproc
printf pwd readonly return set shift shopt tput true typeset uname unset whoami
"""
_SURE = frozenset(_SURE_NAMES.split())
"""Commands that do not fail, or whose failure is irrelevant."""

_SURE_WITH = {"date": re.compile(r"-u\Z|\+"), "seq": re.compile(r"-?\d+\Z|-[sw]")}
"""Commands that do not fail with these words."""

_NOWHERE = re.compile(r"&\d\s*\Z|/dev/null\s*\Z|<<<")
"""Redirections that do not fail."""

_PLAIN = re.compile(
    r"""(?: \s* (?: [A-Za-z_]\w*=(?: [\w./:-] | \$\(\([^()`]*\)\) )+ [ ]*
            | (?:echo|true|pwd)\b [^;|&<>()`\n\\#]* | date (?:[ ]\+[\w%:-]+)? )
        [;\n] )+ \s* \Z""",
    re.VERBOSE,
)
"""Steps in which nothing can fail silently: parsing them would cost more than running them."""

_TRAPS = frozenset({"DEBUG", "ERR", "RETURN"})
_SHOWS_FLAGS = re.compile(r"\$\{?-|SHELLOPTS")


@dataclass(frozen=True, slots=True)
class WatchPlan:
    """What `scripts/session.bash` and the witnesses watch during a step."""

    text: str
    """The step's script."""
    watch: str
    """`-`, `v`, `e`, `p` or `d`, the last three with or without `x`; see `scripts/session.bash`."""
    variables: tuple[str, ...]
    """The variables to check after the step."""
    asks: bool
    """Whether the step may send requests to the registry."""

    @property
    def line(self) -> str:
        """The words for `scripts/session.bash`."""
        return " ".join([self.watch, *self.variables])


def make_watch_plan(text: str, history: SessionHistory) -> WatchPlan:
    """The plan for a step whose script is *text*, which is added to *history*."""
    history.texts.append(text)
    if _PLAIN.match(text):
        return WatchPlan(text, "-", (), asks=False)
    script = parse_script(text)
    commands = script.commands
    history.background += [command for command in commands if command.where.background]
    if script.functions:
        history.with_functions.append(script)
    history.traced |= "BASH_XTRACEFD" in text or any(map(_traces, commands))
    history.own_traps |= "BASH_XTRACEFD" in text or any(map(_owns_traps, commands))
    variables = _variables(script, history)
    watch = _watch(script, history)
    if watch == "-" and variables:
        watch = "v"
    elif watch in ("e", "p", "d") and history.traced:
        watch += "x"
    asks = "/dev/tcp" in text or any(command.words.name not in _LOCAL for command in commands if command.words.name)
    return WatchPlan(text, watch, variables, asks)


def _watch(script: Script, history: SessionHistory) -> str:
    unknown = any(command.words.name in ("eval", "source", ".", "enable") for command in script.commands)
    if history.own_traps or unknown:
        return "-"
    commands = [command for command in script.commands if not (command.where.meant or command.where.function)]
    pipes = [pipe for pipe in script.pipes if not (pipe.where.meant or pipe.where.function)]
    hidden = any(pipe.where.depth for pipe in pipes) or any(map(_hides, commands))
    if hidden and script.sound and not _shows_flags(script):
        return "d"
    if any(pipe.where.depth == 0 for pipe in pipes) and script.sound:
        return "p"
    return "e" if any(not command.where.last and not _is_sure(command) for command in commands) else "-"


def _hides(command: Command) -> bool:
    """Whether a failure of the command is invisible outside of its shell."""
    where = command.where
    return where.depth > 0 and (where.lost or not where.last) and not _is_sure(command)


def _is_sure(command: Command) -> bool:
    name, items = command.words.name, command.words.items
    if any(re.match(r"(?:\d|&)?[<>]", text) and not _NOWHERE.search(text) for text in command.redirects):
        return False
    if name in _SURE_WITH:
        return all(_SURE_WITH[name].match(word) for word in items[1:])
    return name in _SURE or (not name and "$(" not in command.text and "`" not in command.text)


def _variables(script: Script, history: SessionHistory) -> tuple[str, ...]:
    outside = (assignment for assignment in script.assignments if assignment.by.where.function is None)
    names = [assignment.name for assignment in outside if not assignment.is_literal]
    called = {name for command in script.commands for name in (command.words.name, command.words.outer)}
    for defining in history.with_functions:
        names += [assignment.name for assignment in defining.assignments if assignment.by.where.function in called]
    return tuple(dict.fromkeys(names))


def _traces(command: Command) -> bool:
    return command.words.name == "set" and (command.words.has("-x") or "xtrace" in command.words.items)


def _owns_traps(command: Command) -> bool:
    """Whether the command sets a trap that watching uses, or changes how traps behave."""
    items, name = command.words.items, command.words.name
    if name == "trap":
        return len(items) < 3 or items[1] in ("-p", "-l") or any(word in _TRAPS or "$" in word for word in items[2:])
    if name == "set":
        return command.words.has("-T", "-E", "-v") or bool({"functrace", "errtrace", "verbose"} & set(items))
    return name == "shopt" and "extdebug" in items


def _shows_flags(script: Script) -> bool:
    listing = any(command.words.items in (("set",), ("set", "-o"), ("set", "+o")) for command in script.commands)
    return listing or bool(_SHOWS_FLAGS.search(script.text))
