"""The wall of clusters."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QWidget

from facereview.ui.clusters.card import ClusterCard, card_height, card_width, face_side
from facereview.ui.clusters.covers import CoverStore
from facereview.ui.clusters.wall_model import WallModel
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.tile_view import TileView
from facereview.ui.widgets.zoom import Zoom

_SMALLEST = 264


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
        """Bring the cluster at hand into view."""
        row = self._clusters.row_of(self._clusters.current)
        if row is not None:
            self.show_row(row)

    def _tile_changed(self, tile: QSize) -> None:
        super()._tile_changed(tile)
        self._card.size = tile
        self._crops.show_at(self, face_side(tile.width()) * self.devicePixelRatioF())

    def _tell(self, row: int, signal: Signal) -> None:
        cluster = self._clusters.cluster(row)
        if cluster is not None:
            signal.emit(cluster.id)  # type: ignore[attr-defined]  # a signal of an instance

    def _ask_again(self) -> None:
        """Each cover that is another one arrives, and its card is drawn again then."""
        for cluster in self.draw_unseen_anew():
            self._covers.get(cluster)

    def _crop_came(self, key: tuple[str, int]) -> None:
        cluster = self._covers.cluster_of(key[1]) if key[0] == "face" else None
        if cluster is not None:
            self._clusters.repaint(cluster)
