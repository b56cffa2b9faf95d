"""The search field at the head of a page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from facereview.ui.widgets.icons import icon
from facereview.ui.widgets.text_field import TextField
from facereview.ui.widgets.theme import tokens_of

_NARROW, _WIDE = 120, 420


class SearchField(TextField):
    """Escape empties it, then leaves it; Down and Enter leave it for what was found."""

    left = Signal()

    def __init__(self, hint: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._glass = self.addAction(
            icon("search", tokens_of(self).dim), QLineEdit.ActionPosition.LeadingPosition
        )
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(_NARROW)
        self.setMaximumWidth(_WIDE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self.returnPressed.connect(self.left)

    @property
    def wanted(self) -> str:
        """What is searched for."""
        return self.text().strip()

    def take_focus(self) -> None:
        """Type here."""
        self.setFocus()
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Keys that lead to what was found; Escape takes the text away first."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """The glass takes the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._glass.setIcon(icon("search", tokens_of(self).dim))
