"""What the window asks of a library. One desk belongs to the database lane."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from facereview.errors import DatabaseUnreachable, Invalid, NotFound
from facereview.records import Config, Counts, Creator, Face, FaceView, Overruled, Thresholds
from facereview.review import config as settings
from facereview.review import views
from facereview.review.decisions import after
from facereview.review.history import History
from facereview.review.intents import Beside, Change, Conflict, Intent, Kind, Outcome, Undoable
from facereview.review.journal import Journal
from facereview.review.views import Opinion
from facereview.store.log import MachineBatch
from facereview.store.store import Store


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
        self._behind = len(journal) > 0

    # ---------------------------------------------------------------------------------- reading

    def counts(self) -> Counts:
        """Faces per status and the size of the library."""
        return self._store.library.counts()

    def config(self) -> Config:
        """The settings in force."""
        return settings.load_config(self._store, self._pack())

    def set_config(self, key: str, value: str) -> Config:
        """Check and write one setting; see :func:`facereview.review.config.save_setting`."""
        return settings.save_setting(self._store, self._pack(), key, value)

    def queue(self, kind: QueueKind) -> NDArray[np.int32]:
        """Face ids of a queue in working order, shape (n,)."""
        return self._store.faces.queue(kind.value)

    def skipped(self) -> tuple[int, ...]:
        """Pending faces that this curator skipped, in that order."""
        return tuple(self._store.row_changes.skipped(self._actor))

    def views(self, face_ids: Sequence[int]) -> dict[int, FaceView]:
        """All that is shown for these faces; those that are gone are absent."""
        return views.load_views(self._store, face_ids, self.config().match_threshold)

    def video_faces(self, video_id: int) -> tuple[Face, ...]:
        """All faces of a video, in time order."""
        return self._store.faces.of_videos([video_id])[video_id]

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
        return self._store.log.decided_since(self._actor, midnight)

    def machine_batches(self) -> tuple[MachineBatch, ...]:
        """Runs of automatic matching with faces nobody looked at yet, newest first."""
        return tuple(self._store.log.machine_batches())

    def undoable(self) -> Undoable | None:
        """What Ctrl+Z would take back, across restarts."""
        waiting = self._last_waiting()
        if waiting is not None:
            return _in_words(waiting)
        return self._history.undoable()

    # --------------------------------------------------------------------------------- deciding

    def decide(self, intent: Intent) -> Outcome:
        """Write a decision, or keep it in the journal while the database is out of reach.

        Raises:
            ReviewError: the database refused it; nothing was written and nothing waits.
        """
        self._journal.add(intent)
        if self._behind:
            return self._predicted(intent)
        try:
            outcome = self._history.apply(intent)
        except DatabaseUnreachable:
            self._behind = True
            return self._predicted(intent)
        except Exception:
            self._journal.remove(intent.token)
            raise
        self._journal.remove(intent.token)
        return outcome or Outcome(intent, saved=True)

    def undo(self) -> Outcome | None:
        """Take back the curator's latest act at this workstation; None where there is none.

        Raises:
            DatabaseUnreachable: the act is in a database that is out of reach.
        """
        return self._revert(Kind.UNDO)

    def redo(self) -> Outcome | None:
        """Do again what was undone last; None where there is nothing."""
        return self._revert(Kind.REDO)

    def _revert(self, kind: Kind) -> Outcome | None:
        if not self._behind:
            return self._history.apply(Intent(kind))
        target = self._last_waiting() if kind is Kind.UNDO else None
        if target is None:
            raise DatabaseUnreachable(
                "The database is out of reach: what it holds can be undone when it is back."
            )
        intent = Intent(kind, target=target.token)
        self._journal.add(intent)
        done = self._predicted(target)
        back = tuple(Change(c.face_id, c.video_id, c.after, c.before) for c in done.changes)
        return Outcome(
            intent,
            False,
            back,
            creator=target.creator,
            undone=target.kind,
            about=_in_words(target),
            beside=Beside(unskipped=done.beside.skipped),
        )

    def unsaved(self) -> int:
        """How many decisions wait for the database."""
        return len(self._journal) if self._behind else 0

    def flush(self) -> list[Outcome]:
        """Write what waits, oldest first; the outcomes of what was written.

        A decision that the database refuses for good is reported and dropped, so that it does
        not hold up the others.

        Raises:
            DatabaseUnreachable: still out of reach; the rest goes on waiting.
        """
        done: list[Outcome] = []
        for intent in self._journal.waiting() if self._behind else []:
            try:
                outcome = self._history.apply(intent)
            except (Invalid, NotFound):
                refused = tuple(Conflict(f.face_id, f.state) for f in intent.faces)
                outcome = Outcome(intent, saved=True, conflicts=refused)
            self._journal.remove(intent.token)
            done.append(outcome or Outcome(intent, saved=True))
        self._behind = len(self._journal) > 0
        return done

    def _last_waiting(self) -> Intent | None:
        """The latest waiting decision that no waiting undo takes back."""
        waiting = self._journal.waiting() if self._behind else []
        undone = {intent.target for intent in waiting}
        standing = [i for i in waiting if i.kind is not Kind.UNDO and i.token not in undone]
        return standing[-1] if standing else None

    def _predicted(self, intent: Intent) -> Outcome:
        """What will come of an intent, as far as can be said without the database."""
        if intent.kind is Kind.SKIP:
            put_off = tuple(seen.face_id for seen in intent.faces)
            return Outcome(intent, False, beside=Beside(skipped=put_off))
        creator = intent.creator or (Creator(0, intent.new_name) if intent.new_name else None)
        changes = tuple(
            Change(
                seen.face_id,
                seen.video_id,
                seen.state,
                state := after(intent, seen, creator),
                creator.name if creator and state.creator_id is not None else None,
            )
            for seen in intent.faces
        )
        return Outcome(intent, False, changes, creator=creator)

    def close(self) -> None:
        """Give back the connection and close the journal; what waits is kept."""
        self._store.close()
        self._journal.close()


def _in_words(intent: Intent) -> Undoable:
    """A waiting decision, as it will be told once it is written."""
    creator = intent.creator or (Creator(0, intent.new_name) if intent.new_name else None)
    return Undoable(intent.kind, creator, len(intent.faces), intent.reason)
