"""Faces: the queues, single faces, whole videos, and their embeddings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facereview.records import Box, Embedding, Face, FaceState, Status
from facereview.store.session import Session

QUEUES = ("pending", "automatic", "decided", "rejected")


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
