"""The user's Docker engines.

Everything goes through their API, so that a remote engine serves as well as a local one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quarterdeck.base.errors import StageError

if TYPE_CHECKING:
    from docker import DockerClient

LABEL = "quarterdeck"
"""The label of everything that we start or build; nothing without it is ever touched."""

RUN_LABEL = "quarterdeck.run"
"""The label of containers that names the run they belong to."""

READ_TIMEOUT_S = 900
"""Read timeout in seconds; generous, because a `prepare.sh` may download a lot."""

_TLS = ("DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH")
"""The other variables that Docker clients read."""


def engine_addresses() -> tuple[str, ...]:
    """The engines that `DOCKER_HOST` lists, separated by blanks or commas; empty: the default engine."""
    return tuple(re.findall(r"[^\s,]+", os.environ.get("DOCKER_HOST", "")))


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine of the user."""

    address: str | None = None
    """None: the first that `DOCKER_HOST` lists, else the one of docker's current context."""

    @property
    def environment(self) -> Mapping[str, str] | None:
        """The environment in which docker's own clients reach this engine; None: the environment of this process."""
        listed = engine_addresses()
        address = self.address or (listed[0] if len(listed) > 1 else None)
        return {**os.environ, "DOCKER_HOST": address} if address else None

    @property
    def client_options(self) -> dict[str, dict[str, str]]:
        """Arguments of docker's `from_env` with which it reaches this engine."""
        environment = self.environment
        if environment is None:
            return {}
        return {"environment": {key: environment[key] for key in ("DOCKER_HOST", *_TLS) if environment.get(key)}}

    def connect(self) -> DockerClient:
        """A client of this engine.

        Raises:
            StageError: The engine does not answer.
        """
        import docker
        from testcontainers.core.docker_client import DockerClient

        try:
            client: docker.DockerClient = DockerClient(**self.client_options).client
            make_steady(client)
            client.ping()
            client.api.timeout = READ_TIMEOUT_S
        except (docker.errors.DockerException, OSError) as error:
            where = self.address or next(iter(engine_addresses()), "the default socket")
            raise StageError(
                f"no Docker engine answers at {where}", "start one, or see `quarterdeck doctor`"
            ) from error
        return client


def make_steady(client: DockerClient) -> None:
    """Let *client* read the environment's proxies now and never again.

    It would do so at each request, and in a run of pytest other threads change the environment meanwhile.
    """
    from requests.utils import get_environ_proxies

    if client.api.trust_env:
        client.api.proxies.update(get_environ_proxies(client.api.base_url))
        client.api.trust_env = False
