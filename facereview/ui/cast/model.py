"""The rows of a cast sheet as a list model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt

from facereview.records import Face, Video
from facereview.review.cast.records import CastRow
from facereview.ui.cast import wording
from facereview.ui.cast.controller import CastController
from facereview.ui.cast.cursor import strip
from facereview.ui.widgets.rows_model import ROW, Index, RowsModel


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with all that its painting depends on.

    ``name`` is what it is called, ``strip`` its faces as they are shown, the clearest first.
    ``frame`` is how many seconds a frame stands for on the timeline of ``duration`` seconds; 0
    where that is not known. ``tags`` are the creators whom other programs tagged.
    """

    row: CastRow
    video: Video
    name: str
    strip: tuple[Face, ...]
    duration: float
    frame: float
    current: bool = False
    face: int | None = None
    unticked: frozenset[int] = frozenset()
    tags: frozenset[int] = frozenset()


class CastModel(RowsModel[CastRow]):
    """Follows a :class:`CastController`; ``data(index, ROW)`` is a :class:`ShownRow`."""

    def __init__(self, controller: CastController) -> None:
        super().__init__(controller)
        self._at = controller
        self._names: dict[int, str] = {}
        self._row_of: dict[int, int] = {}
        self._tags: frozenset[int] = frozenset()
        self._duration, self._frame = 1.0, 1.0
        controller.sheet_changed.connect(self._read)
        controller.cursor.moved.connect(self._repaint)
        controller.cursor.ticks_changed.connect(self._repaint)

    def title(self, row: CastRow) -> str:
        return self._names.get(row.key, "")

    def aloud(self, row: CastRow) -> str:
        return wording.spoken(row, self.title(row), len(self._at.cursor.ticked(row)), self._tags)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != ROW:
            return super().data(index, role)
        row, sheet = self.row(index.row()), self._at.sheet
        return None if row is None or sheet is None else self._shown(row, sheet.video)

    def _shown(self, row: CastRow, video: Video) -> ShownRow:
        cursor = self._at.cursor
        current = row is cursor.row
        face = cursor.face if current else None
        return ShownRow(
            row,
            video,
            self.title(row),
            strip(row),
            self._duration,
            self._frame,
            current,
            face.id if face is not None else None,
            cursor.unticked & {one.id for one in row.faces},
            self._tags,
        )

    def _read(self) -> None:
        sheet = self._at.sheet
        self._names = wording.names(sheet.rows) if sheet else {}
        if sheet is not None:
            self._tags = frozenset(creator.id for creator in sheet.tagged)
            last = max((face.timestamp for row in sheet.rows for face in row.faces), default=0.0)
            self._duration = max(sheet.video.duration or 0.0, last, 1e-3)
            self._frame = self._duration / sheet.frames if sheet.frames else 0.0
        self.beginResetModel()
        self._rows = self._at.cursor.rows
        self._row_of = {face.id: at for at, row in enumerate(self._rows) for face in row.faces}
        self.endResetModel()

    def _repaint(self) -> None:
        if self._rows:
            roles = [Qt.ItemDataRole.DisplayRole]
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1), roles)

    def picture_came(self, face: int) -> None:
        """Paint the row of this face again."""
        at = self._row_of.get(face)
        if at is not None:
            roles = [Qt.ItemDataRole.DecorationRole]
            self.dataChanged.emit(self.index(at), self.index(at), roles)
