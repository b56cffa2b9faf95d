"""The window on 100,000 pending faces: start, keys, the event loop, memory.

The real application, off screen, in a process of its own; only the first videos of the synthetic
library exist as files, and those are what is looked at.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import psycopg
from figures import Figure, emit, percentile
from synthetic import arguments, bench_library
from windowed import (
    INSIDE,
    LoopWatch,
    application,
    clustered,
    measured_apart,
    on_paint,
    opened,
    rest,
    wait,
)

VIDEOS = 60
KEYS = 80
FRAME_RATE = 25


def give_files(url: str, folder: Path) -> None:
    """Let the videos of the first faces be real: one film of 1280x720, under many names."""
    film = folder / "film.mp4"
    if not film.exists():
        make_film(film)
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT DISTINCT video_id FROM video_face_detections ORDER BY 1 LIMIT %s", (VIDEOS,)
        ).fetchall()
        for (video,) in rows:
            path = folder / f"film_{video}.mp4"
            if not path.exists():
                path.symlink_to(film)
            connection.execute("UPDATE videos SET file_path = %s WHERE id = %s", (str(path), video))


def make_film(path: Path) -> None:
    """Seventy seconds of a moving pattern, with the encoder's usual key frame distance."""
    import av  # noqa: PLC0415 - the measured process does without

    rng = np.random.default_rng(1)
    coarse = rng.integers(0, 255, (9, 16, 3), dtype=np.uint8)
    still = np.kron(coarse, np.ones((80, 80, 1), dtype=np.uint8))
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FRAME_RATE)
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for number in range(70 * FRAME_RATE):
            frame = av.VideoFrame.from_ndarray(np.roll(still, number, axis=1), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def measured(url: str, home: Path) -> None:
    """In the measured process: open, press keys, print the raw numbers."""
    running = application()
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtTest import QTest  # noqa: PLC0415

    from facereview.ui.pictures.frame_view import FrameView  # noqa: PLC0415
    from facereview.ui.shots import settle  # noqa: PLC0415

    painted: dict[int, float] = {}

    def note(view: Any) -> None:
        if view._shot is not None and view._current is not None:
            painted.setdefault(view._current, time.time())

    on_paint(FrameView, note)
    watch, found = LoopWatch(), opened(running, url, home)
    at = found.pages.review.controller

    def shown() -> bool:
        return at.current is not None and at.current in painted

    wait(running, shown)
    start = painted[at.current or 0] - psutil.Process().create_time()
    settle(found.lanes, found.window)
    taken = []
    watch.timer.start()
    for number in range(KEYS):
        before = at.current
        painted.clear()
        pressed = time.time()
        QTest.keyClick(found.pages.review, Qt.Key.Key_X if number % 2 else Qt.Key.Key_Right)
        wait(running, lambda before=before: at.current != before and shown())  # type: ignore[misc]
        taken.append(painted[at.current or 0] - pressed)
        rest(running, 0.25)  # a curator looks before the next key
    watch.timer.stop()
    memory = psutil.Process().memory_info().rss / 2**20
    for _ in range(KEYS // 2):
        at.decider.undo()
        settle(found.lanes, found.window)
    print(json.dumps({"start": start, "keys": taken, "gaps": watch.taken(), "memory": memory}))
    found.close()


def measure(url: str) -> list[Figure]:
    """All figures."""
    with tempfile.TemporaryDirectory() as home:
        clustered(url, Path(home))
        [raw] = measured_apart(__file__, url, Path(home))
    return [
        Figure("start to first face painted", round(raw["start"], 2), "s", 1.5),
        Figure("key to next face painted, p95", percentile(raw["keys"], 95), "ms", 50),
        Figure("event loop held, p99", percentile(raw["gaps"], 99), "ms", 16),
        Figure("window memory", round(raw["memory"]), "MB", 500),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        options = arguments(__doc__ or "")
        with bench_library(options.folder, options.faces) as library:
            give_files(library, options.folder)
            emit(measure(library))
