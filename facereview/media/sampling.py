"""Choosing the frames of a video to look for faces in: spread over it, none of them wasted.

A frame from the middle of each of ``count`` equal slices. Where that is black, blank or within a
fade, other places of its slice are tried. The same file always gives the same frames.
"""

from __future__ import annotations

from collections.abc import Iterator

from facereview.media.frames import Frame, VideoReader
from facereview.records import Pixels

_PLACES = (0.5, 0.75, 0.25, 0.95, 0.05)
"""Where in its slice a frame is looked for, the middle first."""

_DULL = 28.0
"""Contrast (deviation of the brightness, of 255) under which a frame may be blank or in a fade."""

_BETTER = 1.25
"""How much more contrast another place must have to be taken instead."""


def sample(reader: VideoReader, count: int) -> Iterator[Frame]:
    """At most ``count`` frames in time order, no frame twice; fewer where the video has fewer.

    Raises MediaError where the file breaks off, after the frames before that.
    """
    start, end = reader.span
    length = (end - start) / max(1, count)
    given: set[float] = set()
    for number in range(count):
        frame = _best(reader, start + number * length, length, given)
        if frame is not None:
            given.add(frame.timestamp)
            yield frame


def _best(reader: VideoReader, begin: float, length: float, given: set[float]) -> Frame | None:
    """The first frame of a slice with contrast enough, else the one with most of it."""
    best, most = None, 0.0
    for place in _PLACES:
        frame = reader.frame_at(begin + place * length)
        if frame.timestamp in given:
            continue
        contrast = _contrast(frame.pixels)
        if best is None or contrast > most * _BETTER:
            best, most = frame, contrast
        if contrast >= _DULL:
            break
    return best


def _contrast(pixels: Pixels) -> float:
    """Deviation of the brightness in the middle of a frame: black bars beside it do not count."""
    height, width = pixels.shape[:2]
    middle = pixels[height // 4 : height - height // 4, width // 4 : width - width // 4]
    step = max(1, max(middle.shape[:2]) // 96)
    return float(middle[::step, ::step].mean(axis=2).std())
