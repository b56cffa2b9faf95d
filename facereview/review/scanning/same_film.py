"""Whether a changed file is the same film: encoded again, scaled, turned or trimmed in place.

Small grey pictures of the frames that were looked at before are compared with the new file's: at
the same times first, turned by quarters, then shifted, as far as the lengths differ. Only where
three in five of them agree are the old faces looked for, each at its own time and place, and one
counts only where the new frame shows the same face there. A film taken for another one costs a
question; another one taken for the same puts wrong names on faces: in doubt it is another.

The limits were chosen on films made of the shipped pictures. On 12 other videos with 63 faces
(``python tests/bench/same_film.py``, zoo pack) each of eight changes was recognised in all 12, with
496 of 497 faces that the new files show; the lowest correlation of a picture with its own frame was
0.953. Of 132 pairs of different videos, and of the second half of each video in place of its first,
none was taken for the same; the highest correlation was 0.774.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facereview.faces.engine import Found, InsightEngine
from facereview.media.frames import Frame
from facereview.media.images import grey_square
from facereview.media.process import VideoProcess
from facereview.records import Box, Pixels, Video, VideoInfo
from facereview.store.films import GREY_SIDE, CarriedFace, FilmFace, FilmPictures

ALIKE = 0.97
"""Correlation from which two small pictures show one frame."""

SAME_FACE = 0.75
"""Cosine from which two faces at one time and place are one, where no picture says so."""

SAME_PERSON = 0.5
"""The same in a frame that is known to show the same picture."""

_SAME_PLACE = 0.4
"""Intersection over union of a face's old and new box."""

_ENOUGH = 0.6
"""Share of the pictures, and of the faces, that must be found again."""

_UNSEEN = 0.8
"""The same share of the faces where there are no pictures."""

_LEAST = 2
"""Pictures that must lie in the new film; without any, faces that must be found in it."""

_SHAPE = 0.02
"""How much the proportions of two sizes may differ."""

_ANCHORS = 3
"""Pictures, and shifts of each, that are tried."""

_COARSE, _FINE = 0.5, 0.04
"""Steps in seconds in which a shift is looked for."""

_MOST = 240
"""Frames that are looked at for a shift: two minutes in coarse steps."""

_NEAR = 0.85
"""Correlation from which a shift is looked at closely: half a coarse step off it is lower."""

_MOMENT = 0.02
"""How many seconds the times of a face and of its frame's picture may differ."""

_SMALL = 160
"""Longer side in pixels in which frames are compared."""


@dataclass(frozen=True, slots=True)
class OldFilm:
    """What is kept of the earlier film, its size and length as in ``video``.

    ``pictures`` are None where an earlier version scanned it.
    """

    video: Video
    pictures: FilmPictures | None
    faces: tuple[FilmFace, ...]


@dataclass(frozen=True, slots=True)
class NewFilm:
    """The file as it is: what it says of itself, and its frames."""

    path: Path
    info: VideoInfo
    reader: VideoProcess

    def frames(self, times: Sequence[float], max_side: int | None = None) -> list[Frame]:
        """The frames at rising seconds, at most so many pixels long."""
        return list(self.reader.frames_at(self.path, times, max_side))

    def greys(self, times: Sequence[float]) -> list[NDArray[np.uint8]]:
        """Small pictures of the frames at rising seconds."""
        return [grey_square(frame.pixels, GREY_SIDE) for frame in self.frames(times, _SMALL)]

    def holds(self, seconds: float) -> bool:
        """Whether it has a frame at that second."""
        return 0 <= seconds < self.info.duration


@dataclass(frozen=True, slots=True)
class Likeness:
    """How the new film follows from the old one: seconds later, quarter turns to the left."""

    shift: float
    turns: int


@dataclass(frozen=True, slots=True)
class SameFilm:
    """A file that is the film its path had, in another encode.

    ``times`` are the seconds of the frames that were looked at before, ``faces`` the decided faces
    that it shows.
    """

    info: VideoInfo
    times: tuple[float, ...]
    faces: tuple[CarriedFace, ...]


def compare(
    old: OldFilm, path: Path, reader: VideoProcess, engine: InsightEngine
) -> SameFilm | None:
    """Whether a file is the same film, None where it is another or that cannot be told.

    Raises:
        MediaError, Cancelled, OSError: as :meth:`VideoProcess.look`.
    """
    info, none = reader.look(path, 0)
    list(none)
    new = NewFilm(path, info, reader)
    how = likeness(old, new)
    faces = _carried(old, how, new, engine) if how else []
    if how is None or not faces:
        return None
    looked = old.pictures.times if old.pictures else sorted({f.timestamp for f in old.faces})
    times = tuple(t + how.shift for t in looked if new.holds(t + how.shift))
    return SameFilm(info, times, tuple(faces))


def likeness(old: OldFilm, new: NewFilm) -> Likeness | None:
    """How a new file is the film of these pictures, None where it is another.

    Without pictures it may be a film of the same length and shape.
    """
    video, length = old.video, old.video.duration
    if old.pictures is None:
        alike = (
            video.width
            and video.height
            and length is not None
            and abs(length - new.info.duration) <= _COARSE
            and abs(video.width * new.info.height / (video.height * new.info.width) - 1) < _SHAPE
        )
        return Likeness(0.0, 0) if alike else None
    there = _agreeing(old.pictures, new, 0.0)
    found = [there] if there else []
    trimmed = length is not None and abs(length - new.info.duration) > _FINE
    if length is not None and trimmed and not (there and there.alike == there.pictures):
        found += _shifted(old.pictures, length, new)
    return max(found, key=_rank).how if found else None


@dataclass(frozen=True, slots=True)
class _Agreement:
    """How many of the pictures agree, all of which should, and how well on the whole."""

    how: Likeness
    alike: int
    pictures: int
    mean: float


