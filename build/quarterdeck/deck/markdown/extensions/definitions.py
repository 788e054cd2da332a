"""Definition lists: a term on a line of its own, then each definition after `: `."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from mdit_py_plugins.deflist import deflist_plugin


def plugin(md: MarkdownIt) -> None:
    """Let *md* read definition lists."""
    deflist_plugin(md)
    rule = next(rule for rule in md.block.ruler.__rules__ if rule.name == "deflist")
    read = rule.fn

    def only_colons(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        """Reject `~ `, which the plugin accepts as a marker too."""
        line = start if silent else start + 1
        if not silent and line < end and state.isEmpty(line):
            line += 1
        marked = line < end and state.src.startswith(":", state.bMarks[line] + state.tShift[line])
        return marked and bool(read(state, start, end, silent))

    rule.fn = only_colons
