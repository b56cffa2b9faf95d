"""The list of videos as a table: one row per video, worked with the keyboard."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from facereview.records import VideoSummary
from facereview.ui.pictures.thumbnails import ThumbnailStore
from facereview.ui.videos.columns import Column
from facereview.ui.videos.delegate import MARGIN, ROW, VideosDelegate
from facereview.ui.videos.model import AnyIndex, VideosModel
from facereview.ui.widgets.theme import tokens_of

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

_AHEAD = 40
"""Rows from the end at which the next page is asked for."""


class VideosTable(QTableView):
    """Shows a :class:`VideosModel` and tells it which rows are seen."""

    selected = Signal(object)
    """The selected videos, those that are here, the current one first: a list."""
    typed = Signal(str)
    """A letter was typed: it is meant for the search."""

    def __init__(
        self, model: VideosModel, pictures: ThumbnailStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._videos = model
        self._pictures = pictures
        self._look = QTimer(self, singleShot=True, interval=0)
        self._look.timeout.connect(self._tell_rows)
        self._say = QTimer(self, singleShot=True, interval=0)
        self._say.timeout.connect(lambda: self.selected.emit(self.videos()))
        self.setModel(model)
        self._delegate = VideosDelegate(pictures, self)
        self.setItemDelegate(self._delegate)
        self._set_up()
        self._set_up_headers()
        model.rowsInserted.connect(self._rows_came)
        model.rowsRemoved.connect(self._say_later)
        model.dataChanged.connect(self._say_later)
        model.modelReset.connect(self._say_later)
        pictures.arrived.connect(self._picture_came)

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
        columns.setSectionsClickable(False)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(Column.VIDEO, QHeaderView.ResizeMode.Stretch)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setStyleSheet(f"QHeaderView::section:first {{ padding-left: {MARGIN}px; }}")
        for column, width in _WIDTHS.items():
            columns.resizeSection(column, width)

    # ------------------------------------------------------------------------------- for the page

    def videos(self) -> list[VideoSummary]:
        """The selected videos that are here, the current one first."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        current = self.currentIndex().row()
        if current in rows:
            rows.remove(current)
            rows.insert(0, current)
        found = (self._videos.video(row) for row in rows)
        return [video for video in found if video is not None]

    def go_to(self, video_id: int) -> bool:
        """Make a video the current one; False where it is not listed."""
        row = self._videos.row_of(video_id)
        if row is not None:
            self._choose(row)
            self.scrollTo(self._videos.index(row, 0))
        return row is not None

    # --------------------------------------------------------------------------------- what comes

    def _rows_came(self, _parent: QModelIndex, first: int, _last: int) -> None:
        if first == 0 and not self.currentIndex().isValid():
            self._choose(0)
        self._look.start()

    def _choose(self, row: int) -> None:
        """Select one row, whatever keys are held: the one that led here may still be down."""
        how = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().setCurrentIndex(
            self._videos.index(row, 0), how | QItemSelectionModel.SelectionFlag.Rows
        )

    def _say_later(self, *_what: object) -> None:
        self._say.start()
        self._look.start()

    def _picture_came(self, video_id: int) -> None:
        first, last = self._seen()
        for row in range(first, last + 1):
            video = self._videos.video(row)
            if video is not None and video.video.id == video_id:
                self.update(self._videos.index(row, Column.VIDEO))

    def _seen(self) -> tuple[int, int]:
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return max(0, first), last if last >= 0 else self._videos.rowCount() - 1

    def _tell_rows(self) -> None:
        first, last = self._seen()
        self._videos.show_rows(first, last)
        if self._videos.rowCount() - last < _AHEAD and self._videos.canFetchMore(QModelIndex()):
            self._videos.fetchMore(QModelIndex())

    # ------------------------------------------------------------------------------------- for Qt

    def selectionChanged(self, new: QItemSelection, old: QItemSelection) -> None:  # noqa: N802
        """Say so, once for all changes of a moment."""
        super().selectionChanged(new, old)
        self._say.start()

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:  # noqa: N802
        """The amber edge moves."""
        super().currentChanged(current, previous)
        self._say.start()
        self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802
        """Other rows are seen."""
        super().scrollContentsBy(dx, dy)
        self._look.start()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Give names the room, facts what is left."""
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

    def moveCursor(  # noqa: N802
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End go to the first and the last row: columns are not gone through."""
        actions = QAbstractItemView.CursorAction
        if action in (actions.MoveHome, actions.MoveEnd):
            last = self._videos.rowCount() - 1
            return self._videos.index(0 if action == actions.MoveHome else last, Column.VIDEO)
        if action in (actions.MoveLeft, actions.MoveRight):
            return self.currentIndex()
        return super().moveCursor(action, modifiers)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Letters go to the search field, which looks through the whole library."""
        if search.strip():
            self.typed.emit(search)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Mark the current row at its edge, thick."""
        super().paintEvent(event)
        current = self.currentIndex()
        if not current.isValid():
            return
        tokens = tokens_of(self)
        painter = QPainter(self.viewport())
        top = self.rowViewportPosition(current.row())
        colour = tokens.amber if self.hasFocus() else tokens.faint
        painter.fillRect(0, top, 4, ROW - 1, QColor(colour))
