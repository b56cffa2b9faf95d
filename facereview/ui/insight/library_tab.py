"""The library in numbers, and the export of all faces."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from facereview.errors import Cancelled
from facereview.records import Progress, Status
from facereview.review.insight.behind import OfState
from facereview.review.library.desk import Connection, LibraryDesk
from facereview.review.library.service import LibraryService
from facereview.ui.insight.figures import count_button, show_count
from facereview.ui.insight.opener import FigureOpener
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import Card, flush
from facereview.ui.widgets.dialog import Scrolled
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.plain_text import PlainButton, button, clear_text, label, wrapped
from facereview.ui.wording.library import faces, number

_WIDEST = 800


class LibraryTab(QWidget):
    """Counts, and a button that exports all faces."""

    def __init__(
        self,
        desk: LibraryDesk,
        library: LibraryService,
        lanes: Lanes,
        messages: Messages,
        *,
        opener: FigureOpener,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._opener = opener
        self._desk, self._library = desk, library
        self._lanes, self._messages = lanes, messages
        self.setAccessibleName(self.tr("Library"))
        self._loading = LoadingLabel(self)
        self._grid = QGridLayout()
        self.figures: dict[str, PlainButton] = {}
        self.export = button(self.tr("Export all faces …"), "primary", self)
        self._doing = label("", "dim", self)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Faces exported"))
        self.export.clicked.connect(self.choose)
        self._job = BackgroundJob(lanes.exporting, self.tr("the export"), self)
        self._job.progressed.connect(self._progressed)
        self._job.done.connect(self._written)
        self._job.failed.connect(self._failed)
        self._job.stopped.connect(lambda: self._show_busy(False))
        self._lay_out()

    def _lay_out(self) -> None:
        body = QVBoxLayout()
        body.setContentsMargins(20, 20, 20, 20)
        body.setSpacing(16)
        for card in (self._counts_card(), self._table_card()):
            body.addWidget(card)
        body.addStretch()
        column = flush(QVBoxLayout(self))
        column.addWidget(Scrolled(self.accessibleName(), body, self, widest=_WIDEST))

    def _counts_card(self) -> Card:
        card = Card(self.tr("In this library"), self)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        for row, (kind, words) in enumerate(self._kinds()):
            opens = self.tr("Show: {what}").format(what=words)
            self.figures[kind] = count_button("", words, opens, partial(self.open, kind), card)
            self._grid.addWidget(label(words, "dim", card), row, 0)
            self._grid.addWidget(self.figures[kind], row, 1, Qt.AlignmentFlag.AlignLeft)
        card.body.addWidget(self._loading)
        card.body.addLayout(self._grid)
        return card

    def _table_card(self) -> Card:
        card = Card(self.tr("Export"), self)
        about = self.tr(
            "A CSV file with every face: its video, time, box, state, creator and "
            "nearest creator, even below the threshold."
        )
        card.body.addWidget(wrapped(about, "dim", card))
        for part in (self._doing, self._bar):
            part.hide()
            card.body.addWidget(part)
        row = QHBoxLayout()
        row.addWidget(self.export)
        row.addStretch()
        card.body.addLayout(row)
        return card

    def _kinds(self) -> tuple[tuple[str, str], ...]:
        """What is counted: a field of :class:`Counts`, and its name."""
        return (
            ("pending", self.tr("Pending faces")),
            ("matched", self.tr("Matched faces")),
            ("manual", self.tr("Faces assigned manually")),
            ("rejected", self.tr("Rejected faces")),
            ("videos", self.tr("Videos")),
            ("creators", self.tr("Creators")),
            ("references", self.tr("References")),
        )

    def open(self, kind: str) -> None:
        """Show what a figure counts."""
        opener, words = self._opener, dict(self._kinds())
        match kind:
            case "pending" | "rejected":
                opener.queue_wanted.emit(kind)
            case "matched" | "manual":
                opener.faces(OfState(Status(kind)), words[kind])
            case "videos":
                opener.videos_wanted.emit("all")
            case "creators":
                opener.creators_wanted.emit("all")
            case _:
                opener.creators_wanted.emit("health")

    def refresh(self) -> None:
        """Count again."""
        if not self.figures["pending"].text():
            self._loading.waiting.begin()
        self._lanes.database.run(self, self._desk.connection, self._counted, self._unknown)

    def _counted(self, now: Connection) -> None:
        self._loading.waiting.end()
        for kind, shown in self.figures.items():
            show_count(shown, number(getattr(now.counts, kind)))

    def _unknown(self, error: Exception) -> None:
        self._loading.waiting.give_up()
        self._messages.fault(error)

    # ---------------------------------------------------------------------------------- the table

    def choose(self) -> QFileDialog:
        """Ask for the file, without blocking."""
        dialog = QFileDialog(self, self.tr("Export all faces"), "faces.csv")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([self.tr("CSV files (*.csv)")])
        dialog.setDefaultSuffix("csv")
        dialog.filesSelected.connect(lambda names: self.write(Path(names[0])))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def write(self, file: Path) -> None:
        """Export in the background."""
        library = self._library

        def work(tell: Tell, cancelled: Asked) -> tuple[Path, int]:
            def told(progress: Progress) -> None:
                if cancelled():
                    raise Cancelled
                tell(progress)

            return file, library.export(file, on_progress=told)

        self._show_busy(True)
        self._job.start(work)

    def _show_busy(self, busy: bool) -> None:
        self.export.setEnabled(not busy)
        self._bar.setVisible(busy)
        self._doing.setVisible(busy)
        self._bar.setRange(0, 0)
        self._doing.setText(self.tr("Exporting …"))

    def _progressed(self, progress: Progress) -> None:
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)

    def _written(self, written: tuple[Path, int]) -> None:
        self._show_busy(False)
        file, count = written
        text = self.tr("{faces} exported to {file}.")
        self._messages.info(text.format(faces=faces(count), file=clear_text(str(file))))

    def _failed(self, error: Exception) -> None:
        self._show_busy(False)
        self._messages.fault(error)
