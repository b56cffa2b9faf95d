"""One line above the buttons: what a key leaves out or waits for, or whom A would select."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from facereview.ui.actions.table import first_key
from facereview.ui.widgets.basics import button, wrapped
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.notice import Glyph


class ReviewHint(QWidget):
    """Hidden while there is nothing to say."""

    pressed = Signal(str)
    """The action whose button was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.care = wrapped("", "strong", self)
        self._sign = Glyph("warning", 18, "amber", self)
        self._cap = KeyCap(first_key("same_person"), self)
        self.same = button("", "flat", self)
        self.same.clicked.connect(lambda: self.pressed.emit("same_person"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._sign)
        row.addWidget(self.care, 1)
        row.addWidget(self._cap)
        row.addWidget(self.same)
        row.addStretch()
        self.hide()

    def show_hint(self, care: str, same: int) -> None:
        """``care``: what a second press does, or is left out; else A selects so many more."""
        self.care.setText(care)
        self.same.setText(self.tr("select %n more faces of this person", "", max(0, same)))
        offers = not care and same > 0
        self._sign.setVisible(bool(care))
        self.care.setVisible(bool(care))
        self._cap.setVisible(offers)
        self.same.setVisible(offers)
        self.setVisible(bool(care) or offers)
