"""Two creators who look alike, on the Review page of a real library."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from cluster_support import Both, NoClustering, both_pages, until
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from facereview.records import SourceType
from facereview.store.session import Database
from facereview.store.store import Store
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets.rows_model import ROW
from facereview.ui.widgets.theme import tokens_of
from support import make_faces, near


@pytest.fixture
def both(
    store: Store,
    database: Database,
    tmp_path: Path,
    lanes: Lanes,
    messages: Messages,
    qtbot: QtBot,
) -> Iterator[Both]:
    """Faces like Ann, who has a twin."""
    make_faces(store, 3)
    twin = store.creators.find_or_add("Twin")
    store.creators.add_reference(twin.id, near(0, 0.65, 77), SourceType.MANUAL, None, 0.9)
    with both_pages(database, NoClustering(), lanes, messages, tmp_path, qtbot) as made:
        until(qtbot, lambda: made.review.controller.view is not None)
        yield made


def care(page: ReviewPage) -> list[str]:
    model = page.panel.list.offered
    return [model.index(row).data(ROW).care for row in range(model.rowCount())]


def test_they_are_flagged_and_shown_beside_each_other(both: Both) -> None:
    page = both.review
    panel = page.panel
    assert care(page) == ["looks like Twin: compare both", "looks like Ann", ""]
    spoken = panel.list.offered.index(0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "looks like Twin: compare both" in spoken
    assert page.accessibleDescription().endswith("first suggestion: Ann, who looks like Twin")
    assert panel.rival.isVisible()
    assert (panel.reference.caption.text(), panel.rival.caption.text()) == ("Ann", "Twin")
    assert panel.buttons["accept"].care


def test_hovering_keeps_both_in_sight_and_shows_the_others(both: Both) -> None:
    panel = both.review.panel
    panel.list.compared.emit(2)
    assert (panel.reference.caption.text(), panel.rival.caption.text()) == ("Ann", "Twin")
    panel.list.compared.emit(3)
    assert panel.reference.caption.text() == "Bob · added manually"


def test_once_one_of_them_is_ruled_out_nothing_is_flagged(both: Both, qtbot: QtBot) -> None:
    both.strike(Qt.Key.Key_N)
    until(qtbot, lambda: care(both.review) == ["", ""])
    assert not both.review.panel.rival.isVisible()
    assert both.review.panel.reference.caption.text() == "closest · added manually"


@pytest.mark.parametrize("compact", [False, True])
def test_a_sign_is_painted_in_every_height(both: Both, qtbot: QtBot, compact: bool) -> None:
    both.review.panel.list.set_compact(compact)
    assert signs(both.review)
    both.strike(Qt.Key.Key_N)
    until(qtbot, lambda: not signs(both.review))


def signs(page: ReviewPage) -> bool:
    """Whether anything in the list of suggestions is painted in the colour that calls for care."""
    rows = page.panel.list
    picture, amber = rows.grab().toImage(), QColor(tokens_of(rows).amber)
    places = product(range(picture.width()), range(picture.height()))
    colours = (picture.pixelColor(x, y) for x, y in places)
    return any(abs(c.hue() - amber.hue()) < 12 and c.saturation() > 120 for c in colours)
