"""What the tests of settlements share."""

from __future__ import annotations

from importlib.resources import files

import pytest
from lxml import etree


@pytest.fixture(scope="session")
def dgfip() -> etree.XMLSchema:
    """The schema of the tax office, as the package `dac7` carries it."""
    path = files("dac7") / "schemas" / "DPIXML_v1.1-fr1.xsd"
    return etree.XMLSchema(etree.parse(str(path)))
