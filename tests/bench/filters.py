"""The first page of filtered faces: each filter, each order, and some together; a grid of them.

The library is made for this, of any size: a tenth of the faces is decided, rejected or matched by
the machine, each with its line in the log, tracks of four faces have a risk, and the videos lie in
a hundred folders. The embeddings are all the same, since no filter reads them.

usage: filters.py [--faces N] [--folder DIR]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path

import psycopg
from figures import Figure, emit, percentile, timed

from facereview.filters import (
    Between,
    ClusterFilter,
    CreatorFilter,
    CreatorRole,
    CreatorSort,
    Days,
    FaceFilter,
    FaceKind,
    GroupBy,
    SortBy,
    VideoFilter,
    VideoKind,
    VideoOrder,
    VideoSort,
)
from facereview.review.filters.faces import FilterDesk
from facereview.review.filters.groups import grid_faces, grouped
from facereview.review.filters.tuning import LibraryTuning
from facereview.store.embedded import EmbeddedServer
from facereview.store.filters.tuning import SORTED_BY
from facereview.store.session import Database
from facereview.store.store import Store

PAGE = 200
REPEATS = 20
BUDGET_MS = 200.0
TILES = 48

MADE = """
INSERT INTO creators (name) SELECT 'Creator ' || n FROM generate_series(1, 500) n;
INSERT INTO facereview.alias SELECT n, 'Alias ' || n FROM generate_series(1, 500, 5) n;
INSERT INTO videos (file_path, title, width, height, is_available)
SELECT '/films/' || n %% 100 || '/' || md5(n::text) || '.mp4', 'Title ' || n, 1280, 720, n %% 50 > 0
FROM generate_series(1, %(faces)s / 40) n;
INSERT INTO facereview.scan
SELECT id, 1, 5, 64, 5, 40, NULL, '2026-01-01'::timestamptz + id %% 300 * interval '1 day'
FROM videos WHERE id %% 20 > 0;
INSERT INTO facereview.batch (token, actor, kind, creator_id, created_at)
SELECT gen_random_uuid(), 'curator ' || n %% 5,
       CASE WHEN n %% 4 = 0 THEN 'automatic' ELSE 'assign' END, 1,
       '2026-01-01'::timestamptz + n * interval '1 hour'
FROM generate_series(1, 5000) n;
ALTER TABLE video_face_detections ALTER COLUMN embedding SET STORAGE EXTENDED;
INSERT INTO video_face_detections
    (video_id, frame_timestamp, embedding, bbox_x, bbox_y, bbox_width, bbox_height, quality_score,
     matched_creator_id, match_confidence, match_status)
SELECT 1 + n / 40, n %% 40, e.v, hash %% 1000, 100, 30 + hash %% 300, 30 + hash %% 300,
       (hash %% 997) / 997.0,
       CASE WHEN n %% 30 <> 1 AND n %% 5 < 3 THEN 1 + hash %% 500 END,
       CASE WHEN n %% 30 <> 1 AND n %% 5 < 3 THEN (hash %% 991) / 991.0 END,
       CASE WHEN n %% 30 = 1 THEN 'rejected' WHEN n %% 30 IN (6, 12) THEN 'matched'
            WHEN n %% 30 = 7 THEN 'manual' ELSE 'pending' END
FROM (SELECT n, abs(hashint4(n)) AS hash FROM generate_series(0, %(faces)s - 1) n) made,
     (SELECT array_fill(0.044194173::real, ARRAY[512])::vector AS v) e;
INSERT INTO facereview.decision (batch_id, detection_id, video_id, before_status, after_status,
                                 after_creator_id)
SELECT CASE WHEN d.match_status = 'matched' THEN 4 * (1 + d.id %% 1250)
            ELSE 4 * (d.id %% 1250) + 1 END,
       d.id, d.video_id, 'pending', d.match_status, d.matched_creator_id
FROM video_face_detections d WHERE d.match_status <> 'pending';
INSERT INTO facereview.automatic
SELECT detection_id, batch_id FROM facereview.decision
WHERE after_status = 'matched' AND detection_id %% 4 = 3;
INSERT INTO facereview.track (video_id, faces, creator_id, risk, judged_at)
SELECT 1 + n / 10, 4, 1 + abs(hashint4(n)) %% 500, (1 + abs(hashint4(n)) %% 9973) / 9975.0, now()
FROM generate_series(0, %(faces)s / 4 - 1) n;
INSERT INTO facereview.track_face SELECT id, 1 + (id - 1) / 4 FROM video_face_detections;
INSERT INTO facereview.cluster (creator_id)
SELECT 1 + n %% 500 FROM generate_series(1, %(faces)s / 20) n;
INSERT INTO facereview.membership (detection_id, cluster_id, similarity)
SELECT id, 1 + id / 20 %% (%(faces)s / 20), (id %% 983) / 983.0 FROM video_face_detections
WHERE match_status = 'pending';
INSERT INTO facereview.verdict
SELECT id, 1 + id %% 500 FROM video_face_detections WHERE id %% 25 = 0;
INSERT INTO facereview.face_order (name, faces)
SELECT 'payoff', string_agg(
    decode(lpad(to_hex(((id & 255) << 24) | (((id >> 8) & 255) << 16) | (((id >> 16) & 255) << 8)
                       | (id >> 24)), 8, '0'), 'hex'), '' ORDER BY hashint4(id))
