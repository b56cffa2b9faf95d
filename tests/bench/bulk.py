"""One decision on 2,000 faces of a library of 100,000, with the journal's sync, and its undo.

Nearly all of it is one statement, and in it pgvector: an updated row enters every index anew, as
``match_status`` is in one of them, and the graph over the faces (1 to 3 ms for a row) has no way
around the search for its place. "bare update" is that statement alone.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import psycopg
from figures import Figure, emit, timed
from synthetic import arguments, bench_library

from facereview.records import Thresholds
from facereview.review.desk import Desk, QueueKind
from facereview.review.intents import Intent, Kind, Seen
from facereview.review.journal import Journal
from facereview.store.session import Database
from facereview.store.store import Store

FACES = 2_000


def measure(url: str) -> list[Figure]:
    """Decide and take back, twice: the first time warms the server that just started."""
    database = Database(url)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder, Store.open(database) as store:
        desk = Desk(store, Journal(Path(folder) / "journal", "bench"), lambda: Thresholds(0.5, 0.7))
        queue = desk.queue(QueueKind.PENDING)
        creator = store.creators.all()[0]
        for note in ("just after the start", ""):
            rng = np.random.default_rng(len(note))
            chosen = rng.choice(queue, FACES, replace=False).tolist()
            faces = store.faces.get(chosen)
            seen = tuple(Seen(f, faces[f].video_id, faces[f].state, 0.7) for f in chosen)
            unknown = tuple(Seen(f, faces[f].video_id, faces[f].state) for f in chosen)
            figures = []
            for name, intent in (
                ("accept", Intent(Kind.ACCEPT, seen, creator)),
                ("assign by hand", Intent(Kind.ASSIGN, unknown, creator)),
                ("reject", Intent(Kind.REJECT, seen)),
            ):
                [decided] = timed([lambda intent=intent: desk.decide(intent)])  # type: ignore[misc]
                [undone] = timed([desk.undo])
                [again] = timed([desk.redo])
                desk.undo()
                figures += [
                    Figure(f"{name}: {FACES:,} faces committed", round(decided, 2), "s", 2, note),
                    Figure(f"{name}: undo committed", round(undone, 2), "s", 2, note),
                    Figure(f"{name}: redo committed", round(again, 2), "s", 2, note),
                ]
        desk.close()
    database.close()
    return [*figures, Figure("bare update of 2,000 rows", bare(url), "s")]


def bare(url: str) -> float:
    """Seconds that PostgreSQL alone takes, rolled back."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT id FROM video_face_detections ORDER BY hashint4(id) LIMIT %s", (FACES,)
        ).fetchall()
        start = time.perf_counter()
        connection.execute(
            "UPDATE video_face_detections SET match_status = 'matched' WHERE id = ANY(%s)",
            ([row[0] for row in rows],),
        )
        seconds = time.perf_counter() - start
        connection.rollback()
    return round(seconds, 2)


if __name__ == "__main__":
    options = arguments(__doc__ or "")
    with bench_library(options.folder, options.faces) as library:
        emit(measure(library))
