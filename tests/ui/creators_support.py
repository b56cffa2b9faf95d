"""The Creators page on a real library, for tests of one part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from ui_support import MemoryPixels, known_names

from facereview.review.creators.desk import NamesDesk
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.ui.creators.loader import CreatorParts
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages

NONE = Qt.KeyboardModifier.NoModifier


def creator_parts(library: OpenLibrary) -> CreatorParts:
    """The desks of the page, as the window makes them."""
    store = library.store()
    return CreatorParts(
        library.creators_desk(store),
        library.references_desk(store),
        NamesDesk(library.store()),
        library.health(library.store()),
        LibraryService(library),
    )


@contextmanager
def creators_page(
    library: OpenLibrary, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[CreatorsPage]:
    """The page as the window makes it, not yet shown."""
    parts = creator_parts(library)
    review = library.desk(library.store())
    names = known_names(parts.listing, lanes)
    decider = Decider(review, lanes.database, lanes.journal)
    page = CreatorsPage(parts, lanes, MemoryPixels(), messages, names=names, decider=decider)
    page.library_changed.connect(names.look)
    qtbot.addWidget(page)
    page.resize(1280, 720)
    yield page
    lanes.shutdown()


def settled(page: CreatorsPage) -> None:
    """What was asked before on every lane of the page has been answered."""
    lanes = page.lanes
    for lane in (lanes.listing, lanes.database, lanes.survey, lanes.pictures, lanes.matching):
        loop = QEventLoop()
        lane.run(loop, lambda: 0, loop.exit)
        loop.exec()


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Press a key in the window of a widget."""
    widget.window().activateWindow()  # off screen nobody does so after a dialog
    assert QTest.qWaitForWindowActive(widget.window())
    QTest.keyClick(widget, key, modifiers)


def done(page: CreatorsPage, qtbot: QtBot, act: Callable[[], object]) -> None:
    """Do something that changes the library, and wait for what follows."""
    with qtbot.waitSignal(page.runner.done, timeout=20_000):
        act()
    settled(page)
    settled(page)
