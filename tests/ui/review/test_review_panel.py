"""The panel beside the face at every height."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from facereview.ui.jobs.lanes import Lanes
from facereview.ui.review.page import ReviewPage
from facereview.ui.shots import settle


class Counter(QObject):
    """Counts how often a widget is laid out again."""

    def __init__(self, watched: QObject) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def test_its_layout_comes_to_rest_however_much_there_is(
    page: ReviewPage, lanes: Lanes, qtbot: QtBot
) -> None:
    """Pictures as high as they are wide made a scroll bar come and go for ever."""
    qtbot.waitUntil(lambda: page.controller.view is not None)
    panel = page.panel
    page.setStyleSheet("QScrollBar:vertical { width: 10px; }")
    filler = QWidget(panel)
    panel._upper.addWidget(filler)
    page.resize(1500, 950)
    settle(lanes, page)  # what is loaded late is laid out too
    for three in (False, True):
        panel.show_pair(three)
        filler.setFixedHeight(0)
        process(20)
        spare = -panel._scroll.missing()
        for height in range(spare - 4, spare + 8):
            filler.setFixedHeight(height)
            process(20)
            counter = Counter(panel._scroll._inside)
            process(30)
            assert counter.count == 0, height


def process(rounds: int) -> None:
    for _ in range(rounds):
        QApplication.processEvents()
