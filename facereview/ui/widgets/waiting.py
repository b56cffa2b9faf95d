"""Waiting for data: nothing at first, then "Loading …"; "empty" is shown only when known."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from facereview.ui.widgets.plain_text import PlainLabel

PATIENCE_MS = 150
"""Data that arrives sooner shows no text."""


def loading() -> str:
    """The text."""
    return QCoreApplication.translate("Waiting", "Loading …")


class Waiting(QObject):
    """The state of a request: pending, pending for long, loaded, or failed."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.answered = True
        """Whether the data is loaded."""
        self._timer = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._timer.timeout.connect(self._grow_late)
        self.late = False
        """Whether it takes long enough to be shown."""

    def begin(self) -> None:
        """The request was sent."""
        if self.answered or not (self._timer.isActive() or self.late):
            self.answered = False
            self._timer.start()
            self.changed.emit()

    def end(self) -> None:
        """The data was loaded."""
        self._stop(answered=True)

    def give_up(self) -> None:
        """The request failed; the error is shown elsewhere."""
        if not self.answered:
            self._stop(answered=False)

    def word(self, empty: str) -> str:
        """The text without data; ``empty`` once that is known."""
        return empty if self.answered else loading() if self.late else ""

    def _grow_late(self) -> None:
        self.late = True
        self.changed.emit()

    def _stop(self, *, answered: bool) -> None:
        self._timer.stop()
        if (self.answered, self.late) != (answered, False):
            self.answered, self.late = answered, False
            self.changed.emit()


class LoadingLabel(PlainLabel):
    """The text as a line of its own; it takes no room while empty."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setProperty("rank", "dim")
        self.waiting = Waiting(self)
        self.waiting.changed.connect(self._show)
        self.hide()

    def _show(self) -> None:
        self.setText(self.waiting.word(""))
        self.setVisible(bool(self.text()))
