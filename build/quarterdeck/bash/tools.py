"""The options of the programs that demos run: a table for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quarterdeck.bash.option_splitter import NO_OPTIONS, OptionSpec

Reading = Literal["yes", "perhaps", "no"]
"""Whether a program reads lines from the terminal; perhaps: the command alone does not tell."""


def _names(letters: str, words: str = "") -> frozenset[str]:
    """`-l` for each of *letters* and `--word` for each of *words*."""
    return frozenset([f"-{letter}" for letter in letters] + [f"--{word}" for word in words.split()])


CURL = OptionSpec(
    values=_names(
        "AbCcDdEeFHKmoPQrtTuUwxXyYz",
        """cacert cert config connect-timeout connect-to continue-at cookie cookie-jar data data-ascii data-binary
        data-raw data-urlencode dump-header form form-string header interface json key limit-rate max-filesize
        max-redirs max-time netrc-file oauth2-bearer output output-dir pass proxy proxy-user range rate referer request
        request-target resolve retry retry-delay retry-max-time stderr trace trace-ascii unix-socket upload-file url
        user user-agent variable write-out""",
    ),
    mixed=True,
)
READ = OptionSpec(values=_names("adinNptu"), mixed=True)
MAPFILE = OptionSpec(values=_names("dnOsuCc"), mixed=True)

DOCKER = OptionSpec(values=_names("Hcl", "host context config log-level connection"))
"""docker's own options, before the command."""
DOCKER_RUN = OptionSpec(
    flags=_names(
        "ditPqT",
        """detach interactive tty rm privileged init read-only publish-all quiet no-healthcheck oom-kill-disable no-TTY
        no-tty no-deps build service-ports use-aliases remove-orphans sig-proxy replace""",
    )
)
"""`docker run`, `exec`, `create` and `docker compose run`, `exec`."""
DOCKER_ATTACH = OptionSpec(values=_names("", "detach-keys"))
DOCKER_PS = OptionSpec(values=_names("fn", "filter format last"), mixed=True)
COMPOSE = OptionSpec(values=_names("fp", "file project-name profile env-file project-directory"))
KUBECTL = OptionSpec(
    flags=_names(
        "itq",
        "stdin tty rm quiet attach command privileged expose leave-stdin-open share-processes stdin-once",
    ),
    mixed=True,
)
SSH = OptionSpec(values=_names("BbcDEeFIiJLlmOoPpQRSWw"))
_SUDO = OptionSpec(values=_names("ughpCDRT", "user group host"))
SHELL = OptionSpec(values=_names("oO", "rcfile init-file"))


@dataclass(frozen=True, slots=True)
class Wrapper:
    """A program that starts the program in its operands."""

    spec: OptionSpec = NO_OPTIONS
    skip: int = 0
    """The number of operands before that program."""
    is_shell: bool = False
    """Whether it starts a shell when no program is given."""
    shell_options: frozenset[str] = frozenset()
    """Options with which it does."""
    transparent: bool = False
    """Whether its exit status is always that of the program."""


WRAPPERS = {
    **dict.fromkeys(("builtin", "command", "nohup", "time"), Wrapper(transparent=True)),
    "exec": Wrapper(OptionSpec(values=_names("a")), transparent=True),
    "env": Wrapper(OptionSpec(values=_names("uC", "unset chdir")), transparent=True),
    "nice": Wrapper(OptionSpec(values=_names("n", "adjustment")), transparent=True),
    "stdbuf": Wrapper(OptionSpec(values=_names("ioe")), transparent=True),
    **dict.fromkeys(("sudo", "doas"), Wrapper(_SUDO, shell_options=_names("is", "login shell"), transparent=True)),
    "setsid": Wrapper(),
    "timeout": Wrapper(OptionSpec(values=_names("sk", "signal kill-after")), skip=1),
    "chroot": Wrapper(skip=1, is_shell=True),
    "unshare": Wrapper(OptionSpec(values=_names("SGRw", "root wd")), is_shell=True),
    "nsenter": Wrapper(OptionSpec(values=_names("tSG", "target")), is_shell=True),
}


@dataclass(frozen=True, slots=True)
class Prompt:
    """A program with a prompt of its own."""

    most: int = 0
    """The number of operands with which it still prompts."""
    ends: frozenset[str] = frozenset()
    """Options with which it does not prompt."""
    values: frozenset[str] = frozenset()
    """Further options that take a value."""


PROMPTS = {
    "cat": Prompt(),
    "su": Prompt(1, _names("c", "command"), _names("sgGw", "shell")),
    **dict.fromkeys(("python", "python3", "ipython"), Prompt(0, _names("cm"), _names("WX"))),
    "node": Prompt(0, _names("epcv", "eval print check"), _names("r", "require")),
    **dict.fromkeys(("irb", "ghci", "lua", "bc"), Prompt(0, _names("e"))),
    "psql": Prompt(2, _names("cf", "command file"), _names("hpUdvPoL", "host port username dbname set")),
    **dict.fromkeys(("mysql", "mariadb"), Prompt(1, _names("e", "execute"), _names("hPpuDS", "host user"))),
    "redis-cli": Prompt(0, _names("xv", "scan stat latency bigkeys pipe eval rdb"), _names("hpsaurind", "user pass")),
    "sqlite3": Prompt(1),
    **dict.fromkeys(("mongo", "mongosh"), Prompt(1, _names("f", "eval file"), _names("up", "host port"))),
}

SHELLS = ("sh", "bash", "dash", "ash", "zsh", "ksh", "fish")
DOCKERS = ("docker", "podman", "nerdctl", "crictl")
COMPOSERS = ("docker-compose", "podman-compose")
KUBECTLS = ("kubectl", "oc", "k")
SLOW_STARTERS = frozenset((*DOCKERS, *COMPOSERS, *KUBECTLS, "ssh"))
"""Programs that take a while until the program that they start reads its input."""
SHELL_IMAGES = frozenset(
    ("alpine", "archlinux", "bash", "busybox", "centos", "debian", "fedora", "node", "python", "rockylinux", "ubuntu")
)
"""Images whose default command is a shell or a prompt."""
