"""Which commands start a program that reads lines from the terminal: a shell, in a container or elsewhere, a prompt.

`docker run -it alpine sh` does, `docker run -it alpine echo hi` does not, and of `docker run -it IMAGE` nobody can say
without the image. Options are read as each program reads them, as far as that tells where its own words end and
those of the program that it starts begin.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Literal, NamedTuple

Reading = Literal["yes", "perhaps", "no"]
"""Whether a program reads lines; perhaps: it depends on what cannot be seen in the command."""

_ASSIGNMENT = re.compile(r"\w+=")
_SHELL_IMAGES = frozenset(
    ("alpine", "archlinux", "bash", "busybox", "centos", "debian", "fedora", "node", "python", "rockylinux", "ubuntu")
)
"""Images whose default command is a shell or a prompt."""

_RUN_FLAGS = frozenset(
    ("-d", "-i", "-t", "-P", "-q", "-T", "--detach", "--interactive", "--tty", "--rm", "--privileged", "--init",
     "--read-only", "--publish-all", "--quiet", "--no-healthcheck", "--oom-kill-disable", "--no-TTY", "--no-tty",
     "--no-deps", "--build", "--service-ports", "--use-aliases", "--remove-orphans", "--sig-proxy", "--replace")
)  # fmt: skip
"""Options of `docker run`, `docker exec` and their like that take no value; all others do."""

_KUBECTL_FLAGS = frozenset(
    ("-i", "-t", "-q", "--stdin", "--tty", "--rm", "--quiet", "--attach", "--command", "--privileged", "--expose",
     "--leave-stdin-open", "--share-processes", "--stdin-once")
)  # fmt: skip


class Words(NamedTuple):
    """The words after a program's name."""

    options: dict[str, str]
    """By name, as written, with the value; empty where there is none."""
    others: list[str]

    def has(self, *names: str) -> bool:
        return any(self.options.get(name, "false") != "false" for name in names)


def reads_lines(words: Sequence[str]) -> Reading:
    """Whether the simple command *words*, without quotes and redirections, waits for lines from the terminal."""
    rest = list(words)
    while rest and _ASSIGNMENT.match(rest[0]):
        rest.pop(0)
    if not rest:
        return "no"
    program = _PROGRAMS.get(rest[0].rpartition("/")[2])
    return program(rest[1:]) if program else "no"


def sort_words(
    args: Sequence[str], *, values: Collection[str] = (), flags: Collection[str] | None = None, mixed: bool = False
) -> Words:
    """Tell options from other words; with *mixed* also behind the first of those, up to `--`.

    Options in *values* take a value or, where *flags* is given, all that are not in it.
    """
    options: dict[str, str] = {}
    others: list[str] = []
    rest = list(args)

    def takes_value(name: str) -> bool:
        return name not in flags if flags is not None else name in values

    while rest:
        word = rest.pop(0)
        if word == "--":
            return Words(options, others + rest)
        if not word.startswith("-") or word == "-":
            others.append(word)
            if not mixed:
                return Words(options, others + rest)
        elif word.startswith("--"):
            name, equals, value = word.partition("=")
            options[name] = value if equals else (rest.pop(0) if takes_value(name) and rest else "true")
        else:
            for index, letter in enumerate(word[1:], 2):
                name = f"-{letter}"
                if takes_value(name):
                    options[name] = word[index:] or (rest.pop(0) if rest else "")
                    break
                options[name] = "true"
    return Words(options, others)


def _wrapper(args: Sequence[str], *, values: Collection[str] = (), skip: int = 0, alone: Reading = "no") -> Reading:
    """A program that starts the one in its further words, *skip* words of its own aside."""
    others = sort_words(args, values=values).others[skip:]
    return reads_lines(others) if others else alone


def _shell(args: Sequence[str]) -> Reading:
    words = sort_words(args, values=("-o", "-O", "--rcfile", "--init-file"))
    if words.has("-c", "--command", "--version", "--help"):
        return "no"
    return "yes" if not words.others or words.has("-s") else "no"


def _prompt(args: Sequence[str], *, most: int = 0, ends: Collection[str] = (), values: Collection[str] = ()) -> Reading:
    """A program with a prompt of its own, unless it has more than *most* words or one of the options *ends*."""
    words = sort_words(args, values={*values, *ends}, mixed=True)
    if words.has("--version", "--help", "-V", *ends):
        return "no"
    return "yes" if len([word for word in words.others if word != "-"]) <= most else "no"


def _ssh(args: Sequence[str]) -> Reading:
    words = sort_words(args, values=[f"-{letter}" for letter in "BbcDEeFIiJLlmOoPpQRSWw"])
    if words.has("-N", "-f", "-G", "-V", "-Q", "-O") or not words.others:
        return "no"
    command = " ".join(words.others[1:]).split()
    return reads_lines(command) if command else "yes"


