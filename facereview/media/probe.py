"""What a video file says of itself, and which files are videos."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from facereview.errors import MediaError
from facereview.files import shown
from facereview.media.fingerprint import content_of
from facereview.media.frames import VideoReader
from facereview.records import VideoInfo

EXTENSIONS = frozenset(
    f".{name}"
    for name in (
        "3g2 3gp asf avi divx dv f4v flv m2ts m2v m4v mkv mov mp4 mpe mpeg mpg mts mxf ogm ogv qt "
        "rm rmvb ts vob webm wmv"
    ).split()
)


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


def find_videos(
    paths: Sequence[Path], *, on_fault: Callable[[MediaError], None] | None = None
) -> Iterator[Path]:
    """Videos among files and, by extension, in folders and all below them, sorted, each once.

    A file named outright counts whatever its extension; hidden files and folders in a folder do
    not. Links to folders are followed, in a ring only once. A folder that may not be read is
    left out and reported to ``on_fault``. Raises MediaError for a path that is not there.
    """
    seen: set[Path] = set()
    for path in paths:
        if not path.exists():
            raise MediaError(f"There is no file or folder {shown(path)}: check its spelling.")
        found = _below(path, set(), on_fault) if path.is_dir() else iter((path,))
        for video in found:
            real = video.resolve()
            if real not in seen:
                seen.add(real)
                yield video


def _below(
    folder: Path, above: set[Path], on_fault: Callable[[MediaError], None] | None
) -> Iterator[Path]:
    """Videos in a folder, depth first; ``above`` are the folders already gone through."""
    real = folder.resolve()
    if real in above:
        return
    above.add(real)
    try:
        with os.scandir(folder) as scan:
            entries = sorted((e for e in scan if not e.name.startswith(".")), key=lambda e: e.name)
    except OSError:
        if on_fault is not None:
            on_fault(
                MediaError(f"The folder {shown(folder)} may not be read: change its permissions.")
            )
        return
    for entry in entries:
        path = folder / entry.name
        if path.is_dir():
            yield from _below(path, above, on_fault)
        elif path.suffix.lower() in EXTENSIONS and path.is_file():
            yield path
