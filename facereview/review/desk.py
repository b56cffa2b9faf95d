"""What the window asks of a library. One desk belongs to the database lane."""

from __future__ import annotations

import getpass
import logging
import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from facereview.errors import (
    DatabaseError,
    DatabaseRefused,
    DatabaseUnreachable,
    Invalid,
    NotFound,
    ReviewError,
    SchemaError,
)
from facereview.records import Config, Counts, Face, FaceView, Overruled, Thresholds
from facereview.review import config as settings
from facereview.review import views
from facereview.review.history import History
from facereview.review.intents import Conflict, Intent, Kind, Outcome, Undoable
from facereview.review.journal import Aside, Journal, JournalFault
from facereview.review.views import Opinion
from facereview.review.waiting import Waiting, in_words, predicted, predicted_revert
from facereview.store.log import MachineBatch
from facereview.store.store import Store

logger = logging.getLogger(__name__)


class QueueKind(StrEnum):
    """The queues of the Review page."""

    PENDING = "pending"
    AUTOMATIC = "automatic"
    DECIDED = "decided"
    REJECTED = "rejected"


def curator() -> str:
    """The name under which this curator's decisions are logged and undone."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "curator"


class Desk:
    """A curator at a library: queues, views, decisions and their way back.

    Every method may raise DatabaseUnreachable, except those that decide: what cannot be written
    now waits in the journal and is written by :meth:`flush`, in order and once.
    """

    def __init__(
        self,
        store: Store,
        journal: Journal,
        pack: Callable[[], Thresholds],
        actor: str | None = None,
    ) -> None:
        """``pack`` gives the thresholds of the library's pack, which may change in a new one."""
        self._store = store
        self._journal = journal
        self._pack = pack
        self._actor = actor or curator()
        self._history = History(store, self._actor)
        # what an earlier run left behind is written before anything new
        self._waiting = Waiting(journal)
        self._known: tuple[str, Undoable] | None = None
        self._late: list[Outcome] = []

    # ---------------------------------------------------------------------------------- reading

    def counts(self) -> Counts:
        """Faces per status and the size of the library."""
        return self._waiting.counts(self._store.library.counts())

    def config(self) -> Config:
        """The settings in force."""
        return settings.load_config(self._store, self._pack())

    def set_config(self, key: str, value: str) -> Config:
        """Check and write one setting; see :func:`facereview.review.config.save_setting`."""
        return settings.save_setting(self._store, self._pack(), key, value)

    def queue(self, kind: QueueKind) -> NDArray[np.int32]:
        """Face ids of a queue in working order, shape (n,)."""
        return self._waiting.queue(kind.value, self._store.faces.queue(kind.value))

    def skipped(self) -> tuple[int, ...]:
        """Pending faces that this curator skipped, in that order."""
        return self._waiting.skipped(tuple(self._store.row_changes.skipped(self._actor)))

    def views(self, face_ids: Sequence[int]) -> dict[int, FaceView]:
        """All that is shown for these faces; those that are gone are absent."""
        found = views.load_views(self._store, face_ids, self.config().match_threshold)
        return {face: self._waiting.view(view) for face, view in found.items()}

    def video_faces(self, video_id: int) -> tuple[Face, ...]:
        """All faces of a video, in time order."""
        return tuple(map(self._waiting.face, self._store.faces.of_videos([video_id])[video_id]))

    def same_person(self, face_id: int) -> tuple[int, ...]:
        """The video's pending faces of the same person, the face itself first."""
        face = self._store.faces.get([face_id]).get(face_id)
        if face is None:
            return ()
        vectors = self._store.faces.pending_vectors(face.video_id)
        return views.same_person(face_id, vectors, self.config().match_threshold)

    def opinions(self, face_ids: Sequence[int]) -> dict[int, Opinion]:
        """Whom each of these faces itself suggests; faces that are gone are absent."""
        return views.opinions(self._store, face_ids)

    def decided_by(self, face_ids: Sequence[int]) -> dict[int, str]:
        """Who decided each of these faces last, as he is called."""
        return {d.id: d.who for d in self._store.log.decided_by(face_ids, self._actor)}

    def overruled(self) -> tuple[Overruled, ...]:
        """What this curator decided in vain and has not looked at, oldest first."""
        return tuple(self._store.conflicts.waiting(self._actor))

    def look_at(self, ones: Sequence[Overruled]) -> None:
        """The curator has looked at these."""
        self._store.conflicts.look_at(ones)

    def similarity(self, face_id: int, creator_id: int) -> float | None:
        """A face's cosine to a creator's best reference; None without a reference."""
        return self._store.search.similarity(face_id, creator_id)

    def decided_today(self) -> int:
        """How many faces this curator settled since midnight."""
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return self._store.log.decided_since(self._actor, midnight) + self._waiting.settled()

    def machine_batches(self) -> tuple[MachineBatch, ...]:
        """Runs of automatic matching with faces nobody looked at yet, newest first."""
        return tuple(self._store.log.machine_batches())

    def undoable(self) -> Undoable | None:
        """What Ctrl+Z would take back, across restarts."""
        waiting = self._waiting.to_undo()
        if waiting is not None:
            return in_words(waiting.intent)
        self._known = self._history.next_undo()
        return self._known[1] if self._known else None

    # --------------------------------------------------------------------------------- deciding

    def keep(self, intent: Intent) -> None:
        """Keep what a key asked for, before the database has to do with it; on any lane.

        Raises:
            JournalFault: it cannot be kept; it may still be decided.
        """
        self._journal.add(intent)

    def decide(self, intent: Intent) -> Outcome:
        """Write a decision, or let it wait while the database cannot.

        Raises:
            ReviewError: it was refused. Where the database did, it is set aside, see
                :meth:`asides`; nothing of it was written.
        """
        unkept = self._unkept(intent)
        if self._waiting and unkept is None:
            self._waiting.add(intent)
            return predicted(intent)
        try:
            self._late = self.flush()  # where this one cannot wait behind the others
            outcome = self._history.apply(intent) or Outcome(intent, saved=True)
        except Exception as fault:
            if not is_outage(fault):
                self._refuse(intent, fault)
                raise
            if unkept is not None:
                raise not_kept(fault, unkept) from fault
            self._waiting.add(intent)
            return predicted(intent)
        self._journal.settle(intent.token, outcome.changes)
        self._known = (intent.token, in_words(intent))
        return outcome

    def undo(self, intent: Intent | None = None) -> Outcome | None:
        """Take back the curator's latest act at this workstation; None where there is none.

        Raises:
            DatabaseUnreachable: nobody knows now what that is.
        """
        return self._revert(intent or Intent(Kind.UNDO))

    def redo(self, intent: Intent | None = None) -> Outcome | None:
        """Do again what was undone last; None where there is nothing."""
        return self._revert(intent or Intent(Kind.REDO))

    def _revert(self, intent: Intent) -> Outcome | None:
        unkept = self._unkept(intent)
        if self._waiting and unkept is None:
            return self._revert_waiting(intent)
        try:
            self._late = self.flush()
            target = self._history.latest(intent.kind)
            if target is None:
                self._journal.remove(intent.token)
                return None
            # what is about to be taken back is known from here on, whatever becomes of the answer
            intent = self._aimed(intent, target)
            outcome = self._history.apply(intent)
        except Exception as fault:
            if not is_outage(fault):
                self._refuse(intent, fault)
                raise
            if unkept is not None:
                raise not_kept(fault, unkept) from fault
            return self._revert_later(intent)
        self._journal.settle(intent.token, outcome.changes if outcome else ())
        self._known = None
        return outcome

    def _revert_waiting(self, intent: Intent) -> Outcome:
        """Undo or redo what waits itself."""
        if intent.kind is Kind.REDO:
            undo = self._waiting.to_redo()
            if undo is None:
                raise self._unknown(intent)
            token, act = undo
        else:
            act = self._waiting.to_undo()
            if act is None:
                return self._revert_later(intent)
            token = act.token
        intent = self._aimed(intent, token)
        self._waiting.add(intent)
        return predicted_revert(intent, act, None)

    def _revert_later(self, intent: Intent) -> Outcome:
        """Undo or redo what is in the database, once that is back; only what is known for sure."""
        known = self._known if intent.kind is Kind.UNDO else None
        if intent.target is None:
            if known is None or self._waiting.is_undone(known[0]):
                raise self._unknown(intent)
            intent = self._aimed(intent, known[0])
        self._waiting.add(intent)
        about = known[1] if known and known[0] == intent.target else None
        return predicted_revert(intent, None, about)

    def _aimed(self, intent: Intent, target: str) -> Intent:
        aimed = replace(intent, target=target)
        with suppress(JournalFault):  # told when it was to be kept
            self._journal.amend(aimed)
        return aimed

    def _unknown(self, intent: Intent) -> DatabaseUnreachable:
        self._journal.remove(intent.token)
        return DatabaseUnreachable(
            "The database is out of reach: what it holds can be undone when it is back."
        )

    def _unkept(self, intent: Intent) -> JournalFault | None:
        try:
            self._journal.add(intent)
        except JournalFault as fault:
            return fault
        return None

    def _refuse(self, intent: Intent, fault: Exception) -> None:
        """A rule of ours is told and done with; what the database refuses is set aside."""
        if isinstance(fault, Invalid | NotFound):
            self._journal.remove(intent.token)
            return
        with suppress(JournalFault):
            self._journal.set_aside(intent.token, str(fault) or type(fault).__name__)

    # ---------------------------------------------------------------------------------- waiting

    def unsaved(self) -> int:
        """How many decisions wait for the database."""
        return len(self._waiting)

    def flush(self, seconds: float = math.inf) -> list[Outcome]:
        """Write what waits, oldest first, for so long; the outcomes of what was written.

        A decision that is refused for good does not hold up the others: where the database
        refused it, it is set aside, and its outcome is not saved and says ``why``.

        Raises:
            DatabaseError: nothing can be written yet; all goes on waiting.
        """
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
            outcome = self._history.apply(intent) or Outcome(intent, saved=True)
        except Exception as fault:
            if is_outage(fault):
                raise
            self._refuse(intent, fault)
            self._waiting.take_off(intent.token)
            if isinstance(fault, Invalid | NotFound):
                refused = tuple(Conflict(f.face_id, f.state) for f in intent.faces)
                return Outcome(intent, saved=True, conflicts=refused)
            if not isinstance(fault, ReviewError):
                logger.exception("A waiting decision could not be written")
                fault = DatabaseRefused(f"It could not be written ({fault}).")
            return Outcome(intent, saved=False, why=fault)
        self._journal.settle(intent.token, outcome.changes)
        self._waiting.take_off(intent.token)
        return outcome

    def asides(self) -> list[Aside]:
        """What the database refused, oldest first: to be tried again or dropped; on any lane."""
        return self._journal.asides()

    def retry(self, token: str) -> None:
        """Let what was set aside wait again; :meth:`flush` writes it."""
        intent = self._journal.retry(token)
        if intent is not None:
            self._waiting.add(intent)

    def drop(self, token: str) -> None:
        """Give up what was set aside."""
        self._journal.remove(token)

    def close(self) -> None:
        """Give back the connection and close the journal; what waits is kept."""
        self._store.close()
        self._journal.close()


def is_outage(fault: Exception) -> bool:
    """Whether the same may be written later: the database is away, busy, or lets nobody in."""
    return isinstance(fault, DatabaseError) and not isinstance(fault, DatabaseRefused | SchemaError)


def not_kept(fault: Exception, unkept: JournalFault) -> DatabaseError:
    """Neither the database nor this computer has it."""
    return DatabaseError(
        f"This was neither written nor kept, decide it again later. {fault} {unkept}"
    )
