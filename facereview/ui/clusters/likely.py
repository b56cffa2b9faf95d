"""Whom the cluster at hand may be: the creators that its digits name, best first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.records import Suggestion
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import LIKELY, SINGLES, Cluster, ClusterView, Member
from facereview.ui.jobs.lanes import Lane, Ticket
from facereview.ui.wording.advice import told

_SETTLE_MS = 120
_KEPT = 40

Key = tuple[int, tuple[int, ...]]
Offered = tuple[Suggestion, ...]


class LikelyCreators(QObject):
    """The suggested creator at once; the others are looked up once the cursor rests."""

    changed = Signal()

    def __init__(self, desk: ClusterDesk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._found: OrderedDict[Key, Offered] = OrderedDict()
        self._wanted: Key = (-1, ())
        self._ticket: Ticket | None = None
        self.most = LIKELY
        """So many are to be seen: a digit names none of the others."""
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._ask)
        self.fault = ""
        """Why what is wanted could not be looked up."""

    @property
    def busy(self) -> bool:
        """Whether what is wanted is still being looked up."""
        return bool(self._wanted[1]) and self._wanted not in self._found and not self.fault

    def follow(self, view: ClusterView | None, here: Member | None) -> None:
        """Of a cluster all that is ticked at first counts, in the pile the face at hand."""
        if view is None or here is None:
            return
        if view.cluster.id == SINGLES:
            self.want(SINGLES, [here.face.id])
        else:
            sure = [m.face.id for m in view.members if not m.doubtful]
            self.want(view.cluster.id, sure or [m.face.id for m in view.members])

    def want(self, cluster_id: int, face_ids: Sequence[int]) -> None:
        """These faces are at hand; none: nobody is to be looked up."""
        wanted = (cluster_id, tuple(face_ids))
        if wanted != self._wanted:
            self._cancel()
            self._wanted, self.fault = wanted, ""
            self.changed.emit()
        self._look_up()

    def retry(self) -> None:
        """Look up again what could not be looked up."""
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
        """The creators for the cluster at hand that are to be seen, whom Enter means first."""
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
