"""What a step says of its own output."""

from __future__ import annotations

import json
from typing import Any

import pytest

from quarterdeck.check.expectations import json_misses, unmatched

MANIFEST = {
    "schemaVersion": 2,
    "config": {"size": 1703, "a.b": "dotted", "labels": None},
    "layers": [{"mediaType": "gzip", "size": 1}, {"mediaType": "zstd", "size": 2}],
    "signed": True,
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (".schemaVersion", 2),
        ("schemaVersion", 2),
        (".schemaVersion", 2.0),
        ("layers[0].mediaType", "gzip"),
        (".layers[-1].mediaType", "zstd"),
        (".layers.[1].size", 2),
        ('.config["a.b"]', "dotted"),
        ("config['a.b']", "dotted"),
        ('.config."a.b"', "dotted"),
        (".config.labels", None),
        (".signed", True),
        (".layers[0]", {"size": 1, "mediaType": "gzip"}),
        (".", MANIFEST),
    ],
)
def test_paths_that_hold(path: str, value: Any) -> None:
    """Paths as jq writes them, with or without the first dot; equality as JSON has it."""
    assert json_misses({path: value}, json.dumps(MANIFEST)) == ()


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (".schemaVersion", 1, "json .schemaVersion is 2, expected 1"),
        (".schemaVersion", "2", 'json .schemaVersion is 2, expected "2"'),
        (".signed", 1, "json .signed is true, expected 1"),
        (".config.labels", False, "json .config.labels is null, expected false"),
        (".layers[2]", {}, "json .layers[2]: no [2] in a list of 2"),
        (".layers.mediaType", "", "json .layers.mediaType: no 'mediaType' in a list of 2"),
        (".nope.x", 1, "json .nope.x: no 'nope' in a table with schemaVersion, config, layers, signed"),
        (".schemaVersion.x", 1, "json .schemaVersion.x: no 'x' in 2"),
        (".config[0]", 1, "json .config[0]: no [0] in a table with size, a.b, labels"),
        (".layers[0].size", True, "json .layers[0].size is 1, expected true"),
    ],
)
def test_paths_that_do_not_hold(path: str, value: Any, message: str) -> None:
    """The message says what is there."""
    assert json_misses({path: value}, json.dumps(MANIFEST)) == (message,)


def test_output_that_is_no_json() -> None:
    """All of the output must be JSON; the message says where it is not."""
    expected = {".a": 1}
    assert json_misses(expected, '{"a": 1}\ndone') == (
        "the output is not JSON, which `json:` needs: Extra data in line 2, column 1",
    )
    assert json_misses(expected, " \n") == ("there is no output, and `json:` needs JSON",)
    assert json_misses(expected, "[" * 100_000) == ("the output is not JSON, which `json:` needs: it cannot be read",)
    assert json_misses({}, "no JSON") == ()


def test_patterns() -> None:
    """Each must be somewhere; `^` and `$` mean lines."""
    assert unmatched(["^b$", "a|z"], "a\nb\nc") == ()
    assert unmatched(["^b$", "^d", "e$"], "a\nb\nc") == ("nothing matches ^d", "nothing matches e$")
