"""Hands decisions to the desk in order, and reports their outcomes and what was refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence, Sized
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from facereview.errors import ReviewError
from facereview.review.decisions.decide import PROMPT
from facereview.review.decisions.history import Latest
from facereview.review.decisions.intents import Change, Intent, Kind, Outcome
from facereview.review.decisions.journal import Kept
from facereview.review.decisions.known_acts import KnownActs
from facereview.review.decisions.unsaved import predicted
from facereview.review.desk import Desk
from facereview.ui.jobs.lanes import Lane, Rank

LONG_MS = 1500
"""Milliseconds after which a decision counts as long."""


class BulkDecisions(QObject):
    """Long decisions that are not known to be in the database, by token, the oldest first."""

    changed = Signal(int)
    """The number of faces of the long decision, or 0."""
    cancelled = Signal()
    """The oldest was cancelled, unless it is written already."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._faces: dict[str, int] = {}
        self._undoable = 0
        self._long = QTimer(self, singleShot=True, interval=LONG_MS)
        self._long.timeout.connect(self._show)

    def begin(self, token: str, faces: int) -> None:
        """A decision is to be written; few faces do not count."""
        if faces > PROMPT:
            self._faces[token] = faces
            if len(self._faces) == 1:
                self._long.start()

    def know_undoable(self, latest: Latest | None) -> None:
        """What the next undo is about."""
        self._undoable = latest.words.number if latest else 0

    def begin_revert(self, token: str, act: Latest | None) -> None:
        """An undo or redo is to be written, of this action if it is known."""
        self.begin(token, act.words.number if act else self._undoable)

    def end(self, token: str) -> None:
        """It is written, or never will be."""
        if self._faces.pop(token, None) is not None:
            self._long.stop()
            self.changed.emit(0)
            if self._faces:
                self._long.start()

    def cancel(self) -> None:
        """Cancel the oldest."""
        if self._faces:
            self._desk.cancel(next(iter(self._faces)))
            self.changed.emit(0)
            self.cancelled.emit()

    def _show(self) -> None:
        self.changed.emit(next(iter(self._faces.values())))


