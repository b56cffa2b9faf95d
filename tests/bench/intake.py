"""What intake warns of: good pictures falsely, spoiled ones and no faces rightly.

Pictures of known people, each as it is and spoiled on purpose. For every limit the one is told
that half of the people (every second name) would choose: the highest that warns of at most one
in fifty of their good pictures. Counted are the other people, with the limits in force.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from figures import Figure, emit

from facereview.faces import packs
from facereview.faces.engine import Found, InsightEngine
from facereview.media.frames import VideoReader
from facereview.media.images import load_image
from facereview.records import Pixels
from facereview.review.creators.checks import EXPOSED, FRONTAL, SHARP

_FALSE = 0.02
_LONGEST = 1600
_HELD = 4


@dataclass(frozen=True)
class Picture:
    """A face of a person's picture; ``how`` it was spoiled, empty where it was not."""

    person: str
    how: str
    face: Found


def pictures(engine: InsightEngine, data: Path) -> Iterator[Picture]:
    """The faces of people's pictures, and what is still found of them once they are spoiled."""
    for path in sorted(data.glob("people/*/*")):
        whole = load_image(path, max_side=_LONGEST)
        face = largest(engine.detect(whole, thorough=True))
        if face is None:
            continue
        pixels = around(whole, face)
        side = min(face.box.width, face.box.height)
        yield Picture(path.parent.name, "", face)
        for how, spoil in SPOILED.items():
            left = largest(engine.detect(spoil(pixels, side), thorough=True))
            if left is not None:
                yield Picture(path.parent.name, how, left)


def largest(found: list[Found]) -> Found | None:
    """The face a picture is of."""
    return max(found, key=lambda face: face.box.width * face.box.height, default=None)


def around(pixels: Pixels, face: Found) -> Pixels:
    """The face with its surroundings: spoiling the rest of a large picture takes long."""
    margin = int(max(face.box.width, face.box.height))
    top, left = max(0, int(face.box.y) - margin), max(0, int(face.box.x) - margin)
    below = int(face.box.y + face.box.height) + margin
    right = int(face.box.x + face.box.width) + margin
    return np.ascontiguousarray(pixels[top:below, left:right])


def blurred(share: float) -> Callable[[Pixels, float], Pixels]:
    """Blurred by a share of the face's side."""
    return lambda pixels, side: cv2.GaussianBlur(pixels, (0, 0), share * side).astype(np.uint8)


