"""Links the faces of a library into tracks in the background, and lets them follow decisions."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.records import Progress
from facereview.review.evidence.track_update import TrackScope, TrackUpdate
from facereview.review.library.tracks import LibraryTracks
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell, Throughput
from facereview.ui.jobs.lanes import Lanes

START_MS = 5000
"""How long after the window opened it is looked up what there is to link: the pages come first."""

UNASKED_SECONDS = 30.0
"""Linking that takes longer begins only when the curator asks for it."""


class TrackUpdates(QObject):
    """Runs one update at a time, and goes on where the one before was stopped.

    One that nobody asked for fails in silence: the next start of the window tries again.
    """

    changed = Signal()
    """It began, went on, or ended, or is offered."""
    followed = Signal(object)
    """The faces of which something else is to be shown after a decision."""
    linked = Signal()
    """There are other tracks than before."""
    failed = Signal(object)
    """Why one that the curator asked for was not done."""

    def __init__(self, tracks: LibraryTracks, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tracks = tracks
        self._lanes = lanes
        self._job = BackgroundJob(lanes.linking, self.tr("the linking of faces"), self)
        self._job.progressed.connect(self._went_on)
        self._job.done.connect(self._ended)
        self._job.failed.connect(self._broke)
        self._job.stopped.connect(self.look)
        self._asked = self._declined = self._following = False
        self.offer: TrackScope | None = None
        """The update that begins only when the curator asks for it."""
        self.progress: Progress | None = None
        self.throughput = Throughput()
        self._start = QTimer(self, singleShot=True, interval=START_MS)
        self._start.timeout.connect(self.look)
        self._start.start()

    @property
    def running(self) -> bool:
        """Whether an update is under way."""
        return self._job.running

    @property
    def stopping(self) -> bool:
        """Whether it was cancelled and comes to its end."""
        return self._job.stopping

    def look(self) -> None:
        """Link what is not linked, unless it takes long or the curator cancelled it."""
        self._start.stop()
        self._lanes.linking.run(self, self._tracks.scope, self._considered, lambda _fault: None)

    def run(self) -> None:
        """Link it now: the curator asks for it, however long it takes."""
        self._asked, self._declined = True, False
        self._begin()

    def cancel(self) -> None:
        """Stop it; what is linked stays so, and it goes on when the curator asks for it."""
        self._declined = True
        self._job.cancel()
        self.changed.emit()

    def follow(self) -> None:
        """Something was decided: link the videos concerned again."""
        if self._following:
            return
        self._following = True
        self._lanes.following.run(self, self._follow_now, self._followed, lambda _fault: None)

    def _follow_now(self) -> tuple[int, ...] | None:
        """On the lane: what is decided from now on asks for another look."""
        self._following = False
        return self._tracks.follow()

    def _followed(self, faces: tuple[int, ...] | None) -> None:
        if faces is None:
            self.look()
        else:
            self.followed.emit(faces)

    def _considered(self, scope: TrackScope) -> None:
        self.offer = None
        if scope.faces and not self.running:
            if self._declined or scope.seconds > UNASKED_SECONDS:
                self.offer = scope
            else:
                self._begin()
        self.changed.emit()

    def _begin(self) -> None:
        if self.running:
            return
        self.offer, self.progress, self.throughput = None, None, Throughput()
        tracks = self._tracks

        def work(tell: Tell, cancelled: Asked) -> TrackUpdate:
            return tracks.update(on_progress=tell, cancelled=cancelled)

        self._job.start(work)
        self.changed.emit()

    def _went_on(self, progress: Progress) -> None:
        self.progress = progress
        self.throughput.note(progress.done)
        self.changed.emit()

    def _ended(self, done: TrackUpdate) -> None:
        self._asked = False
        self.changed.emit()
        if done.changed:
            self.linked.emit()

    def _broke(self, fault: Exception) -> None:
        asked, self._asked = self._asked, False
        self.changed.emit()
        if asked:
            self.failed.emit(fault)
