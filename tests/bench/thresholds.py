"""Replaying decisions: how long it takes once in the background, and at a moved threshold.

A synthetic library in which every face is decided: as who it is where that is a creator, else
rejected. The zoo's calibration counts; what it says of synthetic faces is not what is measured.

usage: thresholds.py [--faces N] [--folder DIR]
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from functools import partial

import numpy as np
from figures import Figure, emit, peak_memory_mb, percentile, timed
from synth_faces import make_library
from synthetic import SEED, Connection, arguments, bench_library

from facereview.faces import ZOO
from facereview.review.evidence.certainty import in_force
from facereview.review.evidence.fitting import calibrated
from facereview.review.evidence.track_update import TrackUpdater
from facereview.review.insight.replay import replay
from facereview.review.insight.thresholds import ByRate, ByThresholds, Replay, Rule
from facereview.store.session import Database
from facereview.store.store import Store

CREATORS, MOVES = 500, 200


def decide(faces: int) -> Callable[[Connection], None]:
    """What the truth says of each face, written as another program's decisions."""

    def then(connection: Connection) -> None:
        made = make_library(faces, seed=SEED, creators=CREATORS)
        known = np.where(np.isin(made.identity, made.creators), made.identity + 1, 0)
        rows = connection.execute("SELECT id FROM video_face_detections ORDER BY id").fetchall()
        connection.execute("CREATE TEMP TABLE said (id int, creator int)")
        with connection.cursor().copy("COPY said FROM STDIN") as copy:
            for face, creator in zip(rows, known.tolist(), strict=True):
                copy.write_row((*face, creator))
        connection.execute(
            "UPDATE video_face_detections d SET matched_creator_id = nullif(s.creator, 0), "
            "match_status = CASE WHEN s.creator = 0 THEN 'rejected' ELSE 'manual' END "
            "FROM said s WHERE s.id = d.id"
        )

    return then


def moved(shown: Replay) -> list[float]:
    """Seconds of each look at another threshold or rate, as the page takes it."""
    rules: list[Rule] = [ByThresholds(match - 0.1, match) for match in np.linspace(0.3, 0.9, MOVES)]
    rules += [ByRate(rate) for rate in np.linspace(0.005, 0.2, MOVES)]
    return timed([partial(_look, shown, rule) for rule in rules])


def _look(shown: Replay, rule: Rule) -> None:
    shown.errors(shown.at(rule), 6)


def main() -> None:
    """Print how long both take."""
    given = arguments(__doc__.splitlines()[0])
    faces = given.faces
    then = decide(faces)
    with (
        bench_library(
            given.folder, faces, CREATORS, name="decided", then=then, indexed=False
        ) as url,
        closing(Database(url)) as database,
        Store.open(database) as store,
    ):
        TrackUpdater(store, 0.4).up_to_date()
        certainty = in_force(None, (), calibrated(store, ZOO))
        start = time.perf_counter()
        shown = replay(store, certainty)
        took = time.perf_counter() - start
    seconds = moved(shown)
    emit(
        [
            Figure("decisions replayed", len(shown.decisions.faces), "faces"),
            Figure("replayed in the background", round(took, 1), "s"),
            Figure("at a moved threshold or rate, p95", percentile(seconds, 95), "ms", 16.0),
            Figure("peak memory", round(peak_memory_mb()), "MB"),
        ]
    )


if __name__ == "__main__":
    main()
