"""The Clusters page on 100,000 pending faces: opening, scrolling, one key for 2,000 faces.

The real window, off screen, in a process of its own, on clusters made before. The first cards have
crops on disk, as after a scan; scrolling is a wheel turned fast over them.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from figures import Figure, emit, medians, percentile
from synthetic import arguments, bench_library
from windowed import (
    INSIDE,
    LoopWatch,
    PaintWatch,
    application,
    linked_and_clustered,
    measured_apart,
    opened,
    rest,
    wait,
)

CARDS = 240
"""Clusters whose crops are on disk."""
TURNS = 240
FACES = 2_000
RUNS = 3


def prepare(url: str, home: Path) -> None:
    """Cluster the faces, and keep crops of the first cards."""
    from facereview.home import Home  # noqa: PLC0415
    from facereview.review.library.opening import open_library  # noqa: PLC0415

    linked_and_clustered(url, home)
    library = open_library(Home(home), url)
    desk, crops = library.cluster_desk(library.store()), library.crops()
    first = [cluster.id for cluster in desk.wall().clusters[:CARDS]]
    rng = np.random.default_rng(3)
    for start in range(0, len(first), 100):
        for cover in desk.covers(first[start : start + 100]).values():
            for shown in cover:
                small = rng.integers(0, 255, (8, 8, 3), dtype=np.uint8)
                crops.put(shown.face.id, np.kron(small, np.ones((32, 32, 1), np.uint8)))
    library.close()


def measured(url: str, home: Path) -> None:
    """In the measured process: open, scroll, confirm and take back, print the raw numbers."""
    running = application()
    from facereview.ui.clusters.page import ClusterPage  # noqa: PLC0415
    from facereview.ui.clusters.wall import ClusterWall  # noqa: PLC0415
    from facereview.ui.shots import settle  # noqa: PLC0415

    watch, painted = LoopWatch(), PaintWatch(ClusterWall)
    found = opened(running, url, home, "settings")
    settle(found.lanes, found.window)
    page = found.window.findChild(ClusterPage)
    assert page is not None
    at = page.controller
    watch.timer.start()
    start = time.perf_counter()
    found.window.show_page("clusters")
    wait(running, lambda: painted.last > start)
    shown = painted.last - start
    rest(running, 1.0)
    wait(running, lambda: not at.updates.busy and at.view is not None)
    opening = watch.taken()
    cards = scroll(running, page)
    scrolling = watch.taken()
    pick(running, page)
    rest(running, 1.0)
    taken = decided(running, page, watch)
    rest(running, 3.0)
    wait(running, lambda: not at.updates.busy)
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
    found.close()


def decided(running: Any, page: Any, watch: LoopWatch) -> list[float]:
    """Seconds from Enter (twice, it is many) to the commit and the longest hold; so for Ctrl+Z."""
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtTest import QTest  # noqa: PLC0415

    settled: list[float] = []
    decider = page.controller.decider
    for told in (decider.came, decider.reverted):
        told.connect(lambda *_what: settled.append(time.perf_counter()))
    watch.taken()
    taken = []
    for key, modifier, presses in (
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, 2),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, 1),
    ):
        settled.clear()
        for _ in range(presses):
            pressed = time.perf_counter()
            QTest.keyClick(page, key, modifier)
        wait(running, lambda: bool(settled))
        taken.append(settled[0] - pressed)
        rest(running, 0.5)
        taken.append(max(watch.taken()))
    return taken


def scroll(running: Any, page: Any) -> int:
    """Turn the wheel through the cards that have crops, and back; how many passed by."""
    bar = page.wall.verticalScrollBar()
    rows: int = CARDS // page.wall.columns
    end = min(bar.maximum(), rows * page.wall.tile.height())
    for turn in range(TURNS):
        share = 2 * turn / TURNS
        bar.setValue(round(end * (share if share <= 1 else 2 - share)))
        rest(running, 0.016)
    columns: int = page.wall.columns
    return rows * columns


def pick(running: Any, page: Any) -> None:
    """Take the smallest cluster of at least 2,000 faces in hand, with just so many ticked."""
    at = page.controller
    large = [
        c for c in at.wall_loader.wall.clusters if c.size >= FACES and c.suggestion is not None
    ]
    chosen = min(large, key=lambda cluster: cluster.size)
    page.moves.go_to(chosen.id)
    wait(running, lambda: at.view is not None and at.view.cluster.id == chosen.id)
    members = at.members
    members.tick(0, members.rowCount() - 1, on=True)
    if members.rowCount() > FACES:
        members.tick(0, members.rowCount() - FACES - 1, on=False)
    at.asking.care = replace(at.asking.care, above=FACES - 1)


def measure(url: str) -> list[Figure]:
    """All figures, as the medians of a few processes."""
    with tempfile.TemporaryDirectory() as home:
        prepare(url, Path(home))
        return medians([figures(raw) for raw in measured_apart(__file__, url, Path(home), RUNS)])


def figures(raw: dict[str, Any]) -> list[Figure]:
    """What one process measured."""
    confirmed, held, undone, held_again = raw["taken"]
    there = f"{raw['cards']} clusters there and back in {TURNS} steps"
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
            f"{held_by} while the clusters follow, p99", percentile(raw["following"], 99), "ms", 16
        ),
        Figure(
            f"{held_by} while the clusters follow, longest", percentile(raw["following"], 100), "ms"
        ),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        options = arguments(__doc__ or "")
        with bench_library(options.folder, options.faces) as library:
            emit(measure(library))
