"""Choice of the frames of a video to detect faces in: spread over it, no blank ones.

One frame from each of ``count`` equal slices: the key frame nearest to the slice's middle, since
any other costs decoding everything from the key frame before it, else the middle itself. Where
that is black, blank, or within a fade, other places of the slice are tried, later ones first,
since going back means decoding again. The same file always gives the same frames.

A cross-fade is detected by its definition: a frame in it is a mixture of those a moment before
and after. Three frames a moment apart are compared as small grey pictures by least squares;
motion leaves a residual that a fade does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facereview.media.frames import Frame, VideoReader
from facereview.records import Pixels

_PLACES = (0.5, 0.75, 0.95, 0.25)
"""Where in its slice a frame is looked for when no key frame is good, the middle first."""

_KEY_FRAMES = 2
"""Key frames of a slice that are tried."""

_DULL = 28.0
"""Contrast (deviation of the brightness, of 255) under which a frame may be blank or in a fade."""

_BETTER = 1.25
"""How much better another place must be to be taken instead, where none is good."""

_ENOUGH = 0.5
"""A candidate from this worth on is taken instead of going back in the slice."""

_MOMENT = 0.2
"""Seconds between the frames that are compared."""

_CHANGE = 12.0
"""Change (root mean square, of 255) over the three under which nothing is fading."""

_MIXTURE = 0.3
"""Residual, as a share of that change, under which a frame is a mixture of its neighbours."""

_SMALL = 96


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a frame may be taken, and the three moments to compare, itself among them.

    Of a key frame the moments are itself and two later ones: any before it lies in another
    group of pictures.
    """

    seconds: float
    moments: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Look:
    """A frame that may be taken, and how much it shows: 1 is enough."""

    frame: Frame
    worth: float


def sample(reader: VideoReader, count: int) -> Iterator[Frame]:
    """At most ``count`` frames in time order, no frame twice; fewer where the video has fewer.

    Raises MediaError where the file is truncated, after the frames of what is there.
    """
    start, end = reader.span
    length = (end - start) / max(1, count)
    given: set[float] = set()
    for number in range(count):
        frame = _best(reader, start + number * length, length, given)
        if frame is not None:
            given.add(frame.timestamp)
            yield frame
    fault = reader.broken_off()
    if fault is not None:
        raise fault


def _best(reader: VideoReader, begin: float, length: float, given: set[float]) -> Frame | None:
    """The first frame of a slice that is good, else the best of them."""
    best: _Look | None = None
    reached = 0.0
    for place in _places(reader, begin, length):
        if place.seconds < reached and best is not None and best.worth >= _ENOUGH:
            continue
        look, reached = _look(reader, place), place.seconds
        if look.frame.timestamp in given:
            continue
        if best is None or look.worth > best.worth * _BETTER:
            best = look
        if look.worth >= 1.0:
            break
    return best.frame if best else None


def _places(reader: VideoReader, begin: float, length: float) -> Iterator[_Place]:
    middle = begin + length / 2
    keys = reader.key_frames(begin, begin + length)
    for seconds in sorted(keys, key=lambda key: abs(key - middle))[:_KEY_FRAMES]:
        yield _Place(seconds, (seconds, seconds + _MOMENT, seconds + 2 * _MOMENT))
    for share in _PLACES:
        seconds = begin + share * length
        yield _Place(seconds, (max(0.0, seconds - _MOMENT), seconds, seconds + _MOMENT))


def _look(reader: VideoReader, place: _Place) -> _Look:
    """Decode forward through the moments, with the frame itself on the way."""
    first, second, third = place.moments
    early = _grey(reader, first)
    if place.seconds == first:
        frame = reader.frame_at(place.seconds)
        middle = _grey(reader, second)
    else:
        middle = _grey(reader, second)
        frame = reader.frame_at(place.seconds)
    worth = min(1.0, _contrast(frame.pixels) / _DULL)
    if worth >= 1.0:
        worth = min(1.0, _residual(early, middle, _grey(reader, third)) / _MIXTURE)
    return _Look(frame, worth)


def _residual(
    before: NDArray[np.float32], now: NDArray[np.float32], after: NDArray[np.float32]
) -> float:
    """Residual of ``now`` against the best mixture of its neighbours, over their difference.

    1 where nothing fades: hardly any change, or a frame that equals one of the two.
    """
    change = after - before
    power = float((change**2).mean())
    if power < _CHANGE**2:
        return 1.0
    share = float(((now - before) * change).mean()) / power
    if not 0.1 < share < 0.9:
        return 1.0
    rest = now - before - share * change
    return float(np.sqrt((rest**2).mean() / power))


def _grey(reader: VideoReader, seconds: float) -> NDArray[np.float32]:
    return reader.glance(seconds, _SMALL).astype(np.float32)


def _contrast(pixels: Pixels) -> float:
    """Deviation of the brightness in the middle of a frame: black bars beside it do not count."""
    height, width = pixels.shape[:2]
    middle = pixels[height // 4 : height - height // 4, width // 4 : width - width // 4]
    step = max(1, max(middle.shape[:2]) // 96)
    return float(middle[::step, ::step].mean(axis=2).std())
