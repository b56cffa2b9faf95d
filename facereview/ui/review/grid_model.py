"""The item model of the grid: the faces of the queue, group by group, and what is said of each."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal

from facereview.filters import GroupBy
from facereview.records import Face, FaceState, Status, Video
from facereview.review.desk import Desk
from facereview.review.filters.groups import NONE, GridFace, Groups
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.jobs.loader import Loader
from facereview.ui.pictures.face_tiles import CURRENT, TICKED, FaceTilesModel
from facereview.ui.widgets.plain_text import clear_text, plain_tip
from facereview.ui.widgets.rows_model import ROW, Index
from facereview.ui.wording.decisions import clock, score
from facereview.ui.wording.library import title

_KEPT = 4_000
_BATCH = 48  # small, so that a decision does not wait long
_WAITING = 1_200  # a large screen of small faces


@dataclass(frozen=True, slots=True)
class GridTile:
    """A face; ``known`` is None until it is read."""

    id: int
    known: GridFace | None
    denied: bool = False

    @property
    def face(self) -> Face | None:
        """As it is now."""
        return self.known.face if self.known else None

    @property
    def video(self) -> Video | None:
        """Where it is."""
        return self.known.video if self.known else None

    @property
    def name(self) -> str:
        """Whose it is, or may be."""
        face, likely = self.face, self.known.likely if self.known else None
        if face is None:
            return ""
        if face.state.status is not Status.PENDING:
            return clear_text(face.creator_name or "")
        return f"{clear_text(likely.creator.name)}?" if likely else ""


class GridFaces(Loader[int, None, GridFace]):
    """What a grid says of faces, read as they come into view."""

    def __init__(self, desk: Desk, lane: Lane, parent: QObject) -> None:
        def job(wishes: Mapping[int, None], _ticket: Ticket) -> dict[int, GridFace]:
            return desk.grid_faces(tuple(wishes))

        super().__init__(
            lane, job, parent, budget=_KEPT, batch=_BATCH, waiting=_WAITING, retries=True
        )


class GridModel(FaceTilesModel):
    """Faces by row, in sections that each have a group in common."""

    learnt = Signal(int)
    """A face was read."""

    def __init__(self, faces: GridFaces, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._faces = faces
        self._ids = np.empty(0, np.int32)
        self._ticked: frozenset[int] = frozenset()
        self.starts: NDArray[np.intp] = np.zeros(1, np.intp)
        """The first row of each section."""
        self.keys = np.empty(0, np.int32)
        """The group of each section."""
        faces.arrived.connect(self._arrived)

    def show(self, ids: NDArray[np.int32], groups: Groups, current: int | None) -> None:
        """Show these faces in this order, where they are others than before."""
        starts, keys = _sections(ids, groups)
        same = np.array_equal(ids, self._ids) and np.array_equal(starts, self.starts)
        self.keys = keys
        if same:
            self.go_to(current)
            return
        before = self.face_at(self.current_row)
        self.beginResetModel()
        self._ids, self.starts = ids, starts
        self.current_row = self.row_of(current) or 0
        self.endResetModel()
        if self.face_at(self.current_row) != before:  # else who scrolled away stays there
            self.moved.emit()

    def go_to(self, face: int | None) -> None:
        """Mark the face at hand, if it is here."""
        row = self.row_of(face)
        if row is None or row == self.current_row:
            return
        before, self.current_row = self.current_row, row
        for changed in (before, row):
            self._changed(changed, [CURRENT])
        self.moved.emit()

    def tick(self, faces: Collection[int]) -> None:
        """These are ticked, and no others."""
        before, self._ticked = self._ticked, frozenset(faces)
        changed = list(before ^ self._ticked)
        for row in np.flatnonzero(np.isin(self._ids, changed)).tolist() if changed else ():
            self._changed(row, [TICKED, Qt.ItemDataRole.AccessibleTextRole])

    def outdate(self, faces: Iterable[int] | None) -> None:
        """These faces, or all, may be others now: they are read again as far as they are seen."""
        self._faces.mark_outdated(faces)
        if len(self._ids):
            self.dataChanged.emit(self.index(0), self.index(len(self._ids) - 1), [ROW])

    def picture_arrived(self, key: tuple[str, int]) -> None:
        """The picture of a face came, or is known not to come."""
        if key[0] == "face":
            self._arrived(key[1], tells=False)

    # ------------------------------------------------------------------------------- what is here

    def face_at(self, row: int) -> int | None:
        """The face of a row."""
        return int(self._ids[row]) if 0 <= row < len(self._ids) else None

    def faces_between(self, row: int, other: int) -> list[int]:
        """The faces from one row to another, both included."""
        found: list[int] = self._ids[min(row, other) : max(row, other) + 1].tolist()
        return found

    def row_of(self, face: int | None) -> int | None:
        """Where a face is."""
        if face is None:
            return None
        found = np.flatnonzero(self._ids == face)
        return int(found[0]) if len(found) else None

    def among(self, faces: Iterable[int]) -> set[int]:
        """Those of these faces that are here."""
        wanted = list(faces)
        found: list[int] = self._ids[np.isin(self._ids, wanted)].tolist() if wanted else []
        return set(found)

    def known(self, face: int) -> Face | None:
        """A face as it was read last."""
        found = self._faces.get(face)
        return found.face if found else None

    def shows(self, face: int, state: FaceState) -> bool:
        """Whether a face was painted with what was decided of it so."""
        return self.sight.has(face, state)

    def tile(self, row: int) -> GridTile | None:
        face = self.face_at(row)
        return None if face is None else GridTile(face, self._faces.current(face))

    # ------------------------------------------------------------------------------------- for Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._ids)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        face = self.face_at(index.row()) if index.isValid() else None
        if face is None:
            return None
        if role == ROW:
            return GridTile(face, self._faces.ask(face, None))
        if role in (CURRENT, TICKED):
            return index.row() == self.current_row if role == CURRENT else face in self._ticked
        if role == Qt.ItemDataRole.DisplayRole:
            return self._figure(self._faces.get(face))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._aloud(face)
        return plain_tip(self._aloud(face)) if role == Qt.ItemDataRole.ToolTipRole else None

    def _figure(self, known: GridFace | None) -> str:
        """How probable the name is where that is known, else how similar the face."""
        if known is None:
            return ""
        status, likely = known.face.state.status, known.likely
        if status is Status.REJECTED or likely is None:
            return "–"
        if status is Status.PENDING and likely.probability is not None:
            return self.tr("{n} %").format(n=math.floor(100 * likely.probability))
        return "–" if likely.similarity is None else score(likely.similarity)

    def _aloud(self, face: int) -> str:
        known = self._faces.get(face)
        if known is None:
            return self.tr("a face")
        status, name = known.face.state.status, GridTile(face, known).name
        state = {Status.PENDING: self.tr("pending"), Status.REJECTED: self.tr("rejected")}
        figure = self._figure(known)
        parts = [
            name,
            state.get(status, self.tr("decided")),
            "" if figure == "–" else figure,
            title(known.video),
            clock(known.face.timestamp),
            self.tr("ticked") if face in self._ticked else "",
        ]
        return ", ".join(part for part in parts if part)

    def _arrived(self, face: int, *, tells: bool = True) -> None:
        row = self.row_of(face)
        if row is not None:
            self._changed(row, [])
        if tells:
            self.learnt.emit(face)

    def _changed(self, row: int, roles: list[int]) -> None:
        self.dataChanged.emit(self.index(row), self.index(row), roles)


def _sections(ids: NDArray[np.int32], groups: Groups) -> tuple[NDArray[np.intp], NDArray[np.int32]]:
    """Where each section begins, and its group; without groups all is one section."""
    if groups.by is GroupBy.NOTHING or not len(ids):
        return np.zeros(1, np.intp), np.full(min(1, len(ids)), NONE, np.int32)
    keys = groups.of(ids)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(keys)) + 1]).astype(np.intp)
    return starts, keys[starts]
