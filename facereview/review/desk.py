"""What the Review page asks of a library; belongs to the database lane."""

from __future__ import annotations

import getpass
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from facereview.records import Counts, Face, FaceView, Overruled, Thresholds
from facereview.review import views
from facereview.review.decisions.history import History
from facereview.review.decisions.journal import Journal
from facereview.review.decisions.writing import Writing
from facereview.review.library.config import Settings
from facereview.review.views import Opinion
from facereview.store.store import Store

logger = logging.getLogger(__name__)


class QueueKind(StrEnum):
    """The queues of the Review page."""

    PENDING = "pending"
    AUTOMATIC = "automatic"
    DECIDED = "decided"
    REJECTED = "rejected"


def curator() -> str:
    """The name under which this workstation's decisions are logged and undone."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "curator"


class Desk(Writing):
    """A curator at a library: writes decisions, and reads queues and faces.

    What is read shows decisions that still wait for the database as if they were written. Reading
    may raise DatabaseUnreachable.
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
        self.settings = Settings(store, pack)
        self._actor = actor or curator()
        super().__init__(History(store, self._actor), journal)

    def counts(self) -> Counts:
        """Faces per status and the size of the library."""
        return self._waiting.counts(self._store.library.counts())

    def queue(self, kind: QueueKind) -> NDArray[np.int32]:
        """Face ids of a queue in working order, shape (n,)."""
        return self._waiting.queue(kind.value, self._store.faces.queue(kind.value))

    def skipped(self) -> tuple[int, ...]:
        """Pending faces that this curator skipped, in that order."""
        return self._waiting.skipped(tuple(self._store.row_changes.skipped(self._actor)))

    def views(self, face_ids: Sequence[int]) -> dict[int, FaceView]:
        """All that is shown for these faces; those that are gone are absent."""
        found = views.load_views(self._store, face_ids, self.settings.config().match_threshold)
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
        return views.same_person(face_id, vectors, self.settings.config().match_threshold)

    def opinions(self, face_ids: Sequence[int]) -> dict[int, Opinion]:
        """Whom each of these faces itself suggests; faces that are gone are absent."""
        return views.opinions(self._store, face_ids)

    def decided_by(self, face_ids: Sequence[int]) -> dict[int, str]:
        """Who decided each of these faces last, by the name shown to others."""
        return {d.id: d.who for d in self._store.log.decided_by(face_ids, self._actor)}

    def overruled(self) -> tuple[Overruled, ...]:
        """Decisions of this curator that did not stand, not acknowledged yet, oldest first."""
        return tuple(self._store.conflicts.waiting(self._actor))

    def look_at(self, ones: Sequence[Overruled]) -> None:
        """Acknowledge these."""
        self._store.conflicts.look_at(ones)

    def decided_today(self) -> int:
        """How many faces this curator settled since midnight."""
        midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
        return self._store.log.decided_since(self._actor, midnight) + self._waiting.settled()

    def close(self) -> None:
        """Give back the connection and close the journal; what waits is kept."""
        self._store.close()
        self.journal.close()
