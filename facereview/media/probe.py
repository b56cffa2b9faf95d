"""What a video file says of itself."""

from __future__ import annotations

from pathlib import Path

from facereview.errors import MediaError
from facereview.files import shown
from facereview.media.fingerprint import content_of
from facereview.media.frames import VideoReader
from facereview.records import VideoInfo


def probe(path: Path) -> VideoInfo:
    """Open a video, decode one frame of it, and take its fingerprint.

    The title is the file's name without extension; ``path`` is made absolute. Raises MediaError.
    """
    content = content_of(path)
    name = str(path.absolute())
    if shown(name) != name:
        raise MediaError(f"The name of the video {shown(name)} is not valid text: rename the file.")
    with VideoReader(path) as reader:
        return VideoInfo(
            path=name,
            title=path.stem,
            duration=reader.duration,
            width=reader.width,
            height=reader.height,
            codec=reader.codec,
            size_bytes=int(content.partition("-")[0]),
            content=content,
        )
