"""Reading the wall of clusters into the models: the latest request counts, and is retried."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.filters import ClusterFilter
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import SINGLES, Care, Cluster, Order, Wall
from facereview.ui.clusters.likely import LikelyCreators
from facereview.ui.clusters.models import MemberModel, WallModel, wall_entries
from facereview.ui.clusters.views import ClusterViews, ConsequenceLookup, CoverStore
from facereview.ui.jobs.delivery import RETRY_MS
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.jobs.messages import Messages


class Fate(StrEnum):
    """What became of the cluster that the curator looks at."""

    HERE = "here"
    HIDDEN = "hidden"
    """It exists, but is not of the kind that the wall shows in this order."""
    SETTLED = "settled"
    MOVED = "moved"
    """It no longer exists; its faces are pending in other clusters."""


@dataclass(frozen=True, slots=True)
class AtHand:
    """The current cluster and its faces as they are shown, the current face first."""

    cluster: int
    faces: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """What to read, and what to show then; ``fresh`` also brings the clusters up to date.

    The cluster ``go_to``, or that of ``face``, becomes the current one; ``keeps`` stays the
    current one, even where others settled it.
    """

    order: Order = Order.PAYOFF
    fresh: bool = False
    go_to: int | None = None
    face: int | None = None
    keeps: AtHand | None = None

    def instead_of(self, other: Request) -> Request:
        """The request that replaces one that is still being read."""
        keeps = self.keeps if other.keeps else None
        request = replace(self, fresh=self.fresh or other.fresh, keeps=keeps)
        if self.order is not other.order or self.go_to is not None or self.face is not None:
            return request
        return replace(request, go_to=other.go_to, face=other.face)


@dataclass(frozen=True, slots=True)
class LoadedWall:
    """The wall that was requested, and ``care``: when keys ask for a second press on it.

    ``fate`` is that of the cluster which the request keeps; ``go_to`` the cluster to show.
    """

    request: Request
    wall: Wall
    care: Care
    go_to: int | None
    fate: Fate


@dataclass(frozen=True, slots=True)
class Parts:
    """The models and stores that a change of the clusters concerns."""

    entries: WallModel
    members: MemberModel
    covers: CoverStore
    views: ClusterViews
    consequences: ConsequenceLookup
    likely: LikelyCreators

    def outdate(self, *, but: int | None = None) -> None:
        """The library changed: read each cluster again where it is shown.

        ``but`` one cluster, which can still be decided until then.
        """
        self.views.outdate(but=but)
        self.covers.mark_outdated()
        self.consequences.outdate()
        self.likely.outdate()

    def at_hand(self) -> AtHand | None:
        """The current cluster, once its faces are shown."""
        cluster, here = self.entries.current, self.members.current
        if here is None or cluster is None or self.members.cluster != cluster:
            return None
        others = (member.face.id for member in self.members.rows if member is not here)
        return AtHand(cluster, (here.face.id, *others))


class WallLoader(QObject):
    """Reads the wall on the database lane, one request at a time, and fills the models."""

    cleared = Signal()
    """Another order was chosen: nothing is current until its wall is read."""
    came = Signal(object)
    """The wall was read and is in the models, as :class:`LoadedWall`."""
    failed = Signal(object)

    def __init__(
        self, desk: ClusterDesk, lane: Lane, parts: Parts, messages: Messages, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._parts = parts
        self._messages = messages
        self.order = Order.PAYOFF
        self.wanted = ClusterFilter()
        self.wall: Wall | None = None
        self._request = Request()
        self._ticket: Ticket | None = None
        self._settled: int | None = None
        """The current cluster, once the curator was told that others settled it."""
        self._missed: int | None = None
        """The vanished cluster whose faces were looked up."""
        self._again = QTimer(self, singleShot=True, interval=RETRY_MS)
        self._again.timeout.connect(lambda: self._read(self._request))

    # ------------------------------------------------------------------------------------ requests

    def load(
        self,
        *,
        fresh: bool = False,
        go_to: int | None = None,
        face: int | None = None,
        keeps: bool = False,
    ) -> None:
        """Read the wall; ``fresh``: also bring it up to date where something changed.

        Afterwards the cluster ``go_to``, or that of ``face``, is current; ``keeps``: the same one.
        """
        self._read(
            Request(self.order, fresh, go_to, face, self._parts.at_hand() if keeps else None)
        )

    def reload(self, *, face: int | None = None, go_to: int | None = None) -> None:
        """The clusters changed: nothing shown can be decided until it is read again."""
        self.outdate()
        self.load(face=face, go_to=go_to)

    def follow_others(self) -> None:
        """Others changed something: read everything again, and keep the current cluster."""
        self.outdate(but=self._parts.entries.current)
        self.load(keeps=True)

    def outdate(self, *, but: int | None = None) -> None:
        """The library changed: see :meth:`Parts.outdate`."""
        self._missed = None
        self._parts.outdate(but=but)

    def look_after(self, cluster_id: int) -> bool:
        """Whether it is looked up where the faces of a vanished current cluster are now."""
        if self._missed == cluster_id or self._parts.at_hand() is None:
            return False
        self._missed = cluster_id
        self.load(keeps=True)
        return True

    def choose(self, order: Order) -> None:
        self.order = order
        self.cleared.emit()
        self.load()

    def filter(self, wanted: ClusterFilter) -> None:
        """Show none but these clusters."""
        self.wanted = wanted
        self.cleared.emit()
        self.load()

    @property
    def filters(self) -> bool:
        """Whether a filter keeps clusters from being shown; questions and checks have none."""
        return self.wanted != ClusterFilter() and self.order not in (Order.CHECK, Order.SAME)

    def drop(self) -> bool:
        """Drop an answer under way, which is from before a change; whether there was one."""
        late = self._ticket is not None
        if self._ticket is not None:
            self._ticket.cancel()
        self._done()
        return late

    def retry(self) -> None:
        self._again.start()

    # ------------------------------------------------------------------------------------- reading

    def _read(self, request: Request) -> None:
        self._again.stop()
        if self._ticket is not None:
            request = request.instead_of(self._request)
            self._ticket.cancel()
        self._request, desk = request, self._desk
        wanted = self.wanted if self.filters else None

        def job() -> LoadedWall:
            wall, care = desk.wall(request.order), desk.care()
            if wanted is not None:
                wall = desk.filters.narrow(wall, wanted)
            fate, face = _fate(desk, wall, request.keeps) if request.keeps else (Fate.HERE, None)
            face = face if request.face is None else request.face
            found = request.go_to if face is None else _cluster_of(desk, face, request.order)
            return LoadedWall(request, wall, care, found, fate)

        self._ticket = self._lane.run(self, job, self._loaded, self._failed)

    def _done(self) -> None:
        self._ticket = None
        self._request = Request(self._request.order)

    def _failed(self, error: Exception) -> None:
        self._ticket = None
        self.failed.emit(error)

    def _loaded(self, loaded: LoadedWall) -> None:
        self._done()
        wall, keeps, here = loaded.wall, loaded.request.keeps, self._parts.entries.current
        if keeps is not None and keeps.cluster != here:
            if not wall.shows(here):
                self._read(replace(loaded.request, keeps=self._parts.at_hand()))
                return  # the fate of the cluster that became current meanwhile was not looked up
            loaded = replace(loaded, fate=Fate.HERE, go_to=loaded.request.go_to)
        self.wall = wall
        self._fill(loaded)
        self.came.emit(loaded)

    def _fill(self, loaded: LoadedWall) -> None:
        entries, go_to = self._parts.entries, loaded.go_to
        row = entries.row_of(entries.current) or 0
        shown = wall_entries(loaded.wall, pile=self.order in (Order.PAYOFF, Order.SIZE))
        kept = entries.current_cluster() if loaded.request.keeps else None
        if kept is not None:
            self._keep(kept, loaded.fate, row, shown)
        entries.show(shown)
        if go_to is not None and entries.row_of(go_to) is not None:
            entries.set_current(go_to)
        elif entries.row_of(entries.current) is None:
            entries.settle_at(row)

    def _keep(self, kept: Cluster, fate: Fate, row: int, shown: list[Cluster]) -> None:
        """Others changed something; the cluster that the curator looks at stays if it can."""
        told, self._settled = self._settled, kept.id if fate is Fate.SETTLED else None
        if fate in (Fate.HIDDEN, Fate.SETTLED):
            shown.insert(row, kept)
        if fate in (Fate.HERE, Fate.HIDDEN):
            self._parts.views.mark_outdated([kept.id])
        elif fate is Fate.MOVED:
            self._messages.care(
                self.tr("The clusters have changed: this one has the current face now.")
            )
        elif told != kept.id:
            self._messages.care(
                self.tr("Somebody else has decided these faces.")
                if kept.id <= SINGLES
                else self.tr("Somebody else has decided this cluster.")
            )


def _cluster_of(desk: ClusterDesk, face: int, order: Order) -> int | None:
    if order is Order.CHECK:
        return desk.checks.group_of(face)
    around = desk.rest_of(face, None)
    return around.cluster.id if around else SINGLES


def _fate(desk: ClusterDesk, wall: Wall, kept: AtHand) -> tuple[Fate, int | None]:
    """What became of it, and one of its faces where they went into other clusters."""
    if wall.shows(kept.cluster):
        return Fate.HERE, None
    if kept.cluster < SINGLES:
        return Fate.SETTLED, None
    if kept.cluster != SINGLES and desk.view(kept.cluster) is not None:
        return Fate.HIDDEN, None
    pending = desk.pending(kept.faces)
    return (Fate.MOVED, pending[0]) if pending else (Fate.SETTLED, None)
