"""The faces of a video in a row: the item model, and how a face is painted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from facereview.records import DECIDED, Face, Status, Video
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import paint_rounded
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.plain_text import clear_text, plain_tip
from facereview.ui.widgets.theme import Tokens, sized, tokens_of
from facereview.ui.wording.decisions import clock

Index = QModelIndex | QPersistentModelIndex

FACE = Qt.ItemDataRole.UserRole
CURRENT = Qt.ItemDataRole.UserRole + 1
TICKED = Qt.ItemDataRole.UserRole + 2
VIDEO = Qt.ItemDataRole.UserRole + 3


class FaceStripModel(QAbstractListModel):
    """Faces, with the current one and the ticked ones."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._video: Video | None = None
        self._faces: tuple[Face, ...] = ()
        self._rows: dict[int, int] = {}
        self._current: int | None = None
        self._ticked: frozenset[int] = frozenset()

    def rowCount(self, parent: Index | None = None) -> int:
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
        """The current face."""
        return self._current

    def row_of(self, face_id: int | None) -> int | None:
        """The row of a face."""
        return None if face_id is None else self._rows.get(face_id)

    def set_faces(self, faces: Sequence[Face], video: Video | None) -> None:
        """Show these; if they are the same faces, update only what changed."""
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


class FaceCell(QStyledItemDelegate):
    """Paints a face of the strip."""

    def __init__(self, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self.side = SIDE

    def sizeHint(
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return cell_size(self.side)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        face: Face = index.data(FACE)
        current = bool(index.data(CURRENT))
        tokens = tokens_of(option.widget)
        painter.save()
        painter.translate(option.rect.topLeft())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
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
        painter.restore()

    def _paint_picture(
        self, painter: QPainter, box: QRectF, face: Face, video: Video | None, tokens: Tokens
    ) -> None:
        image = self._crops.face(face, video)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        if image is None:
            middle = QRectF(0, 0, 28, 28)
            middle.moveCenter(box.center())
            paint_icon(painter, "creators", middle, tokens.faint)
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
