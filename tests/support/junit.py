"""JUnit reports, read the strict way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import etree

_SCHEMA = Path(__file__).with_name("junit.xsd")


def read_junit(path: Path) -> Any:
    """The root of a JUnit report, which must be valid by Jenkins's schema."""
    report = etree.parse(path)
    etree.XMLSchema(etree.parse(_SCHEMA)).assertValid(report)
    return report
