"""The Clusters page on 100,000 pending faces: opening, scrolling, one key for 2,000 faces.

The real window, off screen, in a process of its own, on groups made before. The first cards have
crops on disk, as after a scan; scrolling is a wheel turned fast over them.
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
from figures import Figure, emit, percentile
from synthetic import arguments, bench_library
from window import wait

CARDS = 240
"""Groups whose crops are on disk."""
TURNS = 240
FACES = 2_000


class Watch:
    """Notes when the wall was painted, and how long the loop was held."""

    def __init__(self) -> None:
        from PySide6.QtCore import QTimer  # noqa: PLC0415

        from facereview.ui.cluster_wall import ClusterWall  # noqa: PLC0415

        self.painted = 0.0
        self.gaps: list[float] = []
        self._last = 0.0
        paint = ClusterWall.paintEvent

        def painted(view: Any, event: Any) -> None:
            paint(view, event)
            if view.model().rowCount():
                self.painted = time.perf_counter()

        ClusterWall.paintEvent = painted  # type: ignore[assignment, method-assign]
        self.timer = QTimer()
        self.timer.setInterval(0)
        self.timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now = time.perf_counter()
        if self._last:
            self.gaps.append(now - self._last)
        self._last = now
        time.sleep(0.0005)  # a real loop sleeps too; without this the other threads starve

    def taken(self) -> list[float]:
        """The gaps so far, which are forgotten here."""
        gaps, self.gaps = self.gaps, []
        return gaps


def prepare(url: str, home: Path) -> None:
    """Group the faces where nobody did yet, and keep crops of the first cards."""
    from facereview.review.opening import open_library  # noqa: PLC0415
    from facereview.settings import Home  # noqa: PLC0415

    library = open_library(Home(home), url)
    with library.store() as store:
        if not library.cluster_desk().wall().clusters:
            library.regrouper(store).from_nothing()
    desk, crops = library.cluster_desk(), library.crops()
    first = [cluster.id for cluster in desk.wall().clusters[:CARDS]]
    rng = np.random.default_rng(3)
    for start in range(0, len(first), 100):
        for cover in desk.covers(first[start : start + 100]).values():
            for shown in cover:
                small = rng.integers(0, 255, (8, 8, 3), dtype=np.uint8)
                crops.put(shown.face.id, np.kron(small, np.ones((32, 32, 1), np.uint8)))
    desk.close()
    library.close()


def measured(url: str, home: Path) -> None:
    """In the measured process: open, scroll, confirm and take back, print the raw numbers."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtTest import QTest  # noqa: PLC0415

    from facereview import app  # noqa: PLC0415
    from facereview.review.opening import open_library  # noqa: PLC0415
    from facereview.settings import Home  # noqa: PLC0415
    from facereview.ui.cluster_page import ClusterPage  # noqa: PLC0415
    from facereview.ui.preferences import Preferences  # noqa: PLC0415
    from facereview.ui.shots import SIZE, settle  # noqa: PLC0415
    from facereview.ui.theme import Theme  # noqa: PLC0415

    application = app.application()
    watch, place = Watch(), Home(home)
    opened = app.build(open_library(place, url), Preferences(place.preferences), Theme(application))
    opened.window.resize(SIZE)
    opened.window.show_page("settings")
    opened.window.show()
    opened.window.start()
    settle(opened.lanes, opened.window)
    page = opened.window.findChild(ClusterPage)
    assert page is not None
    watch.timer.start()
    start = time.perf_counter()
    opened.window.show_page("clusters")
    wait(application, lambda: watch.painted > start)
    shown = watch.painted - start
    at = page.controller
    rest(application, 1.0)
    wait(application, lambda: not at.grouping.busy and at.view is not None)
    opening = watch.taken()
    cards = scroll(application, page)
    scrolling = watch.taken()
    pick(application, page)
    rest(application, 1.0)
    watch.taken()
    settled: list[float] = []
    for told in (at.decider.came, at.decider.reverted):
        told.connect(lambda *_what: settled.append(time.perf_counter()))
    taken = []
    for key, modifier in (
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier),
    ):
        settled.clear()
        pressed = time.perf_counter()
        QTest.keyClick(page, key, modifier)
        if key == Qt.Key.Key_Return:
            pressed = time.perf_counter()
            QTest.keyClick(page, key, modifier)
        wait(application, lambda: bool(settled))
        taken.append(settled[0] - pressed)
        rest(application, 0.5)
        taken.append(max(watch.taken()))
    rest(application, 3.0)
    wait(application, lambda: not at.grouping.busy)
    following = watch.taken()
    watch.timer.stop()
    print(
        json.dumps(
            {
                "shown": shown,
                "opening": opening,
                "scrolling": scrolling,
                "cards": cards,
                "taken": taken,
                "following": following,
            }
        )
    )
    opened.close()


def rest(application: Any, seconds: float) -> None:
    """Let the window be for a while."""
    end = time.perf_counter() + seconds
    wait(application, lambda: time.perf_counter() > end)


def scroll(application: Any, page: Any) -> int:
    """Turn the wheel through the cards that have crops, and back; how many passed by."""
    bar = page.wall.verticalScrollBar()
    rows: int = CARDS // page.wall.columns
    end = min(bar.maximum(), rows * page.wall.tile.height())
    for turn in range(TURNS):
        share = 2 * turn / TURNS
        bar.setValue(round(end * (share if share <= 1 else 2 - share)))
        rest(application, 0.016)
    columns: int = page.wall.columns
    return rows * columns


def pick(application: Any, page: Any) -> None:
    """Take the smallest group of at least 2,000 faces in hand, with just so many ticked."""
    at = page.controller
    large = [c for c in at.wall.clusters if c.size >= FACES and c.suggestion is not None]
    chosen = min(large, key=lambda cluster: cluster.size)
    page.commands.go_to(chosen.id)
    wait(application, lambda: at.view is not None and at.view.cluster.id == chosen.id)
    members = at.members
    members.tick(0, members.rowCount() - 1, on=True)
    if members.rowCount() > FACES:
        members.tick(0, members.rowCount() - FACES - 1, on=False)
    at.limit = FACES - 1


def measure(url: str) -> list[Figure]:
    """Start the measured process twice: the first warms the disk's cache, the second counts."""
    with tempfile.TemporaryDirectory() as home:
        prepare(url, Path(home))
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
    confirmed, held, undone, held_again = raw["taken"]
    there = f"{raw['cards']} groups there and back in {TURNS} steps"
    held_by = "clusters page: loop held"
    return [
        Figure("clusters page: wall painted", round(raw["shown"], 2), "s"),
        Figure(f"{held_by} while opening, p99", percentile(raw["opening"], 99), "ms", 16),
        Figure(
            f"{held_by} while scrolling, p99", percentile(raw["scrolling"], 99), "ms", 16, there
        ),
        Figure(f"{held_by} while scrolling, longest", percentile(raw["scrolling"], 100), "ms"),
        Figure(f"clusters page: {FACES:,} faces confirmed", round(confirmed, 2), "s", 2),
        Figure(f"{held_by} meanwhile, longest", round(held * 1000, 1), "ms"),
        Figure("clusters page: taken back", round(undone, 2), "s", 2),
        Figure(f"{held_by} meanwhile again, longest", round(held_again * 1000, 1), "ms"),
        Figure(
            f"{held_by} while the groups follow, p99", percentile(raw["following"], 99), "ms", 16
        ),
        Figure(
            f"{held_by} while the groups follow, longest", percentile(raw["following"], 100), "ms"
        ),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        options = arguments(__doc__ or "")
        with bench_library(options.folder, options.faces) as library:
            emit(measure(library))
