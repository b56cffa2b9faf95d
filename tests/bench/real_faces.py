"""Faces of known people in real pictures and videos, with who they are, for benchmarks.

Pictures: the folder's name is the person; of several faces the largest. Made videos: a frame
every half second, who by ``ground_truth.json`` where one still is fully on screen. Faces the
truth does not name (bystanders, both people of a cross-fade at once) are there as in any
library, and are not scored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from facereview.faces import packs
from facereview.faces.engine import Found, InsightEngine
from facereview.media.frames import VideoReader
from facereview.records import Box, Embedding, Pixels

STEP = 0.5
UNNAMED = -2
_OVERLAP = 0.2


@dataclass(frozen=True)
class Labelled:
    """Faces with the truth: ``identity`` counts from 0, :data:`UNNAMED` where it is silent.

    A picture is a video of one frame.
    """

    embeddings: Embedding
    videos: NDArray[np.int64]
    frames: NDArray[np.int64]
    boxes: NDArray[np.float32]
    quality: NDArray[np.float32]
    identity: NDArray[np.int64]
    people: tuple[str, ...]


def labelled_faces(data: Path, pack: Path) -> Labelled:
    """All faces of ``people`` and ``madevideos`` under ``data``, by the pack in a folder."""
    engine = InsightEngine(packs.at(pack))
    faces: list[Found] = []
    videos: list[int] = []
    frames: list[int] = []
    names: list[str | None] = []
    for frame, (video, pixels, truth) in enumerate(_frames(data)):
        found = engine.detect(pixels, thorough=isinstance(truth, str))
        faces += found
        videos += [video] * len(found)
        frames += [frame] * len(found)
        names += _names(found, truth)
    people = tuple(sorted({name for name in names if name}))
    return Labelled(
        np.stack([face.embedding for face in faces]),
        np.asarray(videos, np.int64),
        np.asarray(frames, np.int64),
        np.asarray([[b.x, b.y, b.width, b.height] for b in (f.box for f in faces)], np.float32),
        np.asarray([face.quality for face in faces], np.float32),
        np.asarray([people.index(name) if name else UNNAMED for name in names], np.int64),
        people,
    )


def _frames(data: Path) -> Iterator[tuple[int, Pixels, str | list[tuple[str, Box]]]]:
    """Pictures with their one person; frames of videos with people and their boxes.

    Each after the number of its video.
    """
    pictures = sorted(data.glob("people/*/*"))
    for number, path in enumerate(pictures):
        image = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if image is not None:
            pixels = cv2.cvtColor(image, cv2.COLOR_BGR2RGB).astype(np.uint8)
            yield number, pixels, path.parent.name
    truth = json.loads((data / "madevideos" / "ground_truth.json").read_text("utf-8"))
    for number, video in enumerate(truth["videos"], len(pictures)):
        with VideoReader(data / "madevideos" / video["file"]) as reader:
            start, end = reader.span
            for frame in map(reader.frame_at, np.arange(start, end, STEP).tolist()):
                people = list(_people(video["segments"], frame.timestamp))
                yield number, frame.pixels, people


def _people(segments: list[dict[str, Any]], at: float) -> Iterator[tuple[str, Box]]:
    """Who is fully on screen, and where."""
    for segment in segments:
        if segment["identity"] and segment["solid_start_s"] <= at <= segment["solid_end_s"]:
            known = np.asarray(segment["face_boxes_t_x1y1x2y2"], float)
            left, top, right, bottom = (
                float(np.interp(at, known[:, 0], known[:, side])) for side in range(1, 5)
            )
            yield segment["identity"], Box(left, top, right - left, bottom - top)


def _names(found: list[Found], truth: str | list[tuple[str, Box]]) -> list[str | None]:
    if not found:
        return []
    if isinstance(truth, str):
        largest = max(range(len(found)), key=lambda i: found[i].box.width * found[i].box.height)
        return [truth if place == largest else None for place in range(len(found))]
    return [_name(face.box, truth) for face in found]


def _name(box: Box, people: list[tuple[str, Box]]) -> str | None:
    best = max(((_share(box, other), name) for name, other in people), default=(0.0, None))
    return best[1] if best[0] >= _OVERLAP else None


def _share(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(0.0, width) * max(0.0, height)
    return shared / (one.width * one.height + other.width * other.height - shared)
