"""The kinds of secrets that are recognised by how they begin.

No entropy: digests, commit ids and layer ids look as random as secrets, and are what demos show.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

_MIDDLE = re.compile(r"(?<!\\)(?<!%[0-9A-Fa-f])[A-Za-z0-9]\Z")
"""The end of a word that may continue: not `\\n` in JSON, not `%3A` in an address."""


@dataclass(frozen=True, slots=True)
class SecretKind:
    """How secrets of one kind look. Regular expressions have the flag ASCII."""

    needle: str
    """What each of them begins with; a plain text, to be looked for first."""
    prefix: str
    """A regular expression: the beginning, which need not be hidden."""
    rest: str
    """A regular expression: one character of what follows, which is the secret."""
    length: int | None = None
    """How many characters follow; otherwise it is something else: `npm_config_cache`, `ASIAN`. None: any number."""
    stays: str = ""
    """Characters of `rest` that are not hidden."""
    beginning: re.Pattern[str] = field(init=False, repr=False, compare=False)
    """`prefix`, compiled. It may match within a word: see `is_within_word`."""
    _run: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "beginning", re.compile(self.prefix, re.ASCII))
        object.__setattr__(self, "_run", re.compile(rf"(?:{self.rest})*+", re.ASCII))

    def end_of_secret(self, text: str, start: int) -> int:
        """Where what follows a prefix ends, if it continues at *start*."""
        run = self._run.match(text, start)
        return run.end() if run else start

    def hidden_parts(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """What is to be hidden of what follows a prefix from *start* to *end*."""
        if not self.stays:
            return [(start, end)]
        return [part.span() for part in re.compile(f"[^{self.stays}]+").finditer(text, start, end)]


def is_within_word(text: str, start: int) -> bool:
    """Whether the character at *start* continues a word, so that no secret begins there."""
    return start > 0 and text[start].isalnum() and _MIDDLE.search(text, max(0, start - 3), start) is not None


_WORD, _URL = "[A-Za-z0-9]", r"[\w-]"
JWT_HEADER = rf"eyJ(?:(?<!{_URL}eyJ)|(?<=\\[a-z]eyJ)|(?<=%[0-9A-Fa-f]{{2}}eyJ)){_URL}*+"
"""The first part of a JSON web token. It begins behind no other of its characters: each run is read once."""
_ARMOUR = "(?:RSA |EC |DSA |OPENSSH |ENCRYPTED (?:SIGSTORE |COSIGN )?|PGP )?"

SECRET_KINDS: Mapping[str, SecretKind] = {
    "github": SecretKind("gh", "gh[pousr]_", r"\w"),
    "github-fine-grained": SecretKind("github_pat_", "github_pat_", r"\w"),
    "gitlab": SecretKind("gl", "gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-", r"[\w.-]"),
    "slack": SecretKind("xox", "xox[abeoprs]-", _URL),
    "slack-app": SecretKind("xapp-", "xapp-", _URL),
    "aws": SecretKind("AKIA", "AKIA", "[A-Z0-9]", 16),
    "aws-temporary": SecretKind("ASIA", "ASIA", "[A-Z0-9]", 16),
    "google": SecretKind("AIza", "AIza", _URL),
    "docker": SecretKind("dckr_", "dckr_[po]at_", _URL),
    "npm": SecretKind("npm_", "npm_", _WORD, 36),
    "pypi": SecretKind("pypi-AgE", "pypi-AgE", _URL),
    "huggingface": SecretKind("hf_", "hf_", _WORD, 34),
    "anthropic": SecretKind("sk-ant-", "sk-ant-", _URL),
    "openai": SecretKind("sk-", "sk-(?:proj|svcacct|admin)-", _URL),
    "stripe": SecretKind("sk_live_", "sk_live_", _WORD),
    "stripe-restricted": SecretKind("rk_live_", "rk_live_", _WORD),
    # RFC 7519: the header is no secret, and other base64 of JSON is no token
    "jwt": SecretKind("eyJ", rf"{JWT_HEADER}\.eyJ", r"[\w.-]"),
    "age": SecretKind("AGE-SECRET-KEY-1", "AGE-SECRET-KEY-1", "[A-Z0-9]"),
    # RFC 7468, with the headers of RFC 1421, and with `\n` for line feeds in JSON. It ends with the fifth of
    # five hyphens, which are where the END line begins
    "private-key": SecretKind(
        "-----BEGIN ",
        rf"-----BEGIN {_ARMOUR}PRIVATE KEY(?: BLOCK)?-----",
        r"[A-Za-z0-9+/=\\\s:,.()]|-(?<!-----)",
        stays="-",
    ),
}
"""Name to kind."""
