"""Paints what a typed name offers: face, name, other name, number of faces."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from facereview.review.creators.name_answers import Row
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.frame_plate import paint_portrait
from facereview.ui.widgets.fonts import paint_line, sized
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.name_model import APART, NOTE, PERSON, ROW
from facereview.ui.widgets.theme import Tokens, tokens_of

NAME_ROW = 40
_PICTURE, _GAP = 30.0, 12.0


class NameCell(QStyledItemDelegate):
    """A row is a creator, or the one that creates."""

    def __init__(self, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops = crops

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All rows are equally high."""
        return QSize(option.rect.width(), NAME_ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one row; a line sets it apart where it is of another kind than those above."""
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
    room = max(box.width() * 0.35, box.width() - _GAP - QFontMetricsF(font).horizontalAdvance(name))
    note, wide = _fitting(notes, QFontMetricsF(small), room)
    if note:
        painter.setFont(small)
        painter.setPen(QColor(tokens.dim))
        paint_line(painter, box.adjusted(box.width() - wide, 0, 0, 0), note)
    painter.setFont(font)
    painter.setPen(QColor(tokens.text))
    paint_line(painter, box.adjusted(0, 0, -wide - _GAP if note else 0, 0), name)


def _fitting(notes: tuple[str, ...], metrics: QFontMetricsF, room: float) -> tuple[str, float]:
    """As many notes as fit into the room, the first ones first, and how wide they are."""
    for count in range(len(notes), 0, -1):
        note = "  ·  ".join(notes[:count])
        wide = metrics.horizontalAdvance(note) + 1
        if wide <= room or count == 1:
            return note, min(wide, room)
    return "", 0.0
