"""Regular expressions in JavaScript's syntax."""

from __future__ import annotations

import re


def python_regex(pattern: str, flags: int = re.MULTILINE) -> re.Pattern[str]:
    """*pattern*, in JavaScript's syntax, for text with LF line ends.

    Raises:
        re.error: The pattern is invalid, or Python has no equivalent.
    """
    translated = re.sub(r"\\r(?![?*])", r"\\r?", pattern)
    translated = re.sub(r"\(\?<(?![=!])", "(?P<", translated)
    translated = translated.replace("[^]", r"[\s\S]").replace(r"\/", "/")
    return re.compile(translated, flags)
