"""Atomic replacement of a file."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(file: Path, mode: int = 0o666) -> Iterator[Path]:
    """A temporary file beside ``file`` to write to; it replaces ``file`` if nothing is raised.

    ``mode`` says who may use it, from its first byte on and within what the process allows.

    Raises:
        OSError: naming ``file``, when it cannot be written or is no regular file.
    """
    target = file.resolve()
    if target.exists() and not target.is_file():
        # a device or a pipe would be replaced by a file of its name
        raise OSError(errno.EINVAL, "it is no regular file", str(file))
    part = target.with_name(f".facereview-{os.getpid()}.part")
    try:
        part.unlink(missing_ok=True)
        part.touch(mode, exist_ok=False)
        yield part
        part.replace(target)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(file)) from fault
    finally:
        part.unlink(missing_ok=True)
