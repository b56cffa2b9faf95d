"""One face of the strip, painted: crop, state, tick and time."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from facereview.records import DECIDED, Face, Status, Video
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.face_model import CURRENT, FACE, TICKED, VIDEO
from facereview.ui.pictures.painting import paint_rounded
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.theme import Tokens, sized, tokens_of

SIDE = 84
"""Width of a picture, usually."""

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

    def sizeHint(  # noqa: N802
        self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All cells are alike."""
        return cell_size(self.side)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw picture, state, tick and time."""
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
