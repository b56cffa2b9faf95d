"""Videos, what scans write of them, and their faces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pgvector import Vector

from facereview.numbers import finite
from facereview.records import (
    Box,
    Detection,
    Embedding,
    Face,
    FaceState,
    Status,
    Video,
    VideoInfo,
    VideoSummary,
)
from facereview.store.session import Session

QUEUES = ("pending", "automatic", "decided", "rejected")


class VideoFilter(StrEnum):
    """Which videos a list shows."""

    ALL = "all"
    PENDING = "pending"
    FAULT = "fault"
    UNSCANNED = "unscanned"


@dataclass(frozen=True, slots=True)
class VideoSearch:
    """What a list of videos is to hold.

    ``text`` is part of path or title. One query looks at ``window`` videos at most and gives at
    most ``limit`` of them.
    """

    text: str = ""
    show: VideoFilter = VideoFilter.ALL
    window: int = 200
    limit: int = 200


@dataclass(frozen=True, slots=True)
class VideoPage:
    """Videos in path order; all up to the path ``reached`` were looked at, ``done``: all of all."""

    videos: tuple[VideoSummary, ...]
    reached: str
    done: bool


@dataclass(frozen=True, slots=True)
class VideoTally:
    """How many videos each filter shows."""

    everything: int
    pending: int
    fault: int
    unscanned: int


@dataclass(frozen=True, slots=True)
class KeptFace:
    """A face that a new scan leaves in place."""

    id: int
    timestamp: float
    box: Box


@dataclass(frozen=True, slots=True)
class ScanRow:
    """The outcome of one scan. ``file_modified`` is seconds since 1970."""

    video_id: int
    file_modified: float
    frames_per_video: int
    min_face_size: int
    frames: int = 0
    faces: int = 0
    fault: str | None = None


class Videos:
    """Videos of the library and what scans made of them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, info: VideoInfo) -> int:
        """Add a video, or bring what is known of it up to date; its id."""
        video = self.add_unread(info.path, info.title)
        self._session.run(
            "set_video_facts",
            video=video,
            title=info.title,
            duration=info.duration,
            width=info.width,
            height=info.height,
            codec=info.codec,
            size_bytes=info.size_bytes,
        )
        return video

    def add_unread(self, path: str, title: str) -> int:
        """A video of which nothing is known but its path; one that is known stays as it is."""
        return int(self._session.value("add_video", path=path, title=title))

    def unscanned(self) -> list[str]:
        """The paths of videos never scanned, or not read then, in their order."""
        return [row.path for row in self._session.tuples("unscanned_paths")]

    def get(self, video_ids: Sequence[int]) -> dict[int, Video]:
        """Videos by id; unknown ids are absent."""
        found = self._session.rows("video", Video, videos=list(video_ids))
        return {video.id: video for video in found}

    def page(self, search: VideoSearch, *, after: str = "", upto: str | None = None) -> VideoPage:
        """The next videos in path order behind ``after``, up to ``upto`` if that is given."""
        rows = self._session.tuples(
            "videos_page",
            after=after,
            upto=upto,
            text=search.text,
            show=search.show.value,
            window=search.window,
            limit=search.limit,
        )
        first, hits = rows[0], [row for row in rows if row.id is not None]
        found = tuple(_summary(row) for row in hits if not row.beyond)
        if len(found) == search.limit:
            return VideoPage(found, found[-1].video.path, done=False)
        done = first.looked < search.window or bool(first.past) or len(found) < len(hits)
        return VideoPage(found, (upto if done else None) or first.reached or after, done)

    def tally(self) -> VideoTally:
        """How many videos each filter shows."""
        return self._session.rows("videos_tally", VideoTally)[0]

    def set_available(self, video_id: int, available: bool) -> None:
        """Note whether the file can be read."""
        self._session.run("set_available", video=video_id, available=available)

    def record_scan(self, row: ScanRow) -> None:
        """Remember the outcome of a scan in place of the one before."""
        self._session.run(
            "set_scan",
            video=row.video_id,
            file_modified=row.file_modified,
            frames_per_video=row.frames_per_video,
            min_face_size=row.min_face_size,
            frames=row.frames,
            faces=row.faces,
            fault=row.fault,
        )
        self._session.tell("videos")

    def clear_undecided(self, video_id: int) -> tuple[list[int], list[KeptFace]]:
        """Lock the video and remove its undecided faces: the removed ids, and what stays."""
        self._session.tuples("lock_video", video=video_id)
        removed = self._session.ids("remove_undecided", video=video_id)
        kept = [
            KeptFace(row.id, row.timestamp, Box(row.x, row.y, row.width, row.height))
            for row in self._session.tuples("kept_faces", video=video_id)
        ]
        return removed, kept

    def add_face(self, video_id: int, detection: Detection) -> int:
        """Store a face as pending; its id."""
        box = detection.box
        return int(
            self._session.value(
                "add_face",
                video=video_id,
                timestamp=detection.timestamp,
                embedding=Vector(detection.embedding),
                x=box.x,
                y=box.y,
                width=box.width,
                height=box.height,
                quality=finite(detection.quality),
            )
        )