def _sudo(args: Sequence[str]) -> Reading:
    words = sort_words(args, values=("-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "--user", "--group", "--host"))
    if words.others:
        return reads_lines(words.others)
    return "yes" if words.has("-i", "-s", "--login", "--shell") else "no"


def _docker(args: Sequence[str]) -> Reading:
    words = sort_words(
        args, values=("-H", "-c", "-l", "--host", "--context", "--config", "--log-level", "--connection")
    )
    verb, *rest = words.others or [""]
    if verb == "container" and rest:
        verb, *rest = rest
    if verb == "compose":
        return _compose(rest)
    if verb in ("attach", "start"):
        started = sort_words(rest, values=("--detach-keys",))
        return "perhaps" if verb == "attach" or started.has("-i", "--interactive") else "no"
    own = sort_words(rest, flags=_RUN_FLAGS)
    if verb not in ("run", "exec", "create") or own.has("-d", "--detach") or not own.has("-i", "--interactive"):
        return "no"
    return _contained(own, verb == "run")


def _compose(args: Sequence[str]) -> Reading:
    values = ("-f", "-p", "--file", "--project-name", "--profile", "--env-file", "--project-directory")
    verb, *rest = sort_words(args, values=values).others or [""]
    own = sort_words(rest, flags=_RUN_FLAGS)
    if verb not in ("run", "exec") or own.has("-d", "--detach"):
        return "no"
    return _contained(own, False) if len(own.others) > 1 else "perhaps"


def _contained(own: Words, by_image: bool) -> Reading:
    """What runs in the container that the first word names, which is an image or a container."""
    if not own.others:
        return "no"
    command = [*([own.options["--entrypoint"]] if own.options.get("--entrypoint") else []), *own.others[1:]]
    if command:
        return reads_lines(command)
    return _of_image(own.others[0]) if by_image else "no"


def _of_image(image: str) -> Reading:
    name = image.rpartition("/")[2].partition("@")[0].partition(":")[0]
    return "yes" if name in _SHELL_IMAGES else "perhaps"


def _kubectl(args: Sequence[str]) -> Reading:
    own = list(args)
    command = None
    if "--" in own:
        command = own[own.index("--") + 1 :]
        own = own[: own.index("--")]
    words = sort_words(own, flags=_KUBECTL_FLAGS, mixed=True)
    verb, *rest = words.others or [""]
    if verb not in ("exec", "run", "debug", "attach") or not words.has("-i", "--stdin"):
        return "no"
    if command is None:
        command = rest[1:]
    if command:
        return reads_lines(command)
    return _of_image(words.options.get("--image", "")) if verb in ("run", "debug") else "perhaps"


def _ip(args: Sequence[str]) -> Reading:
    return reads_lines(args[3:]) if list(args[:2]) == ["netns", "exec"] else "no"


_Program = Callable[[Sequence[str]], Reading]

_PROGRAMS: dict[str, _Program] = {
    **dict.fromkeys(("sh", "bash", "dash", "ash", "zsh", "ksh", "fish"), _shell),
    **dict.fromkeys(("docker", "podman", "nerdctl", "crictl"), _docker),
    **dict.fromkeys(("docker-compose", "podman-compose"), _compose),
    **dict.fromkeys(("kubectl", "oc", "k"), _kubectl),
    **dict.fromkeys(("sudo", "doas"), _sudo),
    **dict.fromkeys(("command", "time", "nohup", "setsid", "builtin"), _wrapper),
    "exec": partial(_wrapper, values=("-a",)),
    "env": partial(_wrapper, values=("-u", "-C", "--unset", "--chdir")),
    "nice": partial(_wrapper, values=("-n", "--adjustment")),
    "stdbuf": partial(_wrapper, values=("-i", "-o", "-e")),
    "timeout": partial(_wrapper, values=("-s", "-k", "--signal", "--kill-after"), skip=1),
    "chroot": partial(_wrapper, skip=1, alone="yes"),
    "unshare": partial(_wrapper, values=("-S", "-G", "-R", "-w", "--root", "--wd"), alone="yes"),
    "nsenter": partial(_wrapper, values=("-t", "-S", "-G", "--target"), alone="yes"),
    "ip": _ip,
    "ssh": _ssh,
    "su": partial(_prompt, most=1, ends=("-c", "--command"), values=("-s", "-g", "-G", "-w", "--shell")),
    "cat": partial(_prompt),
    **dict.fromkeys(("python", "python3", "ipython"), partial(_prompt, ends=("-c", "-m"), values=("-W", "-X"))),
    "node": partial(_prompt, ends=("-e", "-p", "-c", "-v", "--eval", "--print", "--check"), values=("-r", "--require")),
    **dict.fromkeys(("irb", "ghci", "lua", "bc"), partial(_prompt, ends=("-e",))),
    "psql": partial(
        _prompt,
        most=2,
        ends=("-c", "-f", "--command", "--file"),
        values=("-h", "-p", "-U", "-d", "-v", "-P", "-o", "-L", "--host", "--port", "--username", "--dbname", "--set"),
    ),
    **dict.fromkeys(
        ("mysql", "mariadb"),
        partial(
            _prompt, most=1, ends=("-e", "--execute"), values=("-h", "-P", "-p", "-u", "-D", "-S", "--host", "--user")
        ),
    ),
    "redis-cli": partial(
        _prompt,
        ends=("-x", "-v", "--scan", "--stat", "--latency", "--bigkeys", "--pipe", "--eval", "--rdb"),
        values=("-h", "-p", "-s", "-a", "-u", "-r", "-i", "-n", "-d", "--user", "--pass"),
    ),
    "sqlite3": partial(_prompt, most=1),
    **dict.fromkeys(
        ("mongo", "mongosh"),
        partial(_prompt, most=1, ends=("--eval", "-f", "--file"), values=("-u", "-p", "--host", "--port")),
    ),
}
"""How the words after a program's name are read."""
