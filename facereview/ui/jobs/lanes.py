"""Lanes: one thread each, so that work keeps its order and the window never waits.

All threading of the window is in this file. A job gets every input beforehand and returns plain
records; its answer always arrives on the GUI thread, and is dropped when its owner is gone.
"""

from __future__ import annotations

import atexit
import itertools
import logging
import queue
import sys
import threading
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from shiboken6 import isValid

from facereview.errors import Cancelled, ReviewError

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Rank(IntEnum):
    """Which of the waiting jobs goes first; within a rank the order of asking holds."""

    URGENT = 0
    NORMAL = 1
    AHEAD = 2
    """Work ahead of need: prefetching, thumbnails."""


class Ticket:
    """Cancels a job: before it starts it never runs; while it runs it may look at ``cancelled``."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the job to stop and drop its answer."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether the job was cancelled; safe in every thread."""
        return self._event.is_set()


@dataclass(slots=True)
class _Task:
    """Kept by the GUI thread; the lane has its job while it runs, and writes the outcome."""

    owner: QObject
    job: Callable[[], Any]
    on_result: Callable[[Any], object] | None
    on_error: Callable[[Exception], object] | None
    ticket: Ticket
    result: Any = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True, order=True)
class _Waiting:
    rank: int
    number: int
    """Of a task; -1 ends the lane."""


PATIENCE = 10.0
"""How long a lane may take to end, in seconds."""
_ANSWER = 1.0
"""How long the database may take to answer when the window closes, in seconds."""


class Lane(QObject):
    """One thread with a queue of jobs. Make and call it on the GUI thread only."""

    _told = Signal(object)
    _ended = Signal(int)

    def __init__(
        self, name: str, parent: QObject | None = None, *, patience: float = PATIENCE
    ) -> None:
        """``patience`` is how long the window waits for it at the end, in seconds."""
        super().__init__(parent)
        self.stuck: Callable[[], object] | None = None
        """What lets go of that which the lane waits for, once the patience is over."""
        self.rested: Callable[[], object] | None = None
        """What the lane lets go of, on its thread, as soon as no job waits."""
        self._patience = patience
        self._waiting: queue.PriorityQueue[_Waiting] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._tasks: dict[int, _Task] = {}
        """Those that did not end. Their callbacks hold parts of the window, which may only be
        deleted on the GUI thread: there a task leaves, when the lane holds nothing of it."""
        self._current: Ticket | None = None
        self._closed = False
        self._told.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._work, name=f"lane-{name}", daemon=True)
        """Started by the first job."""
        atexit.register(self.shutdown)

    def run(
        self,
        owner: QObject,
        job: Callable[[], T],
        on_result: Callable[[T], object] | None = None,
        on_error: Callable[[Exception], object] | None = None,
        *,
        rank: Rank = Rank.NORMAL,
        ticket: Ticket | None = None,
    ) -> Ticket:
        """Do ``job`` on this lane, then ``on_result`` or ``on_error`` on the GUI thread.

        Neither is called once ``owner`` is gone or the ticket is cancelled. An exception that
        is neither a :class:`ReviewError` nor :class:`Cancelled` is a bug and goes to
        ``sys.excepthook`` as well.
        """
        ticket = ticket or Ticket()
        if not self._closed:
            if self._thread.ident is None:
                self._thread.start()
            number = next(self._numbers)
            self._tasks[number] = _Task(owner, job, on_result, on_error, ticket)
            self._waiting.put(_Waiting(rank, number))
        return ticket

    def tell(self, owner: QObject, callback: Callable[[T], object], value: T) -> None:
        """From within a job: call ``callback(value)`` on the GUI thread while owner is there."""
        self._told.emit((owner, callback, value))

    def shutdown(self) -> None:
        """Finish what is urgent, drop the rest, cancel what runs, and end the thread."""
        self.stop()
        if self._thread.ident is None:
            return
        self._thread.join(self._patience)
        if self.stuck is not None and self._thread.is_alive():
            self.stuck()
            self._thread.join(self._patience)

    def stop(self) -> None:
        """As :meth:`shutdown`, without waiting for the thread to end."""
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.shutdown)
        current = self._current
        if current is not None:
            current.cancel()
        # Behind every urgent job (a decision is never lost), before all others.
        self._waiting.put(_Waiting(Rank.NORMAL, -1))

    def _work(self) -> None:
        while (number := self._waiting.get().number) >= 0:
            self._perform(self._tasks[number])
            if self.rested is not None and self._waiting.empty():
                self.rested()
            if not self._closed:
                self._ended.emit(number)

    def _perform(self, task: _Task) -> None:
        if task.ticket.cancelled:
            return
        self._current = task.ticket
        try:
            task.result = task.job()
        except Exception as error:
            task.error = error
        self._current = None

    def _deliver(self, told: tuple[QObject, Callable[[Any], object], Any]) -> None:
        owner, callback, value = told
        if isValid(owner):
            callback(value)

    def _answer(self, number: int) -> None:
        task = self._tasks.pop(number)
        error, task.error = task.error, None  # its traceback holds the task
        if task.ticket.cancelled or not isValid(task.owner):
            return
        if error is not None:
            _failed(task, error)
        elif task.on_result is not None:
            task.on_result(task.result)


