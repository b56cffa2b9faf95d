"""The one channel by which every part of the window speaks to the curator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from facereview.ui.wording.advice import told


class Level(StrEnum):
    """How much care a message needs."""

    INFO = "info"
    CARE = "care"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Message:
    """One plain sentence for the curator."""

    level: Level
    text: str


class Messages(QObject):
    """Whoever has something to say calls it; whoever shows messages listens."""

    said = Signal(object)
    """Carries a :class:`Message`."""

    def info(self, text: str) -> None:
        """Something happened as asked."""
        self.said.emit(Message(Level.INFO, text))

    def care(self, text: str) -> None:
        """Something needs a look: a conflict, a thing left undone."""
        self.said.emit(Message(Level.CARE, text))

    def fault(self, error: Exception) -> None:
        """Something of the world failed; the sentence of the error is shown."""
        self.said.emit(Message(Level.FAULT, told(error)))
