"""Faces as tiles: pending dashed, decided solid with their name, rejected crossed.

What several pages show of faces in a grid, and which of them were painted as they are now.
"""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QAbstractListModel, QLineF, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from facereview.records import Face, FaceState, Status, Video
from facereview.ui.pictures.crop_store import CropStore, face_key
from facereview.ui.pictures.painting import paint_nobody, paint_rounded
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.rows_model import ROW, Index
from facereview.ui.widgets.theme import Tokens, sized, tokens_of
from facereview.ui.widgets.tiles import TileContent, TileDelegate, TileView
from facereview.ui.widgets.zoom import Zoom

CURRENT = ROW + 1
TICKED = ROW + 2

SIDE, _WORDS = 128, 22
_GAP, _RADIUS = 4.0, 8.0


class FaceTile(Protocol):
    """What a tile shows; ``face`` and ``video`` are None until they are read."""

    @property
    def id(self) -> int:
        """The face."""

    @property
    def face(self) -> Face | None:
        """As it is now."""

    @property
    def video(self) -> Video | None:
        """Where it is."""

    @property
    def denied(self) -> bool:
        """Whether it is known not to be the person asked about."""

    @property
    def name(self) -> str:
        """Whose it is, or may be, on one line."""


class Sight:
    """Which faces were painted as they are now: keys decide no others."""

    def __init__(self) -> None:
        self._painted: dict[int, tuple[FaceState, bool]] = {}

    def leave(self) -> None:
        """Keys apply to other faces, or name somebody else: nothing of that is painted yet."""
        self._painted.clear()

    def painted(self, tile: FaceTile) -> None:
        """A tile was painted, with its picture, or with a sign that there is none."""
        if tile.face is not None:
            self._painted[tile.id] = tile.face.state, tile.denied

    def shows(self, tile: FaceTile) -> bool:
        """Whether this face was painted in this state."""
        if tile.face is None:
            return False
        return self._painted.get(tile.id) == (tile.face.state, tile.denied)

    def has(self, face: int, state: FaceState) -> bool:
        """Whether a face was painted with this decision, or without one."""
        seen = self._painted.get(face)
        return seen is not None and _said(seen[0]) == _said(state)


def _said(state: FaceState) -> tuple[Status, int | None]:
    """What was decided: a similarity has fewer digits once it was in the database."""
    return state.status, state.creator_id


class FaceTilesModel(QAbstractListModel):
    """Faces by row, the one at hand, and which of them were painted."""

    moved = Signal()
    """Another face is at hand."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sight = Sight()
        self.current_row = 0

    def tile(self, row: int) -> FaceTile | None:
        """The face of a row."""
        raise NotImplementedError

    def picture_arrived(self, key: tuple[str, int]) -> None:
        """The picture of a face came, or is known not to come."""
        raise NotImplementedError


class FaceTileCell(TileDelegate):
    """Picture, similarity and name; a tick where it is ticked, amber where it is current."""

    def __init__(self, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self.size = QSize(SIDE, SIDE + _WORDS)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return self.size

    def content(self, index: Index) -> TileContent:
        tile: FaceTile = index.data(ROW)
        return TileContent(tile.id, (tile, index.data(CURRENT), index.data(TICKED)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile: FaceTile = index.data(ROW)
        tokens, area = tokens_of(option.widget), QRectF(option.rect)
        side = area.width() - 2 * _GAP
        box = QRectF(area.left() + _GAP, area.top() + _GAP, side, side)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.raised))
        painter.drawRoundedRect(box, _RADIUS, _RADIUS)
        crop = self._crops.face(tile.face, tile.video) if tile.face else None
        self.whole = crop is not None
        if crop is not None:
            paint_rounded(painter, box, crop, _RADIUS)
        else:
            paint_nobody(painter, box, 24, tokens)
        if tile.face is not None:
            _paint_state(painter, box, tile.face, tokens, current=bool(index.data(CURRENT)))
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


def _paint_words(painter: QPainter, box: QRectF, tile: FaceTile, text: str, tokens: Tokens) -> None:
    """A number, and behind it whose the face is, or whose it may be."""
    painter.setFont(sized(painter.font(), 12, QFont.Weight.Medium))
    words = QRectF(box.left() + 2, box.bottom() + 2, box.width() - 4, 17)
    painter.setPen(QColor(tokens.text))
    painter.drawText(words, Qt.AlignmentFlag.AlignLeft, text)
    if not tile.name:
        return
    metrics = QFontMetricsF(painter.font())
    words.setLeft(words.left() + metrics.horizontalAdvance(text) + 8)
    name = metrics.elidedText(tile.name, Qt.TextElideMode.ElideRight, words.width())
    painter.setPen(QColor(tokens.dim))
    painter.drawText(words, Qt.AlignmentFlag.AlignRight, name)


class FaceTiles(TileView):
    """Shows faces; what is painted of them is noted in the model."""

    def __init__(
        self, model: FaceTilesModel, crops: CropStore, wall: str, parent: QWidget | None = None
    ) -> None:
        """``wall`` is under which the size of the tiles is remembered."""
        super().__init__(SIDE, lambda width: width + _WORDS, parent=parent)
        self._faces, self._crops = model, crops
        self.zoom = Zoom(wall, SIDE, self)
        self.zoom.watch(self)
        self.zoom.changed.connect(self._resize_faces)
        self._cell = FaceTileCell(crops, self)
        self.show_tiles(model, self._cell)
        model.moved.connect(self.follow)
        for ended in (crops.arrived, crops.gone):
            ended.connect(model.picture_arrived)
        crops.cleared.connect(self.draw_anew)

    def follow(self) -> None:
        """Bring the face at hand into view."""
        self.show_row(self._faces.current_row)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.behind:
            return  # some tiles still look as they did before
        seen = self.viewport().rect()
        for row in self._rows_in(event.rect()):
            tile = self._faces.tile(row)
            if tile is None or tile.face is None:
                continue
            face, place = tile.face, self.visualRect(self._faces.index(row)).center()
            whole = self._crops.face(face, tile.video) or self._crops.lost(face_key(face))
            if whole and seen.contains(place):
                self._faces.sight.painted(tile)

    def _resize_faces(self, side: int) -> None:
        self.set_smallest(side, largest=self.zoom.largest, fewest=1)

    def _tile_changed(self, tile: QSize) -> None:
        super()._tile_changed(tile)
        self._cell.size = tile
        self._crops.show_at(self, tile.width() * self.devicePixelRatioF())
