"""The list of the history: a row for each entry, below the heading of its day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from facereview.records import Face, Video
from facereview.review.history.records import Cannot, Entry
from facereview.ui.actions.table import first_key
from facereview.ui.history import wording
from facereview.ui.pictures.crop_store import CropStore, Key
from facereview.ui.pictures.painting import paint_nobody, paint_rounded
from facereview.ui.widgets.key_caps import CAP_HEIGHT, cap_width, paint_cap
from facereview.ui.widgets.rows_model import ROW, Index, RowsModel
from facereview.ui.widgets.theme import Tokens, paint_line, sized, tokens_of

Pictures = Mapping[int, tuple[Face, Video]]
"""What faces are cut out of, by id."""

_ROW, _HEADING = 62, 40
_SIDE, _GAP, _MOST = 40, 6, 4
_EDGE = 14
_TIME, _BADGE = 58, 30
_ROOM = 260
"""Least width of the words: pictures of faces have what is left."""
_PALE = 0.45


class HistoryModel(RowsModel[Entry | date]):
    """Entries, newest first, and the days above them."""

    def title(self, row: Entry | date) -> str:
        if isinstance(row, Entry):
            return wording.title(row)
        return wording.heading(row, datetime.now().astimezone().date())

    def aloud(self, row: Entry | date) -> str:
        return wording.aloud(row) if isinstance(row, Entry) else self.title(row)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self.row(index.row()), Entry):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags

    def entries(self) -> list[Entry]:
        """The entries without the days."""
        return [row for row in self.rows if isinstance(row, Entry)]

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show other entries."""
        self.show(_with_days(entries, None))

    def add_entries(self, entries: Sequence[Entry]) -> None:
        """Show further ones below."""
        known = self.entries()
        self.append(_with_days(entries, known[-1].when.date() if known else None))

    def place(self, token: str) -> int | None:
        """The row of an entry."""
        rows = enumerate(self.rows)
        return next((n for n, row in rows if isinstance(row, Entry) and row.token == token), None)


def _with_days(entries: Sequence[Entry], day: date | None) -> list[Entry | date]:
    rows: list[Entry | date] = []
    for entry in entries:
        if entry.when.date() != day:
            day = entry.when.date()
            rows.append(day)
        rows.append(entry)
    return rows


