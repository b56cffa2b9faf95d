"""Opening a video file: the container, and the one stream that is the video."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import av
from av.error import FFmpegError
from av.stream import Discard, Disposition

from facereview.errors import MediaError
from facereview.files import readable, shown, too_large

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

MAX_VIDEO_PIXELS = 8192 * 8192
"""A video of more pixels is refused before it is decoded: a decoder keeps some ten frames."""

_LARGE = 4096 * 2304
"""From here on fewer threads decode: each keeps frames of its own."""

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

MICROSECONDS = 1_000_000
"""Unit of a container's times, as FFmpeg's AV_TIME_BASE has it."""


def open_video(path: str | Path) -> tuple[InputContainer, VideoStream]:
    """Open a video; all but its video stream is discarded unread, decoding uses all cores.

    Raises MediaError: missing, empty, damaged, no video stream, no decoder, too large.
    """
    readable(path, "video")
    name = shown(path)
    try:
        container = av.open(
            f"file:{Path(path).absolute()}", "r", options=_OPTIONS, metadata_errors="replace"
        )
    except (FFmpegError, OSError, ValueError) as error:
        raise MediaError(
            f"{name} cannot be read as a video, it is damaged or of another kind: "
            "copy it again or convert it."
        ) from error
    try:
        return container, _prepare(container, name)
    except MediaError:
        container.close()
        raise


def _prepare(container: InputContainer, name: str) -> VideoStream:
    stream = _video_stream(container, name)
    context = stream.codec_context
    check_size(name, context.width, context.height)
    context.thread_type = "AUTO"
    if context.width * context.height > _LARGE:
        context.thread_count = 2
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


def scan_end(path: str | Path) -> Fraction:
    """Second of the stream's clock at which the last picture ends, by reading every packet.

    For files that state no duration, such as recordings never finalised. Raises MediaError.
    """
    container, stream = open_video(path)
    base, step = time_base(stream), 1 / rate(stream)
    end, count = Fraction(0), 0
    with container:
        try:
            for packet in container.demux(stream):
                count += packet.size > 0
                stamp = packet.dts if packet.pts is None else packet.pts
                if stamp is not None:
                    end = max(end, (stamp + (packet.duration or 0)) * base)
        except FFmpegError:  # damaged from here on: what came before is used
            pass
    return end or count * step
