"""What the next key will do, looked up shortly after the last change of the selection."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import Consequences
from facereview.ui.jobs.lanes import Lane, Ticket

_SETTLE_MS = 120


class ConsequenceLookup(QObject):
    """The consequences of deciding some faces as one creator; None while they are not known."""

    changed = Signal()

    def __init__(self, desk: ClusterDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._wanted: tuple[tuple[int, ...], int | None] = ((), None)
        self._ticket: Ticket | None = None
        self._stale = False
        self.known: Consequences | None = None
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._ask)

    @property
    def busy(self) -> bool:
        """Whether what is wanted is not known yet."""
        return self._settle.isActive()

    def want(self, face_ids: Sequence[int], creator_id: int | None) -> None:
        """Other faces are ticked, or another creator is suggested."""
        wanted = (tuple(face_ids), creator_id)
        same = wanted == self._wanted and self.known is not None
        if same and not self._stale:
            return
        self._wanted = wanted
        self._cancel()
        if not same:
            self.known = None
            self.changed.emit()
        if face_ids:
            self._settle.start()

    def outdate(self) -> None:
        """The library changed: what is known is asked for again, and shown until then."""
        self._stale = True
        self._cancel()

    def _cancel(self) -> None:
        self._settle.stop()
        if self._ticket is not None:
            self._ticket.cancel()

    def _ask(self) -> None:
        desk, (faces, creator) = self._desk, self._wanted
        self._ticket = self._lane.run(
            self, lambda: desk.consequences(faces, creator), self._came, self._failed
        )

    def _came(self, known: Consequences) -> None:
        self.known, self._stale = known, False
        self.changed.emit()

    def _failed(self, _error: Exception) -> None:
        """The card is empty then; deciding is still possible."""
        self.known = None
        self.changed.emit()
