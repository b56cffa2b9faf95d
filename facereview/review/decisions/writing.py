"""Writing intents: now, or once the database is available; those it refuses are set aside."""

from __future__ import annotations

import logging
import math
import time
from contextlib import suppress
from dataclasses import replace

from facereview.errors import (
    Cancelled,
    DatabaseError,
    DatabaseRefused,
    DatabaseUnreachable,
    Invalid,
    NotFound,
    ReviewError,
    SchemaError,
)
from facereview.review.decisions.history import History, Latest
from facereview.review.decisions.intents import Change, Intent, Kind, Outcome, Undoable
from facereview.review.decisions.journal import Journal
from facereview.review.decisions.journal_file import JournalFault
from facereview.review.decisions.unsaved import (
    Unsaved,
    expected,
    in_words,
    predicted,
    predicted_revert,
    taken_back,
)

logger = logging.getLogger(__name__)


class Writing:
    """Intents on their way from the journal to the history; belongs to the database lane.

    What cannot be written now waits in the journal and is written by :meth:`flush`, in order and
    once.
    """

    def __init__(self, history: History, journal: Journal) -> None:
        self._history = history
        self.journal = journal
        """Keeps what a key asked for, and what was set aside; on any lane."""
        # what an earlier run left behind is written before anything new
        self._waiting = Unsaved(journal)
        self._known: Latest | None = None
        self._late: list[Outcome] = []
        self._untold: list[str] = []
        """What did not stand as a whole: it stays in the journal until its curator was told."""
        self._cancelled: set[str] = set()

    def cancel(self, token: str) -> None:
        """Cancel what is being written or waits, unless it has been written; on any lane.

        It ends as what it was asked by does: with :class:`facereview.errors.Cancelled`.
        """
        self._cancelled.add(token)

    def unsaved(self) -> int:
        """How many decisions wait for the database."""
        return len(self._waiting)

    def bulk(self) -> dict[str, int]:
        """How many faces each waiting decision on very many is about, by its token."""
        return self._waiting.bulk()

    def undoable(self) -> Latest | None:
        """What Ctrl+Z would take back, across restarts."""
        self._forget_told()
        waiting = self._waiting.to_undo()
        if waiting is not None:
            back = taken_back(self._waiting.effect(waiting.token))
            return Latest(waiting.token, in_words(waiting.intent), back)
        self._known = self._history.next_undo()
        return self._known

    def decide(self, intent: Intent) -> Outcome:
        """Write a decision, or let it wait while the database cannot.

        Raises:
            ReviewError: it was refused. Where the database did, it is set aside, see
                :meth:`Journal.asides`; nothing of it was written.
            Cancelled: see :meth:`cancel`; nothing of it was written.
        """
        unkept = self._unkept(intent)
        intent = self.journal.corrected(intent)
        if self._waiting and unkept is None:
            self._waiting.add(intent)
            return predicted(intent)
        try:
            self._late = self.flush()  # where this one cannot wait behind the others
            outcome = self._history.apply(intent, self._cancelled) or Outcome(intent, saved=True)
        except Exception as fault:
            if not is_outage(fault):
                self._refuse(intent, fault)
                raise
            if unkept is not None:
                raise not_kept(fault, unkept) from fault
            self._waiting.add(intent)
            return predicted(intent)
        self._settle(intent, outcome)
        self._know(intent, outcome)
        return outcome

    def _know(self, intent: Intent, outcome: Outcome) -> None:
        """It is the latest action in the database now, unless it is an undo or changed nothing."""
        skipped = outcome.beside.skipped
        self._known = None
        if intent.kind not in (Kind.UNDO, Kind.REDO) and (outcome.changes or skipped):
            back = taken_back(outcome.changes)
            self._known = Latest(intent.token, in_words(intent), back, skipped)

    def undo(self, intent: Intent | None = None, known: Latest | None = None) -> Outcome | None:
        """Take back the curator's latest act at this workstation; None where there is none.

        An intent whose ``target`` names an act takes back that one, ``known`` to the caller.
        """
        return self._revert(intent or Intent(Kind.UNDO), known)

    def redo(self, intent: Intent | None = None, known: Latest | None = None) -> Outcome | None:
        """Do again what was undone last; None where there is nothing."""
        return self._revert(intent or Intent(Kind.REDO), known)

    def _revert(self, intent: Intent, known: Latest | None) -> Outcome | None:
        """Undo or redo; None where there is nothing to act upon.

        ``known`` is the act that it is about, where its ``target`` names one.

        Raises:
            DatabaseUnreachable: nobody knows now what it would be about.
            Cancelled: see :meth:`cancel`; nothing of it was written.
        """
        unkept = self._unkept(intent)
        if self._waiting and unkept is None:
            return self._revert_waiting(intent, known)
        try:
            self._late = self.flush()
            target = intent.target or self._history.latest(intent.kind)
            if target is None:
                self.journal.remove(intent.token)
                return None
            intent = replace(intent, target=target)
            outcome = self._history.apply(intent, self._cancelled)
        except Exception as fault:
            if not is_outage(fault):
                self._refuse(intent, fault)
                raise
            if unkept is not None:
                raise not_kept(fault, unkept) from fault
            return self._revert_later(intent, known or self._known)
        self._settle(intent, outcome)
        self._known = None
        return outcome

    def _revert_waiting(self, intent: Intent, known: Latest | None) -> Outcome:
        """Undo or redo an intent that is itself waiting."""
        if intent.target is None:
            token = self._waiting.to_revert(intent.kind)
            if token is None:
                return self._revert_later(intent, self._known)
            intent = self._aimed(intent, token)
        elif not self._waiting.holds(intent.target):
            return self._revert_later(intent, known)
        self._waiting.add(intent)
        act = self._waiting.reverted_act(intent)
        about = known.words if known else None
        return predicted_revert(intent, act, about, self._waiting.effect(intent.token))

    def _revert_later(self, intent: Intent, known: Latest | None) -> Outcome:
        """Undo or redo what is in the database, once that is back; only what is known for sure."""
        if intent.target is None:
            if intent.kind is Kind.REDO or known is None or self._waiting.is_undone(known.token):
                raise self._unknown(intent)
            intent = replace(intent, target=known.token)
        # whatever became of the answer, it is about this act and no other from here on
        intent = self._aimed(intent, intent.target)
        self._waiting.add(intent)
        about: Undoable | None = None
        back: tuple[Change, ...] = ()
        if known is not None and known.token == intent.target:
            self._waiting.know(known.token, known.back)
            about, back = known.words, known.back
        return replace(predicted_revert(intent, None, about, back), later=True)

    def _aimed(self, intent: Intent, target: str | None) -> Intent:
        aimed = replace(intent, target=target)
        with suppress(JournalFault):  # told when it was to be kept
            self.journal.amend(aimed)
        return aimed

    def _unknown(self, intent: Intent) -> DatabaseUnreachable:
        self.journal.remove(intent.token)
        return DatabaseUnreachable(
            "The database cannot be reached: what it holds can be undone once it is back."
        )

    def _unkept(self, intent: Intent) -> JournalFault | None:
        try:
            self.journal.add(intent)
        except JournalFault as fault:
            return fault
        return None

    def _settle(self, intent: Intent, outcome: Outcome | None, *, told: bool = True) -> None:
        """It is in the database: what is decided after it follows on from there."""
        changes = outcome.changes if outcome else ()
        now = {change.face_id: change.after for change in changes}
        settle = self.journal.settle if told else self.journal.follow
        noted = settle(intent.token, now, expected(intent))
        if not told:
            self._untold.append(intent.token)
        self._waiting.written(intent.token, changes, noted=noted)

    def _refuse(self, intent: Intent, fault: Exception) -> None:
        """Drop what a rule refuses or the curator cancels; set aside what the database refuses."""
        before, guess = {seen.face_id: seen.state for seen in intent.faces}, expected(intent)
        if isinstance(fault, Invalid | NotFound | Cancelled):
            noted = self.journal.give_up(intent.token, before, guess)
        else:
            reason = str(fault) or type(fault).__name__
            noted = self.journal.set_aside(intent.token, reason, before, guess)
        self._waiting.follow(intent.token, before, noted=noted)

    def retry(self, token: str) -> None:
        """Let what was set aside wait again; :meth:`flush` writes it."""
        intent = self.journal.retry(token)
        if intent is not None:
            self._waiting.add(intent)

    def flush(self, seconds: float = math.inf) -> list[Outcome]:
        """Write what waits, oldest first, for so long; the outcomes of what was written.

        A decision that is refused for good does not hold up the others: its outcome is not saved
        and says ``why``; where the database refused it, it is set aside.

        Raises:
            DatabaseError: nothing can be written yet; all goes on waiting.
        """
        self._forget_told()
        done, self._late = self._late, []
        end = time.monotonic() + seconds
        while (intent := self._waiting.oldest()) is not None:
            try:
                done.append(self._write_waiting(intent))
            except DatabaseError:
                if not done:
                    raise
                break
            if time.monotonic() >= end:
                break
        return done

    def _write_waiting(self, intent: Intent) -> Outcome:
        try:
            outcome = self._history.apply(intent, self._cancelled) or Outcome(intent, saved=True)
        except Exception as fault:
            if is_outage(fault):
                raise
            self._refuse(intent, fault)
            if not isinstance(fault, ReviewError | Cancelled):
                logger.exception("A waiting decision could not be written")
                fault = DatabaseRefused(f"It could not be written ({fault}).")
            return Outcome(intent, saved=False, why=fault)
        self._settle(intent, outcome, told=not outcome.conflicts)
        self._know(intent, outcome)
        return self._waiting.as_it_will_be(outcome)

    def _forget_told(self) -> None:
        """Earlier outcomes have been shown by now, so the journal need not keep them."""
        for token in self._untold:
            self.journal.remove(token)
        self._untold.clear()


def is_outage(fault: Exception) -> bool:
    """Whether the same may be written later: the database is away, busy, or lets nobody in."""
    return isinstance(fault, DatabaseError) and not isinstance(fault, DatabaseRefused | SchemaError)


def not_kept(fault: Exception, unkept: JournalFault) -> DatabaseError:
    """It is not kept on this computer; the database may have it, where only its answer was lost."""
    return DatabaseError(
        f"This may not be written, and is not kept: check it later. {fault} {unkept}"
    )
