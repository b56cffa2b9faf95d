"""The faces as tiles: pending dashed, decided solid with their name, rejected crossed."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from facereview.records import Face, Status
from facereview.ui.alike.model import CURRENT, TICKED, AlikeModel, Tile
from facereview.ui.pictures.crop_store import CropStore, face_key
from facereview.ui.pictures.painting import paint_nobody, paint_rounded
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.widgets.rows_model import ROW, Index
from facereview.ui.widgets.theme import Tokens, sized, tokens_of
from facereview.ui.widgets.tiles import TileContent, TileDelegate, TileView
from facereview.ui.widgets.zoom import Zoom

_SIDE, _WORDS = 128, 22
_GAP, _RADIUS = 4.0, 8.0


class AlikeCell(TileDelegate):
    """Picture, similarity and name; a tick where it is ticked, amber where it is current."""

    def __init__(self, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self.size = QSize(_SIDE, _SIDE + _WORDS)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return self.size

    def content(self, index: Index) -> TileContent:
        tile: Tile = index.data(ROW)
        return TileContent(tile.id, (tile, index.data(CURRENT), index.data(TICKED)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile: Tile = index.data(ROW)
        tokens, area = tokens_of(option.widget), QRectF(option.rect)
        side = area.width() - 2 * _GAP
        box = QRectF(area.left() + _GAP, area.top() + _GAP, side, side)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        crop = self._crops.face(tile.shown.face, tile.shown.video) if tile.shown else None
        self.whole = crop is not None
        if crop is not None:
            paint_rounded(painter, box, crop, _RADIUS)
        else:
            paint_nobody(painter, box, 24, tokens)
        if tile.shown is not None:
            _paint_state(painter, box, tile.shown.face, tokens, current=bool(index.data(CURRENT)))
        if tile.denied:
            _paint_denied(painter, box, tokens)
        if index.data(TICKED):
            _paint_tick(painter, box, tokens)
        _paint_words(painter, box, tile, str(index.data()), tokens)
        painter.restore()


def _paint_state(
    painter: QPainter, box: QRectF, face: Face, tokens: Tokens, *, current: bool
) -> None:
    status = face.state.status
    colour = {Status.PENDING: tokens.dim, Status.REJECTED: tokens.red}.get(status, tokens.green)
    pen = QPen(QColor(tokens.amber if current else colour), 3 if current else 1.6)
    if status is Status.PENDING or face.by_machine:
        pen.setDashPattern([3, 2])
    inset = pen.widthF() / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawRoundedRect(box.adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)
    if status is Status.REJECTED:
        painter.setPen(QPen(QColor(tokens.red), 1.6))
        painter.drawLine(QLineF(box.topLeft(), box.bottomRight()))


def _paint_denied(painter: QPainter, box: QRectF, tokens: Tokens) -> None:
    """A crossed circle at the upper left: it is known not to be the person."""
    mark = QRectF(box.left() + 6, box.top() + 6, 18, 18)
    painter.setPen(QPen(QColor(tokens.red), 2))
    painter.setBrush(QColor(tokens.panel))
    painter.drawEllipse(mark)
    inner = mark.adjusted(4, 4, -4, -4)
    painter.drawLine(QLineF(inner.topLeft(), inner.bottomRight()))


def _paint_tick(painter: QPainter, box: QRectF, tokens: Tokens) -> None:
    tick = QRectF(box.right() - 24, box.top() + 6, 18, 18)
    painter.setPen(QPen(QColor(tokens.panel), 1.2))
    painter.setBrush(QColor(tokens.green))
    painter.drawRoundedRect(tick, 4, 4)
    paint_icon(painter, "check", tick.adjusted(2, 2, -2, -2), tokens.on_green)


def _paint_words(painter: QPainter, box: QRectF, tile: Tile, text: str, tokens: Tokens) -> None:
    """The similarity, and behind it the name of a decided face."""
    painter.setFont(sized(painter.font(), 12, QFont.Weight.Medium))
    words = QRectF(box.left() + 2, box.bottom() + 2, box.width() - 4, 17)
    painter.setPen(QColor(tokens.text))
    painter.drawText(words, Qt.AlignmentFlag.AlignLeft, text)
    face = tile.shown.face if tile.shown else None
    if face is None or face.state.status is Status.PENDING or not face.creator_name:
        return
    metrics = QFontMetricsF(painter.font())
    words.setLeft(words.left() + metrics.horizontalAdvance(text) + 8)
    name = metrics.elidedText(
        clear_text(face.creator_name), Qt.TextElideMode.ElideRight, words.width()
    )
    painter.setPen(QColor(tokens.dim))
    painter.drawText(words, Qt.AlignmentFlag.AlignRight, name)


class AlikeFaces(TileView):
    """Shows an :class:`AlikeModel`."""

    def __init__(self, model: AlikeModel, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(_SIDE, lambda width: width + _WORDS, parent=parent)
        self._faces, self._crops = model, crops
        self.zoom = Zoom("alike", _SIDE, self)
        self.zoom.watch(self)
        self.zoom.changed.connect(self._resize_faces)
        self._cell = AlikeCell(crops, self)
        self.show_tiles(model, self._cell)
        self.setAccessibleName(self.tr("Faces, the most similar first"))
        for told in (model.moved, model.counted):
            told.connect(lambda: self.show_row(model.current_row))
        for ended in (crops.arrived, crops.gone):
            ended.connect(model.picture_arrived)
        crops.cleared.connect(self.draw_anew)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.behind:
            return  # some tiles still look as they did before
        seen = self.viewport().rect()
        for row in self._rows_in(event.rect()):
            tile = self._faces.tile(row)
            if tile is None or tile.shown is None:
                continue
            face, place = tile.shown.face, self.visualRect(self._faces.index(row)).center()
            whole = self._crops.face(face, tile.shown.video) or self._crops.lost(face_key(face))
            if whole and seen.contains(place):
                self._faces.sight.painted(tile)

    def _resize_faces(self, side: int) -> None:
        self.set_smallest(side, largest=self.zoom.largest, fewest=1)

    def _tile_changed(self, tile: QSize) -> None:
        super()._tile_changed(tile)
        self._cell.size = tile
        self._crops.show_at(self, tile.width() * self.devicePixelRatioF())
