"""Which file holds which video: fingerprints, moves, and faces set aside of replaced files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from psycopg import sql

from facereview.records import Box, Embedding
from facereview.store.session import Session

_RETURN = """
WITH back AS (
    SELECT a.detection_id, n.creator_id, a.face FROM facereview.aside a
    JOIN unnest(%(faces)s::int[], %(creators)s::int[]) AS n(id, creator_id)
        ON a.detection_id = n.id)
INSERT INTO video_face_detections (id, video_id, matched_creator_id, {columns})
OVERRIDING SYSTEM VALUE
SELECT b.detection_id, %(video)s, b.creator_id, {columns}
FROM back b, jsonb_populate_record(NULL::video_face_detections, b.face - 'id' - 'video_id'
    || CASE WHEN b.creator_id IS NULL AND b.face ->> 'match_status' IN ('matched', 'manual')
       THEN '{{"match_status": "pending", "match_confidence": null}}'::jsonb
       ELSE '{{}}'::jsonb END)"""
"""Faces set aside are a video's again, under their own ids; one whose creator is gone is pending.
The columns are those of ``aside_columns``."""

GREY_SIDE = 24
"""Side in pixels of the small pictures by which a changed file is compared."""


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What is known of a video's file; scan columns are None if it was never scanned.

    ``content`` is its fingerprint ``size-hash``, ``size-`` where only the size is known, None
    where nothing is; ``whole`` is XXH3-128 of all of it where that was needed. ``older_hash`` may
    be the same, of a video that an earlier version scanned. Times are seconds since 1970.
    """

    id: int
    path: str
    title: str | None
    file_modified: float | None
    file_changed: float | None
    frames_per_video: int | None
    min_face_size: int | None
    frames: int | None
    fault: str | None
    whole: str | None
    content: str | None
    older_hash: str | None

    @property
    def read(self) -> bool:
        """Whether the last scan read it, to its end or until it broke off."""
        return self.fault is None or bool(self.frames)


@dataclass(frozen=True, slots=True)
class ListedFile:
    """The file of a video as the library lists it, and how it can be recognised elsewhere.

    ``content`` and ``whole`` are as in :class:`KnownFile`, ``whole`` perhaps of an earlier
    version; of a video that was never scanned only its ``size`` may be known.
    """

    id: int
    path: str
    size: int | None
    content: str | None
    whole: str | None


@dataclass(frozen=True, slots=True)
class FilmPictures:
    """Small grey pictures of a film at some seconds, shape (n, 24, 24)."""

    times: tuple[float, ...]
    greys: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class DecidedFace:
    """A face with a decision or a verdict, as it is in the table."""

    id: int
    creator_id: int | None
    status: str


@dataclass(frozen=True, slots=True)
class FilmFace:
    """A face of a video; ``decided`` where it has a decision or a verdict."""

    id: int
    timestamp: float
    box: Box
    embedding: Embedding
    decided: bool


@dataclass(frozen=True, slots=True)
class CarriedFace:
    """Where a face is in another encode of its film: the second, and the box in its pixels."""

    id: int
    timestamp: float
    box: Box


@dataclass(frozen=True, slots=True)
class ReplacedFilm:
    """A film whose file was at ``path``; ``whole`` as in :class:`KnownFile`."""

    id: int
    path: str
    whole: str | None


@dataclass(frozen=True, slots=True)
class ReplacedRow:
    """A film whose file was replaced, with how many faces are set aside.

    ``path`` is where it was, ``video_id`` the video that is there now; ``answer`` is None, ``keep``
    or ``match``.
    """

    id: int
    video_id: int | None
    path: str
    title: str | None
    replaced_at: datetime
    answer: str | None
    faces: int


@dataclass(frozen=True, slots=True)
class AsideFace:
    """A face set aside; ``denied`` are the creators it was said not to be.

    ``automatic`` is the batch that matched it, where no curator checked that.
    """

    id: int
    replaced_id: int
    creator_id: int | None
    denied: tuple[int, ...]
    automatic: int | None
    timestamp: float
    status: str


