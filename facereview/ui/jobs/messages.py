"""The channel for messages to the curator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from facereview.ui.wording.advice import told

KEPT_CLEAR = "kept clear"
"""Object name of what at the lower edge of a page no message covers."""


class Level(StrEnum):
    """How serious a message is."""

    INFO = "info"
    CARE = "care"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Message:
    """One plain sentence for the curator."""

    level: Level
    text: str


class Messages(QObject):
    """Every part of the window reports here; the message line shows it."""

    said = Signal(object)
    """Carries a :class:`Message`."""

    def info(self, text: str) -> None:
        """Something happened as asked."""
        self.said.emit(Message(Level.INFO, text))

    def care(self, text: str) -> None:
        """Something needs attention: a conflict, something not done."""
        self.said.emit(Message(Level.CARE, text))

    def fault(self, error: Exception) -> None:
        """Something failed; the sentence of the error is shown."""
        self.said.emit(Message(Level.FAULT, told(error)))
