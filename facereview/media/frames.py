"""Frames of a video by exact presentation time: the frame on screen at that second.

The timeline starts where a player's does, at the start of the container; each frame is on
screen from its own time until the next one's.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Self, cast

import numpy as np
from av.error import FFmpegError
from av.sidedata.sidedata import SideDataContainer
from av.video.reformatter import VideoReformatter

from facereview.errors import MediaError
from facereview.files import MAX_PIXELS, readable, shown
from facereview.media.container import (
    MICROSECONDS,
    Ends,
    check_size,
    declared_end,
    rate,
    read_ends,
    stated_bytes,
)
from facereview.media.cursor import Cursor
from facereview.media.tone import Tags, ToneMapper

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from av.buffer import Buffer
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

    from facereview.media.hardware import Device
    from facereview.records import Pixels

_REAL_ERROR = 2.0**-24
"""Half a step of a 4-byte float, relative: databases keep a frame's time as REAL, and the time
of a frame, so rounded, must still find that frame."""

_MAX_STRETCH = 16
"""A pixel aspect ratio above this means a damaged header."""


_STATE_LENGTHS = frozenset({"asf", "flv", "matroska"})
"""Formats whose head states a length, of all streams together."""

_SLACK = Fraction(1, 2)
"""Seconds by which a whole file may end before the end that it states."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as shown: upright RGB with square pixels, and the second it comes on screen."""

    pixels: Pixels
    timestamp: float


