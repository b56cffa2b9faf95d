"""Scans in the background, one after the other, and the panel that says how they went."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from facereview.errors import Remedy, ReviewError
from facereview.records import SMALL_FACE, Progress
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell, Throughput
from facereview.ui.jobs.lanes import Lane
from facereview.ui.widgets.cards import Tinted
from facereview.ui.widgets.icons import Glyph
from facereview.ui.widgets.plain_text import ElidedLabel, button, clear_text, label, wrapped
from facereview.ui.widgets.rows_model import RowsModel
from facereview.ui.wording import library as texts
from facereview.ui.wording.advice import told
from facereview.ui.wording.library import number

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
    """Files and folders, or videos of the library; ``again`` scans also what is unchanged.

    ``known`` asks for the videos that the library lists instead.
    """

    paths: tuple[Path, ...] = ()
    videos: tuple[int, ...] = ()
    again: bool = False
    known: bool = False
    min_face_size: int | None = None


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
        return self.stage in (ScanStage.LOOKING, ScanStage.RUNNING, ScanStage.STOPPING)

    def scan(self, request: ScanRequest) -> None:
        """Scan now, or after what is under way."""
        if not (request.paths or request.videos or request.known):
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

    def look_closer(self) -> None:
        """Scan the videos whose small faces were left out again, for these too."""
        small = self.report.small if self.report and not self.busy else ()
        paths = tuple(Path(path) for path, _ in small)
        self.scan(ScanRequest(paths, again=True, min_face_size=SMALL_FACE))

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
                request.paths or library.files_of(request.videos),
                again=request.again,
                min_face_size=request.min_face_size,
                on_progress=tell,
                cancelled=cancelled,
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


_ROWS = 4


class FaultModel(RowsModel[tuple[str, str]]):
    """(path, sentence) pairs."""

    def title(self, row: tuple[str, str]) -> str:
        return texts.fault(*row)

    def tip(self, row: tuple[str, str]) -> str:
        return clear_text(row[0])


class FaultList(QWidget):
    """A heading and a few lines; more of them scroll."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = FaultModel(self)
        self._heading = label("", "dim", self)
        self._list = QListView(self)
        self._list.setModel(self.model)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setUniformItemSizes(True)
        self._list.setAccessibleName(self.tr("Files and folders that could not be read"))
        column = QVBoxLayout(self)
        column.setContentsMargins(32, 0, 0, 2)
        column.setSpacing(4)
        column.addWidget(self._heading)
        column.addWidget(self._list)

    def show_faults(self, faults: Sequence[tuple[str, str]]) -> None:
        """List these, or hide where there are none."""
        self.setVisible(bool(faults))
        if not faults:
            return
        self.model.show(faults)
        self._heading.setText(texts.faulty(len(faults)))
        height = self._list.sizeHintForRow(0)
        self._list.setFixedHeight(height * min(_ROWS, len(faults)) + 4)


_TICK_MS = 1000


