"""Decisions on very many faces, which take long to write and can be cancelled."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.review.decisions.decide import PROMPT
from facereview.review.decisions.history import Latest
from facereview.review.desk import Desk

LONG_MS = 1500
"""Milliseconds after which a decision counts as long."""


class BulkDecisions(QObject):
    """Long decisions that are not known to be in the database, by token, the oldest first."""

    changed = Signal(int)
    """The number of faces of the long decision, or 0."""
    cancelled = Signal()
    """The oldest was cancelled, unless it is written already."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._faces: dict[str, int] = {}
        self._undoable = 0
        self._long = QTimer(self, singleShot=True, interval=LONG_MS)
        self._long.timeout.connect(self._show)

    def begin(self, token: str, faces: int) -> None:
        """A decision is to be written; few faces do not count."""
        if faces > PROMPT:
            self._faces[token] = faces
            if len(self._faces) == 1:
                self._long.start()

    def know_undoable(self, latest: Latest | None) -> None:
        """What the next undo is about."""
        self._undoable = latest.words.number if latest else 0

    def begin_revert(self, token: str, act: Latest | None) -> None:
        """An undo or redo is to be written, of this action if it is known."""
        self.begin(token, act.words.number if act else self._undoable)

    def end(self, token: str) -> None:
        """It is written, or never will be."""
        if self._faces.pop(token, None) is not None:
            self._long.stop()
            self.changed.emit(0)
            if self._faces:
                self._long.start()

    def cancel(self) -> None:
        """Cancel the oldest."""
        if self._faces:
            self._desk.cancel(next(iter(self._faces)))
            self.changed.emit(0)
            self.cancelled.emit()

    def _show(self) -> None:
        self.changed.emit(next(iter(self._faces.values())))