def _failed(task: _Task, error: Exception) -> None:
    if task.on_error is not None:
        task.on_error(error)
    elif isinstance(error, ReviewError):
        logger.warning("%s", error)
    if not isinstance(error, ReviewError | Cancelled):
        sys.excepthook(type(error), error, error.__traceback__)


class Lanes(QObject):
    """The lanes of the window."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.journal = Lane("journal", self)
        """Keeps what is pressed on disk, whatever the database does."""
        self.database = Lane("database", self, patience=_ANSWER)
        self.pixels = Lane("pixels", self)
        """Owns the video readers and the crop cache."""
        self.survey = Lane("survey", self, patience=_ANSWER)
        """Looking over the whole library: seconds in which no decision may wait."""
        self.listing = Lane("listing", self, patience=_ANSWER)
        """Lists of names and searching them: a key in a search waits for nothing else."""
        self.listening = Lane("listening", self)
        """Hears what other windows do, as long as this one is open."""
        self._make_background()
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.shutdown)

    def _make_background(self) -> None:
        """Jobs of seconds to hours, each kind on a lane of its own: none waits for another."""
        self.scanning = Lane("scanning", self, patience=_ANSWER)
        self.files = Lane("files", self, patience=_ANSWER)
        """Finding moved files again, and removing videos."""
        self.clustering = Lane("clustering", self, patience=_ANSWER)
        self.linking = Lane("linking", self, patience=_ANSWER)
        self.following = Lane("following", self, patience=_ANSWER)
        """What follows a decision at once, while all faces are being linked too."""
        self.pictures = Lane("pictures", self, patience=_ANSWER)
        """Looking at pictures that are to be references, and storing them."""
        self.matching = Lane("matching", self, patience=_ANSWER)
        self.replaying = Lane("replaying", self, patience=_ANSWER)
        """Replaying decisions at other thresholds, and going by these."""
        self.ordering = Lane("ordering", self, patience=_ANSWER)
        """Ordering the questions, by a row for each pending face."""
        self.ranking = Lane("ranking", self, patience=_ANSWER)
        """Comparing all faces with one."""
        self.comparing = Lane("comparing", self, patience=_ANSWER)
        """Comparing all creators with one another."""
        self.packs = Lane("packs", self, patience=_ANSWER)
        self.migrating = Lane("migrating", self, patience=_ANSWER)
        self.exporting = Lane("exporting", self, patience=_ANSWER)
        self.indexing = Lane("indexing", self, patience=_ANSWER)

    @property
    def background(self) -> tuple[Lane, ...]:
        """Those of the long jobs."""
        return (
            self.scanning,
            self.files,
            self.clustering,
            self.linking,
            self.following,
            self.pictures,
            self.matching,
            self.replaying,
            self.ordering,
            self.ranking,
            self.comparing,
            self.packs,
            self.migrating,
            self.exporting,
            self.indexing,
        )

    def let_go_by(self, stuck: Callable[[], object]) -> None:
        """What ends the waits for a database that does not answer when the window closes."""
        here = (self.database, self.survey, self.listing, self.listening, *self.background)
        for lane in here:
            lane.stuck = stuck

    def shutdown(self) -> None:
        """End all lanes, that of the journal first: what was pressed is kept.

        All are told to stop before any is waited for. The database's is waited for before those
        that may have to be let go, which ends its waits too.
        """
        self.journal.shutdown()
        others = (self.database, self.listening, self.listing, self.survey, *self.background)
        for lane in (*others, self.pixels):
            lane.stop()
        for lane in (*others, self.pixels):
            lane.shutdown()
