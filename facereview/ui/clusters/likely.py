"""The creators whom the current cluster may be: looking them up, and listing them by digit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QListView, QSizePolicy, QStyle, QStyleOptionViewItem, QWidget

from facereview.records import Suggestion
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import LIKELY, SINGLES, Cluster, ClusterView, Member
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.painting import PictureCell, paint_portrait
from facereview.ui.widgets.bars import paint_bar
from facereview.ui.widgets.key_caps import paint_cap
from facereview.ui.widgets.rows_model import ROW, Index
from facereview.ui.widgets.suggestions import OfferedList, Row
from facereview.ui.widgets.theme import Tokens, sized
from facereview.ui.wording.advice import told
from facereview.ui.wording.decisions import score

_SETTLE_MS = 120
_KEPT = 40

Key = tuple[int, tuple[int, ...]]
Offered = tuple[Suggestion, ...]
ROW_HEIGHT = 36
_THUMB = 28.0
_BAR, _BAR_FROM = 72.0, 280
"""How long the bar is, and how wide a row must be for it beside a name."""


class LikelyCreators(QObject):
    """The suggested creator at once; the others are looked up after the last key."""

    changed = Signal()

    def __init__(self, desk: ClusterDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._found: OrderedDict[Key, Offered] = OrderedDict()
        self._wanted: Key = (-1, ())
        self._ticket: Ticket | None = None
        self.most = LIKELY
        """So many are shown; digits mean only these."""
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        self.fault = ""
        """Why what is wanted could not be looked up."""

    @property
    def busy(self) -> bool:
        return bool(self._wanted[1]) and self._wanted not in self._found and not self.fault

    def follow(self, view: ClusterView | None, here: Member | None) -> None:
        """For a cluster the faces ticked at first count, among the single faces the current one."""
        if view is None or here is None:
            return
        if view.cluster.id == SINGLES:
            self.want(SINGLES, [here.face.id])
        else:
            sure = [m.face.id for m in view.members if not m.doubtful]
            self.want(view.cluster.id, sure or [m.face.id for m in view.members])

    def want(self, cluster_id: int, face_ids: Sequence[int]) -> None:
        """These faces are current; none: nobody is to be looked up."""
        wanted = (cluster_id, tuple(face_ids))
        if wanted != self._wanted:
            self._cancel()
            self._wanted, self.fault = wanted, ""
            self.changed.emit()
        self._look_up()

    def retry(self) -> None:
        self.fault = ""
        self._look_up()
        self.changed.emit()

    def _look_up(self) -> None:
        if self.busy and not self._settle.isActive() and self._ticket is None:
            self._settle.start()

    def outdate(self) -> None:
        """References or verdicts may have changed."""
        self._found.clear()
        self.fault = ""
        self._cancel()

    def offered(self, cluster: Cluster | None) -> Offered:
        """The creators shown for the current cluster, the one for Enter first."""
        return self.known(cluster)[: self.most]

    def known(self, cluster: Cluster | None) -> Offered:
        """The same with those for whom there is no room."""
        if cluster is None:
            return ()
        found = self._found.get(self._wanted, ()) if cluster.id == self._wanted[0] else ()
        known = cluster.suggestion
        if known is None:
            return found
        same = next((one for one in found if one.creator.id == known.creator.id), None)
        references = same.references if same else ()
        first = Suggestion(known.creator, known.similarity, known.margin, references, known.rival)
        return (first, *(one for one in found if one is not same))[:LIKELY]

    def _cancel(self) -> None:
        self._settle.stop()
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None

    def _ask(self) -> None:
        desk, wanted = self._desk, self._wanted

        def came(found: Offered) -> None:
            self._ticket = None
            self._found[wanted] = found
            while len(self._found) > _KEPT:
                self._found.popitem(last=False)
            self.changed.emit()

        self._ticket = self._lane.run(self, lambda: desk.likely(wanted[1]), came, self._failed)

    def _failed(self, error: Exception) -> None:
        """The suggestion of the cluster is still there, and the name field."""
        self._ticket, self.fault = None, told(error)
        self.changed.emit()


class LikelyCell(PictureCell):
    """Paints a creator who may be meant."""

    sure = False
    """Whether the first is suggested: the others, and all of a new person, are only near."""
    width = 0
    """How wide a creator is where they stand side by side; 0: as wide as the list."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(self.width or option.rect.width(), ROW_HEIGHT)

    def paint_cell(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, tokens: Tokens
    ) -> None:
        row: Row = index.data(ROW)
        box = QRectF(option.rect).adjusted(0.5, 1.5, -0.5, -1.5)
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(tokens.line), 1))
            painter.setBrush(QColor(tokens.raised))
            painter.drawRoundedRect(box, 8, 8)
        middle = box.center().y()
        paint_cap(painter, QRectF(box.left() + 4, middle - 10, 20, 20), str(row.number), tokens)
        thumb = QRectF(box.left() + 32, middle - _THUMB / 2, _THUMB, _THUMB)
        references = row.suggestion.references
        picture = self._crops.reference(references[0]) if references else None
        paint_portrait(painter, thumb, picture, tokens, 6)
        sure = self.sure and row.number == 1
        _paint_words(painter, box, thumb.right() + 10, row, tokens, sure=sure)


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


class LikelyList(OfferedList):
    """As high as its rows, so that each digit's creator is visible. A click does the same."""

    def __init__(self, crops: CropStore, parent: QWidget | None = None) -> None:
        super().__init__(crops, parent)
        self._room = 0
        self._beside = False
        self._cell = LikelyCell(crops, self)
        self.setItemDelegate(self._cell)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Likely creators"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_offered(self, offered: Offered, *, sure: bool, more: bool = False) -> None:
        """Offer these creators, the first as a suggestion where it is ``sure``.

        ``more`` are still looked up, and find their room kept.
        """
        self._cell.sure = sure
        self.viewport().update()
        self.offered.offer(offered, None)
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def _share_width(self) -> None:
        wide = self.viewport().width() // max(1, self._room) if self._beside else 0
        if wide != self._cell.width:
            self._cell.width = wide
            self.scheduleDelayedItemsLayout()

    def sizeHint(self) -> QSize:
        return QSize(320, (min(1, self._room) if self._beside else self._room) * ROW_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """No less: a row that is cut off may be mistaken for another."""
        return QSize(200, self.sizeHint().height())
