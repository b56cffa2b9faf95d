"""The window on 100,000 pending faces, or a million: start, keys, the event loop, memory.

The real application, off screen, in a process of its own; only the first videos of the synthetic
library exist as files, and those are what is looked at.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil
import psycopg
from figures import Figure, emit, percentile
from synthetic import Connection, arguments, bench_library
from windowed import (
    INSIDE,
    LoopWatch,
    application,
    linked_and_clustered,
    measured_apart,
    on_paint,
    opened,
    rest,
    wait,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

VIDEOS = 60
KEYS = 80
FRAME_RATE = 25


def give_files(url: str, folder: Path) -> None:
    """Let the videos asked about first be real: one film of 1280x720, under many names."""
    from facereview.records import Config  # noqa: PLC0415
    from facereview.review.questions.ordering import ask_in_order  # noqa: PLC0415
    from facereview.store.session import Database  # noqa: PLC0415
    from facereview.store.store import Store  # noqa: PLC0415

    film = folder / "film.mp4"
    if not film.exists():
        make_film(film)
    with Store(Database(url)) as store:
        first = ask_in_order(store, Config().confirm_twice_above).faces[: 3 * KEYS]
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(
            "(SELECT DISTINCT video_id FROM video_face_detections ORDER BY 1 LIMIT %s) UNION "
            "SELECT video_id FROM video_face_detections WHERE id = ANY(%s)",
            (VIDEOS, first.tolist()),
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


class Curator:
    """Presses keys on the Review page of a window that is opened, and sees what is painted."""

    def __init__(self, running: QApplication, url: str, home: Path) -> None:
        from facereview.ui.pictures.frame_view import FrameView  # noqa: PLC0415
        from facereview.ui.shots import settle  # noqa: PLC0415

        self._running = running
        self._painted: dict[int, float] = {}
        on_paint(FrameView, self._note)
        self.watch, self.found = LoopWatch(), opened(running, url, home)
        self.at = self.found.pages.review.controller
        wait(running, self._shown)
        self.start = self._painted[self.at.current or 0] - psutil.Process().create_time()
        """Seconds until the first face was painted."""
        settle(self.found.lanes, self.found.window)

    def _note(self, view: Any) -> None:
        if view._shot is not None and view._current is not None:
            self._painted.setdefault(view._current, time.time())

    def _shown(self) -> bool:
        return self.at.current is not None and self.at.current in self._painted

    def press(self, keys: int) -> list[float]:
        """Seconds from each key to the next face painted."""
        from PySide6.QtCore import Qt  # noqa: PLC0415
        from PySide6.QtTest import QTest  # noqa: PLC0415

        taken = []
        self.watch.timer.start()
        for number in range(keys):
            before = self.at.current
            self._painted.clear()
            pressed = time.time()
            key = Qt.Key.Key_X if number % 2 else Qt.Key.Key_Right
            QTest.keyClick(self.found.pages.review, key)
            wait(
                self._running,
                lambda before=before: self.at.current != before and self._shown(),  # type: ignore[misc]
            )
            taken.append(self._painted[self.at.current or 0] - pressed)
            rest(self._running, 0.25)  # a curator looks before the next key
        self.watch.timer.stop()
        return taken


def measured(url: str, home: Path) -> None:
    """In the measured process: open, press keys, print the raw numbers."""
    running = application()
    curator = Curator(running, url, home)
    found, at, watch, start = curator.found, curator.at, curator.watch, curator.start
    taken = curator.press(KEYS)
    memory = psutil.Process().memory_info().rss / 2**20
    for _ in range(KEYS // 2):
        at.decider.undo()
        wait(running, lambda: not at.decider.reverting)
    print(json.dumps({"start": start, "keys": taken, "gaps": watch.taken(), "memory": memory}))
    found.close()


def worked_with(connection: Connection) -> None:
    """Cluster the faces of a library that is kept: of a million that takes a quarter of an hour."""
    with tempfile.TemporaryDirectory() as home:
        linked_and_clustered(connection.info.dsn, Path(home))


def measure(url: str, folder: Path) -> list[Figure]:
    """All figures."""
    with tempfile.TemporaryDirectory() as home:
        give_files(url, folder)
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
        with bench_library(
            options.folder, options.faces, name="clustered", then=worked_with
        ) as library:
            emit(measure(library, options.folder))
