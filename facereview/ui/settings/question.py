"""What a setting asks before it is written: what it would do, and whether that is meant."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from facereview.ui.widgets.basics import button, wrapped
from facereview.ui.widgets.notice import Glyph
from facereview.ui.widgets.tinted import Tinted


class SettingQuestion(Tinted):
    """A sentence and two answers; hidden while there is nothing to ask. Esc declines."""

    confirmed = Signal()
    declined = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("amber", parent)
        self.text = wrapped("", "text", self)
        self.no = button("", "plain", self)
        self.yes = button("", "danger", self)
        answers = QHBoxLayout()
        answers.setSpacing(8)
        answers.addWidget(self.no)
        answers.addWidget(self.yes)
        answers.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(10)
        words.addWidget(self.text)
        words.addLayout(answers)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 12, 14, 12)
        row.setSpacing(12)
        row.addWidget(Glyph("warning", 20, "amber", self), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        self.no.clicked.connect(self.declined)
        self.yes.clicked.connect(self.confirmed)
        self.hide()

    def wait(self, text: str, no: str) -> None:
        """Say that it is being found out; only declining is possible yet."""
        self._say(text, no)
        self.yes.hide()

    def ask(self, text: str, yes: str, no: str) -> None:
        """Ask."""
        self._say(text, no)
        self.yes.setText(yes)
        self.yes.setAccessibleDescription(text)
        self.yes.show()

    def _say(self, text: str, no: str) -> None:
        self.text.setText(text)
        self.no.setText(no)
        self.no.setAccessibleDescription(text)
        self.setAccessibleName(text)
        self.show()
        QTimer.singleShot(0, self, self._come_into_view)

    def _come_into_view(self) -> None:
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        if around is not None and self.isVisible():
            around.ensureWidgetVisible(self, 0, 12)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Esc on one of the answers."""
        if event.key() == Qt.Key.Key_Escape:
            self.declined.emit()
        else:
            super().keyPressEvent(event)
