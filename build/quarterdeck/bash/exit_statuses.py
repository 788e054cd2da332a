"""Which exit statuses mean that a command failed. For some commands, 1 is an answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from quarterdeck.bash.script import Command

_ANSWER_NAMES = """
[ [[ (( bg cmp colordiff command diff expr fg getopts hash jobs let mountpoint pgrep pidof sdiff shopt test type which
"""
_ANSWERS = frozenset(_ANSWER_NAMES.split())
"""Commands that answer a question: 1 means no."""
_SEARCHERS = frozenset({"ack", "ag", "egrep", "fgrep", "grep", "rg", "zgrep"})
_LOOKERS = _SEARCHERS | {"cat", "du", "find", "ls", "readlink", "stat", "tree"}
"""Commands that check whether something exists."""
_CLEARER_NAMES = """
clean delete destroy disconnect down kill killall logout pkill prune purge remove rm rmdir rmi stop umount unalias
uninstall unlink userdel
"""
_CLEARERS = frozenset(_CLEARER_NAMES.split())
"""Commands, or their first words, that remove what may not exist."""
_LEAVERS = frozenset({"head", "read", "true", ":"})
"""Commands that may end before the end of their input."""
_SILENCED = re.compile(r"(?:2|&)>>?\s*/dev/null|>&\s*/dev/null")
_SIGPIPE = 141


def is_failure(command: Command, status: int, after: Sequence[Command]) -> bool:
    """Whether *command* failed when it ended with *status*.

    Args:
        command: The command.
        status: 0 to 255.
        after: The later parts of its pipeline.
    """
    if status in (0, _SIGPIPE):
        return False
    words, name = command.words, command.words.name
    if name in ("break", "continue", "exit", "read", "return", "wait") and (name != "wait" or status > 126):
        return False
    is_git_diff = words.items[:1] == ("git",) and "diff" in words.items[1:4]
    if status == 1 and (name in _ANSWERS or (name == "kill" and "-0" in words.items) or is_git_diff):
        return False
    if words.outer == "timeout" or name == "timeout":
        return status not in (124, 137)
    if name in _SEARCHERS and status == 1 and _counts_or_filters(command, after):
        return False
    silenced = any(_SILENCED.search(redirect) for redirect in command.redirects)
    if silenced and (name in _LOOKERS or _CLEARERS & set(words.items[:3])):
        return False
    # Exited non-zero on a closed pipe instead of being killed by SIGPIPE.
    closed = any(_leaves_early(part) for part in after)
    return not (closed and (status == 23 if name == "curl" else name.startswith("python") and status in (1, 120)))


def _counts_or_filters(command: Command, after: Sequence[Command]) -> bool:
    """Whether no match is a valid answer."""
    long_names = ("--count", "--invert-match", "--quiet", "--silent", "--files-without-match")
    filters = command.words.has("-c", "-v", "-q", "-L", *long_names)
    return filters or any(part.words.name == "wc" for part in after)


def _leaves_early(command: Command) -> bool:
    name = command.words.name
    if name in _LEAVERS:
        return True
    if name in _SEARCHERS:
        return command.words.has("-q", "-m", "--quiet", "--max-count")
    return (name == "sed" and "q" in command.text) or (name.endswith("awk") and "exit" in command.text)
