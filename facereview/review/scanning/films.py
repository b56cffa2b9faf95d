"""Which film a file is: a moved one keeps its faces, one that replaced another has none yet.

A video is its content. Where a known path holds the content of another known video whose own file
is gone or is another film by now, the two exchange paths, and so on until every file concerned is
with its film. The decided faces of a film whose file is nowhere are set aside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path, PurePath

from facereview.errors import Cancelled, MediaError, MissingFile
from facereview.files import readable, shown
from facereview.media.crops import CropCache
from facereview.media.fingerprint import agrees, content_of, whole_of
from facereview.mounts import Mounts
from facereview.records import DECIDED
from facereview.store.films import AsideFace, CarriedFace, FilmPictures, KnownFile
from facereview.store.store import Store

_STATUSES = {status.value for status in DECIDED}


class Holds(Enum):
    """What a file is to the library."""

    SAME = auto()
    """A known film, whose video has this path now."""
    NEW = auto()
    CHANGED = auto()
    """Another film than its path had, and none that is known."""


@dataclass(frozen=True, slots=True)
class FileNow:
    """A file as it is: the library's name for it, its fingerprint, and its times (1970)."""

    name: str
    path: Path
    content: str
    modified: float
    changed: float

    @classmethod
    def read(cls, name: str, path: Path) -> FileNow:
        """Raises MediaError."""
        status = readable(path, "video")
        return cls(name, path, content_of(path), status.st_mtime, status.st_ctime)

    def must_stand(self) -> None:
        """Raises MediaError where it is another file by now, or cannot be read."""
        if content_of(self.path) != self.content:
            raise MediaError(
                f"The video {shown(self.path)} changed while it was scanned: scan it again."
            )


@dataclass(slots=True)
class _Moves:
    """What placing one file did: films moved, faces set aside, and undecided faces removed."""

    moved: int = 0
    aside: int = 0
    removed: list[int] = field(default_factory=list)


