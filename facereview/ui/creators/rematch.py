"""Matching pending faces again after references changed, and what the page says of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLayout, QLayoutItem, QVBoxLayout, QWidget

from facereview.review.creators.reference_records import Changed, RematchReport
from facereview.review.library.service import LibraryService
from facereview.ui.creators import reference_wording as reference_texts
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.lanes import Lane
from facereview.ui.widgets.cards import Tinted, flush
from facereview.ui.widgets.icons import Glyph
from facereview.ui.widgets.plain_text import button, clear_text, label, wrapped
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
        self._everything = False

    @property
    def busy(self) -> bool:
        return self._job.running

    def match(self, changed: Changed) -> None:
        """Match again for what changed."""
        if not changed.added and not changed.creators:
            return
        self._waiting = changed if self._waiting is None else self._waiting + changed
        if not self.busy:
            self._start()

    def match_all(self) -> None:
        """Match everything again that nobody decided: another rule counts."""
        self._everything = True
        if not self.busy:
            self._start()

    def cancel(self) -> None:
        """Stop; what is written already is whole."""
        self._job.cancel()

    def _start(self) -> None:
        wanted = None if self._everything else self._waiting
        self._waiting, self._everything = None, False
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
        if self._waiting is not None or self._everything:
            self._start()
        self.changed.emit()


class FlowLayout(QLayout):
    """Items side by side at their size hints, wrapped into lines."""

    def __init__(self, spacing: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        self._entries.append(item)

    def count(self) -> int:
        """How many parts."""
        return len(self._entries)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._entries[index] if 0 <= index < len(self._entries) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._entries.pop(index) if 0 <= index < len(self._entries) else None

    def clear(self) -> None:
        """Remove all parts for good."""
        while self._entries:
            widget = self._entries.pop().widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.invalidate()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        """The smallest width: the real one is given from outside."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        size = QSize()
        for entry in self._entries:
            size = size.expandedTo(entry.minimumSize())
        return size

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        x, y, line = rect.left(), rect.top(), 0
        for entry in self._entries:
            if entry.isEmpty():
                continue
            size = entry.sizeHint()
            width = min(size.width(), rect.width())
            if x > rect.left() and x + width > rect.right() + 1:
                x, y, line = rect.left(), y + line + self.spacing(), 0
            if move:
                entry.setGeometry(QRect(QPoint(x, y), QSize(width, size.height())))
            x += width + self.spacing()
            line = max(line, size.height())
        return y + line - rect.top()


class RematchPanel(QWidget):
    """Says that matching runs, then what it changed, with the closest calls to look at."""

    opened = Signal(int)
    """Look at this face on the Review page."""

    def __init__(self, runner: RematchRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._card = Tinted("line", self)
        self._sign = Glyph("done", 20, "green", self)
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
        around = flush(QVBoxLayout(self))
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
