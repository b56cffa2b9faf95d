"""How a row of the cast sheet is painted: tick mark, faces, words, timeline, certainty."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QTextOption
from PySide6.QtWidgets import QStyleOptionViewItem

from facereview.records import DECIDED, Face, Status
from facereview.review.cast.records import CastRow, RowKind
from facereview.ui.cast import wording
from facereview.ui.cast.model import ShownRow
from facereview.ui.cast.shape import USUAL, RowShape, height
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import paint_nobody, paint_rounded
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.rows_model import ROW, Index
from facereview.ui.widgets.theme import Tokens, paint_line, sized, tokens_of
from facereview.ui.widgets.tiles import TileContent, TileDelegate

_RADIUS = 8.0
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_DASH, _DASH_GAP = 3, 2
"""Pixels of a dash, and between two."""

_COLOURS = {
    RowKind.DECIDED: "green",
    RowKind.SURE: "green",
    RowKind.LIKELY: "amber",
    RowKind.OPEN: "dim",
    RowKind.REJECTED: "red",
}


class CastCell(TileDelegate):
    """Solid edges are decided, dashed ones pending, crossed ones rejected, thick ones current."""

    def __init__(self, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self.side = USUAL

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(800, height(self.side))

    def content(self, index: Index) -> TileContent:
        shown: ShownRow = index.data(ROW)
        return TileContent(shown.row.key, shown)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shown: ShownRow = index.data(ROW)
        tokens, shape = tokens_of(option.widget), RowShape(option.rect.width(), self.side)
        painter.save()
        painter.translate(option.rect.topLeft())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(option.widget.font())
        if shown.current:
            painter.setPen(QPen(QColor(tokens.amber), 1.6))
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(shape.card, _RADIUS, _RADIUS)
        _paint_mark(painter, shape.mark, shown, tokens)
        self._paint_faces(painter, shape, shown, tokens)
        _paint_words(painter, shape.words, shown, tokens)
        _paint_timeline(painter, shape, shown, tokens)
        _paint_certainty(painter, shape.certainty, shown.row, tokens)
        _paint_count(painter, shape.count, shown, tokens)
        painter.restore()

    def _paint_faces(
        self, painter: QPainter, shape: RowShape, shown: ShownRow, tokens: Tokens
    ) -> None:
        self.whole = True
        first = shape.first(shown)
        visible = shown.strip[first : first + shape.room]
        for place, face in enumerate(visible):
            box = shape.face(place)
            crop = self._crops.face(face, shown.video)
            out = face.id in shown.unticked
            if crop is not None:
                paint_rounded(painter, box, crop, _RADIUS, pale=out)
            else:
                self.whole = False
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tokens.line))
                painter.drawRoundedRect(box, _RADIUS, _RADIUS)
                paint_nobody(painter, box, 24, tokens)
            _paint_edge(painter, box, face, tokens, chosen=face.id == shown.face, out=out)
        more = len(shown.strip) - first - len(visible)
        if more > 0:
            _paint_more(painter, shape.face(shape.room - 1), f"+{more}", tokens)


def _paint_edge(
    painter: QPainter, box: QRectF, face: Face, tokens: Tokens, *, chosen: bool, out: bool
) -> None:
    """Solid: decided. Dashed: pending. Crossed: rejected, or unticked by a smaller cross."""
    status = face.state.status
    colour = tokens.green if status in DECIDED else tokens.dim
    if status is Status.REJECTED:
        colour = tokens.red
    pen = QPen(QColor(tokens.amber if chosen else colour), 3.0 if chosen else 1.8)
    if status is Status.PENDING:
        pen.setDashPattern([2.6, 1.8])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawRoundedRect(box, _RADIUS, _RADIUS)
    if status is Status.REJECTED:
        painter.drawLine(box.bottomLeft(), box.topRight())
    if out:
        plate = QRectF(box.right() - 18, box.top() + 3, 15, 15)
        painter.setPen(QPen(QColor(tokens.dim), 1.2))
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(plate, 4, 4)


def _paint_more(painter: QPainter, box: QRectF, text: str, tokens: Tokens) -> None:
    """How many further faces Right leads to."""
    painter.save()
    painter.setFont(sized(painter.font(), 11, QFont.Weight.DemiBold))
    width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 8
    plate = QRectF(box.right() - width - 3, box.bottom() - 19, width, 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.panel))
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(QColor(tokens.text))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


def _paint_mark(painter: QPainter, box: QRectF, shown: ShownRow, tokens: Tokens) -> None:
    """A box that is ticked, in part or not; what is decided or rejected has a sign without box."""
    row, out = shown.row, len(shown.unticked)
    sign = box.adjusted(5, 5, -5, -5)
    if row.kind is RowKind.DECIDED:
        paint_icon(painter, "check", sign, tokens.green)
    elif row.kind is RowKind.REJECTED:
        paint_icon(painter, "cross", sign, tokens.red)
    elif out == len(row.faces):
        _paint_box(painter, box, tokens.panel, tokens.dim)
    elif row.kind is RowKind.SURE:
        _paint_box(painter, box, tokens.green, tokens.green)
        if out:
            bar = QRectF(box.left() + 7, box.center().y() - 1.2, box.width() - 14, 2.4)
            painter.fillRect(bar, QColor(tokens.on_green))
        else:
            paint_icon(painter, "check", sign, tokens.on_green)
    elif row.kind is RowKind.LIKELY:
        _paint_box(painter, box, tokens.panel, tokens.amber)
        painter.setFont(sized(painter.font(), 13, QFont.Weight.Bold))
        painter.setPen(QColor(tokens.amber))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "?")
    else:
        _paint_box(painter, box, tokens.panel, tokens.line)
        paint_icon(painter, "plus", sign.adjusted(1, 1, -1, -1), tokens.dim)


def _paint_box(painter: QPainter, box: QRectF, fill: str, edge: str) -> None:
    painter.setPen(QPen(QColor(edge), 1.3))
    painter.setBrush(QColor(fill))
    painter.drawRoundedRect(box, 6, 6)


def _paint_words(painter: QPainter, box: QRectF, shown: ShownRow, tokens: Tokens) -> None:
    """The name, and below it why."""
    base, why = QFont(painter.font()), wording.reason(shown.row, shown.tags)
    small = QFontMetricsF(sized(base, 12))
    lines = 0 if not why else 1 if small.horizontalAdvance(why) <= box.width() else 2
    top = box.center().y() - (20 + 16 * lines) / 2
    painter.setFont(sized(base, 14, QFont.Weight.DemiBold))
    painter.setPen(QColor(tokens.text))
    paint_line(painter, QRectF(box.left(), top, box.width(), 20), shown.name)
    painter.setFont(sized(base, 12))
    painter.setPen(QColor(tokens.dim))
    below = QRectF(box.left(), top + 20, box.width(), 34)
    option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    room = box.width() * 1.8  # wrapping leaves part of the first line empty
    cut = small.elidedText(why, Qt.TextElideMode.ElideRight, room)
    painter.drawText(below, cut, option)
    painter.setFont(base)


def _paint_timeline(painter: QPainter, shape: RowShape, shown: ShownRow, tokens: Tokens) -> None:
    """The video from left to right, a mark for each frame: solid decided, dashed pending."""
    line = shape.line
    if line.width() < 24:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(tokens.line if shown.current else tokens.raised))
    painter.drawRoundedRect(line, 4, 4)
    colour = QColor(getattr(tokens, _COLOURS[shown.row.kind]))
    faces = shown.row.faces
    waiting = [face for face in faces if face.state.status is Status.PENDING]
    for box in shape.marks(shown, waiting):
        paint_moment(painter, box, colour, pending=True)
    for box in shape.marks(shown, [face for face in faces if face not in waiting]):
        paint_moment(painter, box, colour, pending=False)
    chosen = next((face for face in shown.row.faces if face.id == shown.face), None)
    if chosen is not None:
        box = shape.at(shown, chosen.timestamp).adjusted(-1.5, -4, 1.5, 4)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.amber), 2))
        painter.drawRoundedRect(box, 3, 3)


def paint_moment(painter: QPainter, box: QRectF, colour: QColor, *, pending: bool) -> None:
    """A mark of the timeline: solid, or dashed."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if not pending:
        painter.drawRoundedRect(box, 2, 2)
        return
    dashes = max(1, round((box.width() + _DASH_GAP) / (_DASH + _DASH_GAP)))
    step = (box.width() + _DASH_GAP) / dashes
    for dash in range(dashes):
        left = round(box.left() + dash * step)
        painter.fillRect(QRectF(left, box.top(), _DASH, box.height()), colour)


def _paint_certainty(painter: QPainter, box: QRectF, row: CastRow, tokens: Tokens) -> None:
    base = QFont(painter.font())
    painter.setFont(sized(base, 13, QFont.Weight.DemiBold))
    painter.setPen(QColor(getattr(tokens, _COLOURS[row.kind])))
    above = QRectF(box.left(), box.center().y() - 20, box.width(), 20)
    painter.drawText(above, _RIGHT, wording.certain(row))
    painter.setFont(sized(base, 12))
    painter.setPen(QColor(tokens.dim))
    metrics = QFontMetricsF(painter.font())
    said = metrics.elidedText(wording.risk(row), Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(above.translated(0, 20), _RIGHT, said)
    painter.setFont(base)


def _paint_count(painter: QPainter, box: QRectF, shown: ShownRow, tokens: Tokens) -> None:
    painter.setFont(sized(painter.font(), 12))
    painter.setPen(QColor(tokens.dim))
    ticked = len(shown.row.faces) - len(shown.unticked)
    painter.drawText(box, _RIGHT, wording.count(shown.row, ticked))
