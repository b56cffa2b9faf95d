"""The faces of a video in a row: the item model, and how a face is painted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionViewItem

from facereview.records import DECIDED, Face, Status, Video
from facereview.ui.pictures.painting import PictureCell, paint_nobody, paint_rounded
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.rows_model import ROW, Index, RowsModel
from facereview.ui.widgets.theme import Tokens, sized
from facereview.ui.wording.decisions import clock

FACE = ROW
CURRENT = Qt.ItemDataRole.UserRole + 1
TICKED = Qt.ItemDataRole.UserRole + 2
VIDEO = Qt.ItemDataRole.UserRole + 3


class FaceStripModel(RowsModel[Face]):
    """Faces, with the current one and the ticked ones."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._video: Video | None = None
        self._places: dict[int, int] = {}
        self._current: int | None = None
        self._ticked: frozenset[int] = frozenset()

    def title(self, row: Face) -> str:
        return clock(row.timestamp)

    def aloud(self, row: Face) -> str:
        return f"{clock(row.timestamp)} · {self._said(row)}"

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Time as text, the face itself, and its marks."""
        face = self.row(index.row()) if index.isValid() else None
        if face is None or role not in (CURRENT, TICKED, VIDEO):
            return super().data(index, role)
        marks = {VIDEO: self._video, CURRENT: face.id == self._current}
        return marks.get(role, face.id in self._ticked)

    @property
    def current(self) -> int | None:
        """The current face."""
        return self._current

    def row_of(self, face_id: int | None) -> int | None:
        """The row of a face."""
        return None if face_id is None else self._places.get(face_id)

    def set_faces(self, faces: Sequence[Face], video: Video | None) -> None:
        """Show these; if they are the same faces, update only what changed."""
        self._video = video
        new = tuple(faces)
        if [face.id for face in new] != [face.id for face in self._rows]:
            self.beginResetModel()
            self._rows = new
            self._places = {face.id: row for row, face in enumerate(new)}
            self.endResetModel()
            return
        old, self._rows = self._rows, new
        for row, (before, after) in enumerate(zip(old, new, strict=True)):
            if before != after:
                self._changed(row, [FACE, Qt.ItemDataRole.AccessibleTextRole])

    def set_current(self, face_id: int | None) -> None:
        """Mark the current face."""
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
        """A crop was loaded: repaint its face."""
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


SIDE = 84
"""Default width of a picture."""

_RADIUS = 8.0
_BESIDE, _WORDS = 10, 27


def cell_size(side: int) -> QSize:
    """How large a cell with a picture of this width is."""
    return QSize(side + _BESIDE, round(_picture(side).height()) + _WORDS)


def _picture(side: int) -> QRectF:
    return QRectF(2, 6, side, round(side * 0.87))


class FaceCell(PictureCell):
    """Paints a face of the strip."""

    side = SIDE
    """Width of a picture."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return cell_size(self.side)

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, tokens: Tokens
    ) -> None:
        face: Face = index.data(FACE)
        current = bool(index.data(CURRENT))
        painter.translate(option.rect.topLeft())
        box = _picture(self.side)
        self._paint_picture(painter, box, face, index.data(VIDEO), tokens)
        _paint_state(painter, box, face, tokens, current=current)
        if index.data(TICKED):
            paint_tick(painter, box, tokens)
        weight = QFont.Weight.DemiBold if current else QFont.Weight.Normal
        painter.setPen(QColor(tokens.text if current else tokens.dim))
        painter.setFont(sized(painter.font(), 12, weight))
        words = QRectF(box.left(), box.bottom() + 3, box.width(), 16)
        painter.drawText(words, Qt.AlignmentFlag.AlignLeft, str(index.data()))

    def _paint_picture(
        self, painter: QPainter, box: QRectF, face: Face, video: Video | None, tokens: Tokens
    ) -> None:
        image = self._crops.face(face, video)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        if image is None:
            paint_nobody(painter, box, 28, tokens)
            return
        rejected = face.state.status is Status.REJECTED
        paint_rounded(painter, box, image, _RADIUS, pale=rejected)


def _paint_state(
    painter: QPainter, box: QRectF, face: Face, tokens: Tokens, *, current: bool
) -> None:
    status = face.state.status
    if current:
        pen = QPen(QColor(tokens.amber), 3)
    elif status in DECIDED:
        pen = QPen(QColor(tokens.green), 2)
    elif status is Status.REJECTED:
        pen = QPen(QColor(tokens.red), 1.6)
    else:
        pen = QPen(QColor(tokens.dim), 2)
        pen.setDashPattern([4, 3])
    inset = pen.widthF() / 2
    edge = box.adjusted(inset, inset, -inset, -inset)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(tokens.bg), pen.widthF()))
    painter.drawRoundedRect(edge, _RADIUS, _RADIUS)
    painter.setPen(pen)
    painter.drawRoundedRect(edge, _RADIUS, _RADIUS)
    if status is Status.REJECTED:
        painter.setPen(QPen(QColor(tokens.red), 1.4))
        cross = box.adjusted(4, 4, -4, -4)
        painter.drawLine(cross.topLeft(), cross.bottomRight())
        painter.drawLine(cross.topRight(), cross.bottomLeft())


def paint_tick(painter: QPainter, picture: QRectF, tokens: Tokens) -> None:
    """The mark of a selected face, in a corner of its picture."""
    badge = QRectF(picture.right() - 24, picture.top() + 5, 19, 19)
    painter.setPen(QPen(QColor(tokens.panel), 1.5))
    painter.setBrush(QColor(tokens.amber))
    painter.drawEllipse(badge)
    paint_icon(painter, "check", badge.adjusted(3, 3, -3, -3), tokens.on_amber)
