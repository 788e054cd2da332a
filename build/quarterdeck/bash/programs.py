"""Which commands start a program that reads lines from the terminal: a shell, in a container or elsewhere, a prompt.

`docker run -it alpine sh` does, `docker run -it alpine echo hi` does not; `docker run -it IMAGE` depends on the image.
Options are parsed as far as needed to find the command that a program starts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from quarterdeck.bash import tools
from quarterdeck.bash.option_splitter import OptionSpec, SplitWords, split_options
from quarterdeck.bash.script import ASSIGNMENT, Words
from quarterdeck.bash.tools import Prompt, Reading, Wrapper


def reads_lines(words: Words) -> Reading:
    """Whether the command *words* reads lines from the terminal."""
    return _reads_lines(words.typed)


def docker_command(words: Words) -> tuple[str, tuple[str, ...]]:
    """The command of a call of docker and the words after it: `run` for `docker --context x container run …`.

    Empty for other programs.
    """
    return _docker_command(words.items[1:]) if words.name in tools.DOCKERS else ("", ())


def _reads_lines(words: Sequence[str]) -> Reading:
    rest = list(words)
    while rest and ASSIGNMENT.match(rest[0]):
        rest.pop(0)
    if not rest:
        return "no"
    program = _PROGRAMS.get(rest[0].rpartition("/")[2])
    return program(rest[1:]) if program else "no"


def _wrapper(wrapper: Wrapper, words: Sequence[str]) -> Reading:
    split = split_options(words, wrapper.spec)
    if operands := split.operands[wrapper.skip :]:
        return _reads_lines(operands)
    return "yes" if wrapper.is_shell or split.has(*wrapper.shell_options) else "no"


def _prompt(prompt: Prompt, words: Sequence[str]) -> Reading:
    split = split_options(words, OptionSpec(values=prompt.values | prompt.ends, mixed=True))
    if split.has("--version", "--help", "-V", *prompt.ends):
        return "no"
    return "yes" if len([word for word in split.operands if word != "-"]) <= prompt.most else "no"


def _shell(words: Sequence[str]) -> Reading:
    split = split_options(words, tools.SHELL)
    if split.has("-c", "--command", "--version", "--help"):
        return "no"
    return "yes" if not split.operands or split.has("-s") else "no"


def _ssh(words: Sequence[str]) -> Reading:
    split = split_options(words, tools.SSH)
    if split.has("-N", "-f", "-G", "-V", "-Q", "-O") or not split.operands:
        return "no"
    command = " ".join(split.operands[1:]).split()
    return _reads_lines(command) if command else "yes"


def _docker_command(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    command, *rest = split_options(words, tools.DOCKER).operands or ("",)
    if command == "container" and rest:
        command, *rest = rest
    return command, tuple(rest)


def _docker(words: Sequence[str]) -> Reading:
    command, rest = _docker_command(words)
    if command == "compose":
        return _compose(rest)
    if command in ("attach", "start"):
        interactive = split_options(rest, tools.DOCKER_ATTACH).has("-i", "--interactive")
        return "perhaps" if command == "attach" or interactive else "no"
    split = split_options(rest, tools.DOCKER_RUN)
    if command not in ("run", "exec", "create") or split.has("-d", "--detach") or not split.has("-i", "--interactive"):
        return "no"
    return _contained(split, by_image=command == "run")


def _compose(words: Sequence[str]) -> Reading:
    command, *rest = split_options(words, tools.COMPOSE).operands or ("",)
    split = split_options(rest, tools.DOCKER_RUN)
    if command not in ("run", "exec") or split.has("-d", "--detach"):
        return "no"
    return _contained(split, by_image=False) if len(split.operands) > 1 else "perhaps"


def _contained(split: SplitWords, *, by_image: bool) -> Reading:
    """What runs in the container of the first operand, which is an image or a container."""
    if not split.operands:
        return "no"
    command = [*filter(None, split.values("--entrypoint")[-1:]), *split.operands[1:]]
    if command:
        return _reads_lines(command)
    return _of_image(split.operands[0]) if by_image else "no"


def _of_image(image: str) -> Reading:
    name = image.rpartition("/")[2].partition("@")[0].partition(":")[0]
    return "yes" if name in tools.SHELL_IMAGES else "perhaps"


def _kubectl(words: Sequence[str]) -> Reading:
    options, command = list(words), None
    if "--" in options:
        end = options.index("--")
        options, command = options[:end], options[end + 1 :]
    split = split_options(options, tools.KUBECTL)
    verb, *rest = split.operands or ("",)
    if verb not in ("exec", "run", "debug", "attach") or not split.has("-i", "--stdin"):
        return "no"
    if command is None:
        command = rest[1:]
    if command:
        return _reads_lines(command)
    return _of_image("".join(split.values("--image")[-1:])) if verb in ("run", "debug") else "perhaps"


def _ip(words: Sequence[str]) -> Reading:
    return _reads_lines(words[3:]) if list(words[:2]) == ["netns", "exec"] else "no"


_PROGRAMS: dict[str, Callable[[Sequence[str]], Reading]] = {
    **{name: partial(_wrapper, wrapper) for name, wrapper in tools.WRAPPERS.items()},
    **{name: partial(_prompt, prompt) for name, prompt in tools.PROMPTS.items()},
    **dict.fromkeys(tools.SHELLS, _shell),
    **dict.fromkeys(tools.DOCKERS, _docker),
    **dict.fromkeys(tools.COMPOSERS, _compose),
    **dict.fromkeys(tools.KUBECTLS, _kubectl),
    "ip": _ip,
    "ssh": _ssh,
}
"""Whether a program reads lines, by its name and the words after it."""
