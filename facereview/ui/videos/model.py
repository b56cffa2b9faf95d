"""The list of videos for Qt: columns, the queries that bring rows, and what is asked for next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from facereview.records import VideoSummary
from facereview.review.library.desk import LibraryDesk, VideoFilter, VideoPage
from facereview.ui.jobs.lanes import Lane, Rank, Ticket
from facereview.ui.videos.row_pages import VideoPages
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


@dataclass(frozen=True, slots=True)
class Stretch:
    """Videos behind ``after`` up to ``upto``; ``enough`` of them will do."""

    after: str
    upto: str | None
    enough: int
    rank: Rank = Rank.NORMAL


@dataclass(slots=True)
class Found:
    """What a stretch holds, looked at up to the path ``reached``; ``done``: to its end."""

    reached: str
    done: bool = False
    videos: list[VideoSummary] = field(default_factory=list)


class VideoFetch(QObject):
    """One stretch at a time; the queries of others may come between its own."""

    looked = Signal(str)
    """A query found too little and the next one follows; the path it reached."""
    failed = Signal(str)

    def __init__(self, desk: LibraryDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._ticket: Ticket | None = None
        self.text = ""
        self.show = VideoFilter.ALL

    @property
    def busy(self) -> bool:
        return self._ticket is not None

    def cancel(self) -> None:
        """Forget what is under way."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None

    def ask(self, stretch: Stretch, then: Callable[[Found], object]) -> None:
        """Ask for a stretch; ``then`` gets what was found."""
        self._ask(stretch, Found(stretch.after), then)

    def _ask(self, stretch: Stretch, found: Found, then: Callable[[Found], object]) -> None:
        desk, text, show, after, upto = (
            self._desk,
            self.text,
            self.show,
            found.reached,
            stretch.upto,
        )

        def job() -> VideoPage:
            return desk.videos(text, show, after=after, upto=upto)

        def answered(page: VideoPage) -> None:
            self._ticket = None
            found.videos.extend(page.videos)
            found.reached, found.done = page.reached, page.done
            if found.done or len(found.videos) >= stretch.enough:
                then(found)
            else:
                self.looked.emit(page.reached)
                self._ask(stretch, found, then)

        self._ticket = self._lane.run(self, job, answered, self._fail, rank=stretch.rank)

    def _fail(self, error: Exception) -> None:
        self._ticket = None
        self.failed.emit(told(error))


AnyIndex = QModelIndex | QPersistentModelIndex
SUMMARY = Qt.ItemDataRole.UserRole
"""Role of a row's :class:`VideoSummary`; None while it is not here."""

OVERFLOW = 1000
"""A page that has grown by so many is cut, and what follows it listed anew."""

EAGER = 20_000
"""Rows that are listed without being scrolled to; the others come when they are near."""

_NONE = QModelIndex()


