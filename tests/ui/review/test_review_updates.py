"""Decisions on the Review page bring the clusters up to date, once the keys rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cluster_support import Both, Sql, both_pages, rows, until
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from facereview.errors import DatabaseUnreachable
from facereview.records import Progress
from facereview.review.clusters.records import ClusterScope, ClusterUpdate
from facereview.review.clusters.update import ClusterUpdater
from facereview.review.decisions.decide import Decisions
from facereview.review.library.service import LibraryService
from facereview.store.session import Database
from facereview.store.store import Store
from facereview.ui.clusters import update as cluster_updates
from facereview.ui.clusters.controller import WallStage
from facereview.ui.clusters.update import ClusterUpdates
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from support import Faces, detection, make_faces, near

Key = Qt.Key

PATIENCE_MS = 20_000


class Work(LibraryService):
    """Groups as the program does, counts how often, and fails when told so."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.fault: Exception | None = None
        self.runs = 0

    def cluster_scope(self, *, from_nothing: bool = False) -> ClusterScope:
        with Store(self.database) as store:
            return ClusterUpdater(store, 0.4, 0.4).scope(from_nothing=from_nothing)

    def update_clusters(
        self,
        *,
        from_nothing: bool,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> ClusterUpdate:
        self.runs += 1
        if self.fault is not None:
            raise self.fault
        with Store(self.database) as store:
            updater = ClusterUpdater(store, 0.4, 0.4)
            return updater.up_to_date(on_progress=on_progress, cancelled=cancelled)


@pytest.fixture
def faces(store: Store) -> Faces:
    """Twelve faces like Ann."""
    return make_faces(store, 12)


@pytest.fixture
def clustered(store: Store, faces: Faces) -> Faces:
    """They are one cluster."""
    assert ClusterUpdater(store, 0.4, 0.4).from_nothing().clusters == 1
    return faces


@pytest.fixture
def work(database: Database) -> Work:
    return Work(database)


@pytest.fixture
def both(
    faces: Faces,
    database: Database,
    work: Work,
    tmp_path: Path,
    lanes: Lanes,
    messages: Messages,
    qtbot: QtBot,
) -> Iterator[Both]:
    with both_pages(database, work, lanes, messages, tmp_path, qtbot) as made:
        yield made


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys rest at once; asked for before the pages are made."""
    monkeypatch.setattr(cluster_updates, "IDLE_MS", 0)


def updates(both: Both) -> ClusterUpdates:
    return both.clusters.controller.updates


def agreeing(sql: Sql, ids: list[int]) -> int:
    """How many faces say that their cluster is who is suggested for it."""
    found = sql.execute(
        "SELECT count(*) FILTER (WHERE agrees) FROM facereview.membership "
        "WHERE detection_id = ANY(%s)",
        (ids,),
    ).fetchone()
    assert found
    return int(found[0])


def test_ten_quick_decisions_lead_to_one_update(
    clustered: Faces, both: Both, work: Work, store: Store, sql: Sql, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(updates(both).done, timeout=PATIENCE_MS):
        both.strike(*[Key.Key_Return] * 10)
    assert work.runs == 1
    assert rows(sql, clustered.ids[:10]) == [("matched", clustered.ann.id)] * 10
    state = store.clusters.state()
    latest = sql.execute("SELECT max(id) FROM facereview.batch").fetchone()
    assert state and (state.batch,) == latest
    assert not updates(both).due


@pytest.mark.usefixtures("at_once")
def test_a_verdict_and_its_undo_and_redo_are_followed(
    clustered: Faces, both: Both, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    assert agreeing(sql, clustered.ids) == 12
    both.go_to(clustered.ids[3], qtbot)
    with qtbot.waitSignal(updates(both).done, timeout=PATIENCE_MS):
        both.strike(Key.Key_N)
    assert agreeing(sql, clustered.ids) == 11
    with qtbot.waitSignal(updates(both).done, timeout=PATIENCE_MS):
        both.strike(Key.Key_Z, ctrl=True)
    assert agreeing(sql, clustered.ids) == 12
    with qtbot.waitSignal(updates(both).done, timeout=PATIENCE_MS):
        both.strike(Key.Key_Y, ctrl=True)
    assert agreeing(sql, clustered.ids) == 11
    assert [one.text for one in said] == ["Undone: not Ann", "Redone: not Ann"]


@pytest.mark.usefixtures("at_once")
def test_g_offers_what_joined_the_cluster_meanwhile(
    clustered: Faces, both: Both, sql: Sql, qtbot: QtBot
) -> None:
    new = clustered.store.videos.add_face(clustered.video, detection(near(0, 0.8, 99), at=500.0))
    both.go_to(clustered.ids[0], qtbot)
    with qtbot.waitSignal(updates(both).done, timeout=PATIENCE_MS):
        both.strike(Key.Key_Return)
    until(qtbot, lambda: both.offer is not None and len(both.offer.members) == 12)
    assert both.review.panel.rest.button.text() == "Settle 12 as Ann"
    both.strike(Key.Key_G)
    ann = ("matched", clustered.ann.id)
    until(qtbot, lambda: rows(sql, [*clustered.ids, new]) == [ann] * 13)


def test_opening_the_wall_does_not_wait_for_the_keys_to_rest(
    clustered: Faces, both: Both, work: Work, sql: Sql, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(both.review.controller.decider.came):
        both.strike(Key.Key_N)
    with qtbot.waitSignal(updates(both).done, timeout=PATIENCE_MS):
        both.stack.setCurrentWidget(both.clusters)
        until(qtbot, lambda: work.runs == 1)
        assert not updates(both)._soon.isActive()
    at = both.clusters.controller
    until(qtbot, lambda: bool(at.current and at.current.suggestion))
    until(qtbot, lambda: bool(at.current and at.current.suggestion.agree == 11))  # type: ignore[union-attr]
    assert work.runs == 1


def test_opening_the_wall_follows_what_was_decided_elsewhere(
    clustered: Faces, both: Both, work: Work, qtbot: QtBot
) -> None:
    """Another curator decided, or this one closed the window before the keys rested."""
    Decisions(clustered.store, "another").apply(clustered.accept(0))
    with qtbot.waitSignal(updates(both).done, timeout=PATIENCE_MS):
        both.stack.setCurrentWidget(both.clusters)
    at = both.clusters.controller
    until(qtbot, lambda: at.wall_loader.wall is not None and not at.wall_loader.wall.behind)
    assert work.runs == 1


@pytest.mark.usefixtures("at_once")
def test_a_database_that_went_away_is_not_complained_of_and_tried_again(
    clustered: Faces, both: Both, work: Work, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    work.fault = DatabaseUnreachable("The database is out of reach: check the connection.")
    both.strike(Key.Key_N)
    until(qtbot, lambda: work.runs == 1 and not updates(both).running)
    assert updates(both).due
    assert both.clusters.controller.stage is WallStage.LOADING
    assert not said
    work.fault = None
    with qtbot.waitSignal(updates(both).done, timeout=PATIENCE_MS):
        both.stack.setCurrentWidget(both.clusters)
    assert agreeing(sql, clustered.ids) == 11
    assert not said


@pytest.mark.usefixtures("at_once")
def test_faces_nobody_clustered_are_not_clustered_by_a_decision(
    both: Both, work: Work, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(both.review.controller.decider.came):
        both.strike(Key.Key_Return)
    until(qtbot, lambda: not updates(both)._soon.isActive())
    until(qtbot, lambda: not updates(both).busy)
    assert (work.runs, updates(both).running, updates(both).due) == (0, False, True)
