"""What ticked faces themselves suggest, asked for as soon as they are ticked."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from facereview.review.desk import Desk
from facereview.review.views import Opinion
from facereview.ui.jobs.lanes import Lane, Ticket

_BATCH = 32  # small, so that a decision waits for few of them


class Opinions(QObject):
    """Opinions by face; a face that is gone, or could not be asked, has none."""

    arrived = Signal()

    def __init__(self, desk: Desk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._known: dict[int, Opinion | None] = {}
        self._coming: dict[int, Ticket] = {}

    def get(self, face_id: int) -> Opinion | None:
        """What this face says of itself, as far as known."""
        return self._known.get(face_id)

    def awaits(self, face_ids: Iterable[int]) -> bool:
        """Whether any of these is on its way."""
        return any(face_id in self._coming for face_id in face_ids)

    def want(self, face_ids: Iterable[int]) -> None:
        """Ask those that were not asked yet."""
        missing = [i for i in face_ids if i not in self._known and i not in self._coming]
        for first in range(0, len(missing), _BATCH):
            self._ask(missing[first : first + _BATCH])

    def forget(self) -> None:
        """A decision or another library: what was said may not hold any more."""
        for ticket in self._coming.values():
            ticket.cancel()
        self._coming.clear()
        self._known.clear()

    def _ask(self, face_ids: list[int]) -> None:
        desk = self._desk

        def came(found: dict[int, Opinion]) -> None:
            for face_id in face_ids:
                self._coming.pop(face_id, None)
                self._known[face_id] = found.get(face_id)
            self.arrived.emit()

        ticket = self._lane.run(
            self, lambda: desk.opinions(face_ids), came, lambda _error: came({})
        )
        self._coming.update(dict.fromkeys(face_ids, ticket))
