"""Brings the clusters up to date in the background, one run at a time, with progress."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.records import Progress
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import ClusterUpdate
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.lanes import Lanes

IDLE_MS = 2500
"""After a decision the clusters are brought up to date when no key was pressed for so long."""


class ClusterUpdates(QObject):
    """Runs one update at a time; one asked for while another runs is done after it.

    Decisions on any page are followed by one that nobody asked for, and that fails in silence:
    the clusters are still ``due`` then, and the next decision, or a look at them, tries again.
    """

    changed = Signal()
    """It began, went on, or ended."""
    done = Signal(object)
    """What it did: :class:`ClusterUpdate`."""
    failed = Signal(object)
    """Why one that was asked for was not done."""

    def __init__(
        self, desk: ClusterDesk, work: LibraryService, lanes: Lanes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._work = work
        self._database = lanes.database
        self._job = BackgroundJob(lanes.clustering, self.tr("the clustering"), self)
        self._job.progressed.connect(self._went_on)
        self._job.done.connect(self._ended)
        self._job.failed.connect(self._broke)
        self._job.stopped.connect(self._stopped)
        self._again = False
        self._asked = False
        self.due = False
        """Something changed that the clusters do not follow yet."""
        self.progress: Progress | None = None
        self._soon = QTimer(self, singleShot=True, interval=IDLE_MS)
        self._soon.timeout.connect(self._rested)

    @property
    def busy(self) -> bool:
        """Whether an update runs or is about to."""
        return self.running or self._soon.isActive()

    @property
    def running(self) -> bool:
        """Whether an update is under way."""
        return self._job.running

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
        """Bring the clusters up to date now: somebody looks at them."""
        self._asked = True
        self._begin(from_nothing=from_nothing)

    def _rested(self) -> None:
        self._database.run(self, self._desk.clustered, self._follow)

    def _follow(self, clustered: bool) -> None:
        """Only clusters that somebody made are followed: making them takes all of a processor."""
        if not clustered or not self.due:
            return
        if not self.running:
            self._asked = False
        self._begin()

    def _begin(self, *, from_nothing: bool = False) -> None:
        self._soon.stop()
        if self.running:
            self._again = True
            return
        self.due, self.progress = False, None
        library = self._work

        def work(tell: Tell, cancelled: Asked) -> ClusterUpdate:
            return library.update_clusters(
                from_nothing=from_nothing, on_progress=tell, cancelled=cancelled
            )

        self._job.start(work)
        self.changed.emit()

    def cancel(self) -> None:
        """Stop it; the clusters stay as they are."""
        self._again = False
        self._job.cancel()
        self.changed.emit()

    def _went_on(self, progress: Progress) -> None:
        self.progress = progress
        self.changed.emit()

    def _ended(self, result: ClusterUpdate) -> None:
        self.changed.emit()
        self.done.emit(result)
        self._go_on()

    def _stopped(self) -> None:
        self.changed.emit()
        self._go_on()

    def _broke(self, error: Exception) -> None:
        self._again = False
        self.due = True
        self.changed.emit()
        if self._asked:
            self.failed.emit(error)

    def _go_on(self) -> None:
        if self._again:
            self._again = False
            self._begin()
