"""Paints the rows of the list of creators."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from facereview.review.creators.records import Person
from facereview.ui.creators.model import CARE, PERSON
from facereview.ui.creators.wording import counts
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import paint_portrait
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.theme import Tokens, paint_line, sized, tokens_of

ROW = 62
PICTURE = 44.0
_MARGIN, _GAP = 10.0, 11.0


class CreatorsDelegate(QStyledItemDelegate):
    """Picture, name, counts, and a sign where care is needed."""

    def __init__(self, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops = crops

    def sizeHint(  # noqa: N802
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Every row has the same height."""
        return QSize(option.rect.width(), ROW)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one row."""
        person: Person = index.data(PERSON)
        tokens, box = tokens_of(option.widget), QRectF(option.rect).adjusted(10, 1, -10, -1)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = chosen and option.widget.hasFocus()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(QPen(QColor(tokens.amber), 2) if focused else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 9, 9)
        left = box.left() + _MARGIN
        picture = QRectF(left, box.center().y() - PICTURE / 2, PICTURE, PICTURE)
        paint_portrait(painter, picture, self._crops.portrait(person), tokens, 7)
        care = str(index.data(CARE))
        if care:
            sign = QRectF(box.right() - 26, box.center().y() - 8, 16, 16)
            paint_icon(
                painter, "warning", sign, tokens.amber if not person.references else tokens.red
            )
        words = QRectF(picture.right() + _GAP, picture.top() + 2, 0, 20)
        words.setRight(box.right() - (34 if care else _MARGIN))
        _paint_words(painter, words, person, tokens)
        painter.restore()


def _paint_words(painter: QPainter, box: QRectF, person: Person, tokens: Tokens) -> None:
    base = QFont(painter.font())
    painter.setFont(sized(base, 14, QFont.Weight.DemiBold))
    painter.setPen(QColor(tokens.text))
    paint_line(painter, box, clear_text(person.creator.name))
    painter.setFont(sized(base, 12))
    painter.setPen(QColor(tokens.dim))
    paint_line(painter, box.translated(0, 20), counts(person), sentence=True)
