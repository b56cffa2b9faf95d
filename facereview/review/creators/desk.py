"""What the Creators page shows of people, and the parts that change them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from facereview.home import Home
from facereview.records import Creator, Thresholds
from facereview.review.creators.erasing import Erasing
from facereview.review.creators.library_health import lookalikes_of
from facereview.review.creators.merges import MergeHistory, Merging, Splitting
from facereview.review.creators.naming import Naming, existing, person_of
from facereview.review.creators.records import (
    AppearsIn,
    FaceOf,
    Moment,
    PersonView,
)
from facereview.review.decisions.history import History
from facereview.review.desk import curator
from facereview.review.library.config import Settings
from facereview.store.search import Appearance
from facereview.store.store import Store


class CreatorsDesk:
    """Creators as people: who they are, where they appear, and what changes them.

    Every method may raise DatabaseUnreachable while the database is out of reach.
    """

    def __init__(
        self,
        store: Store,
        home: Home,
        library: str,
        pack: Callable[[], Thresholds],
        actor: str | None = None,
    ) -> None:
        """``pack`` gives the thresholds of the library's pack, which may change in a new one."""
        self._store = store
        self._settings = Settings(store, pack)
        actor = actor or curator()
        self.naming = Naming(store, actor)
        self.merging = Merging(store, actor)
        self.splitting = Splitting(store, actor)
        self.changes = MergeHistory(store, actor)
        self.history = History(store, actor)
        self.erasing = Erasing(store, home, library, actor)
        self._order: tuple[int, list[tuple[int, float | None]]] = (0, [])

    def person(self, creator_id: int) -> PersonView | None:
        """One creator with all that stands at the head of its page; None where it is gone."""
        row = self._store.people.get(creator_id)
        if row is None:
            return None
        more = self._store.people.more(creator_id)
        return PersonView(
            person_of(row),
            more.created_at,
            more.retired,
            more.denied,
            lookalikes_of(self._store, creator_id, self._threshold()),
            self.changes.past(creator=creator_id),
        )

    def decided(self, creator_id: int, after: int = 0, limit: int = 200) -> tuple[FaceOf, ...]:
        """Decided faces, those least like the references first; ``after`` are shown already.

        The order is made when the first page is asked for, and holds for the following ones.
        """
        if not after or self._order[0] != creator_id:
            self._order = (creator_id, worst_first(self._store, creator_id))
        page = self._order[1][after : after + limit]
        faces = self._store.faces.get([face for face, _ in page])
        videos = self._store.videos.get(sorted({face.video_id for face in faces.values()}))
        return tuple(
            FaceOf(faces[face], videos[faces[face].video_id], similarity)
            for face, similarity in page
            if face in faces and faces[face].video_id in videos
        )

    def appearances(self, creator_id: int) -> tuple[AppearsIn, ...]:
        """The videos in which a creator appears, newest first, decided and likely faces apart.

        Likely are pending faces that suggest the creator or are as close to a reference as the
        library's match threshold asks.
        """
        found = self._store.search.videos_of(creator_id, threshold=self._threshold())
        videos = self._store.videos.get([video.id for video, _ in found])
        return tuple(
            AppearsIn(
                videos.get(video.id, video),
                _moments(faces, decided=True),
                _moments(faces, decided=False),
            )
            for video, faces in found
        )

    def set_picture(
        self, creator_id: int, path: Path | None = None, face: int | None = None
    ) -> Creator:
        """Show a creator by a picture file or by one of its faces; by neither: by none.

        Raises:
            MediaError: the file is no picture, or no crop of the face is kept.
            NotFound: the creator no longer exists.
        """
        existing(self._store, creator_id)
        picture = self.erasing.pictures.profile(creator_id, path, face)
        return self.naming.set_picture(creator_id, picture)

    def _threshold(self) -> float:
        return self._settings.config().match_threshold


def _moments(faces: Sequence[Appearance], *, decided: bool) -> tuple[Moment, ...]:
    return tuple(
        Moment(face.face_id, face.timestamp, face.similarity, face.unchecked)
        for face in faces
        if face.decided is decided
    )


def worst_first(store: Store, creator_id: int) -> list[tuple[int, float | None]]:
    """Decided faces of a creator with their cosine to its best reference, the lowest first.

    A reference made of the face itself does not count; None, which comes first, where there
    is no other.
    """
    faces, references = store.people.decided(creator_id), store.people.references(creator_id)
    cosines = np.ascontiguousarray(faces["embedding"], np.float32) @ (
        np.ascontiguousarray(references["embedding"], np.float32).T
    )
    cosines[~faces["embedding"].any(axis=1)] = -np.inf
    cosines[faces["reference"][:, None] == references["id"][None, :]] = -np.inf
    best = cosines.max(axis=1, initial=-np.inf)
    order = np.lexsort((faces["id"], best))
    return [
        (int(faces["id"][place]), float(best[place]) if np.isfinite(best[place]) else None)
        for place in order
    ]
