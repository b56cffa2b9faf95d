"""Where one is in a cast sheet: the rows that are shown, the current one, and what is ticked."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from facereview.records import Face
from facereview.review.cast.acts import waiting
from facereview.review.cast.records import CastRow, CastSheet, RowKind


class Chip(StrEnum):
    """Which rows are shown."""

    ALL = "all"
    SURE = "sure"
    OPEN = "open"


KINDS = {
    Chip.ALL: frozenset(RowKind),
    Chip.SURE: frozenset({RowKind.SURE}),
    Chip.OPEN: frozenset({RowKind.LIKELY, RowKind.OPEN}),
}


class CastCursor(QObject):
    """The current row stays the one with the same faces when the rows are read again."""

    moved = Signal()
    """Another row or face is current."""
    ticks_changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: tuple[CastRow, ...] = ()
        self.chip = Chip.ALL
        self._at = 0
        self._face: int | None = None
        self._unticked: frozenset[int] = frozenset()

    @property
    def row(self) -> CastRow | None:
        """The current row."""
        return self.rows[self._at] if self._at < len(self.rows) else None

    @property
    def place(self) -> int:
        """Where the current row is among those shown."""
        return self._at

    @property
    def face(self) -> Face | None:
        """The face that is chosen in the current row; None where the row is as a whole."""
        row = self.row
        return next((f for f in row.faces if f.id == self._face), None) if row else None

    @property
    def looked_at(self) -> Face | None:
        """The face that is shown in its frame: the chosen one, else the row's clearest."""
        row = self.row
        return self.face or (strip(row)[0] if row else None)

    @property
    def unticked(self) -> frozenset[int]:
        """The ids of faces that do not count for a decision on their row."""
        return self._unticked

    def ticked(self, row: CastRow) -> tuple[Face, ...]:
        """The faces of a row that count for a decision on it, in time order."""
        return tuple(face for face in row.faces if face.id not in self._unticked)

    # -------------------------------------------------------------------------------- what is shown

    def leave(self) -> None:
        """Another video: its rows are not there yet, and all of them will be ticked."""
        self.rows, self.chip = (), Chip.ALL
        self._at, self._face, self._unticked = 0, None, frozenset()

    def show(self, sheet: CastSheet, wanted: int | None = None) -> None:
        """Show the rows of the chosen kind, with the cursor on that of a face if it is there."""
        row, face = self.row, self._face
        self.rows = tuple(one for one in sheet.rows if one.kind in KINDS[self.chip])
        near = [one for one in (wanted, face) if one is not None]
        near += [row.key, *(one.id for one in row.faces)] if row else []
        self._at = _place_of(self.rows, near, self._at)

    # ----------------------------------------------------------------------------------- the moves

    def move(self, step: int) -> None:
        """So many rows down; never beyond the first or the last."""
        self._go(self._at + step)

    def move_on(self) -> None:
        """To the next row with faces that wait, below or else above; if there is none, stay."""
        below = [*range(self._at, len(self.rows)), *range(self._at)]
        waits = (at for at in below if waiting(self.rows[at]))
        self._go(next(waits, self._at))

    def edge(self, *, last: bool) -> None:
        self._go(len(self.rows) - 1 if last else 0)

    def go_to(self, key: int, face: int | None = None) -> None:
        """Go to the row with this :attr:`CastRow.key`, and choose a face of it."""
        for at, row in enumerate(self.rows):
            if row.key == key:
                self._go(at, face)

    def go_to_face(self, face_id: int) -> None:
        """Go to a face, whichever row it is in."""
        for row in self.rows:
            if any(face.id == face_id for face in row.faces):
                self.go_to(row.key, face_id)

    def move_in_row(self, step: int) -> None:
        """So many faces on in the row, the clearest first; before the first is the whole row."""
        row = self.row
        if row is None:
            return
        faces = [face.id for face in strip(row)]
        at = faces.index(self._face) if self._face in faces else -1
        to = min(len(faces) - 1, max(-1, at + step))
        self._go(self._at, faces[to] if to >= 0 else None)

    def _go(self, at: int, face: int | None = None) -> None:
        at = max(0, min(at, len(self.rows) - 1))
        if (at, face) != (self._at, self._face):
            self._at, self._face = at, face
            self.moved.emit()

    # ----------------------------------------------------------------------------------- the ticks

    def toggle(self) -> None:
        """Tick or untick the chosen face, or all faces of the row where none is chosen."""
        row, face = self.row, self.face
        if row is not None:
            ids = {face.id} if face is not None else {one.id for one in row.faces}
            self.set_ticked(ids, ticked=not ids - self._unticked)

    def set_ticked(self, faces: Iterable[int], *, ticked: bool) -> None:
        """Tick faces, or untick them."""
        ids = frozenset(faces)
        new = self._unticked - ids if ticked else self._unticked | ids
        if new != self._unticked:
            self._unticked = new
            self.ticks_changed.emit()


def strip(row: CastRow) -> tuple[Face, ...]:
    """The faces of a row as they are shown: the clearest first, then the others in time order."""
    by_id = {face.id: face for face in row.faces}
    best = tuple(by_id[one] for one in row.best if one in by_id)
    shown = {face.id for face in best}
    return best + tuple(face for face in row.faces if face.id not in shown)


def _place_of(rows: tuple[CastRow, ...], faces: Iterable[int], before: int) -> int:
    """The row that holds the first of these faces that is shown, else the nearest place."""
    where = {face.id: at for at, row in enumerate(rows) for face in row.faces}
    found = next((where[face] for face in faces if face in where), before)
    return max(0, min(found, len(rows) - 1))
