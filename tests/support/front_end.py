"""npm packages for tests in a browser: pinned in `tests/packages`, fetched once, never shipped."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
from pathlib import Path

import pytest

import npm_packages

PINNED = Path(__file__).resolve().parents[1] / "packages"


def fetch_packages(cache: pytest.Cache) -> Path:
    """The folder `node_modules` with the packages of `tests/packages`, kept in pytest's cache.

    Raises:
        RuntimeError: The packages could not be fetched.
    """
    stamp = hashlib.sha256((PINNED / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = Path(cache.mkdir("packages")) / stamp
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # workers of pytest-xdist come at the same time
        if not (folder / "done").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            npm_packages.fetch_packages(PINNED, folder)
            (folder / "done").touch()
    return folder / "node_modules"
