"""Writing a file so that it is either whole or as it was before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """A fresh file beside ``file`` to write to; it takes its place if nothing is raised.

    Raises:
        OSError: naming ``file``, when it cannot be written.
    """
    target = file.resolve()
    part = target.with_name(f".facereview-{os.getpid()}.part")
    try:
        part.touch()
        yield part
        part.replace(target)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(file)) from fault
    finally:
        part.unlink(missing_ok=True)
