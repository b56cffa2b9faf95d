"""Videos, what scans write of them, and their faces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

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
from facereview.store.faults import needed_elsewhere
from facereview.store.session import Session, binary_row

_WAITING: Final = binary_row(id="i4", sure="i4", waiting="i4")

QUEUES = ("pending", "automatic", "decided", "rejected")


@dataclass(frozen=True, slots=True)
class VideoTally:
    """How many videos there are of each kind."""

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


@dataclass(frozen=True, slots=True)
class UncertainTrack:
    """A track of which no face is decided or matched, in a video of which more may be looked at.

    ``faces`` are its ids, ``times`` those of its faces. ``left`` frames of the video may be looked
    at beside those that were; the scan looked for faces of ``min_face_size`` pixels or more.
    """

    video_id: int
    faces: tuple[int, ...]
    times: tuple[float, ...]
    left: int
    min_face_size: int


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

    def at(self, path: str) -> int | None:
        """The video at a path, as the library spells it; None: there is none."""
        found = self._session.value("video_at", path=path)
        return None if found is None else int(found)

    def tagged_by_others(self, video_id: int) -> list[int]:
        """Creators that other programs tagged in a video."""
        return self._session.ids("tagged_by_others", video=video_id)

    def company(
        self, video_id: int, creator_ids: Sequence[int], limit: int
    ) -> list[tuple[int, int]]:
        """(creator, videos) of those who are in other videos with one of these, most first."""
        return self._session.tuples(
            "company", video=video_id, creators=list(creator_ids), limit=limit
        )

    def by_waiting(self, risk: float | None) -> NDArray[Any]:
        """Videos with undecided faces as records (``id``, ``sure``, ``waiting``), surest first.

        ``sure`` faces are matched by the machine, or of a track of at most this ``risk``; None: of
        no track.
        """
        return self._session.block("videos_by_waiting", _WAITING, risk=risk)

    def frames(self, video_id: int) -> tuple[int, int]:
        """How many frames of a video a first look saw, and how many further ones."""
        row = self._session.one("looked_at_frames", video=video_id)
        return row.frames, row.further

    def unscanned(self) -> list[str]:
        """The paths of videos never scanned, or not read then, in their order."""
        return [row.path for row in self._session.tuples("unscanned_paths")]

    def get(self, video_ids: Sequence[int]) -> dict[int, Video]:
        """Videos by id; unknown ids are absent."""
        found = self._session.rows("video", Video, videos=list(video_ids))
        return {video.id: video for video in found}

    def summaries(self, video_ids: Sequence[int]) -> list[VideoSummary]:
        """Videos with their counts and scans, in this order; those that are gone are absent."""
        rows = self._session.tuples("video_summaries", videos=list(video_ids))
        return [_summary(row) for row in rows]

    def tally(self) -> VideoTally:
        """How many videos there are of each kind."""
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
        """Lock the video and remove its undecided faces: the removed ids, and what stays.

        That further frames of it were looked at is forgotten with them.
        """
        self._session.tuples("lock_video", video=video_id)
        removed = self._session.ids("remove_undecided", video=video_id)
        self._session.run("forget_further_look", video=video_id)
        return removed, self._kept(video_id)

    def held(self, video_id: int) -> list[KeptFace] | None:
        """Lock the video; all its faces, None where there is no such video."""
        locked = self._session.tuples("lock_video", video=video_id)
        return self._kept(video_id) if locked else None

    def _kept(self, video_id: int) -> list[KeptFace]:
        return [
            KeptFace(row.id, row.timestamp, Box(row.x, row.y, row.width, row.height))
            for row in self._session.tuples("kept_faces", video=video_id)
        ]

    def add_further_look(self, video_id: int, frames: int) -> None:
        """Remember that so many further frames of a video were looked at, beside those before."""
        self._session.run("add_further_look", video=video_id, frames=frames)
        self._session.tell("videos")

    def uncertain_tracks(
        self, risk: float, pictures: float, quality: float
    ) -> list[UncertainTrack]:
        """Tracks that further frames may tell more of, those with the least risk first.

        Of a risk of at most ``risk``, and worth fewer than so many ``pictures`` or at best of less
        than this ``quality``.
        """
        rows = self._session.tuples(
            "uncertain_tracks", risk=risk, pictures=pictures, quality=quality
        )
        return [
            UncertainTrack(
                row.video_id, tuple(row.faces), tuple(row.times), row.left, row.min_face_size
            )
            for row in rows
        ]

    def pace(self) -> float | None:
        """Seconds that the last scans took for a frame; None where two in a row are not known."""
        found = self._session.value("scan_pace")
        return None if found is None else float(found)

    def add_face(self, video_id: int, detection: Detection) -> int:
        """Store a face as pending; its id."""
        return self.add_faces(video_id, [detection])[0]

    def add_faces(self, video_id: int, detections: Sequence[Detection]) -> list[int]:
        """Store faces as pending in one statement; their ids, which rise."""
        if not detections:
            return []
        boxes = [detection.box for detection in detections]
        return self._session.ids(
            "add_faces",
            video=video_id,
            times=[float(detection.timestamp) for detection in detections],
            embeddings=[Vector(detection.embedding) for detection in detections],
            x=[float(box.x) for box in boxes],
            y=[float(box.y) for box in boxes],
            widths=[float(box.width) for box in boxes],
            heights=[float(box.height) for box in boxes],
            qualities=[finite(detection.quality) for detection in detections],
        )


@dataclass(frozen=True, slots=True)
class Tied:
    """The rows of a table that foreign keys tie to videos; ``own``: facereview's, or faces.

    ``effect`` is ``go`` (they are removed with the videos), ``lose`` (their link is emptied) or
    ``forbid`` (they keep the videos); ``rows`` is None where this user may not count them.
    """

    place: str
    own: bool
    effect: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class FacesOfVideos:
    """How many faces videos have, how many a curator decided, and the names of those."""

    faces: int
    decided: int
    names: list[str]


class Removal:
    """Removing videos; :mod:`facereview.review.library.removing` puts the steps together."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def tied(self, videos: Sequence[int]) -> list[Tied]:
        """What is tied to these videos by foreign keys, in every table of the database."""
        found = []
        for row in self._session.tuples("rows_with_videos", videos=list(videos)):
            rows = None if row.statement is None else self._session.count(row.statement)
            if rows != 0:
                found.append(Tied(row.place, row.own, row.effect, rows))
        return found

    def faces(self, videos: Sequence[int]) -> FacesOfVideos:
        """The faces of these videos, in numbers."""
        return self._session.rows("decided_in_videos", FacesOfVideos, videos=list(videos))[0]

    def lock(self, videos: Sequence[int]) -> list[int]:
        """Lock videos until the transaction ends; those that are gone are left out."""
        return self._session.ids("lock_videos", videos=list(videos))

    def remove(self, videos: Sequence[int]) -> list[int]:
        """Remove videos and every row that depends on them; the ids of their faces.

        Raises:
            DatabaseError: another program's table refers to one; nothing was changed.
        """
        faces = self._session.ids("face_ids_of_videos", videos=list(videos))
        clusters = [row.id for row in self._session.tuples("clusters_with", faces=faces)]
        with needed_elsewhere("video"):
            self._session.run("remove_videos", videos=list(videos))
        self._session.run("measure_clusters", clusters=clusters)
        self._session.run("drop_clusters")
        self._session.tell("videos")
        self._session.tell("erased")
        return faces


