"""The list of videos as a table: how a row is painted, and how it is worked with the keyboard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QResizeEvent,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from facereview.records import VideoSummary
from facereview.ui.pictures.video_pictures import ThumbnailStore
from facereview.ui.videos.face_counts import FaceCounts, paint_counts
from facereview.ui.videos.model import SORTS, AnyIndex, Column, VideosModel, cell, turned
from facereview.ui.videos.rows import Chosen
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.theme import Tokens, paint_line, sized, tokens_of
from facereview.ui.wording import library as texts

ROW = 68
THUMB = QSize(96, 54)
MARGIN = 20
_GAP = 14


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

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        return QSize(80, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
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
            paint_thumb(painter, _thumb(rect), self._pictures.picture(row), tokens, 6)
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
        painter.setPen(QColor(tokens.dim))
        if column == Column.CODEC:
            paint_line(painter, box, cell(row, column), sentence=True)
        elif column == Column.SIZE or not self.compact:
            _paint_right(painter, box, cell(row, column))
        else:
            box = QRectF(box.left(), box.top() + 14, box.width(), 20)
            _paint_right(painter, box, cell(row, column))
            painter.setFont(sized(painter.font(), 12))
            facts = [cell(row, Column.SIZE), cell(row, Column.CODEC)]
            below = " · ".join(fact for fact in facts if fact != "–")
            _paint_right(painter, box.translated(0, 20), below)

    def _paint_names(
        self, painter: QPainter, rect: QRect, row: VideoSummary, tokens: Tokens
    ) -> None:
        left = MARGIN + THUMB.width() + _GAP
        box = QRectF(rect.adjusted(left, 14, -12, 0))
        box.setHeight(20)
        base = QFont(painter.font())
        painter.setFont(sized(base, 13, QFont.Weight.DemiBold))
        painter.setPen(QColor(tokens.text))
        paint_line(painter, box, texts.title(row.video))
        painter.setFont(sized(base, 12))
        box.translate(0, 20)
        if self.narrow and row.fault is not None:
            painter.setPen(QColor(tokens.red))
            paint_line(painter, box, texts.fault(row.video.path, row.fault), sentence=True)
        else:
            painter.setPen(QColor(tokens.dim))
            paint_line(painter, box, texts.place(row))


def _thumb(rect: QRect) -> QRectF:
    box = QRectF(rect.left() + MARGIN, 0, THUMB.width(), THUMB.height())
    box.moveTop(rect.top() + (rect.height() - THUMB.height()) / 2)
    return box


def _paint_right(painter: QPainter, box: QRectF, text: str) -> None:
    metrics = QFontMetricsF(painter.font())
    words = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)


def _paint_scan(painter: QPainter, box: QRectF, row: VideoSummary, tokens: Tokens) -> None:
    """When it was scanned, or the fault in red words behind a sign."""
    if row.fault is None:
        painter.setPen(QColor(tokens.dim if row.scanned_at else tokens.faint))
        paint_line(painter, box, texts.state(row), sentence=True)
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


_WIDTHS = {
    Column.LENGTH: 76,
    Column.SIZE: 84,
    Column.CODEC: 76,
    Column.FACES: 236,
    Column.SCANNED: 196,
}
_WIDEST_SCAN = 400
"""Faults are sentences: their column grows with the list, up to here."""

_ROOMY = 960
"""Width from which size and codec have columns of their own."""

_NARROW = 680
"""Width below which the panel alone says when a video was scanned, and what was wrong."""

_NARROW_FACES = 196
"""Width of the numbers of faces there: what is none is left out where it has no room."""

_COMPACT = 132
"""Width of the length with both under it."""


class VideosTable(QTableView):
    """Shows a :class:`VideosModel` and tells it which rows are seen."""

    selected = Signal(object)
    """What is selected: :class:`Chosen`."""
    typed = Signal(str)
    """A letter was typed: it is meant for the search."""
    order_chosen = Signal(object)
    """The head of a column was clicked: another :class:`VideoOrder`."""

    def __init__(
        self, model: VideosModel, pictures: ThumbnailStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.rows = model
        self._pictures = pictures
        self._to_end = False  # once all videos are listed
        self._look = QTimer(self, singleShot=True, interval=0)
        self._look.timeout.connect(self._tell_rows)
        self._say = QTimer(self, singleShot=True, interval=0)
        self._say.timeout.connect(self._say_selected)
        self.setModel(model)
        self._delegate = VideosDelegate(pictures, self)
        self.setItemDelegate(self._delegate)
        self._set_up()
        self._set_up_headers()
        model.rowsInserted.connect(self._rows_came)
        model.leaving.connect(self._rows_leave)
        model.rowsRemoved.connect(self._say_later)
        model.dataChanged.connect(self._say_later)
        model.modelReset.connect(self._say_later)
        model.modelReset.connect(self._stay)
        model.headerDataChanged.connect(self._stay)
        model.layoutChanged.connect(self._say_later)
        model.settled.connect(self._settled)
        pictures.answered.connect(self._picture_came)

    def _set_up(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setAccessibleName(self.tr("Videos"))

    def _set_up_headers(self) -> None:
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW)
        columns.setHighlightSections(False)
        columns.setSectionsClickable(True)
        columns.sectionClicked.connect(self._head_clicked)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(Column.VIDEO, QHeaderView.ResizeMode.Stretch)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setStyleSheet(f"QHeaderView::section:first {{ padding-left: {MARGIN}px; }}")
        for column, width in _WIDTHS.items():
            columns.resizeSection(column, width)

    # ------------------------------------------------------------------------------- for the page

    def chosen(self) -> Chosen:
        """The selected videos, the current one first."""
        rows, at = self._chosen_rows(), self.currentIndex().row()
        if at in rows:
            rows = np.concatenate([[at], rows[rows != at]])
        return self.rows.chosen(rows)

    def _chosen_rows(self) -> NDArray[np.intp]:
        """The selected rows from above, read off their ranges: there may be very many."""
        ranges = self.selectionModel().selection().toList()
        rows = [np.arange(one.top(), one.bottom() + 1) for one in ranges]
        return np.unique(np.concatenate([np.empty(0, np.intp), *rows]))

    # --------------------------------------------------------------------------------- what comes

    def _rows_came(self, _parent: QModelIndex, first: int, _last: int) -> None:
        if first == 0 and not self.currentIndex().isValid():
            # whatever keys are held: the one that led here may still be down
            how = QItemSelectionModel.SelectionFlag.ClearAndSelect
            self.selectionModel().setCurrentIndex(
                self.rows.index(0, 0), how | QItemSelectionModel.SelectionFlag.Rows
            )
        self._look.start()

    def _rows_leave(self, stays: NDArray[np.bool_]) -> None:
        """Cursor and selection go to what takes the place of those that go, while it is known."""
        chosen, at = self._chosen_rows(), self.currentIndex().row()
        left = chosen[stays[chosen]]
        heirs = left if len(left) else np.flatnonzero(stays)
        if at < 0 or not len(heirs):
            return
        if not stays[at]:
            at = int(heirs[min(int(np.searchsorted(heirs, at)), len(heirs) - 1)])
        flag = QItemSelectionModel.SelectionFlag
        alone = len(chosen) and not len(left)
        how = flag.Select | flag.Rows if alone else flag.NoUpdate
        self.selectionModel().setCurrentIndex(self.rows.index(at, Column.VIDEO), how)

    def _stay(self, *_what: object) -> None:
        """Something else is listed, or in another order: its end was not asked for."""
        self._to_end = False

    def _settled(self) -> None:
        """All videos may be listed now."""
        if self._to_end and self.rows.complete:
            self._to_end = False
            self.setCurrentIndex(self.rows.index(self.rows.rowCount() - 1, Column.VIDEO))

    def _head_clicked(self, column: int) -> None:
        self.order_chosen.emit(turned(self.rows.order, SORTS[column]))

    def _say_selected(self) -> None:
        chosen = self.chosen()
        self.rows.want(chosen.ids)
        self.selected.emit(chosen)

    def _say_later(self, *_what: object) -> None:
        self._say.start()
        self._look.start()

    def _picture_came(self, video_id: int) -> None:
        first, last = self._seen()
        for row in range(first, last + 1):
            video = self.rows.video(row)
            if video is not None and video.video.id == video_id:
                self.update(self.rows.index(row, Column.VIDEO))

    def _seen(self) -> tuple[int, int]:
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return max(0, first), last if last >= 0 else self.rows.rowCount() - 1

    def _tell_rows(self) -> None:
        first, last = self._seen()
        self.rows.show_rows(first, last)

    # ------------------------------------------------------------------------------------- for Qt

    def selectionChanged(self, new: QItemSelection, old: QItemSelection) -> None:
        super().selectionChanged(new, old)
        self._say.start()

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        self._say.start()
        self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self._look.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        compact = self.viewport().width() < _ROOMY
        self._delegate.compact = compact
        self.horizontalHeader().resizeSection(
            Column.LENGTH, _COMPACT if compact else _WIDTHS[Column.LENGTH]
        )
        for column in (Column.SIZE, Column.CODEC):
            self.setColumnHidden(column, compact)
        self._delegate.narrow = self.viewport().width() < _NARROW
        self.setColumnHidden(Column.SCANNED, self._delegate.narrow)
        faces = _NARROW_FACES if self._delegate.narrow else _WIDTHS[Column.FACES]
        self.horizontalHeader().resizeSection(Column.FACES, faces)
        scan = round(self.viewport().width() * 0.16)
        scan = min(_WIDEST_SCAN, max(_WIDTHS[Column.SCANNED], scan))
        self.horizontalHeader().resizeSection(Column.SCANNED, scan)
        self._look.start()

    def moveCursor(
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End go to the first and the last row: columns are not gone through."""
        actions = QAbstractItemView.CursorAction
        if action in (actions.MoveHome, actions.MoveEnd):
            last = self.rows.rowCount() - 1
            self._to_end = action == actions.MoveEnd and not self.rows.complete
            return self.rows.index(0 if action == actions.MoveHome else last, Column.VIDEO)
        if action in (actions.MoveLeft, actions.MoveRight):
            return self.currentIndex()
        return super().moveCursor(action, modifiers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Another key, and the end of the list is not waited for any more."""
        self._to_end = False
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._to_end = False
        super().mousePressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters go to the search field, which looks through the whole library."""
        if search.strip():
            self.typed.emit(search)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        current = self.currentIndex()
        if not current.isValid():
            return
        tokens = tokens_of(self)
        painter = QPainter(self.viewport())
        top = self.rowViewportPosition(current.row())
        colour = tokens.amber if self.hasFocus() else tokens.faint
        painter.fillRect(0, top, 4, ROW - 1, QColor(colour))