class VideoReader:
    """One open video; belongs to one thread.

    A ``device`` decodes it where that gives the same frames.

    Raises MediaError on opening: missing, empty, damaged, no video stream, too large.
    """

    def __init__(self, path: str | Path, device: Device | None = None) -> None:
        self.path = path
        self._cursor = Cursor(path, device)
        stream = self._cursor.stream
        self._painter = Painter(stream.sample_aspect_ratio, Tags.of(stream.codec_context))
        self._size: tuple[int, int] | None = None
        self._duration: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the reader cannot be used afterwards."""
        self._cursor.close()

    @property
    def codec(self) -> str:
        """Name of the codec, such as ``h264``."""
        return self._cursor.stream.codec_context.name

    @property
    def width(self) -> int:
        """Width in pixels as shown; decodes a frame the first time, as does ``height``."""
        return self._shown_size()[0]

    @property
    def height(self) -> int:
        """Height in pixels as shown."""
        return self._shown_size()[1]

    @property
    def duration(self) -> float:
        """Length of the timeline in seconds, a longer sound track included."""
        if self._duration is None:
            stated = self._cursor.container.duration
            if stated is not None and stated > 0:
                self._duration = stated / MICROSECONDS
            else:
                self._duration = max(0.0, self._until(self._ends.pictures))
        return self._duration

    @property
    def span(self) -> tuple[float, float]:
        """Seconds from which and until which the file holds pictures, whatever it states."""
        cursor = self._cursor
        first, last = (cursor.stream.start_time or 0) * cursor.base, self._ends.pictures
        declared = self._declared
        last = last if declared is None else min(last, declared)
        return max(0.0, self._until(first)), max(0.0, self._until(last))

    def broken_off(self) -> MediaError | None:
        """What to say where the file ends before the end that it states; None where it is whole."""
        cursor, ends, declared = self._cursor, self._ends, self._declared
        due, there = declared, ends.pictures
        stated = cursor.container.duration
        if due is None and stated and self._formats & _STATE_LENGTHS:
            due, there = cursor.origin + Fraction(stated, MICROSECONDS), ends.anything
        if due is not None:
            slack = max(_SLACK, 4 / rate(cursor.stream), (due - cursor.origin) / 50)
            return self._truncated(ends.pictures, due) if there < due - slack else None
        size = readable(self.path, "video").st_size
        if "asf" in self._formats and size < 0.98 * stated_bytes(self.path):
            return self._truncated(ends.pictures)
        return None

    def _truncated(self, at: Fraction, due: Fraction | None = None) -> MediaError:
        of = "" if due is None else f" of {self._until(due):.1f} s"
        return MediaError(
            f"The video {shown(self.path)} is truncated at {self._until(at):.1f} s{of}: copy it "
            "again from its source."
        )

    @cached_property
    def _ends(self) -> Ends:
        return read_ends(self.path)

    @property
    def _formats(self) -> set[str]:
        return set(self._cursor.container.format.name.split(","))

    @property
    def _declared(self) -> Fraction | None:
        """Where the pictures end by the file's own word; in ASF that is the end of its sound."""
        return None if "asf" in self._formats else declared_end(self._cursor.stream)

    def _until(self, end: Fraction) -> float:
        """Seconds of the timeline at a second of the stream's clock."""
        return float(end - self._cursor.origin)

    def key_frames(self, start: float, end: float) -> list[float]:
        """Seconds of the key frames from ``start`` until ``end``, as far as an index names them."""
        first, last = self._tick(start), self._tick(end)
        return [self._seconds(tick) for tick in self._cursor.keys.between(first, last)]

    def frame_at(self, seconds: float, *, max_side: int | None = None) -> Frame:
        """The frame on screen at that second; past the end the last, before the first the first.

        ``max_side`` scales down so that the longer side is at most that many pixels. Raises
        MediaError where the file is truncated before that second, or nothing can be decoded.
        """
        start, frame = self._cursor.frame(self._tick(seconds))
        if self._cursor.at_end:
            self._check_whole(seconds, start, frame)
        return self._paint(start, frame, max_side)

    def clip(
        self, start: float, end: float, *, max_fps: float = 15.0, max_side: int | None = None
    ) -> Iterator[Frame]:
        """The frames on screen from second ``start`` until ``end``, thinned to ``max_fps``."""
        first = self._cursor.frame(self._tick(start))
        stop, step, due = self._tick(end), 1 / max_fps, self._seconds(first[0])
        found: tuple[int, VideoFrame] | None = first
        while found is not None and found[0] < stop:
            seconds = self._seconds(found[0])
            if seconds >= due - 1e-3:
                yield self._paint(*found, max_side)
                due = max(due + step, seconds + step / 2)
            found = self._cursor.after(found[0])

    def _tick(self, seconds: float) -> int:
        if math.isnan(seconds):
            raise MediaError(
                f"The time requested from the video {shown(self.path)} is not a number: scan it "
                "again."
            )
        seconds = min(max(seconds, 0.0), 1e8)
        seconds += seconds * _REAL_ERROR + 1e-6
        return math.floor((seconds + float(self._cursor.origin)) / float(self._cursor.base))

    def _seconds(self, tick: int) -> float:
        return max(0.0, float(tick * self._cursor.base - self._cursor.origin))

    def glance(self, seconds: float, max_side: int) -> NDArray[np.uint8]:
        """Brightness of points of the frame on screen then, shape (height, width), not turned.

        Decodes and fails as :meth:`frame_at` does; converts these points only.
        """
        _, frame = self._cursor.frame(self._tick(seconds))
        try:
            return self._painter.grey(frame, max_side)
        except FFmpegError as error:
            raise self._unpaintable(frame) from error

    def _unpaintable(self, frame: VideoFrame) -> MediaError:
        return MediaError(
            f"The pictures of the video {shown(self.path)} ({frame.format.name}) cannot be "
            "converted to RGB: convert it to H.264."
        )

    def _paint(self, start: int, frame: VideoFrame, max_side: int | None) -> Frame:
        check_size(shown(self.path), frame.width, frame.height)
        try:
            pixels = self._painter.paint(frame, max_side)
        except FFmpegError as error:
            raise self._unpaintable(frame) from error
        return Frame(pixels, self._seconds(start))

    def _check_whole(self, seconds: float, start: int, frame: VideoFrame) -> None:
        """Raise MediaError if the last frame that decodes is not what belongs at ``seconds``."""
        cursor = self._cursor
        declared = self._declared
        usual = 1 / float(rate(cursor.stream))
        until = self._seconds(start + (frame.duration or 0)) + max(0.1, 2 * usual)
        if declared is not None and min(seconds, self._until(declared)) > until:
            raise self._truncated(start * cursor.base, declared)
        broken = self.broken_off() if declared is None and seconds > until else None
        if broken is not None:
            raise broken

    def _shown_size(self) -> tuple[int, int]:
        if self._size is None:
            self._size = self._painter.size(self._cursor.frame(self._tick(0.0))[1])
        return self._size


class ReaderCache:
    """Keeps the videos last asked for open; belongs to one thread.

    A small number: an open decoder holds a dozen frames in full size, 140 MB of a 4K video.
    """

    def __init__(self, capacity: int = 2) -> None:
        self._capacity = capacity
        self._readers: OrderedDict[tuple[str, int, int], VideoReader] = OrderedDict()

    def reader(self, path: str | Path) -> VideoReader:
        """The open reader of a video, another once its file changed.

        It is closed by this cache when others were asked for since. Raises MediaError as
        :class:`VideoReader`.
        """
        status = readable(path, "video")
        key = (str(path), status.st_mtime_ns, status.st_size)
        if key not in self._readers:
            self._readers[key] = VideoReader(path)
        self._readers.move_to_end(key)
        while len(self._readers) > self._capacity:
            self._readers.popitem(last=False)[1].close()
        return self._readers[key]


