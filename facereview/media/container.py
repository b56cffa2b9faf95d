"""Opening a video file: the container, and the one stream that is the video."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError
from av.stream import Discard, Disposition

from facereview.errors import MediaError
from facereview.files import readable, shown, too_large

if TYPE_CHECKING:
    from av.codec.hwaccel import HWAccel
    from av.container import InputContainer
    from av.video.stream import VideoStream

MAX_VIDEO_PIXELS = 8192 * 8192
"""A video of more pixels is refused before it is decoded: a decoder keeps some ten frames."""

_LARGE = 4096 * 2304
"""From here on fewer threads decode, :data:`_FEW`: each keeps frames of its own."""

_FEW = 2

_threads = 0
"""How many threads decode at most; 0: as many as suit the computer."""


def limit_threads(threads: int) -> None:
    """Decode with so many threads at most in this process from now on; 0: as many as suit it."""
    global _threads  # noqa: PLW0603  (how wide a process decodes, not what)
    _threads = threads


_FORMATS = (
    "asf avi dv flv gxf h264 hevc ivf m4v matroska mov mpeg mpegts mpegvideo mxf nsv nut obu ogg "
    "rm webm wtv yuv4mpegpipe"
).split()
"""Formats that hold their pictures themselves: no playlists, scripts, devices or image lists."""

_OPTIONS = {
    # A playlist under the name of a video is refused before it is read, and FFmpeg opens no
    # addresses for it, only files.
    "format_whitelist": ",".join(_FORMATS),
    "protocol_whitelist": "file",
    "max_pixels": str(MAX_VIDEO_PIXELS),
}
_COVERS = Disposition.attached_pic | Disposition.timed_thumbnails

_ASF_HEAD = 64 << 10
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
"""The GUID of an ASF file's properties, which state its size."""

MICROSECONDS = 1_000_000
"""Unit of a container's times, as FFmpeg's AV_TIME_BASE has it."""


def open_video(
    path: str | Path, accelerator: HWAccel | None = None
) -> tuple[InputContainer, VideoStream]:
    """Open a video; all but its video stream is discarded unread, decoding uses all cores.

    Fewer where :func:`limit_threads` says so. ``accelerator`` has a card decode it.

    Raises MediaError: missing, empty, damaged, no video stream, no decoder, too large; with an
    accelerator also RuntimeError where that decodes no such video.
    """
    readable(path, "video")
    name = shown(path)
    try:
        container = av.open(
            f"file:{Path(path).absolute()}",
            "r",
            options=_OPTIONS,
            metadata_errors="replace",
            hwaccel=accelerator,
        )
    except (FFmpegError, OSError, ValueError) as error:
        raise MediaError(
            f"{name} cannot be read as a video, it is damaged or of another kind: "
            "copy it again or convert it."
        ) from error
    try:
        return container, _prepare(container, name, alone=accelerator is not None)
    except MediaError:
        container.close()
        raise


def _prepare(container: InputContainer, name: str, *, alone: bool) -> VideoStream:
    """Its video stream, decoded by many threads or ``alone`` by the one that asks."""
    stream = _video_stream(container, name)
    context = stream.codec_context
    check_size(name, context.width, context.height)
    context.thread_type = "AUTO"
    large = context.width * context.height > _LARGE
    context.thread_count = min(_threads or _FEW, _FEW) if large else _threads
    if alone:
        context.thread_count = 1
    context.options = {"max_pixels": str(MAX_VIDEO_PIXELS)}
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    return stream


def check_size(name: str, width: int, height: int) -> None:
    """Raise MediaError for a picture too large to be decoded, :data:`MAX_VIDEO_PIXELS`."""
    if width * height > MAX_VIDEO_PIXELS:
        raise too_large(f"The video {name}", width, height, MAX_VIDEO_PIXELS)


def _video_stream(container: InputContainer, name: str) -> VideoStream:
    """The default video stream, else the first; cover art and chapter pictures do not count."""
    streams = [s for s in container.streams.video if not s.disposition & _COVERS]
    if not streams:
        raise MediaError(f"{name} has no video stream: choose a file with moving pictures.")
    decodable = [s for s in streams if s.codec_context is not None]
    if not decodable:
        raise MediaError(
            f"The video {name} is in a codec that cannot be decoded here: convert it to H.264."
        )
    return next((s for s in decodable if s.disposition & Disposition.default), decodable[0])