def _rank(found: _Agreement) -> tuple[int, float]:
    return found.alike, found.mean


def _agreeing(old: FilmPictures, new: NewFilm, shift: float) -> _Agreement | None:
    """The turn in which most pictures agree at this shift, None where too few do."""
    inside = [i for i, t in enumerate(old.times) if new.holds(t + shift)]
    least = max(_ENOUGH * len(inside), min(_LEAST, len(old.times)))
    seen = new.greys([old.times[i] + shift for i in inside])
    found = []
    for turns in range(4):
        scores = [
            correlation(np.rot90(old.greys[i], turns), grey)
            for i, grey in zip(inside, seen, strict=True)
        ]
        alike = sum(score >= ALIKE for score in scores)
        if alike >= least:
            mean = sum(scores) / len(scores)
            found.append(_Agreement(Likeness(shift, turns), alike, len(old.times), mean))
    return max(found, key=_rank, default=None)


def _shifted(old: FilmPictures, length: float, new: NewFilm) -> Iterator[_Agreement]:
    """Look for the pictures with most contrast at every shift that the lengths allow."""
    spare = length - new.info.duration
    low, high = (-spare, 0.0) if spare > 0 else (0.0, -spare)
    contrast = [float(grey.std()) for grey in old.greys]
    step = max(_COARSE, (high - low) / _MOST)
    for anchor in sorted(range(len(contrast)), key=lambda i: -contrast[i])[:_ANCHORS]:
        grey, time = old.greys[anchor], old.times[anchor]
        coarse = _ranked(grey, time, np.arange(low - step, high + 2 * step, step), new)
        for score, near in coarse[:_ANCHORS]:
            if score < _NEAR:
                break
            fine = _ranked(grey, time, near + np.arange(-step, step + _FINE, _FINE), new)
            found = _agreeing(old, new, fine[0][1])
            if found is not None:
                yield found


def _ranked(
    grey: NDArray[np.uint8], time: float, shifts: NDArray[np.float64], new: NewFilm
) -> list[tuple[float, float]]:
    """How similar a picture is at those shifts that put it into the new film, the most first."""
    inside = [float(shift) for shift in shifts if new.holds(time + shift)]
    seen = new.greys([time + shift for shift in inside])
    scores = [max(correlation(np.rot90(grey, k), now) for k in range(4)) for now in seen]
    return sorted(zip(scores, inside, strict=True), reverse=True)


def correlation(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Pearson's correlation of two pictures, -1 to 1; 0 where one of them is blank."""
    x, y = a.astype(np.float64).ravel(), b.astype(np.float64).ravel()
    x, y = x - x.mean(), y - y.mean()
    power = float(np.sqrt((x @ x) * (y @ y)))
    return float(x @ y) / power if power > 0 else 0.0


def _carried(old: OldFilm, how: Likeness, new: NewFilm, engine: InsightEngine) -> list[CarriedFace]:
    """Where the decided faces are in the new film; those that it does not show are left out.

    None of them is there where too few are: then it is another film after all.
    """
    inside = [f for f in old.faces if f.decided and new.holds(f.timestamp + how.shift)]
    times = sorted({face.timestamp for face in inside})
    frames = new.reader.frames_at(new.path, [time + how.shift for time in times])
    found: list[CarriedFace] = []
    for time, frame in zip(times, frames, strict=True):
        upright = np.ascontiguousarray(np.rot90(frame.pixels, -how.turns))
        height, width = upright.shape[:2]
        known = _is_picture(old.pictures, time, upright)
        seen = engine.detect(upright)
        for face in (face for face in inside if face.timestamp == time):
            place = _place(face, old.video, width, height)
            box = _found_again(face, place, seen, known=known) if place else None
            if box is not None:
                box = turned(box, width, height, how.turns)
                found.append(CarriedFace(face.id, frame.timestamp, box))
    share, least = (_ENOUGH, 1) if old.pictures else (_UNSEEN, _LEAST)
    return found if len(found) >= max(least, share * len(inside)) else []


def _is_picture(pictures: FilmPictures | None, time: float, pixels: Pixels) -> bool:
    """Whether a picture of this second is kept, and shows the same."""
    near = [i for i, t in enumerate(pictures.times) if abs(t - time) <= _MOMENT] if pictures else []
    if pictures is None or not near:
        return False
    return correlation(pictures.greys[near[0]], grey_square(pixels, GREY_SIDE)) >= ALIKE


def _place(face: FilmFace, video: Video, width: int, height: int) -> Box | None:
    """Where a face was, in a frame of this size."""
    if not video.width or not video.height:
        return None
    was = face.box.in_frame(video.width, video.height)
    if was is None:
        return None
    x, y = width / video.width, height / video.height
    return Box(was.x * x, was.y * y, was.width * x, was.height * y)


def _found_again(face: FilmFace, place: Box, seen: Sequence[Found], *, known: bool) -> Box | None:
    """The box of the face at its old place, if it is the same.

    In a frame that is ``known`` to show the same picture it is where it was, also where the
    detector misses it there.
    """
    near = [one for one in seen if one.box.overlap(place) >= _SAME_PLACE]
    best = max(near, key=lambda one: float(one.embedding @ face.embedding), default=None)
    if best is None:
        return place if known else None
    least = SAME_PERSON if known else SAME_FACE
    return best.box if float(best.embedding @ face.embedding) >= least else None


def turned(box: Box, width: int, height: int, turns: int) -> Box:
    """A box of a picture of this size in the picture turned by quarters to the left."""
    for _ in range(turns % 4):
        box = Box(box.y, width - box.x - box.width, box.height, box.width)
        width, height = height, width
    return box
