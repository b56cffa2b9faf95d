"""Fingerprints of a video file's content: a quick one of its parts, and one of all of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import xxhash

from facereview.errors import MediaError, ReplacedFile
from facereview.files import readable, shown

_PART = 256 << 10
"""Bytes read at the head, in the middle and at the tail: two encodes, or the same with other
metadata, differ in them."""

_CHUNK = 16 << 20


def content_of(path: Path) -> str:
    """The size in bytes and XXH3-128 of head, middle and tail, as ``size-hash``.

    Reads 768 KiB at most, whatever the size. Raises MediaError.
    """
    size = readable(path, "video").st_size
    digest = xxhash.xxh3_128()
    starts = (0, (size - _PART) // 2, size - _PART) if size > 3 * _PART else (0,)
    try:
        with path.open("rb") as file:
            for start in starts:
                file.seek(start)
                digest.update(file.read(_PART if len(starts) > 1 else size))
    except OSError as error:
        raise _unreadable(path) from error
    return f"{size}-{digest.hexdigest()}"


def whole_of(path: Path, going_on: Callable[[], object] = lambda: None) -> str:
    """XXH3-128 of a whole file, 32 hexadecimal digits; ``going_on`` is called between chunks.

    Raises MediaError.
    """
    digest = xxhash.xxh3_128()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                going_on()
    except OSError as error:
        raise _unreadable(path) from error
    return digest.hexdigest()


def check_film(path: Path, known: str | None, found: str | None = None) -> None:
    """Check that a file is the film with the ``known`` fingerprint, as far as that is known.

    ``found`` is the file's own, where that was read before.

    Raises:
        ReplacedFile: it is another film.
        MediaError: it cannot be read.
    """
    if known is not None and not agrees(known, found or content_of(path)):
        raise ReplacedFile(
            f"The file {shown(path)} was replaced: it is not the film in which these faces were "
            "found; scan it again."
        )


def agrees(known: str, found: str) -> bool:
    """Whether a file's content may be the known one, of which perhaps only ``size-`` is known."""
    return found.startswith(known) if known.endswith("-") else found == known


def _unreadable(path: Path) -> MediaError:
    return MediaError(
        f"The video {shown(path)} cannot be read to its end: check its drive and try again."
    )
