"""The item model of the page: one of the two halves of the faces, the most similar first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from facereview.records import Face, Status, Video
from facereview.review.library.alike import Alike, ShownFace
from facereview.ui.alike.order import FaceOrder
from facereview.ui.pictures.face_tiles import CURRENT, TICKED, FaceTilesModel
from facereview.ui.widgets.plain_text import clear_text, plain_tip
from facereview.ui.widgets.rows_model import ROW, Index
from facereview.ui.wording.decisions import clock, score

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

    @property
    def face(self) -> Face | None:
        """As it is now."""
        return self.shown.face if self.shown else None

    @property
    def video(self) -> Video | None:
        """Where it is."""
        return self.shown.video if self.shown else None

    @property
    def name(self) -> str:
        """Whose a decided face is."""
        decided = self.face is not None and self.face.state.status is not Status.PENDING
        return clear_text(self.face.creator_name or "") if self.face and decided else ""


class AlikeModel(FaceTilesModel):
    """Faces by id with what is known of those that were shown, the current and the ticked ones."""

    wanted = Signal(object)
    """Ids of faces that are shown and not known yet: a tuple."""
    ticks_changed = Signal()
    counted = Signal()
    """Other faces are pending, or decided, than before."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._order = FaceOrder()
        self._known: dict[int, ShownFace] = {}
        self._asked: set[int] = set()
        self.ticked: dict[int, None] = {}
        """Ids of the ticked faces, in the order of ticking."""
        self._target: int | None = None
        self.showing_pending = True

    # ------------------------------------------------------------------------------- what is here

    @property
    def pending(self) -> int:
        return self._order.pending

    @property
    def decided(self) -> int:
        return self._order.decided

    def tile(self, row: int) -> Tile | None:
        face = self._order.face(row)
        if face is None:
            return None
        shown = self._known.get(face)
        denied = shown is not None and self._target in shown.denied
        return Tile(face, self._order.similarity(row), shown, denied)

    def targets(self) -> tuple[Tile, ...]:
        """What a key applies to: the ticked faces, most similar first, else the one at hand."""
        if not self.ticked:
            here = self.tile(self.current_row)
            return () if here is None else (here,)
        rows = self._order.rows_of(self.ticked)
        return tuple(tile for row in rows if (tile := self.tile(row)) is not None)

    @property
    def known(self) -> tuple[int, ...]:
        """Ids of the faces that are known, or asked for."""
        return tuple(self._known.keys() | self._asked)

    # ------------------------------------------------------------------------------------ changing

    def show(self, found: Alike | None) -> None:
        """Show another order, from its beginning."""
        self.beginResetModel()
        self._order = FaceOrder(found)
        self._known, self._asked, self.ticked = {}, set(), {}
        self.sight.leave()
        self.current_row = 0
        self._order.choose(pending=self.showing_pending)
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
        self._order.choose(pending=self.showing_pending)
        self.endResetModel()
        self._told()

    def learn(self, asked: Iterable[int], known: Mapping[int, ShownFace]) -> None:
        """What is known now of these faces; those that are not known are gone."""
        asked = set(asked)
        self._asked -= asked
        self._known.update(known)
        for face in asked - known.keys():
            self._known.pop(face, None)
        if not self._order.learn(asked, known):
            self._repaint(asked)
        elif self._again():
            self.sight.leave()  # a key may be meant for what was there before

    def decide(self, faces: Collection[int]) -> None:
        """These pending faces are being decided: the next ones take their places."""
        self._order.decide(faces)
        self._again()

    def go_to(self, row: int) -> None:
        row = min(max(0, row), max(0, len(self._order) - 1))
        if row != self.current_row:
            before, self.current_row = self.current_row, row
            for changed in (before, row):
                self._changed(changed, [CURRENT])
            self.moved.emit()

    def reveal(self, face: int) -> None:
        """Go to this face and paint it."""
        for row in self._order.rows_of([face]):
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
        place = self._order.place(self.current_row)
        self.beginResetModel()
        self._order.choose(pending=self.showing_pending)
        here = {self._order.face(row) for row in self._order.rows_of(ticked)}
        self.ticked = {face: None for face in ticked if face in here}
        self.current_row = self._order.row_at(place)
        self.endResetModel()
        now = self.tile(self.current_row)
        moved = (at_hand and at_hand.id) != (now and now.id)
        self.counted.emit()
        if ticked != self.ticked:
            self.ticks_changed.emit()
        if moved:
            self.moved.emit()
        return moved or ticked != self.ticked

    def _told(self) -> None:
        self.counted.emit()
        self.ticks_changed.emit()
        self.moved.emit()

    def _repaint(self, faces: Iterable[int]) -> None:
        for row in self._order.rows_of(faces):
            self._changed(row, [])

    def _changed(self, row: int, roles: list[int]) -> None:
        if 0 <= row < len(self._order):
            self.dataChanged.emit(self.index(row), self.index(row), roles)

    # ------------------------------------------------------------------------------------- for Qt

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._order)

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
        faces = self._order.faces(slice(row, row + _AHEAD))
        ids = [face for face in faces if face not in self._known]
        asked = tuple(face for face in ids if face not in self._asked)
        if asked:
            self._asked.update(asked)
            self.wanted.emit(asked)
