"""Matching pending faces again after references changed, and what the page says of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from facereview.review.creators.reference_records import Changed, RematchReport
from facereview.review.library.service import LibraryService
from facereview.ui.creators import reference_wording as reference_texts
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.lanes import Lane
from facereview.ui.widgets.basics import button, label, wrapped
from facereview.ui.widgets.flow import FlowLayout
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.tinted import Sign, Tinted
from facereview.ui.wording.advice import told
from facereview.ui.wording.decisions import score

CALLS = 4
"""Closest calls that are offered."""


class RematchRunner(QObject):
    """One run at a time; changes that come meanwhile are matched after it, together."""

    changed = Signal()
    done = Signal(object)
    """Carries a :class:`RematchReport`."""
    failed = Signal(object)
    stopped = Signal()
    """It was cancelled before it changed anything, and nothing else is to be matched."""

    def __init__(self, library: LibraryService, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._job = BackgroundJob(lane, self.tr("the matching of pending faces"), self)
        self._job.done.connect(self._ended)
        self._job.failed.connect(self._failed)
        self._job.stopped.connect(self._stopped)
        self._waiting: Changed | None = None

    @property
    def busy(self) -> bool:
        """Whether faces are being matched."""
        return self._job.running

    def match(self, changed: Changed) -> None:
        """Match again for what changed."""
        if not changed.added and not changed.creators:
            return
        self._waiting = changed if self._waiting is None else self._waiting + changed
        if not self.busy:
            self._start()

    def cancel(self) -> None:
        """Stop; what is written already is whole."""
        self._job.cancel()

    def _start(self) -> None:
        wanted, self._waiting = self._waiting, None
        library = self._library

        def work(tell: Tell, cancelled: Asked) -> RematchReport:
            return library.rematch(wanted, on_progress=tell, cancelled=cancelled)

        self._job.start(work)
        self.changed.emit()

    def _ended(self, report: RematchReport) -> None:
        self._go_on()
        self.done.emit(report)

    def _failed(self, error: Exception) -> None:
        self._go_on()
        self.failed.emit(error)

    def _stopped(self) -> None:
        self._go_on()
        if not self.busy:
            self.stopped.emit()

    def _go_on(self) -> None:
        if self._waiting is not None:
            self._start()
        self.changed.emit()


class RematchPanel(QWidget):
    """Says that matching runs, then what it changed, with the closest calls to look at."""

    opened = Signal(int)
    """Look at this face on the Review page."""

    def __init__(self, runner: RematchRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._card = Tinted("line", self)
        self._sign = Sign("done", 20, "green", self)
        self.words = wrapped("", "text", self)
        self._calls = FlowLayout(6)
        self._close = button(self.tr("Close"), "plain", self)
        self._stop = button(self.tr("Cancel"), "plain", self)
        self._lay_out()
        self._close.clicked.connect(self.hide)
        self._stop.clicked.connect(runner.cancel)
        runner.changed.connect(self._show_state)
        runner.done.connect(self.show_report)
        runner.failed.connect(self.show_fault)
        runner.stopped.connect(self.hide)
        self.hide()

    def _lay_out(self) -> None:
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self._card)
        words = QVBoxLayout()
        words.setSpacing(8)
        words.addWidget(self.words)
        words.addLayout(self._calls)
        words.addStretch(1)
        row = QHBoxLayout(self._card)
        row.setContentsMargins(16, 10, 12, 10)
        row.setSpacing(12)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self._sign, 0, top)
        row.addLayout(words, 1)
        row.addWidget(self._stop, 0, top)
        row.addWidget(self._close, 0, top)

    def _show_state(self) -> None:
        self._stop.setVisible(self._runner.busy)
        self._close.setVisible(not self._runner.busy)
        if self._runner.busy:
            self._say("search", "dim", "line", self.tr("Matching pending faces again …"))

    def show_report(self, report: RematchReport) -> None:
        """What changed."""
        if self._runner.busy:
            return
        self._say("done", "green", "line", reference_texts.rematched(report))
        calls = report.closest[:CALLS]
        if not calls:
            return
        heading = label(self.tr("Closest calls:"), "dim", self)
        heading.setMinimumHeight(28)  # as high as the pills beside it
        self._calls.addWidget(heading)
        for call in calls:
            text = self.tr("{name} {score}").format(
                name=clear_text(call.creator.name)[:30], score=score(call.similarity)
            )
            if call.rival is not None and call.margin is not None:
                rival = clear_text(call.rival.name)[:30]
                text += self.tr(", {rival} {score}").format(
                    rival=rival, score=score(call.similarity - call.margin)
                )
            made = button(text, "pill", self)
            made.clicked.connect(lambda _checked=False, face=call.face_id: self.opened.emit(face))
            self._calls.addWidget(made)

    def show_fault(self, error: Exception) -> None:
        """Why nothing was matched."""
        self._say("warning", "red", "red", told(error))

    def _say(self, icon: str, colour: str, edge: str, text: str) -> None:
        self._calls.clear()
        self._sign.show_icon(icon, colour)
        self._card.set_colour(edge)
        self.words.setText(text)
        self.setAccessibleName(text)
        self.show()
