"""Scans in the background, one after the other, and what is to be said of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from facereview.errors import Remedy, ReviewError
from facereview.records import Progress
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell, Throughput
from facereview.ui.jobs.lanes import Lane
from facereview.ui.wording.advice import told

if TYPE_CHECKING:
    from facereview.review.scanning.scan import ScanReport


class ScanStage(StrEnum):
    """What the scan panel has to show."""

    IDLE = "idle"
    LOOKING = "looking"
    """Gathering the files, loading the models."""
    RUNNING = "running"
    STOPPING = "stopping"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """Files and folders; ``again`` scans also what is unchanged.

    ``known`` asks for the videos that the library lists instead.
    """

    paths: tuple[Path, ...] = ()
    again: bool = False
    known: bool = False


class ScanRunner(QObject):
    """Runs scans one after the other; further ones wait for their turn."""

    changed = Signal()
    """Stage, progress, or what waits."""
    stored = Signal()
    """Something was stored: lists are to be looked at again."""
    ended = Signal()
    """A scan came to its end: see ``report``, else ``fault``."""

    def __init__(self, library: LibraryService, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._job = BackgroundJob(lane, self.tr("the scan"), self)
        self._job.progressed.connect(self._went_on)
        self._job.done.connect(self._finished)
        self._job.failed.connect(self._failed)
        self._job.stopped.connect(lambda: self._go_on(ScanStage.IDLE))
        self._waiting: deque[ScanRequest] = deque()
        self.stage = ScanStage.IDLE
        self.request: ScanRequest | None = None
        self.progress = Progress(0, 0, "")
        self.throughput = Throughput()
        self.report: ScanReport | None = None
        self.fault = ""
        self.away = ""
        """A video of the library whose folder is not on this computer, so that none is scanned."""

    @property
    def waiting(self) -> int:
        """Scans that come after this one."""
        return len(self._waiting)

    @property
    def busy(self) -> bool:
        """Whether a scan is under way."""
        return self.stage in (ScanStage.LOOKING, ScanStage.RUNNING, ScanStage.STOPPING)

    def scan(self, request: ScanRequest) -> None:
        """Scan now, or after what is under way."""
        if not (request.paths or request.known):
            return
        self._waiting.append(request)
        if self.busy:
            self.changed.emit()
        else:
            self._start()

    def cancel(self) -> None:
        """Stop after the frame at hand; what was stored stays, what waits is dropped."""
        if self.busy:
            self._waiting.clear()
            self.stage = ScanStage.STOPPING
            self._job.cancel()
            self.changed.emit()

    def resume(self) -> None:
        """Go on with a scan that was stopped or failed."""
        if self.request is not None and not self.busy:
            self.scan(self.request)

    def dismiss(self) -> None:
        """The result was read."""
        if not self.busy:
            self._become(ScanStage.IDLE)

    def _start(self) -> None:
        request, library = self._waiting.popleft(), self._library
        self.request, self.away = request, ""
        self.progress, self.throughput = Progress(0, 0, ""), Throughput()
        self.report, self.fault = None, ""

        def work(tell: Tell, cancelled: Asked) -> ScanReport:
            if request.known:
                return library.scan_known(on_progress=tell, cancelled=cancelled)
            return library.scan(
                request.paths, again=request.again, on_progress=tell, cancelled=cancelled
            )

        self.stage = ScanStage.LOOKING
        self._job.start(work)
        self.changed.emit()

    def _went_on(self, progress: Progress) -> None:
        stored = progress.done > self.progress.done
        self.progress = progress
        self.throughput.note(progress.done)
        if self.stage is ScanStage.LOOKING:
            self.stage = ScanStage.RUNNING
        self.changed.emit()
        if stored:
            self.stored.emit()

    def _finished(self, report: ScanReport) -> None:
        self.report = report
        if report.cancelled:
            self._waiting.clear()
        self._go_on(ScanStage.DONE)

    def _failed(self, error: Exception) -> None:
        self.fault = told(error)
        if isinstance(error, ReviewError) and error.remedy is Remedy.MAP_FOLDER:
            self.away = error.thing
        self._go_on(ScanStage.FAILED)

    def _go_on(self, stage: ScanStage) -> None:
        self.ended.emit()
        if self._waiting and stage is ScanStage.DONE:
            self._start()
        else:
            self._waiting.clear()
            self._become(stage)

    def _become(self, stage: ScanStage) -> None:
        self.stage = stage
        self.changed.emit()
