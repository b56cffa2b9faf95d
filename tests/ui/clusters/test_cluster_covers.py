"""The faces that stand for a cluster on the wall, and which of the pile come next."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cluster_support import Sql, go_to_cluster, rows, until
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from facereview.review.clusters.desk import ClusterDesk
from facereview.review.clusters.records import PILE, SINGLES
from facereview.store.session import Database
from facereview.store.store import Store
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.clusters.views import CoverStore
from facereview.ui.jobs.lanes import Lanes
from support import Faces, pack

Press = Callable[..., None]


def ids(covers: CoverStore) -> list[int]:
    return [shown.face.id for shown in covers.cover(SINGLES)]


@pytest.fixture
def singles(clustered: Faces, sql: Sql) -> Faces:
    """With a pile and a half of single faces."""
    sql.execute(
        "WITH made AS (INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, "
        "bbox_x, bbox_y, bbox_width, bbox_height, quality_score) "
        "SELECT video_id, 1000 + n, embedding, bbox_x, bbox_y, bbox_width, bbox_height, "
        "quality_score FROM video_face_detections, generate_series(1, %s) AS n WHERE id = %s "
        "RETURNING id) INSERT INTO facereview.membership (detection_id, likeness, agrees) "
        "SELECT id, .8, FALSE FROM made",
        (PILE + PILE // 2, clustered.ids[9]),
    )
    return clustered


def test_the_next_pile_shows_its_own_faces(
    singles: Faces, database: Database, lanes: Lanes, qtbot: QtBot
) -> None:
    desk = ClusterDesk(Store(database), pack)
    covers = CoverStore(desk, lanes.database)
    with qtbot.waitSignal(covers.arrived):
        assert not ids(covers)
    first = ids(covers)
    assert first[0] == singles.ids[9]
    with qtbot.waitSignal(covers.outdated):
        covers.next_pile(first[-1])
    with qtbot.waitSignal(covers.arrived):
        assert ids(covers) == first  # until the others are there
    assert ids(covers) == [face + len(first) for face in first]
    assert covers.cluster_of(first[-1] + 1) == SINGLES
    lanes.shutdown()


@pytest.fixture
def page(singles: Faces, cluster_page: ClusterPage, qtbot: QtBot) -> ClusterPage:
    """The page at the single faces."""
    at = cluster_page.controller
    until(qtbot, lambda: at.single > PILE and at.view is not None)
    go_to_cluster(cluster_page, SINGLES, qtbot)
    return cluster_page


def clear_all_but_one(page: ClusterPage, press: Press) -> list[int]:
    """Reject the pile but for its first face; which faces it has."""
    members = page.controller.members
    pile = sorted(member.face.id for member in members.rows)
    members.tick(0, PILE - 1, on=True)
    row = next(n for n, member in enumerate(members.rows) if member.face.id == pile[0])
    members.tick(row, row, on=False)
    press(Qt.Key.Key_X)
    return pile


def test_behind_a_pile_that_was_cleared_the_card_shows_the_next(
    page: ClusterPage, press: Press, sql: Sql, qtbot: QtBot
) -> None:
    at = page.controller
    until(qtbot, lambda: bool(ids(at.covers)))
    pile = clear_all_but_one(page, press)
    until(qtbot, lambda: bool(ids(at.covers)) and min(ids(at.covers)) > pile[-1])
    until(qtbot, lambda: rows(sql, pile[1:]) == [("rejected", None)] * (PILE - 1))


def test_after_a_face_of_the_pile_was_named_the_card_shows_the_rest(
    page: ClusterPage, press: Press, qtbot: QtBot
) -> None:
    at = page.controller
    pile = clear_all_but_one(page, press)
    until(qtbot, lambda: at.view is not None and at.view.members[0].face.id > pile[-1])
    press(Qt.Key.Key_O)
    until(qtbot, lambda: not at.likely.busy)
    named = at.members.current
    assert named is not None
    press(Qt.Key.Key_1)
    until(qtbot, lambda: bool(ids(at.covers)) and named.face.id not in ids(at.covers))
    assert min(ids(at.covers)) > pile[-1]  # not from the beginning, where one was left
