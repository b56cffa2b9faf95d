"""Brings the clusters up to date in the background, one run at a time, with progress."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.records import Progress
from facereview.review.clusters.records import ClusterScope, ClusterUpdate
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell, Throughput
from facereview.ui.jobs.lanes import Lanes

IDLE_MS = 2500
"""After a decision the clusters are brought up to date when no key was pressed for so long."""

UNASKED_SECONDS = 10.0
"""An update that takes longer begins only when the curator asks for it.

A shorter one ends while somebody still looks at the page, and takes no noticeable share of what
else they do; a longer one takes all processors from scans and from other programs.
"""


class ClusterUpdates(QObject):
    """Runs one update at a time; one asked for while another runs is done after it.

    Decisions on any page are followed by one that nobody asked for, and that fails in silence:
    the clusters are still ``due`` then, and the next decision, or a look at them, tries again.
    One that takes long, or that the curator cancelled before, is only offered.
    """

    changed = Signal()
    """It began, went on, or ended, or is offered."""
    done = Signal(object)
    """What it did: :class:`ClusterUpdate`."""
    failed = Signal(object)
    """Why one was not done that somebody waits for."""
    ended_early = Signal()
    """One was cancelled or failed, which may have placed some of the new faces before."""
    declined_changed = Signal(bool)

    def __init__(self, work: LibraryService, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._work = work
        self._lane = lanes.clustering
        self._job = BackgroundJob(lanes.clustering, self.tr("the clustering"), self)
        self._job.progressed.connect(self._went_on)
        self._job.done.connect(self._ended)
        self._job.failed.connect(self._broke)
        self._job.stopped.connect(self._stopped)
        self._again = self._again_asked = False
        self._awaited = False
        """Somebody looks at the clusters or asked for the update: a fault of it is told."""
        self._considering = 0
        """So many times it is being looked up what there is to do."""
        self.asked = False
        """The curator asked for the one that runs."""
        self.declined = False
        """The curator cancelled one, and asked for none since: large ones are only offered."""
        self.due = False
        """Something changed that the clusters do not follow yet."""
        self.offer: ClusterScope | None = None
        """The update that begins only when the curator asks for it."""
        self.progress: Progress | None = None
        self.throughput = Throughput()
        self._soon = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._soon.timeout.connect(lambda: self._consider(awaited=False))

    @property
    def busy(self) -> bool:
        """Whether an update runs or is about to."""
        return self.running or self.considering or self._soon.isActive()

    @property
    def running(self) -> bool:
        """Whether an update is under way."""
        return self._job.running

    @property
    def considering(self) -> bool:
        """Whether it is being looked up what there is to do."""
        return self._considering > 0

    @property
    def stopping(self) -> bool:
        """Whether it was cancelled and comes to its end."""
        return self._job.stopping

    def soon(self) -> None:
        """Something changed: bring the clusters up to date once the keys rest."""
        self.due = True
        self._soon.start()

    def hurry(self) -> None:
        """Wait no longer for the keys to rest."""
        if self._soon.isActive():
            self._soon.start(0)

    def run(self, *, from_nothing: bool = False) -> None:
        """Bring the clusters up to date now: the curator asks for it, however long it takes."""
        self._awaited = self.asked = True
        self._begin(from_nothing=from_nothing)

    def look(self) -> None:
        """Bring the clusters up to date, as somebody looks at them, unless it takes long."""
        self._consider(awaited=True)

    def _consider(self, *, awaited: bool) -> None:
        if self.running:
            self._again = True
            self._awaited = self._awaited or awaited
            return
        self._soon.stop()
        self._considering += 1
        self._lane.run(
            self,
            self._work.cluster_scope,
            partial(self._considered, awaited),
            partial(self._not_considered, awaited),
        )
        self.changed.emit()

    def _considered(self, awaited: bool, scope: ClusterScope) -> None:
        self._considering -= 1
        if self.running:
            return  # it was asked for meanwhile
        self.offer = None
        if scope.seconds > UNASKED_SECONDS or (self.declined and scope.large):
            self.offer = scope
        elif awaited or (self.due and not scope.first):
            # the first clusters are made for somebody who looks at them
            self._awaited = awaited
            self._begin()
        self.changed.emit()

    def _not_considered(self, awaited: bool, error: Exception) -> None:
        self._considering -= 1
        self._awaited = awaited
        self._broke(error)

    def _begin(self, *, from_nothing: bool = False) -> None:
        self._soon.stop()
        if self.running:
            self._again_asked = True
            return
        self.due, self.offer, self.progress, self.throughput = False, None, None, Throughput()
        library = self._work

        def work(tell: Tell, cancelled: Asked) -> ClusterUpdate:
            return library.update_clusters(
                from_nothing=from_nothing, on_progress=tell, cancelled=cancelled
            )

        self._job.start(work)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop it; it does not begin again by itself. New faces that were placed stay so."""
        self._again = self._again_asked = False
        self._decline(True)
        self._job.cancel()
        self.changed.emit()

    def _decline(self, declined: bool) -> None:
        if declined != self.declined:
            self.declined = declined
            self.declined_changed.emit(declined)

    def _went_on(self, progress: Progress) -> None:
        self.progress = progress
        self.throughput.note(progress.done)
        self.changed.emit()

    def _ended(self, result: ClusterUpdate) -> None:
        if self.asked:
            self._decline(False)
        self.asked = False
        self.changed.emit()
        self.done.emit(result)
        self._go_on()

    def _stopped(self) -> None:
        self.asked = self.due = False  # the next decision, or a look at them, tries again
        self.changed.emit()
        self.ended_early.emit()
        self._consider(awaited=False)

    def _broke(self, error: Exception) -> None:
        self._again = self._again_asked = self.asked = False
        self.due = True
        self.changed.emit()
        self.ended_early.emit()
        if self._awaited:
            self.failed.emit(error)

    def _go_on(self) -> None:
        again, asked = self._again, self._again_asked
        self._again = self._again_asked = False
        if asked:
            self.run()
        elif again:
            self._consider(awaited=self._awaited)
