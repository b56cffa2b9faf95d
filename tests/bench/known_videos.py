"""Videos of known people with every face found in them and who it is, for benchmarks of evidence.

The made videos: frames as a scan chooses them, faces as a scan keeps them; who a face is by the
true box it overlaps most (both people of a cross-fade have one). A face without one is a
bystander, nobody; a distractor of the truth is nobody that can be named either. References are
the pictures that the truth names; the largest face of each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from facereview.faces import packs
from facereview.faces.engine import Found, InsightEngine
from facereview.media.frames import VideoReader
from facereview.media.sampling import sample
from facereview.records import Box, Config, Embedding, Pixels
from facereview.review.evidence.records import VideoFaces

NOBODY = -1
_OVERLAP = 0.2


@dataclass(frozen=True)
class KnownVideo:
    """One video: its faces, the number of the person of each (:data:`NOBODY`), of which frame."""

    name: str
    faces: VideoFaces
    identity: NDArray[np.int64]


@dataclass(frozen=True)
class Pictures:
    """Faces of still pictures, each with the number of its person, its picture's path and size."""

    embeddings: Embedding
    quality: NDArray[np.float32]
    sides: NDArray[np.float32]
    identity: NDArray[np.int64]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """What is known: people by number, videos, and pictures; ``references`` are places in those."""

    people: tuple[str, ...]
    videos: tuple[KnownVideo, ...]
    pictures: Pictures
    references: NDArray[np.int64]


def read(data: Path, pack: Path, frames: int, scale: float = 1.0) -> Known:
    """The made videos and pictures of ``data``, ``frames`` of each video, by the pack there.

    ``scale`` makes the frames of the videos smaller first, and with them the least face.
    """
    engine = InsightEngine(packs.at(pack))
    truth = json.loads((data / "madevideos" / "ground_truth.json").read_text("utf-8"))
    people = tuple(path.name for path in sorted((data / "people").iterdir()))
    pictures = _pictures(engine, data, people)
    references = [name for names in truth["reference_images"].values() for name in names]
    videos = tuple(
        _video(engine, number, data / "madevideos", video, people, frames, scale)
        for number, video in enumerate(truth["videos"])
    )
    places = [pictures.names.index(name) for name in references if name in pictures.names]
    return Known(people, videos, pictures, np.asarray(places, np.int64))


def _pictures(engine: InsightEngine, data: Path, people: Sequence[str]) -> Pictures:
    faces: list[Found] = []
    names: list[str] = []
    for path in sorted(data.glob("people/*/*")):
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is None:
            continue
        pixels = cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8)
        found = engine.detect(pixels, thorough=True)
        if found:
            faces.append(max(found, key=lambda face: face.box.width * face.box.height))
            names.append(str(path.relative_to(data)))
    return Pictures(
        np.stack([face.embedding for face in faces]),
        np.asarray([face.quality for face in faces], np.float32),
        np.asarray([min(face.box.width, face.box.height) for face in faces], np.float32),
        np.asarray([people.index(name.split("/")[1]) for name in names], np.int64),
        tuple(names),
    )


def _video(
    engine: InsightEngine,
    number: int,
    folder: Path,
    truth: dict[str, Any],
    people: Sequence[str],
    frames: int,
    scale: float,
) -> KnownVideo:
    faces: list[Found] = []
    times: list[float] = []
    identity: list[int] = []
    least = round(Config().min_face_size * scale)
    with VideoReader(folder / truth["file"]) as reader:
        for frame in sample(reader, frames):
            found = engine.detect(_scaled(frame.pixels, scale), min_size=least)
            shown = list(_on_screen(truth["segments"], frame.timestamp, scale))
            faces += found
            times += [frame.timestamp] * len(found)
            identity += [_who(face.box, shown, people) for face in found]
    name = Path(truth["file"]).stem
    return KnownVideo(name, faces_of(number, faces, times), np.asarray(identity, np.int64))


def _scaled(pixels: Pixels, scale: float) -> Pixels:
    if scale == 1.0:
        return pixels
    return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(
        np.uint8
    )


def faces_of(number: int, faces: Sequence[Found], times: Sequence[float]) -> VideoFaces:
    """Faces found in one video, nothing decided; ids from ``number`` hundred thousand."""
    count = len(faces)
    boxes = [(f.box.x, f.box.y, f.box.width, f.box.height) for f in faces]
    return VideoFaces(
        number,
        np.arange(count, dtype=np.int32) + number * 100_000,
        np.asarray(times, np.float64),
        np.stack([face.embedding for face in faces]),
        np.asarray([face.quality for face in faces], np.float32),
        np.asarray(boxes, np.float32),
        np.zeros(count, np.int32),
        np.zeros(count, bool),
        {},
    )


def _on_screen(
    segments: Sequence[dict[str, Any]], at: float, scale: float
) -> Iterator[tuple[str, Box]]:
    """Who is on screen, and where, cross-fades included."""
    for segment in segments:
        if segment["identity"] and segment["start_s"] <= at <= segment["end_s"]:
            known = np.asarray(segment["face_boxes_t_x1y1x2y2"], float)
            left, top, right, bottom = (
                scale * float(np.interp(at, known[:, 0], known[:, side])) for side in range(1, 5)
            )
            yield segment["identity"], Box(left, top, right - left, bottom - top)


def strangers(folder: Path, pack: Path, frames: int) -> list[KnownVideo]:
    """Videos of people whom nobody names, numbered from 100."""
    engine, found = InsightEngine(packs.at(pack)), []
    for number, path in enumerate(sorted(folder.glob("*.mp4")), 100):
        faces: list[Found] = []
        times: list[float] = []
        with VideoReader(path) as reader:
            for frame in sample(reader, frames):
                seen = engine.detect(frame.pixels, min_size=Config().min_face_size)
                faces += seen
                times += [frame.timestamp] * len(seen)
        if faces:
            nobody = np.full(len(faces), NOBODY, np.int64)
            found.append(KnownVideo(path.stem, faces_of(number, faces, times), nobody))
    return found


def _who(box: Box, shown: Sequence[tuple[str, Box]], people: Sequence[str]) -> int:
    best = max(((box.overlap(other), name) for name, other in shown), default=(0.0, ""))
    return people.index(best[1]) if best[0] >= _OVERLAP else NOBODY
