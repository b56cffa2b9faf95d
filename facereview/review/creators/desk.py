"""What the Creators page shows of people and the name fields know, and what changes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from facereview.filters import CreatorFilter, CreatorSort
from facereview.home import Home, curator
from facereview.records import Chance, Creator, Person, Thresholds
from facereview.review.creators.erasing import Erasing
from facereview.review.creators.library_health import lookalikes_of
from facereview.review.creators.merges import MergeHistory, Merging, Splitting
from facereview.review.creators.names import SHOWN, NameIndex, Names
from facereview.review.creators.naming import Naming, existing
from facereview.review.creators.records import (
    AppearsIn,
    FaceOf,
    Moment,
    PersonView,
)
from facereview.review.decisions.history import History
from facereview.review.filters.kept import NamedFilters
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
        self.history = History(store, actor, pack)
        self.erasing = Erasing(store, home, library, actor)
        self._order: tuple[int, list[tuple[int, float | None]]] = (0, [])

    def person(self, creator_id: int) -> PersonView | None:
        """One creator with all that stands at the head of its page; None where it is gone."""
        person = self._store.people.get(creator_id)
        if person is None:
            return None
        more = self._store.people.more(creator_id)
        return PersonView(
            person,
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
        chances = self._chances(creator_id, [i for i, face in faces.items() if face.by_machine])
        return tuple(
            FaceOf(faces[face], videos[faces[face].video_id], similarity, chances.get(face))
            for face, similarity in page
            if face in faces and faces[face].video_id in videos
        )

    def _chances(self, creator_id: int, by_machine: Sequence[int]) -> dict[int, Chance | None]:
        if not by_machine:
            return {}
        certainty = self._settings.certainty()
        risks = self._store.tracks.risks(by_machine, creator_id)
        return {face: certainty.chance(risk) for face, risk in risks.items()}

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


class NamesDesk:
    """A desk of its own, for the lane of lists: a key in a name field waits for nothing else."""

    def __init__(self, store: Store, actor: str | None = None) -> None:
        self._store = store
        self._actor = actor or curator()
        self._index: NameIndex | None = None
        self.filters = NamedFilters(store, "creators", CreatorFilter, self._actor)

    def filtered(self, wanted: CreatorFilter, sort: CreatorSort) -> tuple[int, ...]:
        """Ids of the creators of a filter, whatever its text; :meth:`find` looks for that."""
        return tuple(self._store.filtered_creators.ids(wanted, sort))

    def names(self, stamp: str = "") -> Names:
        """The names as they are now, made ready for searching unless ``stamp`` still holds."""
        with self._store.transaction():
            now = self._store.creators.names_stamp()
            used = self._store.creators.names_used(self._actor, SHOWN)
            if now == stamp:
                return Names(now, None, used)
            creators, aliases = self._store.creators.all(), self._store.people.aliases()
        return Names(now, NameIndex(creators, aliases), used)

    def people(self) -> tuple[Person, ...]:
        """Every creator with its counts, by name; :meth:`find` searches them."""
        people = tuple(self._store.people.all())
        self._index = NameIndex(
            (person.creator for person in people),
            {person.creator.id: person.aliases for person in people},
        )
        return people

    def find(self, text: str, limit: int | None = None) -> tuple[int, ...]:
        """Ids of creators by a few letters of a name or alias, best first; all without text."""
        if self._index is None:
            self._index = NameIndex(self._store.creators.all(), self._store.people.aliases())
        return self._index.ids(text, limit)


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