def origin(container: InputContainer, stream: VideoStream) -> Fraction:
    """Where second 0 of the timeline lies, in seconds of the stream's own clock.

    The container keeps its start in whole microseconds; where the stream starts there too,
    its own exact start is used, so that its first frame is at 0 and not a rounding error before.
    """
    first = stream.start_time
    begin = None if container.start_time is None else Fraction(container.start_time, MICROSECONDS)
    if first is None:
        return begin or Fraction(0)
    exact = first * time_base(stream)
    if begin is None or abs(exact - begin) <= Fraction(1, MICROSECONDS):
        return exact
    return begin


def time_base(stream: VideoStream) -> Fraction:
    """Seconds per tick of the stream's clock."""
    return stream.time_base or Fraction(1, MICROSECONDS)


def rate(stream: VideoStream) -> Fraction:
    """Frames per second as declared, 25 where nothing sensible is."""
    for value in (stream.average_rate, stream.guessed_rate, stream.base_rate):
        if value is not None and Fraction(1, 100) <= value <= 1000:
            return value
    return Fraction(25)


def declared_end(stream: VideoStream) -> Fraction | None:
    """Declared end of the pictures on the stream's clock, in seconds; None if not declared.

    From the stream's duration, or Matroska's DURATION tag, which alone tells the video from
    a longer sound track.
    """
    start = (stream.start_time or 0) * time_base(stream)
    if stream.duration is not None and stream.duration > 0:
        return start + stream.duration * time_base(stream)
    tag = next((v for k, v in stream.metadata.items() if k.upper().startswith("DURATION")), "")
    try:
        # a program whose locale has a decimal comma writes one here
        hours, minutes, seconds = tag.replace(",", ".").split(":")
        # Matroska writes the end on its own clock, not the length.
        return Fraction(hours) * 3600 + Fraction(minutes) * 60 + Fraction(seconds)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Ends:
    """Where the packets of a file end, in seconds of the video stream's clock.

    ``anything`` counts sound as well, which may be longer than the ``pictures``.
    """

    pictures: Fraction
    anything: Fraction


def read_ends(path: str | Path) -> Ends:
    """Where a file ends, by reading its last packets, or all where it states no duration.

    A file that breaks off is read from further and further before its stated end. Raises
    MediaError.
    """
    for tenth in range(10, -1, -1):
        ends = _ends_from(path, tenth)
        if ends is not None:
            return ends
    return Ends(Fraction(0), Fraction(0))


def _ends_from(path: str | Path, tenth: int) -> Ends | None:
    """Where it ends, read from this tenth of its length; None where no picture follows."""
    container, stream = open_video(path)
    for other in container.streams:
        other.discard = Discard.default
    with container:
        try:
            if tenth and container.duration is not None and container.duration > 0:
                length = Fraction(container.duration * tenth, 10 * MICROSECONDS)
                target = (origin(container, stream) + length) / time_base(stream)
                container.seek(math.floor(target), stream=stream)
            elif tenth:
                return None
        except FFmpegError:
            return None
        return _last(container, stream, counting=not tenth)


def _last(container: InputContainer, stream: VideoStream, *, counting: bool) -> Ends | None:
    """The ends of what follows; pictures without any time are counted, if that is all of them."""
    pictures: Fraction | None = None
    anything, count = Fraction(0), 0
    try:
        for packet in container.demux():
            stamp = packet.dts if packet.pts is None else packet.pts
            is_picture = packet.stream.index == stream.index and packet.size > 0
            count += is_picture
            if stamp is None or packet.time_base is None or not packet.size:
                continue
            end = (stamp + (packet.duration or 0)) * packet.time_base
            anything = max(anything, end)
            if is_picture:
                pictures = max(pictures or end, end)
    except FFmpegError:  # damaged from here on: what came before is used
        pass
    if pictures is None and count and counting:
        pictures = count / rate(stream)
    return None if pictures is None else Ends(pictures, max(pictures, anything))


def stated_bytes(path: str | Path) -> int:
    """The size that an ASF file (WMV) says it has; 0 where it does not, or is of another kind."""
    with Path(path).open("rb") as file:
        head = file.read(_ASF_HEAD)
    at = head.find(_ASF_PROPERTIES)
    if at < 0 or len(head) < at + 92 or head[at + 88] & 1:  # broadcast: nothing is stated
        return 0
    return int.from_bytes(head[at + 40 : at + 48], "little")
