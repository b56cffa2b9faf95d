"""What the window asks of a library. One desk belongs to the database lane."""

from __future__ import annotations

import getpass
import logging
import math
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from facereview.records import Config, Counts, Face, FaceView, Overruled, Thresholds
from facereview.review import views
from facereview.review.decisions.delivery import Writing
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Outcome, Undoable
from facereview.review.decisions.journal import Aside, Journal
from facereview.review.decisions.waiting import Waiting
from facereview.review.library import config as settings
from facereview.review.views import Opinion
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
        history = History(store, self._actor)
        # what an earlier run left behind is written before anything new
        self._waiting = Waiting(journal)
        self._writing = Writing(history, journal, self._waiting)

    # ---------------------------------------------------------------------------------- reading

    def counts(self) -> Counts:
        """Faces per status and the size of the library."""
        return self._waiting.counts(self._store.library.counts())

    def config(self) -> Config:
        """The settings in force."""
        return settings.load_config(self._store, self._pack())

    def set_config(self, key: str, value: str) -> Config:
        """Check and write one setting; see :func:`.library.config.save_setting`."""
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
        return self._writing.undoable()

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
        return self._writing.decide(intent)

    def undo(self, intent: Intent | None = None) -> Outcome | None:
        """Take back the curator's latest act at this workstation; None where there is none.

        Raises:
            DatabaseUnreachable: nobody knows now what that is.
        """
        return self._writing.revert(intent or Intent(Kind.UNDO))

    def redo(self, intent: Intent | None = None) -> Outcome | None:
        """Do again what was undone last; None where there is nothing."""
        return self._writing.revert(intent or Intent(Kind.REDO))

    def unsaved(self) -> int:
        """How many decisions wait for the database."""
        return len(self._waiting)

    def bulk(self) -> dict[str, int]:
        """How many faces each waiting decision on very many is about, by its token."""
        return self._waiting.bulk()

    def cancel(self, token: str) -> None:
        """Give up what is being written or waits, unless it is written by now; on any lane.

        It ends as what it was asked by does: with :class:`facereview.errors.Cancelled`.
        """
        self._writing.cancel(token)

    def flush(self, seconds: float = math.inf) -> list[Outcome]:
        """Write what waits, oldest first, for so long; see :meth:`Writing.flush`.

        Raises:
            DatabaseError: nothing can be written yet; all goes on waiting.
        """
        return self._writing.flush(seconds)

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
        self._journal.drop(token)

    def close(self) -> None:
        """Give back the connection and close the journal; what waits is kept."""
        self._store.close()
        self._journal.close()
