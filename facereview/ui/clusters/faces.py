"""The faces of one cluster: a grid, worst first, each with its tick and similarity."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from facereview.review.clusters.records import Member
from facereview.ui.clusters.models import CURRENT, TICKED, MemberModel
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import paint_nobody, paint_rounded
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.rows_model import ROW, Index
from facereview.ui.widgets.theme import Tokens, sized, tokens_of
from facereview.ui.widgets.tiles import TileContent, TileDelegate, TileView
from facereview.ui.widgets.zoom import Zoom

_SMALLEST, _FEWEST = 68, 4
_GAP = 6.0
_RADIUS = 7.0


class MemberCell(TileDelegate):
    """Ticked: solid, with a tick. Unticked: grey, dashed, empty box. Current: amber, thick."""

    def __init__(self, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self.size = QSize(_SMALLEST, _SMALLEST)
        self.active = False
        """Whether the arrows move among the faces."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return self.size

    def content(self, index: Index) -> TileContent:
        member: Member = index.data(ROW)
        at_hand = self.active and index.data(CURRENT)
        return TileContent(member.face.id, (member, index.data(TICKED), at_hand))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        member: Member = index.data(ROW)
        ticked, tokens = bool(index.data(TICKED)), tokens_of(option.widget)
        box = QRectF(option.rect).adjusted(_GAP / 2, _GAP / 2, -_GAP / 2, -_GAP / 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        crop = self._crops.face(member.face, member.video)
        self.whole = crop is not None
        if crop is not None:
            paint_rounded(painter, box, crop, _RADIUS, pale=not ticked)
        else:
            paint_nobody(painter, box, 24, tokens)
        if index.data():
            _paint_score(painter, box, str(index.data()), tokens)
        current = self.active and bool(index.data(CURRENT))
        _paint_edge(painter, box, tokens, ticked=ticked, current=current)
        _paint_tick(painter, box, tokens, ticked=ticked)
        painter.restore()


def _paint_score(painter: QPainter, box: QRectF, text: str, tokens: Tokens) -> None:
    painter.setFont(sized(painter.font(), 11, QFont.Weight.DemiBold))
    width = QFontMetricsF(painter.font()).horizontalAdvance(text) + 8
    plate = QRectF(box.left() + 4, box.bottom() - 20, width, 16)
    colour = QColor(tokens.panel)
    colour.setAlphaF(0.86)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(QColor(tokens.text))
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)


def _paint_edge(
    painter: QPainter, box: QRectF, tokens: Tokens, *, ticked: bool, current: bool
) -> None:
    if ticked and not current:
        return
    pen = QPen(QColor(tokens.amber if current else tokens.dim), 3 if current else 1.4)
    if not ticked:
        pen.setDashPattern([3, 2] if current else [4, 3])
    inset = pen.widthF() / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)


def _paint_tick(painter: QPainter, box: QRectF, tokens: Tokens, *, ticked: bool) -> None:
    """A small box at the upper right, with a tick or empty."""
    tick = QRectF(box.right() - 19, box.top() + 4, 15, 15)
    painter.setPen(QPen(QColor(tokens.panel if ticked else tokens.dim), 1.2))
    fill = QColor(tokens.green if ticked else tokens.panel)
    painter.setBrush(fill)
    painter.drawRoundedRect(tick, 4, 4)
    if ticked:
        paint_icon(painter, "check", tick.adjusted(1.5, 1.5, -1.5, -1.5), tokens.on_green)


class ClusterFaces(TileView):
    """Shows a :class:`MemberModel`."""

    def __init__(self, model: MemberModel, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(_SMALLEST, lambda width: width, fewest=_FEWEST, parent=parent)
        self._members, self._crops = model, crops
        self.zoom = Zoom("members", _SMALLEST, self)
        self.zoom.watch(self)
        self.zoom.changed.connect(self._resize_faces)
        self._cell = MemberCell(crops, self)
        self.show_tiles(model, self._cell)
        self.setAccessibleName(self.tr("Faces of this cluster, worst first"))
        self.pointed_at_row.connect(self.clicked_row)
        model.moved.connect(lambda: self.show_row(model.current_row))
        crops.arrived.connect(model.picture_arrived)
        crops.cleared.connect(self.draw_anew)

    def _resize_faces(self, side: int) -> None:
        fewest = 1 if self.zoom.is_chosen else _FEWEST
        self.set_smallest(side, largest=self.zoom.largest, fewest=fewest)

    def set_active(self, active: bool) -> None:
        """Whether the current face is marked."""
        self._cell.active = active
        self.viewport().update()

    def _tile_changed(self, tile: QSize) -> None:
        super()._tile_changed(tile)
        self._cell.size = tile
        self._crops.show_at(self, tile.width() * self.devicePixelRatioF())
