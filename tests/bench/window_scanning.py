"""The window while a scan runs in it: keys and the event loop, beside those without one.

As ``window.py``; the scan is that of the Videos page, of small videos that are made here, and goes
on until the last key. Keys without and with it take turns in one window.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import mean

from figures import Figure, emit, percentile
from synthetic import arguments, bench_library
from window import Curator, give_files
from windowed import INSIDE, application, linked_and_clustered, measured_apart, wait

SHARED = Path(__file__).resolve().parents[3] / "shared"
PACK = SHARED / "models" / "opencv_zoo"

KEYS = 50
"""Pressed in each of the turns."""

TURNS = 2

COPIES = 30
"""Of each of the made videos: a scan of them lasts longer than the keys."""


def make_videos(folder: Path) -> None:
    """Copies that are other films each, so that all are looked at."""
    for video in sorted((SHARED / "data" / "madevideos").glob("*.mp4")):
        content = video.read_bytes()
        for number in range(COPIES):
            (folder / f"{number:02} {video.name}").write_bytes(content + bytes([number]))


def cores_used(work: Callable[[], object]) -> float:
    """How many cores this process keeps busy meanwhile."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return (time.process_time() - used) / (time.perf_counter() - start)


def measured(url: str, home: Path) -> None:
    """In the measured process: open, press keys, print the raw numbers."""
    running = application()
    curator = Curator(running, url, home)
    from facereview.ui.videos.scans import ScanRequest  # noqa: PLC0415

    scans = curator.found.pages.videos.scans
    raw: dict[str, list[float]] = {}

    def press(name: str) -> None:
        raw.setdefault(name, []).extend(curator.press(KEYS))

    for _ in range(TURNS):
        raw.setdefault("cores", []).append(cores_used(lambda: press("keys")))
        raw.setdefault("gaps", []).extend(curator.watch.taken())
        scans.scan(ScanRequest((home / "videos",), again=True))
        curator.watch.timer.start()
        wait(running, lambda: scans.progress.done > 1 or not scans.busy, patience=300)
        if not scans.busy:
            raise RuntimeError(scans.fault)
        raw.setdefault("gaps at its start", []).extend(curator.watch.taken())
        raw.setdefault("cores in a scan", []).append(cores_used(lambda: press("keys in a scan")))
        raw.setdefault("gaps in a scan", []).extend(curator.watch.taken())
        raw.setdefault("videos", []).append(scans.progress.done)
        scans.cancel()
        wait(running, lambda: not scans.busy, patience=60)
    print(json.dumps(raw))
    curator.found.close()


def measure(url: str, folder: Path) -> list[Figure]:
    """All figures."""
    from facereview.faces import packs  # noqa: PLC0415
    from facereview.faces.engine import InsightEngine  # noqa: PLC0415
    from facereview.home import Home  # noqa: PLC0415
    from facereview.store.session import Database  # noqa: PLC0415
    from facereview.store.store import Store  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        packs.use(Home(home), str(PACK))
        (home / "videos").mkdir()
        make_videos(home / "videos")
        with Store(Database(url)) as store:
            store.library.record_pack(InsightEngine(packs.at(PACK)).identity())
        linked_and_clustered(url, home)
        give_files(url, folder)
        [raw] = measured_apart(__file__, url, home, warm=False)
    note = f"{raw['videos']} videos scanned meanwhile"
    return [
        Figure("key to next face painted, median", percentile(raw["keys"], 50), "ms"),
        Figure("the same while a scan runs", percentile(raw["keys in a scan"], 50), "ms"),
        Figure("key to next face painted, p95", percentile(raw["keys"], 95), "ms", 25),
        Figure("the same while a scan runs", percentile(raw["keys in a scan"], 95), "ms", 25, note),
        Figure("event loop held, p99", percentile(raw["gaps"], 99), "ms", 16),
        Figure("the same while a scan runs", percentile(raw["gaps in a scan"], 99), "ms", 16),
        Figure("the same while it begins", percentile(raw["gaps at its start"], 99), "ms", 16),
        Figure("cores used by the window's process", round(mean(raw["cores"]), 2), ""),
        Figure("the same while a scan runs", round(mean(raw["cores in a scan"]), 2), ""),
        Figure("longest while it begins", round(1000 * max(raw["gaps at its start"])), "ms"),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        options = arguments(__doc__ or "")
        with bench_library(options.folder, options.faces) as library:
            emit(measure(library, options.folder))
