"""A library as large as wanted in an embedded server, kept between runs under ``--folder``."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from pgvector import Vector
from pgvector.psycopg import register_vector
from synth_faces import Library, make_library

from facereview.store.contract import contract
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store

Connection = psycopg.Connection[Any]

Make = Callable[[int, int, int | None], Library]
"""Makes so many faces from a seed, of whom so many people are creators."""

SEED = 7


def arguments(description: str, faces: int = 100_000) -> argparse.Namespace:
    """The options every benchmark has."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--faces", type=int, default=faces)
    parser.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "facereview-bench"
    )
    return parser.parse_args()


@contextmanager
def bench_library(
    folder: Path,
    faces: int,
    creators: int = 500,
    *,
    name: str = "synthetic",
    then: Callable[[Connection], None] = lambda _: None,
    indexed: bool = True,
) -> Iterator[str]:
    """The URL of a library of ``faces`` pending faces, filled on first use.

    It is a copy that goes away afterwards: rows that an earlier run wrote and took back would
    stay in the vector index until a vacuum, and every figure would depend on them. ``then``
    changes the library before its vector indexes are built, which take some quarter of an hour for
    a million faces and are left out unless the library is ``indexed``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    server = EmbeddedServer(folder / "server")
    base = server.start()
    name = f"{name}_{faces}"
    with psycopg.connect(base, autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,))
        if found.fetchone() is None:
            connection.execute(f"DROP DATABASE IF EXISTS {name}_filling")
            connection.execute(f"CREATE DATABASE {name}_filling TEMPLATE template0")
            fill(
                psycopg.conninfo.make_conninfo(base, dbname=f"{name}_filling"),
                faces,
                creators,
                then,
                indexed=indexed,
            )
            connection.execute(f"ALTER DATABASE {name}_filling RENAME TO {name}")
        copy = f"{name}_used"
        connection.execute(f"DROP DATABASE IF EXISTS {copy} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {copy} TEMPLATE {name} STRATEGY file_copy")
        try:
            yield psycopg.conninfo.make_conninfo(base, dbname=copy)
        finally:
            connection.execute(f"DROP DATABASE {copy} WITH (FORCE)")


def fill(
    url: str,
    faces: int,
    creators: int,
    then: Callable[[Connection], None] = lambda _connection: None,
    *,
    indexed: bool = True,
    seed: int = SEED,
    make: Make = make_library,
) -> None:
    """Fill an empty database by COPY, its vector indexes built after the data."""
    database = Database(url)
    Store.open(database).close()
    database.close()
    made = make(faces, seed, creators)
    with psycopg.connect(url, autocommit=True) as connection:
        register_vector(connection)
        definitions = drop_vector_indexes(connection)
        copy_library(connection, made)
        then(connection)
        # a graph that outgrows this is built on disk from there on: an hour for a million
        connection.execute(f"SET maintenance_work_mem = '{faces // 250 + 64}MB'")
        for definition in definitions if indexed else ():
            connection.execute(definition)
        connection.execute("VACUUM ANALYZE")


def drop_vector_indexes(connection: Connection) -> list[Any]:
    """Drop the HNSW indexes; the statements that make them again."""
    rows = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE indexname = ANY(%s) "
        "AND indexdef LIKE '%%hnsw%%'",
        (list(contract().shared_indexes),),
    ).fetchall()
    for name, _ in rows:
        connection.execute(f'DROP INDEX "{name}"')
    return [definition for _, definition in rows]


def copy_library(connection: Connection, made: Library) -> None:
    """Creators, references, videos and pending faces."""
    copy_rows(
        connection,
        "creators (id, name)",
        ["int4", "text"],
        ((int(c) + 1, f"Creator {c + 1:05d}") for c in made.creators),
    )
    copy_rows(
        connection,
        "creator_face_embeddings (creator_id, embedding, source_type, quality_score)",
        ["int4", "vector", "text", "float4"],
        (
            (int(who) + 1, Vector(vector), "manual", 0.9)
            for who, vector in zip(made.reference_of, made.reference, strict=True)
        ),
    )
    copy_rows(
        connection,
        "videos (id, file_path, title, duration_seconds, width, height)",
        ["int4", "text", "text", "float4", "int4", "int4"],
        (
            (int(v) + 1, f"/library/{v % 100:02d}/{v:07d}.mp4", f"Video {v + 1}", 90.0, 1280, 720)
            for v in np.unique(made.video)
        ),
    )
    copy_rows(
        connection,
        "video_face_detections (video_id, frame_timestamp, embedding, bbox_x, bbox_y, "
        "bbox_width, bbox_height, quality_score)",
        ["int4", "float4", "vector", *["float4"] * 5],
        (
            (int(v) + 1, float(t), Vector(e), *map(float, box), float(q))
            for v, t, e, box, q in zip(
                made.video, made.timestamp, made.embedding, made.bbox, made.quality, strict=True
            )
        ),
    )
    for table in ("creators", "videos"):
        connection.execute(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))")


def copy_rows(connection: Connection, target: str, types: list[str], rows: Iterator[Any]) -> None:
    """Fill a table by binary COPY."""
    with connection.cursor().copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(types)
        for row in rows:
            copy.write_row(row)
