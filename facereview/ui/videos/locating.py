"""Finding moved files again in the background, and the panel that says what was found."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from facereview.records import Progress
from facereview.review.library.files import LibraryFiles
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.lanes import Lane
from facereview.ui.widgets.cards import Tinted
from facereview.ui.widgets.icons import Glyph
from facereview.ui.widgets.plain_text import button, clear_text, set_tip, wrapped
from facereview.ui.widgets.rows_model import RowsModel
from facereview.ui.wording import video_files as texts
from facereview.ui.wording.advice import told
from facereview.ui.wording.library import number

if TYPE_CHECKING:
    from facereview.review.scanning.locate import Located, LocatePlan


class LocateStage(StrEnum):
    """What the panel has to show."""

    IDLE = "idle"
    SEARCHING = "searching"
    PLANNED = "planned"
    """It was said what was found; nothing is written yet."""
    WRITING = "writing"
    DONE = "done"
    FAILED = "failed"


class LocateRunner(QObject):
    """Searches first, and writes what was found once that is agreed to."""

    changed = Signal()
    """Stage or progress."""
    located = Signal()
    """Videos have other paths, or folders are mapped."""

    def __init__(self, files: LibraryFiles, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._files, self._lane = files, lane
        self._search = BackgroundJob(lane, self.tr("the search for moved files"), self)
        self._write = BackgroundJob(lane, self.tr("the paths of moved files"), self)
        for job in (self._search, self._write):
            job.progressed.connect(self._went_on)
            job.failed.connect(self._failed)
            job.stopped.connect(lambda: self._become(LocateStage.IDLE))
        self._search.done.connect(self._found)
        self._write.done.connect(self._written)
        self.stage = LocateStage.IDLE
        self.progress = Progress(0, 0, "")
        self.plan: LocatePlan | None = None
        self.said = ""
        """What came of it, or why nothing did."""
        self.whole = True
        """Whether all was done that was asked for."""

    @property
    def busy(self) -> bool:
        return self.stage in (LocateStage.SEARCHING, LocateStage.WRITING)

    @property
    def stopping(self) -> bool:
        """Whether it was asked to stop and has not ended."""
        return self._search.stopping or self._write.stopping

    def search(self, paths: Sequence[Path]) -> None:
        """Look for the library's missing files there."""
        if self.busy:
            return
        files, self.plan, self.said = self._files, None, ""
        self.progress = Progress(0, 0, "")

        def work(tell: Tell, cancelled: Asked) -> LocatePlan:
            return files.search(paths, on_progress=tell, cancelled=cancelled)

        self._search.start(work)
        self._become(LocateStage.SEARCHING)

    def write(self) -> None:
        """Give the videos the paths that were shown."""
        files, plan = self._files, self.plan
        if self.stage is not LocateStage.PLANNED or plan is None:
            return

        def work(tell: Tell, cancelled: Asked) -> Located:
            return files.locate(plan, on_progress=tell, cancelled=cancelled)

        self._write.start(work)
        self._become(LocateStage.WRITING)

    def map_instead(self) -> None:
        """Leave the library as it is, and look for its folder there on this computer."""
        files, plan = self._files, self.plan
        if self.stage is LocateStage.PLANNED and plan is not None:
            self._lane.run(self, lambda: files.map_instead(plan), self._mapped, self._failed)

    def cancel(self) -> None:
        """Stop; what was written stays, each video whole."""
        self._search.cancel()
        self._write.cancel()
        self.changed.emit()

    def dismiss(self) -> None:
        """What was shown was read."""
        if not self.busy:
            self.plan = None
            self._become(LocateStage.IDLE)

    def _went_on(self, progress: Progress) -> None:
        self.progress = progress
        self.changed.emit()

    def _found(self, plan: LocatePlan) -> None:
        self.plan = plan
        self._become(LocateStage.PLANNED)

    def _written(self, done: Located) -> None:
        wanted = len(self.plan.found) if self.plan else 0
        self._end(texts.located_text(done, wanted), whole=done.videos == wanted)

    def _mapped(self, _done: None) -> None:
        self._end(self.tr("The folder is mapped on this computer; its videos are shown again."))

    def _end(self, said: str, *, whole: bool = True) -> None:
        self.said, self.whole = said, whole
        self._become(LocateStage.DONE)
        self.located.emit()

    def _failed(self, error: Exception) -> None:
        wrote, self.said = self.stage is LocateStage.WRITING, told(error)
        self._become(LocateStage.FAILED)
        if wrote:
            self.located.emit()

    def _become(self, stage: LocateStage) -> None:
        self.stage = stage
        self.changed.emit()


