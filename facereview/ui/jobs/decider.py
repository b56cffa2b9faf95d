"""Decisions, and their undo and redo, on their way to the database."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from facereview.review.decisions.history import Latest
from facereview.review.decisions.intents import Intent, Kind, Outcome, Undoable
from facereview.review.decisions.known_acts import KnownActs, foretold
from facereview.review.desk import Desk
from facereview.ui.jobs.delivery import Delivery, undoable
from facereview.ui.jobs.lanes import Lane, Rank

_Revert = Callable[[Intent, Latest | None], Outcome | None]


def aimed(kind: Kind, acts: KnownActs) -> tuple[Intent, Latest | None]:
    """An undo or redo of the act that it is about, where that is known."""
    intent = Intent(kind)
    act = (acts.undo if kind is Kind.UNDO else acts.redo)(intent.token)
    if act is not None:
        intent = Intent(kind, target=act.token, token=intent.token)
    return intent, act


class Decider(Delivery):
    """The delivery of decisions that all pages share, with undo and redo."""

    reverted = Signal(object)
    """The outcome of an undo or redo (None: there was nothing)."""
    revert_failed = Signal(object)
    """Why an undo or redo could not be done."""
    misled = Signal()
    """An undo or redo came out otherwise than was told ahead: what is shown is to be read anew."""

    def __init__(
        self, desk: Desk, lane: Lane, journal: Lane, parent: QObject | None = None
    ) -> None:
        super().__init__(desk, lane, journal, parent)
        self._reverts: dict[str, tuple[Intent, Latest | None]] = {}
        """Undos and redos of which nothing was told, in order, and what is known of their acts."""
        self._untold: set[str] = set()

    @property
    def reverting(self) -> bool:
        """Whether an undo or redo is under way: the next face is not known yet."""
        return bool(self._reverts)

    def undo(self) -> None:
        """Undo the latest act of any page."""
        self._revert(Kind.UNDO, self._desk.undo)

    def redo(self) -> None:
        """Redo what was undone last."""
        self._revert(Kind.REDO, self._desk.redo)

    def take_back(self, token: str, faces: int) -> None:
        """Take back the act with this token, whoever did it: a run of so many matches."""
        self.revert(Intent(Kind.UNDO, target=token), Undoable(Kind.AUTOMATIC, None, faces))

    def revert(self, intent: Intent, words: Undoable) -> None:
        """Undo or redo the act that an intent names; ``words`` say what it is."""
        self._acts.forget()
        act = Latest(intent.target or "", words)
        how = self._desk.undo if intent.kind is Kind.UNDO else self._desk.redo
        self._send(intent, act, how)

    def foretell_reverts(self) -> None:
        """Tell what undos and redos under way will do, as far as all that is shown of it is known.

        The next key then is about what is shown.
        """
        while self._reverts:
            outcome = foretold(*next(iter(self._reverts.values())))
            if outcome is None:
                return
            intent, beside = outcome.intent, outcome.beside
            faces = [change.face_id for change in outcome.changes]
            self.foretell([*faces, *beside.skipped, *beside.unskipped])
            self.under_way.tell(intent.token)
            self.reverted.emit(outcome)
            self._reverts.pop(intent.token, None)

    # ------------------------------------------------------------------------------------ the rest

    def _revert(self, kind: Kind, how: _Revert) -> None:
        intent, act = aimed(kind, self._acts)
        self._send(intent, act, how)

    def _send(self, intent: Intent, act: Latest | None, how: _Revert) -> None:
        self._reverts[intent.token] = intent, act

        def job() -> tuple[Outcome | None, Latest | None, int]:
            outcome = how(intent, act)
            return outcome, undoable(self._desk), self._desk.unsaved()

        def done(answer: tuple[Outcome | None, Latest | None, int]) -> None:
            outcome, latest, unsaved = answer
            self._ended(outcome or Outcome(intent, saved=True))
            if self._answered(intent, unsaved):
                self._tell_foretold(outcome)
            else:
                if outcome is not None and not outcome.saved and not outcome.changes:
                    self._untold.add(intent.token)
                self.reverted.emit(outcome)
            self._revert_ended(intent)
            self.learn(latest)
            self.ready.emit()

        def failed(error: Exception) -> None:
            self.bulk.end(intent.token)
            self._acts.forget()
            if self._answered(intent):
                self.misled.emit()
            self.revert_failed.emit(error)
            self.asides.look()
            self._revert_ended(intent)
            self.look()
            self.ready.emit()

        self.bulk.begin_revert(intent.token, act)
        self._keep(intent, act.back if act else ())
        self._lane.run(self, job, done, failed, rank=Rank.URGENT)

    def _revert_ended(self, intent: Intent) -> None:
        self._reverts.pop(intent.token, None)
        self.under_way.end(intent)

    def _tell_foretold(self, outcome: Outcome | None) -> None:
        """What came of an undo or redo that was told ahead."""
        if outcome is None or outcome.overtaken or outcome.conflicts:
            self._tell_again(partial(self.reverted.emit, outcome))
            self.misled.emit()
        elif outcome.saved:
            self._tell_again(partial(self.came.emit, outcome))

    def _tell_late(self, outcome: Outcome) -> None:
        token = outcome.intent.token
        if token in self._untold and (outcome.saved or outcome.why is None):
            self._untold.discard(token)
            self._ended(outcome)
            self.reverted.emit(outcome)
        else:
            super()._tell_late(outcome)
