"""The wall: one card a cluster, with six faces, who it may be, and how sure that is."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from facereview.review.clusters.records import SINGLES, Cluster
from facereview.review.evidence.check_sample import SampleStage
from facereview.ui.clusters.models import CURRENT, MARKED, WallModel
from facereview.ui.clusters.views import CoverStore
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import paint_nobody, paint_rounded
from facereview.ui.widgets.bars import paint_bar
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.rows_model import ROW, Index
from facereview.ui.widgets.theme import Tokens, sized, tokens_of
from facereview.ui.widgets.tiles import TileContent, TileDelegate, TileView
from facereview.ui.widgets.zoom import Zoom
from facereview.ui.wording import clusters as sentences
from facereview.ui.wording.checks import CheckWords
from facereview.ui.wording.decisions import score

_SMALLEST = 264
GAP = 14
_TEXT = 74
_RADIUS = 10.0
_COLUMNS, _ROWS = 3, 2


class ClusterWall(TileView):
    """Shows a :class:`WallModel`; covers and crops are asked for as their cards are painted."""

    chosen = Signal(int)
    """The cluster that was clicked."""
    marked = Signal(int)
    opened = Signal(int)

    def __init__(
        self, model: WallModel, covers: CoverStore, crops: CropStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(_SMALLEST, card_height, fewest=2, parent=parent)
        self.zoom = Zoom("groups", face_side(_SMALLEST), self)
        self.zoom.watch(self)
        self.zoom.changed.connect(self._resize_faces)
        self._clusters = model
        self._covers, self._crops = covers, crops
        self._card = ClusterCard(covers, crops, self)
        self.show_tiles(model, self._card)
        self.setAccessibleName(self.tr("Clusters of faces"))
        self.setViewportMargins(12, 8, 4, 0)
        covers.arrived.connect(model.repaint)
        covers.outdated.connect(self._ask_again)
        crops.arrived.connect(self._crop_came)
        crops.cleared.connect(self.draw_anew)
        for row_signal, signal in (
            (self.clicked_row, self.chosen),
            (self.pointed_at_row, self.chosen),
            (self.clicked_to_tick, self.marked),
            (self.double_clicked_row, self.opened),
        ):
            row_signal.connect(lambda row, signal=signal: self._tell(row, signal))

    def _resize_faces(self, side: int) -> None:
        self.set_smallest(
            card_width(side),
            largest=card_width(self.zoom.largest),
            fewest=1 if self.zoom.is_chosen else 2,
        )

    def follow(self) -> None:
        row = self._clusters.row_of(self._clusters.current)
        if row is not None:
            self.show_row(row)

    def _tile_changed(self, tile: QSize) -> None:
        super()._tile_changed(tile)
        self._card.size = tile
        self._crops.show_at(self, face_side(tile.width()) * self.devicePixelRatioF())

    def _tell(self, row: int, signal: Signal) -> None:
        cluster = self._clusters.row(row)
        if cluster is not None:
            signal.emit(cluster.id)  # type: ignore[attr-defined]  # a signal of an instance

    def _ask_again(self) -> None:
        """Each changed cover arrives, and its card is drawn again then."""
        for cluster in self.draw_unseen_anew():
            self._covers.cover(cluster)

    def _crop_came(self, key: tuple[str, int]) -> None:
        cluster = self._covers.cluster_of(key[1]) if key[0] == "face" else None
        if cluster is not None:
            self._clusters.repaint(cluster)


def card_height(width: int) -> int:
    """How high a card of this width is, with the gap below it."""
    return round((width - GAP) / _COLUMNS * _ROWS) + _TEXT + GAP


def face_side(width: int) -> int:
    """How large a face is on a card of this width."""
    return round((width - GAP) / _COLUMNS)


def card_width(side: int) -> int:
    """How wide a card with faces of this size is."""
    return side * _COLUMNS + GAP


class ClusterCard(TileDelegate):
    """The current card has an amber edge, a marked one a tick, a postponed one is dashed."""

    def __init__(self, covers: CoverStore, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._covers = covers
        self._crops = crops
        self._words, self._checks = sentences.Words(self), CheckWords(self)
        self.size = QSize(280, card_height(280))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return self.size

    def content(self, index: Index) -> TileContent:
        cluster: Cluster = index.data(ROW)
        return TileContent(cluster.id, (cluster, index.data(CURRENT), index.data(MARKED)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cluster: Cluster = index.data(ROW)
        tokens = tokens_of(option.widget)
        card = QRectF(option.rect).adjusted(GAP / 2, GAP / 2, -GAP / 2, -GAP / 2)
        faces = QRectF(card.left(), card.top(), card.width(), card.height() - _TEXT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(option.widget.font())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.panel))
        painter.drawRoundedRect(card, _RADIUS, _RADIUS)
        self._paint_faces(painter, faces, cluster, tokens)
        self._paint_words(
            painter, card.adjusted(13, faces.height() + 10, -13, -10), cluster, tokens
        )
        self._paint_badges(painter, faces, cluster, tokens)
        _paint_edge(painter, card, cluster, tokens, current=bool(index.data(CURRENT)))
        if index.data(MARKED):
            _paint_mark(painter, card, tokens)
        painter.restore()

    def _paint_faces(
        self, painter: QPainter, area: QRectF, cluster: Cluster, tokens: Tokens
    ) -> None:
        path = QPainterPath()
        path.addRoundedRect(area.adjusted(0, 0, 0, _RADIUS), _RADIUS, _RADIUS)
        painter.save()
        painter.setClipPath(path)
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        painter.fillRect(area, QColor(tokens.raised))
        side, height = area.width() / _COLUMNS, area.height() / _ROWS
        cover = self._covers.cover(cluster.id)[: _COLUMNS * _ROWS]
        self.whole = bool(cover)
        for place, shown in enumerate(cover):
            row, column = divmod(place, _COLUMNS)
            left, right = round(column * side), round((column + 1) * side)
            top, bottom = round(row * height), round((row + 1) * height)
            box = QRectF(area.left() + left, area.top() + top, right - left - 1, bottom - top - 1)
            crop = self._crops.face(shown.face, shown.video)
            if crop is not None:
                paint_rounded(painter, box, crop, 0, pale=cluster.postponed)
            else:
                self.whole = False
                paint_nobody(painter, box, min(28.0, box.width() * 0.4), tokens)
        painter.restore()

    def _paint_words(
        self, painter: QPainter, box: QRectF, cluster: Cluster, tokens: Tokens
    ) -> None:
        base, known = QFont(painter.font()), cluster.suggestion
        line = QRectF(box.left(), box.top(), box.width(), 20)
        number = score(known.similarity) if known else ""
        painter.setFont(sized(base, 13))
        painter.setPen(QColor(tokens.dim))
        painter.drawText(line, _RIGHT, number)
        room = QFontMetricsF(painter.font()).horizontalAdvance(number) + 8 if number else 0
        painter.setFont(sized(base, 14, QFont.Weight.DemiBold))
        painter.setPen(QColor(tokens.text if known else tokens.dim))
        _line(painter, line.adjusted(0, 0, -room, 0), sentences.title_of(cluster))
        bar = QRectF(box.left(), line.bottom() + 5, box.width(), 5)
        if cluster.id != SINGLES:
            share = _share(cluster)
            colour = tokens.green if known else tokens.dim
            paint_bar(painter, bar, share, colour, tokens.line)
        painter.setFont(sized(base, 12))
        painter.setPen(QColor(tokens.dim))
        foot = QRectF(box.left(), bar.bottom() + 5, box.width(), 18)
        evidence = sentences.evidence_of(cluster)
        painter.drawText(foot, _RIGHT, evidence)
        room = QFontMetricsF(painter.font()).horizontalAdvance(evidence) + 10
        _line(painter, foot.adjusted(0, 0, -room, 0), sentences.size_of(cluster))

    def _paint_badges(
        self, painter: QPainter, area: QRectF, cluster: Cluster, tokens: Tokens
    ) -> None:
        painter.setFont(sized(painter.font(), 12, QFont.Weight.DemiBold))
        more = cluster.size - len(self._covers.cover(cluster.id)[: _COLUMNS * _ROWS])
        if 0 < more < cluster.size:
            _badge(painter, area, f"+{more}", tokens, right=True)
        states = [self._words.lookalike()] if cluster.lookalike else []
        states += [self._words.later()] if cluster.postponed else []
        check = self._checks.state(cluster.check) if cluster.check else ""
        states += [check] if check else []
        if states:
            sign = "warning" if cluster.lookalike or _doubtful(cluster) else ""
            _badge(painter, area, " · ".join(states), tokens, right=False, sign=sign)


def _share(cluster: Cluster) -> float:
    """How long its bar is: how many agree, how much alike they are, or how many are checked."""
    if cluster.check is not None:
        return cluster.check.checked / max(1, cluster.check.checked + cluster.size)
    known = cluster.suggestion
    return known.agree / max(1, cluster.size) if known else cluster.likeness


def _doubtful(cluster: Cluster) -> bool:
    check = cluster.check
    return check is not None and (
        check.doubtful > 0
        or (check.sample is not None and check.sample.stage is SampleStage.FAILED)
    )


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def _line(painter: QPainter, box: QRectF, text: str) -> None:
    words = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, _LEFT, words)


def _badge(
    painter: QPainter, area: QRectF, text: str, tokens: Tokens, *, right: bool, sign: str = ""
) -> None:
    """A label over the lower corner of the faces."""
    width = QFontMetricsF(painter.font()).horizontalAdvance(text) + (34 if sign else 16)
    width = min(width, area.width() - 20)
    left = area.right() - width - 9 if right else area.left() + 9
    box = QRectF(left, area.bottom() - 30, width, 22)
    plate = QColor(tokens.panel)
    plate.setAlphaF(0.9)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate)
    painter.drawRoundedRect(box, 5, 5)
    if sign:
        paint_icon(painter, sign, QRectF(box.left() + 7, box.top() + 4, 14, 14), tokens.amber)
    painter.setPen(QColor(tokens.text))
    words = box.adjusted(25 if sign else 0, 0, -8 if sign else 0, 0)
    painter.drawText(words, _LEFT if sign else Qt.AlignmentFlag.AlignCenter, text)


def _paint_edge(
    painter: QPainter, card: QRectF, cluster: Cluster, tokens: Tokens, *, current: bool
) -> None:
    pen = QPen(QColor(tokens.amber), 2.5) if current else QPen(QColor(tokens.line), 1)
    if cluster.postponed and not current:
        pen = QPen(QColor(tokens.faint), 1.4)
        pen.setDashPattern([5, 4])
    inset = pen.widthF() / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(pen)
    painter.drawRoundedRect(card.adjusted(inset, inset, -inset, -inset), _RADIUS, _RADIUS)


def _paint_mark(painter: QPainter, card: QRectF, tokens: Tokens) -> None:
    disc = QRectF(card.right() - 34, card.top() + 9, 25, 25)
    painter.setPen(QPen(QColor(tokens.panel), 2))
    painter.setBrush(QColor(tokens.blue))
    painter.drawEllipse(disc)
    paint_icon(painter, "check", disc.adjusted(4, 4, -5, -5), tokens.on_blue)
