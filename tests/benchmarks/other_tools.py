"""Installs other tools into a temporary folder, to measure them beside quarterdeck."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_NPM = ("install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def install(folder: Path, *, npm: Sequence[str], pip: Sequence[str]) -> dict[str, str]:
    """Install packages of npm into `folder/npm` and of PyPI into `folder/venv`; those that could not be, and why."""
    missing: dict[str, str] = {}
    for package in npm:
        command = [shutil.which("npm") or "npm", *_NPM, "--prefix", str(folder / "npm"), package]
        _try(missing, package, command)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    for package in pip:
        _try(missing, package, [str(folder / "venv" / "bin" / "pip"), "install", "--quiet", package])
    for package, why in missing.items():
        print(f"{package} could not be installed: {why}")
    return missing


def _try(missing: dict[str, str], package: str, command: list[str]) -> None:
    env = {**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1", "npm_config_update_notifier": "false"}
    try:
        subprocess.run(command, env=env, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        output = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        missing[package] = output[-1] if output else "no reason given"
