"""Clusters from nothing and after 100 more faces, reading and writing the database included.

5,000 faces are clustered beside the seed's own query in one run. Each size is measured in a process
of its own, so that peak memory is that size's: without tracks, and with those of its videos.

usage: clusters.py [--faces N] [--folder DIR] [--all]    (--all: 300,000 as well, kept afterwards)
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
from figures import Figure, emit, peak_memory_mb
from pgvector import Vector
from pgvector.psycopg import register_vector
from synth_faces import make_library
from synthetic import SEED, bench_library

from facereview.records import Thresholds
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.update import ClusterUpdater
from facereview.review.evidence.track_update import TrackUpdater
from facereview.store.session import Database
from facereview.store.store import Store

SEED_QUERY = """
SELECT a.id, b.id, 1 - (a.embedding <=> b.embedding) AS similarity
FROM video_face_detections a CROSS JOIN video_face_detections b
WHERE a.id < b.id AND a.match_status = 'pending' AND b.match_status = 'pending'
  AND 1 - (a.embedding <=> b.embedding) > 0.7
ORDER BY similarity DESC LIMIT 100
"""
SECONDS = {5_000: None, 20_000: None, 100_000: 30.0, 300_000: 120.0, 1_000_000: 480.0}
MEGABYTES = {100_000: 1000.0, 1_000_000: 3000.0}
PACK = Thresholds(0.5, 0.7)
MORE = 100


def measured(url: str) -> dict[str, Any]:
    """In the measured process: from nothing, the wall, 100 more faces, one more reference."""
    database = Database(url)
    with Store.open(database) as store, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE facereview.cluster CASCADE")
        connection.execute("TRUNCATE facereview.membership")
        updater = ClusterUpdater(store, PACK.cluster, PACK.match)
        whole = updater.from_nothing()
        peak = peak_memory_mb()
        start = time.perf_counter()
        desk = ClusterDesk(store, lambda: PACK)
        wall = desk.wall()
        shown = time.perf_counter() - start
        start = time.perf_counter()
        desk.covers([c.id for c in wall.clusters[:30]])
        covered = time.perf_counter() - start
        start = time.perf_counter()
        desk.view(max(wall.clusters, key=lambda c: c.size).id)
        viewed = time.perf_counter() - start
        connection.execute("VACUUM ANALYZE facereview.membership")
        again = updater.from_nothing()
        joined, waited, _ = more_placed(store, connection, updater, whole.faces, MORE)
        many, _, together = more_placed(store, connection, updater, whole.faces, whole.faces // 100)
        reference = new_reference(connection)
        resuggested = updater.up_to_date()
        connection.execute("DELETE FROM creator_face_embeddings WHERE id = %s", (reference,))
    database.close()
    return {
        "whole": whole.seconds,
        "again": again.seconds,
        "peak": peak,
        "clusters": whole.clusters,
        "single": whole.single,
        "moved": again.changed,
        "wall": shown,
        "covers": covered,
        "view": viewed,
        "joined": joined,
        "many": many,
        "together": together,
        "waited": waited,
        "resuggested": resuggested.seconds,
    }


def more_placed(
    store: Store,
    connection: psycopg.Connection[Any],
    updater: ClusterUpdater,
    faces: int,
    count: int,
) -> tuple[float, int, float]:
    """Seconds in which more faces are placed, how many still wait then, and the share placed well.

    That is, of those that are like a face in a cluster, in the same one.
    """
    more = add_more(connection, faces, count)
    link_more(store, list(more))
    done = updater.up_to_date()
    waiting = store.clustering.scope()[1]
    cluster = dict(
        connection.execute(
            "SELECT detection_id, cluster_id FROM facereview.membership "
            "WHERE detection_id = ANY(%s)",
            ([*more, *more.values()],),
        ).fetchall()
    )
    known = [face for face, like in more.items() if cluster.get(like) is not None]
    together = sum(cluster.get(face) == cluster[more[face]] for face in known)
    connection.execute("DELETE FROM video_face_detections WHERE id = ANY(%s)", (list(more),))
    return done.seconds, waiting, together / max(1, len(known))


def add_more(connection: psycopg.Connection[Any], faces: int, count: int) -> dict[int, int]:
    """So many faces more of the people who are there, each with the face that it is like."""
    register_vector(connection)
    rows = connection.execute(
        "SELECT id, embedding, video_id FROM video_face_detections WHERE match_status = 'pending' "
        "ORDER BY id OFFSET %s LIMIT %s",
        (faces // 2, count),
    ).fetchall()
    rng = np.random.default_rng(11)
    made = {}
    with connection.transaction():
        for place, (like, vector, video) in enumerate(rows):
            near = vector.to_numpy() + 0.02 * rng.standard_normal(512).astype(np.float32)
            row = connection.execute(
                "INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, bbox_x, "
                "bbox_y, bbox_width, bbox_height, quality_score) "
                "VALUES (%s, %s, %s, 10, 10, 90, 110, 0.8) RETURNING id",
                (video, 1000.0 + place, Vector(near / np.linalg.norm(near))),
            ).fetchone()
            made[int(row[0]) if row else 0] = int(like)
    return made


def link_more(store: Store, faces: list[int]) -> None:
    """Link the videos of new faces, where the library has tracks."""
    if store.tracks.linked_to() is not None:
        videos = {face.video_id for face in store.faces.get(faces).values()}
        TrackUpdater(store, PACK.cluster).videos(sorted(videos))


def linked(url: str) -> str:
    """Link all faces; what to say of it."""
    database = Database(url)
    with Store.open(database) as store:
        done = TrackUpdater(store, PACK.cluster).from_nothing()
    database.close()
    return f"{done.tracks:,} tracks, linked in {done.seconds:.0f} s"


def new_reference(connection: psycopg.Connection[Any]) -> int:
    """One more reference of one creator."""
    row = connection.execute(
        "INSERT INTO creator_face_embeddings (creator_id, embedding, source_type) "
        "SELECT creator_id, embedding, 'manual' FROM creator_face_embeddings ORDER BY id LIMIT 1 "
        "RETURNING id"
    ).fetchone()
    return int(row[0]) if row else 0


def beside_the_seed(url: str, folder: Path) -> list[Figure]:
    """The seed's query and ours on the same 5,000 faces, and what both find of the truth."""
    with psycopg.connect(url, autocommit=True) as connection:
        start = time.perf_counter()
        pairs = connection.execute(SEED_QUERY).fetchall()
        seed = time.perf_counter() - start
        ours = inside(url, folder)
        found = connection.execute(
            "SELECT detection_id, cluster_id FROM facereview.membership"
        ).fetchall()
        ids = connection.execute("SELECT id FROM video_face_detections ORDER BY id").fetchall()
    cluster: dict[int, int | None] = dict(found)
    together = sum(cluster[a] is not None and cluster[a] == cluster[b] for a, b, _ in pairs)
    truth = make_library(5_000, seed=SEED, creators=500).identity
    recall = pair_recall([cluster[i] for (i,) in ids], truth)
    note = f"the seed prints {len(pairs)} pairs; ours holds {together} of them in one cluster"
    return [
        Figure("seed's query, 5,000 faces", round(seed, 2), "s", note=note),
        Figure("clusters from nothing, 5,000 faces", round(ours["whole"], 2), "s"),
        Figure("seed's query is slower by", round(seed / ours["whole"], 1), "times"),
        Figure("pairs of one person found by ours", round(recall, 4), "share"),
    ]


