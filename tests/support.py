"""Making small libraries with known faces for the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import psutil
import psycopg

from facereview.filters import VideoFilter, VideoOrder
from facereview.media.crops import CropCache
from facereview.mounts import NOWHERE
from facereview.records import (
    Box,
    Creator,
    Detection,
    Embedding,
    FaceState,
    SourceType,
    Status,
    Thresholds,
    VideoInfo,
    VideoSummary,
)
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk
from facereview.review.evidence.calibration import Calibration
from facereview.review.evidence.certainty import (
    Calibrated,
    Certainty,
    Choice,
    Mode,
    Origin,
    in_force,
)
from facereview.review.scanning.films import FilmFinder
from facereview.store.log import Step
from facereview.store.store import Store
from facereview.store.tracks import StandingRows, TrackRows

Sent = list[tuple[str, dict[str, Any]]]
"""Names of queries, with their parameters."""


def pack() -> Thresholds:
    """The thresholds of the pack in use."""
    return Thresholds(0.4, 0.55, cluster=0.4)


BY_THRESHOLDS = in_force(None, (), None)
"""Nothing is calibrated, so that each face counts by its own similarity."""


def by_rate(rate: float = 0.01, units: int = 3000) -> Certainty:
    """An error rate counts; a single face that is .75 like somebody is likely, one of .4 open."""
    known = Calibration((-4.3, 15.0, 3.0, 8.0, 0.0, 0.0), (0.4,), units, 50, ())
    calibrated = Calibrated(known, Origin.SHIPPED, "zoo")
    return in_force(Choice(Mode.ERROR_RATE, rate), (), calibrated)


def go_by_rate(store: Store, pack: str = "", rate: float = 0.01) -> None:
    """Let a library go by :func:`by_rate` from now on."""
    known = by_rate(rate).calibration
    assert known is not None
    store.calibrations.add(pack, Origin.LIBRARY.value, known.to_json())
    store.library.choose_certainty(Choice(Mode.ERROR_RATE, rate).to_json())


def desk_at(store: Store, journal: Path) -> Desk:
    """My desk, with what waits in this journal."""
    return Desk(store, Journal(journal, "library"), pack, "me")


@contextmanager
def face_held(sql: psycopg.Connection[Any], face: int) -> Iterator[None]:
    """Another program holds a face."""
    with sql.transaction():
        sql.execute("SELECT 1 FROM video_face_detections WHERE id = %s FOR UPDATE", [face])
        yield


def unit(values: Embedding) -> Embedding:
    """Each row scaled to length 1."""
    scaled: Embedding = (values / np.linalg.norm(values, axis=-1, keepdims=True)).astype(np.float32)
    return scaled


def direction(axis: int) -> Embedding:
    """A person: one axis of the space, so that two persons have cosine 0."""
    vector = np.zeros(512, np.float32)
    vector[axis] = 1
    return vector


def near(axis: int, similarity: float, seed: int = 0) -> Embedding:
    """A face with exactly this cosine to a person."""
    noise = np.random.default_rng(seed).standard_normal(512).astype(np.float32)
    noise[:64] = 0
    mixed: Embedding = (
        similarity * direction(axis) + np.sqrt(1 - similarity**2) * unit(noise)
    ).astype(np.float32)
    return mixed


def video_info(path: str = "/videos/one.mp4", duration: float = 60.0) -> VideoInfo:
    """Facts of a video that need not exist."""
    return VideoInfo(
        path, path.rsplit("/", 1)[-1], duration, 1280, 720, "h264", 1000, "1000-" + "ab" * 16
    )


def detection(embedding: Embedding, at: float = 1.0, x: float = 100.0) -> Detection:
    """A face at a time and place."""
    return Detection(at, Box(x, 100, 120, 140), 0.8, embedding)


@dataclass
class Faces:
    """A small library: two creators with references, one video, pending faces near the first."""

    store: Store
    ann: Creator
    bob: Creator
    video: int
    ids: list[int]

    def seen(self, *places: int, similarity: float | None = 0.75) -> tuple[Seen, ...]:
        """These faces as they are now."""
        ids = [self.ids[place] for place in places]
        now = self.store.faces.get(ids)
        return tuple(Seen(i, now[i].video_id, now[i].state, similarity) for i in ids)

    def accept(
        self, *places: int, creator: Creator | None = None, replaces: bool = False
    ) -> Intent:
        """Accept Ann (or another) for these faces."""
        return Intent(Kind.ACCEPT, self.seen(*places), creator or self.ann, replaces=replaces)

    def match_by_machine(self, *places: int) -> None:
        """Give these pending faces to Ann as a scan does: matched, and checked by nobody."""
        match_by_machine(self.store, [self.ids[place] for place in places], self.ann)

    def state(self, place: int) -> FaceState:
        """A face's state now."""
        return self.store.faces.get([self.ids[place]])[self.ids[place]].state


