"""What further frames are worth where they differ: tracks of one picture and of more.

People of the shared pictures, the first picture of each as reference; the others scaled so that the
face has few pixels, with noise. A track is some of them, drawn six times.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from figures import Figure, emit
from numpy.typing import NDArray

from facereview.faces import ZOO, packs
from facereview.faces.engine import Found, InsightEngine
from facereview.media.images import load_image
from facereview.records import Embedding, Pixels
from facereview.review.evidence.calibration import Calibration
from facereview.review.evidence.shipped import shipped
from facereview.review.evidence.templates import pool

SHARED = Path(__file__).resolve().parents[3] / "shared"
LEAST, MOST, DRAWN, RATE = 5, 10, 6, 1 / 100
LOOKS = ((40, 8.0), (30, 10.0), (24, 10.0))


@dataclass(frozen=True)
class Poor:
    """Faces of one person's poor pictures; arrays of one length."""

    embeddings: Embedding
    quality: NDArray[np.float32]
    sides: NDArray[np.float32]


def largest(engine: InsightEngine, pixels: Pixels) -> Found | None:
    """The largest face of a picture."""
    found = engine.detect(pixels, min_size=24)
    return max(found, key=lambda face: face.box.width, default=None)


def poor(engine: InsightEngine, pictures: list[Pixels], side: int, noise: float, seed: int) -> Poor:
    """These pictures with the face so small, twice enlarged, as far as it is still found."""
    rng, faces = np.random.default_rng(seed), []
    for pixels in pictures:
        clear = largest(engine, pixels)
        if clear is None:
            continue
        scale = side / min(clear.box.width, clear.box.height)
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        grainy = np.clip(small + rng.normal(0, noise, small.shape), 0, 255).astype(np.uint8)
        face = largest(engine, np.asarray(cv2.resize(grainy, None, fx=2, fy=2), np.uint8))
        faces += [face] if face else []
    return Poor(
        np.asarray([face.embedding for face in faces], np.float32).reshape(len(faces), -1),
        np.asarray([face.quality for face in faces], np.float32),
        np.asarray([min(face.box.width, face.box.height) for face in faces], np.float32),
    )


def tracks(references: Embedding, people: list[Poor], count: int, rule: Calibration) -> Figure:
    """Share of tracks of so many pictures that are settled; the wrong ones are noted."""
    rng = np.random.default_rng(count)
    settled = wrong = total = 0
    for number, person in enumerate(people):
        for _ in range(DRAWN if len(person.sides) >= count else 0):
            those = rng.choice(len(person.sides), count, replace=False)
            template = pool(person.embeddings[those], person.quality[those], person.sides[those])
            scores = references @ template.embedding
            first, second = np.argsort(-scores)[:2]
            margin = scores[first] - scores[second]
            known = (scores[first], margin, template.pictures, template.face_size)
            sure = bool(rule.risk(*known, len(references))[0] <= RATE)
            settled += sure and first == number
            wrong += sure and first != number
            total += 1
    return Figure(
        f"tracks of {count} different pictures, settled",
        round(settled / total, 3),
        "share",
        note=f"{wrong} of {total} wrong",
    )


def main() -> None:
    """Read the pictures, draw tracks."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, default=SHARED / "data")
    parser.add_argument("--pack", type=Path, default=SHARED / "models" / "opencv_zoo")
    options = parser.parse_args()
    engine, rule = InsightEngine(packs.at(options.pack)), shipped(ZOO)
    if rule is None:
        raise ValueError("no calibration")
    people = []
    for folder in sorted((options.data / "people").iterdir()):
        files = [
            f for f in sorted(folder.iterdir()) if f.suffix.lower() in (".jpg", ".png", ".jpeg")
        ]
        if len(files) >= LEAST:
            people.append([load_image(file) for file in files[:MOST]])
    first = [largest(engine, pictures[0]) for pictures in people]
    people = [pictures for pictures, face in zip(people, first, strict=True) if face]
    references = np.stack([face.embedding for face in first if face])
    found = []
    for side, noise in LOOKS:
        seen = [poor(engine, p[1:], side, noise, n) for n, p in enumerate(people)]
        for count in (1, 2, 3, 5):
            figure = tracks(references, seen, count, rule)
            found.append(
                Figure(f"{side} px: {figure.what}", figure.value, "share", note=figure.note)
            )
    emit(found)


if __name__ == "__main__":
    main()
