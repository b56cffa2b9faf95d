"""The faces of a video as an item model."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from facereview.records import DECIDED, Face, Status, Video
from facereview.ui.widgets.plain_text import clear_text, plain_tip
from facereview.ui.wording.decisions import clock

Index = QModelIndex | QPersistentModelIndex

FACE = Qt.ItemDataRole.UserRole
CURRENT = Qt.ItemDataRole.UserRole + 1
TICKED = Qt.ItemDataRole.UserRole + 2
VIDEO = Qt.ItemDataRole.UserRole + 3


class FaceStripModel(QAbstractListModel):
    """Faces with what the page says of them: which is at hand, which are ticked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._video: Video | None = None
        self._faces: tuple[Face, ...] = ()
        self._rows: dict[int, int] = {}
        self._current: int | None = None
        self._ticked: frozenset[int] = frozenset()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        """How many faces."""
        return 0 if parent is not None and parent.isValid() else len(self._faces)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Time as text, the face itself, and its marks."""
        if not index.isValid() or index.row() >= len(self._faces):
            return None
        face = self._faces[index.row()]
        if role >= FACE:
            marks = {FACE: face, VIDEO: self._video, CURRENT: face.id == self._current}
            return marks.get(role, face.id in self._ticked)
        if role == Qt.ItemDataRole.DisplayRole:
            return clock(face.timestamp)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{clock(face.timestamp)} · {self._said(face)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(f"{clock(face.timestamp)} · {self._said(face)}")
        return None

    @property
    def current(self) -> int | None:
        """The face at hand."""
        return self._current

    def row_of(self, face_id: int | None) -> int | None:
        """The row of a face."""
        return None if face_id is None else self._rows.get(face_id)

    def set_faces(self, faces: Sequence[Face], video: Video | None) -> None:
        """Show these; where they are the same faces, only what changed of them."""
        self._video = video
        new = tuple(faces)
        if [face.id for face in new] != [face.id for face in self._faces]:
            self.beginResetModel()
            self._faces = new
            self._rows = {face.id: row for row, face in enumerate(new)}
            self.endResetModel()
            return
        old, self._faces = self._faces, new
        for row, (before, after) in enumerate(zip(old, new, strict=True)):
            if before != after:
                self._changed(row, [FACE, Qt.ItemDataRole.AccessibleTextRole])

    def set_current(self, face_id: int | None) -> None:
        """Mark the face at hand."""
        if face_id == self._current:
            return
        before, self._current = self._current, face_id
        for marked in (before, face_id):
            self._face_changed(marked, [CURRENT])

    def set_ticked(self, face_ids: Collection[int]) -> None:
        """Mark the selection."""
        before, self._ticked = self._ticked, frozenset(face_ids)
        for face_id in before ^ self._ticked:
            self._face_changed(face_id, [TICKED])

    def picture_arrived(self, key: tuple[str, int]) -> None:
        """A crop is there: paint it."""
        if key[0] == "face":
            self._face_changed(key[1], [Qt.ItemDataRole.DecorationRole])

    def _said(self, face: Face) -> str:
        status = face.state.status
        if status in DECIDED:
            return clear_text(face.creator_name or "")
        return self.tr("rejected") if status is Status.REJECTED else self.tr("pending")

    def _face_changed(self, face_id: int | None, roles: list[int]) -> None:
        row = self.row_of(face_id)
        if row is not None:
            self._changed(row, roles)

    def _changed(self, row: int, roles: Sequence[int]) -> None:
        index = self.index(row)
        self.dataChanged.emit(index, index, list(roles))
