"""Where the parts of a row lie, for painting and for clicks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from facereview.records import Face
from facereview.ui.cast.model import ShownRow

USUAL, LARGE = 54, 84
"""Side of a face in a window of usual size, and in a very wide one."""

ROOMY = 2200
"""Width from which faces are large."""

_AROUND = 30
"""Pixels above and below a face, with the gap between rows."""

_GAP = 6
_EDGE = 14
_NARROW = 1000
_LEAST = 5.0
"""Least width of a mark on the timeline."""


def height(side: int) -> int:
    """How high a row with faces of this side is, with the gap below it."""
    return side + _AROUND


@dataclass(frozen=True, slots=True)
class RowShape:
    """The parts of a row from left to right, its corner at 0, 0; faces are ``side`` pixels wide."""

    width: float
    side: int = USUAL

    @property
    def height(self) -> int:
        return height(self.side)

    @property
    def card(self) -> QRectF:
        return QRectF(4, 2, self.width - 8, self.height - 4)

    @property
    def mark(self) -> QRectF:
        """The tick mark."""
        return QRectF(self.card.left() + _EDGE, self.height / 2 - 13, 26, 26)

    @property
    def room(self) -> int:
        """How many faces stand in the row."""
        return max(2, min(8, int(self.width * 0.27 / (self.side + _GAP))))

    def face(self, place: int) -> QRectF:
        """The box of a face."""
        left = self.mark.right() + 24 + place * (self.side + _GAP)
        return QRectF(left, (self.height - self.side) / 2, self.side, self.side)

    @property
    def words(self) -> QRectF:
        """The name and the words below it."""
        left = self.face(self.room).left() + 14
        share = 0.2 if self.width >= _NARROW else 0.24
        wide = min(460.0, max(150.0, self.width * share))
        return QRectF(left, 8, wide, self.height - 16)

    @property
    def count(self) -> QRectF:
        """How many faces."""
        wide = 86.0 if self.width >= _NARROW else 74.0
        return QRectF(self.card.right() - _EDGE - wide, 0, wide, self.height)

    @property
    def certainty(self) -> QRectF:
        """How sure the name is."""
        wide = 160.0 if self.width >= _NARROW else 150.0
        return QRectF(self.count.left() - 8 - wide, 0, wide, self.height)

    @property
    def line(self) -> QRectF:
        """The timeline."""
        left = self.words.right() + 18
        wide = max(0.0, self.certainty.left() - 18 - left)
        return QRectF(left, self.height / 2 - 6, wide, 12)

    def at(self, shown: ShownRow, seconds: float) -> QRectF:
        """The mark of a moment on the timeline."""
        line = self.line
        wide = min(line.width(), max(_LEAST, line.width() * shown.frame / shown.duration))
        middle = line.left() + line.width() * min(1.0, max(0.0, seconds / shown.duration))
        left = min(max(line.left(), middle - wide / 2), line.right() - wide)
        return QRectF(left, line.top(), wide, line.height())

    def marks(self, shown: ShownRow, faces: Iterable[Face]) -> list[QRectF]:
        """The marks of faces on the timeline, those that touch as one."""
        found: list[QRectF] = []
        for face in sorted(faces, key=lambda one: one.timestamp):
            mark = self.at(shown, face.timestamp)
            if found and mark.left() <= found[-1].right() + 1.5:
                found[-1].setRight(max(found[-1].right(), mark.right()))
            else:
                found.append(mark)
        return found

    def first(self, shown: ShownRow) -> int:
        """The first of the faces that stand in the row: the chosen one is always among them."""
        places = [face.id for face in shown.strip]
        at = places.index(shown.face) if shown.face in places else 0
        return max(0, at - self.room + 1)

    def face_at(self, shown: ShownRow, point: QPointF) -> Face | None:
        """The face at a point."""
        first = self.first(shown)
        for place, face in enumerate(shown.strip[first : first + self.room]):
            if self.face(place).contains(point):
                return face
        return None

    def moment_at(self, shown: ShownRow, point: QPointF) -> Face | None:
        """The face whose mark on the timeline is at a point, the nearest of several."""
        if not self.line.adjusted(-4, -16, 4, 16).contains(point):
            return None
        near = min(
            shown.row.faces,
            key=lambda face: abs(self.at(shown, face.timestamp).center().x() - point.x()),
        )
        mark = self.at(shown, near.timestamp)
        return near if mark.left() - 4 <= point.x() <= mark.right() + 4 else None