class ScanPanel(QWidget):
    """Progress with rate and time left while a scan runs, then a sentence and its faults."""

    review_wanted = Signal()

    def __init__(self, runner: ScanRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._card = Tinted("line", self)
        self._sign = Glyph("done", 20, "green", self)
        self._words = wrapped("", "text", self)
        self._doing = label("", "strong", self)
        self._file = ElidedLabel("", "dim", self)
        self._rate = label("", "dim", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._faults = FaultList(self)
        self._cancel = button(self.tr("Cancel"), "plain", self)
        self._go_on = button(self.tr("Resume"), "primary", self)
        closer = self.tr("Look again from {size} px").format(size=number(SMALL_FACE))
        self.closer = button(closer, "plain", self)
        self._review = button(self.tr("Review faces"), "primary", self)
        self._close = button(self.tr("Close"), "plain", self)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._show_pace)
        self._lay_out()
        self._cancel.clicked.connect(runner.cancel)
        self._go_on.clicked.connect(runner.resume)
        self.closer.clicked.connect(runner.look_closer)
        self._review.clicked.connect(runner.dismiss)
        self._review.clicked.connect(self.review_wanted)
        self._close.clicked.connect(runner.dismiss)
        runner.changed.connect(self.show_state)
        self.show_state()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._sign)
        top.addWidget(self._words, 1)
        top.addWidget(self._doing)
        top.addWidget(self._file, 1)
        top.addWidget(self._rate)
        for made in (self._cancel, self._go_on, self.closer, self._review, self._close):
            top.addWidget(made)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 12, 0, 0)
        around.addWidget(self._card)
        column = QVBoxLayout(self._card)
        column.setContentsMargins(16, 10, 10, 10)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self._faults)

    # -------------------------------------------------------------------------------- what to show

    def show_state(self) -> None:
        at, stage = self._runner, self._runner.stage
        report = at.report
        self.setVisible(stage is not ScanStage.IDLE)
        progress = (self._cancel, self._bar, self._doing, self._file, self._rate)
        result = (self._words, self._sign, self._close)
        for parts, there in ((progress, at.busy), (result, not at.busy)):
            for part in parts:
                part.setVisible(there)
        self._cancel.setEnabled(stage is not ScanStage.STOPPING)
        unfinished = stage is ScanStage.FAILED or bool(report and report.cancelled)
        self._go_on.setVisible(not at.busy and unfinished)
        self.closer.setVisible(bool(not at.busy and report and report.small))
        self._review.setVisible(bool(not at.busy and report and report.faces))
        self._faults.show_faults(report.faults if report and not at.busy else ())
        if at.busy:
            self._show_progress()
            self._tick.start()
        else:
            self._tick.stop()
            self._show_result(report)

    def _show_progress(self) -> None:
        at = self._runner
        self._card.set_colour("line")
        done, total = at.progress.done, at.progress.total
        self._doing.setText(self._stage_text(done, total))
        self._file.setText(clear_text(at.progress.label))
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        spoken = self.tr("{done} of {total} videos")
        self._bar.setAccessibleName(spoken.format(done=number(done), total=number(total)))
        self._show_pace()

    def _stage_text(self, done: int, total: int) -> str:
        match self._runner.stage:
            case ScanStage.STOPPING:
                return self.tr("Stopping after this frame …")
            case ScanStage.LOOKING:
                return self.tr("Looking for videos …")
            case _:
                text = self.tr("Scanning {done} of {total}")
                this = min(done + 1, total)
                return text.format(done=number(this), total=number(total))

    def _show_pace(self) -> None:
        at, parts = self._runner, []
        rate = at.throughput.per_second()
        left = at.throughput.seconds_left(at.progress.total)
        if at.stage is ScanStage.RUNNING and rate is not None and left is not None:
            parts.append(texts.pace(rate * 60))
            parts.append(self.tr("{time} left").format(time=texts.duration(left)))
        if at.stage is ScanStage.RUNNING and at.progress.at_once > 1:
            parts.append(self.tr("{count} at a time").format(count=number(at.progress.at_once)))
        if at.waiting:
            parts.append(self.tr("{count} more queued").format(count=number(at.waiting)))
        self._rate.setText(" · ".join(parts))

    def _show_result(self, report: ScanReport | None) -> None:
        if self._runner.stage is ScanStage.FAILED:
            self._say("warning", "red", self._runner.fault)
        elif report is not None and report.cancelled:
            text = self.tr("Stopped: {result} What was scanned is kept.")
            self._say("warning", "amber", text.format(result=texts.scanned(report)))
        elif report is not None:
            sign = ("warning", "amber") if report.faults else ("done", "green")
            self._say(*sign, texts.scanned(report))

    def _say(self, icon: str, colour: str, text: str) -> None:
        self._sign.show_icon(icon, colour)
        self._card.set_colour("line" if colour == "green" else colour)
        self._words.setText(text)
        self.setAccessibleName(text)
