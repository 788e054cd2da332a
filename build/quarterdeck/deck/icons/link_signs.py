"""The signs of links without words: `[](https://github.com/x)` on a slide.

Many decks show something there by a style of their own, and such a link looks as it did. It only says which sign it
could have: where nothing is to be seen, `deck.js` shows that one.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from quarterdeck.deck.icons.icon_sets import BRANDS, LUCIDE, Icon, find_icon

_INSIDE, _AWAY, _MAIL = (LUCIDE, "link"), (LUCIDE, "external-link"), (LUCIDE, "mail")
_HOSTS = {
    "bsky.app": "bluesky",
    "docker.com": "docker",
    "github.com": "github",
    "github.io": "github",
    "gitlab.com": "gitlab",
    "linkedin.com": "linkedin",
    "meetup.com": "meetup",
    "slideshare.net": "slideshare",
    "stackoverflow.com": "stack-overflow",
    "twitter.com": "x-twitter",
    "wikipedia.org": "wikipedia-w",
    "x.com": "x-twitter",
    "youtu.be": "youtube",
    "youtube.com": "youtube",
}
"""Hosts to their signs among the brands; those below them have the same one."""


def sign_of(address: str) -> Icon | None:
    """The icon that stands for what is at *address*; None for none."""
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme == "mailto":
        return find_icon(*_MAIL)
    if not host:
        return find_icon(*_INSIDE)
    labels = host.split(".")
    known = (_HOSTS.get(".".join(labels[at:])) for at in range(len(labels)))
    name = next((name for name in known if name), None)
    return find_icon(BRANDS, name) if name else find_icon(*_AWAY)
