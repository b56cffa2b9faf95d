"""What the page shows: all faces ranked by one of them; those in view are read."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

from facereview.records import Creator, Progress
from facereview.review.decisions.intents import Intent, Outcome
from facereview.review.library.alike import Alike, LibraryAlike, ShownFace
from facereview.ui.alike.model import AlikeModel
from facereview.ui.jobs.background import Asked, BackgroundJob, Tell
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.jobs.pressed_keys import SecondPress
from facereview.ui.wording.advice import told


class AlikeStage(Enum):
    """What the page has to show."""

    NOTHING = auto()
    RANKING = auto()
    FACES = auto()
    FAULT = auto()


class AlikeController(QObject):
    """One order at a time; what is decided on any page is read again while the page is seen."""

    stage_changed = Signal()
    progressed = Signal()
    promoted = Signal(object)
    """Faces became references: what of them is to be matched again, as :class:`Changed`."""
    target_changed = Signal()
    """Whom Enter names is somebody else now."""
    overtaken = Signal(object)
    """What waited for a second press on faces that are others now."""

    def __init__(
        self,
        alike: LibraryAlike,
        *,
        decider: Decider,
        lanes: Lanes,
        messages: Messages,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.alike, self.lanes, self.messages = alike, lanes, messages
        self.decider = decider
        self.model = AlikeModel(self)
        self.twice = SecondPress(self)
        self.stage = AlikeStage.NOTHING
        self.found: Alike | None = None
        self.target: Creator | None = None
        """Whom Enter names, and N denies."""
        self.progress = Progress(0, 0, "")
        self.fault = ""
        self.seen = False
        """Whether the page is visible: a hidden one is read again when it is shown."""
        self._face: tuple[int, bool] | None = None
        self._job = BackgroundJob(lanes.ranking, self.tr("the search for similar faces"), self)
        self._job.progressed.connect(self._went_on)
        self._job.done.connect(self._ranked)
        self._job.failed.connect(self._failed)
        self._job.stopped.connect(lambda: self._become(AlikeStage.NOTHING))
        self.model.wanted.connect(self.read)
        self.model.moved.connect(self.twice.forget)
        self.model.ticks_changed.connect(self.twice.forget)
        decider.came.connect(self._came)
        decider.refused.connect(self._refused)
        decider.reverted.connect(self._reverted)

    # ------------------------------------------------------------------------------------ reading

    def open(self, face_id: int, *, person: bool = False) -> None:
        """Rank all faces by this one, or by the ``person`` that it is."""
        alike = self.alike
        self._face, self.found, self.target = (face_id, person), None, None
        self.progress = Progress(0, 0, "")
        self.model.show(None)
        self.target_changed.emit()

        def work(tell: Tell, cancelled: Asked) -> Alike:
            return alike.find(face_id, person=person, on_progress=tell, cancelled=cancelled)

        self._job.cancel()
        self._job.start(work)
        self._become(AlikeStage.RANKING)

    def again(self) -> None:
        """The library may have changed: rank anew."""
        if self._face is not None:
            self.open(self._face[0], person=self._face[1])

    def cancel(self) -> None:
        """Stop ranking."""
        self._job.cancel()

    def read(self, faces: Sequence[int]) -> None:
        """Read these faces as they are now."""
        alike, asked = self.alike, tuple(faces)

        def came(known: dict[int, ShownFace]) -> None:
            waited = self.twice.waiting
            self.model.learn(asked, known)
            if waited is not None and self.twice.waiting is None:
                self.overtaken.emit(waited)

        self.lanes.database.run(self, lambda: alike.faces(asked), came, self.messages.fault)

    def read_again(self) -> None:
        """Anything may have changed: read all faces that are known, or asked for."""
        faces = self.model.known
        if self.found is not None and faces:
            self.read(faces)

    def _went_on(self, progress: Progress) -> None:
        self.progress = progress
        self.progressed.emit()

    def _ranked(self, found: Alike) -> None:
        self.found = found
        self.model.show(found)
        self.aim(found.creator)
        self._become(AlikeStage.FACES)

    def _failed(self, error: Exception) -> None:
        self.fault = told(error)
        self._become(AlikeStage.FAULT)

    def _become(self, stage: AlikeStage) -> None:
        self.stage = stage
        self.stage_changed.emit()

    # ---------------------------------------------------------------------------------- decisions

    def aim(self, creator: Creator | None) -> None:
        """Let Enter name this creator from now on."""
        self.target = creator
        self.model.aim(creator.id if creator else None)
        self.target_changed.emit()

    def point_at(self, row: int) -> None:
        """A menu is to act on this face: on all that are ticked if it is one of them, else alone.

        What waits for a second press goes on waiting where the menu acts on the same faces.
        """
        tile = self.model.tile(row)
        ticked = tile is not None and tile.id in self.model.ticked
        if not ticked and self.model.ticked:
            self.model.untick_all()
        if not (ticked and self.twice.waiting is not None):
            self.model.go_to(row)

    def _came(self, outcome: Outcome) -> None:
        """Read what was decided, here or on another page, as far as it is shown."""
        if self.found is None or not self.seen or not outcome.saved:
            return
        here = {seen.face_id for seen in outcome.intent.faces}
        self.read(sorted(here | {conflict.face_id for conflict in outcome.conflicts}))

    def _refused(self, intent: Intent, _error: Exception) -> None:
        if self.found is not None and self.seen:
            self.read([seen.face_id for seen in intent.faces])

    def _reverted(self, outcome: Outcome | None) -> None:
        if self.found is None or not self.seen or outcome is None:
            return
        if outcome.changes:
            self.read([change.face_id for change in outcome.changes])