def pair_recall(clusters: list[int | None], truth: np.ndarray) -> float:
    """The share of pairs of one person that share a cluster."""
    labels = np.asarray([-1 if c is None else c for c in clusters])
    real = truth >= 0
    _, people = np.unique(truth[real], return_counts=True)
    both = np.stack([truth, labels], axis=1)[real & (labels >= 0)]
    _, shared = np.unique(both, axis=0, return_counts=True)
    return float((shared * (shared - 1)).sum() / (people * (people - 1)).sum())


def inside(url: str, folder: Path) -> dict[str, Any]:
    """The numbers of a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--inside", url, "--folder", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    numbers: dict[str, Any] = json.loads(done.stdout)
    return numbers


def of_size(faces: int, folder: Path) -> list[Figure]:
    """All figures of one size of library."""
    with bench_library(folder, faces) as url:
        alone = inside(url, folder)
        note = linked(url)
        raw = inside(url, folder)
    many = f"{faces:,} faces"
    return [
        *_clustered(f"{many} without tracks", faces, alone, ""),
        *_clustered(many, faces, raw, note),
        Figure(f"one more reference, {many}", round(raw["resuggested"], 2), "s"),
        Figure(f"the wall, {many}", round(raw["wall"] * 1000), "ms"),
        Figure(f"covers of 30 clusters, {many}", round(raw["covers"] * 1000), "ms"),
        Figure(f"the largest cluster, {many}", round(raw["view"] * 1000), "ms"),
    ]


def _clustered(many: str, faces: int, raw: dict[str, Any], note: str) -> list[Figure]:
    """From nothing, again, and with more faces."""
    clusters = f"{raw['clusters']} clusters, {raw['single']} single"
    within = 1.0 if faces == 100_000 else None
    return [
        Figure(
            f"clusters from nothing, {many}",
            round(raw["whole"], 1),
            "s",
            SECONDS.get(faces),
            f"{clusters}; {note}" if note else clusters,
        ),
        Figure(f"its peak memory, {many}", raw["peak"], "MB", MEGABYTES.get(faces)),
        Figure(
            f"the same again, {many}", round(raw["again"], 1), "s", note=f"{raw['moved']} differ"
        ),
        Figure(f"100 more faces into {many}", round(raw["joined"], 2), "s", within),
        Figure(
            f"{faces // 100:,} more faces into {many}",
            round(raw["many"], 1),
            "s",
            60.0 if faces == 1_000_000 else None,
            f"{raw['together']:.4f} with the face that they are like",
        ),
    ]


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--faces", type=int, default=100_000)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--inside")
    default = Path(tempfile.gettempdir()) / "facereview-bench"
    parser.add_argument("--folder", type=Path, default=default)
    options = parser.parse_args()
    if options.inside:
        print(json.dumps(measured(options.inside)))
        return
    with bench_library(options.folder, 5_000) as url:
        figures = beside_the_seed(url, options.folder)
    for faces in sorted({20_000, options.faces} | ({300_000} if options.all else set())):
        figures += of_size(faces, options.folder)
    emit(figures)


if __name__ == "__main__":
    main()
