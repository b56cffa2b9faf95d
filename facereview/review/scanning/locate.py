"""Finding the files of videos again that were moved or renamed, below folders that are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from facereview.errors import Cancelled, DatabaseRefused, MediaError
from facereview.files import readable, shown, stored_path
from facereview.home import curator
from facereview.media.finding import LEFT_OUT, VideoFinder
from facereview.media.fingerprint import whole_of
from facereview.mounts import Mounts
from facereview.records import Progress
from facereview.review.decisions.intents import Kind
from facereview.review.scanning.films import FileNow, FilmFinder
from facereview.review.scanning.sightings import FoundFilm, Matching, Sighting, moved_folder
from facereview.store.films import ListedFile
from facereview.store.store import Store

Tell = Callable[[Progress], None]

_EACH = 200
"""Files between two looks at whether to go on."""


@dataclass(frozen=True, slots=True)
class LocatePlan:
    """What was found of the videos whose files are not where the library has them.

    Of the ``files`` that were looked at, ``found`` are missing films. ``unclear`` are films, by
    path, with the files of which each may be one, ``listed`` gone films with the file of another
    video that holds the same, ``gone`` (video, path) of all that were found nowhere, with
    ``decided`` faces. ``folders`` are a folder of the library and the one where all that is found
    lies as it did below it. ``faults`` are (path, sentence) of what could not be looked at.
    """

    files: int
    found: tuple[FoundFilm, ...] = ()
    unclear: tuple[tuple[str, tuple[Path, ...]], ...] = ()
    listed: tuple[tuple[str, Path], ...] = ()
    gone: tuple[tuple[int, str], ...] = ()
    decided: int = 0
    folders: tuple[str, str] | None = None
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def twice(self) -> tuple[FoundFilm, ...]:
        """Films of which more than one file is there."""
        return tuple(film for film in self.found if film.twins)


@dataclass(frozen=True, slots=True)
class Located:
    """What was written: so many videos have the path of their file.

    ``changed`` are paths of videos for which that did not hold any longer. ``replaced`` are
    (path, faces) of films that had such a path and are nowhere themselves, with how many of their
    decided faces were set aside until they are found. ``faults`` are (path, sentence).
    """

    videos: int = 0
    changed: tuple[str, ...] = ()
    replaced: tuple[tuple[str, int], ...] = ()
    faults: tuple[tuple[str, str], ...] = ()
    cancelled: bool = False


@dataclass(slots=True)
class _Looked:
    """The files that were looked at, and those that may be missing films."""

    files: int = 0
    sightings: list[Sighting] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


class Locator:
    """Finds the files of one library again. Belongs to one lane."""

    def __init__(
        self,
        store: Store,
        films: FilmFinder,
        mounts: Mounts,
        left_out: Sequence[str] = LEFT_OUT,
    ) -> None:
        self._store = store
        self._films = films
        self._mounts = mounts
        self._left_out = left_out

    def search(
        self, paths: Sequence[Path], on_progress: Tell, cancelled: Callable[[], bool]
    ) -> LocatePlan:
        """Look for missing films among files and in folders; nothing is changed.

        Raises:
            Cancelled: it was.
            MediaError: a file cannot be read to its end.
        """

        def check() -> None:
            if cancelled():
                raise Cancelled

        missing = self._missing(on_progress, check)
        finder = VideoFinder(self._left_out)
        looked = self._look(finder.find(paths), missing, on_progress, check)
        match = Matching(
            missing,
            looked.sightings,
            lambda path: whole_of(path, check),
            lambda video: bool(self._store.films.faces(video)),
        )
        gone = match.match()
        return LocatePlan(
            looked.files,
            tuple(match.found),
            tuple(match.unclear),
            tuple(match.listed),
            tuple((film.id, film.path) for film in gone),
            self._store.removal.faces([film.id for film in gone]).decided,
            moved_folder([(film.before, str(film.file.path)) for film in match.found]),
            (*finder.faults, *looked.faults),
        )

    def locate(self, plan: LocatePlan, on_progress: Tell, cancelled: Callable[[], bool]) -> Located:
        """Give the videos of a plan the paths of their files, each in a transaction of its own.

        One that was located in the meantime, or whose file changed, stays as it is. Stopped, it
        can be gone on with by another search. The log tells of those that were.
        """
        done, given = Located(), list[FoundFilm]()
        try:
            for place, film in enumerate(plan.found):
                if cancelled():
                    done = replace(done, cancelled=True)
                    break
                on_progress(Progress(place, len(plan.found), film.file.path.name))
                try:
                    if self._give(film):
                        given.append(film)
                    else:
                        done = replace(done, changed=(*done.changed, film.before))
                except (MediaError, DatabaseRefused) as fault:
                    faults = (*done.faults, (shown(film.file.path), str(fault)))
                    done = replace(done, faults=faults)
        finally:
            self._note(given)
        self._store.session.tell("videos")
        replaced = tuple((shown(path), faces) for path, faces in self._films.aside)
        return replace(done, videos=len(given), replaced=replaced)

    def _note(self, given: Sequence[FoundFilm]) -> None:
        """Tell the log from where to where files moved, where that is one move."""
        moves = [(film.before, film.file.name) for film in given]
        if moves:
            paths = moves[0] if len(moves) == 1 else moved_folder(moves) or ()
            detail = {"videos": len(moves), "paths": list(paths)}
            self._store.log.note(curator(), Kind.LOCATED.value, detail)

    def _give(self, film: FoundFilm) -> bool:
        file, status = film.file, readable(film.file.path, "video")
        if (status.st_mtime, status.st_ctime) != (file.modified, file.changed):
            now = FileNow.read(file.name, file.path)
            if now.content != file.content:
                return False
            file = now
        return self._films.give(film.video, film.before, file, verified=not film.by_name)

    def _missing(self, on_progress: Tell, check: Callable[[], None]) -> list[ListedFile]:
        """The videos whose file is not there, or has another size than their film."""
        missing, place = [], 0
        total = self._store.library.counts().videos
        for page in self._store.films.listed():
            for film in page:
                if place % _EACH == 0:
                    check()
                    on_progress(Progress(place, max(total, place), film.path))
                place += 1
                if not self._is_there(film):
                    missing.append(film)
        return missing

    def _is_there(self, film: ListedFile) -> bool:
        """Whether a video has its file; one that cannot be asked counts as there."""
        try:
            status = self._mounts.local(film.path).stat()
        except (FileNotFoundError, NotADirectoryError):
            return False
        except (OSError, ValueError):
            return True
        return film.content is None or status.st_size == film.size

    def _look(
        self,
        paths: Iterable[Path],
        missing: Sequence[ListedFile],
        on_progress: Tell,
        check: Callable[[], None],
    ) -> _Looked:
        """Files that have the size of a missing film are read; others are only counted."""
        looked = _Looked()
        sizes, ids = {film.size for film in missing}, {film.id for film in missing}
        for path in paths:
            check()
            on_progress(Progress(looked.files, 0, path.name))
            looked.files += 1
            try:
                if path.stat().st_size in sizes:
                    looked.sightings.append(self._seen(path, ids))
            except (MediaError, OSError) as fault:
                looked.faults.append((shown(path), str(fault)))
        return looked

    def _seen(self, path: Path, missing: set[int]) -> Sighting:
        name = self._mounts.stored(stored_path(path))
        if self._mounts.local(name).resolve() != path.resolve():
            raise MediaError(
                f"The library would look for {shown(path)} in {self._mounts.local(name).parent}, "
                "since a folder is mapped there on this computer: map another one."
            )
        here = self._store.films.of_path(name)
        stays = here is not None and here.id not in missing
        listed = here is not None and stays and self._films.is_bare(here)
        return Sighting(FileNow.read(name, path), taken=stays and not listed, listed=listed)