def _summary(row: Any) -> VideoSummary:
    """The columns of the video come first, then those of its summary."""
    found = VideoSummary(Video(*row[:10]), *row[10:])
    return replace(found, copies=tuple(found.copies))


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One face for export, with its embedding of shape (512,).

    ``frame_width`` and ``frame_height`` are None where nobody knows them.
    """

    id: int
    path: str
    timestamp: float
    box: Box
    status: str
    creator: str | None
    confidence: float | None
    frame_width: int | None
    frame_height: int | None
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

    def pending(self) -> NDArray[np.int32]:
        """Ids of all pending faces, in no order, shape (n,); twice as fast as their queue."""
        return np.frombuffer(self._session.value("pending_ids") or b"", ">i4").astype(np.int32)

    def pending_count(self) -> int:
        """How many faces are pending."""
        return int(self._session.value("pending_count"))

    def pending_among(self, face_ids: NDArray[np.int32]) -> NDArray[np.int32]:
        """Those of these faces that are pending, in working order, shape (n,)."""
        return self._session.column("pending_among", faces=face_ids.tolist())

    def order(self, name: str) -> NDArray[np.int32]:
        """The faces of an order that was made before, shape (n,); empty where there was none."""
        found = self._session.value("face_order", name=name)
        return np.frombuffer(found or b"", "<i4").astype(np.int32)

    def set_order(self, name: str, face_ids: NDArray[np.int32]) -> None:
        """Keep an order of faces, in place of the one before."""
        self._session.run("set_face_order", name=name, faces=face_ids.astype("<i4").tobytes())

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
        frame_width=row.frame_width,
        frame_height=row.frame_height,
        embedding=row.embedding.to_numpy(),
    )
