"""Frames of a video by exact presentation time: the frame on screen at that second.

The timeline starts where a player's does, at the start of the container; each frame is on
screen from its own time until the next one's.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from av.error import FFmpegError

from facereview.errors import MediaError
from facereview.media.container import MICROSECONDS, check_size, declared_end, rate, scan_end
from facereview.media.cursor import Cursor
from facereview.media.files import readable, shown
from facereview.media.picture import Painter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from av.video.frame import VideoFrame
    from numpy.typing import NDArray

    from facereview.records import Pixels

_REAL_ERROR = 2.0**-24
"""Half a step of a 4-byte float, relative: databases keep a frame's time as REAL, and the time
of a frame, so rounded, must still find that frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame as shown: upright RGB with square pixels, and the second it comes on screen."""

    pixels: Pixels
    timestamp: float


class VideoReader:
    """One open video; belongs to one thread.

    Raises MediaError on opening: missing, empty, damaged, no video stream, too large.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = path
        self._cursor = Cursor(path)
        self._painter = Painter(self._cursor.stream.sample_aspect_ratio)
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
                self._duration = max(0.0, float(scan_end(self.path) - self._cursor.origin))
        return self._duration

    @property
    def span(self) -> tuple[float, float]:
        """Seconds from which and until which the video has pictures."""
        cursor = self._cursor
        first = (cursor.stream.start_time or 0) * cursor.base - cursor.origin
        end = declared_end(cursor.stream)
        last = self.duration if end is None else float(end - cursor.origin)
        return max(0.0, float(first)), max(0.0, last)

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

    def frames(self, times: Sequence[float], *, max_side: int | None = None) -> Iterator[Frame]:
        """The frames at those seconds, cheapest in rising order: decoding goes on where it can."""
        return (self.frame_at(seconds, max_side=max_side) for seconds in times)

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
        end = declared_end(cursor.stream)
        usual = 1 / float(rate(cursor.stream))
        until = self._seconds(start + (frame.duration or 0)) + max(0.1, 2 * usual)
        if end is not None and min(seconds, float(end - cursor.origin)) > until:
            raise MediaError(
                f"The video {shown(self.path)} is truncated at {self._seconds(start):.1f} s of "
                f"{float(end - cursor.origin):.1f} s: copy it again from its source."
            )

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

    def frame_at(self, path: str | Path, seconds: float, max_side: int | None = None) -> Frame:
        """As :meth:`VideoReader.frame_at`; a file that changed or went away is noticed."""
        return self.reader(path).frame_at(seconds, max_side=max_side)

    def reader(self, path: str | Path) -> VideoReader:
        """The open reader of a video; closed by this cache when others were asked for since."""
        status = readable(path, "video")
        key = (str(path), status.st_mtime_ns, status.st_size)
        if key not in self._readers:
            self._readers[key] = VideoReader(path)
        self._readers.move_to_end(key)
        while len(self._readers) > self._capacity:
            self._readers.popitem(last=False)[1].close()
        return self._readers[key]

    def close(self) -> None:
        """Close every file."""
        while self._readers:
            self._readers.popitem()[1].close()
