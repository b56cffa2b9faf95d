"""The item model of the page: one of the two halves of the faces, the most similar first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QObject, Qt, Signal

from facereview.records import FaceState, Status
from facereview.review.library.alike import Alike, ShownFace
from facereview.ui.widgets.plain_text import clear_text, plain_tip
from facereview.ui.widgets.rows_model import ROW, Index
from facereview.ui.wording.decisions import clock, score

CURRENT = ROW + 1
TICKED = ROW + 2

_AHEAD = 200
"""Faces that are asked for at once."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A face with its similarity; ``shown`` is None until it is read."""

    id: int
    similarity: float
    shown: ShownFace | None
    denied: bool = False
    """Whether it is known not to be the person whom Enter names."""


class Sight:
    """Which faces were painted as they are now: keys decide no others."""

    def __init__(self) -> None:
        self._painted: dict[int, tuple[FaceState, bool]] = {}

    def leave(self) -> None:
        """Keys apply to other faces, or name somebody else: nothing of that is painted yet."""
        self._painted.clear()

    def painted(self, tile: Tile) -> None:
        """A tile was painted, with its picture, or with a sign that there is none."""
        if tile.shown is not None:
            self._painted[tile.id] = tile.shown.face.state, tile.denied

    def shows(self, tile: Tile) -> bool:
        """Whether this face was painted in this state."""
        if tile.shown is None:
            return False
        return self._painted.get(tile.id) == (tile.shown.face.state, tile.denied)


class Places:
    """Where faces stand in an order of a million: each is looked for once, most when shown."""

    def __init__(self, ids: NDArray[np.int32]) -> None:
        self._ids = ids
        self._found: dict[int, int] = {}

    def note(self, face: int, place: int) -> None:
        """A face stands at this place."""
        self._found[face] = place

    def of(self, faces: Iterable[int]) -> NDArray[np.intp]:
        """The places of these faces, ascending; a face that is not in the order has none."""
        faces = set(faces)
        unknown = list(faces - self._found.keys())
        if unknown:
            found = np.flatnonzero(np.isin(self._ids, unknown))
            self._found.update(zip(self._ids[found].tolist(), found.tolist(), strict=True))
        return np.array(sorted(self._found[face] for face in faces & self._found.keys()), np.intp)


