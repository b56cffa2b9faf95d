"""Insight with 10,000 creators, 50,000 references and as many faces as asked for.

Half of the faces are decided, half of these by the machine alone; the others suggest somebody. All
are in tracks of up to five. The vector indexes play no part and are left out.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

from creators import people
from figures import Figure, emit, percentile
from synthetic import Connection, arguments, bench_library
from windowed import INSIDE, LoopWatch, application, measured_apart, opened, rest, wait

from facereview.records import CreatorPart
from facereview.review.insight.behind import OfCreator, PendingOn, SettledBy, faces_behind
from facereview.review.insight.creators import CreatorsSurvey
from facereview.review.insight.progress import library_progress
from facereview.store.session import Database
from facereview.store.store import Store

PATIENCE = 300.0
"""Seconds in which the survey is waited for."""


def judged(connection: Connection) -> None:
    """Decisions, machine's matches, and tracks with a risk, beside :func:`people`."""
    people(connection)
    for who, kind in (("ann", "accept"), ("machine", "automatic")):
        connection.execute(
            "INSERT INTO facereview.batch (token, actor, kind, created_at) "
            "SELECT gen_random_uuid(), %s, %s, timestamptz '2026-01-01' + n * interval '3 hours' "
            "FROM generate_series(1, 1000) n",
            (who, kind),
        )
    connection.execute(
        "INSERT INTO facereview.decision (batch_id, detection_id, video_id, before_status, "
        "after_status, after_creator_id, after_confidence) "
        "SELECT 1 + id % 1000 + 1000 * (id % 4 / 3), id, video_id, 'pending', match_status, "
        "matched_creator_id, match_confidence FROM video_face_detections WHERE id % 2 = 1"
    )
    connection.execute(
        "INSERT INTO facereview.automatic (detection_id, batch_id) SELECT detection_id, batch_id "
        "FROM facereview.decision WHERE detection_id % 4 = 3"
    )
    connection.execute(
        "CREATE TEMPORARY TABLE linked AS SELECT id, video_id, matched_creator_id, "
        "dense_rank() OVER (ORDER BY video_id, id / 5) AS track FROM video_face_detections"
    )
    connection.execute(
        "INSERT INTO facereview.track (id, video_id, faces, creator_id, risk, judged_at) "
        "SELECT track, min(video_id), count(*), min(matched_creator_id), "
        "0.001 + 0.4 * random(), now() FROM linked GROUP BY track"
    )
    connection.execute("INSERT INTO facereview.track_face SELECT id, track FROM linked")
    connection.execute("SELECT setval('facereview.track_id_seq', (SELECT max(track) FROM linked))")
    connection.execute(
        "INSERT INTO facereview.settled (detection_id, batch_id, creator_id, risk, error_rate) "
        "SELECT a.detection_id, a.batch_id, d.matched_creator_id, 0.01, 0.02 "
        "FROM facereview.automatic a JOIN video_face_detections d ON d.id = a.detection_id"
    )


def measure(url: str) -> list[Figure]:
    """What the tabs read, each once from nothing; the creators once more where nothing changed."""
    database = Database(url)
    store = Store.open(database)
    survey, found = CreatorsSurvey(), []

    def timed(what: str, job: Any, budget: float | None = None) -> Any:
        start = perf_counter()
        answer = job()
        found.append(Figure(f"insight: {what}", round(perf_counter() - start, 2), "s", budget))
        return answer

    progress = timed("progress", lambda: library_progress(store))
    timed("creators in numbers", store.insight.creator_counts)
    timed("creators, from nothing", lambda: survey.look(store))
    timed("creators, nothing changed", lambda: survey.look(store))
    unchecked = OfCreator(None, (CreatorPart.UNCHECKED,), known=True)
    timed("faces of one creator", lambda: faces_behind(store, OfCreator(1, tuple(CreatorPart))))
    timed("all unchecked faces", lambda: faces_behind(store, unchecked))
    timed("all of a curator", lambda: faces_behind(store, SettledBy("ann")))
    day = progress.days[len(progress.days) // 2].day
    timed("faces pending on a day", lambda: faces_behind(store, PendingOn(day)))
    store.close()
    database.close()
    return found


def measured(url: str, home: Path) -> None:
    """In the measured process: open tabs, let them read, sort the table; print the raw numbers."""
    running = application()
    from facereview.ui.shots import settle  # noqa: PLC0415

    watch = LoopWatch()
    found = opened(running, url, home, "settings")
    for lane in (found.lanes.linking, found.lanes.clustering):
        lane.stop()  # no template is in the tracks: all would be linked anew
    settle(found.lanes, found.window)
    page = found.pages.insight
    taken: dict[str, tuple[float, list[float]]] = {}
    watch.timer.start()

    def timed(what: str, act: Any, done: Any) -> None:
        watch.taken()
        start = time.perf_counter()
        act()
        with suppress(TimeoutError):
            wait(running, done, patience=PATIENCE)
        rest(running, 0.5)
        taken[what] = (round(time.perf_counter() - start - 0.5, 3), watch.taken())

    def show(tab: str) -> None:
        found.window.show_page("insight")
        page.open_tab(tab)

    tab = page.creators
    timed("progress", lambda: show("progress"), lambda: page.progress.plot is not None)
    timed("creators counted", lambda: show("creators"), tab.model.rowCount)
    timed("creators compared", lambda: None, lambda: bool(tab.shown and tab.shown.pairs))
    rest(running, 1)
    for place in (1, 6, 11):
        before = tab.model.rows
        timed(
            f"order {place}",
            lambda place=place: tab.sort.activated.emit(place),
            lambda before=before: tab.model.rows is not before,
        )
    watch.timer.stop()
    print(json.dumps(taken))
    found.close()


def window(url: str) -> list[Figure]:
    """How long each tab takes, and for how long it held the event loop."""
    with tempfile.TemporaryDirectory() as home:
        [raw] = measured_apart(__file__, url, Path(home), warm=False)
    figures = []
    for what, (seconds, gaps) in raw.items():
        note = f"longest {max(gaps) * 1000:.0f} ms"
        figures += [
            Figure(f"insight window: {what}", seconds, "s"),
            Figure(f"insight window: {what}, loop held, p99", percentile(gaps, 99), "ms", 16, note),
        ]
    return figures


if __name__ == "__main__":
    if INSIDE in sys.argv:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        options = arguments(__doc__ or "")
        with bench_library(
            options.folder, options.faces, name="insight", then=judged, indexed=False
        ) as library:
            emit([*measure(library), *window(library)])