PENDING = FaceState(Status.PENDING)


def match_by_machine(store: Store, ids: Sequence[int], creator: Creator) -> None:
    """Match pending faces as a scan does."""
    log, now = store.log, store.faces.get(ids)
    batch = log.add_batch(uuid4().hex, "facereview", "automatic")
    assert batch is not None
    after = FaceState(Status.MATCHED, creator.id, 0.75)
    log.write(batch, [Step(i, now[i].video_id, now[i].state, after) for i in ids])
    log.mark_automatic([(i, batch) for i in ids])


def make_faces(store: Store, count: int = 5) -> Faces:
    """A library of ``count`` pending faces near Ann, ten seconds apart."""
    ann = store.creators.find_or_add("Ann")
    bob = store.creators.find_or_add("Bob")
    for axis, creator in enumerate((ann, bob)):
        store.creators.add_reference(creator.id, direction(axis), SourceType.MANUAL, None, 0.9)
    video = store.videos.add(video_info())
    ids = [
        store.videos.add_face(video, detection(near(0, 0.75, seed), at=10.0 * (seed + 1)))
        for seed in range(count)
    ]
    return Faces(store, ann, bob, video, ids)


def replace_file(store: Store, path: str = "/videos/one.mp4") -> None:
    """The file of a video is another film now: its decided faces are set aside."""
    film = store.films.of_path(path)
    assert film is not None
    with store.deciding():
        FilmFinder(store, CropCache(Path("/nowhere")), NOWHERE).set_aside(film)


def judge(store: Store, face_ids: Sequence[int], creator: Creator, risk: float) -> int:
    """Link faces of one video into a track that the evidence gives to a creator; its id."""
    now = store.faces.get(face_ids)
    videos, vectors = [now[face].video_id for face in face_ids], store.faces.vectors(face_ids)
    template = unit(np.mean([vectors[face] for face in face_ids], axis=0))
    one = np.ones(1, np.float32)
    with store.transaction():
        store.tracks.lock(videos)
        row = TrackRows(
            np.zeros(1, np.int64),
            np.asarray(videos[:1], np.int32),
            np.asarray([len(face_ids)], np.int32),
            one,
            100 * one,
            one,
            template[None],
        )
        [track] = store.tracks.write(row)
        faces = np.asarray(face_ids, np.int32)
        store.tracks.put(faces, np.full(len(face_ids), track, np.int64))
        told = (np.asarray([track]), np.asarray([creator.id], np.int32), np.zeros(1, np.int32))
        store.tracks.judge(
            StandingRows(*told, 0.9 * one, 0.5 * one, np.asarray([risk], np.float32)), None
        )
    return int(track)


def at_load(seconds: float) -> float:
    """A time limit of an idle machine, longer where more wait for its processors than it has.

    The load of the last minute lags behind when work begins: each process of this run counts as
    two, one that tests and one of what it tests, the server or what it started.
    """
    here = 2 * int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return seconds * max(1.0, max(psutil.getloadavg()[0], here) / (psutil.cpu_count() or 1))


def all_videos(store: Store, limit: int = 10_000) -> list[VideoSummary]:
    """The videos of a library as the Videos page lists them first."""
    page = store.filtered_videos.page(VideoFilter(), VideoOrder(), limit)
    return store.videos.summaries(page.videos.tolist())
