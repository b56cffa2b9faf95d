"""The Creators page's data: 10,000 creators, 50,000 references and 100,000 faces.

Half of the faces are decided, the others pending with a suggestion.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from figures import Figure, emit, percentile, timed
from pgvector import Vector
from synthetic import Connection, arguments, bench_library, copy_rows

from facereview.home import Home
from facereview.records import Thresholds
from facereview.review.creators.desk import CreatorsDesk, NamesDesk
from facereview.review.creators.library_health import LibraryHealth
from facereview.store.session import Database
from facereview.store.store import Store

CREATORS = 10_000
REFERENCES = 50_000
MERGED = 5_000
"""Decided faces of each of the two creators of the merge."""

TYPED = ("c", "cr", "cre", "creator 0", "creator 04", "4711", "ceator 0471", "anderson", "zoë")


def people(connection: Connection) -> None:
    """More creators and references up to the numbers asked for, and faces decided and suggested."""
    known = [row[0] for row in connection.execute("SELECT id FROM creators ORDER BY id").fetchall()]
    more = range(max(known) + 1, max(known) + 1 + CREATORS - len(known))
    copy_rows(
        connection,
        "creators (id, name)",
        ["int4", "text"],
        ((c, f"Person {c:05d} of the archive") for c in more),
    )
    held = connection.execute("SELECT count(*) FROM creator_face_embeddings").fetchone()
    copy_rows(
        connection,
        "creator_face_embeddings (creator_id, embedding, source_type, quality_score)",
        ["int4", "vector", "text", "float4"],
        references(list(more), REFERENCES - (held[0] if held else 0)),
    )
    connection.execute(
        "UPDATE video_face_detections SET match_confidence = 0.6, matched_creator_id = CASE "
        "WHEN id %% 2 = 0 OR id > %(first)s * 4 THEN 3 + id %% %(rest)s "
        "WHEN id <= %(first)s * 2 THEN 1 ELSE 2 END, "
        "match_status = CASE WHEN id %% 2 = 1 THEN 'matched' ELSE 'pending' END",
        {"first": MERGED, "rest": CREATORS - 3},
    )


def references(creators: Sequence[int], count: int) -> Iterator[tuple[int, Vector, str, float]]:
    """References of people nobody looks like, in turn."""
    rng = np.random.default_rng(11)
    centres = rng.standard_normal((len(creators), 512)).astype(np.float32)
    for place in range(count):
        who = place % len(creators)
        vector = centres[who] + 0.7 * rng.standard_normal(512).astype(np.float32)
        yield creators[who], Vector(vector / np.linalg.norm(vector)), "manual", 0.5


def measure(url: str) -> list[Figure]:
    """Open the page, type names, open a creator's page, look for pairs; nothing is changed."""
    database = Database(url)
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(database)
        desk = CreatorsDesk(store, Home(Path(folder)), "bench", lambda: Thresholds(0.5, 0.7))
        names = NamesDesk(store)
        names.people()
        opened = timed([names.people] * 5)
        figures.append(
            Figure("creators: data of the page, p95", percentile(opened, 95), "ms", 1000)
        )
        typed = timed([partial(names.find, text, 200) for text in TYPED * 10])
        figures.append(Figure("creators: search per key, p95", percentile(typed, 95), "ms", 30))
        chosen = np.random.default_rng(1).integers(3, CREATORS, 20).tolist()
        health = LibraryHealth(store, lambda: Thresholds(0.5, 0.7))
        jobs: dict[str, list[Callable[[], Any]]] = {
            "one creator's head": [partial(desk.person, c) for c in chosen],
            "one creator's decided faces, first page": [partial(desk.decided, c) for c in chosen],
            "5,000 decided faces worst first, first page": [partial(desk.decided, 1)] * 5,
            "where one creator appears": [partial(desk.appearances, c) for c in chosen],
            "where a creator of 5,000 faces appears": [partial(desk.appearances, 1)] * 5,
            "look-alike pairs of all": [health.lookalikes] * 3,
        }
        for what, asked in jobs.items():
            figures.append(Figure(f"creators: {what}, p95", percentile(timed(asked), 95), "ms"))
        figures += merge(desk)
        store.close()
    database.close()
    return figures


def merge(desk: CreatorsDesk) -> list[Figure]:
    """Merge two creators of 5,000 faces each and take it back."""
    preview = timed([partial(desk.merging.preview, 1, 2)])
    start = perf_counter()
    merged = desk.merging.merge(1, 2)
    middle = perf_counter()
    desk.history.undo_change(merged.change_id)
    end = perf_counter()
    return [
        Figure("creators: preview of a merge of 5,000 + 5,000", percentile(preview, 95), "ms"),
        Figure("creators: merge of 5,000 + 5,000 faces", round(middle - start, 2), "s"),
        Figure("creators: the merge taken back", round(end - middle, 2), "s"),
    ]


if __name__ == "__main__":
    options = arguments(__doc__ or "")
    with bench_library(options.folder, options.faces, name="people", then=people) as library:
        emit(measure(library))