def moved(share: float) -> Callable[[Pixels, float], Pixels]:
    """Moved sideways by a share of the face's side while it was taken."""

    def spoil(pixels: Pixels, side: float) -> Pixels:
        length = max(3, round(share * side))
        way = np.zeros((length, length), np.float32)
        way[length // 2] = 1 / length
        return cv2.filter2D(pixels, -1, way).astype(np.uint8)

    return spoil


def few(width: int) -> Callable[[Pixels, float], Pixels]:
    """So many pixels of face, enlarged again."""

    def spoil(pixels: Pixels, side: float) -> Pixels:
        scale = min(1.0, width / side)
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        size = (pixels.shape[1], pixels.shape[0])
        return cv2.resize(small, size, interpolation=cv2.INTER_CUBIC).astype(np.uint8)

    return spoil


def lit(gain: float, more: float = 0.0) -> Callable[[Pixels, float], Pixels]:
    """Too dark or too bright."""
    return lambda pixels, _: np.clip(pixels * gain + more, 0, 255).astype(np.uint8)


SPOILED: dict[str, Callable[[Pixels, float], Pixels]] = {
    "blurred by 2 %": blurred(0.02),
    "blurred by 3 %": blurred(0.03),
    "blurred by 5 %": blurred(0.05),
    "blurred by 8 %": blurred(0.08),
    "moved by 10 %": moved(0.1),
    "moved by 20 %": moved(0.2),
    "20 pixels wide": few(20),
    "dark, a fifth": lit(0.2),
    "dark, a tenth": lit(0.1),
    "dark, a twentieth": lit(0.05),
    "bright, half burnt out": lit(1.4, 80),
    "bright, burnt out": lit(1.5, 120),
}


def animals(engine: InsightEngine, data: Path) -> Iterator[Found]:
    """What the detector takes for faces in pictures without people, in several sizes."""
    for path in sorted(data.glob("negatives/*")):
        pixels = load_image(path)
        for scale in (0.3, 0.5, 0.75, 1.0, 1.5, 2.0):
            sized = cv2.resize(pixels, None, fx=scale, fy=scale).astype(np.uint8)
            for flipped in (sized, np.ascontiguousarray(sized[:, ::-1])):
                yield from engine.detect(flipped, thorough=True)


def turning(engine: InsightEngine, data: Path, match: float) -> Iterator[tuple[Found, bool]]:
    """Heads that turn, with whether the face is still like the same person's from the front."""
    for name in ("head_pose_female.mp4", "head_pose_male.mp4"):
        with VideoReader(data / "videos" / name) as reader:
            start, end = reader.span
            frames = map(reader.frame_at, np.arange(start, end, 0.2).tolist())
            faces = [face for frame in frames if (face := largest(engine.detect(frame.pixels)))]
        front = max(faces, key=lambda face: frontality(face) * face.score)
        for face in faces:
            yield face, float(face.embedding @ front.embedding) >= match


def score(face: Found) -> float:
    """How sure the detector is."""
    return face.score


def sharpness(face: Found) -> float:
    """How sharp it is."""
    return face.parts.sharpness if face.parts else 0.0


def frontality(face: Found) -> float:
    """How far it looks into the camera."""
    return face.parts.frontality if face.parts else 0.0


def exposure(face: Found) -> float:
    """How well it is lit."""
    return face.parts.exposure if face.parts else 0.0


def chosen(good: list[float]) -> float:
    """The highest limit that warns of at most one in fifty of these."""
    ordered = sorted(good)
    return ordered[int(_FALSE * len(ordered))]


def likeness(good: list[Picture], match: float) -> tuple[float, float]:
    """How many pictures are unlike, or closer to somebody else than to, some others of the person.

    Of the person's own, which is false, and of others' pictures, which is right.
    """
    rng = np.random.default_rng(1)
    own, others = [], []
    vectors = np.stack([picture.face.embedding for picture in good])
    who = np.asarray([picture.person for picture in good])
    for place, picture in enumerate(good):
        held = np.flatnonzero((who == picture.person) & (np.arange(len(who)) != place))
        if len(held):
            some = rng.permutation(held)[:_HELD]
            own.append(float((vectors[some] @ vectors[place]).max()) < match)
        stranger = rng.choice(np.flatnonzero(who != picture.person))
        of_stranger = rng.permutation(np.flatnonzero(who == who[stranger]))[:_HELD]
        others.append(float((vectors[of_stranger] @ vectors[place]).max()) < match)
    return float(np.mean(own)), float(np.mean(others))


def figures(engine: InsightEngine, data: Path) -> list[Figure]:
    """The table."""
    limits = engine.pack.thresholds
    every = list(pictures(engine, data))
    names = sorted({picture.person for picture in every})
    first = set(names[::2])
    good = [picture for picture in every if not picture.how]
    parts = {
        "score": (score, limits.sure),
        "sharpness": (sharpness, SHARP),
        "frontality": (frontality, FRONTAL),
        "exposure": (exposure, EXPOSED),
    }
    found = []
    for name, (part, limit) in parts.items():
        best = chosen([part(one.face) for one in good if one.person in first])
        other = [part(one.face) for one in good if one.person not in first]
        note = f"{len(other)} good pictures; the other half would choose {best:.2f}"
        found.append(share(f"{name} below {limit}, good pictures", other, limit, note))
    for how in SPOILED:
        left = [one.face for one in every if one.how == how and one.person not in first]
        warned = [any(part(face) < limit for part, limit in parts.values()) for face in left]
        note = f"{len(left)} still found"
        found.append(Figure(f"warned of: {how}", rounded(warned), "share", None, note))
    wrong = [score(face) for face in animals(engine, data)]
    found.append(share("score, no faces", wrong, limits.sure, f"{len(wrong)} found"))
    heads = list(turning(engine, data, limits.match))
    for like, what in ((True, "still alike"), (False, "no longer alike")):
        some = [frontality(face) for face, alike in heads if alike is like]
        found.append(share(f"frontality, heads that turn, {what}", some, FRONTAL, str(len(some))))
    own, others = likeness([one for one in good if one.person not in first], limits.match)
    note = f"against {_HELD} other pictures"
    found.append(Figure("unlike: the person's own", round(own, 3), "share", None, note))
    found.append(Figure("unlike: somebody else's", round(others, 3), "share", None, note))
    return found


def share(what: str, values: list[float], limit: float, note: str) -> Figure:
    """How many values are below a limit."""
    return Figure(what, rounded([value < limit for value in values]), "share", None, note)


def rounded(warned: list[bool]) -> float:
    """Their share."""
    return round(float(np.mean(warned)), 3) if warned else 0.0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with people/, negatives/ and videos/")
    parser.add_argument("pack", type=Path, help="directory of the model pack")
    options = parser.parse_args()
    emit(figures(InsightEngine(packs.at(options.pack)), options.data))
