"""What the Creators page asks of a library about people. Belongs to the database lane."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from facereview.home import Home
from facereview.records import Creator, Progress, Thresholds
from facereview.review.creators.creator_changes import CreatorChanges
from facereview.review.creators.erasing import Erasing
from facereview.review.creators.likeness import all_lookalikes, lookalikes_of, worst_first
from facereview.review.creators.merging import Merging
from facereview.review.creators.names import NameIndex
from facereview.review.creators.naming import Naming, person_of
from facereview.review.creators.records import (
    AppearsIn,
    Erased,
    ErasePlan,
    FaceOf,
    Lookalike,
    Loss,
    Merged,
    MergePreview,
    Moment,
    PastChange,
    Person,
    PersonView,
    Profile,
    Split,
    Unmerged,
)
from facereview.review.creators.splitting import Splitting
from facereview.review.decisions.history import History
from facereview.review.desk import curator
from facereview.review.library import config as settings
from facereview.store.search import Appearance
from facereview.store.store import Store

T = TypeVar("T")


class CreatorsDesk:
    """Creators as people: who they are, where they appear, and what is done to them.

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
        self._home = home
        self._library = library
        self._pack = pack
        self._actor = actor or curator()
        self._naming = Naming(store, self._actor)
        self._merging = Merging(store, self._actor)
        self._splitting = Splitting(store, self._actor)
        self._changes = CreatorChanges(store, self._actor)
        self._history = History(store, self._actor)
        self._erasing = Erasing(store, home, library, self._actor)
        self._names: NameIndex | None = None
        self._order: tuple[int, list[tuple[int, float | None]]] = (0, [])

    # ---------------------------------------------------------------------------------- reading

    def people(self) -> tuple[Person, ...]:
        """Every creator with its counts, by name; searching starts from the same list."""
        people = tuple(person_of(row) for row in self._store.people.all())
        self._names = NameIndex(
            (person.creator for person in people),
            {person.creator.id: person.aliases for person in people},
        )
        return people

    def find(self, text: str, limit: int | None = None) -> tuple[int, ...]:
        """Ids of creators by a few letters of a name or alias, best first; all without text."""
        if self._names is None:
            self.people()
        assert self._names is not None  # noqa: S101 - set by people()
        return self._names.ids(text, limit)

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
            self._changes.past(creator=creator_id),
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

    def lookalikes(self, limit: int = 100) -> tuple[Lookalike, ...]:
        """Pairs of creators as close to each other as a face is to its own creator."""
        return all_lookalikes(self._store, self._threshold(), limit)

    def _threshold(self) -> float:
        return settings.load_config(self._store, self._pack()).match_threshold

    # ----------------------------------------------------------------------------------- naming

    def named(self, text: str) -> Creator:
        """The one creator of this name or alias; see :meth:`Naming.named`."""
        return self._naming.named(text)

    def rename(self, creator_id: int, name: str) -> Creator:
        """Give a creator another name; see :meth:`Naming.rename`."""
        return self._renamed(self._naming.rename(creator_id, name))

    def add(self, profile: Profile) -> Creator:
        """A new creator with all that is said of it; see :meth:`Naming.add`."""
        return self._renamed(self._naming.add(profile))

    def change(self, creator_id: int, known: Profile, wanted: Profile) -> Creator:
        """Call and describe a creator otherwise; see :meth:`Naming.change`."""
        return self._renamed(self._naming.change(creator_id, known, wanted))

    def add_alias(self, creator_id: int, name: str) -> tuple[str, ...]:
        """Add another name; see :meth:`Naming.add_alias`."""
        return self._renamed(self._naming.add_alias(creator_id, name))

    def remove_alias(self, creator_id: int, name: str) -> tuple[str, ...]:
        """Forget another name of a creator; those that are left."""
        return self._renamed(self._naming.remove_alias(creator_id, name))

    def set_picture(
        self, creator_id: int, path: Path | None = None, face: int | None = None
    ) -> Creator:
        """Show a creator by a picture file or by one of its faces; by neither: by none.

        Raises:
            MediaError: the file is no picture, or no crop of the face is kept.
            NotFound: the creator no longer exists.
        """
        self._naming.require(creator_id)
        picture = self._erasing.pictures.profile(creator_id, path, face)
        return self._naming.set_picture(creator_id, picture)

    # ------------------------------------------------------------------- merging and splitting

    def merge_preview(self, keep: int, drop: int) -> MergePreview:
        """What a merge would do; see :meth:`Merging.preview`."""
        return self._merging.preview(keep, drop)

    def merge(self, keep: int, drop: int) -> Merged:
        """Give everything of ``drop`` to ``keep``; see :meth:`Merging.merge`."""
        return self._renamed(self._merging.merge(keep, drop))

    def merges(self, limit: int = 100) -> tuple[PastChange, ...]:
        """Merges and splits that can be undone, newest first."""
        return self._changes.past(limit=limit)

    def undo_merge(self, change_id: int) -> Unmerged:
        """Take a merge or a split back; see :meth:`History.undo_change`."""
        return self._renamed(self._history.undo_change(change_id))

    def split(
        self,
        creator_id: int,
        face_ids: Sequence[int],
        name: str | None = None,
        target: int | None = None,
    ) -> Split:
        """Faces become another creator, by ``name`` or by id; see :meth:`Splitting.split`."""
        return self._renamed(self._splitting.split(creator_id, face_ids, name, target))

    # --------------------------------------------------------------------- deleting and erasing

    def delete_preview(self, creator_id: int) -> Loss:
        """What would be lost with a creator; see :meth:`Erasing.loss`."""
        return self._erasing.loss(creator_id)

    def delete(self, creator_id: int) -> Loss:
        """Remove a creator; see :meth:`Erasing.delete`."""
        return self._renamed(self._erasing.delete(creator_id))

    def erase_preview(self, creator_id: int) -> ErasePlan:
        """Everything that an erasure removes; see :meth:`Erasing.plan`."""
        return self._erasing.plan(creator_id)

    def erase(
        self, creator_id: int, on_progress: Callable[[Progress], None] = lambda _: None
    ) -> Erased:
        """Remove everything biometric of a person; see :meth:`Erasing.erase`."""
        return self._renamed(self._erasing.erase(creator_id, on_progress))

    def _renamed(self, done: T) -> T:
        """The same, while the names are read again before they are searched next."""
        self._names = None
        return done

    def close(self) -> None:
        """Give back the connection."""
        self._store.close()


def _moments(faces: Sequence[Appearance], *, decided: bool) -> tuple[Moment, ...]:
    return tuple(
        Moment(face.face_id, face.timestamp, face.similarity, face.unchecked)
        for face in faces
        if face.decided is decided
    )