class SetAside(QObject):
    """Decisions set aside: looked up after a refusal, retried or discarded on demand."""

    changed = Signal(object)
    """What is set aside now: a tuple of :class:`Kept`."""
    retried = Signal(int)
    """One was retried; the number of decisions that wait for the database."""
    failed = Signal(object)
    """Why one could not be retried or discarded."""

    def __init__(self, desk: Desk, lane: Lane, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self.held: tuple[Kept, ...] = ()

    def look(self) -> None:
        """Look up what is set aside."""
        desk = self._desk

        def known(found: tuple[Kept, ...]) -> None:
            if found != self.held:
                self.held = found
                self.changed.emit(found)

        self._lane.run(self, lambda: tuple(desk.journal.asides()), known, rank=Rank.URGENT)

    def retry(self, token: str) -> None:
        """Retry what the database refused."""
        desk = self._desk

        def job() -> int:
            desk.retry(token)
            return desk.unsaved()

        def done(unsaved: int) -> None:
            self.retried.emit(unsaved)
            self.look()

        self._lane.run(self, job, done, self.failed.emit, rank=Rank.URGENT)

    def drop(self, token: str) -> None:
        """Discard what the database refused."""
        desk = self._desk
        self._lane.run(
            self,
            lambda: desk.journal.drop(token),
            lambda _: self.look(),
            self.failed.emit,
            rank=Rank.URGENT,
        )


class UnderWay:
    """Intents under way, their faces, and which outcomes were already predicted."""

    def __init__(self) -> None:
        self._intents: dict[str, Intent] = {}
        self._about: dict[str, frozenset[int]] = {}
        self._faces: Counter[int] = Counter()
        self._foretold: set[str] = set()

    def __len__(self) -> int:
        return len(self._intents)

    @property
    def tokens(self) -> Collection[str]:
        """What has no answer yet."""
        return self._intents.keys()

    def begin(self, intent: Intent, reverted: Sequence[Change] = ()) -> None:
        """A key was pressed; an undo or redo changes the faces of what is ``reverted``."""
        self._intents[intent.token] = intent
        faces = (seen.face_id for seen in intent.faces)
        self._about[intent.token] = frozenset((*faces, *(c.face_id for c in reverted)))
        self._faces.update(self._about[intent.token])

    def answer(self, intent: Intent) -> bool:
        """Its outcome arrived; whether it had been predicted."""
        self._intents.pop(intent.token, None)
        foretold = intent.token in self._foretold
        self._foretold.discard(intent.token)
        return foretold

    def end(self, intent: Intent) -> None:
        """All slots have handled its outcome."""
        self._faces.subtract(self._about.pop(intent.token, ()))

    def holds(self, face_id: int) -> bool:
        """Whether a decision on this face is under way."""
        return self._faces[face_id] > 0

    def decided_after(self, intent: Intent) -> set[int]:
        """Faces of later decisions under way: the outcome of this one is outdated for them."""
        tokens = list(self._intents)
        first = tokens.index(intent.token) + 1 if intent.token in self._intents else 0
        return {face for token in tokens[first:] for face in self._about[token]}

    def foretell(self, face_ids: Collection[int]) -> Sequence[Intent]:
        """Decisions on these faces not predicted so far; they count as predicted now."""
        found = [
            intent
            for token, intent in self._intents.items()
            if token not in self._foretold
            and intent.kind not in (Kind.UNDO, Kind.REDO)
            and any(seen.face_id in face_ids for seen in intent.faces)
        ]
        self._foretold.update(intent.token for intent in found)
        return found

    def tell(self, token: str) -> None:
        """What will come of this one is told ahead."""
        self._foretold.add(token)


RETRY_MS = 2000
"""Interval of retries while the database is out of reach."""
_STRETCH = 0.05
"""Seconds of writing waiting decisions before keys get their turn."""


class Delivery(QObject):
    """Keeps intents in the journal and writes them on the database lane; retries what waits."""

    came = Signal(object)
    """The :class:`Outcome` of a decision, also of one that had waited."""
    refused = Signal(object, object)
    """An intent that was not written at all, and why."""
    undoable_changed = Signal(object)
    """What can be undone now: :class:`Latest`, or None."""
    ready = Signal()
    """All slots have handled the outcome: the next key may rely on it."""
    unsaved_changed = Signal(int)
    """How many decisions are not known to be in the database."""
    back = Signal()
    """All that waited is written: the database is reachable again."""
    caught_up = Signal(int)
    """The number of decisions of the last session that were written."""
    unkept = Signal(object)
    """The journal cannot be written any more, and why."""

    def __init__(
        self, desk: Desk, lane: Lane, journal: Lane, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._lane = lane
        self._journal = journal
        self.under_way = UnderWay()
        self._acts = KnownActs()
        self._catching_up = False
        self._of_before: int | None = None
        self.lines: list[Sized] = []
        """Queues of keys that wait for an outcome."""
        self.keeps = True
        """Whether the journal takes what is pressed."""
        self.unsaved = 0
        self.asides = SetAside(desk, lane, self)
        self.asides.retried.connect(self._wait_again)
        self.bulk = BulkDecisions(desk, self)
        self.bulk.cancelled.connect(self.flush)
        self.undoable_changed.connect(self.bulk.know_undoable)
        self._retry = QTimer(self, singleShot=True, interval=RETRY_MS)
        self._retry.timeout.connect(self.flush)

    @property
    def waiting(self) -> int:
        """How many keys are not known to be in the database."""
        return self.unsaved + len(self.under_way)

    @property
    def held_up(self) -> int:
        """How many keys wait for an outcome, in memory only."""
        return sum(map(len, self.lines))

    @property
    def catching_up(self) -> bool:
        """Whether outcomes that arrive were reported before: predicted, or in the last session."""
        return self._catching_up

    def foretell(self, face_ids: Collection[int]) -> None:
        """Report predicted outcomes for these faces: another key relies on them."""
        for intent in self.under_way.foretell(face_ids):
            self.came.emit(predicted(intent))

    def start(self) -> None:
        """Write what is left of the last session, before anything is read."""
        desk = self._desk

        def known(answer: tuple[int, dict[str, int]]) -> None:
            unsaved, bulk = answer
            for token, faces in bulk.items():
                self.bulk.begin(token, faces)
            if unsaved:
                self._of_before = unsaved
                self._set_unsaved(unsaved)
                self.flush()

        self._lane.run(self, lambda: (desk.unsaved(), desk.bulk()), known, rank=Rank.URGENT)
        self.asides.look()

    def decide(self, intent: Intent) -> None:
        """Hand an intent over; its outcome arrives by ``came`` or ``refused``."""
        intent, desk = _by_name(intent), self._desk

        def done(answer: tuple[Outcome, int]) -> None:
            outcome, unsaved = answer
            self._ended(outcome)
            if not self._answered(intent, unsaved):
                self.came.emit(outcome)
            elif outcome.saved:
                self._tell_again(partial(self.came.emit, outcome))
                if outcome.conflicts:
                    self.look()  # less can be undone than was predicted
            self.under_way.end(intent)
            self.ready.emit()

        def failed(error: Exception) -> None:
            self.bulk.end(intent.token)
            self._acts.drop(intent.token)
            if self._answered(intent):
                self.look()
            self.refused.emit(intent, error)
            self.asides.look()
            self.under_way.end(intent)
            self.ready.emit()

        self.bulk.begin(intent.token, len(intent.faces))
        self._acts.add(intent)
        self._keep(intent)
        self._lane.run(
            self, lambda: (desk.decide(intent), desk.unsaved()), done, failed, rank=Rank.URGENT
        )

    def begin_other(self) -> None:
        """Something is done beside decisions: what can be undone is not known until it is done."""
        self._acts.forget()

    def look(self) -> None:
        """Something other than a decision was done: look up what can be undone now."""
        desk = self._desk
        self._lane.run(self, lambda: undoable(desk), self.learn, rank=Rank.URGENT)

    def learn(self, latest: Latest | None) -> None:
        """What can be undone, as was looked up."""
        self._acts.learn(latest, self.under_way.tokens)
        self.undoable_changed.emit(latest)

    def flush(self) -> None:
        """Try to write what waits, in short stretches, so that keys are not held up."""
        desk = self._desk

        def done(answer: tuple[list[Outcome], int]) -> None:
            outcomes, unsaved = answer
            for outcome in outcomes:
                self._tell_late(outcome)
            self._set_unsaved(unsaved)
            if not unsaved:
                self._is_back()
            elif outcomes:
                self.flush()

        def failed(_error: Exception) -> None:
            self._retry_soon()

        self._retry.stop()
        self._lane.run(self, lambda: (desk.flush(_STRETCH), desk.unsaved()), done, failed)

    # ------------------------------------------------------------------------------------ the rest

    def _keep(self, intent: Intent, reverted: Sequence[Change] = ()) -> None:
        desk = self._desk
        self.under_way.begin(intent, reverted)
        self.unsaved_changed.emit(self.waiting)

        def failed(error: Exception) -> None:
            if self.keeps:
                self.keeps = False
                self.unkept.emit(error)
                self.unsaved_changed.emit(self.waiting)

        def kept(_: object) -> None:
            if not self.keeps:
                self.keeps = True
                self.unsaved_changed.emit(self.waiting)

        self._journal.run(self, lambda: desk.journal.add(intent), kept, failed, rank=Rank.URGENT)

    def _answered(self, intent: Intent, unsaved: int | None = None) -> bool:
        """Whether its outcome was predicted."""
        foretold = self.under_way.answer(intent)
        self._set_unsaved(self.unsaved if unsaved is None else unsaved)
        return foretold

    def _tell_late(self, outcome: Outcome) -> None:
        """The outcome of a decision that had waited."""
        intent = outcome.intent
        self._ended(outcome)
        if outcome.why is not None and not outcome.saved:
            self._tell_again(partial(self.refused.emit, intent, outcome.why))
            self.asides.look()
        else:
            self._tell_again(partial(self.came.emit, outcome))

    def _ended(self, outcome: Outcome) -> None:
        if outcome.saved or outcome.why is not None:
            self.bulk.end(outcome.intent.token)
            self._acts.settle(outcome)

    def _tell_again(self, tell: Callable[[], object]) -> None:
        """The final outcome of what was predicted."""
        self._catching_up = True
        try:
            tell()
        finally:
            self._catching_up = False

    def _wait_again(self, unsaved: int) -> None:
        self._set_unsaved(unsaved)
        self.flush()

    def _is_back(self) -> None:
        of_before, self._of_before = self._of_before, None
        if of_before is None:
            self.back.emit()
        else:
            self.caught_up.emit(of_before)
        self.look()

    def _retry_soon(self) -> None:
        if not self._retry.isActive():
            self._retry.start()

    def _set_unsaved(self, count: int) -> None:
        if count:
            self._retry_soon()
        self.unsaved = count
        self.unsaved_changed.emit(self.waiting)


def _by_name(intent: Intent) -> Intent:
    """A creator that is still being created is known by name only."""
    creator = intent.creator
    if creator is None or creator.id:
        return intent
    return replace(intent, creator=None, new_name=creator.name)


def undoable(desk: Desk) -> Latest | None:
    """What can be undone; None also where the database cannot say it."""
    try:
        return desk.undoable()
    except ReviewError:
        return None
