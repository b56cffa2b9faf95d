"""Paints the rows of the list of videos."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from facereview.records import VideoSummary
from facereview.ui.pictures.thumbnails import ThumbnailStore
from facereview.ui.videos.columns import Column, cell
from facereview.ui.videos.face_counts import FaceCounts, paint_counts
from facereview.ui.widgets.fonts import sized
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.theme import Tokens, tokens_of
from facereview.ui.wording import library as texts

ROW = 68
THUMB = QSize(96, 54)
MARGIN = 20
_GAP = 14

AnyIndex = QModelIndex | QPersistentModelIndex


def paint_thumb(
    painter: QPainter, rect: QRectF, picture: QImage | None, tokens: Tokens, radius: float
) -> None:
    """A picture inside a rounded rectangle, a film where there is none."""
    painter.save()
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    path = QPainterPath()
    path.addRoundedRect(rect, radius, radius)
    painter.fillPath(path, QColor(tokens.raised))
    if picture is None:
        side = min(40.0, rect.height() * 0.45)
        box = QRectF(0, 0, side, side)
        box.moveCenter(rect.center())
        paint_icon(painter, "videos", box, tokens.faint)
    else:
        painter.setClipPath(path)
        scale = min(rect.width() / picture.width(), rect.height() / picture.height())
        box = QRectF(0, 0, picture.width() * scale, picture.height() * scale)
        box.moveCenter(rect.center())
        painter.drawImage(box, picture)
    painter.restore()


class VideosDelegate(QStyledItemDelegate):
    """A row is one surface: the current one has an amber edge, those selected are raised."""

    def __init__(self, pictures: ThumbnailStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.compact = False
        """Size and codec have no column of their own and stand under the length."""
        self.narrow = False
        """Scans have no column: what was wrong stands under the title."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:  # noqa: N802
        """Every row has the same height."""
        return QSize(80, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Draw one cell."""
        rect, tokens = option.rect, tokens_of(option.widget)
        painter.save()
        painter.setFont(option.widget.font())
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(tokens.raised))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, QColor(tokens.line))
        row = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(row, VideoSummary):
            self._paint_cell(painter, rect, row, index.column(), tokens)
        elif index.column() == Column.VIDEO:
            paint_thumb(painter, _thumb(rect), None, tokens, 6)
        painter.restore()

    def _paint_cell(
        self, painter: QPainter, rect: QRect, row: VideoSummary, column: int, tokens: Tokens
    ) -> None:
        if column == Column.VIDEO:
            paint_thumb(painter, _thumb(rect), self._pictures.get(row), tokens, 6)
            self._paint_names(painter, rect, row, tokens)
        elif column == Column.FACES:
            counts = FaceCounts.of([row])
            box = QRectF(rect.adjusted(8, 17, -20, -17))
            paint_counts(painter, box, counts, tokens)
        elif column == Column.SCANNED:
            _paint_scan(painter, QRectF(rect.adjusted(8, 8, -MARGIN, -8)), row, tokens)
        else:
            self._paint_fact(painter, QRectF(rect.adjusted(8, 0, -8, 0)), row, column, tokens)

    def _paint_fact(
        self, painter: QPainter, box: QRectF, row: VideoSummary, column: int, tokens: Tokens
    ) -> None:
        elide, side = Qt.TextElideMode.ElideRight, Qt.AlignmentFlag.AlignLeft
        if column in (Column.LENGTH, Column.SIZE):
            side = Qt.AlignmentFlag.AlignRight
        painter.setPen(QColor(tokens.dim))
        if column != Column.LENGTH or not self.compact:
            _line(painter, box, cell(row, column), side, elide)
            return
        box = QRectF(box.left(), box.top() + 14, box.width(), 20)
        _line(painter, box, cell(row, column), side, elide)
        box.translate(0, 20)
        painter.setFont(sized(painter.font(), 12))
        facts = [cell(row, Column.SIZE), cell(row, Column.CODEC)]
        _line(painter, box, " · ".join(fact for fact in facts if fact != "–"), side, elide)

    def _paint_names(
        self, painter: QPainter, rect: QRect, row: VideoSummary, tokens: Tokens
    ) -> None:
        left = MARGIN + THUMB.width() + _GAP
        box = QRectF(rect.adjusted(left, 14, -12, 0))
        box.setHeight(20)
        base = QFont(painter.font())
        painter.setFont(sized(base, 13, QFont.Weight.DemiBold))
        painter.setPen(QColor(tokens.text))
        left_side = Qt.AlignmentFlag.AlignLeft
        _line(painter, box, texts.title(row.video), left_side, Qt.TextElideMode.ElideMiddle)
        painter.setFont(sized(base, 12))
        painter.setPen(QColor(tokens.dim))
        box.translate(0, 20)
        if self.narrow and row.fault is not None:
            painter.setPen(QColor(tokens.red))
            fault = texts.fault(row.video.path, row.fault)
            _line(painter, box, fault, left_side, Qt.TextElideMode.ElideRight)
            return
        _line(painter, box, texts.folder(row.video), left_side, Qt.TextElideMode.ElideMiddle)


def _thumb(rect: QRect) -> QRectF:
    box = QRectF(rect.left() + MARGIN, 0, THUMB.width(), THUMB.height())
    box.moveTop(rect.top() + (rect.height() - THUMB.height()) / 2)
    return box


def _line(
    painter: QPainter,
    box: QRectF,
    text: str,
    side: Qt.AlignmentFlag,
    elide: Qt.TextElideMode,
) -> None:
    words = QFontMetricsF(painter.font()).elidedText(text, elide, box.width())
    painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, words)


def _paint_scan(painter: QPainter, box: QRectF, row: VideoSummary, tokens: Tokens) -> None:
    """When it was scanned, or the fault in red words behind a sign."""
    if row.fault is None:
        painter.setPen(QColor(tokens.dim if row.scanned_at else tokens.faint))
        side = Qt.AlignmentFlag.AlignLeft
        _line(painter, box, texts.state(row), side, Qt.TextElideMode.ElideRight)
        return
    sign = QRectF(box.left(), box.center().y() - 8, 16, 16)
    paint_icon(painter, "warning", sign, tokens.red)
    painter.setFont(sized(painter.font(), 12))
    painter.setPen(QColor(tokens.red))
    words = box.adjusted(24, 0, 0, 0)
    option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    painter.setClipRect(words)
    painter.drawText(words, _cut(painter, texts.fault(row.video.path, row.fault), words), option)


def _cut(painter: QPainter, text: str, box: QRectF) -> str:
    """As much of a sentence as two lines take."""
    metrics = QFontMetricsF(painter.font())
    lines = max(1, int(box.height() / metrics.lineSpacing()))
    line = " ".join(text.split())[:300]
    # wrapping at words leaves part of each line empty
    room = box.width() * lines * 0.86
    return metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)
