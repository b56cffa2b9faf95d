"""What the Review page asks of a library; belongs to the database lane."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from facereview.filters import FaceFilter, GroupBy, SortBy
from facereview.home import curator
from facereview.records import Counts, Face, FaceView, Overruled, Thresholds
from facereview.review import views
from facereview.review.decisions.history import History
from facereview.review.decisions.journal import Journal
from facereview.review.decisions.writing import Writing
from facereview.review.filters.faces import FilterDesk
from facereview.review.filters.groups import GridFace, Groups, grid_faces, grouped
from facereview.review.library.config import Settings
from facereview.review.questions.ordering import BY_PAYOFF
from facereview.review.questions.payoff import arranged
from facereview.review.views import Opinion
from facereview.store.store import Store

logger = logging.getLogger(__name__)

_NEAR = 500
"""So many faces from a place on may be gone through before the whole queue is read."""
_LATE = 10_000
"""So many faces that an order lacks are put in order by themselves."""


class QueueKind(StrEnum):
    """The queues of the Review page."""

    PENDING = "pending"
    AUTOMATIC = "automatic"
    DECIDED = "decided"
    REJECTED = "rejected"


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
        self.filters = FilterDesk(store, self._actor)
        super().__init__(History(store, self._actor, pack), journal)

    def counts(self) -> Counts:
        """Faces per status and the size of the library."""
        return self._waiting.counts(self._store.library.counts())

    def queue(self, kind: QueueKind, *, by_payoff: bool = False) -> NDArray[np.int32]:
        """Face ids of a queue in working order, shape (n,).

        ``by_payoff``, of pending ones: first those that one answer settles with most others, as
        far as that is known; else by video and time.
        """
        faces = self._by_payoff() if by_payoff else self._store.faces.queue(kind.value)
        return self._waiting.queue(kind.value, faces)

    def queue_at_hand(self, place: tuple[int, int] | None) -> NDArray[np.int32]:
        """Pending faces by payoff as the last order has them, (n,), read in no time.

        Only around its beginning and a remembered ``place``, a (face id, index), it was looked up
        which of them are still pending; nobody is there where none of those is.
        """
        order = self._store.faces.order(BY_PAYOFF)
        starts = [0]
        if place is not None:
            starts += [min(place[1], len(order)), *np.flatnonzero(order == place[0])]
        near = np.zeros(len(order), bool)
        for start in starts:
            near[start : start + _NEAR] = True
        pending = self._store.faces.pending_among(order[near])
        if not len(pending):
            return pending
        return self._waiting.queue("pending", order[~near | np.isin(order, pending)])

    def _by_payoff(self) -> NDArray[np.int32]:
        """All pending faces; what the last order lacks comes last, by video and time."""
        faces = self._store.faces
        order = faces.order(BY_PAYOFF)
        known, late = arranged(faces.pending(), order)
        if len(late) > _LATE:
            known, late = arranged(faces.queue("pending"), order)
        elif len(late):
            late = faces.pending_among(late)
        return np.concatenate([known, late])

    def first_filtered(
        self, wanted: FaceFilter, sort: SortBy, limit: int
    ) -> tuple[NDArray[np.int32], bool]:
        """The first face ids of a filter, shape (n,), and whether these are all."""
        page = self.filters.page(wanted, sort, limit)
        return self._still(wanted, page.faces), page.after is None

    def filtered(self, wanted: FaceFilter, sort: SortBy) -> NDArray[np.int32]:
        """All face ids of a filter as they are now, shape (n,)."""
        return self._still(wanted, self.filters.ids(wanted, sort))

    def filtered_among(self, wanted: FaceFilter, face_ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """Those of these faces that are wanted, in the order given."""
        return self._still(wanted, self.filters.among(wanted, face_ids))

    def grouped(self, by: GroupBy, faces: NDArray[np.int32]) -> tuple[NDArray[np.int32], Groups]:
        """These faces group by group, in each in the order given, and their groups."""
        return grouped(self._store, by, faces, self.settings.certainty().mode)

    def grid_faces(self, face_ids: Sequence[int]) -> dict[int, GridFace]:
        """What a grid says of each of these faces; those that are gone are absent."""
        return grid_faces(self._store, self.faces(face_ids), self.settings.certainty().mode)

    def _still(self, wanted: FaceFilter, faces: NDArray[np.int32]) -> NDArray[np.int32]:
        """Without those that waiting decisions take out of the only kind that is wanted."""
        if len(wanted.kinds) != 1:
            return faces
        return faces[np.isin(faces, self._waiting.queue(wanted.kinds[0].value, faces))]

    def skipped(self) -> tuple[int, ...]:
        """Pending faces that this curator skipped, in that order."""
        return self._waiting.skipped(tuple(self._store.row_changes.skipped(self._actor)))

    def views(self, face_ids: Sequence[int]) -> dict[int, FaceView]:
        """All that is shown for these faces; those that are gone are absent."""
        certainty, alike = self.settings.certainty(), self.settings.config().match_threshold
        found = views.load_views(self._store, face_ids, certainty, alike)
        return {face: self._waiting.view(view) for face, view in found.items()}

    def video_faces(self, video_id: int) -> tuple[Face, ...]:
        """All faces of a video, in time order."""
        return tuple(map(self._waiting.face, self._store.faces.of_videos([video_id])[video_id]))

    def faces(self, face_ids: Sequence[int]) -> dict[int, Face]:
        """These faces as they are shown; those that are gone are absent."""
        found = self._store.faces.get(face_ids)
        return {face: self._waiting.face(found[face]) for face in face_ids if face in found}

    def same_person(self, face_id: int) -> tuple[int, ...]:
        """The video's pending faces of the same person, the face itself first."""
        face = self._store.faces.get([face_id]).get(face_id)
        if face is None:
            return ()
        vectors = self._store.faces.pending_vectors(face.video_id)
        return views.same_person(face_id, vectors, self.settings.config().match_threshold)

    def opinions(self, face_ids: Sequence[int]) -> dict[int, Opinion]:
        """Whom each of these faces itself suggests; faces that are gone are absent."""
        return views.opinions(self._store, face_ids, self.settings.certainty())

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
