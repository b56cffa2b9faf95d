"""Suggestions: exact search over 10,000 references, and HNSW against exact at 100,000."""

from __future__ import annotations

from functools import partial

import numpy as np
import psycopg
from figures import Figure, emit, percentile, timed
from pgvector import Vector
from pgvector.psycopg import register_vector
from synthetic import arguments

from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store


def fill_references(url: str, count: int) -> None:
    """Creators with 5 references each, ``count`` in all, in a library of their own."""
    rng = np.random.default_rng(3)
    centre = rng.standard_normal((count // 5, 512)).astype(np.float32)
    with psycopg.connect(url, autocommit=True) as connection:
        register_vector(connection)
        held = connection.execute("SELECT count(*) FROM creator_face_embeddings").fetchone()
        if held and held[0] == count:
            return
        connection.execute("TRUNCATE creators CASCADE")
        connection.execute("DROP INDEX IF EXISTS idx_creator_faces_embedding")
        connection.execute(
            "INSERT INTO creators (id, name) SELECT i, 'Creator ' || i "
            "FROM generate_series(1, %s) i",
            (count // 5,),
        )
        statement = (
            "COPY creator_face_embeddings (creator_id, embedding, source_type) "
            "FROM STDIN (FORMAT BINARY)"
        )
        with connection.cursor().copy(statement) as copy:
            copy.set_types(["int4", "vector", "text"])
            for place in range(count):
                vector = centre[place // 5] + 0.7 * rng.standard_normal(512).astype(np.float32)
                vector /= np.linalg.norm(vector)
                copy.write_row((place // 5 + 1, Vector(vector), "manual"))
        connection.execute(
            "CREATE INDEX idx_creator_faces_embedding ON creator_face_embeddings "
            "USING hnsw (embedding vector_cosine_ops)"
        )
        connection.execute("VACUUM ANALYZE creator_face_embeddings")


def queries(store: Store, count: int) -> list[np.ndarray]:
    """Faces that look like some creator, as pending faces do."""
    matrix = store.creators.matrix()
    rng = np.random.default_rng(5)
    chosen = matrix.embeddings[rng.integers(0, len(matrix.ids), count)]
    noisy = chosen + 0.04 * rng.standard_normal(chosen.shape).astype(np.float32)
    return list(noisy / np.linalg.norm(noisy, axis=1, keepdims=True))


def measure(url: str, references: int) -> list[Figure]:
    """Latency of exact and indexed search, and the recall of the latter."""
    fill_references(url, references)
    database = Database(url)
    figures = []
    with Store.open(database) as store:
        asked = queries(store, 200)
        exact = timed([partial(store.search.suggest, v, limit=5) for v in asked])
        name = f"top-5 distinct creators, {references:,} references"
        if references <= 10_000:
            figures.append(Figure(f"{name}, exact, p95", percentile(exact, 95), "ms", 10))
        else:
            plain = timed([partial(store.search.nearest_exact, v, 5) for v in asked])
            graph = timed([partial(store.search.nearest_indexed, v, 5) for v in asked])
            figures += [
                Figure(f"{name}, exact, p95", percentile(plain, 95), "ms"),
                Figure(f"{name}, HNSW, p95", percentile(graph, 95), "ms"),
                Figure("recall of HNSW's first creator", recall(store, asked, 1), "share"),
                Figure("recall of HNSW's five creators", recall(store, asked, 5), "share"),
            ]
    database.close()
    return figures


def recall(store: Store, asked: list[np.ndarray], top: int) -> float:
    """Share of the exact answer's creators that the graph gives too."""
    hits = 0
    for vector in asked:
        exact = {creator for creator, _ in store.search.nearest_exact(vector, top)}
        hits += len(exact & {creator for creator, _ in store.search.nearest_indexed(vector, top)})
    return round(hits / (top * len(asked)), 4)


if __name__ == "__main__":
    options = arguments(__doc__ or "")
    all_figures: list[Figure] = []
    server = EmbeddedServer(options.folder / "server")
    for size in (10_000, 100_000):
        with psycopg.connect(server.start(), autocommit=True) as admin:
            name = f"references_{size}"
            if (
                admin.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone()
                is None
            ):
                admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        target = psycopg.conninfo.make_conninfo(server.start(), dbname=name)
        opened = Database(target)
        Store.open(opened).close()
        opened.close()
        all_figures += measure(target, size)
    emit(all_figures)