class HistoryDelegate(QStyledItemDelegate):
    """A row: time, who, what was done, some of its faces, and the key that takes it back."""

    def __init__(self, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self.pictures: Pictures = {}

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, _ROW if isinstance(index.data(ROW), Entry) else _HEADING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, row = tokens_of(option.widget), index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(option.widget.font())
        if isinstance(row, Entry):
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            self._paint_entry(painter, option.rect, row, tokens, chosen=chosen)
        else:
            painter.setFont(sized(painter.font(), 12, QFont.Weight.Medium))
            painter.setPen(QColor(tokens.dim))
            box = QRectF(option.rect.adjusted(_EDGE + 10, 12, -_EDGE, -4))
            paint_line(painter, box, str(index.data()), sentence=True)
        painter.restore()

    def _paint_entry(
        self, painter: QPainter, rect: QRect, entry: Entry, tokens: Tokens, *, chosen: bool
    ) -> None:
        box = QRectF(rect.adjusted(_EDGE, 0, -_EDGE, 0))
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        if chosen:
            painter.setPen(QPen(QColor(tokens.amber), 1))
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box.adjusted(0.5, 1.5, -0.5, -1.5), 8, 8)
        inner = box.adjusted(10, 0, -12, 0)
        self._paint_who(painter, inner, entry, tokens)
        right = self._paint_key(painter, inner, entry, tokens)
        left = inner.left() + _TIME + _BADGE + 2 * _GAP + 8
        right = self._paint_faces(
            painter, QRectF(left, inner.top(), right - left, _ROW), entry, tokens
        )
        self._paint_words(painter, QRectF(left, inner.top(), right - left, _ROW), entry, tokens)

    def _paint_who(self, painter: QPainter, box: QRectF, entry: Entry, tokens: Tokens) -> None:
        undone = entry.cannot is Cannot.UNDONE
        font = sized(painter.font(), 13)
        font.setStrikeOut(undone)
        painter.setFont(font)
        painter.setPen(QColor(tokens.faint if undone else tokens.dim))
        paint_line(painter, QRectF(box.left(), box.top(), _TIME, _ROW), wording.clock(entry.when))
        circle = QRectF(box.left() + _TIME, box.center().y() - _BADGE / 2, _BADGE, _BADGE)
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.setBrush(QColor(tokens.panel))
        painter.drawEllipse(circle)
        painter.setFont(sized(painter.font(), 11, QFont.Weight.Medium))
        painter.setPen(QColor(tokens.dim))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, wording.initials(entry))

    def _paint_key(self, painter: QPainter, box: QRectF, entry: Entry, tokens: Tokens) -> float:
        """The key cap where the entry can be taken back; how far the rest may reach."""
        key = first_key("take_back")
        width = cap_width(painter.font(), key)
        place = QRectF(box.right() - width, box.center().y() - CAP_HEIGHT / 2, width, CAP_HEIGHT)
        if entry.cannot is None:
            paint_cap(painter, place, key, tokens)
        return place.left() - 14

    def _paint_faces(self, painter: QPainter, box: QRectF, entry: Entry, tokens: Tokens) -> float:
        """Some of its faces at the right end; how far the words may reach."""
        count = min(_MOST, len(entry.shown), int((box.width() - _ROOM) // (_SIDE + _GAP)))
        right = box.right()
        painter.save()
        if entry.cannot is Cannot.UNDONE:
            painter.setOpacity(_PALE)
        for face_id in reversed(entry.shown[: max(0, count)]):
            place = QRectF(right - _SIDE, box.center().y() - _SIDE / 2, _SIDE, _SIDE)
            self._paint_face(painter, place, face_id, tokens, decided=bool(entry.faces))
            right -= _SIDE + _GAP
        painter.restore()
        return right - 8

    def _paint_face(
        self, painter: QPainter, place: QRectF, face_id: int, tokens: Tokens, *, decided: bool
    ) -> None:
        face, video = self.pictures.get(face_id, (None, None))
        crop = None if face is None else self._crops.face(face, video)
        if crop is not None:
            paint_rounded(painter, place, crop, 7)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(place, 7, 7)
            paint_nobody(painter, place, 20, tokens)
        style = Qt.PenStyle.SolidLine if decided else Qt.PenStyle.DashLine
        painter.setPen(QPen(QColor(tokens.green if decided else tokens.dim), 1.5, style))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)

    def _paint_words(self, painter: QPainter, box: QRectF, entry: Entry, tokens: Tokens) -> None:
        undone = entry.cannot is Cannot.UNDONE
        font = sized(painter.font(), 13, QFont.Weight.DemiBold)
        font.setStrikeOut(undone)
        below = wording.state(entry) if undone else wording.about(entry)
        painter.setFont(font)
        painter.setPen(QColor(tokens.dim if undone else tokens.text))
        top = box.top() + (12 if below else 21)
        line = QRectF(box.left(), top, box.width(), 20)
        paint_line(painter, line, wording.title(entry), sentence=True)
        painter.setFont(sized(painter.font(), 12))
        painter.setPen(QColor(tokens.dim))
        paint_line(painter, line.translated(0, 19), below, sentence=True)


class HistoryList(QListView):
    """Arrows go from entry to entry; at the end further ones are asked for."""

    chosen = Signal(object)
    """The :class:`Entry` at hand, or None."""
    more_wanted = Signal()

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = HistoryModel(self)
        self.delegate = HistoryDelegate(crops, self)
        self.setModel(self.rows)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(self.tr("What was done, newest first"))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalScrollBar().setSingleStep(_ROW // 2)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        crops.arrived.connect(self._arrived)
        crops.cleared.connect(self._arrived)

    @property
    def entry(self) -> Entry | None:
        """The entry at hand."""
        row = self.rows.row(self.currentIndex().row())
        return row if isinstance(row, Entry) else None

    def choose(self, token: str | None) -> None:
        """Go to an entry, else to the first."""
        place = None if token is None else self.rows.place(token)
        if place is None:
            rows = enumerate(self.rows.rows)
            place = next((n for n, row in rows if isinstance(row, Entry)), None)
        if place is None:
            self.chosen.emit(None)
        else:
            self.setCurrentIndex(self.rows.index(place))
            if place == 1:
                self.scrollToTop()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.chosen.emit(self.entry)
            if current.row() >= self.rows.rowCount() - 10:
                self.more_wanted.emit()

    def _scrolled(self, value: int) -> None:
        if value >= self.verticalScrollBar().maximum() - 10 * _ROW:
            self.more_wanted.emit()

    def _arrived(self, _key: Key | None = None) -> None:
        self.viewport().update()
