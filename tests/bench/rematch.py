"""Matching 100,000 pending faces again, by thresholds and by tracks; the health of references.

By tracks as the zoo pack settles them: all of them for the first time, when nearly every face gets
a name or a suggestion, and again, when nothing changed; by 500 creators of 2,000 references. The
first time is beside its limit: as many rows of another copy, changed by one plain UPDATE.
"""

from __future__ import annotations

import numpy as np
import psycopg
from figures import Figure, emit, peak_memory_mb, timed
from search import fill_references
from synthetic import arguments, bench_library

from facereview.faces import ZOO
from facereview.faces.catalogue import thresholds
from facereview.records import Config, SourceType
from facereview.review.creators.reference_health import Health, ranked
from facereview.review.creators.reference_records import Changed, RematchReport
from facereview.review.evidence.certainty import in_force
from facereview.review.evidence.fitting import calibrated
from facereview.review.evidence.rematch import Rematcher
from facereview.review.evidence.track_update import TrackUpdater
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store

ZOO_LINK = thresholds(ZOO).cluster


def add_one(store: Store) -> Changed:
    """A new reference, a little different from one its creator has."""
    matrix = store.creators.matrix()
    mixed = matrix.embeddings[0] + 0.01 * np.random.default_rng(1).standard_normal(512)
    vector = (mixed / np.linalg.norm(mixed)).astype(np.float32)
    creator = int(matrix.creators[0])
    made = store.creators.add_reference(creator, vector, SourceType.MANUAL, None, 0.9)
    return Changed(added=(made,))


def measure_rematch(url: str, faces: int) -> list[Figure]:
    """After one new reference, after it went again, and over everything."""
    database = Database(url)
    reports: list[RematchReport] = []
    with Store.open(database) as store:
        # nothing is matched at once, so that the library stays as large as it is
        rematcher = Rematcher(store, Config(0.5, 1.01))
        whole = timed([lambda: reports.append(rematcher.rematch())])
        changed = add_one(store)
        one = timed([lambda: reports.append(rematcher.rematch(changed))])
        gone = [creator for _, creator in store.references.retire(changed.added, "bench")]
        less = timed([lambda: reports.append(rematcher.rematch(Changed(creators=tuple(gone))))])
    database.close()
    looked = [f"{report.looked:,} faces compared" for report in reports]
    name = f"{faces:,} pending faces matched again"
    return [
        Figure(f"{name}, after one new reference", round(one[0], 2), "s", 5, looked[1]),
        Figure(f"{name}, after one was retired", round(less[0], 2), "s", 5, looked[2]),
        Figure(f"{name}, all of them", round(whole[0], 2), "s", None, looked[0]),
    ]


def measure_tracks(url: str, faces: int) -> tuple[list[Figure], int]:
    """All tracks judged, and what changed written; then again, and after one reference.

    Also how many rows the first time wrote.
    """
    database = Database(url)
    reports: list[RematchReport] = []
    with Store.open(database) as store:
        TrackUpdater(store, ZOO_LINK).from_nothing()
        certainty = in_force(None, (), calibrated(store, ZOO))
        rematcher = Rematcher(store, Config(), certainty)
        first = timed([lambda: reports.append(rematcher.rematch())])
        again = timed([lambda: reports.append(rematcher.rematch())])
        changed = add_one(store)
        one = timed([lambda: reports.append(rematcher.rematch(changed))])
    database.close()
    matched = sum(shift.matched for shift in reports[0].shifts)
    gained = sum(shift.gained for shift in reports[0].shifts)
    wrote = f"{matched:,} settled, {gained:,} suggested"
    name = f"{faces:,} pending faces by tracks"
    figures = [
        Figure(f"{name}, the first time", round(first[0], 2), "s", None, wrote),
        Figure(f"{name}, again", round(again[0], 2), "s", 10, f"{reports[1].looked:,} judged"),
        Figure(
            f"{name}, after one reference",
            round(one[0], 2),
            "s",
            10,
            f"{reports[2].looked:,} judged",
        ),
    ]
    return figures, matched + gained


def measure_limit(url: str, rows: int) -> Figure:
    """What the database needs to write so many rows, with the indexes that the contract has."""
    with psycopg.connect(url, autocommit=True) as connection:
        write = (
            "UPDATE video_face_detections SET match_status = 'matched', match_confidence = 0.5, "
            "matched_creator_id = (SELECT min(id) FROM creators) "
            "WHERE id IN (SELECT id FROM video_face_detections ORDER BY id LIMIT %s)"
        )
        [taken] = timed([lambda: connection.execute(write, (rows,))])
    return Figure(f"{rows:,} faces changed by one plain UPDATE", round(taken, 2), "s")


def measure_health(url: str, references: int) -> list[Figure]:
    """Every reference against every other."""
    fill_references(url, references)
    database = Database(url)
    with Store.open(database) as store:
        read = timed([store.creators.matrix])
        matrix = store.creators.matrix()
    database.close()
    found: list[int] = []
    taken = timed([lambda: found.append(len(list(ranked(Health(matrix, 0.5).everything()))))])
    one = timed([lambda: Health(matrix, 0.5).of(1)])
    return [
        Figure(f"{references:,} references read", round(read[0], 2), "s"),
        Figure(f"{references:,} references checked", round(taken[0], 2), "s", None, f"{found[0]}"),
        Figure("references of one creator checked", round(one[0], 2), "s"),
        Figure("peak memory", peak_memory_mb(), "MB"),
    ]


if __name__ == "__main__":
    options = arguments(__doc__ or "")
    with bench_library(options.folder, options.faces) as library:
        figures = measure_rematch(library, options.faces)
    with bench_library(options.folder, options.faces) as library:
        by_tracks, written = measure_tracks(library, options.faces)
    with bench_library(options.folder, options.faces) as library:
        figures += [*by_tracks, measure_limit(library, written)]
    base = EmbeddedServer(options.folder / "server").start()
    with psycopg.connect(base, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS references_50000")
        admin.execute("CREATE DATABASE references_50000 TEMPLATE template0")
    target = psycopg.conninfo.make_conninfo(base, dbname="references_50000")
    empty = Database(target)
    Store.open(empty).close()
    empty.close()
    emit([*figures, *measure_health(target, 50_000)])
