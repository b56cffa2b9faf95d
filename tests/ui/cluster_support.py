"""Groups made by hand for the tests of the window; what groups faces is tested elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
from pytestqt.qtbot import QtBot

from facereview.records import Thresholds
from facereview.review.clusters.records import Regrouped
from facereview.store.clusters import State
from facereview.store.store import Store
from support import Faces, make_faces

Sql = psycopg.Connection[Any]


class NoGrouping:
    """The groups stay as they are."""

    def regroup(self, **_how: object) -> Regrouped:
        return Regrouped(0, 0, 0, 0.0, "by hand", 0)


def pack() -> Thresholds:
    return Thresholds(0.4, 0.55, cluster=0.4)


def grouped_faces(store: Store, sql: Sql) -> Faces:
    """Four faces like Ann, three of a new person, two more of another, one alone."""
    made = make_faces(store, 10)
    for cluster, creator, places in ((1, made.ann.id, range(4)), (2, None, range(4, 7))):
        _group(sql, cluster, creator, [made.ids[place] for place in places])
    _group(sql, 3, None, made.ids[7:9])
    _group(sql, None, None, made.ids[9:])
    sql.execute("SELECT setval('facereview.cluster_id_seq', 100)")
    store.clusters.set_state(State(datetime.now(UTC), {}, (0.4, 0.55), 0))
    return made


def _group(sql: Sql, cluster: int | None, creator: int | None, ids: list[int]) -> None:
    if cluster is not None:
        sql.execute(
            "INSERT INTO facereview.cluster (id, creator_id, margin) VALUES (%s, %s, .3)",
            (cluster, creator),
        )
    for place, face in enumerate(ids):
        similarity = 0.5 + place / 100 if creator else None
        sql.execute(
            "INSERT INTO facereview.membership (detection_id, cluster_id, likeness, similarity, "
            "agrees) VALUES (%s, %s, .8, %s, %s)",
            (face, cluster, similarity, creator is not None),
        )


def rows(sql: Sql, ids: list[int]) -> list[tuple[str, int | None]]:
    found = sql.execute(
        "SELECT match_status, matched_creator_id FROM video_face_detections "
        "WHERE id = ANY(%s) ORDER BY id",
        (ids,),
    ).fetchall()
    return [(row[0], row[1]) for row in found]


def until(qtbot: QtBot, condition: Callable[[], bool]) -> None:
    qtbot.waitUntil(condition, timeout=10_000)