class _Lines(RowsModel[tuple[str, str]]):
    """(sentence, path) pairs."""

    def title(self, row: tuple[str, str]) -> str:
        return row[0]

    def tip(self, row: tuple[str, str]) -> str:
        return clear_text(row[1])


_ROWS = 5


class LocatePanel(QWidget):
    """How far the search is, what it found, and what is done with that."""

    def __init__(self, runner: LocateRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._card = Tinted("line", self)
        self._sign = Glyph("done", 20, "green", self)
        self._words = wrapped("", "text", self)
        self._mapping = wrapped("", "dim", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self.lines = _Lines(self)
        self._list = QListView(self)
        self._cancel = button(self.tr("Cancel"), "plain", self)
        self.write = button("", "primary", self)
        self.map = button(self.tr("Map the folder instead"), "plain", self)
        self.close_button = button(self.tr("Close"), "plain", self)
        self._lay_out()
        self._cancel.clicked.connect(runner.cancel)
        self.write.clicked.connect(runner.write)
        self.map.clicked.connect(runner.map_instead)
        self.close_button.clicked.connect(runner.dismiss)
        runner.changed.connect(self.show_state)
        self.show_state()

    def _lay_out(self) -> None:
        self._list.setModel(self.lines)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setUniformItemSizes(True)
        self._list.setAccessibleName(self.tr("Videos to look at before they are located"))
        set_tip(self.map, self.tr("Leaves the paths of the library as other computers know them"))
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._sign)
        top.addWidget(self._words, 1)
        for made in (self._cancel, self.map, self.write, self.close_button):
            top.addWidget(made)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 12, 0, 0)
        around.addWidget(self._card)
        column = QVBoxLayout(self._card)
        column.setContentsMargins(16, 10, 10, 10)
        column.setSpacing(8)
        column.addLayout(top)
        for part in (self._bar, self._mapping, self._list):
            column.addWidget(part)

    def show_state(self) -> None:
        at, plan = self._runner, self._runner.plan
        planned = at.stage is LocateStage.PLANNED and plan is not None
        self.setVisible(at.stage is not LocateStage.IDLE)
        for part, there in (
            (self._cancel, at.busy),
            (self._bar, at.busy),
            (self._sign, not at.busy),
            (self.close_button, not at.busy),
            (self.write, bool(planned and plan and plan.found)),
            (self.map, bool(planned and plan and plan.folders)),
        ):
            part.setVisible(there)
        self._cancel.setEnabled(not at.stopping)
        if at.busy:
            self._show_progress()
        elif planned and plan is not None:
            self._show_plan(plan)
        elif at.stage is LocateStage.FAILED:
            self._say("warning", "red", at.said)
        else:
            self._say(*(("done", "green") if at.whole else ("warning", "amber")), at.said)
        if not planned:
            self._show_lines(())
            self._mapping.hide()

    def _show_progress(self) -> None:
        at, text = self._runner, self.tr("Looking for moved files: {name}")
        if at.stage is LocateStage.WRITING:
            text = self.tr("Writing where they are: {name}")
        if at.stopping:
            text = self.tr("Stopping …")
        done, total = at.progress.done, at.progress.total
        self._card.set_colour("line")
        self._words.setText(text.format(name=clear_text(at.progress.label)))
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        spoken = self.tr("{done} of {total} files") if total else self.tr("{done} files")
        self._bar.setAccessibleName(spoken.format(done=number(done), total=number(total)))

    def _show_plan(self, plan: LocatePlan) -> None:
        doubtful = bool(plan.gone or plan.unclear or plan.faults)
        self._say(*(("warning", "amber") if doubtful else ("done", "green")), texts.plan_text(plan))
        self.write.setText(texts.FileAmounts().locate(len(plan.found)))
        self._mapping.setText(texts.map_text(plan))
        self._mapping.setVisible(plan.folders is not None)
        self._show_lines(tuple(texts.plan_lines(plan)))

    def _show_lines(self, lines: Sequence[tuple[str, str]]) -> None:
        self.lines.show(lines)
        self._list.setVisible(bool(lines))
        if lines:
            height = self._list.sizeHintForRow(0)
            self._list.setFixedHeight(height * min(_ROWS, len(lines)) + 4)

    def _say(self, icon: str, colour: str, text: str) -> None:
        self._sign.show_icon(icon, colour)
        self._card.set_colour("line" if colour == "green" else colour)
        self._words.setText(text)
        self.setAccessibleName(text)
