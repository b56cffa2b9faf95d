"""What is to be known of an old library before it is brought in."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QGridLayout, QLineEdit, QWidget

from facereview.ui.migration.run import MigrationWish
from facereview.ui.widgets.file_choice import ask_for_folder
from facereview.ui.widgets.plain_text import button, label


class MigrateForm(QWidget):
    """The file, where its folders lie now, and what to do about what does not fit."""

    changed = Signal()
    """Another file is named."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.file = QLineEdit(self)
        self.old = QLineEdit(self)
        self.new = QLineEdit(self)
        self.policy = QComboBox(self)
        self.dates = QLineEdit(self)
        self.choose = button(self.tr("Choose …"), "plain", self)
        self.choose.setAccessibleDescription(self.tr("Choose the file of the library"))
        self.choose_new = button(self.tr("Choose …"), "plain", self)
        self.choose_new.setAccessibleDescription(self.tr("Choose the folder on this computer"))
        self._fill()
        self._lay_out()
        self.choose.clicked.connect(self._choose)
        self.choose_new.clicked.connect(self.choose_folder)
        self.file.textChanged.connect(self.changed)

    def _fill(self) -> None:
        self.file.setPlaceholderText(self.tr("the library's SQLite file"))
        self.file.setAccessibleName(self.tr("SQLite file of the library"))
        self.old.setPlaceholderText(self.tr("folder in the library"))
        self.old.setAccessibleName(self.tr("Folder as the library calls it"))
        self.new.setPlaceholderText(self.tr("the same folder on this computer"))
        self.new.setAccessibleName(self.tr("The same folder on this computer"))
        self.dates.setPlaceholderText(
            self.tr("as found; or table.column=rule, where the check asks for it")
        )
        self.dates.setAccessibleName(self.tr("How numbers in date columns are read"))
        self.policy.setAccessibleName(self.tr("What to do about values PostgreSQL refuses"))
        for policy, text in (
            ("stop", self.tr("Stop and list them")),
            ("null", self.tr("Leave the value empty, and keep it beside the library")),
            ("quarantine", self.tr("Set the whole row aside, with the reason")),
        ):
            self.policy.addItem(text, policy)

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