class Painter:
    """Turns frames of one video into pixels; keeps the scaler between frames."""

    def __init__(self, pixel_shape: Fraction | None, tags: Tags | None = None) -> None:
        """``pixel_shape`` is a pixel's width over its height, None or 0 where unknown.

        ``tags`` are the container's, for frames that have none.
        """
        sound = pixel_shape and Fraction(1, _MAX_STRETCH) <= pixel_shape <= _MAX_STRETCH
        self._shape = pixel_shape if pixel_shape and sound else Fraction(1)
        # A scaler is set up for one size; with one for both it would be set up at every frame.
        self._reformatter, self._small = VideoReformatter(), VideoReformatter()
        self._tags = tags
        self._mapper: ToneMapper | None = None

    def size(self, frame: VideoFrame) -> tuple[int, int]:
        """(width, height) of a frame as shown."""
        width, height = self._square(frame)
        return (width, height) if _matrix(frame)[0] else (height, width)

    def paint(self, frame: VideoFrame, max_side: int | None = None) -> Pixels:
        """RGB pixels; the longer side is at most ``max_side``, never enlarged for it.

        HDR is brought to the tones of SDR (:mod:`facereview.media.tone`). Raises
        av.error.FFmpegError where the pixel format cannot be converted.
        """
        width, height = fit(*self._square(frame), max_side)
        tags = Tags.of(frame).completed(self._tags)
        if tags.hdr:
            rgb = self._mapper_of(width, height, tags).map(frame)
        else:
            rgb = self._reformatter.reformat(frame, width, height, "rgb24")
        pixels = np.asarray(rgb.to_ndarray(), dtype=np.uint8)
        return np.ascontiguousarray(_upright(pixels, _matrix(frame)))

    def _mapper_of(self, width: int, height: int, tags: Tags) -> ToneMapper:
        if self._mapper is None or self._mapper.kind != (width, height, tags):
            self._mapper = ToneMapper(width, height, tags)
        return self._mapper

    def grey(self, frame: VideoFrame, max_side: int) -> NDArray[np.uint8]:
        """Brightness of a sample of a frame's points, not turned, shape (height, width).

        Raises av.error.FFmpegError where the pixel format cannot be converted.
        """
        width, height = fit(frame.width, frame.height, max_side)
        small = self._small.reformat(frame, width, height, "gray", interpolation="POINT")
        return np.asarray(small.to_ndarray(), dtype=np.uint8)

    def _square(self, frame: VideoFrame) -> tuple[int, int]:
        """Size with square pixels, before turning; the width gives way, as in players."""
        width = max(1, round(frame.width * self._shape))
        if width * frame.height >= MAX_PIXELS:
            return frame.width, frame.height
        return width, frame.height


def fit(width: int, height: int, max_side: int | None) -> tuple[int, int]:
    """The size scaled down so that its longer side is at most ``max_side``."""
    longer = max(width, height)
    if max_side is None or longer <= max_side:
        return width, height
    return (
        max(1, round(width * max_side / longer)),
        max(1, round(height * max_side / longer)),
    )


def _matrix(frame: VideoFrame) -> tuple[int, int, int, int]:
    """Signs (a, b, c, d) of the display matrix, rounded to quarter turns and mirrorings.

    The point (x, y) goes to (a x + c y, b x + d y), with y pointing down.
    """
    values = _display_matrix(frame)
    if len(values) != 9:
        return 1, 0, 0, 1
    a, b, c, d = (int(np.sign(values[i])) for i in (0, 1, 3, 4))
    if abs(values[0]) >= abs(values[1]):
        return a or 1, 0, 0, d or 1
    return 0, b or 1, c or 1, 0


def _display_matrix(frame: VideoFrame) -> list[float]:
    """The nine numbers of the display matrix, row by row; empty where there is none."""
    try:
        # frame.side_data would refer back to the frame: it and its picture, 12 MB in 4K, would
        # stay until garbage is collected
        found = SideDataContainer(frame)  # type: ignore[call-arg]  # left out in its stub
        data = cast("Mapping[str, Buffer]", found).get("DISPLAYMATRIX")
    except ValueError:  # PyAV has no name for some other side data
        turn = math.radians(frame.rotation)
        return [math.cos(turn), -math.sin(turn), 0, math.sin(turn), math.cos(turn), 0, 0, 0, 1]
    return [] if data is None else np.frombuffer(bytes(data), np.int32).astype(float).tolist()


def _upright(pixels: Pixels, matrix: tuple[int, int, int, int]) -> Pixels:
    a, b, c, d = matrix
    if b:
        pixels, a, d = pixels.transpose(1, 0, 2), c, b
    return pixels[:: d or 1, :: a or 1]
