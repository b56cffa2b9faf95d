"""What is read of the wall for the Clusters page, and what is shown of it when it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from facereview.review.clusters.records import Cluster, Order, Wall
from facereview.ui.cluster_loader import Loaded, WallLoader, Wish
from facereview.ui.cluster_wall_model import entries

if TYPE_CHECKING:
    from facereview.ui.cluster_controller import ClusterController


class WallReading(QObject):
    """Which wall is wished for; the controller has what is shown."""

    def __init__(self, controller: ClusterController) -> None:
        super().__init__(controller)
        self._at = controller
        self.loader = WallLoader(controller.desk, controller.lane, self)
        self.order = Order.PAYOFF
        self.wall: Wall | None = None
        self.loader.came.connect(self._loaded)

    def load(
        self,
        *,
        fresh: bool = False,
        go_to: int | None = None,
        face: int | None = None,
        keeps: bool = False,
    ) -> None:
        """Read the wall; ``fresh``: also bring it up to date where something changed.

        Afterwards the group ``go_to``, or that of ``face``, is at hand; ``keeps``: the same one.
        """
        self.loader.load(Wish(self.order, fresh, go_to, face, keeps))

    def reload(self, *, face: int | None = None, go_to: int | None = None) -> None:
        """The groups changed: nothing that is shown is to be decided on until it is read anew."""
        self.outdate()
        self.load(face=face, go_to=go_to)

    def follow_others(self) -> None:
        """Others changed something: all is read anew, and the group at hand stays at hand."""
        self.outdate(but=self._at.entries.current)
        self.load(keeps=True)

    def outdate(self, *, but: int | None = None) -> None:
        """The library changed: all that is known of clusters is read anew where it is looked at.

        ``but`` one cluster, which can still be decided on until then.
        """
        at = self._at
        at.views.outdate(but=but)
        at.covers.outdate()
        at.foresight.outdate()
        at.likely.outdate()

    def choose(self, order: Order) -> None:
        """Another order, from its beginning."""
        self.order = order
        self._at.show_none()
        self.load()

    def _loaded(self, loaded: Loaded) -> None:
        at, wall = self._at, loaded.wall
        self.wall, at.asking.care = wall, loaded.care
        kept = at.current if loaded.keeps else None
        self._show_wall(wall, loaded.go_to, kept)
        late = bool(wall.waiting) or wall.behind or at.grouping.due
        if wall.as_of is None or (loaded.fresh and late):
            at.grouping.run()

    def _show_wall(self, wall: Wall, go_to: int | None, kept: Cluster | None) -> None:
        at = self._at
        row = at.entries.row_of(at.entries.current) or 0
        shown = list(entries(wall, pile=self.order in (Order.PAYOFF, Order.SIZE)))
        if kept is not None and all(one.id != kept.id for one in shown):
            shown.insert(row, kept)  # settled by others under the curator's eyes
            at.messages.care(self.tr("Somebody else settled this cluster meanwhile."))
        elif kept is not None:
            at.views.outdate_one(kept.id)
        at.entries.show(shown)
        if go_to is not None and at.entries.row_of(go_to) is not None:
            at.entries.set_current(go_to)
        elif at.entries.row_of(at.entries.current) is None:
            at.settle_at(row)
        at.show_current()
        at.wall_changed.emit()