class AlikeModel(QAbstractListModel):
    """Faces by id with what is known of those that were shown, the current and the ticked ones."""

    wanted = Signal(object)
    """Ids of faces that are shown and not known yet: a tuple."""
    moved = Signal()
    ticks_changed = Signal()
    counted = Signal()
    """Other faces are pending, or decided, than before."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids = np.zeros(0, np.int32)
        self._places = Places(self._ids)
        self._similarities = np.zeros(0, np.float32)
        self._pending = np.zeros(0, bool)
        self._gone = np.zeros(0, bool)
        self._rows: NDArray[np.intp] = np.zeros(0, np.intp)
        self._known: dict[int, ShownFace] = {}
        self._asked: set[int] = set()
        self.sight = Sight()
        self.ticked: dict[int, None] = {}
        """Ids of the ticked faces, in the order of ticking."""
        self._target: int | None = None
        self.showing_pending = True
        self.current_row = 0

    # ------------------------------------------------------------------------------- what is here

    @property
    def pending(self) -> int:
        return int((self._pending & ~self._gone).sum())

    @property
    def decided(self) -> int:
        return int((~self._pending & ~self._gone).sum())

    def tile(self, row: int) -> Tile | None:
        if not 0 <= row < len(self._rows):
            return None
        place = self._rows[row]
        face = int(self._ids[place])
        self._places.note(face, int(place))
        shown = self._known.get(face)
        denied = shown is not None and self._target in shown.denied
        return Tile(face, float(self._similarities[place]), shown, denied)

    def targets(self) -> tuple[Tile, ...]:
        """What a key applies to: the ticked faces, most similar first, else the one at hand."""
        if not self.ticked:
            here = self.tile(self.current_row)
            return () if here is None else (here,)
        rows = self._rows_of(self.ticked)
        return tuple(tile for row in rows if (tile := self.tile(row)) is not None)

    @property
    def known(self) -> tuple[int, ...]:
        """Ids of the faces that are known, or asked for."""
        return tuple(self._known.keys() | self._asked)

    # ------------------------------------------------------------------------------------ changing

    def show(self, found: Alike | None) -> None:
        """Show another order, from its beginning."""
        self.beginResetModel()
        self._ids = np.zeros(0, np.int32) if found is None else found.ids
        self._places = Places(self._ids)
        self._similarities = np.zeros(0, np.float32) if found is None else found.similarities
        self._pending = np.zeros(0, bool) if found is None else found.pending.copy()
        self._gone = np.zeros(len(self._ids), bool)
        self._known, self._asked, self.ticked = {}, set(), {}
        self.sight.leave()
        self.current_row = 0
        self._choose()
        self.endResetModel()
        self._told()

    def aim(self, creator_id: int | None) -> None:
        """Mark those that are known not to be this creator."""
        if creator_id != self._target:
            self.sight.leave()
        self._target = creator_id
        self._repaint(list(self._known))

    def show_half(self, *, pending: bool) -> None:
        """Show those that are pending, or those that are decided."""
        if pending == self.showing_pending:
            return
        self.beginResetModel()
        self.showing_pending, self.ticked, self.current_row = pending, {}, 0
        self.sight.leave()
        self._choose()
        self.endResetModel()
        self._told()

    def learn(self, asked: Iterable[int], known: Mapping[int, ShownFace]) -> None:
        """What is known now of these faces; those that are not known are gone."""
        asked = set(asked)
        self._asked -= asked
        self._known.update(known)
        for face in asked - known.keys():
            self._known.pop(face, None)
        places = self._places.of(asked)
        before = self._pending[places].copy(), self._gone[places].copy()
        for place in places.tolist():
            shown = known.get(int(self._ids[place]))
            self._gone[place] = shown is None
            if shown is not None:
                self._pending[place] = shown.face.state.status is Status.PENDING
        same = np.array_equal(before[0], self._pending[places])
        if same and np.array_equal(before[1], self._gone[places]):
            self._repaint(asked)
        elif self._again():
            self.sight.leave()  # a key may be meant for what was there before

    def decide(self, faces: Collection[int]) -> None:
        """These pending faces are being decided: the next ones take their places."""
        self._pending[self._places.of(faces)] = False
        self._again()

    def go_to(self, row: int) -> None:
        row = min(max(0, row), max(0, len(self._rows) - 1))
        if row != self.current_row:
            before, self.current_row = self.current_row, row
            for changed in (before, row):
                self._changed(changed, [CURRENT])
            self.moved.emit()

    def reveal(self, face: int) -> None:
        """Go to this face and paint it."""
        for row in self._rows_of([face]):
            before, self.current_row = self.current_row, row
            for changed in (before, row):
                self._changed(changed, [])
            self.moved.emit()

    def tick(self, rows: Iterable[int], *, on: bool) -> None:
        for row in rows:
            tile = self.tile(row)
            if tile is None:
                continue
            if on:
                self.ticked[tile.id] = None
            else:
                self.ticked.pop(tile.id, None)
            self._changed(row, [TICKED, Qt.ItemDataRole.AccessibleTextRole])
        self.ticks_changed.emit()

    def untick_all(self) -> None:
        before, self.ticked = set(self.ticked), {}
        self._repaint(before)
        self.ticks_changed.emit()

    def picture_arrived(self, key: tuple[str, int]) -> None:
        """The picture of a face came, or is known not to come."""
        if key[0] == "face" and key[1] in self._known:
            self._repaint([key[1]])

    def _again(self) -> bool:
        """Other faces belong to the half that is shown: stay on the face at hand, else on the next.

        Returns whether a key applies to other faces than before.
        """
        at_hand, ticked = self.tile(self.current_row), self.ticked
        place = 0 if at_hand is None else self._rows[self.current_row]
        self.beginResetModel()
        self._choose()
        here = set(self._ids[self._rows[self._rows_of(ticked)]].tolist())
        self.ticked = {face: None for face in ticked if face in here}
        row = int(np.searchsorted(self._rows, place))
        self.current_row = min(row, max(0, len(self._rows) - 1))
        self.endResetModel()
        now = self.tile(self.current_row)
        moved = (at_hand and at_hand.id) != (now and now.id)
        self.counted.emit()
        if ticked != self.ticked:
            self.ticks_changed.emit()
        if moved:
            self.moved.emit()
        return moved or ticked != self.ticked

    def _choose(self) -> None:
        wanted = self._pending if self.showing_pending else ~self._pending
        self._rows = np.flatnonzero(wanted & ~self._gone)

    def _rows_of(self, faces: Iterable[int]) -> list[int]:
        """The rows of those faces that belong to the half that is shown."""
        if not len(self._rows):
            return []
        places = self._places.of(faces)
        rows = np.minimum(np.searchsorted(self._rows, places), len(self._rows) - 1)
        found: list[int] = rows[self._rows[rows] == places].tolist()
        return found

    def _told(self) -> None:
        self.counted.emit()
        self.ticks_changed.emit()
        self.moved.emit()

    def _repaint(self, faces: Iterable[int]) -> None:
        for row in self._rows_of(faces):
            self._changed(row, [])

    def _changed(self, row: int, roles: list[int]) -> None:
        if 0 <= row < len(self._rows):
            self.dataChanged.emit(self.index(row), self.index(row), roles)

    # ------------------------------------------------------------------------------------- for Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        tile = self.tile(index.row()) if index.isValid() else None
        if tile is None:
            return None
        if role == ROW:
            if tile.shown is None:
                self._want(index.row())
            return tile
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return score(tile.similarity) if tile.similarity > -2 else "–"
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._aloud(tile)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(self._aloud(tile))
            case _:
                return self._mark(role, index.row(), tile)

    def _mark(self, role: int, row: int, tile: Tile) -> bool | None:
        if role == CURRENT:
            return row == self.current_row
        return tile.id in self.ticked if role == TICKED else None

    def _aloud(self, tile: Tile) -> str:
        if tile.shown is None:
            return self.tr("a face")
        face, video = tile.shown.face, tile.shown.video
        parts = [
            clear_text(video.title or video.path),
            clock(face.timestamp),
            self.tr("similarity {score}").format(score=score(tile.similarity)),
        ]
        if face.creator_name and face.state.status is not Status.PENDING:
            parts.insert(0, clear_text(face.creator_name))
        if tile.denied:
            parts.append(self.tr("not the person asked about"))
        if face.state.status is Status.REJECTED:
            parts.append(self.tr("rejected"))
        if tile.id in self.ticked:
            parts.append(self.tr("ticked"))
        return ", ".join(parts)

    def _want(self, row: int) -> None:
        """Ask for the faces from a row on that are not known."""
        places = self._rows[row : row + _AHEAD]
        ids = [face for face in self._ids[places].tolist() if face not in self._known]
        asked = tuple(face for face in ids if face not in self._asked)
        if asked:
            self._asked.update(asked)
            self.wanted.emit(asked)
