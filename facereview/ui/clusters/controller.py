"""The Clusters page without widgets: the wall, the current cluster, its ticks, what is loading.

The cursor moves when the key is pressed, not when the answer comes. Keys that need what is not
there yet (a cluster still loading, an undo under way) wait in line, so their order is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from facereview.errors import DatabaseUnreachable
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import SINGLES, Cluster, ClusterView, Order
from facereview.review.library.service import LibraryService
from facereview.ui.clusters.guards import Asking
from facereview.ui.clusters.likely import LikelyCreators
from facereview.ui.clusters.loader import LoadedWall, Parts, WallLoader
from facereview.ui.clusters.models import MemberModel, WallModel
from facereview.ui.clusters.update import ClusterUpdates
from facereview.ui.clusters.views import ClusterViews, ConsequenceLookup, CoverStore
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.jobs.pressed_keys import Command, KeyLine, SecondPress, UndoPatience
from facereview.ui.wording.advice import told

_AHEAD = 2


class WallStage(StrEnum):
    """What the page has to show."""

    LOADING = "loading"
    CLUSTERING = "clustering"
    """For the first time: there is nothing to show until it is done."""
    WALL = "wall"
    PAIRS = "pairs"
    """Two clusters that may be one person."""
    NONE = "none"
    """There are clusters, but none of the kind that was asked for."""
    DONE = "done"
    FAULT = "fault"


class Zone(StrEnum):
    """What the arrows move in."""

    WALL = "wall"
    FACES = "faces"


class ClusterController(QObject):
    """The parts of the page, connected, and the current cluster."""

    stage_changed = Signal()
    wall_changed = Signal()
    """Counts or the order changed."""
    current_changed = Signal()
    """Another cluster is current; its faces may still be loading."""
    view_changed = Signal()
    """The faces of the current cluster arrived or changed."""
    zone_changed = Signal()

    def __init__(
        self,
        desk: ClusterDesk,
        work: LibraryService,
        *,
        decider: Decider,
        lanes: Lanes,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk = desk
        self.lane = lanes.database
        self.messages = messages
        self.decider = decider
        self._make_parts()
        self.updates = ClusterUpdates(work, lanes, self)
        self.twice = SecondPress(self)
        self.asking = Asking(self.twice)
        self.line = KeyLine(self._may_run, self.twice)
        self._patience = UndoPatience(decider, self.line, messages, self)
        self.stage = WallStage.LOADING
        self.zone = Zone.WALL
        self.fault = ""
        self.seen = False
        """Whether the page is visible: a hidden one is read again when it is shown."""
        self.shaping = 0
        """So many changes of the clusters themselves are under way."""
        self._connect()

    def _make_parts(self) -> None:
        desk, lane = self.desk, self.lane
        self.entries = WallModel(self)
        self.members = MemberModel(self)
        self.covers = CoverStore(desk, lane, self)
        self.views = ClusterViews(desk, lane, self)
        self.consequences = ConsequenceLookup(desk, lane, self)
        self.likely = LikelyCreators(desk, lane, self)
        parts = Parts(
            self.entries, self.members, self.covers, self.views, self.consequences, self.likely
        )
        self.wall_loader = WallLoader(desk, lane, parts, self.messages, self)

    def _connect(self) -> None:
        self.wall_loader.cleared.connect(self._show_none)
        self.wall_loader.came.connect(self._wall_came)
        self.wall_loader.failed.connect(self._fail)
        self.views.arrived.connect(self._view_arrived)
        self.views.gone.connect(self._cluster_gone)
        self.views.failed.connect(self._view_failed)
        self.members.ticks_changed.connect(self._look_ahead)
        self.members.moved.connect(self._look_for_likely)
        self.updates.changed.connect(self._updates_changed)
        self.updates.done.connect(self._updated)
        self.updates.ended_early.connect(self._updated)
        self.updates.failed.connect(self._update_failed)
        self.decider.ready.connect(self.line.go_on)

    # ------------------------------------------------------------------------------- what is here

    @property
    def current(self) -> Cluster | None:
        return self.entries.current_cluster()

    @property
    def view(self) -> ClusterView | None:
        """The current cluster with its faces, once they are there."""
        return self.views.current(self.entries.current)

    @property
    def single(self) -> int:
        """How many single faces there are, as far as is known."""
        row = self.entries.row_of(SINGLES)
        pile = None if row is None else self.entries.row(row)
        return pile.size if pile else 0

    # ------------------------------------------------------------------------------------- the keys

    @property
    def waits(self) -> bool:
        """Whether a key for the current faces would have to wait."""
        return self.line.waits or not self._may_run(Command(lambda: None, on_face=True))

    def do(self, run: Callable[[], object], *, reverts: bool = False) -> None:
        """What a key does, once those before it are done."""
        self.line.add(Command(run, on_face=False, reverts=reverts))

    def do_on_faces(self, run: Callable[[], object]) -> None:
        """Only while clusters are shown: what is not shown is not decided."""
        if self.stage is not WallStage.WALL:
            return

        def shown() -> None:
            if self.view is not None:
                run()

        self.line.add(Command(shown, on_face=True))

    # ----------------------------------------------------------------------------------- the cursor

    def go_to(self, cluster_id: int) -> None:
        if cluster_id != self.entries.current:
            self.twice.forget()
            self.entries.set_current(cluster_id)
            self.show_current()

    def _show_none(self) -> None:
        self.entries.set_current(None)
        self.entries.show(())
        self.set_zone(Zone.WALL)
        self.set_stage(WallStage.LOADING)

    def set_zone(self, zone: Zone) -> None:
        if zone is not self.zone:
            self.zone = zone
            self.zone_changed.emit()

    def show_current(self) -> None:
        """Show the current cluster, or why there is none."""
        cluster = self.current
        self.set_stage(self._stage_of(cluster))
        if cluster is None:
            self.members.show_view(None)
            self.set_zone(Zone.WALL)
        else:
            if self.members.cluster != cluster.id:  # another's faces are not this one's
                self.members.show_view(self.views.get(cluster.id))
            self._want(cluster)
        self.current_changed.emit()
        if self.view is not None and cluster is not None:
            self._view_arrived(cluster.id)
        self.line.go_on()

    def _want(self, cluster: Cluster) -> None:
        ahead, here = [], cluster.id
        for _ in range(_AHEAD):
            behind = self.entries.after(here)
            if behind is None:
                break
            here = behind.id
            ahead.append(here)
        self.views.want(cluster.id, ahead)

    def _stage_of(self, cluster: Cluster | None) -> WallStage:
        wall = self.wall_loader.wall
        if cluster is not None:
            return WallStage.WALL
        if wall is None:
            return WallStage.LOADING
        if self.wall_loader.order is Order.SAME and wall.pairs:
            return WallStage.PAIRS
        if self.wall_loader.order is Order.CHECK:
            return WallStage.NONE
        pending = self.updates.running or self.updates.offer is not None
        filtered = self.wall_loader.filters
        if wall.as_of is None or (pending and not wall.clusters and not filtered):
            return WallStage.CLUSTERING
        filtered |= self.wall_loader.order in (Order.NEW, Order.LOOKALIKE, Order.SAME)
        return WallStage.NONE if filtered else WallStage.DONE

    def set_stage(self, stage: WallStage) -> None:
        if stage is not self.stage or stage is WallStage.FAULT:
            self.stage = stage
            self.stage_changed.emit()

    def _wall_came(self, loaded: LoadedWall) -> None:
        wall, self.asking.care = loaded.wall, loaded.care
        self.show_current()
        self.wall_changed.emit()
        late = bool(wall.waiting) or wall.behind or self.updates.due
        if wall.as_of is None or (loaded.request.fresh and late):
            self.updates.look()

    def _view_arrived(self, cluster_id: int) -> None:
        view = self.view
        if view is None or cluster_id != self.entries.current:
            return
        self.members.show_view(view)
        self._look_for_likely()
        if cluster_id != SINGLES:
            self.entries.renew(view.cluster)
        self.view_changed.emit()
        self.line.go_on()

    def _cluster_gone(self, cluster_id: int) -> None:
        row = self.entries.row_of(cluster_id)
        here = cluster_id == self.entries.current
        if here and self.wall_loader.look_after(cluster_id):
            return
        self.entries.remove([cluster_id])
        if here:
            self.entries.settle_at(row or 0)
            self.show_current()
        self.wall_changed.emit()

    def _view_failed(self, cluster_id: int, error: Exception) -> None:
        if cluster_id == self.entries.current:
            self._fail(error)

    def _look_ahead(self) -> None:
        self.twice.forget()
        view = self.view
        suggestion = view.cluster.suggestion if view else None
        creator = suggestion.creator.id if suggestion else None
        self.consequences.want([m.face.id for m in self.members.ticked()] if view else [], creator)

    def _look_for_likely(self) -> None:
        self.likely.follow(self.view, self.members.current)

    def _updates_changed(self) -> None:
        if self.stage in (WallStage.CLUSTERING, WallStage.DONE):
            self.set_stage(self._stage_of(self.current))
        self.wall_changed.emit()

    def _updated(self) -> None:
        if self.seen:
            self.wall_loader.reload()

    def _update_failed(self, error: Exception) -> None:
        if self.current is None:
            self._fail(error)
        else:
            self.messages.fault(error)

    def _fail(self, error: Exception) -> None:
        self.line.clear()
        self.fault = told(error)
        self.set_stage(WallStage.FAULT)
        if isinstance(error, DatabaseUnreachable):
            self.wall_loader.retry()

    def _may_run(self, command: Command) -> bool:
        if self.shaping or self.stage is WallStage.LOADING or self._patience.holds(command):
            return False
        return not command.on_face or self.current is None or self.view is not None
