"""The creators whom the cluster at hand may be, one low row each: key, picture, name, likeness."""

from __future__ import annotations

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from facereview.ui.clusters.likely import Offered
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.frame_plate import paint_rounded
from facereview.ui.widgets.basics import paint_bar
from facereview.ui.widgets.fonts import sized
from facereview.ui.widgets.icons import paint_icon
from facereview.ui.widgets.key_caps import paint_cap
from facereview.ui.widgets.one_press import ActingList
from facereview.ui.widgets.suggestion_model import ROW, Row, SuggestionModel
from facereview.ui.widgets.theme import Tokens, tokens_of
from facereview.ui.wording.decisions import score

ROW_HEIGHT = 36
_THUMB = 28.0
_BAR, _BAR_FROM = 72.0, 280
"""How long the bar is, and how wide a row must be for it beside a name."""

Index = QModelIndex | QPersistentModelIndex


class LikelyCell(QStyledItemDelegate):
    """Paints a creator who may be meant."""

    def __init__(self, crops: CropStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._crops = crops
        self.sure = False
        """Whether the first is suggested: the others, and all of a new person, are only near."""
        self.width = 0
        """How wide a creator is where they stand side by side; 0: as wide as the list."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:  # noqa: N802
        """All rows are equally high."""
        return QSize(self.width or option.rect.width(), ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the row: key cap, picture, name, bar, number."""
        row: Row = index.data(ROW)
        tokens = tokens_of(option.widget)
        box = QRectF(option.rect).adjusted(0.5, 1.5, -0.5, -1.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box, 8, 8)
        middle = box.center().y()
        paint_cap(painter, QRectF(box.left() + 4, middle - 10, 20, 20), str(row.number), tokens)
        thumb = QRectF(box.left() + 32, middle - _THUMB / 2, _THUMB, _THUMB)
        self._paint_reference(painter, thumb, row, tokens)
        sure = self.sure and row.number == 1
        _paint_words(painter, box, thumb.right() + 10, row, tokens, sure=sure)
        painter.restore()

    def _paint_reference(self, painter: QPainter, box: QRectF, row: Row, tokens: Tokens) -> None:
        references = row.suggestion.references
        image = self._crops.reference(references[0]) if references else None
        if image is not None:
            paint_rounded(painter, box, image, 6)
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.line))
        painter.drawRoundedRect(box, 6, 6)
        paint_icon(painter, "creators", box.adjusted(6, 6, -6, -6), tokens.dim)


def _paint_words(
    painter: QPainter, box: QRectF, left: float, row: Row, tokens: Tokens, *, sure: bool
) -> None:
    font = QFont(painter.font())
    painter.setFont(sized(font, 13))
    likeness = score(row.suggestion.similarity)
    wide = QFontMetricsF(painter.font()).horizontalAdvance(likeness)
    line = QRectF(left, box.top(), box.right() - 8 - left, box.height())
    painter.setPen(QColor(tokens.text))
    across = Qt.AlignmentFlag.AlignVCenter
    painter.drawText(line, Qt.AlignmentFlag.AlignRight | across, likeness)
    room = line.width() - wide - 10
    if box.width() >= _BAR_FROM:
        bar = QRectF(line.right() - wide - 10 - _BAR, box.center().y() - 2, _BAR, 4)
        colour = tokens.green if sure else tokens.dim
        paint_bar(painter, bar, row.suggestion.similarity, colour, tokens.line)
        room -= _BAR + 10
    painter.setFont(sized(font, 13, QFont.Weight.DemiBold))
    name = QFontMetricsF(painter.font()).elidedText(row.name, Qt.TextElideMode.ElideMiddle, room)
    painter.drawText(
        line.adjusted(0, 0, room - line.width(), 0),
        Qt.AlignmentFlag.AlignLeft | across | Qt.AlignmentFlag.AlignAbsolute,
        name,
    )


class LikelyList(ActingList):
    """As high as its rows: what a digit names is always to be seen. A click does the same."""

    picked = Signal(int)
    """The number of the row that was clicked."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.offered = SuggestionModel(self)
        self._room = 0
        self._beside = False
        self.setModel(self.offered)
        self._cell = LikelyCell(crops, self)
        self.setItemDelegate(self._cell)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setFrameShape(QListView.Shape.NoFrame)
        for turn_off in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            turn_off(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Likely creators"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda index: self.picked.emit(index.row() + 1))
        crops.arrived.connect(self._picture_arrived)

    def show_offered(self, offered: Offered, *, sure: bool, more: bool = False) -> None:
        """Offer these creators, the first as a suggestion where it is ``sure``.

        ``more`` are still looked up, and find their room kept.
        """
        self._cell.sure = sure
        self.viewport().update()
        self.offered.show(offered, None)
        self._room = max(self._room, len(offered)) if more else len(offered)
        self._share_width()
        self.setVisible(self._room > 0)
        self.updateGeometry()

    def set_beside(self, beside: bool) -> None:
        """Whether the creators stand side by side, where there is no room for more than a row."""
        if beside != self._beside:
            self._beside = beside
            flow = QListView.Flow
            self.setFlow(flow.LeftToRight if beside else flow.TopToBottom)
            self._share_width()
            self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Side by side all are equally wide."""
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        wide = self.viewport().width() // max(1, self._room) if self._beside else 0
        if wide != self._cell.width:
            self._cell.width = wide
            self.scheduleDelayedItemsLayout()

    def sizeHint(self) -> QSize:  # noqa: N802
        """As high as its rows."""
        return QSize(320, (min(1, self._room) if self._beside else self._room) * ROW_HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """No less: a row that is cut may be taken for another."""
        return QSize(200, self.sizeHint().height())

    def _picture_arrived(self, key: tuple[str, int]) -> None:
        if key[0] == "reference":
            self.viewport().update()
