"""The dialogs of the Creators page: a name, what would be lost, a name typed to be sure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from facereview.review.creators.records import Profile
from facereview.ui.advice import told
from facereview.ui.lanes import Lane
from facereview.ui.name_picker import NamePicker
from facereview.ui.ports import ReviewDesk
from facereview.ui.widgets import button, clear_text, label, wrapped


class CreatorDialog(QDialog):
    """Heading, body, why it was refused, and the buttons; open until what it asks for is done."""

    def __init__(
        self, heading: str, verb: str, kind: str = "primary", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setModal(True)
        self.setMinimumWidth(520)
        self.body = QVBoxLayout()
        self.body.setSpacing(8)
        self.fault = wrapped("", "fault", self)
        self.fault.hide()
        self.verb: QPushButton = button(verb, kind, self)
        self.verb.setDefault(True)
        self.cancel = button(self.tr("Cancel"), "plain", self)
        self.cancel.setAutoDefault(False)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addStretch(1)
        self.buttons.addWidget(self.cancel)
        self.buttons.addWidget(self.verb)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(14)
        self.title = label("", "title", self)
        self.title.setWordWrap(True)
        self.head(heading)
        column.addWidget(self.title)
        column.addLayout(self.body, 1)
        column.addWidget(self.fault)
        column.addLayout(self.buttons)
        self.cancel.clicked.connect(self.reject)

    def head(self, heading: str) -> None:
        """What it is about, at its head and as the window's title."""
        self.title.setText(clear_text(heading))
        self.setWindowTitle(f"facereview: {clear_text(heading)}")

    def refuse(self, error: Exception) -> None:
        """Say why it could not be done, and let it be tried again."""
        self.fault.setText(told(error))
        self.fault.show()
        self.verb.setEnabled(True)


class PersonDialog(CreatorDialog):
    """Name, other names, description; for somebody new the name alone is enough."""

    saved = Signal(object)
    """The :class:`Profile` as it is to be."""

    def __init__(
        self,
        known: Profile | None,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        heading = self.tr("New creator") if known is None else self.tr("Who this is")
        verb = self.tr("Create") if known is None else self.tr("Save")
        super().__init__(heading, verb, parent=parent)
        now = known or Profile(name)
        self.name = QLineEdit(now.name, self)
        self.name.setMaxLength(500)
        self.aliases = QPlainTextEdit("\n".join(now.aliases), self)
        self.aliases.setFixedHeight(76)
        self.about = QPlainTextEdit(now.description, self)
        self.about.setFixedHeight(96)
        for text, field in (
            (self.tr("Name"), self.name),
            (self.tr("Other names, one per line"), self.aliases),
            (self.tr("Description"), self.about),
        ):
            words = label(text, "dim", self)
            words.setBuddy(field)
            field.setAccessibleName(text)
            self.body.addWidget(words)
            self.body.addWidget(field)
        for field in (self.aliases, self.about):
            field.setTabChangesFocus(True)
        # Enter saves from the name; the other fields have lines of their own.
        QShortcut(QKeySequence("Ctrl+Return"), self, self.verb.click)
        for before, after in pairwise(
            (self.name, self.aliases, self.about, self.cancel, self.verb)
        ):
            QWidget.setTabOrder(before, after)
        self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self.verb.clicked.connect(self._save)
        self.name.textChanged.connect(lambda text: self.verb.setEnabled(bool(text.strip())))
        self.verb.setEnabled(bool(self.name.text().strip()))
        self.name.selectAll()

    def _save(self) -> None:
        lines = (" ".join(line.split()) for line in self.aliases.toPlainText().splitlines())
        aliases = tuple(dict.fromkeys(line for line in lines if line))
        self.verb.setEnabled(False)
        self.saved.emit(Profile(self.name.text(), aliases, self.about.toPlainText()))


class WhoDialog(CreatorDialog):
    """Whom the selected faces belong to: a creator that is known, or a new name."""

    named = Signal(str)

    def __init__(
        self, heading: str, text: str, desk: ReviewDesk, lane: Lane, parent: QWidget | None = None
    ) -> None:
        super().__init__(heading, "", parent=parent)
        self.setMinimumSize(QSize(520, 460))
        self.verb.hide()
        self.body.addWidget(wrapped(text, "dim", self))
        self.picker = NamePicker(desk, lane, self)
        self.body.addWidget(self.picker)
        self.body.addStretch(1)
        self.picker.chosen.connect(lambda creator: self.named.emit(creator.name))
        self.picker.created.connect(self.named)

    def open(self) -> None:
        """Begin to type."""
        super().open()
        self.picker.open_list()


class SureDialog(CreatorDialog):
    """What would be lost, line by line; with ``typed``, only once that name was typed."""

    agreed = Signal()

    def __init__(
        self,
        heading: str,
        verb: str,
        lines: Sequence[str],
        typed: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(heading, verb, "danger", parent)
        self._typed = " ".join(typed.split())
        self.lines = tuple(lines)
        for line in lines:
            self.body.addWidget(wrapped(f"•  {line}", "text", self))
        self.field = QLineEdit(self)
        self.field.setVisible(bool(typed))
        if typed:
            ask = wrapped(
                self.tr("Type the name to go on: {name}").format(name=self._typed), "strong", self
            )
            self.body.addSpacing(8)
            self.body.addWidget(ask)
            self.field.setAccessibleName(ask.text())
            self.field.textChanged.connect(self._compare)
            self.verb.setEnabled(False)
        self.body.addWidget(self.field)
        if not typed:
            self.verb.setDefault(False)
            self.verb.setAutoDefault(False)
            self.cancel.setDefault(True)
            self.cancel.setFocus()
        else:
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self.verb.clicked.connect(self._agree)

    def _compare(self, text: str) -> None:
        self.verb.setEnabled(" ".join(text.split()) == self._typed)

    def _agree(self) -> None:
        self.verb.setEnabled(False)
        self.agreed.emit()
