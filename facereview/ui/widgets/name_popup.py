"""The list below a name field: its rows and how they are painted."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from facereview.review.creators.names import Row
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import paint_portrait
from facereview.ui.widgets.basics import ElidedLabel, hairline, wrapped
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.name_model import APART, NOTE, PERSON, ROW, NameModel, Said
from facereview.ui.widgets.one_press import ActingList
from facereview.ui.widgets.theme import Tokens, paint_line, sized, tokens_of

NAME_ROW = 40
_PICTURE, _APART = 30.0, 12.0


class NameCell(QStyledItemDelegate):
    """A row is a creator, or the one that creates a new one."""

    def __init__(self, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops = crops

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(option.rect.width(), NAME_ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """A line separates rows of different kinds."""
        tokens, box = tokens_of(option.widget), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.data(APART):
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.drawLine(box.topLeft() + QPointF(6, 0), box.topRight() - QPointF(6, 0))
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(QColor(tokens.blue), 2))
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box.adjusted(2, 2, -2, -2), 7, 7)
        picture = QRectF(box.left() + 8, box.center().y() - _PICTURE / 2, _PICTURE, _PICTURE)
        self._paint_picture(painter, picture, index, tokens)
        words = QRectF(picture.right() + 10, box.top(), 0, box.height())
        words.setRight(box.right() - 10)
        _paint_words(painter, words, str(index.data()), index.data(NOTE), tokens)
        painter.restore()

    def _paint_picture(
        self,
        painter: QPainter,
        box: QRectF,
        index: QModelIndex | QPersistentModelIndex,
        tokens: Tokens,
    ) -> None:
        row: Row = index.data(ROW)
        if row.creator is None:
            paint_icon(painter, "plus", box.adjusted(7, 7, -7, -7), tokens.dim)
            return
        person = index.data(PERSON)
        crop = self._crops.portrait(person) if person is not None else None
        paint_portrait(painter, box, crop, tokens, 6)


def _paint_words(
    painter: QPainter, box: QRectF, name: str, notes: tuple[str, ...], tokens: Tokens
) -> None:
    """The name has the room first; of the notes those that fit beside it, at least one."""
    font, small = sized(painter.font(), 13), sized(painter.font(), 12)
    room = max(
        box.width() * 0.35, box.width() - _APART - QFontMetricsF(font).horizontalAdvance(name)
    )
    note, wide = _fitting(notes, QFontMetricsF(small), room)
    if note:
        painter.setFont(small)
        painter.setPen(QColor(tokens.dim))
        paint_line(painter, box.adjusted(box.width() - wide, 0, 0, 0), note)
    painter.setFont(font)
    painter.setPen(QColor(tokens.text))
    paint_line(painter, box.adjusted(0, 0, -wide - _APART if note else 0, 0), name)


def _fitting(notes: tuple[str, ...], metrics: QFontMetricsF, room: float) -> tuple[str, float]:
    """As many notes as fit into the room, the first ones first, and how wide they are."""
    for count in range(len(notes), 0, -1):
        note = "  ·  ".join(notes[:count])
        wide = metrics.horizontalAdvance(note) + 1
        if wide <= room or count == 1:
            return note, min(wide, room)
    return "", 0.0


_EDGE, _GAP, _ROOM = 4, 4, 12


class NameRows(ActingList):
    """The rows, of which at least two are visible."""

    def minimumSizeHint(self) -> QSize:
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
        """Set the texts: what Enter and Shift+Enter do now, a hint, a question."""
        keys = (said.enter, said.shifted)
        for cap, line, text in zip(self._caps, self.lines, keys, strict=True):
            line.setText(text)
            cap.setVisible(bool(text))
            line.setVisible(bool(text))
        for words, text in ((self.state, said.state), (self.question, said.question)):
            words.setText(text)
            words.setVisible(bool(text))

    def highlight(self, row: int | None) -> None:
        """Mark the row that Enter accepts."""
        model = self.list.model()
        self.list.setCurrentIndex(QModelIndex() if row is None else model.index(row, 0))
        if row is None:
            self.list.scrollToTop()

    def highlighted(self) -> int | None:
        """The row that Enter accepts."""
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
