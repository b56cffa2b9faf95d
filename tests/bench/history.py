"""The first page of History and the number of its entries: all, of a person, by a part of a name.

The library is that of ``filters.py``; to it comes an act of five decided faces for each five faces,
so that a million faces have 200,000 entries. ``named by all`` is what part of each name is.

usage: history.py [--faces N] [--folder DIR]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
from figures import Figure, emit, percentile
from filters import library

from facereview.records import Thresholds
from facereview.review.history.desk import HistoryDesk
from facereview.review.history.records import Wanted
from facereview.store.session import Database
from facereview.store.store import Store

REPEATS = 20
BUDGET_MS = 200.0

ACTS = """
INSERT INTO facereview.batch (token, actor, kind, creator_id, created_at)
SELECT gen_random_uuid(), 'curator ' || n %% 5, 'assign', 1 + n %% 500,
       '2026-08-01'::timestamptz + n * interval '1 minute'
FROM generate_series(1, %(faces)s / 5) n;
INSERT INTO facereview.decision (batch_id, detection_id, video_id, before_status, after_status,
                                 after_creator_id)
SELECT 5001 + n / 5, 1 + n, 1 + n / 40, 'pending', 'manual', 1 + (n / 5 + 1) %% 500
FROM generate_series(0, %(faces)s - 1) n
"""


def fill(url: str, faces: int) -> None:
    """Add the acts."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in ACTS.split(";\n"):
            connection.execute(statement, {"faces": faces}, prepare=False)
        connection.execute("VACUUM ANALYZE facereview.batch, facereview.decision")


def p95_ms(job: Callable[[], object]) -> float:
    """The 95th percentile of some times, in milliseconds."""
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        job()
        taken.append(time.perf_counter() - start)
    return percentile(taken, 95)


def figures(url: str) -> list[Figure]:
    """Page and count of each search."""
    database, found = Database(url), []
    with Store.open(database) as store:
        desk = HistoryDesk(store, lambda: Thresholds(0.5, 0.7), "me")
        searches = {
            "all": Wanted(),
            "one person": Wanted(creator=store.creators.get(7)),
            "named by ten": Wanted(named="creator 12"),
            "named by a fifth": Wanted(named="creator 2"),
            "named by all": Wanted(named="creator"),
            "named by nobody": Wanted(named="nobody at all"),
        }
        for what, wanted in searches.items():
            count = desk.count(wanted)
            page = p95_ms(partial(desk.page, wanted))
            number = p95_ms(partial(desk.count, wanted))
            note = f"{count:,} entries"
            found.append(Figure(f"history, first page: {what}", page, "ms", BUDGET_MS, note))
            found.append(Figure(f"history, count: {what}", number, "ms", None, note))
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
        fill(url, given.faces)
        emit(figures(url))


if __name__ == "__main__":
    main()
