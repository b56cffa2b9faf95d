"""Which of the files that were found are the films of videos whose own files are gone.

A film is recognised by its content: size and hash of its parts, and of all of it where two videos
or two files agree in those. A video that was never scanned has only a size and a name; the one file
with both is taken for it, and that is said. Where it cannot be told, nothing is chosen, and a file
that another video lists is not taken by its name alone, unless the missing video has faces.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from facereview.media.fingerprint import agrees
from facereview.review.scanning.films import FileNow
from facereview.store.films import ListedFile


@dataclass(frozen=True, slots=True)
class Sighting:
    """A file that may be a missing film; ``taken``: it is the file of a video that has it.

    ``listed``: it is the file of a video that was never scanned and has no faces.
    """

    file: FileNow
    taken: bool
    listed: bool


@dataclass(frozen=True, slots=True)
class FoundFilm:
    """A missing film and its file; ``twins`` are further files that hold the same.

    ``by_name``: the film was never scanned, and the file has its size and its name.
    """

    video: int
    before: str
    file: FileNow
    twins: tuple[Path, ...] = ()
    by_name: bool = False


class Matching:
    """Gives files to missing films, each once."""

    def __init__(
        self,
        missing: Sequence[ListedFile],
        sightings: Sequence[Sighting],
        whole_of: Callable[[Path], str],
        has_faces: Callable[[int], bool],
    ) -> None:
        """``whole_of`` gives the hash of a whole file; it is asked where parts do not tell.

        ``has_faces`` tells whether a video has faces.
        """
        self._missing = missing
        self._sightings = sightings
        self._whole_of = whole_of
        self._has_faces = has_faces
        self._wholes: dict[Path, str] = {}
        self._used: set[Path] = set()
        self.found: list[FoundFilm] = []
        self.unclear: list[tuple[str, tuple[Path, ...]]] = []
        """Paths of films with the files that each may be."""
        self.listed: list[tuple[str, Path]] = []
        """Paths of films that are gone, with the file of another video that holds the same."""

    def match(self) -> list[ListedFile]:
        """Fill the lists above; the films that are gone.

        Raises:
            MediaError: a file cannot be read to its end.
        """
        groups = defaultdict[str, list[ListedFile]](list)
        for film in self._missing:
            if film.content is not None:
                groups[film.content].append(film)
        for content in sorted(groups, key=lambda content: content.endswith("-")):
            self._by_content(content, groups[content])
        self._by_name()
        known = {one.video for one in self.found}
        doubtful = {path for path, _ in self.unclear}
        return [f for f in self._missing if f.id not in known and f.path not in doubtful]

    def _by_content(self, content: str, films: Sequence[ListedFile]) -> None:
        """Films with one fingerprint, among the files that have it too."""
        fits = [one for one in self._sightings if agrees(content, one.file.content)]
        if not fits:
            return
        for whole in {film.whole for film in films}:
            same = [film for film in films if film.whole == whole]
            if whole is not None:
                self._pair(same, [one for one in fits if self._whole(one) == whole])
            elif len(films) > 1 or self._differ(fits):
                paths = tuple(one.file.path for one in fits)
                self.unclear += [(film.path, paths) for film in same]
            else:
                self._pair(same, fits)

    def _pair(self, films: Sequence[ListedFile], fits: Sequence[Sighting]) -> None:
        """Files with the same bytes: each film gets the one whose path is most like its own."""
        free = [one for one in fits if not one.taken and one.file.path not in self._used]
        ranked = sorted(
            ((-_alike(film.path, one.file.name), film.path, one.file.name, film, one)
             for film in films for one in free),
            key=lambda rank: rank[:3],
        )  # fmt: skip
        given: dict[int, Sighting] = {}
        for *_, film, one in ranked:
            if film.id not in given and one.file.path not in self._used:
                given[film.id] = one
                self._used.add(one.file.path)
        twins = tuple(one.file.path for one in fits if one.file.path not in self._used)
        for film in films:
            if film.id in given:
                self.found.append(FoundFilm(film.id, film.path, given[film.id].file, twins))
            elif fits:
                self.listed.append((film.path, fits[0].file.path))

    def _by_name(self) -> None:
        """Films that were never scanned, by size and name, where one of each has them."""
        films = defaultdict[tuple[int | None, str], list[ListedFile]](list)
        for film in self._missing:
            if film.content is None:
                films[film.size, _parts(film.path)[-1]].append(film)
        files = defaultdict[tuple[int | None, str], list[Sighting]](list)
        for one in self._sightings:
            if not one.taken and one.file.path not in self._used:
                size = int(one.file.content.partition("-")[0])
                files[size, one.file.path.name].append(one)
        for key, same in films.items():
            seen = files.get(key, [])
            by_faces = any(one.listed for one in seen) and any(
                self._has_faces(film.id) for film in same
            )
            there = [one.file for one in seen if by_faces or not one.listed]
            if len(same) == len(there) == 1:
                self.found.append(FoundFilm(same[0].id, same[0].path, there[0], by_name=True))
            elif there:
                self.unclear += [(film.path, tuple(f.path for f in there)) for film in same]

    def _differ(self, fits: Sequence[Sighting]) -> bool:
        return len(fits) > 1 and len({self._whole(one) for one in fits}) > 1

    def _whole(self, one: Sighting) -> str:
        path = one.file.path
        if path not in self._wholes:
            self._wholes[path] = self._whole_of(path)
        return self._wholes[path]


def moved_folder(moves: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """The folder before and the one now, below which all files are as they were.

    ``moves`` are the paths of each before and now. None where they are not, or where only the
    whole disk would do.
    """
    pair = None
    for one, other in moves:
        old, new = _parts(one), _parts(other)
        same = _alike(one, other)
        if not same:  # the file was renamed
            return None
        if pair is None:
            pair = (old[: len(old) - same], new[: len(new) - same])
        before, now = pair
        if old[: len(before)] != before or now + old[len(before) :] != new:
            return None
    if pair is None or not any(pair[0]) or pair[0] == pair[1]:
        return None
    first = moves[0][0]
    separator = "\\" if "\\" in first and "/" not in first else "/"
    return separator.join(pair[0]), "/".join(pair[1])


def _alike(one: str, other: str) -> int:
    """How many parts of two paths are the same, from the end."""
    pairs = zip(reversed(_parts(one)), reversed(_parts(other)), strict=False)
    return len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))


def _parts(path: str) -> list[str]:
    return path.replace("\\", "/").split("/")
