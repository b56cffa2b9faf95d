"""Decisions on very many faces that take long to write, which can be cancelled meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.review.decisions.decide import PROMPT
from facereview.review.desk import Desk

LONG_MS = 1500
"""From then on a decision takes long."""


class BulkDecisions(QObject):
    """Those that are not known to be in the database, by token, the oldest first."""

    changed = Signal(int)
    """So many faces are being decided for long now, or 0."""
    cancelled = Signal()
    """The oldest is to be given up, unless it is written by now."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._faces: dict[str, int] = {}
        self._long = QTimer(self, singleShot=True, interval=LONG_MS)
        self._long.timeout.connect(self._show)

    def begin(self, token: str, faces: int) -> None:
        """An act on so many faces is to be written; few faces do not count."""
        if faces > PROMPT:
            self._faces[token] = faces
            if len(self._faces) == 1:
                self._long.start()

    def end(self, token: str) -> None:
        """It is written, or never will be."""
        if self._faces.pop(token, None) is not None:
            self._long.stop()
            self.changed.emit(0)
            if self._faces:
                self._long.start()

    def cancel(self) -> None:
        """Give up the one that takes long."""
        if self._faces:
            self._desk.cancel(next(iter(self._faces)))
            self.changed.emit(0)
            self.cancelled.emit()

    def _show(self) -> None:
        self.changed.emit(next(iter(self._faces.values())))