class VideosModel(QAbstractTableModel):
    """Videos of one search, in path order. One question at a time is under way on the lane."""

    looked = Signal()
    """Something arrived, or a search looked further."""
    settled = Signal()
    """An answer is in: rows and ``complete`` are up to date."""
    failed = Signal()
    """The lane could not answer: see ``fault``; nothing is asked until refresh or search."""

    def __init__(self, desk: LibraryDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pages = VideoPages()
        self._searched = False  # views ask for rows also where nobody has seen the list yet
        self._visible = (0, 0)
        self._near_end = False
        self._tail = False  # whether what is under way is the end of the list
        self._editing = False  # a listener may ask for more while rows come and go
        self.fault = ""
        self._fetch = VideoFetch(desk, lane, self)
        self._fetch.failed.connect(self._fail)
        self._fetch.looked.connect(self._looked)

    def search(self, text: str, show: VideoFilter) -> None:
        """List other videos, from the first."""
        self._forget_question()
        self._searched = True
        self.beginResetModel()
        self._pages = VideoPages()
        self._fetch.text, self._fetch.show = text, show
        self._visible, self._near_end = (0, 0), False
        self.endResetModel()
        self._next()

    def refresh(self) -> None:
        """What is known may have changed: ask again for what is seen, for the rest when it is."""
        self._forget_question()
        self._pages.stale()
        if not len(self._pages):
            self._pages = VideoPages()
        self._next()

    def show_rows(self, first: int, last: int) -> None:
        """These rows are seen now."""
        self._visible = (first, last)
        self._next()

    def video(self, row: int) -> VideoSummary | None:
        """The video in a row, None while it is not here."""
        return self._pages.row(row) if 0 <= row < len(self._pages) else None

    @property
    def complete(self) -> bool:
        """Whether every video of this search is listed."""
        return self._pages.complete

    @property
    def busy(self) -> bool:
        return self._fetch.busy

    def rowCount(self, parent: AnyIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(self._pages)

    def columnCount(self, parent: AnyIndex = _NONE) -> int:
        return 0 if parent.isValid() else len(Column)

    def canFetchMore(self, parent: AnyIndex) -> bool:
        return not parent.isValid() and self._searched and not self._pages.complete

    def fetchMore(self, parent: AnyIndex) -> None:
        if not parent.isValid():
            self._near_end = True
            self._next()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (Column.LENGTH, Column.SIZE):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            self.tr("Video"),
            self.tr("Length"),
            self.tr("Size"),
            self.tr("Codec"),
            self.tr("Faces"),
            self.tr("Scanned"),
        )[section]

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

    def _forget_question(self) -> None:
        self._fetch.cancel()
        self._tail, self.fault = False, ""

    def _next(self) -> None:
        """Ask for what is seen but not here, else for what follows."""
        wanted = [] if self.fault else self._pages.wanted(*self._visible)
        if wanted and self._tail:
            self._tail = False
            self._fetch.cancel()
        if not self._searched or self._fetch.busy or self.fault or self._editing:
            return
        if wanted:
            self._ask_page(wanted[0])
        elif not self._pages.complete and (self._near_end or len(self._pages) < EAGER):
            self._tail = True
            rank = Rank.AHEAD if len(self._pages) and not self._near_end else Rank.NORMAL
            self._fetch.ask(Stretch(self._pages.looked, None, 1, rank), self._add)

    def _ask_page(self, number: int) -> None:
        after, upto = self._pages.bounds(number)
        enough = self._pages.size(number) + OVERFLOW
        self._fetch.ask(Stretch(after, upto, enough), lambda found: self._replace(number, found))

    def _looked(self, reached: str) -> None:
        if self._tail:
            self._pages.look_on(reached)
        self.looked.emit()

    def _fail(self, sentence: str) -> None:
        self.fault, self._tail = sentence, False
        self.failed.emit()

    def _add(self, found: Found) -> None:
        self._tail = self._near_end = False
        self._editing = True
        if found.videos:
            first = len(self._pages)
            self.beginInsertRows(_NONE, first, first + len(found.videos) - 1)
            self._pages.append(found.videos, found.reached)
            self.endInsertRows()
        else:
            self._pages.look_on(found.reached)
        self._pages.complete = found.done
        self._edited()

    def _replace(self, number: int, found: Found) -> None:
        """Give a page what it holds now; where it overflows, the list ends there for a moment."""
        self._editing = True
        if not found.done:
            self._cut(number, found.reached)
        edit = self._pages.edit(number, found.videos)
        if edit.removed:
            self.beginRemoveRows(_NONE, edit.first, edit.first + edit.removed - 1)
            self._pages.remove(number, edit)
            self.endRemoveRows()
        if edit.inserted:
            self.beginInsertRows(_NONE, edit.first, edit.first + edit.inserted - 1)
        self._pages.fill(number, found.videos)
        if edit.inserted:
            self.endInsertRows()
        if found.videos:
            first = self._pages.start(number)
            bottom = self.index(first + len(found.videos) - 1, len(Column) - 1)
            self.dataChanged.emit(self.index(first, 0), bottom)
        self._edited()

    def _edited(self) -> None:
        self._editing = False
        self.settled.emit()
        self._next()

    def _cut(self, number: int, last: str) -> None:
        first, count = self._pages.start(number + 1), len(self._pages)
        if first < count:
            self.beginRemoveRows(_NONE, first, count - 1)
        self._pages.cut(number, last)
        if first < count:
            self.endRemoveRows()
