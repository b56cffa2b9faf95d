"""The videos in which a creator appears, each with its times: item model, cells, view."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLineF,
    QObject,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from facereview.review.creators.records import AppearsIn, Moment
from facereview.ui.creators.list import PlainList
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.rows_model import ROW, Index, RowsModel
from facereview.ui.widgets.theme import paint_line, sized, tokens_of
from facereview.ui.wording.decisions import clock
from facereview.ui.wording.library import faces, number, title

_HEIGHT = 38
_COUNTS, _TITLE = 208, 140
"""Room for how many faces, and at least for the title."""
_NEAR = 6
"""Pixels beside a mark that still hit it."""


def moments(one: AppearsIn) -> tuple[tuple[Moment, bool], ...]:
    """Every face in time order, with whether it is decided."""
    both = [(m, True) for m in one.decided] + [(m, False) for m in one.likely]
    return tuple(sorted(both, key=lambda pair: pair[0].timestamp))


def groove(box: QRect) -> QRectF:
    """Where the timeline of a row lies."""
    wide = min(box.width() * 0.62, box.width() - _COUNTS - _TITLE)
    return QRectF(box.left(), box.top() + 11, round(max(80, wide)), box.height() - 22)


def place(groove_box: QRectF, one: AppearsIn, moment: Moment) -> float:
    """Where the mark of a face stands, from the left."""
    times = [m.timestamp for m, _ in moments(one)]
    span = max(one.video.duration or 0.0, times[-1] if times else 0.0, 1e-3)
    share = min(1.0, max(0.0, moment.timestamp / span))
    return groove_box.left() + 4 + share * (groove_box.width() - 8)


class AppearsModel(RowsModel[AppearsIn]):
    """Videos with the faces of one creator."""

    def title(self, row: AppearsIn) -> str:
        return title(row.video)

    def aloud(self, row: AppearsIn) -> str:
        text = self.tr("{title}: {decided} decided at {times}, {likely} likely")
        if row.unchecked:
            text = self.tr(
                "{title}: {decided} decided, {unchecked} of them matched automatically and "
                "unchecked, at {times}, {likely} likely"
            )
        times = ", ".join(clock(m.timestamp) for m in row.decided[:20])
        return text.format(
            title=title(row.video),
            decided=number(len(row.decided)),
            unchecked=number(row.unchecked),
            times=times or "–",
            likely=number(len(row.likely)),
        )

    def tip(self, row: AppearsIn) -> str:
        return clear_text(row.video.path)


class AppearsCell(QStyledItemDelegate):
    """A timeline, solid marks for decided faces, dashed for unchecked and likely, and the title."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mark = -1
        """The mark at hand of the current row."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(option.rect.width(), _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: AppearsIn = index.data(ROW)
        tokens, rect = tokens_of(option.widget), option.rect
        current = option.widget.hasFocus() and bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(tokens.line))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = groove(rect)
        painter.setPen(QPen(QColor(tokens.blue), 1.5) if current else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(box, 5, 5)
        self._paint_marks(painter, box, row, current=current, tokens=tokens)
        painter.setFont(sized(painter.font(), 13, QFont.Weight.Medium))
        painter.setPen(QColor(tokens.text))
        words = QRectF(box.right() + 16, rect.top(), 0, rect.height())
        words.setRight(rect.right() - _COUNTS - 10)
        paint_line(painter, words, title(row.video))
        painter.setFont(sized(painter.font(), 13))
        painter.setPen(QColor(tokens.dim))
        count = QRectF(rect.right() - _COUNTS, rect.top(), _COUNTS - 8, rect.height())
        known = [faces(len(row.decided))] if row.decided else []
        if row.unchecked:
            known.append(f"{number(row.unchecked)} {self.tr('unchecked')}")
        likely = [f"{number(len(row.likely))} {self.tr('likely')}"] if row.likely else []
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        counted = painter.fontMetrics().elidedText(
            " · ".join(known + likely), Qt.TextElideMode.ElideRight, round(count.width())
        )
        painter.drawText(count, side, counted)
        painter.restore()

    def _paint_marks(
        self, painter: QPainter, box: QRectF, row: AppearsIn, *, current: bool, tokens: Any
    ) -> None:
        drawn: set[tuple[int, bool, bool]] = set()
        for number_, (moment, decided) in enumerate(moments(row)):
            at = round(place(box, row, moment))
            marked = current and number_ == self.mark
            like = (at, decided, moment.unchecked)
            if like in drawn and not marked:
                continue
            drawn.add(like)
            pen = QPen(QColor(tokens.green if decided else tokens.amber), 5 if marked else 3)
            if not decided or moment.unchecked:
                pen.setWidth(4 if marked else 2)
                pen.setDashPattern([1.6, 1.2])
            painter.setPen(pen)
            painter.drawLine(QLineF(at, box.top() + 2, at, box.bottom() - 2))


class AppearsList(PlainList):
    """Up and Down choose a video, Left and Right a face in it, Enter opens it on Review."""

    face_opened = Signal(int)
    video_opened = Signal(str)
    """The path of a video."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            QCoreApplication.translate("AppearsList", "Videos with this creator"), parent
        )
        self.videos = AppearsModel(self)
        self.cell = AppearsCell(self)
        self.setModel(self.videos)
        self.setItemDelegate(self.cell)
        self.setMouseTracking(True)

    def _faces(self) -> tuple[tuple[Moment, bool], ...]:
        row = self.videos.row(self.currentIndex().row())
        return moments(row) if row else ()

    def _hit(self, at: QPoint) -> int | None:
        """The face whose mark is nearest to a point, None where none is near."""
        index = self.indexAt(at)
        row = self.videos.row(index.row())
        if row is None:
            return None
        box = groove(self.visualRect(index))
        near = [
            (abs(place(box, row, moment) - at.x()), moment.face_id) for moment, _ in moments(row)
        ]
        distance, face = min(near, default=(_NEAR + 1.0, 0))
        return face if distance <= _NEAR else None

    def _on_title(self, at: QPoint) -> bool:
        index = self.indexAt(at)
        return index.isValid() and at.x() > groove(self.visualRect(index)).right() + 8

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A mark opens its face, the title its video."""
        super().mousePressEvent(event)
        at = event.position().toPoint()
        face, row = self._hit(at), self.videos.row(self.indexAt(at).row())
        if face is not None:
            self.face_opened.emit(face)
        elif row is not None and self._on_title(at):
            self.video_opened.emit(row.video.path)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent):
            at = event.position().toPoint()
            over = self._hit(at) is not None or self._on_title(at)
            hand = Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(hand if over else Qt.CursorShape.ArrowCursor)
        return super().viewportEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.cell.mark = 0
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        found, step = self._faces(), {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        row = self.videos.row(self.currentIndex().row())
        if key in step:
            self.cell.mark = min(len(found) - 1, max(0, self.cell.mark + step[key]))
            self.viewport().update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None:
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier or not found:
                self.video_opened.emit(row.video.path)
            else:
                self.face_opened.emit(found[max(0, self.cell.mark)][0].face_id)
        else:
            super().keyPressEvent(event)
