"""The list of videos for Qt: columns, the order of the rows, and what is asked for next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from facereview.filters import VideoFilter, VideoOrder, VideoSort
from facereview.records import VideoSummary
from facereview.review.library.desk import LibraryDesk, VideoPlace
from facereview.ui.filters.wording import FilterWords
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.videos.rows import Changes, Chosen, Contents, Ids, Move, changes
from facereview.ui.widgets.plain_text import clear_text, plain_tip
from facereview.ui.wording import library as texts
from facereview.ui.wording.advice import told
from facereview.ui.wording.library import aloud


class Column(IntEnum):
    """The columns, left to right."""

    VIDEO = 0
    LENGTH = 1
    SIZE = 2
    CODEC = 3
    FACES = 4
    SCANNED = 5


SORTS: Mapping[int, VideoSort] = {
    Column.VIDEO: VideoSort.TITLE,
    Column.LENGTH: VideoSort.LENGTH,
    Column.SIZE: VideoSort.SIZE,
    Column.CODEC: VideoSort.CODEC,
    Column.FACES: VideoSort.FACES,
    Column.SCANNED: VideoSort.SCANNED,
}
_LAST_FIRST = (
    VideoSort.LENGTH,
    VideoSort.SIZE,
    VideoSort.FACES,
    VideoSort.PENDING,
    VideoSort.SCANNED,
)


def begun(by: VideoSort) -> VideoOrder:
    """An order as it is shown first: the highest or newest at the top, names from the beginning."""
    return VideoOrder(by, by in _LAST_FIRST)


def turned(order: VideoOrder, by: VideoSort) -> VideoOrder:
    """What choosing an order by its head leads to: it, then its other way round, then none."""
    if order.by is not by:
        return begun(by)
    return VideoOrder() if order != begun(by) else VideoOrder(by, not order.falling)


def _head(column: int) -> str:
    return (
        QCoreApplication.translate("VideosModel", "Video"),
        QCoreApplication.translate("VideosModel", "Length"),
        QCoreApplication.translate("VideosModel", "Size"),
        QCoreApplication.translate("VideosModel", "Codec"),
        QCoreApplication.translate("VideosModel", "Faces"),
        QCoreApplication.translate("VideosModel", "Scanned"),
    )[column]


def cell(row: VideoSummary, column: int) -> str:
    """The text of a cell."""
    match column:
        case Column.VIDEO:
            return texts.title(row.video)
        case Column.LENGTH:
            return texts.length(row.video.duration)
        case Column.SIZE:
            return texts.size(row.video.size_bytes)
        case Column.CODEC:
            return clear_text(row.video.codec or "–")
        case Column.FACES:
            return texts.counts(row)
        case _:
            return texts.state(row) if row.fault is None else texts.fault(row.video.path, row.fault)


def tip(row: VideoSummary, column: int) -> str | None:
    """What a cell may have cut short."""
    match column:
        case Column.VIDEO:
            return clear_text(row.video.path)
        case Column.FACES:
            return texts.counts(row)
        case Column.SCANNED:
            return None if row.fault is None else clear_text(row.fault)
        case _:
            return None


AnyIndex = QModelIndex | QPersistentModelIndex
SUMMARY = Qt.ItemDataRole.UserRole
"""Role of a row's :class:`VideoSummary`; None while it is not here."""

FIRST = 200
"""Videos that are shown before all others are listed, and whose contents are asked for at once."""

THEN = 20_000
"""Videos that are listed by the second query; each further one lists four times as many."""

EAGER = 20_000
"""Rows whose contents come without being seen; those of the others come when they are."""

_MOST = 20_000
"""Videos that are asked for together: fewer than are kept."""

_NEAR = 40
"""Rows above and below those that are seen whose contents come with theirs."""

_NONE = QModelIndex()
_NOTHING = np.empty(0, np.int32)


