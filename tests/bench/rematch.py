"""Matching 100,000 pending faces again after one new reference; the health of 50,000 references."""

from __future__ import annotations

import numpy as np
import psycopg
from figures import Figure, emit, peak_memory_mb, timed
from search import fill_references
from synthetic import arguments, bench_library

from facereview.records import Config, SourceType
from facereview.review.creators.reference_health import Health, ranked
from facereview.review.creators.reference_records import Changed, RematchReport
from facereview.review.creators.rematch import Rematcher
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store


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
    base = EmbeddedServer(options.folder / "server").start()
    with psycopg.connect(base, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS references_50000")
        admin.execute("CREATE DATABASE references_50000 TEMPLATE template0")
    target = psycopg.conninfo.make_conninfo(base, dbname="references_50000")
    empty = Database(target)
    Store.open(empty).close()
    empty.close()
    emit([*figures, *measure_health(target, 50_000)])
