"""Looking at a video: its frames are sampled, and the faces in them detected and embedded."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from traceback import format_exception_only

import numpy as np
from numpy.typing import NDArray

from facereview.errors import Cancelled, MediaError, ReviewError
from facereview.faces.engine import InsightEngine, Spotted
from facereview.files import shown
from facereview.media.crops import crop_bytes, cut_face
from facereview.media.frames import Frame
from facereview.media.images import grey_square
from facereview.media.process import VideoProcess
from facereview.records import SMALL_FACE, Detection, VideoInfo
from facereview.store.films import GREY_SIDE, FilmPictures

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScannedVideo:
    """The result of scanning a video: detections in time order, each with a crop."""

    detections: list[Detection]
    crops: list[bytes]
    """As :func:`crop_bytes` gives them."""
    pictures: FilmPictures
    """Of the frames that were looked at."""
    fault: MediaError | None = None
    """Why the film broke off after these frames."""
    small: int = 0
    """Faces left out for their size."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a video says of itself, and what was found in it."""

    info: VideoInfo
    scanned: ScannedVideo


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many frames of a video are looked at, and for faces of which shorter side in pixels."""

    frames: int
    min_size: int


def look(
    path: Path,
    wanted: Wanted,
    reader: VideoProcess,
    engine: InsightEngine,
    on_frame: Callable[[], None] = lambda: None,
) -> Look:
    """Look at frames spread over a video; where it breaks off, what was decoded counts.

    What goes wrong while a card may decode is tried once more by software.

    Raises:
        MediaError, Cancelled, OSError: as :meth:`VideoProcess.look`.
    """

    def once(*, card: bool) -> Look:
        info, frames = reader.look(path, wanted.frames, card=card)
        told = _telling(frames, on_frame)
        return Look(info, something(faces_in(told, engine, wanted.min_size)))

    try:
        found = once(card=True)
    except MediaError:
        if not reader.on_card:
            raise
    else:
        if found.scanned.fault is None or not reader.on_card:
            return found
    return once(card=False)


@contextmanager
def blamed(path: Path) -> Iterator[None]:
    """What nobody foresaw while a video is looked at becomes its fault, and is logged.

    Raises:
        MediaError: in its place.
    """
    try:
        yield
    except (ReviewError, Cancelled, OSError):
        raise
    except Exception as fault:
        log.exception("looking at %s", shown(path))
        what = "".join(format_exception_only(fault)).strip().splitlines()[-1]
        raise MediaError(
            f"The video {shown(path)} could not be looked at ({what}): scan it again, and report "
            "this if it stays so."
        ) from fault


def _telling(frames: Iterable[Frame], on_frame: Callable[[], None]) -> Iterator[Frame]:
    for frame in frames:
        on_frame()
        yield frame


def look_at(
    path: Path, times: Sequence[float], min_size: int, reader: VideoProcess, engine: InsightEngine
) -> ScannedVideo:
    """Look at the frames at these seconds; raises as :func:`look`."""
    return something(faces_in(reader.frames_at(path, times), engine, min_size))


def something(scanned: ScannedVideo) -> ScannedVideo:
    """The same; raises MediaError where the film broke off before its first frame."""
    if scanned.fault is not None and not scanned.pictures.times:
        raise scanned.fault
    return scanned


def faces_in(frames: Iterable[Frame], engine: InsightEngine, min_size: int) -> ScannedVideo:
    """The faces in frames; where reading them breaks off, those of the frames before.

    Raises:
        Cancelled, OSError: as the frames do.
    """
    found = _Found()
    fault: MediaError | None = None
    coming = iter(frames)
    while fault is None:
        some: list[Frame] = []
        try:
            for frame in islice(coming, engine.batch):
                some.append(frame)  # those before a fault count
        except MediaError as broken:
            fault = broken
        if not some:
            break
        found.add(some, engine.detect_all([frame.pixels for frame in some], min_size=min_size))
    pictures = FilmPictures(tuple(found.times), np.array(found.greys, np.uint8))
    return ScannedVideo(found.detections, found.crops, pictures, fault, found.small)


@dataclass(slots=True)
class _Found:
    """What was found so far; the fields are those of :class:`ScannedVideo`."""

    detections: list[Detection] = field(default_factory=list)
    crops: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    greys: list[NDArray[np.uint8]] = field(default_factory=list)
    small: int = 0

    def add(self, frames: Sequence[Frame], spotted: Sequence[Spotted]) -> None:
        """The faces of some frames."""
        for frame, seen in zip(frames, spotted, strict=True):
            self.times.append(frame.timestamp)
            self.greys.append(grey_square(frame.pixels, GREY_SIDE))
            self.small += sum(min(box.width, box.height) >= SMALL_FACE for box in seen.small)
            for face in seen.faces:
                one = Detection(frame.timestamp, face.box, face.quality, face.embedding)
                self.detections.append(one)
                self.crops.append(crop_bytes(cut_face(frame.pixels, face.box)))
