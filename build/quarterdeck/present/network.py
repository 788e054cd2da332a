"""Whether this machine is connected to a network."""

from __future__ import annotations

import socket

_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
"""Addresses for documentation (RFC 5737, RFC 3849)."""


def has_network() -> bool:
    """Whether there is a route to other machines. Sends nothing: connecting a UDP socket only looks for the route."""
    return any(_has_route(family, address) for family, address in _ELSEWHERE)


def _has_route(family: socket.AddressFamily, address: str) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
    except OSError:
        return False
    return True
