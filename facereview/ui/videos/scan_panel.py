"""What a scan is doing, what came of it, and the videos it could not read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from facereview.ui.videos.scan_runner import ScanRunner, ScanStage
from facereview.ui.widgets.cards import Tinted
from facereview.ui.widgets.icons import Glyph
from facereview.ui.widgets.plain_text import ElidedLabel, button, clear_text, label, wrapped
from facereview.ui.widgets.rows_model import RowsModel
from facereview.ui.wording import library as texts
from facereview.ui.wording.library import number

if TYPE_CHECKING:
    from facereview.review.scanning.scan import ScanReport

_ROWS = 4


class FaultModel(RowsModel[tuple[str, str]]):
    """(path, sentence) pairs."""

    def title(self, row: tuple[str, str]) -> str:
        """The sentence."""
        return texts.fault(*row)

    def tip(self, row: tuple[str, str]) -> str:
        """The path."""
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
        self._list.setAccessibleName(self.tr("Videos that could not be read"))
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
        self._review = button(self.tr("Review faces"), "primary", self)
        self._close = button(self.tr("Close"), "plain", self)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._show_pace)
        self._lay_out()
        self._cancel.clicked.connect(runner.cancel)
        self._go_on.clicked.connect(runner.resume)
        self._review.clicked.connect(self._wants_review)
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
        for made in (self._cancel, self._go_on, self._review, self._close):
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
        """Bring everything up to date."""
        at, stage = self._runner, self._runner.stage
        report = at.report
        self.setVisible(stage is not ScanStage.IDLE)
        self._cancel.setVisible(at.busy)
        self._cancel.setEnabled(stage is not ScanStage.STOPPING)
        self._bar.setVisible(at.busy)
        self._doing.setVisible(at.busy)
        self._file.setVisible(at.busy)
        self._rate.setVisible(at.busy)
        self._words.setVisible(not at.busy)
        self._sign.setVisible(not at.busy)
        self._close.setVisible(not at.busy)
        unfinished = stage is ScanStage.FAILED or bool(report and report.cancelled)
        self._go_on.setVisible(not at.busy and unfinished)
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
            a_minute = round(rate * 60) if rate * 60 >= 10 else round(rate * 60, 1)
            speed = self.tr("{count} videos/min")
            parts.append(speed.format(count=self.locale().toString(a_minute)))
            parts.append(self.tr("{time} left").format(time=texts.duration(left)))
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

    def _wants_review(self) -> None:
        self._runner.dismiss()
        self.review_wanted.emit()
