"""Parts that the tests of the window share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from facereview.ui.lanes import Lanes


@pytest.fixture
def lanes(qtbot: QtBot) -> Iterator[Lanes]:
    """Running lanes, ended after the test."""
    made = Lanes()
    yield made
    made.shutdown()
