"""Which clusters the wall shows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from facereview.filters import ClusterFilter
from facereview.ui.clusters.controller import ClusterController
from facereview.ui.clusters.header import ClusterHeader
from facereview.ui.filters.clusters import ClusterFilterBar
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.wording.clusters import Words


class ClustersFiltering(QObject):
    """The bar, and the wall that follows it; where the wall asks or checks, it is hidden."""

    def __init__(
        self, at: ClusterController, header: ClusterHeader, names: KnownNames, crops: CropStore
    ) -> None:
        super().__init__(header)
        self._at, self._words = at, Words(self)
        self.bar = ClusterFilterBar(
            at.desk.filters.named, at.lane, at.messages, names=names, crops=crops, parent=header
        )
        self.bar.changed.connect(self._chosen)
        header.filter.clicked.connect(self.bar.open_dialog)
        at.wall_changed.connect(self._show)
        at.stage_changed.connect(self._show)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """What the keys do."""
        return {
            "filter_clusters": self.bar.open_dialog,
            "clear_cluster_filter": self.bar.clear.click,
        }

    def _chosen(self, wanted: ClusterFilter) -> None:
        """Once the keys before are done."""
        self._at.do(lambda: self._at.wall_loader.filter(wanted))

    def _show(self) -> None:
        loader = self._at.wall_loader
        self.bar.setVisible(loader.filters)
        wall = loader.wall
        self.bar.say_count(self._words.clusters(len(wall.clusters)) if wall else "")
