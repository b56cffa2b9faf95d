"""After a scan: further frames of videos with uncertain faces, in the background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from facereview.records import Progress
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.lanes import Lane
from facereview.ui.videos.scans import ScanRunner
from facereview.ui.widgets.cards import Tinted
from facereview.ui.widgets.icons import Glyph
from facereview.ui.widgets.plain_text import button, wrapped
from facereview.ui.wording import library as texts
from facereview.ui.wording.advice import told
from facereview.ui.wording.library import number

if TYPE_CHECKING:
    from facereview.review.scanning.further import FurtherPlan, FurtherReport


@dataclass(frozen=True, slots=True)
class _Step:
    """What is planned, and how far it is."""

    plan: FurtherPlan
    progress: Progress


class FurtherRunner(QObject):
    """Looks at further frames once the scans are done; a scan that is asked for goes before."""

    changed = Signal()
    ended = Signal()
    """Something may have been stored: see ``report``, else ``fault``."""

    def __init__(self, library: LibraryService, scans: ScanRunner, lane: Lane) -> None:
        super().__init__(scans)
        self._library, self._scans = library, scans
        self._job = BackgroundJob(lane, self.tr("the look at further frames"), self)
        self._job.progressed.connect(self._went_on)
        self._job.done.connect(self._finished)
        self._job.failed.connect(self._failed)
        self._job.stopped.connect(self.changed)
        scans.ended.connect(self._scan_ended)
        scans.changed.connect(self._make_way)
        self.step: _Step | None = None
        """How far the look is; None while none is under way, or nothing is known of it."""
        self.report: FurtherReport | None = None
        self.fault = ""

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._job.running

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop and has not ended."""
        return self._job.stopping

    def cancel(self) -> None:
        """Stop after the frame at hand; what was stored stays."""
        self._job.cancel()
        self.changed.emit()

    def dismiss(self) -> None:
        """The result was read."""
        self.report, self.fault = None, ""
        self.changed.emit()

    def _scan_ended(self) -> None:
        report = self._scans.report
        if report is not None and report.faces and not report.cancelled and not self._scans.waiting:
            self._start()

    def _start(self) -> None:
        library = self._library
        self.step, self.report, self.fault = None, None, ""

        def work(tell: Tell, cancelled: Asked) -> FurtherReport:
            return library.look_further(lambda *step: tell(_Step(*step)), cancelled)

        self._job.start(work)
        self.changed.emit()

    def _make_way(self) -> None:
        if self._scans.busy and self.running:
            self._job.cancel()

    def _went_on(self, step: _Step) -> None:
        self.step = step
        self.changed.emit()

    def _finished(self, report: FurtherReport) -> None:
        self.step, self.report = None, report if report.videos or report.faults else None
        self.changed.emit()
        if self.report is not None:
            self.ended.emit()

    def _failed(self, error: Exception) -> None:
        self.step, self.fault = None, told(error)
        self.changed.emit()
        self.ended.emit()


class FurtherPanel(QWidget):
    """What is looked at and how far that is, then what came of it."""

    def __init__(self, runner: FurtherRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._card = Tinted("line", self)
        self._sign = Glyph("done", 20, "green", self)
        self._words = wrapped("", "text", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._cancel = button(self.tr("Cancel"), "plain", self)
        self._close = button(self.tr("Close"), "plain", self)
        self._lay_out()
        self._cancel.clicked.connect(runner.cancel)
        self._close.clicked.connect(runner.dismiss)
        runner.changed.connect(self.show_state)
        self.show_state()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._sign)
        top.addWidget(self._words, 1)
        top.addWidget(self._cancel)
        top.addWidget(self._close)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 12, 0, 0)
        around.addWidget(self._card)
        column = QVBoxLayout(self._card)
        column.setContentsMargins(16, 10, 10, 10)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self._bar)

    def show_state(self) -> None:
        at, step = self._runner, self._runner.step
        self.setVisible(bool(step or at.report or at.fault))
        parts = (self._cancel, True), (self._bar, True), (self._sign, False), (self._close, False)
        for part, while_looking in parts:
            part.setVisible(while_looking is (step is not None))
        self._cancel.setEnabled(not at.stopping)
        if step is not None:
            self._show_step(step)
        elif at.report is not None:
            self._show_report(at.report)
        else:
            self._say("warning", "red", at.fault)

    def _show_step(self, step: _Step) -> None:
        done, total = step.progress.done, step.progress.total
        self._card.set_colour("line")
        self._words.setText(
            self.tr("Stopping after this frame …")
            if self._runner.stopping
            else texts.looking_further(step.plan)
        )
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        spoken = self.tr("{done} of {total} videos")
        self._bar.setAccessibleName(spoken.format(done=number(done), total=number(total)))

    def _show_report(self, report: FurtherReport) -> None:
        said = texts.looked_further(report)
        if report.faults:
            said = " ".join(
                (said, texts.faulty(len(report.faults)), texts.fault(*report.faults[0]))
            )
        self._say(*(("warning", "amber") if report.faults else ("done", "green")), said)

    def _say(self, icon: str, colour: str, text: str) -> None:
        self._sign.show_icon(icon, colour)
        self._card.set_colour("line" if colour == "green" else colour)
        self._words.setText(text)
        self.setAccessibleName(text)
