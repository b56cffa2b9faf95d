"""Tracks: reading the faces that are linked into them, writing them, and finding stale ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pgvector import Vector

from facereview.numbers import json_text
from facereview.records import Box, Embedding, FaceTrack
from facereview.store.films import GREY_SIDE, FilmPictures
from facereview.store.session import Session, binary_row

_FACE: Final = binary_row(
    id="i4",
    video="i4",
    timestamp="f8",
    quality="f4",
    x="f4",
    y="f4",
    width="f4",
    height="f4",
    creator="i4",
    stranger="i4",
    track="i8",
    joined="i8",
    embedding="vector",
)
_TEMPLATE: Final = binary_row(
    id="i8",
    video="i4",
    faces="i4",
    pictures="f4",
    face_size="f4",
    quality="f4",
    embedding="vector",
)
_STATE = "tracks"
_WRITTEN = 20_000
"""Tracks or faces in one statement."""


@dataclass(frozen=True, slots=True)
class LinkFaces:
    """The faces of some videos, by video and time; arrays of one length.

    Those that a curator said are none or unusable are not among them. ``boxes`` (n, 4) are x,
    y, width and height in pixels of the frame, NaN where one is invalid or nobody knows the size
    of the frame; ``creators`` whom a person decided each to be, 0 where nobody did; ``strangers``
    those rejected as such; ``tracks`` the track of each, 0 where it is in none; ``joined`` the
    number under which a curator joined rows of a cast sheet, 0: none. ``denied`` are pairs of face
    and creator, ``mirrors`` pairs of faces, and so are those that a curator parted (``apart``);
    ``pictures`` are those of each video that has some.
    """

    videos: NDArray[np.int32]
    ids: NDArray[np.int32]
    timestamps: NDArray[np.float64]
    quality: NDArray[np.float32]
    boxes: NDArray[np.float32]
    creators: NDArray[np.int32]
    strangers: NDArray[np.bool_]
    tracks: NDArray[np.int64]
    joined: NDArray[np.int64]
    embeddings: Embedding
    denied: tuple[tuple[int, int], ...]
    mirrors: tuple[tuple[int, int], ...]
    apart: tuple[tuple[int, int], ...]
    pictures: dict[int, FilmPictures]


@dataclass(frozen=True, slots=True)
class TrackRows:
    """Tracks with their templates; arrays of one length, ``embeddings`` (k, 512).

    ``ids`` are 0 for new ones, ``sizes`` the numbers of their faces. ``embeddings`` are zeros
    where a track's faces are like nothing, ``face_sizes`` (pixels) and ``quality`` NaN where
    unknown.
    """

    ids: NDArray[np.int64]
    videos: NDArray[np.int32]
    sizes: NDArray[np.int32]
    pictures: NDArray[np.float32]
    face_sizes: NDArray[np.float32]
    quality: NDArray[np.float32]
    embeddings: Embedding


@dataclass(frozen=True, slots=True)
class StandingRows:
    """What the evidence says of tracks; arrays of one length.

    ``creators`` and ``rivals`` are 0, the other numbers NaN where there is none. ``unlike`` are the
    faces of each that do not go with it; empty: all do.
    """

    tracks: NDArray[np.int64]
    creators: NDArray[np.int32]
    rivals: NDArray[np.int32]
    similarities: NDArray[np.float32]
    margins: NDArray[np.float32]
    risks: NDArray[np.float32]
    unlike: Sequence[Sequence[int]] = ()


@dataclass(frozen=True, slots=True)
class FacePlace:
    """The track and cluster of a face, None where it is in none; ``mirrored`` by a curator.

    ``apart`` are the clusters that a curator took it out of.
    """

    id: int
    track_id: int | None
    cluster_id: int | None
    mirrored: bool
    apart: list[int]


def _array(values: Iterable[int]) -> str:
    """Numbers as the text of an array: several arrays in a parameter cannot differ in length."""
    return "{" + ",".join(map(str, values)) + "}"


@dataclass(frozen=True, slots=True)
class StandingRow:
    """What the evidence said of a track when it was judged last.

    ``unlike`` are faces that do not go with it: quite unlike it, or more like somebody else.
    """

    id: int
    creator_id: int | None
    rival_id: int | None
    similarity: float | None
    margin: float | None
    risk: float | None
    calibration_id: int | None
    judged_at: datetime | None
    unlike: list[int] | None


@dataclass(frozen=True, slots=True)
class LinkedTo:
    """What the tracks were last brought up to date with.

    ``method`` and ``threshold`` are how faces were linked. ``reached``: all videos are linked anew
    and those up to this one are done, None where no such run is under way. ``batch`` is the latest
    decision then, ``open`` the numbers of decisions before it that were not there yet.
    """

    method: str
    threshold: float
    reached: int | None
    batch: int
    open: tuple[int, ...] = ()


class Tracks:
    """Reading and writing tracks. Every change is made in a transaction that :meth:`lock` begins.

    A transaction that locks or deletes faces as well locks their tracks before.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    # -------------------------------------------------------------------------------- one at a time

    def take_turn(self) -> bool:
        """Whether this session may go over all videos now; then :meth:`end_turn` must follow."""
        return bool(self._session.value("take_tracking_turn"))

    def end_turn(self) -> None:
        """Let the next session go over all videos."""
        self._session.value("end_tracking_turn")

    def lock(self, video_ids: Iterable[int]) -> None:
        """Let nobody else write the tracks of these videos until this transaction ends."""
        self._session.tuples("lock_tracks", videos=sorted(set(video_ids)))

    def lock_path(self, path: str) -> None:
        """The same for the video at a path, where one is known there."""
        self._session.tuples("lock_tracks_at", path=path)

    # -------------------------------------------------------------------------------------- reading

    def faces(self, video_ids: Sequence[int]) -> LinkFaces:
        """The faces of these videos with what binds them."""
        videos = list(video_ids)
        rows = self._session.block("faces_to_link", _FACE, videos=videos)
        return LinkFaces(
            rows["video"].astype(np.int32),
            rows["id"].astype(np.int32),
            rows["timestamp"].astype(np.float64),
            rows["quality"].astype(np.float32),
            self._in_pixels(videos, rows),
            rows["creator"].astype(np.int32),
            rows["stranger"].astype(bool),
            rows["track"].astype(np.int64),
            rows["joined"].astype(np.int64),
            rows["embedding"].astype(np.float32),
            tuple(self._session.tuples("denied_in_videos", videos=videos)),
            tuple(self._session.tuples("mirrors_in_videos", videos=videos)),
            tuple(self._session.tuples("apart_in_videos", videos=videos)),
            self._pictures(videos),
        )

    def _in_pixels(self, videos: list[int], rows: NDArray[Any]) -> NDArray[np.float32]:
        found = self._session.tuples("video_sizes", videos=videos)
        sizes = {row.id: (row.width, row.height) for row in found}
        boxes = np.full((len(rows), 4), np.nan, np.float32)
        fields = [rows[name].tolist() for name in ("video", "x", "y", "width", "height")]
        for place, (video, *values) in enumerate(zip(*fields, strict=True)):
            box = Box(*values).in_frame(*sizes[video]) if video in sizes else None
            if box is not None:
                boxes[place] = box.x, box.y, box.width, box.height
        return boxes

    def _pictures(self, videos: list[int]) -> dict[int, FilmPictures]:
        return {
            row.video_id: FilmPictures(
                tuple(row.times),
                np.frombuffer(row.greys, np.uint8).reshape(-1, GREY_SIDE, GREY_SIDE),
            )
            for row in self._session.tuples("pictures_of_videos", videos=videos)
        }

    def of_videos(self, video_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
        """The tracks of videos: the video of each, and how many faces it was linked of."""
        rows = self._session.tuples("track_ids_of_videos", videos=list(video_ids))
        return {row.id: (row.video_id, row.faces) for row in rows}

    def of_faces(self, face_ids: Sequence[int]) -> dict[int, int]:
        """The track of each of these faces that is in one."""
        rows = self._session.tuples("tracks_of_faces", faces=list(face_ids))
        return {row.id: row.track_id for row in rows}

    def places(self, video_id: int) -> list[FacePlace]:
        """Where each face of a video belongs."""
        return self._session.rows("face_places", FacePlace, video=video_id)

    def risks(self, face_ids: Sequence[int], creator_id: int) -> dict[int, float]:
        """The risk of the track of each of these faces that was judged to be this creator.

        A face that is known not to be that creator is absent.
        """
        rows = self._session.tuples("track_risks", faces=list(face_ids), creator=creator_id)
        return {row.id: row.risk for row in rows}

    def facts(self, face_ids: Sequence[int]) -> dict[int, FaceTrack]:
        """The track of each of these faces that is in one, with what is shown of it."""
        rows = self._session.tuples("face_tracks", faces=list(face_ids))
        return {row.face: FaceTrack(*row[1:]) for row in rows}

    def templates(self, video_ids: Sequence[int] | None = None) -> Iterator[TrackRows]:
        """The tracks of videos, by default all, that are like something, some thousands a time."""
        videos = None if video_ids is None else list(video_ids)
        for rows in self._session.blocks("track_templates", _TEMPLATE, videos=videos):
            yield TrackRows(
                rows["id"].astype(np.int64),
                rows["video"].astype(np.int32),
                rows["faces"].astype(np.int32),
                rows["pictures"].astype(np.float32),
                rows["face_size"].astype(np.float32),
                rows["quality"].astype(np.float32),
                rows["embedding"].astype(np.float32),
            )

    def standings(self, track_ids: Sequence[int]) -> dict[int, StandingRow]:
        """What the evidence said last of these tracks, as far as they are there."""
        found = self._session.rows("standings", StandingRow, tracks=list(track_ids))
        return {row.id: row for row in found}

    def counts(self) -> tuple[int, int]:
        """How many tracks there are, and how many faces are in them."""
        row = self._session.one("track_counts")
        return row.tracks, row.faces

    # -------------------------------------------------------------------------------------- writing

    def write(self, rows: TrackRows) -> NDArray[np.int64]:
        """Write new or changed tracks, with nothing said of them; their ids, shape (k,)."""
        ids = rows.ids.copy()
        new = ids == 0
        made = self._session.tuples("new_tracks", count=int(new.sum()))
        ids[new] = [row.id for row in made]
        for start in range(0, len(ids), _WRITTEN):
            part = slice(start, start + _WRITTEN)
            self._session.run(
                "set_tracks",
                tracks=ids[part].tolist(),
                videos=rows.videos[part].tolist(),
                faces=rows.sizes[part].tolist(),
                templates=[Vector(v) if v.any() else None for v in rows.embeddings[part]],
                pictures=rows.pictures[part].tolist(),
                face_sizes=rows.face_sizes[part].tolist(),
                qualities=rows.quality[part].tolist(),
            )
        return ids

    def put(self, face_ids: NDArray[np.int32], track_ids: NDArray[np.int64]) -> None:
        """Put faces into tracks; both of shape (n,), a face each once."""
        for start in range(0, len(face_ids), _WRITTEN):
            part = slice(start, start + _WRITTEN)
            self._session.run(
                "set_track_faces", faces=face_ids[part].tolist(), tracks=track_ids[part].tolist()
            )

    def drop(self, track_ids: Iterable[int]) -> None:
        """Remove tracks; a face still in one of them is in none afterwards."""
        given = list(track_ids)
        if given:
            self._session.run("drop_tracks", tracks=given)

    def leave_out(self, track_ids: Sequence[int], face_ids: Sequence[int]) -> None:
        """Take all faces but these out of tracks."""
        if track_ids:
            self._session.run("leave_out_of_tracks", tracks=track_ids, faces=face_ids)

    def judge(self, rows: StandingRows, calibration: int | None) -> set[int]:
        """Write what the evidence says of tracks that are there.

        Returns those of which it says somebody else than before, or another risk.
        """
        otherwise: set[int] = set()
        unlike = [_array(faces) for faces in rows.unlike] or ["{}"] * len(rows.tracks)
        for start in range(0, len(rows.tracks), _WRITTEN):
            part = slice(start, start + _WRITTEN)
            written = self._session.tuples(
                "set_standings",
                tracks=rows.tracks[part].tolist(),
                creators=rows.creators[part].tolist(),
                rivals=rows.rivals[part].tolist(),
                similarities=rows.similarities[part].tolist(),
                margins=rows.margins[part].tolist(),
                risks=rows.risks[part].tolist(),
                unlike=unlike[part],
                calibration=calibration,
            )
            otherwise.update(row.id for row in written if row.otherwise)
        return otherwise

    # -------------------------------------------------------------------------- what is up to date

    def linked_to(self) -> LinkedTo | None:
        """What the tracks were last brought up to date with; None: there never were any."""
        found = self._session.value("meta", key=_STATE)
        return None if found is None else LinkedTo(**{**found, "open": tuple(found["open"])})

    def now(self, method: str, threshold: float) -> LinkedTo:
        """What tracks that are linked from now on are up to date with."""
        batch = int(self._session.value("last_batch"))
        still = tuple(row.id for row in self._session.tuples("open_batches", last=batch))
        return LinkedTo(method, threshold, None, batch, still)

    def set_linked_to(self, state: LinkedTo) -> None:
        """Remember what the tracks were brought up to date with."""
        value = {name: getattr(state, name) for name in LinkedTo.__slots__}
        self._session.run("set_meta", key=_STATE, value=json_text(value))

    def advance(self, state: LinkedTo) -> None:
        """Remember the latest decision that they follow, unless all videos are being linked."""
        self._session.run("advance_tracks", batch=state.batch, open=list(state.open))

    def all_videos(self, after: int = 0) -> dict[int, int]:
        """How many faces each video with an id above ``after`` has that has some."""
        return _counted(self._session.tuples("videos_with_faces", after=after))

    def unlinked(self) -> dict[int, int]:
        """The videos with faces in no track, or whose tracks lost faces; and all their faces.

        So are those with a track in which people named two creators, or one and a stranger.
        """
        return _counted(self._session.tuples("unlinked_videos"))

    def touched(self, state: LinkedTo) -> dict[int, int]:
        """The videos whose faces were decided on since, told to be mirrored, or moved by a merge.

        With all their faces.
        """
        rows = self._session.tuples("touched_videos", after=state.batch, open=list(state.open))
        return _counted(rows)

    def alike_elsewhere(
        self, state: LinkedTo, threshold: float, *, faces: int, nearest: int
    ) -> list[int]:
        """The videos of the pending faces most like those that were named since, or no longer are.

        At most so many ``faces`` are looked at, and so many that are ``nearest`` to each, from the
        cosine ``threshold`` on; those of its own video are not among them.
        """
        with self._session.transaction():
            self._session.tuples("search_width", width=nearest)
            return self._session.ids(
                "alike_elsewhere",
                after=state.batch,
                open=list(state.open),
                faces=faces,
                nearest=nearest,
                threshold=threshold,
            )


def _counted(rows: Iterable[Any]) -> dict[int, int]:
    return {row.id: row.faces for row in rows}
