"""Importing an old library: choose, check, migrate, read the report, scan for its faces."""

from __future__ import annotations

import tempfile
from pathlib import Path

from PySide6.QtCore import QSize, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QFontDatabase
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from facereview.errors import Remedy, ReviewError
from facereview.migrate.progress import Progress
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.lanes import Lane
from facereview.ui.migration.run import Migrate, MigrationOutcome, MigrationWish
from facereview.ui.widgets.dialog import Dialog, fit
from facereview.ui.widgets.file_choice import ask_for_folder
from facereview.ui.widgets.plain_text import button, label, set_title, wrapped
from facereview.ui.wording.advice import told
from facereview.visible_text import one_line, visible


class MigrateForm(QWidget):
    """The file, where its folders lie now, and what to do about what does not fit."""

    changed = Signal()
    """Another file is named."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file = self._line(
            self.tr("SQLite file of the library"), self.tr("the library's SQLite file")
        )
        self.old = self._line(
            self.tr("Folder as the library calls it"), self.tr("folder in the library")
        )
        self.new = self._line(
            self.tr("The same folder on this computer"), self.tr("the same folder on this computer")
        )
        self.policy = self._policies()
        self.dates = self._line(
            self.tr("How numbers in date columns are read"),
            self.tr("as found; or table.column=rule, where the check asks for it"),
        )
        self.choose = button(self.tr("Choose …"), "plain", self)
        self.choose.setAccessibleDescription(self.tr("Choose the file of the library"))
        self.choose_new = button(self.tr("Choose …"), "plain", self)
        self.choose_new.setAccessibleDescription(self.tr("Choose the folder on this computer"))
        self._lay_out()
        self.choose.clicked.connect(self._choose)
        self.choose_new.clicked.connect(self.choose_folder)
        self.file.textChanged.connect(self.changed)

    def _line(self, name: str, hint: str) -> QLineEdit:
        made = QLineEdit(self)
        made.setAccessibleName(name)
        made.setPlaceholderText(hint)
        return made

    def _policies(self) -> QComboBox:
        made = QComboBox(self)
        made.setAccessibleName(self.tr("What to do about values PostgreSQL refuses"))
        made.addItem(self.tr("Stop and list them"), "stop")
        made.addItem(self.tr("Leave the value empty, and keep it beside the library"), "null")
        made.addItem(self.tr("Set the whole row aside, with the reason"), "quarantine")
        return made

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        grid.addWidget(label(self.tr("Library"), "dim", self), 0, 0)
        grid.addWidget(self.file, 0, 1, 1, 2)
        grid.addWidget(self.choose, 0, 3)
        grid.addWidget(label(self.tr("Lies elsewhere"), "dim", self), 1, 0)
        grid.addWidget(self.old, 1, 1)
        grid.addWidget(self.new, 1, 2)
        grid.addWidget(self.choose_new, 1, 3)
        grid.addWidget(label(self.tr("Refused values"), "dim", self), 2, 0)
        grid.addWidget(self.policy, 2, 1, 1, 3)
        grid.addWidget(label(self.tr("Date columns"), "dim", self), 3, 0)
        grid.addWidget(self.dates, 3, 1, 1, 3)

    def wish(self, *, check: bool) -> MigrationWish | None:
        """What is wanted; None as long as no file is named."""
        if not self.file.text().strip():
            return None
        old, new = self.old.text().strip(), self.new.text().strip()
        pairs = (f"{old}={new}",) if old or new else ()
        policy = str(self.policy.currentData())
        dates = tuple(self.dates.text().replace(",", " ").split())
        return MigrationWish(Path(self.file.text().strip()), policy, check, pairs, dates)

    def _choose(self) -> None:
        kinds = self.tr("SQLite libraries (*.db *.sqlite *.sqlite3);;All files (*)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a library"), "", kinds)
        if name:
            self.file.setText(name)

    def choose_folder(self) -> QFileDialog:
        """Ask where the folder is on this computer."""
        title = self.tr("The same folder on this computer")
        return ask_for_folder(self, title, self.new.setText)


_SIZE = QSize(880, 640)


class MigrateDialog(Dialog):
    """Nothing is written before it was checked; it can be cancelled until it is committed."""

    migrated = Signal()
    """The library is there: everything may have changed."""
    new_library_wanted = Signal()
    """The library that is open holds something: make an empty one."""
    scan_wanted = Signal()
    """Scan the migrated videos for faces."""

    def __init__(self, migrate: Migrate, lane: Lane, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._migrate = migrate
        self._job = BackgroundJob(lane, self.tr("the migration"), self)
        self._page = ""
        self._occupied = False
        set_title(self, self.tr("facereview: bring in a library"))
        self.form = MigrateForm(self)
        self.verdict = wrapped("", "strong", self)
        self.text = QPlainTextEdit(self)
        self.bar = QProgressBar(self)
        self.doing = label("", "dim", self)
        self.new_library = button(self.tr("New library …"), "plain", self)
        self.check = button(self.tr("Check"), "plain", self)
        self.go = button(self.tr("Migrate"), "primary", self)
        self.stop = button(self.tr("Cancel"), "plain", self)
        self.open_page = button(self.tr("Open the report"), "plain", self)
        self.scan = button(self.tr("Scan the migrated videos for faces"), "primary", self)
        self._fill()
        self._lay_out()
        self._connect()
        self._rest()

    def _fill(self) -> None:
        self.text.setReadOnly(True)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        self.text.setStyleSheet(f"font-family: '{fixed}', monospace")
        self.text.setAccessibleName(self.tr("Plan and report"))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the migration"))

    def _lay_out(self) -> None:
        fit(self, _SIZE)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.open_page)
        row.addWidget(self.new_library)
        row.addStretch()
        for made in (self.stop, self.check, self.go, self.scan):
            row.addWidget(made)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(self.tr("Import a library"), "title", self))
        words = self.tr(
            "The file is only read, and may be in use. It is imported completely and verified, or "
            "not at all; what you choose to leave empty or set aside is listed first."
        )
        column.addWidget(wrapped(words, "dim", self))
        column.addWidget(self.form)
        column.addWidget(self.verdict)
        column.addWidget(self.text, 1)
        column.addWidget(self.bar)
        column.addWidget(self.doing)
        column.addLayout(row)

    def _connect(self) -> None:
        self._job.progressed.connect(self._show_step)
        self._job.done.connect(self._done)
        self._job.failed.connect(self._failed)
        self._job.stopped.connect(self._stopped)
        self.new_library.clicked.connect(self._want_new)
        self.form.changed.connect(self._rest)
        self.check.clicked.connect(lambda: self.run(check=True))
        self.go.clicked.connect(lambda: self.run(check=False))
        self.stop.clicked.connect(self.cancel)
        self.open_page.clicked.connect(self._show_page)
        self.scan.clicked.connect(self._scan)

    @property
    def busy(self) -> bool:
        return self._job.running

    def run(self, *, check: bool) -> None:
        """Check everything and write nothing, or migrate."""
        wish = self.form.wish(check=check)
        if self.busy or wish is None:
            return
        migrate, self._page, self._occupied = self._migrate, "", False

        def work(tell: Tell, cancelled: Asked) -> MigrationOutcome:
            return migrate(wish, tell, cancelled)

        self._job.start(work)
        self.bar.setValue(0)
        self.doing.clear()
        self.verdict.clear()
        self.text.clear()
        self._rest()

    def cancel(self) -> None:
        """Stop at the next step; nothing was changed then. Closes where nothing runs."""
        if self.busy:
            self._job.cancel()
            self.doing.setText(self.tr("Stopping …"))
        else:
            self.reject()

    def reject(self) -> None:
        """Escape stops what runs first."""
        if self.busy:
            self.cancel()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """What runs is stopped with its dialogue."""
        self._job.cancel()
        super().closeEvent(event)

    def _show_step(self, step: Progress) -> None:
        self.bar.setValue(round(1000 * step.fraction))
        if not self._job.stopping:
            self.doing.setText(step.sentence)

    def _done(self, outcome: MigrationOutcome) -> None:
        self._page = outcome.page
        self._occupied = outcome.occupied
        good = "care" if outcome.lossy else "good"
        self._say(visible(outcome.headline), good if outcome.good else "fault")
        self.text.setPlainText("\n".join(one_line(line) for line in outcome.lines))
        self._rest(written=outcome.written, scannable=outcome.scannable)
        if outcome.written:
            self.migrated.emit()

    def _failed(self, error: Exception) -> None:
        self._occupied = isinstance(error, ReviewError) and error.remedy is Remedy.EMPTY_DATABASE
        self._say(told(error), "fault")
        self._rest()

    def _stopped(self) -> None:
        self._say(self.tr("The migration was cancelled: nothing was changed."), "dim")
        self._rest()

    def _say(self, text: str, rank: str) -> None:
        self.verdict.setProperty("rank", rank)
        self.verdict.style().polish(self.verdict)
        self.verdict.setText(text)

    def _rest(self, *_: object, written: bool = False, scannable: bool = False) -> None:
        """Show what can be done now."""
        there = self.form.wish(check=True) is not None
        self.form.setEnabled(not self.busy)
        self.check.setVisible(not written)
        self.go.setVisible(not written)
        self.scan.setVisible(written and scannable)
        self.check.setEnabled(there and not self.busy)
        self.go.setEnabled(there and not self.busy)
        self.bar.setVisible(self.busy)
        self.doing.setVisible(self.busy)
        self.open_page.setVisible(bool(self._page))
        self.new_library.setVisible(self._occupied)
        self.stop.setText(self.tr("Cancel") if self.busy else self.tr("Close"))

    def _want_new(self) -> None:
        self.reject()
        self.new_library_wanted.emit()

    def _show_page(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="facereview-report-"))
        page = folder / "migration.html"
        page.write_text(self._page, "utf-8")
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))

    def _scan(self) -> None:
        self.scan_wanted.emit()
        self.accept()
