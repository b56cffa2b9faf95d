"""Groups made by hand for the tests of the window; what groups faces is tested elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import psycopg
from pytestqt.qtbot import QtBot

from facereview.records import Thresholds
from facereview.review.clusters.records import Regrouped
from facereview.store.clusters import State
from facereview.store.store import Store
from facereview.ui.cluster_page import ClusterPage
from support import Faces, make_faces

Sql = psycopg.Connection[Any]


class NoGrouping:
    """The groups stay as they are."""

    def __init__(self) -> None:
        self.runs = 0

    def regroup(self, **_how: object) -> Regrouped:
        self.runs += 1
        return Regrouped(0, 0, 0, 0.0, "by hand", 0)


class Guarded:
    """A real desk that is never called on the GUI thread, and out of order when told so."""

    def __init__(self, desk: object) -> None:
        self.desk = desk
        self.faults: dict[str, Exception] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self.desk, name)

        def call(*args: object, **named: object) -> Any:
            assert threading.current_thread() is not threading.main_thread(), name
            if name in self.faults:
                raise self.faults[name]
            return method(*args, **named)

        return call


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


def go_to_group(page: ClusterPage, cluster: int, qtbot: QtBot) -> None:
    """Take a group in hand, with its faces."""
    page.commands.go_to(cluster)
    at = page.controller
    until(qtbot, lambda: at.entries.current == cluster and at.view is not None)
