"""One decision on 2,000 faces of one person in a library of 100,000, and its undo.

The journal's sync included. Nearly all of it is one statement, and in it pgvector: an updated row
enters every index anew, as ``match_status`` is in one of them, and its place in the graph over the
faces has to be searched for. "bare update" is that statement alone. Faces of one person lie
together in the graph; "scattered" is the same number of faces from all over the library, which no
key decides, for comparison.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import psycopg
from figures import Figure, emit, medians, timed
from synth_faces import make_library
from synthetic import SEED, arguments, bench_library

from facereview.records import Thresholds
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk, QueueKind
from facereview.store.session import Database
from facereview.store.store import Store

FACES = 2_000
CREATORS = 500
RUNS = 3


def measure(url: str, faces: int) -> list[Figure]:
    """Decide and take back, after once more that warms the server that just started.

    No face is written ten times: that many row versions share an entry of the vector index, and
    until a vacuum more of them need a second one.
    """
    database = Database(url)
    with tempfile.TemporaryDirectory() as folder, Store.open(database) as store:
        desk = Desk(store, Journal(Path(folder) / "journal", "bench"), lambda: Thresholds(0.5, 0.7))
        groups = of_one_person(np.sort(desk.queue(QueueKind.PENDING)), faces)
        scattered = np.random.default_rng(5).choice(np.concatenate(groups[3:]), FACES, False)
        alone = [
            Figure(f"bare update of {FACES:,} rows of one person", bare(url, groups[0]), "s"),
            Figure(f"bare update of {FACES:,} scattered rows", bare(url, scattered.tolist()), "s"),
        ]
        kinds = dict(zip((Kind.ACCEPT, Kind.ASSIGN, Kind.REJECT), groups, strict=False))
        for kind, chosen in kinds.items():
            desk.decide(an_intent(store, kind, chosen))
            desk.undo()
        figures = [f for kind, chosen in kinds.items() for f in decided(desk, store, kind, chosen)]
        desk.close()
    database.close()
    return [*figures, *alone]


def of_one_person(queue: np.ndarray, faces: int) -> list[list[int]]:
    """Up to 2,000 faces each, of those with most: detection ids, shape as they come."""
    people = make_library(faces, seed=SEED, creators=CREATORS).identity
    names, counts = np.unique(people[people >= 0], return_counts=True)
    groups = []
    for name in names[np.argsort(-counts)]:
        ids = queue[np.flatnonzero(people == name)]
        groups += [ids[start : start + FACES].tolist() for start in range(0, len(ids), FACES)]
    return sorted(groups, key=len, reverse=True)


def decided(desk: Desk, store: Store, kind: Kind, chosen: list[int]) -> list[Figure]:
    """One kind of decision, undone, redone and undone, each committed."""
    intent = an_intent(store, kind, chosen)
    taken = timed([lambda: desk.decide(intent), desk.undo, desk.redo])
    desk.undo()
    name = f"{kind.value}: {len(chosen):,} faces of one person"
    return [
        Figure(f"{name}, {what}", round(seconds, 2), "s", 2)
        for what, seconds in zip(("committed", "undone", "redone"), taken, strict=True)
    ]


def an_intent(store: Store, kind: Kind, chosen: list[int]) -> Intent:
    """What a key sends for these faces."""
    faces = store.faces.get(chosen)
    similarity = 0.7 if kind is Kind.ACCEPT else None
    seen = tuple(Seen(f, faces[f].video_id, faces[f].state, similarity) for f in chosen)
    creator = None if kind is Kind.REJECT else store.creators.all()[0]
    return Intent(kind, seen, creator)


def bare(url: str, ids: list[int]) -> float:
    """Seconds that PostgreSQL alone takes, rolled back; the second of two, so that all is warm."""
    with psycopg.connect(url) as connection:
        for _ in range(2):
            start = time.perf_counter()
            connection.execute(
                "UPDATE video_face_detections SET match_status = 'matched' WHERE id = ANY(%s)",
                (ids,),
            )
            seconds = time.perf_counter() - start
            connection.rollback()
    return round(seconds, 2)


if __name__ == "__main__":
    options = arguments(__doc__ or "")
    measured = []
    for _ in range(RUNS):
        with bench_library(options.folder, options.faces, CREATORS) as library:
            measured.append(measure(library, options.faces))
    emit(medians(measured))
