"""What is to be watched while a step runs: as little as its code asks for, and nothing that its code could notice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from quarterdeck.bash.code import Code, Command, is_literal
from quarterdeck.bash.parse import read_code

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
"""Commands that do not fail, or whose failing means nothing."""

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
"""Steps of which nothing can fail unseen: reading them by the grammar would cost more than running them."""

_TRAPS = frozenset({"DEBUG", "ERR", "RETURN"})
_SHOWS_FLAGS = re.compile(r"\$\{?-|SHELLOPTS")


@dataclass(frozen=True, slots=True)
class Plan:
    """What `scripts/session.bash` is told about a step, and what its witnesses start from."""

    text: str
    """The step's script."""
    watch: str
    """`-`, `v`, `e`, `p` or `d`, the latter three maybe with `x`."""
    variables: tuple[str, ...]
    """Names to look at after the step."""
    asks: bool
    """Whether it could have asked the registry for something."""

    @property
    def code(self) -> Code:
        """What the grammar says of it."""
        return read_code(self.text)

    @property
    def line(self) -> str:
        """The words for the session's script."""
        return " ".join([self.watch, *self.variables])


@dataclass(slots=True)
class Past:
    """What earlier steps of a session left behind."""

    texts: list[str] = field(default_factory=list)
    """The scripts of all of them, of the one that runs too."""
    with_functions: list[Code] = field(default_factory=list)
    """Those that define functions."""
    background: list[Command] = field(default_factory=list)
    """What may still run."""
    traced: bool = False
    """Whether `set -x` may be on."""
    own_traps: bool = False
    """Whether the demo uses what watching would take away from it."""

    @property
    def codes(self) -> list[Code]:
        """What the grammar says of all of them."""
        return [read_code(text) for text in self.texts]

    def function(self, name: str) -> Iterator[Command]:
        """The commands of the function, or of the alias, of that name."""
        for code in self.with_functions:
            yield from (one for one in code.commands if one.where.function == name)
        yield from self.alias(name)

    def alias(self, name: str) -> Iterator[Command]:
        """The commands of the alias of that name."""
        for code in self.codes:
            for command in code.commands:
                if command.words.name == "alias" and command.words.items[1:2]:
                    for word in command.words.items[1:]:
                        known, sign, value = word.partition("=")
                        if sign and known == name:
                            yield from read_code(value.strip("'\"")).commands


def make_plan(text: str, past: Past) -> Plan:
    """The plan for a step whose script is *text*; *past* takes the step in."""
    past.texts.append(text)
    if _PLAIN.match(text):
        return Plan(text, "-", (), asks=False)
    code = read_code(text)
    past.background += [one for one in code.commands if one.where.background]
    if code.functions:
        past.with_functions.append(code)
    past.traced = past.traced or any(_traces(one) for one in code.commands) or "BASH_XTRACEFD" in text
    past.own_traps = past.own_traps or "BASH_XTRACEFD" in text or any(_owns_traps(one) for one in code.commands)
    variables = _variables(code, past)
    watch = _watch(code, past)
    if watch == "-" and variables:
        watch = "v"
    elif watch in ("e", "p", "d") and past.traced:
        watch += "x"
    asks = "/dev/tcp" in text or any(one.words.name and one.words.name not in _LOCAL for one in code.commands)
    return Plan(text, watch, variables, asks)


def _watch(code: Code, past: Past) -> str:
    unknown = any(one.words.name in ("eval", "source", ".", "enable") for one in code.commands)
    if past.own_traps or unknown:
        return "-"
    commands = [one for one in code.commands if not one.where.meant and one.where.function is None]
    pipes = [one for one in code.pipes if not one.where.meant and one.where.function is None]
    hidden = any(one.where.depth for one in pipes) or any(_hides(one) for one in commands)
    if hidden and code.sound and not _shows_flags(code):
        return "d"
    if any(one.where.depth == 0 for one in pipes) and code.sound:
        return "p"
    return "e" if any(not one.where.last and not _is_sure(one) for one in commands) else "-"


def _hides(command: Command) -> bool:
    """Whether nothing outside of the command's own shell would show that it failed."""
    where = command.where
    return where.depth > 0 and (where.lost or not where.last) and not _is_sure(command)


def _is_sure(command: Command) -> bool:
    name, items = command.words.name, command.words.items
    if any(re.match(r"(?:\d|&)?[<>]", one) and not _NOWHERE.search(one) for one in command.redirects):
        return False
    if name in _SURE_WITH:
        return all(_SURE_WITH[name].match(one) for one in items[1:])
    return name in _SURE or (not name and "$(" not in command.text and "`" not in command.text)


def _variables(code: Code, past: Past) -> tuple[str, ...]:
    names = [one.name for one in code.assignments if one.by.where.function is None and not is_literal(one)]
    for defining in past.with_functions:
        for one in defining.assignments:
            if one.by.where.function and code.called(one.by.where.function):
                names.append(one.name)
    return tuple(dict.fromkeys(names))


def _traces(command: Command) -> bool:
    return command.words.name == "set" and (command.words.has_option("x") or "xtrace" in command.words.items)


def _owns_traps(command: Command) -> bool:
    """Whether it sets a trap that we would take, or makes traps behave otherwise."""
    items, name = command.words.items, command.words.name
    if name == "trap":
        return len(items) < 3 or items[1] in ("-p", "-l") or any(one in _TRAPS or "$" in one for one in items[2:])
    if name == "set":
        return command.words.has_option("TEv") or bool({"functrace", "errtrace", "verbose"} & set(items))
    return name == "shopt" and "extdebug" in items


def _shows_flags(code: Code) -> bool:
    listing = any(one.words.items in (("set",), ("set", "-o"), ("set", "+o")) for one in code.commands)
    return listing or bool(_SHOWS_FLAGS.search(code.text))
