"""The versions of what stands around a demo."""

from __future__ import annotations

import re

from quarterdeck.live.engine.exec import run_in
from quarterdeck.live.stage.protocol import Stage

_REGISTRY_VERSION = "docker-registry --version || registry --version || /bin/registry --version"


def read_versions(stage: Stage) -> tuple[tuple[str, str], ...]:
    """Ask the programs on *stage* for their versions; see `Stage.versions`."""
    versions = [("registry", f"distribution {_number(run_in(stage.registry, 'sh', '-c', _REGISTRY_VERSION)[1])}")]
    if stage.settings.engine:
        versions.append(("engine", f"docker {_number(stage.run('docker', 'version', '--format', _ENGINE_VERSION)[1])}"))
    return tuple(versions)


_ENGINE_VERSION = "{{.Server.Version}}"


def _number(text: str) -> str:
    match = re.search(r"\d+\.\d+(?:\.\d+)?", text)
    return match[0] if match else "unknown"
