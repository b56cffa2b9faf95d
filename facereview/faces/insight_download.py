"""InsightFace's own download of a pack, in a child process with a timeout."""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from facereview.faces.download import FetchFailed

log = logging.getLogger(__name__)

_CHILD = """
import sys
from insightface.utils import storage
name, root, address = sys.argv[1:]
if address:
    storage.MODEL_ZOO_RELEASE_DOWNLOAD_URL = address
storage.download("models", name, root=root)
"""
_LOOK = 0.2
"""Seconds between two checks of its progress."""


def download_pack(
    name: str, root: Path, *, address: str = "", patience: float, report: Callable[[int], None]
) -> Path:
    """Let InsightFace fetch a pack into ``root``/models/``name``; returns that folder.

    InsightFace's code prints and has no timeout, so it runs in a child process that is ended
    after ``patience`` seconds without a byte. ``address`` replaces InsightFace's.

    Raises:
        FetchFailed: not reached, refused, stalled, or not a pack.
    """
    archive = root / "models" / f"{name}.zip"
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(
            [sys.executable, "-P", "-c", _CHILD, name, str(root), address],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        try:
            _watch(child, archive, patience, report)
        finally:
            child.kill()
            child.wait()
        if child.returncode != 0:
            said.seek(0)
            log.info("%s", said.read()[-2000:].decode(errors="replace").strip())
            raise FetchFailed("InsightFace's server did not return it")
    archive.unlink(missing_ok=True)
    return root / "models" / name


def _watch(
    child: subprocess.Popen[bytes],
    archive: Path,
    patience: float,
    report: Callable[[int], None],
) -> None:
    """Wait until the child ends or stalls."""
    size, moved = -1, time.monotonic()
    while True:
        try:
            child.wait(_LOOK)
        except subprocess.TimeoutExpired:
            now = archive.stat().st_size if archive.exists() else 0
            report(now)  # also without progress: the callee may cancel
            if now != size:
                size, moved = now, time.monotonic()
            elif time.monotonic() - moved > patience:
                raise FetchFailed("InsightFace's download stopped answering") from None
        else:
            return
