"""The Insight page: the library in numbers, and every face as a table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.store.store import Store
from facereview.ui.insight.page import InsightPage
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Level, Message, Messages
from support import make_faces


@pytest.fixture
def page(
    library: OpenLibrary, store: Store, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[InsightPage]:
    make_faces(store, 3)
    desk = library.library_desk(library.store())
    made = InsightPage(desk, LibraryService(library), lanes, messages)
    qtbot.addWidget(made)
    yield made
    lanes.shutdown()


def test_it_counts_what_the_library_holds(page: InsightPage, qtbot: QtBot) -> None:
    assert [figure.text() for figure in page.figures.values()] == [""] * 7
    page.show()
    qtbot.waitUntil(lambda: page.figures["pending"].text() == "3")
    assert page.figures["rejected"].text() == "0"


def test_it_writes_every_face_as_a_table(
    page: InsightPage, tmp_path: Path, said: list[Message], qtbot: QtBot
) -> None:
    page.export.click()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None and dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    dialog.close()
    QTest.qWait(0)
    page.write(tmp_path / "faces.csv")
    assert not page.export.isEnabled()
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1].text == f"3 faces exported to {tmp_path / 'faces.csv'}."
    assert page.export.isEnabled()
    with (tmp_path / "faces.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 3


def test_a_place_that_cannot_be_written_is_named(
    page: InsightPage, tmp_path: Path, said: list[Message], qtbot: QtBot
) -> None:
    page.write(tmp_path / "nowhere" / "faces.csv")
    qtbot.waitUntil(lambda: bool(said))
    assert said[-1].level is Level.FAULT and "choose another place" in said[-1].text
    assert page.export.isEnabled()
