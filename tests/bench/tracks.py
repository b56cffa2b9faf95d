"""Linking a library's faces from nothing and after one decision, the database included.

Beside it the same with judging them by 500 creators of 2,000 references.

Each size is measured in a process of its own, so that peak memory is that size's. With several
sizes the exponent with which the time grows is printed too.

usage: tracks.py [--faces N] [--folder DIR] [--all]    (--all: 300,000 and 1,000,000 as well)
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from figures import Figure, emit, peak_memory_mb, percentile, timed
from synthetic import bench_library

from facereview.faces import ZOO
from facereview.faces.catalogue import thresholds
from facereview.records import FaceState, Status, Thresholds
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.evidence.certainty import in_force
from facereview.review.evidence.fitting import calibrated
from facereview.review.evidence.library_judging import LibraryJudge
from facereview.review.evidence.teaching import Teaching
from facereview.review.evidence.track_update import TrackUpdater
from facereview.review.evidence.video_faces import read_tracks
from facereview.store.session import Database
from facereview.store.store import Store

THRESHOLD = Thresholds(0.5, 0.7).cluster
SECONDS = {100_000: 20.0}
MEGABYTES = {100_000: 200.0}
DECISIONS = 50
INDEXED = 100_000
"""Up to so many faces their vector index is built, without which faces alike are found slowly."""


def measured(url: str) -> dict[str, Any]:
    """In the measured process: from nothing, what is stale, again, and decisions one by one."""
    database = Database(url)
    with Store.open(database) as store:
        updater = TrackUpdater(store, THRESHOLD)
        start = time.process_time()
        whole = updater.from_nothing()
        processor = time.process_time() - start
        peak = peak_memory_mb()
        start = time.perf_counter()
        scope = updater.scope()
        asked = time.perf_counter() - start
        certainty = in_force(None, (), calibrated(store, ZOO))
        judge = LibraryJudge(store, certainty, Teaching())
        judging = TrackUpdater(store, THRESHOLD, judge.keep)
        again = judging.from_nothing()
        start = time.perf_counter()
        videos = sorted(store.tracks.all_videos())
        read = sum(len(read_tracks(store, videos[n : n + 200])) for n in range(0, 2_000, 200))
        reading = time.perf_counter() - start
        linked = decisions(store, lambda video: updater.videos([video]))
        followed = decisions(store, lambda _video: judging.follow())
    database.close()
    return {
        "faces": whole.faces,
        "tracks": whole.tracks,
        "seconds": whole.seconds,
        "megabytes": peak,
        "stale_seconds": asked,
        "stale": scope.faces,
        "processor": processor,
        "judged_seconds": again.seconds,
        "read": read,
        "read_seconds": reading,
        "linked": linked,
        "followed": followed,
    }


def decisions(store: Store, work: Callable[[int], object]) -> list[float]:
    """Seconds that the work on a video took after each of some decisions on a face of it."""
    queue = store.faces.queue("pending")
    wanted = queue[np.linspace(0, len(queue) - 1, DECISIONS).astype(int)].tolist()
    faces = store.faces.get(wanted)
    history = History(store, "bench", lambda: thresholds(ZOO))
    creator = store.creators.find_or_add("Creator 00001")
    taken = []
    for face in wanted:
        seen = Seen(face, faces[face].video_id, FaceState(Status.PENDING), 0.8)
        history.apply(Intent(Kind.ACCEPT, (seen,), creator))
        taken += timed([partial(work, faces[face].video_id)])
    return taken[1:]  # the first reads what the library teaches, as a window does once


def measure(folder: Path, faces: int) -> tuple[list[Figure], float]:
    """One size: its figures, and the seconds from nothing."""
    indexed = faces <= INDEXED
    with bench_library(
        folder, faces, name="synthetic" if indexed else "unindexed", indexed=indexed
    ) as url:
        command = [sys.executable, __file__, "--measured", url]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    got = json.loads(done.stdout)
    name = f"tracks of {faces:,} faces"
    tracks = f"{got['tracks']:,} tracks; {got['processor']:.1f} s of it are Python's"
    read = f"{got['read']:,} tracks"
    figures = [
        Figure(f"{name} from nothing", round(got["seconds"], 2), "s", SECONDS.get(faces), tracks),
        Figure(f"{name}, memory", round(got["megabytes"]), "MB", MEGABYTES.get(faces)),
        Figure(f"{name}, linked and judged again", round(got["judged_seconds"], 2), "s"),
        Figure(f"{name}, what is stale looked up", round(got["stale_seconds"], 2), "s"),
        Figure(f"{name}, read for judging", round(got["read_seconds"], 2), "s", None, read),
        Figure(f"{name}, one video linked after a decision, p95",
               percentile(got["linked"], 95), "ms", 20.0),
    ]  # fmt: skip
    if indexed:
        followed = percentile(got["followed"], 95)
        figures.append(Figure(f"{name}, a decision followed and judged, p95", followed, "ms", 50.0))
    return figures, float(got["seconds"])


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=100_000)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--measured", metavar="URL")
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "facereview-bench"
    )
    given = parser.parse_args()
    if given.measured:
        print(json.dumps(measured(given.measured)))
        return
    sizes = [given.faces, *([300_000, 1_000_000] if given.all else [])]
    figures, seconds = [], []
    for faces in sizes:
        more, took = measure(given.folder, faces)
        figures += more
        seconds.append(took)
    if len(sizes) > 1:
        slope = np.polyfit(np.log(sizes), np.log(seconds), 1)[0]
        figures.append(Figure("exponent of the time by faces", round(float(slope), 2), ""))
    emit(figures)


if __name__ == "__main__":
    main()
