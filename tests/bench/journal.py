"""From the press of a key until it is on disk, while another program locks the database.

The real application, off screen, in a process of its own. On each face four keys are pressed, each
while those before are still under way: two decisions, an undo, and a decision on what it shows.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
from figures import Figure, emit, percentile
from synthetic import arguments, bench_library
from windowed import (
    INSIDE,
    application,
    linked_and_clustered,
    measured_apart,
    opened,
    rest,
    wait,
)

FACES = 30


def measured(url: str, home: Path) -> None:
    """In the measured process: open, lock, press keys, print the raw numbers."""
    running = application()
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtTest import QTest  # noqa: PLC0415

    from facereview.review.decisions.journal import Journal  # noqa: PLC0415
    from facereview.ui.shots import settle  # noqa: PLC0415

    synced: dict[str, float] = {}
    keep = Journal.add

    def noted(self: Journal, intent: Any) -> None:
        keep(self, intent)
        synced.setdefault(intent.token, time.perf_counter())

    Journal.add = noted  # type: ignore[method-assign]
    found = opened(running, url, home)
    at, page = found.pages.review.controller, found.pages.review
    settle(found.lanes, found.window)
    none, ctrl = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
    keys = {
        "first": (Qt.Key.Key_N, none),
        "second": (Qt.Key.Key_1, none),
        "undo": (Qt.Key.Key_Z, ctrl),
        "after": (Qt.Key.Key_X, none),
    }
    taken: dict[str, list[float]] = {which: [] for which in keys}
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE video_face_detections IN EXCLUSIVE MODE")
        for _ in range(FACES):
            wait(running, lambda: at.view is not None)
            rest(running, 0.1)  # a curator looks before the next key
            for which, (key, held) in keys.items():
                before, pressed = len(synced), time.perf_counter()
                QTest.keyClick(page, key, held)
                wait(running, lambda before=before: len(synced) > before)  # type: ignore[misc]
                taken[which].append(max(synced.values()) - pressed)
        other.rollback()
    wait(running, lambda: not at.decider.waiting, patience=60)
    for _ in range(2 * FACES):
        at.decider.undo()
        settle(found.lanes, found.window)
    print(json.dumps(taken))
    found.close()


def measure(url: str) -> list[Figure]:
    """All figures."""
    with tempfile.TemporaryDirectory() as home:
        linked_and_clustered(url, Path(home))
        [raw] = measured_apart(__file__, url, Path(home))
    names = {
        "first": "press to journal on disk",
        "second": "the same, second key on a face",
        "undo": "the same, Ctrl+Z",
        "after": "the same, key after Ctrl+Z",
    }
    return [
        Figure(f"{name}, database locked, {what}", value, "ms", 50)
        for which, name in names.items()
        for what, value in (
            ("p95", percentile(raw[which], 95)),
            ("most", percentile(raw[which], 100)),
        )
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        options = arguments(__doc__ or "")
        with bench_library(options.folder, options.faces) as library:
            emit(measure(library))
