"""The user's Docker engines, local or remote: everything goes through their API."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quarterdeck.base.errors import StageError

if TYPE_CHECKING:
    from docker import DockerClient

LABEL = "quarterdeck"
"""The label of everything that we start or build; nothing without it is ever touched."""

RUN_LABEL = "quarterdeck.run"
"""The label of containers that names the run they belong to."""

_API_VERSIONS: dict[str | None, str] = {}
"""By `DOCKER_HOST`, the version of its API that an engine has named: asking costs more than everything else here."""

READ_TIMEOUT_S = 900
"""Read timeout in seconds; generous, because a `prepare.sh` may download a lot."""


def engine_addresses() -> tuple[str, ...]:
    """The engines that `DOCKER_HOST` lists, separated by blanks or commas; empty: the default engine."""
    return tuple(re.findall(r"[^\s,]+", os.environ.get("DOCKER_HOST", "")))


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine of the user."""

    address: str | None = None
    """None: the first that `DOCKER_HOST` lists, else that of docker's current context."""

    @property
    def environment(self) -> Mapping[str, str] | None:
        """The environment in which docker's own clients reach this engine; None: the environment of this process."""
        listed = engine_addresses()
        address = self.address or (listed[0] if len(listed) > 1 else None)
        return {**os.environ, "DOCKER_HOST": address} if address else None

    def connect(self) -> DockerClient:
        """A client of this engine.

        Raises:
            StageError: The engine does not answer.
        """
        import docker
        from testcontainers.core.docker_client import DockerClient

        host = (self.environment or os.environ).get("DOCKER_HOST")
        try:
            version = _API_VERSIONS.get(host)
            client: docker.DockerClient = DockerClient(environment=self.environment, version=version).client
            make_steady(client)
            client.ping()
            _API_VERSIONS[host] = client.api.api_version
            client.api.timeout = READ_TIMEOUT_S
        except (docker.errors.DockerException, OSError) as error:
            address = self.address or next(iter(engine_addresses()), "the default socket")
            raise StageError(
                f"no Docker engine answers at {address}", "start one, or see `quarterdeck doctor`"
            ) from error
        return client


def make_steady(client: DockerClient) -> None:
    """Let *client* read the environment's proxies now and not at each request: in pytest, other threads change it."""
    from requests.utils import get_environ_proxies

    client.api.proxies.update(get_environ_proxies(client.api.base_url))
    client.api.trust_env = False


@contextmanager
def engine_errors(what: str, hint: str = "") -> Iterator[None]:
    """Turn errors of docker's client into a `StageError` that says *what* went wrong, and the error's text."""
    import docker

    try:
        yield
    except (docker.errors.DockerException, OSError) as error:
        raise StageError(f"{what}: {error}", hint) from error
