"""Clusters made by hand for the tests of the window; what clusters faces is tested elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStackedWidget
from pytestqt.qtbot import QtBot
from ui_support import MemoryPixels, known_names

from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import ClusterScope, ClusterUpdate
from facereview.review.creators.desk import NamesDesk
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk
from facereview.review.library.service import LibraryService
from facereview.store.clusters import State
from facereview.store.session import Database
from facereview.store.store import Store
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.review.cluster_rest import Rest
from facereview.ui.review.controller import Stage
from facereview.ui.review.page import ReviewPage
from support import Faces, make_faces, pack

Sql = psycopg.Connection[Any]


class NoClustering(LibraryService):
    """The clusters stay as they are."""

    def __init__(self) -> None:
        self.runs = 0

    def cluster_scope(self, *, from_nothing: bool = False) -> ClusterScope:
        return ClusterScope(0, whole=from_nothing)

    def update_clusters(self, **_how: object) -> ClusterUpdate:
        self.runs += 1
        return ClusterUpdate(0, 0, 0, 0.0, "by hand", 0)


class Guarded:
    """A real desk that is never called on the GUI thread, and out of order when told so.

    The same holds for its parts.
    """

    def __init__(self, desk: object, faults: dict[str, Exception] | None = None) -> None:
        self.desk = desk
        self.faults: dict[str, Exception] = {} if faults is None else faults

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.desk, name)
        if not callable(method):
            return Guarded(method, self.faults)

        def call(*args: object, **named: object) -> Any:
            assert threading.current_thread() is not threading.main_thread(), name
            if name in self.faults:
                raise self.faults[name]
            return method(*args, **named)

        return call


@dataclass
class Both:
    """Review and Clusters on one library, one of them in front."""

    review: ReviewPage
    clusters: ClusterPage
    stack: QStackedWidget

    def strike(self, *keys: Qt.Key, ctrl: bool = False) -> None:
        """Press keys on the page in front."""
        control = Qt.KeyboardModifier.ControlModifier
        for key in keys:
            modifiers = control if ctrl else Qt.KeyboardModifier.NoModifier
            page = self.stack.currentWidget()
            assert page is not None
            QTest.keyClick(page, key, modifiers)

    @property
    def offer(self) -> Rest | None:
        """What G would settle."""
        return self.review.rest.offer

    def go_to(self, face: int, qtbot: QtBot) -> None:
        """Take a face in hand on the Review page."""
        self.review.commands.go_to(face)
        at = self.review.controller
        until(qtbot, lambda: at.current == face and at.view is not None)


@contextmanager
def both_pages(
    database: Database,
    work: LibraryService,
    lanes: Lanes,
    messages: Messages,
    folder: Path,
    qtbot: QtBot,
) -> Iterator[Both]:
    """The two pages as the program joins them, Review in front with its first face."""
    store = Store(database)
    desk = Desk(store, Journal(folder / "journal", "library"), pack)
    clusters_desk = ClusterDesk(store, pack)
    names = known_names(NamesDesk(Store(database)), lanes)
    review = ReviewPage(desk, lanes, MemoryPixels(), messages, clusters=clusters_desk, names=names)
    review.controller.decider.came.connect(names.follow)
    clusters = ClusterPage(
        clusters_desk,
        work,
        review=desk,
        names=names,
        decider=review.controller.decider,
        lanes=lanes,
        pixels=MemoryPixels(),
        messages=messages,
    )
    clusters.controller.updates.done.connect(review.rest.look_again)
    stack = QStackedWidget()
    qtbot.addWidget(stack)
    stack.addWidget(review)
    stack.addWidget(clusters)
    stack.resize(1280, 720)
    stack.show()
    review.start()
    until(qtbot, lambda: review.controller.stage is Stage.FACE)
    yield Both(review, clusters, stack)
    lanes.shutdown()
    desk.close()


def clustered_faces(store: Store, sql: Sql) -> Faces:
    """Four faces like Ann, three of a new person, two more of another, one alone."""
    made = make_faces(store, 10)
    for cluster, creator, places in ((1, made.ann.id, range(4)), (2, None, range(4, 7))):
        _cluster(sql, cluster, creator, [made.ids[place] for place in places])
    _cluster(sql, 3, None, made.ids[7:9])
    _cluster(sql, None, None, made.ids[9:])
    sql.execute("SELECT setval('facereview.cluster_id_seq', 100)")
    store.clusters.set_state(State(datetime.now(UTC), {}, (0.4, 0.55), 0))
    return made


def _cluster(sql: Sql, cluster: int | None, creator: int | None, ids: list[int]) -> None:
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
    qtbot.waitUntil(condition, timeout=30_000)


def go_to_cluster(page: ClusterPage, cluster: int, qtbot: QtBot) -> None:
    """Take a cluster in hand, with its faces."""
    page.moves.go_to(cluster)
    at = page.controller
    until(qtbot, lambda: at.entries.current == cluster and at.view is not None)
