"""Waiting for an answer: nothing at first, then a calm word; what is empty is said only after."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from facereview.ui.widgets.plain_text import PlainLabel

PATIENCE_MS = 150
"""What is there sooner needs no word."""


def loading() -> str:
    """The word."""
    return QCoreApplication.translate("Waiting", "Loading …")


class Waiting(QObject):
    """What is known of an answer: awaited, awaited for long, there, or not to be had."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.answered = True
        """Whether what is shown is what the library holds."""
        self._timer = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._timer.timeout.connect(self._grow_late)
        self.late = False
        """Whether it takes so long that it is to be said."""

    def begin(self) -> None:
        """An answer was asked for."""
        if self.answered or not (self._timer.isActive() or self.late):
            self.answered = False
            self._timer.start()
            self.changed.emit()

    def end(self) -> None:
        """The answer is there."""
        self._stop(answered=True)

    def give_up(self) -> None:
        """There is none to be had; somebody else says why."""
        if not self.answered:
            self._stop(answered=False)

    def word(self, empty: str) -> str:
        """What stands where there is nothing to show; ``empty`` once that is known."""
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
    """The word as a line of its own; it takes no room while it says nothing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__("", parent)
        self.setProperty("rank", "dim")
        self.waiting = Waiting(self)
        self.waiting.changed.connect(self._show)
        self.hide()

    def _show(self) -> None:
        self.setText(self.waiting.word(""))
        self.setVisible(bool(self.text()))
