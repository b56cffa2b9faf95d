"""A list worked with keys of the page: what the lists of the Creators page have in common."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QListView, QWidget

from facereview.ui.widgets.theme import tokens_of
from facereview.ui.widgets.waiting import Waiting


class PlainList(QListView):
    """Equal cells, smooth scrolling, no search by letters, and a word where it is empty."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty = ""
        """What stands in its middle once it is known that it has no rows."""
        self.waiting = Waiting(self)
        self.waiting.changed.connect(lambda: self.viewport().update())
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setAccessibleName(name)

    def begin(self) -> None:
        """Take the keys, at the first row where none is at hand."""
        self.setFocus()
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.model().index(0, 0))

    def keyboardSearch(self, _search: str) -> None:  # noqa: N802
        """Letters are keys of the page; the search has a field of its own."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draw the rows, or the word."""
        super().paintEvent(event)
        model = self.model()
        word = self.waiting.word(self.empty)
        if word and model is not None and not model.rowCount():
            with QPainter(self.viewport()) as painter:
                painter.setPen(QColor(tokens_of(self).dim))
                box = QRectF(self.viewport().rect()).adjusted(24, 24, -24, -24)
                top = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
                painter.drawText(box, top | Qt.TextFlag.TextWordWrap, word)
