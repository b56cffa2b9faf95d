"""The creators whom the current row may be, by digit: those on the sheet, and others looked up."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.records import Creator
from facereview.review.cast.desk import CastDesk
from facereview.review.cast.records import CastRow, waits
from facereview.ui.jobs.lanes import Lane, Rank, Ticket

MOST = 9
_SETTLE_MS = 150
_KEPT = 60

Key = tuple[int, ...]


class CastOffers(QObject):
    """Whom the sheet names comes at once, the others after the last key."""

    changed = Signal()

    def __init__(self, desk: CastDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._lane = desk, lane
        self._found: dict[Key, tuple[Creator, ...]] = {}
        self._wanted: Key = ()
        self.labelled = 0
        """Digits that stand beside a name."""
        self._ticket = Ticket()
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._ask)

    def want(self, row: CastRow | None) -> None:
        """Follow the current row."""
        wanted = _key(row)
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self._ticket.cancel()
        if wanted and wanted not in self._found:
            self._settle.start()
        else:
            self._settle.stop()
        self.changed.emit()

    def of(self, row: CastRow | None) -> tuple[Creator, ...]:
        """Whom the digits mean, the first first."""
        if row is None:
            return ()
        known = (row.creator, row.rival, *self._found.get(_key(row), ()))
        found = {creator.id: creator for creator in known if creator is not None}
        return tuple(found.values())[:MOST]

    def named(self, row: CastRow) -> tuple[Creator, ...]:
        """Those of them who are to be read: beside their digit, or as the row's own name."""
        return self.of(row)[: max(self.labelled, 1 if row.creator is not None else 0)]

    def outdate(self) -> None:
        """References or decisions may be others."""
        self._found.clear()
        self._wanted = ()
        self._ticket.cancel()

    def _ask(self) -> None:
        desk, wanted = self._desk, self._wanted

        def job() -> tuple[Creator, ...]:
            return tuple(one.creator for one in desk.likely(wanted))

        def came(found: tuple[Creator, ...]) -> None:
            while len(self._found) >= _KEPT:
                del self._found[next(iter(self._found))]
            self._found[wanted] = found
            self.changed.emit()

        self._ticket = self._lane.run(self, job, came, _left_out, rank=Rank.AHEAD)


def _key(row: CastRow | None) -> Key:
    """The faces of a row that wait, else all of them."""
    if row is None:
        return ()
    waiting = tuple(face.id for face in row.faces if waits(face))
    return waiting or tuple(face.id for face in row.faces)


def _left_out(_error: Exception) -> None:
    """Whom the sheet names is still offered, and the name field takes anybody."""