class VideosModel(QAbstractTableModel):
    """Videos of one filter in one order: first all ids, then the contents of what is seen."""

    settled = Signal()
    """An answer is in: rows and ``complete`` are up to date."""
    leaving = Signal(object)
    """Rows go now: an array that says of each row whether it stays."""
    failed = Signal()
    """The lane could not answer: see ``fault``; nothing is asked until refresh or search."""

    def __init__(self, desk: LibraryDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._lane = desk, lane
        self._ids: Ids = _NOTHING
        self._contents = Contents()
        self._words = FilterWords(self)
        self._listing: Ticket | None = None
        self._filling: Ticket | None = None
        self._again = False  # look again once what is under way is there
        self._visible = (0, 0)
        self._needed: Sequence[int] = ()
        self._ahead = 0  # rows before it were looked through for contents to ask for
        self.wanted = VideoFilter()
        self.order = VideoOrder()
        self.complete = False
        """Whether every video of this filter is listed."""
        self.fault = ""

    def search(self, wanted: VideoFilter) -> None:
        """List other videos, from the first."""
        self._cancel()
        self.beginResetModel()
        self.wanted = wanted
        self._ids, self._contents = _NOTHING, Contents()
        self._visible, self._ahead = (0, 0), 0
        self.endResetModel()
        self._list_first()

    def choose(self, order: VideoOrder) -> None:
        """Put the videos in another order; those selected stay so."""
        self.order = order
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(Column) - 1)
        self._cancel()
        self._ahead = 0
        self._list([], None)

    def refresh(self) -> None:
        """What is known may have changed: ask again for what is seen, for the rest when it is."""
        self.fault = ""
        self._contents.stale()
        if self._listing is not None and len(self._ids):
            self._again = True
        elif len(self._ids):
            self._list([], None)
        else:
            self._cancel()
            self._list_first()

    def show_rows(self, first: int, last: int) -> None:
        """These rows are seen now."""
        self._visible = (first, last)
        self._fill()

    def want(self, videos: Sequence[int]) -> None:
        """The contents of these are needed next, whether they are seen or not."""
        self._needed = videos[:_MOST]
        self._fill()

    def video(self, row: int) -> VideoSummary | None:
        """The video in a row, None while it is not here."""
        return self._contents.get(int(self._ids[row])) if 0 <= row < len(self._ids) else None

    def chosen(self, rows: NDArray[np.intp]) -> Chosen:
        """The videos in these rows."""
        ids: list[int] = self._ids[rows].tolist()
        found = map(self._contents.get, ids)
        return Chosen(tuple(ids), tuple(row for row in found if row is not None))

    @property
    def busy(self) -> bool:
        return self._listing is not None or self._filling is not None

    def rowCount(self, parent: AnyIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: AnyIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (Column.LENGTH, Column.SIZE):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tr("Order the videos by this; again: the other way round, then as before")
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        name = _head(section)
        if self.order.by is not SORTS[section]:
            return name
        spoken = role == Qt.ItemDataRole.AccessibleTextRole
        arrow = "↓" if self.order.falling else "↑"
        return f"{name}, {self._words.video_order(self.order)}" if spoken else f"{name} {arrow}"

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Texts for reading aloud and copying; the delegate paints from :data:`SUMMARY`."""
        row = self.video(index.row()) if index.isValid() else None
        if row is None:
            return None
        match role:
            case Qt.ItemDataRole.UserRole:
                return row
            case Qt.ItemDataRole.DisplayRole:
                return cell(row, index.column())
            case Qt.ItemDataRole.ToolTipRole:
                said = tip(row, index.column())
                return None if said is None else plain_tip(said)
            case Qt.ItemDataRole.AccessibleTextRole:
                return aloud(row) if index.column() == Column.VIDEO else None
            case _:
                return None

    def _cancel(self) -> None:
        for ticket in (self._listing, self._filling):
            if ticket is not None:
                ticket.cancel()
        self._listing = self._filling = None
        self._again = False
        self.fault = ""

    # ------------------------------------------------------------------------------ which videos

    def _list_first(self) -> None:
        """List as many as fill a window, with their contents."""
        desk, wanted, order, age = self._desk, self.wanted, self.order, self._contents.age
        self.complete = False

        def job() -> tuple[Ids, list[VideoSummary], VideoPlace | None]:
            page = desk.videos(wanted, order, FIRST)
            return page.videos, desk.summaries(page.videos.tolist()), page.after

        def came(found: tuple[Ids, list[VideoSummary], VideoPlace | None]) -> None:
            ids, rows, after = found
            self._contents.take(ids.tolist(), rows, age)
            self._listed(changes(_NOTHING, ids), done=after is None)
            if after is not None:
                self._list([ids], after)

        self._listing = self._lane.run(self, job, came, self._fail)

    def _list(self, found: list[Ids], after: VideoPlace | None) -> None:
        """List the videos behind ``found``, then show what the list has become."""
        desk, wanted, order, before = self._desk, self.wanted, self.order, self._ids
        limit = THEN * 4 ** max(0, len(found) - 1)
        self.complete = False

        def job() -> tuple[Ids, VideoPlace | None, Changes | None]:
            page = desk.videos(wanted, order, limit, after)
            if page.after is not None:
                return page.videos, page.after, None
            every, first = np.unique(np.concatenate([*found, page.videos]), return_index=True)
            return page.videos, None, changes(before, every[np.argsort(first)])

        def came(answer: tuple[Ids, VideoPlace | None, Changes | None]) -> None:
            ids, behind, changed = answer
            if changed is None:
                self._list([*found, ids], behind)
            else:
                self._listed(changed, done=True)

        self._listing = self._lane.run(self, job, came, self._fail, rank=Rank.AHEAD)

    def _listed(self, changed: Changes, *, done: bool) -> None:
        self._listing = None
        if changed.removed:
            self.leaving.emit(changed.stays)
        self._move(changed.gather)
        if changed.removed:
            left = len(self._ids) - changed.removed
            self.beginRemoveRows(_NONE, left, len(self._ids) - 1)
            self._ids = self._ids[:left]
            self.endRemoveRows()
        if len(changed.added):
            first = len(self._ids)
            self.beginInsertRows(_NONE, first, first + len(changed.added) - 1)
            self._ids = np.concatenate([self._ids, changed.added])
            self.endInsertRows()
        self._move(changed.spread)
        self.complete = done
        again, self._again = self._again, False
        self.settled.emit()
        self._fill()
        if again and done:
            self._list([], None)

    def _move(self, move: Move | None) -> None:
        if move is None:
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        self._ids = move.rows
        moved = [self.index(int(move.to[one.row()]), one.column()) for one in held]
        self.changePersistentIndexList(held, moved)
        self.layoutChanged.emit()

    def _fail(self, error: Exception) -> None:
        self._cancel()
        self.fault = told(error)
        self.failed.emit()

    # ----------------------------------------------------------------------------- their contents

    def _fill(self) -> None:
        """Ask for what is seen but not here, else for what may be seen next."""
        if self._filling is not None or self.fault:
            return
        first, last = self._visible
        begin = max(0, first - _NEAR)
        videos = self._contents.wanted(self._ids[begin : last + _NEAR + 1].tolist())
        videos = videos or self._contents.wanted(self._needed)
        rank = Rank.NORMAL
        if not videos:
            begin, rank = self._ahead, Rank.AHEAD
            while begin < min(EAGER, len(self._ids)) and not videos:
                videos = self._contents.wanted(self._ids[begin : begin + FIRST].tolist())
                self._ahead, begin = begin, begin + FIRST
        if videos:
            asked, desk, age = videos[:FIRST], self._desk, self._contents.age
            self._filling = self._lane.run(
                self,
                lambda: desk.summaries(asked),
                lambda rows: self._filled(asked, rows, age),
                self._fail,
                rank=rank,
            )

    def _filled(self, videos: list[int], rows: list[VideoSummary], age: int) -> None:
        self._filling = None
        self._contents.take(videos, rows, age)
        places = np.flatnonzero(np.isin(self._ids, videos))
        if len(places):
            bottom = self.index(int(places[-1]), len(Column) - 1)
            self.dataChanged.emit(self.index(int(places[0]), 0), bottom)
        self.settled.emit()
        self._fill()
