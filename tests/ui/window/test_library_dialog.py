"""Choosing and making libraries from the window."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from facereview.errors import Invalid
from facereview.review.library.libraries import Libraries
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.window.library_dialog import LibraryDialog, NewLibraryDialog

THERE = "postgresql://ann@db.local/video"


class Shelf(Libraries):
    """Two libraries on this computer; refuses what is called like one of them."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []

    def built_in(self) -> tuple[str, ...]:
        return ("facereview", "my films")

    def make(self, name: str, beside: str = "") -> str:
        if name in self.built_in():
            raise Invalid(f"A database {name} already exists there: use another name.")
        self.made.append((name, beside))
        return f"built-in:{name}"

    def name(self, wanted: str) -> str:
        return wanted.rpartition("@")[2]


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    """What the dialogs belong to: they are gone once they are closed."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_library_of_this_computer_is_chosen(
    shelf: Shelf, lanes: Lanes, page: QWidget, qtbot: QtBot
) -> None:
    dialog = LibraryDialog(shelf, lanes.database, parent=page)
    dialog.show()
    assert not dialog.open_here.isEnabled()
    qtbot.waitUntil(dialog.open_here.isEnabled)
    dialog.here.setCurrentIndex(1)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.open_here.click()
    assert chosen.args == ["built-in:my%20films"]


def test_the_address_of_another_server_keeps_its_password_apart(
    shelf: Shelf, lanes: Lanes, page: QWidget, qtbot: QtBot
) -> None:
    dialog = LibraryDialog(
        shelf, lanes.database, address="postgresql://ann:geheim@db.local/video", parent=page
    )
    assert "geheim" not in dialog.address.text()
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.open_there.click()
    assert chosen.args == ["postgresql://ann:geheim@db.local/video"]


def test_a_new_library_is_made_where_it_is_wanted(
    shelf: Shelf, lanes: Lanes, page: QWidget, qtbot: QtBot
) -> None:
    dialog = NewLibraryDialog(shelf, lanes.database, servers=("", THERE, THERE), parent=page)
    dialog.show()
    assert dialog.where.count() == 2
    assert "db.local/video" in dialog.where.itemText(1)
    assert not dialog.go.isEnabled()
    dialog.name.setText("facereview")
    dialog.go.click()
    qtbot.waitUntil(dialog.fault.isVisible)
    assert "already" in dialog.fault.text() and dialog.go.isEnabled()
    dialog.name.setText("Trips")
    assert dialog.fault.isHidden()
    dialog.where.setCurrentIndex(1)
    with qtbot.waitSignal(dialog.made) as made:
        dialog.go.click()
    assert (made.args, shelf.made) == (["built-in:Trips"], [("Trips", THERE)])
