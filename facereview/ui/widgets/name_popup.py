"""What lies over the page while a name is typed: the rows, and what Enter does now."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.basics import ElidedLabel, hairline, wrapped
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.name_cell import NAME_ROW, NameCell
from facereview.ui.widgets.name_model import NameModel
from facereview.ui.widgets.name_wording import Said
from facereview.ui.widgets.one_press import ActingList

_EDGE, _GAP, _ROOM = 4, 4, 12


class NameRows(ActingList):
    """The rows, of which two are always seen."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Two rows, or the only one."""
        model = self.model()
        rows = min(2, model.rowCount()) if model is not None else 0
        return QSize(120, rows * NAME_ROW + 2 * self.frameWidth())


class NamePopup(QFrame):
    """A question where there is one, the rows, and below them the keys with what they do."""

    picked = Signal(int)
    """The row that was clicked."""

    def __init__(self, names: NameModel, crops: CropStore, host: QWidget) -> None:
        super().__init__(host)
        self._host = host
        self.setProperty("card", True)
        self.question = wrapped("", "strong", self)
        self.list = NameRows(self)
        self.list.setModel(names)
        self.list.setItemDelegate(NameCell(crops, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("Names found"))
        self.list.clicked.connect(lambda index: self.picked.emit(index.row()))
        crops.arrived.connect(self._picture_came)
        self._caps = (KeyCap("Enter", self), KeyCap("Shift+Enter", self))
        self.lines = (ElidedLabel("", "small", self), ElidedLabel("", "small", self))
        self.state = wrapped("", "small", self)
        self._column = QVBoxLayout(self)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        column = self._column
        column.setContentsMargins(_EDGE, _EDGE, _EDGE, _EDGE + 2)
        column.setSpacing(_GAP)
        self.question.setContentsMargins(8, 6, 8, 2)
        self.state.setContentsMargins(8, 2, 8, 2)
        column.addWidget(self.question)
        column.addWidget(self.list, 1)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self.state)
        keys = QHBoxLayout()
        keys.setContentsMargins(6, 0, 6, 0)
        keys.setSpacing(6)
        for cap, line in zip(self._caps, self.lines, strict=True):
            keys.addWidget(cap)
            keys.addWidget(line, 1)
        column.addLayout(keys)

    def say(self, said: Said) -> None:
        """What Enter and Shift+Enter do now, what else is to be known, and what is asked."""
        keys = (said.enter, said.shifted)
        for cap, line, text in zip(self._caps, self.lines, keys, strict=True):
            line.setText(text)
            cap.setVisible(bool(text))
            line.setVisible(bool(text))
        for words, text in ((self.state, said.state), (self.question, said.question)):
            words.setText(text)
            words.setVisible(bool(text))

    def highlight(self, row: int | None) -> None:
        """Mark the row that Enter takes."""
        model = self.list.model()
        self.list.setCurrentIndex(QModelIndex() if row is None else model.index(row, 0))
        if row is None:
            self.list.scrollToTop()

    def highlighted(self) -> int | None:
        """The row that Enter takes."""
        index = self.list.currentIndex()
        return index.row() if index.isValid() else None

    def lie_at(self, field: QRect) -> None:
        """Under the field, over it where there is more room; ``field`` in the host's pixels."""
        rows = self.list.model().rowCount()
        self.list.setVisible(rows > 0)
        edge = 2 * self.list.frameWidth()
        self.list.updateGeometry()
        self.resize(field.width(), self.height())
        rest = self._rest(field.width())
        below = self._host.height() - field.bottom() - _ROOM
        height = min(rest + rows * NAME_ROW + edge, max(below, field.top() - _ROOM))
        fits = height <= below
        top = field.bottom() + _GAP if fits else field.top() - height - _GAP
        self.setGeometry(QRect(QPoint(field.left(), top), self.size()))
        self.resize(field.width(), height)
        self.raise_()
        self.show()

    def _rest(self, width: int) -> int:
        """Height of all but the rows."""
        layout = self._column
        layout.activate()
        rows = self.list.minimumSizeHint().height() if self.list.isVisibleTo(self) else 0
        least = max(layout.minimumHeightForWidth(width), layout.minimumSize().height())
        frame = self.contentsMargins()
        return least + frame.top() + frame.bottom() - rows

    def _picture_came(self, key: tuple[str, int]) -> None:
        if key[0] == "portrait":
            self.list.viewport().update()
