"""The window on 100,000 pending faces: start, keys, the event loop, memory.

The real application, off screen, in a process of its own; only the first videos of the synthetic
library exist as files, and those are what is looked at.
"""

from __future__ import annotations

import json
import os
import subprocess
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


class Watch:
    """Notes when the frame of the face at hand is on screen, and how long the loop was held."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer  # noqa: PLC0415

        from facereview.ui.frame_view import FrameView  # noqa: PLC0415

        self.painted: dict[int, float] = {}
        self.gaps: list[float] = []
        self._last = 0.0
        paint = FrameView.paintEvent

        def painted(view: Any, event: Any) -> None:
            paint(view, event)
            if view._shot is not None and view._current is not None:
                self.painted.setdefault(view._current, time.time())

        FrameView.paintEvent = painted  # type: ignore[method-assign, assignment]
        self.timer = QTimer()
        self.timer.setInterval(0)
        self.timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now = time.perf_counter()
        if self._last:
            self.gaps.append(now - self._last)
        self._last = now
        time.sleep(0.0005)  # a real loop sleeps too; without this the other threads starve


def measured(url: str, home: Path) -> None:
    """In the measured process: open, press keys, print the raw numbers."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtTest import QTest  # noqa: PLC0415

    from facereview import app  # noqa: PLC0415
    from facereview.review.opening import open_library  # noqa: PLC0415
    from facereview.settings import Home  # noqa: PLC0415
    from facereview.ui.preferences import Preferences  # noqa: PLC0415
    from facereview.ui.shots import SIZE, settle  # noqa: PLC0415
    from facereview.ui.theme import Theme  # noqa: PLC0415

    application = app.application()
    watch = Watch()
    place = Home(home)
    preferences = Preferences(place.preferences)
    opened = app.build(open_library(place, url), preferences, Theme(application))
    opened.window.resize(SIZE)
    opened.window.show()
    opened.window.start()
    at = opened.window.review.controller

    def shown() -> bool:
        return at.current is not None and at.current in watch.painted

    wait(application, shown)
    start = watch.painted[at.current or 0] - psutil.Process().create_time()
    settle(opened.lanes, opened.window)
    taken = []
    watch.timer.start()
    for number in range(KEYS):
        before = at.current
        watch.painted.clear()
        pressed = time.time()
        QTest.keyClick(opened.window.review, Qt.Key.Key_X if number % 2 else Qt.Key.Key_Right)
        wait(application, lambda before=before: at.current != before and shown())
        taken.append(watch.painted[at.current or 0] - pressed)
        rest = time.time() + 0.25  # a curator looks before the next key
        wait(application, lambda rest=rest: time.time() > rest)
    watch.timer.stop()
    memory = psutil.Process().memory_info().rss / 2**20
    for _ in range(KEYS // 2):
        at.decider.undo()
        settle(opened.lanes, opened.window)
    print(json.dumps({"start": start, "keys": taken, "gaps": watch.gaps, "memory": memory}))
    opened.close()


def wait(application: Any, condition: Any, patience: float = 30.0) -> None:
    """Run the event loop until something holds."""
    end = time.time() + patience
    while not condition():
        application.processEvents()
        if time.time() > end:
            raise TimeoutError
        time.sleep(0.0002)


def measure(url: str) -> list[Figure]:
    """Start the measured process twice: the first warms the disk's cache, the second counts."""
    with tempfile.TemporaryDirectory() as home:
        raw: dict[str, Any] = {}
        for _ in range(2):
            done = subprocess.run(
                [sys.executable, __file__, "--inside", url, home],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(done.stderr)
            raw = json.loads(done.stdout.splitlines()[-1])
    return [
        Figure("start to first face painted", round(raw["start"], 2), "s", 1.5),
        Figure("key to next face painted, p95", percentile(raw["keys"], 95), "ms", 50),
        Figure("event loop held, p99", percentile(raw["gaps"], 99), "ms", 16),
        Figure("window memory", round(raw["memory"]), "MB", 500),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        options = arguments(__doc__ or "")
        with bench_library(options.folder, options.faces) as library:
            give_files(library, options.folder)
            emit(measure(library))
