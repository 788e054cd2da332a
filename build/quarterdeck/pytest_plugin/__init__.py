"""The plugin for pytest: `pytest --quarterdeck` makes an item of every demo.

pytest imports this module wherever quarterdeck is installed, so it imports nothing but pytest: the rest comes when
it is asked for.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that turns the plugin on."""
    group = parser.getgroup("quarterdeck", "demos of quarterdeck")
    group.addoption(
        "--quarterdeck",
        action="store_true",
        help="run the demos of the project that the current folder lies in, each as a test",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Turn the plugin on if it was asked for."""
    if config.getoption("quarterdeck"):
        from quarterdeck.pytest_plugin.suite import Suite

        config.pluginmanager.register(Suite(config), "quarterdeck-suite")