class FilmFinder:
    """Says which film each file of a scan is. Belongs to one lane."""

    def __init__(
        self,
        store: Store,
        crops: CropCache,
        mounts: Mounts,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._crops = crops
        self._mounts = mounts
        self._cancelled = cancelled
        self.moved = 0
        """How many films were found under another path."""
        self.aside: list[tuple[Path, int]] = []
        """Files that are another film than before, with how many decided faces were set aside."""

    def forget_what_was_done(self) -> None:
        """Count from nothing what is done from now on."""
        self.moved, self.aside = 0, []

    def place(self, file: FileNow) -> Holds:
        """Find the film that a file holds, and give its video this path.

        Raises:
            MediaError: a file that agrees with another cannot be read.
            Cancelled: a large file was being read.
        """
        done = _Moves()
        with self._store.deciding():
            self._store.films.lock_paths()
            holds = self._place(file, done)
        self.moved += done.moved
        self.note_aside(file, done.aside)
        self._crops.remove(done.removed)
        return holds

    def give(self, video: int, before: str, file: FileNow, *, verified: bool) -> bool:
        """Give a video the path where its file was found; False where that holds no longer.

        ``verified``: by its content, which is recorded then. Its path has been ``before``; a video
        that has the new path goes to where its own film is, as when a scan places a file. Only by
        its name, and without faces, it takes no path from a video that is listed.
        """
        done, films = _Moves(), self._store.films
        with self._store.deciding():
            films.lock_paths()
            moved, here = films.of_path(before), films.of_path(file.name)
            if moved is None or moved.id != video or self._stands(moved):
                return False
            by_name = not (verified or films.faces(video))
            if here is not None and self._holds(here, by_name=by_name):
                return False
            self._move(moved, here, file, done, verified=verified)
            self._store.videos.set_available(video, True)
        self.moved += done.moved
        self.note_aside(file, done.aside)
        self._crops.remove(done.removed)
        return True

    def was_read(self, file: FileNow) -> bool:
        """Whether the faces here are of this whole film, as far as is known: a fault loses none."""
        known = self._store.films.of_path(file.name)
        if known is None or known.frames is None or (known.fault is not None and known.read):
            return False
        return known.content is not None and agrees(known.content, file.content)

    def note_aside(self, file: FileNow, faces: int) -> None:
        """Note that the decided faces of the film before were set aside, once that is committed."""
        if faces:
            self.aside.append((file.path, faces))

    def replaced(self, file: FileNow) -> KnownFile | None:
        """The other film that its path had; asked in the transaction that writes its faces."""
        self._store.films.lock_paths()
        here = self._store.films.of_path(file.name)
        return here if here is not None and not self._same(here, file) else None

    def record(self, video: int, file: FileNow, pictures: FilmPictures) -> None:
        """Record what a scanned file held; all of it is read where another video agrees."""
        films = self._store.films
        films.record(video, file.content, file.changed, pictures)
        twins = [known for known in films.of_content(file.content) if known.older_hash is None]
        if len(twins) > 1:
            for twin in twins:
                path = self._mounts.local(twin.path)
                if twin.whole is None and _is_there(path, file.content):
                    films.record_whole(twin.id, self._whole(path))

    def set_aside(self, film: KnownFile, carried: Sequence[CarriedFace] = ()) -> int:
        """Set the decided faces of a film aside, but for those that its new encode shows.

        In a transaction; how many were.
        """
        self._store.films.carry(film.id, carried)
        stays = {face.id for face in carried}
        faces = [face for face in self._store.films.decided(film.id) if face.id not in stays]
        if faces:
            self._store.films.set_aside(film, [face.id for face in faces])
            tags = {
                (film.id, face.creator_id)
                for face in faces
                if face.creator_id is not None and face.status in _STATUSES
            }
            self._store.log.lock_tags(sorted(tags))
            self._store.log.remove_tags(sorted(tags))
        self._store.films.forget(film.id)
        return len(faces)

    def return_faces(self, video: int, file: FileNow) -> None:
        """Bring back the faces of the replaced film whose file this is: of this path, or the last.

        Not where the video has decided faces, which are those of the same film: a copy keeps its
        own.
        """
        films = self._store.films
        if films.decided(video):
            return
        back = films.replaced_of(file.content)
        if any(film.whole for film in back):
            whole = self._whole(file.path)
            back = [film for film in back if film.whole in (None, whole)]
        back.sort(key=lambda film: film.path != file.name)
        for film in back[:1]:
            bring_back(self._store, video, films.aside([film.id]))
            films.drop_empty(film.id)

    def _place(self, file: FileNow, done: _Moves) -> Holds:
        films = self._store.films
        here = films.of_path(file.name)
        listed = here is not None and self.is_bare(here)
        if here is not None and not listed and self._same(here, file):
            if here.file_modified is not None and here.fault is None:
                films.record(here.id, file.content, file.changed)
                films.touch(here.id, file.modified)
            return Holds.SAME
        moved = self._elsewhere(file.content, file.path, here)
        if moved is not None:
            self._move(moved, here, file, done)
            return Holds.SAME
        return Holds.NEW if here is None or listed else Holds.CHANGED

    def _holds(self, here: KnownFile, *, by_name: bool) -> bool:
        """Whether the film at its path is a video's own, as far as that is known.

        ``by_name``: of one that is only listed too, since the other has no more to show.
        """
        if self.is_bare(here):
            return by_name
        return here.content is None or self._stands(here)

    def is_bare(self, video: KnownFile) -> bool:
        """Whether a video is only listed: never scanned, and without faces of another program."""
        return video.content is None and not self._store.films.faces(video.id)

    def _same(self, here: KnownFile, file: FileNow) -> bool:
        """Whether a path still has the film that it had, as far as that is known."""
        if here.content is None:  # only another program knows it, and its hash may be any
            return True
        if not agrees(here.content, file.content):
            return False
        if here.file_modified == file.modified:
            return True
        known = here.whole or here.older_hash
        return known is None or self._whole(file.path) == known

    def _elsewhere(self, content: str, path: Path, here: KnownFile | None) -> KnownFile | None:
        """The video with this content whose own file is gone, or is another film by now."""
        found = [
            known
            for known in self._store.films.of_content(content)
            if (here is None or known.id != here.id) and not self._stands(known)
        ]
        if any(known.whole or known.older_hash for known in found):
            whole = self._whole(path)
            found = [k for k in found if (k.whole or k.older_hash or whole) == whole]
            found.sort(key=lambda known: not (known.whole or known.older_hash))
        return found[0] if found else None

    def _stands(self, known: KnownFile) -> bool:
        """Whether a video's own file holds its film, or cannot be asked."""
        try:
            file = FileNow.read(known.path, self._mounts.local(known.path))
        except MissingFile:
            return False
        except MediaError:
            return True
        if known.content is None or not agrees(known.content, file.content):
            return False
        if (known.file_modified, known.file_changed) == (file.modified, file.changed):
            return True
        whole = known.whole or known.older_hash
        return whole is None or self._whole(file.path) == whole

    def _move(
        self,
        moved: KnownFile,
        here: KnownFile | None,
        file: FileNow,
        done: _Moves,
        *,
        verified: bool = True,
    ) -> None:
        """Give a video the path of its file; the video that had it goes to its own film's."""
        if verified:
            self._store.films.record(moved.id, file.content, file.changed)
            self._store.films.touch(moved.id, file.modified)
        if here is None:
            self._give(moved, file.name)
            done.moved += 1
            return
        at, film = here, here
        while True:
            place = self._mounts.local(moved.path)
            done.moved += 1
            at = self._exchange(moved, at)
            if film.content is not None and self._stands(at):
                return
            now = _content(place)
            another = self._elsewhere(now, place, film) if now else None
            if another is None:
                done.aside = self.set_aside(film)
                done.removed += self._store.videos.clear_undecided(film.id)[0]
                self._store.videos.set_available(film.id, now is not None)
                return
            moved = another

    def _exchange(self, moved: KnownFile, at: KnownFile) -> KnownFile:
        """Let two videos exchange paths; the second as it is then."""
        self._store.films.move(at.id, f"facereview: {at.id} is on its way", ("", ""))
        self._give(moved, at.path)
        self._give(at, moved.path)
        return replace(at, path=moved.path)

    def _give(self, video: KnownFile, path: str) -> None:
        self._store.films.move(video.id, path, (PurePath(video.path).stem, PurePath(path).stem))

    def _whole(self, path: Path) -> str:
        def check() -> None:
            if self._cancelled():
                raise Cancelled

        return whole_of(path, check)


def bring_back(store: Store, video: int, faces: Sequence[AsideFace]) -> None:
    """Give a video faces that were set aside, with all that was decided on them.

    Creators merged since are those they were merged into; a face whose creator is gone is pending.
    """
    merges = store.changes.merges()
    asked = {i for face in faces for i in (face.creator_id, *face.denied) if i is not None}
    standing = {merges.creator(creator) for creator in asked}
    alive = store.creators.several([creator for creator in standing if creator is not None])

    def today(creator: int | None) -> int | None:
        now = merges.creator(creator)
        return now if now in alive else None

    store.films.bring_back(video, [(face.id, today(face.creator_id)) for face in faces])
    denied = [(face.id, today(creator)) for face in faces for creator in face.denied]
    store.log.deny([(face, creator) for face, creator in denied if creator is not None])
    store.log.mark_automatic(
        [
            (face.id, face.automatic)
            for face in faces
            if face.automatic is not None and today(face.creator_id) is not None
        ]
    )
    tags = {
        (video, creator)
        for face in faces
        if face.status in _STATUSES and (creator := today(face.creator_id)) is not None
    }
    store.log.lock_tags(sorted(tags))
    store.log.add_tags(sorted(tags))


def _content(path: Path) -> str | None:
    try:
        return content_of(path)
    except MediaError:
        return None


def _is_there(path: Path, content: str) -> bool:
    return _content(path) == content
