"""The creators offered, one row each: key, picture, name, likeness, best references."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QListView, QSizePolicy, QStyle, QStyleOptionViewItem, QWidget

from facereview.records import Reference
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import PictureCell, paint_portrait
from facereview.ui.widgets.bars import paint_bar
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.key_caps import paint_cap
from facereview.ui.widgets.rows_model import ROW, Index
from facereview.ui.widgets.suggestions import OfferedList, Row
from facereview.ui.widgets.theme import Tokens, sized
from facereview.ui.wording.decisions import score

ROW_HEIGHT, COMPACT_HEIGHT = 84, 58
_GAP = 6
_THUMB = 46.0
_SMALL = 30.0
_SMALLS = 3
_LEFT = Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NAME = _LEFT | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute


class SuggestionCell(PictureCell):
    """Paints a creator offered."""

    row_height = ROW_HEIGHT

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(option.rect.width(), self.row_height + _GAP)

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, tokens: Tokens
    ) -> None:
        row: Row = index.data(ROW)
        box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -_GAP - 0.5)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if row.number == 1 or hovered:
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box, 10, 10)
        middle = box.center().y()
        paint_cap(painter, QRectF(box.left() + 11, middle - 10, 20, 20), str(row.number), tokens)
        thumb = QRectF(box.left() + 42, middle - _THUMB / 2, _THUMB, _THUMB)
        references = row.suggestion.references
        self._paint_reference(painter, thumb, references[0] if references else None, tokens)
        right = self._paint_best(painter, box, references, tokens)
        words = QRectF(thumb.right() + 10, box.top(), right - thumb.right() - 20, box.height())
        _paint_words(painter, words, row, tokens)

    def _paint_best(
        self, painter: QPainter, box: QRectF, references: tuple[Reference, ...], tokens: Tokens
    ) -> float:
        """The best references, small; gives where they begin. Left out where there is no room."""
        count = min(_SMALLS, len(references) - 1)
        if count < 1 or box.width() < 330:
            return box.right() - 2
        left = box.right() - 11 - count * (_SMALL + 3)
        for place, reference in enumerate(references[1 : count + 1]):
            at = QRectF(left + place * (_SMALL + 3), 0, _SMALL, _SMALL)
            at.moveTop(box.center().y() - _SMALL / 2)
            self._paint_reference(painter, at, reference, tokens)
        return left

    def _paint_reference(
        self, painter: QPainter, box: QRectF, reference: Reference | None, tokens: Tokens
    ) -> None:
        picture = self._crops.reference(reference) if reference else None
        paint_portrait(painter, box, picture, tokens, 6)


def _paint_words(painter: QPainter, box: QRectF, row: Row, tokens: Tokens) -> None:
    base, low = QFont(painter.font()), box.height() < ROW_HEIGHT - 1
    top = QRectF(box.left(), box.top() + (5 if low else 10), box.width(), 20)
    room = _paint_likeness(painter, top, row, tokens) - 8
    name_font = sized(base, 14, QFont.Weight.DemiBold)
    painter.setFont(name_font)
    painter.setPen(QColor(tokens.text))
    name = QFontMetricsF(name_font).elidedText(row.name, Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(top.adjusted(0, 0, room - top.width(), 0), _NAME, name)
    bar = QRectF(box.left(), top.bottom() + 3, box.width(), 5)
    strong = row.number == 1 and row.likely
    colour = tokens.green if strong else tokens.dim if row.likely else tokens.faint
    paint_bar(painter, bar, row.suggestion.similarity, colour, tokens.line)
    note = QRectF(box.left(), bar.bottom() + 4, box.width(), box.bottom() - bar.bottom() - 8)
    painter.setFont(sized(base, 12))
    _paint_note(painter, note, row, tokens, low=low)


def _paint_likeness(painter: QPainter, box: QRectF, row: Row, tokens: Tokens) -> float:
    """How sure it is, with the similarity small beside it; gives the room left of both."""
    base, likeness = QFont(painter.font()), score(row.suggestion.similarity)
    painter.setFont(sized(base, 14, QFont.Weight.DemiBold if row.word else QFont.Weight.Normal))
    painter.setPen(QColor(tokens.text if row.likely else tokens.dim))
    painter.drawText(box, _RIGHT, row.word or likeness)
    left = box.width() - QFontMetricsF(painter.font()).horizontalAdvance(row.word or likeness)
    if row.word:
        painter.setFont(sized(base, 12))
        painter.setPen(QColor(tokens.dim))
        painter.drawText(box.adjusted(0, 0, left - 7 - box.width(), 0), _RIGHT, likeness)
        left -= 7 + QFontMetricsF(painter.font()).horizontalAdvance(likeness)
    painter.setFont(base)
    return left


def _paint_note(painter: QPainter, box: QRectF, row: Row, tokens: Tokens, *, low: bool) -> None:
    """Below the bar: whom it looks like, where it does, and what else there is room for."""
    line = QFontMetricsF(painter.font()).height() + 1
    if row.care:
        paint_icon(painter, "warning", QRectF(box.left(), box.top() + 1, 14, 14), tokens.amber)
        painter.setPen(QColor(tokens.text))
        _paint_line(painter, box.adjusted(19, 0, 0, 0), row.care)
        box = box.adjusted(0, line, 0, 0)
    painter.setPen(QColor(tokens.dim))
    if row.track and not row.care and not low:
        _paint_line(painter, box, row.note)
        _paint_line(painter, box.adjusted(0, line, 0, 0), row.track)
    elif not row.care and not low:
        painter.drawText(box, _LEFT | Qt.TextFlag.TextWordWrap, row.note)
    elif not (row.care and low):
        _paint_line(painter, box, row.note)


def _paint_line(painter: QPainter, box: QRectF, text: str) -> None:
    words = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, _LEFT, words)


class SuggestionList(OfferedList):
    """A click accepts, hovering compares."""

    compared = Signal(int)
    """The number of the row under the mouse, or 1."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(crops, parent)
        self._cell = SuggestionCell(crops, self)
        self.setItemDelegate(self._cell)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("Suggestions"))
        self.entered.connect(lambda index: self.compared.emit(index.row() + 1))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.offered.modelReset.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(320, self.offered.rowCount() * (self._cell.row_height + _GAP))

    def minimumSizeHint(self) -> QSize:
        """All rows: what is around it scrolls."""
        return QSize(240, self.sizeHint().height())

    def set_compact(self, compact: bool) -> None:
        """Lower rows where the window is low."""
        height = COMPACT_HEIGHT if compact else ROW_HEIGHT
        if height != self._cell.row_height:
            self._cell.row_height = height
            self.scheduleDelayedItemsLayout()
            self.updateGeometry()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.compared.emit(1)