def _summary(row: Any) -> VideoSummary:
    """Behind four columns about the search come those of the video, then those of its summary."""
    found = VideoSummary(Video(*row[4:14]), *row[14:])
    return replace(found, copies=tuple(found.copies))


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One face for export, with its embedding of shape (512,)."""

    id: int
    path: str
    timestamp: float
    box: Box
    status: str
    creator: str | None
    confidence: float | None
    embedding: Embedding


class Faces:
    """Reading faces."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def queue(self, name: str) -> NDArray[np.int32]:
        """Ids of a queue (one of :data:`QUEUES`) in working order, shape (n,)."""
        if name not in QUEUES:
            raise ValueError(name)
        return self._session.column(f"{name}_queue")

    def get(self, face_ids: Sequence[int]) -> dict[int, Face]:
        """Faces by id; those that are gone are absent."""
        wanted = [int(face) for face in face_ids]
        rows = self._session.tuples("faces", faces=wanted) if wanted else []
        return {row.id: _face(row) for row in rows}

    def of_videos(self, video_ids: Sequence[int]) -> dict[int, tuple[Face, ...]]:
        """All faces of each video, in time order."""
        found: dict[int, list[Face]] = {video: [] for video in video_ids}
        for row in self._session.tuples("video_faces", videos=list(video_ids)):
            found[row.video_id].append(_face(row))
        return {video: tuple(faces) for video, faces in found.items()}

    def vectors(self, face_ids: Sequence[int]) -> dict[int, Embedding]:
        """Embeddings by face id, each of shape (512,)."""
        rows = self._session.tuples("face_vectors", faces=[int(i) for i in face_ids])
        return {row.id: row.embedding.to_numpy() for row in rows}

    def pending_vectors(self, video_id: int) -> list[tuple[int, float, Embedding]]:
        """Id, timestamp and embedding of each pending face of a video."""
        rows = self._session.tuples("pending_vectors_of_video", video=video_id)
        return [(row.id, row.timestamp, row.embedding.to_numpy()) for row in rows]

    def pages(self, size: int = 500) -> Iterator[list[ExportRow]]:
        """Every face in id order, ``size`` at a time."""
        after = 0
        while rows := self._session.tuples("face_pages", after=after, limit=size):
            yield [_export(row) for row in rows]
            after = rows[-1].id


def _face(row: Any) -> Face:
    return Face(
        id=row.id,
        video_id=row.video_id,
        timestamp=row.timestamp,
        box=Box(row.x, row.y, row.width, row.height),
        quality=row.quality,
        state=FaceState(Status(row.status), row.creator_id, row.confidence),
        creator_name=row.creator_name,
        by_machine=row.by_machine,
    )


def _export(row: Any) -> ExportRow:
    return ExportRow(
        id=row.id,
        path=row.path,
        timestamp=row.timestamp,
        box=Box(row.x, row.y, row.width, row.height),
        status=row.status,
        creator=row.creator,
        confidence=row.confidence,
        embedding=row.embedding.to_numpy(),
    )