FROM video_face_detections WHERE match_status = 'pending';
"""

PENDING = (FaceKind.PENDING,)
FILTERS: dict[str, FaceFilter] = {
    "every face": FaceFilter(),
    "pending": FaceFilter(kinds=PENDING),
    "automatic": FaceFilter(kinds=(FaceKind.AUTOMATIC,)),
    "decided": FaceFilter(kinds=(FaceKind.DECIDED,)),
    "rejected": FaceFilter(kinds=(FaceKind.REJECTED,)),
    "creator decided": FaceFilter(creators=(7,), roles=(CreatorRole.DECIDED,)),
    "creator suggested": FaceFilter(creators=(7,), roles=(CreatorRole.SUGGESTED,)),
    "creator denied": FaceFilter(creators=(26,), roles=(CreatorRole.DENIED,)),
    "one video": FaceFilter(videos=(77,)),
    "folder": FaceFilter(folder="/films/7"),
    "similarity": FaceFilter(similarity=Between(0.5, 0.55)),
    "probability": FaceFilter(probability=Between(0.35, 0.45)),
    "quality": FaceFilter(quality=Between(0.9, None)),
    "size": FaceFilter(size=Between(None, 40)),
    "scanned": FaceFilter(scanned=Days(date(2026, 3, 1), date(2026, 3, 3))),
    "not scanned": FaceFilter(unscanned=True),
    "decided on": FaceFilter(decided_on=Days(date(2026, 3, 1), date(2026, 3, 3))),
    "decided by": FaceFilter(decided_by="curator 3"),
    "by the machine": FaceFilter(by_machine=True),
    "one run": FaceFilter(run=32),
    "file missing": FaceFilter(missing=True),
    "text of many": FaceFilter(text="films"),
    "text of few": FaceFilter(text="title 777"),
    "text of none": FaceFilter(text="nowhere at all"),
    "pending of a folder, probability .35 to .45": FaceFilter(
        kinds=PENDING, folder="/films/7", probability=Between(0.35, 0.45)
    ),
}


VIDEO_FILTERS: dict[str, VideoFilter] = {
    "every one": VideoFilter(),
    **{kind.value: VideoFilter(show=kind) for kind in VideoKind if kind is not VideoKind.ALL},
    "text of many": VideoFilter(text="films"),
    "text of few": VideoFilter(text="title 777"),
    "text of a name": VideoFilter(text="creator 77"),
    "text of none": VideoFilter(text="nowhere at all"),
    **{f"creator {role}": VideoFilter(creators=(26,), roles=(role,)) for role in CreatorRole},
    "folder": VideoFilter(folder="/films/7"),
    "length": VideoFilter(minutes=Between(1, 2)),
    "scanned": VideoFilter(scanned=Days(date(2026, 3, 1), date(2026, 3, 3))),
    "file missing": VideoFilter(missing=True),
}
CREATOR_FILTERS: dict[str, CreatorFilter] = {
    "no references": CreatorFilter(references=Between(None, 0)),
    "many faces": CreatorFilter(faces=Between(100, None)),
    "to check": CreatorFilter(unchecked=True),
    "named on": CreatorFilter(named_on=Days(date(2026, 3, 1), date(2026, 3, 3))),
    "folder": CreatorFilter(folder="/films/7"),
}
CLUSTER_FILTERS: dict[str, ClusterFilter] = {
    "size": ClusterFilter(size=Between(20, None)),
    "suggests": ClusterFilter(creators=(7,)),
    "folder": ClusterFilter(folder="/films/7"),
    "text": ClusterFilter(text="title 777"),
}


@contextmanager
def library(folder: Path, faces: int) -> Iterator[str]:
    """A copy of the library of so many faces, which is made on first use."""
    folder.mkdir(parents=True, exist_ok=True)
    base = EmbeddedServer(folder / "server").start()
    name, copy = f"filters_{faces}", f"filters_{faces}_used"
    with psycopg.connect(base, autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,))
        if known.fetchone() is None:
            connection.execute(f"DROP DATABASE IF EXISTS {name}_filling")
            connection.execute(f"CREATE DATABASE {name}_filling TEMPLATE template0")
            fill(psycopg.conninfo.make_conninfo(base, dbname=f"{name}_filling"), faces)
            connection.execute(f"ALTER DATABASE {name}_filling RENAME TO {name}")
        connection.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {copy} TEMPLATE {name} STRATEGY file_copy")
        try:
            yield psycopg.conninfo.make_conninfo(base, dbname=copy)
        finally:
            connection.execute(f"DROP DATABASE {copy} WITH (FORCE)")


def fill(url: str, faces: int) -> None:
    """Fill an empty database; its vector indexes, which no filter reads, are left out."""
    database = Database(url)
    Store.open(database).close()
    database.close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP INDEX idx_video_faces_embedding")
        for statement in MADE.split(";\n"):
            if statement.strip():
                connection.execute(statement, {"faces": faces}, prepare=False)
        connection.execute("VACUUM ANALYZE")


def page_ms(desk: FilterDesk, wanted: FaceFilter, sort: SortBy) -> tuple[float, str]:
    """The 95th percentile of the first page, in milliseconds, and a note."""
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        page = desk.page(wanted, sort, PAGE)
        taken.append(time.perf_counter() - start)
    return percentile(taken, 95), f"{len(page.faces)} faces, median {percentile(taken, 50)} ms"


def figures(url: str, faces: int) -> list[Figure]:
    """Each filter in the order of videos and by payoff, and each order of the pending faces.

    Then the orders that `facereview db tune` makes indexes for, with these.
    """
    database, found = Database(url), []
    with Store.open(database) as store:
        desk = FilterDesk(store)
        what = f"{faces:,} faces, first page"
        cases = [(wanted, SortBy.VIDEO) for wanted in FILTERS]
        cases += [(wanted, SortBy.PAYOFF) for wanted in FILTERS]
        orders: list[tuple[str, SortBy]]
        orders = [("pending", sort) for sort in SortBy if sort is not SortBy.VIDEO]
        for wanted, sort in dict.fromkeys(cases + orders):
            taken, note = page_ms(desk, FILTERS[wanted], sort)
            found.append(Figure(f"{what}: {wanted}, {sort}", taken, "ms", BUDGET_MS, note))
        LibraryTuning(store).tune(every=True)
        several = ("every face", "pending", "folder", "creator decided", "rejected")
        tuned = [(wanted, sort) for sort in SORTED_BY for wanted in several]
        tuned += [(f"creator {role}", SortBy.VIDEO) for role in CreatorRole]
        for wanted, sort in tuned:
            taken, note = page_ms(desk, FILTERS[wanted], sort)
            found.append(Figure(f"{what}, tuned: {wanted}, {sort}", taken, "ms", BUDGET_MS, note))
    database.close()
    return found


def list_figures(url: str, faces: int) -> list[Figure]:
    """Videos by each filter and in each order, a page of them; creators and clusters, all."""
    database, found = Database(url), []
    with Store.open(database) as store:
        videos, creators = store.filtered_videos, store.filtered_creators
        asked: dict[str, Callable[[], object]] = {
            f"videos, {name}": partial(videos.page, wanted, VideoOrder(), PAGE)
            for name, wanted in VIDEO_FILTERS.items()
        }
        for by in VideoSort:
            order = VideoOrder(by, falling=True)
            asked[f"videos, by {by}"] = partial(videos.page, VideoFilter(), order, PAGE)
        for sort in CreatorSort:
            asked[f"creators, by {sort}"] = partial(creators.ids, CreatorFilter(), sort)
        for name, wanted in CREATOR_FILTERS.items():
            asked[f"creators, {name}"] = partial(creators.ids, wanted, CreatorSort.NAME)
        for name, clusters in CLUSTER_FILTERS.items():
            asked[f"clusters, {name}"] = partial(store.filtered_clusters.found, clusters)
        for what, read in asked.items():
            taken = timed([read] * REPEATS)
            said = f"{faces:,} faces, {what}"
            found.append(Figure(said, percentile(taken, 95), "ms", BUDGET_MS))
    database.close()
    return found


def tiles(store: Store, lot: list[int]) -> None:
    """Read what a grid says of these faces."""
    grid_faces(store, store.faces.get(lot))


def grid_figures(url: str, faces: int) -> list[Figure]:
    """The groups of all pending faces, and what a grid says of those that come into view."""
    database, found = Database(url), []
    with Store.open(database) as store:
        ids = FilterDesk(store).ids(FILTERS["pending"], SortBy.PAYOFF)
        for by in GroupBy:
            [taken] = timed([partial(grouped, store, by, ids)])
            what = f"{faces:,} faces, pending ones grouped by {by}"
            found.append(Figure(what, round(taken * 1000), "ms", note=f"{len(ids):,} faces"))
        lots = [ids[begin : begin + TILES].tolist() for begin in range(0, REPEATS * TILES, TILES)]
        taken_of = timed([partial(tiles, store, lot) for lot in lots])
        what = f"{faces:,} faces, {TILES} tiles of a grid"
        found.append(Figure(what, percentile(taken_of, 95), "ms", BUDGET_MS))
    database.close()
    return found


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faces", type=int, default=100_000)
    default = Path(tempfile.gettempdir()) / "facereview-bench"
    parser.add_argument("--folder", type=Path, default=default)
    given = parser.parse_args()
    with library(given.folder, given.faces) as url:
        emit(
            [
                *figures(url, given.faces),
                *list_figures(url, given.faces),
                *grid_figures(url, given.faces),
            ]
        )


if __name__ == "__main__":
    main()
