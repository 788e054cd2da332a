"""What a process that builds again and again keeps: sources that it has split, and slides that it has linked.

Only what depends on nothing but its key is kept: no markers, whose demos may change, and no addresses of files.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from quarterdeck.deck.html.addresses import Link


class LastBuild:
    """Values by key, of which those are kept that the last build has used."""

    def __init__(self) -> None:
        self._before: dict[Hashable, Any] = {}
        self._now: dict[Hashable, Any] = {}

    def start(self) -> None:
        """Begin a build."""
        self._before, self._now = self._now, {}

    def get(self, key: Hashable) -> Any:
        """The value of *key*; None if there is none."""
        value = self._now.get(key)
        if value is None and (value := self._before.get(key)) is not None:
            self._now[key] = value
        return value

    def put(self, key: Hashable, value: Any) -> None:
        """Keep *value* for this build and the next one."""
        self._now[key] = value


class SlideMemory:
    """What `SlideMaker` keeps."""

    def __init__(self) -> None:
        self.parsed = LastBuild()
        self.finished = LastBuild()

    def start(self) -> None:
        """Begin a build."""
        self.parsed.start()
        self.finished.start()


class NotingLink:
    """Notes whether a link is used: then what is linked depends on files, or on what was reported before."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.used = False
        document = link.find_document
        self.link = Link(self._find, self._refuse, self._warn, self._find_document if document else None)

    def _find(self, url: str) -> str:
        self.used = True
        return self._link.find(url)

    def _refuse(self, url: str) -> None:
        self.used = True
        self._link.refuse(url)

    def _warn(self, word: str, what: str, hint: str, *, once: bool = False) -> None:
        self.used = True
        self._link.warn(word, what, hint, once=once)

    def _find_document(self, url: str) -> str:
        self.used = True
        assert self._link.find_document is not None
        return self._link.find_document(url)
