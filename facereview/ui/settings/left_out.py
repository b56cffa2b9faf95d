"""Which folders and files a scan leaves out."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from facereview.review.library.scan_choices import ScanChoices
from facereview.ui.jobs.lanes import Lane
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import Card
from facereview.ui.widgets.fields import TextField
from facereview.ui.widgets.plain_text import button, label, wrapped

_BETWEEN = ";"


class LeftOutCard(Card):
    """Names in one field, on this computer; kept when Enter is pressed or the field is left."""

    def __init__(
        self, choices: ScanChoices, lane: Lane, messages: Messages, parent: QWidget
    ) -> None:
        super().__init__(parent=parent)
        self._choices, self._lane, self._messages = choices, lane, messages
        self._kept: tuple[str, ...] = ()
        self.body.addWidget(label(self.tr("Left out when scanning"), "heading", self))
        text = self.tr(
            "A scan passes over files and folders with these names: hidden ones, waste bins, and "
            "snapshots and previews of network drives. Separate names with semicolons; * stands "
            "for any characters, ? for one."
        )
        self.body.addWidget(wrapped(text, "dim", self))
        self.names = TextField(self)
        self.names.setAccessibleName(self.tr("Names of files and folders that are left out"))
        self.names.editingFinished.connect(self._save)
        self.usual = button(self.tr("Reset"), "plain", self)
        self.usual.clicked.connect(lambda: self._keep(()))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.names, 1)
        row.addWidget(self.usual)
        self.body.addLayout(row)

    def refresh(self) -> None:
        """Read which are left out."""
        self._lane.run(self, self._choices.left_out, self._show)

    def _show(self, names: tuple[str, ...]) -> None:
        self._kept = names
        self.names.setText(f"{_BETWEEN} ".join(names))
        self.names.setCursorPosition(0)  # a long text shows its beginning

    def _save(self) -> None:
        typed = tuple(n.strip() for n in self.names.text().split(_BETWEEN) if n.strip())
        if typed != self._kept:
            self._keep(typed)

    def _keep(self, names: tuple[str, ...]) -> None:
        choices = self._choices
        self._lane.run(self, lambda: choices.leave_out(names), self._saved, self._refused)

    def _saved(self, names: tuple[str, ...]) -> None:
        self._show(names)
        self._messages.info(self.tr("Scans now pass over files and folders with these names."))

    def _refused(self, error: Exception) -> None:
        self._show(self._kept)
        self._messages.fault(error)