class Films:
    """Single steps; :mod:`facereview.review.scanning.films` puts them together."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lock_paths(self) -> None:
        """Let nobody else say which file is which video until this transaction ends."""
        self._session.tuples("lock_paths")

    def of_path(self, path: str) -> KnownFile | None:
        """What is known of this path."""
        found = self._session.rows("video_known", KnownFile, path=path)
        return found[0] if found else None

    def of_content(self, content: str) -> list[KnownFile]:
        """The videos whose file had this fingerprint, or may have had."""
        return self._session.rows("videos_of_content", KnownFile, content=content)

    def listed(self, size: int = 5000) -> Iterator[list[ListedFile]]:
        """The file of every video, ``size`` of them at a time."""
        after = 0
        while rows := self._session.rows("files_of_videos", ListedFile, after=after, limit=size):
            yield rows
            after = rows[-1].id

    def copies(self) -> list[tuple[str, ...]]:
        """The paths of each content that several videos have, byte for byte."""
        return [tuple(row.paths) for row in self._session.tuples("copies")]

    def move(self, video: int, path: str, titles: tuple[str, str]) -> None:
        """Give a video another path; a title equal to the first becomes the second."""
        old, new = titles
        self._session.run("move_video", video=video, path=path, old_title=old, title=new)

    def record(
        self, video: int, content: str, changed: float, pictures: FilmPictures | None = None
    ) -> None:
        """Record what the file of a video holds; without ``pictures`` those known of it stay."""
        self._session.run(
            "set_fingerprint",
            video=video,
            content=content,
            file_changed=changed,
            times=json.dumps(pictures.times) if pictures else None,
            greys=pictures.greys.tobytes() if pictures else None,
        )

    def touch(self, video: int, modified: float) -> None:
        """Record that the same file has another time."""
        self._session.run("set_file_times", video=video, file_modified=modified)

    def record_whole(self, video: int, whole: str) -> None:
        """Record the hash of a video's whole file."""
        self._session.run("set_whole", video=video, whole=whole)

    def pictures(self, video: int) -> FilmPictures | None:
        """The small pictures of a video's film, None where there are none."""
        row = self._session.one("film_pictures", video=video)
        if row is None or not row.times:
            return None
        greys = np.frombuffer(row.greys, np.uint8).reshape(-1, GREY_SIDE, GREY_SIDE)
        return FilmPictures(tuple(row.times), greys)

    def add_pictures(self, video: int, pictures: FilmPictures) -> None:
        """Add those of further frames, in time order with those that are there."""
        known = self.pictures(video)
        times, greys = pictures.times, pictures.greys
        if known is not None:
            times = (*known.times, *times)
            greys = np.concatenate((known.greys, greys.reshape(-1, GREY_SIDE, GREY_SIDE)))
        order = np.argsort(times, kind="stable")
        self._session.run(
            "set_film_pictures",
            video=video,
            times=json.dumps([times[i] for i in order]),
            greys=greys[order].tobytes(),
        )

    def forget(self, video: int) -> None:
        """Forget what was found in the file that a video had."""
        self._session.run("forget_film", video=video)

    def decided(self, video: int) -> list[DecidedFace]:
        """The faces of a video with decisions or verdicts, once all its faces are locked."""
        self._session.run("lock_faces_of_video", video=video)
        return self._session.rows("decided_of_video", DecidedFace, video=video)

    def faces(self, video: int) -> list[FilmFace]:
        """All faces of a video in time order."""
        return [
            FilmFace(
                row.id,
                row.timestamp,
                Box(row.x, row.y, row.width, row.height),
                row.embedding.to_numpy(),
                row.decided,
            )
            for row in self._session.tuples("film_faces", video=video)
        ]

    def carry(self, video: int, faces: Sequence[CarriedFace]) -> None:
        """Put faces where they are in the file that a video has now."""
        self._session.run(
            "carry_faces",
            video=video,
            faces=[face.id for face in faces],
            timestamps=[face.timestamp for face in faces],
            xs=[face.box.x for face in faces],
            ys=[face.box.y for face in faces],
            widths=[face.box.width for face in faces],
            heights=[face.box.height for face in faces],
        )

    def set_aside(self, film: KnownFile, faces: Sequence[int]) -> None:
        """Move the faces of a film out of the table."""
        number = self._session.value(
            "add_replaced", video=film.id, path=film.path, title=film.title
        )
        self._session.run("set_aside", replaced=number, faces=list(faces))
        self._session.run("remove_faces", faces=list(faces))

    def replaced_of(self, content: str) -> list[ReplacedFilm]:
        """Replaced films that had this fingerprint, the latest first, locked."""
        return self._session.rows("replaced_of_content", ReplacedFilm, content=content)

    def replaced(
        self, videos: Sequence[int] | None = None, *, answered: bool = False
    ) -> list[ReplacedRow]:
        """Replaced films that wait for an answer, of these videos; ``answered``: also others."""
        wanted = None if videos is None else list(videos)
        return self._session.rows("replaced_films", ReplacedRow, videos=wanted, answered=answered)

    def answer(self, films: Sequence[int], answer: str) -> None:
        """Record what a curator said of replaced films: ``keep``, ``drop`` or ``match``."""
        self._session.run("answer_replaced", films=list(films), answer=answer)
        self._session.tell("videos")

    def aside_vectors(self, film: int) -> dict[int, Embedding]:
        """Embeddings by face of a film's faces set aside, each of shape (512,)."""
        rows = self._session.tuples("aside_vectors", film=film)
        return {row.id: row.embedding.to_numpy() for row in rows}

    def aside(self, films: Sequence[int]) -> list[AsideFace]:
        """The faces set aside of these films, in time order."""
        return [
            AsideFace(
                row.id,
                row.replaced_id,
                row.creator_id,
                tuple(row.denied),
                row.automatic,
                row.timestamp,
                row.status,
            )
            for row in self._session.tuples("aside_of", films=list(films))
        ]

    def bring_back(self, video: int, faces: Sequence[tuple[int, int | None]]) -> None:
        """Move faces set aside back to a video: pairs of a face and whose it is now."""
        ids = [face for face, _ in faces]
        names = self._session.tuples("aside_columns", faces=ids)
        columns = sql.SQL(", ").join(sql.Identifier(row.attname) for row in names)
        statement = sql.SQL(_RETURN).format(columns=columns)
        creators = [creator for _, creator in faces]
        parameters = {"video": video, "faces": ids, "creators": creators}
        with self._session.connection() as connection:
            connection.execute(statement, parameters)
        self._session.run("remove_aside", faces=ids)

    def drop_empty(self, film: int) -> None:
        """Remove a replaced film of which no face is set aside any longer."""
        self._session.run("drop_empty_replaced", film=film)
