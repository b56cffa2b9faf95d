"""Writing where faces belong."""

from __future__ import annotations

import numpy as np
import psycopg
import pytest

from facereview.store.clustering import Belonging
from facereview.store.store import Store
from support import detection, direction, video_info

Sql = psycopg.Connection[tuple[object, ...]]

LIKENESS, SIMILARITY = 0.9, 0.6


@pytest.fixture
def face(store: Store) -> int:
    """A pending face in cluster 1, with a likeness and a similarity."""
    video = store.videos.add(video_info("/v/1.mp4"))
    face = store.videos.add_face(video, detection(direction(0)))
    store.clusters.ensure([1])
    write(store, face, before=-1)
    return face


def write(
    store: Store,
    face: int,
    *,
    before: int = 1,
    likeness: float = LIKENESS,
    similarity: float = SIMILARITY,
    agrees: bool = False,
) -> None:
    store.clustering.write(
        Belonging(
            np.asarray([face], np.int32),
            np.asarray([before], np.int64),
            np.asarray([1], np.int64),
            np.asarray([likeness], np.float32),
            np.asarray([similarity], np.float32),
            np.asarray([agrees]),
        )
    )


def version(store: Store, sql: Sql) -> object:
    """The row version of the one membership."""
    return sql.execute("SELECT xmin::text FROM facereview.membership").fetchone()


@pytest.mark.parametrize(
    ("change", "written"),
    [
        ({}, False),
        ({"likeness": LIKENESS + 0.0009}, False),
        ({"similarity": SIMILARITY - 0.0009}, False),
        ({"likeness": LIKENESS + 0.002}, True),
        ({"similarity": SIMILARITY - 0.002}, True),
        ({"similarity": float("nan")}, True),
        ({"agrees": True}, True),
    ],
)
def test_only_what_somebody_could_see_is_written(
    store: Store, sql: Sql, face: int, change: dict[str, float], written: bool
) -> None:
    before = version(store, sql)
    write(store, face, **change)  # type: ignore[arg-type]
    assert (version(store, sql) != before) is written


def test_small_changes_do_not_add_up(store: Store, sql: Sql, face: int) -> None:
    for step in range(1, 6):
        write(store, face, likeness=LIKENESS + 0.0005 * step)
    likeness = sql.execute("SELECT likeness FROM facereview.membership").fetchone()
    assert likeness == (pytest.approx(LIKENESS + 0.0025, abs=0.001),)
