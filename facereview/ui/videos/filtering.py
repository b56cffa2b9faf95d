"""Which videos the Videos page lists, and in which order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from facereview.filters import VideoFilter, VideoOrder, VideoSort
from facereview.media.pixels import LibraryPixels
from facereview.review.library.desk import LibraryDesk
from facereview.ui.filters.videos import VideoFilterBar
from facereview.ui.filters.wording import FilterWords
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.videos.header import VideosHeader
from facereview.ui.videos.model import VideosModel, begun
from facereview.ui.videos.table import VideosTable
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.wording.library import videos


class VideosFiltering(QObject):
    """Search field, pills and bar say together what is listed."""

    wanted = Signal(object)
    """List the videos of this :class:`VideoFilter`."""

    def __init__(
        self,
        desk: LibraryDesk,
        lanes: Lanes,
        messages: Messages,
        header: VideosHeader,
        table: VideosTable,
        *,
        names: KnownNames,
        pixels: LibraryPixels,
    ) -> None:
        super().__init__(header)
        self._header, self._table = header, table
        self._model: VideosModel = table.rows
        self.bar = VideoFilterBar(
            desk.filters,
            lanes.database,
            messages,
            names=names,
            crops=CropStore(pixels, lanes.pixels, self),
            shown=lambda: VideoFilter(text=self._header.search.wanted, show=self._header.chosen),
            parent=header,
        )
        self._words = FilterWords(self)
        self.orders = QMenu(header)
        self._make_orders()
        self.bar.left.connect(header.left)
        self.bar.changed.connect(self._show)
        self._header.searched.connect(self.search)
        self._header.filter.clicked.connect(self.bar.open_dialog)
        self._table.order_chosen.connect(self.order)
        self._model.settled.connect(self._count)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the keys do."""
        return {
            "filter_videos": self.bar.open_dialog,
            "clear_video_filter": self.bar.clear.click,
            "order_videos": self._open_orders,
        }

    def search(self) -> None:
        """List what is said."""
        self.wanted.emit(self.bar.beside(self.bar.wanted))

    def order(self, order: VideoOrder) -> None:
        """Put the videos in another order; the one at hand stays so."""
        self._model.choose(order)
        self._orders[order.by].setChecked(True)
        self._say_orders()

    def _show(self, wanted: VideoFilter) -> None:
        self._header.show_wanted(wanted)
        self.search()

    def _count(self) -> None:
        rows, complete = self._model.rowCount(), self._model.complete
        self.bar.say_count(videos(rows) if complete else "")

    def _make_orders(self) -> None:
        group = QActionGroup(self)
        self._orders: dict[VideoSort, QAction] = {}
        for by in VideoSort:
            if by is VideoSort.PATH:
                continue
            action = QAction(self)
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _on=False, by=by: self.order(self._offered(by)))
            self.orders.addAction(action)
            self._orders[by] = action
        self._orders[VideoSort.CLOSEST].setChecked(True)
        self._say_orders()
        self.orders.addSeparator()
        turn = self.orders.addAction(self.tr("The other way round"))
        turn.triggered.connect(self._turn)

    def _say_orders(self) -> None:
        for by, action in self._orders.items():
            action.setText(self._words.video_order(self._offered(by)))

    def _offered(self, by: VideoSort) -> VideoOrder:
        """What the menu has: the order in use as it is, the others as they begin."""
        used = self._model.order
        return used if by is used.by else begun(by)

    def _turn(self) -> None:
        order = self._model.order
        self.order(replace(order, falling=not order.falling))

    def _open_orders(self) -> None:
        self.orders.popup(self._table.mapToGlobal(QPoint(0, 0)))
