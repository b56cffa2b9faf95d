"""Long work beside the window: progress, cancel, result and fault, and how long it takes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.errors import Cancelled
from facereview.ui.jobs.lanes import Lane, Ticket

_LOOK_MS = 100
"""Progress is looked at so often: it may be told thousands of times a second."""

Tell = Callable[[Any], None]
"""Tells how far the work is; may be called on any thread."""
Asked = Callable[[], bool]
"""Whether the work is to stop; may be called on any thread."""


@dataclass(slots=True)
class _Run:
    """One run of a job. ``begun`` and ``latest`` are written on the lane."""

    stop: Ticket = field(default_factory=Ticket)
    """What the curator cancels. The lane drops the answer of a job whose own ticket is cancelled,
    and the end of this one must be told."""
    ticket: Ticket = field(default_factory=Ticket)
    """The lane's own, cancelled when the window closes."""
    begun: bool = False
    latest: object = None

    def cancelled(self) -> bool:
        return self.stop.cancelled or self.ticket.cancelled


class BackgroundJob(QObject):
    """Runs one kind of work on a lane, one run at a time.

    Every run ends in exactly one of ``done``, ``failed`` and ``stopped``, after which ``running``
    is false; ``changed`` follows each step of it.
    """

    changed = Signal()
    """It began, went on, was asked to stop, or ended."""
    progressed = Signal(object)
    """What the work told last."""
    done = Signal(object)
    """Its result. Work that was cancelled may have one too, of what it did until then."""
    failed = Signal(object)
    """The exception that ended it."""
    stopped = Signal()
    """It was cancelled and has no result."""

    def __init__(self, lane: Lane, what: str = "", parent: QObject | None = None) -> None:
        """``what`` it is, for a sentence that says what a closing window waits for."""
        super().__init__(parent)
        self.what = what
        self._lane = lane
        self._run: _Run | None = None
        self._told: object = None
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._look_now)

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._run is not None

    @property
    def stopping(self) -> bool:
        """Whether it was cancelled and has not ended."""
        return self._run is not None and self._run.stop.cancelled

    def start(self, work: Callable[[Tell, Asked], object]) -> None:
        """Do the work, or, where it was cancelled and has not ended, do it after that.

        ``work`` gets what to tell its progress to and what to ask whether to stop; then it
        returns what it has done so far, or raises :class:`Cancelled`.
        """
        if self.running and not self.stopping:
            raise ValueError("the job is running already")
        run = self._run = _Run()
        self._told = None

        def job() -> object:
            run.begun = True
            if run.cancelled():
                raise Cancelled
            return work(lambda told: setattr(run, "latest", told), run.cancelled)

        self._lane.run(
            self,
            job,
            lambda result: self._end(run, self.done, result),
            lambda error: self._break(run, error),
            ticket=run.ticket,
        )
        self._look.start()
        self.changed.emit()

    def cancel(self) -> None:
        """Ask it to stop; one that waits for its turn ends at once."""
        run = self._run
        if run is None or run.stop.cancelled:
            return
        run.stop.cancel()
        if run.begun:
            self.changed.emit()
        else:
            run.ticket.cancel()
            self._end(run, self.stopped)

    def _look_now(self) -> None:
        run = self._run
        if run is not None and run.latest is not self._told:
            self._told = run.latest
            self.progressed.emit(self._told)
            self.changed.emit()

    def _break(self, run: _Run, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._end(run, self.stopped)
        else:
            self._end(run, self.failed, error)

    def _end(self, run: _Run, told: Any, *what: object) -> None:
        """Tell how a run ended, unless another was started after it was cancelled."""
        if run is not self._run:
            return
        self._look_now()  # what was told last is not lost
        self._look.stop()
        self._run = None
        told.emit(*what)
        self.changed.emit()


_SPAN = 60.0
"""Seconds of the past that count."""

_TRUST = 3.0
"""Seconds before anything is said."""


class Throughput:
    """Rate and time left from what was done in the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque()

    def note(self, done: int) -> None:
        """So many units are done by now."""
        now = self._clock()
        self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[1][0] > _SPAN:
            self._marks.popleft()

    def per_second(self) -> float | None:
        """Units per second; None while that is anybody's guess."""
        if not self._marks:
            return None
        (since, before), done = self._marks[0], self._marks[-1][1]
        took = self._clock() - since
        return (done - before) / took if took >= _TRUST and done > before else None

    def seconds_left(self, total: int) -> float | None:
        """Seconds until ``total`` units are done; None while that is anybody's guess."""
        rate = self.per_second()
        return None if rate is None else max(0.0, (total - self._marks[-1][1]) / rate)
