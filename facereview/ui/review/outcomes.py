"""Applies the outcome of each decision to queue, views, strip and counts."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from facereview.errors import Cancelled
from facereview.filters import FaceFilter
from facereview.records import Status
from facereview.review.creators.reference_records import Changed
from facereview.review.decisions.history import Latest
from facereview.review.decisions.intents import Change, Conflict, Intent, Kind, Outcome
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.loader import FaceViews
from facereview.ui.jobs.messages import Messages
from facereview.ui.review.queue import ReviewQueue, Tab, Tally
from facereview.ui.review.selection import VideoFaces
from facereview.ui.wording import decisions as sentences


class OutcomeHandler(QObject):
    """Listens to the decider and the tally; speaks through the message channel."""

    went_back = Signal(int)
    """An undo is about this face: show it."""
    went_on = Signal(int)
    """A redo settled this face: show the one after it."""
    overtaken = Signal(int)
    """Another page decided the current face: keys pressed for it are dropped."""
    label_changed = Signal(str)
    """What Ctrl+Z would take back now."""
    moved = Signal()
    """Another face of the queue is at hand."""
    outdated = Signal()
    """Creators or references changed: what is loaded must be read again."""

    def __init__(
        self,
        decider: Decider,
        queue: ReviewQueue,
        tally: Tally,
        messages: Messages,
        parent: QObject,
        *,
        views: FaceViews,
        video: VideoFaces,
    ) -> None:
        super().__init__(parent)
        self._queue = queue
        self._views = views
        self._video = video
        self._tally = tally
        self._messages = messages
        self._decider = decider
        self._amiss = False
        self._coming_back: set[int] = set()
        decider.came.connect(self._outcome)
        decider.refused.connect(self._refused)
        decider.reverted.connect(self._reverted)
        decider.revert_failed.connect(self._failed)
        decider.misled.connect(self._misled)
        decider.undoable_changed.connect(self._show_undoable)
        decider.back.connect(self._database_back)
        decider.caught_up.connect(self._caught_up)
        decider.unkept.connect(messages.fault)
        tally.loaded.connect(lambda totals: decider.learn(totals.undoable))

    def brings_back(self, face_id: int) -> bool:
        """Whether suggestions for this face are on their way that an undo or redo brings back."""
        return face_id in self._coming_back and self._views.awaits(face_id)

    def _outcome(self, outcome: Outcome) -> None:
        if not self._decider.catching_up:
            self._tally.count(outcome, self._automatic(outcome))
            if outcome.changes or outcome.beside.skipped:
                self.label_changed.emit(sentences.outcome_label(outcome))
        self._pass_by(outcome)
        self._patch(outcome)
        self._report(outcome)
        self._rule_out(outcome)
        if outcome.saved and outcome.intent.kind in (Kind.UNDO, Kind.REDO):  # it had waited
            self._read_anew(outcome)

    def _pass_by(self, outcome: Outcome) -> None:
        """Settle what another page decided."""
        if outcome.intent.kind is Kind.NOT_PERSON:
            return
        settled = [c.face_id for c in outcome.changes if c.after.status is not Status.PENDING]
        here = self._queue.cursor.current
        overtaken = here in settled and self._queue.cursor.is_open(here)
        self._queue.settle(settled)
        if overtaken:
            self.overtaken.emit(here)

    def _rule_out(self, outcome: Outcome) -> None:
        """Not this person: the next suggestion moves up, and another comes in at the end."""
        if outcome.intent.kind is Kind.NOT_PERSON and outcome.creator is not None:
            faces = [change.face_id for change in outcome.changes]
            if self._queue.tab is Tab.PENDING:
                self._queue.bring_back(c.face_id for c in outcome.changes if _taken_off(c))
            self._views.rule_out(faces, outcome.creator.id)
            if outcome.saved:
                self._views.reload(faces)

    def _automatic(self, outcome: Outcome) -> int:
        """How many of the faces were matched automatically until now."""
        count = 0
        for change in outcome.changes:
            view = self._views.get(change.face_id)
            face = view.face if view else self._video.get(change.face_id)
            count += bool(face and face.by_machine)
        return count

    def _patch(self, outcome: Outcome) -> None:
        outdated = self._decider.under_way.decided_after(outcome.intent)
        found = [(c.face_id, c.after, c.creator_name) for c in outcome.changes]
        found += [
            (c.face_id, c.now, c.creator_name) for c in outcome.conflicts if c.now is not None
        ]
        states = [state for state in found if state[0] not in outdated]
        self._views.patch(states)
        self._video.patch(states)

    def _report(self, outcome: Outcome) -> None:
        for conflict in outcome.conflicts:
            self._file(conflict)
        if outcome.conflicts:
            self._amiss = self._amiss or self._decider.catching_up
            self._messages.care(sentences.conflict(outcome))

    def _file(self, conflict: Conflict) -> None:
        """Their decision stands; a face that is still pending comes back at the end."""
        if conflict.now is not None and conflict.now.status is Status.PENDING:
            self._later([conflict.face_id])
        else:
            self._queue.settle([conflict.face_id])

    def _later(self, face_ids: list[int]) -> None:
        self._queue.bring_back(face_ids)
        self._queue.cursor.to_end(face_ids)

    def _refused(self, intent: Intent, error: Exception) -> None:
        faces = [seen.face_id for seen in intent.faces]
        if intent.kind is not Kind.NOT_PERSON:
            self._later(faces)
        self._views.reload(faces)  # it was shown as decided while it waited
        self._video.reload()
        self._amiss = self._amiss or self._decider.catching_up
        self._failed(error)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self._messages.info(self.tr("Cancelled: nothing was changed."))
        else:
            self._messages.fault(error)

    def _reverted(self, outcome: Outcome | None) -> None:
        if outcome is None:
            self._messages.care(self.tr("There is nothing to undo or redo."))
            return
        faces = [change.face_id for change in outcome.changes]
        if self._decider.catching_up:  # it was told ahead, and is read anew
            self._messages.care(sentences.reverted(outcome))
            self._report(outcome)
            return
        self._tally.count(outcome, 0)
        self._patch(outcome)
        self._put_back(outcome, faces)
        say = self._messages.care if outcome.overtaken else self._messages.info
        say(sentences.reverted(outcome))
        if not outcome.overtaken:
            self._report(outcome)
        self._move(outcome, faces)
        if outcome.saved:
            self._read_anew(outcome)

    def _misled(self) -> None:
        self.outdated.emit()
        self._tally.load()

    def _read_anew(self, outcome: Outcome) -> None:
        """An undo or redo may also bring back suggestions and automatic marks."""
        faces = [change.face_id for change in outcome.changes]
        if faces:
            self._views.reload(faces)
            self._video.reload()
            self._coming_back = {*filter(self._views.awaits, self._coming_back), *faces}
        if outcome.beside.creators or outcome.beside.references != Changed():
            self.outdated.emit()  # names and suggestions are others

    def _move(self, outcome: Outcome, faces: list[int]) -> None:
        """Go to the undone face if this queue holds it; after a redo, to the next one."""
        if outcome.intent.kind is Kind.REDO:
            about = faces or list(outcome.beside.skipped)
            if about:
                self.went_on.emit(about[0])
            return
        pending = self._queue.tab is Tab.PENDING
        back = [*faces, *outcome.beside.unskipped] if pending else faces
        if not pending or self._queue.wanted != FaceFilter():
            here = self._queue.cursor.among(back, only_open=True)
            back = [face for face in back if face in here]
        if back:
            self.went_back.emit(back[0])
        elif faces or not self._is_here(self._queue.cursor.current):
            self._queue.cursor.settle_in()
            self.moved.emit()

    def _is_here(self, face: int | None) -> bool:
        return face is not None and bool(self._queue.cursor.among([face]))

    def _put_back(self, outcome: Outcome, faces: list[int]) -> None:
        """Put what was undone back into its queue."""
        beside = outcome.beside
        self._queue.unskip(beside.unskipped)
        self._queue.skip(beside.skipped)
        if outcome.intent.kind is Kind.REDO:
            self._queue.settle(faces)
        else:
            here = {c.face_id: None for c in outcome.changes if self._queue.holds(c.after)}
            others = [face for face in faces if face not in here]
            self._queue.bring_back(here)
            if self._queue.tab is Tab.PENDING:  # they stay, so that Left leads back to them
                self._queue.settle(others)
            else:
                self._queue.cursor.drop(others)

    def _database_back(self) -> None:
        self._all_well(self.tr("The database is available again, and everything is saved."))

    def _caught_up(self, count: int) -> None:
        self._all_well(self.tr("%Ln decisions from the last session have been saved.", "", count))

    def _all_well(self, text: str) -> None:
        """Say so, unless a decision was overruled or refused."""
        if not self._amiss:
            self._messages.info(text)
        self._amiss = False
        self._tally.load()

    def _show_undoable(self, latest: Latest | None) -> None:
        self.label_changed.emit(sentences.undoable_label(latest.words if latest else None))


def _taken_off(change: Change) -> bool:
    """Whether a decision was undone, so that the face is pending again."""
    return change.before.status is not Status.PENDING and change.after.status is Status.PENDING
