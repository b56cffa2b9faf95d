"""What is read of the wall for the Clusters page, and what is shown of it when it comes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from facereview.review.clusters.records import SINGLES, Cluster, Order, Wall
from facereview.ui.clusters.loader import AtHand, Fate, Loaded, WallLoader, Wish
from facereview.ui.clusters.wall_model import entries

if TYPE_CHECKING:
    from facereview.ui.clusters.controller import ClusterController


class WallReading(QObject):
    """Which wall is wished for; the controller has what is shown."""

    def __init__(self, controller: ClusterController) -> None:
        super().__init__(controller)
        self._at = controller
        self.loader = WallLoader(controller.desk, controller.lane, self)
        self.order = Order.PAYOFF
        self.wall: Wall | None = None
        self._settled: int | None = None
        """The cluster at hand of which it was said that others settled it."""
        self._missed: int | None = None
        """The one of which it was looked up where it is."""
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

        Afterwards the cluster ``go_to``, or that of ``face``, is at hand; ``keeps``: the same one.
        """
        self.loader.load(Wish(self.order, fresh, go_to, face, self._at_hand() if keeps else None))

    def reload(self, *, face: int | None = None, go_to: int | None = None) -> None:
        """The clusters changed: nothing that is shown is to be decided on until it is read anew."""
        self.outdate()
        self.load(face=face, go_to=go_to)

    def follow_others(self) -> None:
        """Others changed something: all is read anew, and the cluster at hand stays at hand."""
        self.outdate(but=self._at.entries.current)
        self.load(keeps=True)

    def outdate(self, *, but: int | None = None) -> None:
        """The library changed: all that is known of clusters is read anew where it is looked at.

        ``but`` one cluster, which can still be decided on until then.
        """
        at, self._missed = self._at, None
        at.views.outdate(but=but)
        at.covers.outdate()
        at.foresight.outdate()
        at.likely.outdate()

    def look_after(self, cluster_id: int) -> bool:
        """A cluster at hand is gone; whether it is looked up what became of what is shown of it."""
        if self._missed == cluster_id or self._at_hand() is None:
            return False
        self._missed = cluster_id
        self.load(keeps=True)
        return True

    def choose(self, order: Order) -> None:
        """Another order, from its beginning."""
        self.order = order
        self._at.show_none()
        self.load()

    def _at_hand(self) -> AtHand | None:
        """The cluster at hand, once its faces are shown."""
        members, cluster = self._at.members, self._at.entries.current
        here = members.current
        if here is None or cluster is None or members.cluster != cluster:
            return None
        others = (member.face.id for member in members.all if member is not here)
        return AtHand(cluster, (here.face.id, *others))

    def _loaded(self, loaded: Loaded) -> None:
        at, wall, keeps = self._at, loaded.wall, loaded.wish.keeps
        here = at.entries.current
        if keeps is not None and keeps.cluster != here:
            if not wall.shows(here):
                self.loader.load(replace(loaded.wish, keeps=self._at_hand()))
                return  # what became of the one that came to hand meanwhile was not asked
            loaded = replace(loaded, fate=Fate.HERE, go_to=loaded.wish.go_to)
        self.wall, at.asking.care = wall, loaded.care
        self._show_wall(loaded)
        late = bool(wall.waiting) or wall.behind or at.grouping.due
        if wall.as_of is None or (loaded.wish.fresh and late):
            at.grouping.run()

    def _show_wall(self, loaded: Loaded) -> None:
        at, go_to = self._at, loaded.go_to
        row = at.entries.row_of(at.entries.current) or 0
        shown = list(entries(loaded.wall, pile=self.order in (Order.PAYOFF, Order.SIZE)))
        kept = at.current if loaded.wish.keeps else None
        if kept is not None:
            self._keep(kept, loaded.fate, row, shown)
        at.entries.show(shown)
        if go_to is not None and at.entries.row_of(go_to) is not None:
            at.entries.set_current(go_to)
        elif at.entries.row_of(at.entries.current) is None:
            at.settle_at(row)
        at.show_current()
        at.wall_changed.emit()

    def _keep(self, kept: Cluster, fate: Fate, row: int, shown: list[Cluster]) -> None:
        """Others changed something; what is under the curator's eyes stays there if it can."""
        at, told = self._at, self._settled
        self._settled = kept.id if fate is Fate.SETTLED else None
        if fate in (Fate.HIDDEN, Fate.SETTLED):
            shown.insert(row, kept)
        if fate in (Fate.HERE, Fate.HIDDEN):
            at.views.outdate_one(kept.id)
        elif fate is Fate.MOVED:
            at.messages.care(
                self.tr("The clusters changed meanwhile: this is where the face at hand is now.")
            )
        elif told != kept.id:
            at.messages.care(
                self.tr("Somebody else settled these faces meanwhile.")
                if kept.id == SINGLES
                else self.tr("Somebody else settled this cluster meanwhile.")
            )
