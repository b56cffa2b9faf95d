"""More like this: the whole order of all faces by similarity to one, compared one by one.

The library that is there is only read. Beside it how many of the 1,000 most similar faces the
vector index finds: what it leaves out would be missing on the page without a word.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import psycopg
from figures import Figure, emit, percentile, timed
from numpy.typing import NDArray
from pgvector.psycopg import register_vector
from synthetic import arguments, bench_library

from facereview.review.library.alike import in_order
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store

PROBES = 5
FIRST = 1_000


@contextmanager
def library() -> Iterator[tuple[str, int]]:
    """The library of so many faces as it lies there, else one made for it."""
    options = arguments((__doc__ or "").splitlines()[0])
    base = EmbeddedServer(options.folder / "server").start()
    name = f"synthetic_{options.faces}"
    with psycopg.connect(base, autocommit=True) as connection:
        there = connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone()
    if there is not None:
        yield psycopg.conninfo.make_conninfo(base, dbname=name), options.faces
        return
    with bench_library(options.folder, options.faces) as url:
        yield url, options.faces


def ranked(store: Store, face: int) -> NDArray[np.int32]:
    """The ids of all faces, the most similar first, as the page gets them."""
    vector = store.faces.vectors([face])[face]
    parts = [rows for *_, rows in store.search.alike(vector)]
    return in_order(parts, but=face)["id"].astype(np.int32)


def found_by_index(connection: psycopg.Connection[Any], face: int) -> set[int]:
    """What the vector index gives for the first of them, as wide as it may search."""
    row = connection.execute("SELECT embedding FROM video_face_detections WHERE id = %s", (face,))
    vector = row.fetchone()
    assert vector is not None
    connection.execute("SET hnsw.ef_search = 1000")
    connection.execute("SET enable_seqscan = off")
    rows = connection.execute(
        "SELECT id FROM video_face_detections ORDER BY embedding <=> %s LIMIT %s",
        (vector[0], FIRST + 1),
    )
    return {found[0] for found in rows} - {face}


def figures(url: str, faces: int) -> list[Figure]:
    """Times of the whole order, and what the index would leave out."""
    database = Database(url)
    with Store(database) as store, psycopg.connect(url, autocommit=True) as connection:
        register_vector(connection)
        ids = np.random.default_rng(11).integers(1, faces, PROBES).tolist()
        ranked(store, ids[0])
        taken = timed([partial(ranked, store, face) for face in ids])
        indexed = connection.execute(
            "SELECT count(*) FROM pg_indexes WHERE tablename = 'video_face_detections' "
            "AND indexdef LIKE '%hnsw%'"
        ).fetchone()
        shares = [
            len(found_by_index(connection, face) & set(ranked(store, face)[:FIRST].tolist()))
            / FIRST
            for face in (ids if indexed and indexed[0] else ())
        ]
    database.close()
    made = [
        Figure(f"whole order of {faces:,} faces, p50", percentile(taken, 50), "ms"),
        Figure(f"whole order of {faces:,} faces, p95", percentile(taken, 95), "ms"),
    ]
    if shares:
        what = f"of the first {FIRST:,} the vector index finds, fewest of {PROBES} probes"
        made.append(Figure(what, round(min(shares), 3), "share"))
    return made


def main() -> None:
    """Print the figures of one library."""
    with library() as (url, faces):
        emit(figures(url, faces))


if __name__ == "__main__":
    main()
