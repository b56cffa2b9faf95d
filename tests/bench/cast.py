"""A video's cast sheet in a library of a million faces: read, opened in the window, and the next.

Tracks are made by plain statements, three a video, as linking a million faces takes minutes; a
quarter of them is matched by the machine, a quarter sure, a quarter likely, and the rest unknown.
The sheet of a large video has 400 tracks. The window is the real one, off screen, in a process of
its own.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from figures import Figure, emit, medians, percentile, timed
from synthetic import Connection, arguments, bench_library
from windowed import INSIDE, application, measured_apart, opened, rest, wait

from facereview.faces import ZOO
from facereview.faces.catalogue import thresholds
from facereview.review.cast.acts import plan
from facereview.review.cast.desk import CastDesk
from facereview.review.library.config import Settings
from facereview.store.session import Database
from facereview.store.store import Store

MILLION = 1_000_000
INDEXED = 100_000
"""Up to so many faces their vector index is built; no figure here needs it."""
SHEETS, NEXT, RUNS = 60, 20, 3
START_SECONDS = 8.0
"""What the window looks up after its start is done by then."""
TRACKS = 400
OPENED_MS = 150.0


def judged(connection: Connection) -> None:
    """Link three tracks a video and say of them what an error rate would."""
    connection.execute(
        "CREATE TEMP TABLE placed AS SELECT id, dense_rank() OVER (ORDER BY video_id, id % 3) "
        "AS track FROM video_face_detections"
    )
    connection.execute(
        "INSERT INTO facereview.track (id, video_id, faces, template, creator_id, rival_id, "
        "similarity, margin, risk, judged_at) "
        "SELECT g.track, d.video_id, g.faces, d.embedding, "
        "CASE WHEN g.track % 4 < 3 THEN 1 + g.track % 500 END, 1 + (g.track + 1) % 500, 0.6, 0.2, "
        "CASE g.track % 4 WHEN 0 THEN 0.006 WHEN 1 THEN 0.009 WHEN 2 THEN 0.2 ELSE 0.9 END, now() "
        "FROM (SELECT track, count(*) AS faces, min(id) AS first FROM placed GROUP BY 1) g "
        "JOIN video_face_detections d ON d.id = g.first"
    )
    connection.execute("INSERT INTO facereview.track_face SELECT id, track FROM placed")
    connection.execute(
        "INSERT INTO facereview.batch (token, actor, kind) "
        "VALUES (gen_random_uuid(), 'machine', 'automatic')"
    )
    connection.execute(
        "WITH matched AS (UPDATE video_face_detections d SET match_status = 'matched', "
        "matched_creator_id = t.creator_id, match_confidence = 0.6 "
        "FROM facereview.track_face f JOIN facereview.track t ON t.id = f.track_id "
        "WHERE f.detection_id = d.id AND t.id % 4 = 0 RETURNING d.id) "
        "INSERT INTO facereview.automatic SELECT m.id, b.id FROM matched m, facereview.batch b"
    )
    crowded(connection)
    connection.execute("VACUUM ANALYZE")


def crowded(connection: Connection) -> None:
    """Give the first video the faces of 400 tracks, each in frames of its own."""
    connection.execute(
        "UPDATE video_face_detections d SET video_id = 1, frame_timestamp = d.id "
        "FROM facereview.track_face f WHERE f.detection_id = d.id AND f.track_id <= %s",
        [TRACKS],
    )
    connection.execute("UPDATE facereview.track SET video_id = 1 WHERE id <= %s", [TRACKS])


def desk_of(store: Store) -> CastDesk:
    """A library that goes by the error rate of the zoo pack."""
    Settings(store, lambda: thresholds(ZOO)).save("error_rate", "1/100")
    return CastDesk(store, lambda: thresholds(ZOO))


def read(url: str) -> list[Figure]:
    """What the database answers, without a window."""
    database = Database(url)
    with Store.open(database) as store:
        desk = desk_of(store)
        order = desk.order()
        videos = order.videos[:: max(1, len(order.videos) // SHEETS)].tolist()
        sheets = timed([partial(desk.sheet, video) for video in videos])
        ordered = timed([desk.order] * 3)
        large = timed([partial(desk.sheet, 1)] * 5)
        sheet = desk.sheet(1)
        assert sheet is not None
        planned = timed([partial(plan, sheet)] * 20)
    database.close()
    rows = f"{len(sheet.rows)} rows"
    return [
        Figure("cast sheet read, p95", percentile(sheets, 95), "ms", OPENED_MS),
        Figure(f"cast sheet of {TRACKS} tracks read, p95", percentile(large, 95), "ms", None, rows),
        Figure("what one key settles of it, p95", percentile(planned, 95), "ms", 16.0),
        Figure(f"order of {len(order.videos):,} videos", round(min(ordered), 2), "s"),
    ]


def measured(url: str, home: Path) -> None:
    """In the measured process: open sheets, and go to the next videos; print the raw numbers."""
    running = application()
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtTest import QTest  # noqa: PLC0415

    found = opened(running, url, home, "settings")
    page = found.pages.cast
    at = page.controller
    found.window.show_page("cast")
    wait(running, lambda: at.order.read)
    rest(running, START_SECONDS)
    videos = at.order.videos[:: max(1, len(at.order.videos) // SHEETS)][:SHEETS].tolist()
    shown, worked, nexts = [], [], []
    for video in videos:
        at.sheets.clear()
        begun = time.process_time()
        shown.append(_until(running, at, video, partial(page.open, video)))
        worked.append(time.process_time() - begun)
        rest(running, 0.05)
    page.open(videos[0])
    rest(running, 1.0)
    for _ in range(NEXT):
        ahead = at.order.step(at.video, 1)
        assert ahead is not None
        go = partial(QTest.keyClick, page, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
        nexts.append(_until(running, at, ahead, go))
        rest(running, 0.3)
    print(json.dumps({"shown": shown, "worked": worked, "next": nexts}))
    found.close()


def _until(running: Any, at: Any, video: int, go: Any) -> float:
    """Seconds until the sheet of a video is shown."""
    start = time.perf_counter()
    go()
    wait(running, lambda: at.sheet is not None and at.sheet.video.id == video)
    return time.perf_counter() - start


def windowed(url: str) -> list[Figure]:
    """In the window, as the medians of a few processes."""
    with tempfile.TemporaryDirectory() as home:
        raws = measured_apart(__file__, url, Path(home), RUNS)
    return medians(
        [
            [
                Figure("cast sheet opened, p95", percentile(raw["shown"], 95), "ms", OPENED_MS),
                Figure("cast sheet opened, median", percentile(raw["shown"], 50), "ms"),
                Figure("processor time of it, p95", percentile(raw["worked"], 95), "ms"),
                Figure(
                    "next cast sheet, read ahead, p95", percentile(raw["next"], 95), "ms", OPENED_MS
                ),
            ]
            for raw in raws
        ]
    )


if __name__ == "__main__":
    if sys.argv[1:2] == [INSIDE]:
        measured(sys.argv[2], Path(sys.argv[3]))
    else:
        options = arguments(__doc__ or "", MILLION)
        with bench_library(
            options.folder,
            options.faces,
            name="cast",
            then=judged,
            indexed=options.faces <= INDEXED,
        ) as library:
            emit([*read(library), *windowed(library)])
