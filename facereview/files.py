"""Files: their paths as text, checks before they are read, atomic replacement."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from facereview.errors import MediaError, MissingFile

MAX_PIXELS = 100_000_000
"""A picture of this many pixels or more is refused before memory is given to it."""

_PRIVATE = 0o600


@contextmanager
def replacing(file: Path, mode: int = 0o666) -> Iterator[Path]:
    """A temporary file beside ``file`` to write to; it replaces ``file`` if nothing is raised.

    ``mode`` says who may use it, from its first byte on and within what the process allows.

    Raises:
        OSError: naming ``file``, when it cannot be written or is no regular file.
    """
    target, part = _parts(file)
    try:
        part.touch(mode, exist_ok=False)
        yield part
        part.replace(target)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(file)) from fault
    finally:
        part.unlink(missing_ok=True)


def check_replaceable(file: Path) -> None:
    """See whether :func:`replacing` could begin now; ``file`` is left as it is.

    Raises:
        OSError: naming ``file``, as there.
    """
    _, part = _parts(file)
    try:
        part.touch(exist_ok=False)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(file)) from fault
    part.unlink()


def _parts(file: Path) -> tuple[Path, Path]:
    """The file that is meant, and one to write to beside it."""
    target = file.resolve()
    if target.exists() and not target.is_file():
        # a device or a pipe would be replaced by a file of its name
        raise OSError(errno.EINVAL, "it is no regular file", str(file))
    return target, target.with_name(f".facereview-{uuid4().hex}.part")


def write_whole(path: Path, data: bytes) -> None:
    """Write a picture that only this user can read, atomically; makes its folder.

    Raises MediaError where it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path, _PRIVATE) as part:
            part.write_bytes(data)
    except OSError as error:
        raise MediaError(
            f"{shown(path)} cannot be written ({error.strerror}): "
            "free space on its drive or change its permissions."
        ) from error


def shown(path: str | os.PathLike[str]) -> str:
    """A path as it can be printed, undecodable bytes replaced."""
    return os.fspath(path).encode("utf-8", "replace").decode("utf-8")


def stored_path(path: Path) -> str:
    """The absolute path, links followed.

    Raises:
        MediaError: its name is not Unicode, which PostgreSQL cannot keep.
    """
    name = str(path.resolve())
    if not encodable(name):
        raise MediaError(f"The name of {shown(path)} is not Unicode: rename it and try again.")
    return name


def encodable(text: str) -> bool:
    """Whether a text is all Unicode: names from the system may hold bytes that are not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def readable(path: str | os.PathLike[str], kind: str) -> os.stat_result:
    """Check that a path is a regular, readable file that is not empty.

    ``kind`` ("video", "image") is for the message. Raises MediaError.
    """
    name = shown(path)
    try:
        status = Path(path).stat()
    except PermissionError as error:
        raise _not_allowed(name, kind) from error
    except (OSError, ValueError) as error:
        raise MissingFile(
            f"The {kind} {name} is not there: reconnect its drive or put the file back."
        ) from error
    if stat.S_ISDIR(status.st_mode):
        raise MediaError(f"{name} is a folder: choose the {kind} inside it.")
    if not stat.S_ISREG(status.st_mode):
        raise MediaError(f"{name} is not a regular file: choose the {kind} itself.")
    if status.st_size == 0:
        raise MediaError(f"The {kind} {name} is empty (0 bytes): copy it again from its source.")
    if not os.access(path, os.R_OK):
        raise _not_allowed(name, kind)
    return status


def _not_allowed(name: str, kind: str) -> MediaError:
    return MediaError(f"The {kind} {name} may not be read: change its permissions.")


def too_large(what: str, width: int, height: int, limit: int = MAX_PIXELS) -> MediaError:
    """The error for a picture of ``limit`` pixels or more; ``what`` begins the sentence."""
    return MediaError(
        f"{what} is {width} x {height} pixels, over the limit of "
        f"{limit // 1_000_000} megapixels: make a smaller copy."
    )
