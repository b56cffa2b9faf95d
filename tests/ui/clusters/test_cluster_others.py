"""Others change clusters that somebody looks at: what is said of it, and what is at hand then."""

from __future__ import annotations

from cluster_support import Sql, go_to_cluster, until
from pytestqt.qtbot import QtBot

from facereview.review.clusters.records import SINGLES, Order
from facereview.review.colleagues import News
from facereview.ui.clusters.controller import WallStage
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.jobs.messages import Message
from support import Faces

SETTLED = "Somebody else has decided this cluster."
PILE_SETTLED = "Somebody else has decided these faces."
MOVED = "The clusters have changed: this one has the current face now."


def settle(sql: Sql, ids: list[int]) -> None:
    """Somebody else rejects these faces."""
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'rejected' WHERE id = ANY(%s)", (ids,)
    )


def follow(page: ClusterPage, qtbot: QtBot) -> None:
    """The page hears of it, and all is read anew."""
    with qtbot.waitSignal(page.controller.wall_changed):
        page.follow_others(News(clusters=True))
    until(qtbot, lambda: page.controller.view is not None)


def texts(said: list[Message]) -> list[str]:
    return [message.text for message in said]


def test_a_cluster_settled_by_others_stays_and_that_is_said_once(
    page: ClusterPage, faces: Faces, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    settle(sql, faces.ids[:4])
    for _ in range(3):
        follow(page, qtbot)
        assert page.controller.entries.current == 1
    assert texts(said) == [SETTLED]


def test_of_the_pile_the_faces_are_said_to_be_settled(
    page: ClusterPage, faces: Faces, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    go_to_cluster(page, SINGLES, qtbot)
    settle(sql, faces.ids[9:])
    follow(page, qtbot)
    assert page.controller.entries.current == SINGLES
    assert texts(said) == [PILE_SETTLED]


def test_a_cluster_that_is_of_another_kind_now_is_not_said_to_be_settled(
    page: ClusterPage, faces: Faces, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    at = page.controller
    page.choose(Order.NEW)
    until(qtbot, lambda: at.stage is WallStage.WALL and at.view is not None)
    assert at.entries.current == 2
    sql.execute("UPDATE facereview.cluster SET creator_id = %s WHERE id = 2", (faces.ann.id,))
    sql.execute("UPDATE facereview.membership SET similarity = .6 WHERE cluster_id = 2")
    follow(page, qtbot)
    assert not said
    assert at.current and at.current.id == 2
    assert at.current.suggestion and at.current.suggestion.creator == faces.ann


def test_where_faces_went_into_another_cluster_that_one_is_at_hand(
    page: ClusterPage, faces: Faces, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    page.controller.members.go_to(2)
    here = page.controller.members.current
    assert here is not None
    sql.execute(
        "UPDATE facereview.membership SET cluster_id = CASE WHEN detection_id = %s THEN 3 ELSE 2 "
        "END WHERE cluster_id = 1",
        (here.face.id,),
    )
    follow(page, qtbot)
    assert page.controller.entries.current == 3
    assert texts(said) == [MOVED]


def test_what_is_said_is_about_the_cluster_that_came_to_hand_meanwhile(
    page: ClusterPage, faces: Faces, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    go_to_cluster(page, 2, qtbot)
    go_to_cluster(page, 1, qtbot)
    settle(sql, faces.ids[4:7])
    page.follow_others(News(clusters=True))
    page.moves.go_to(2)
    until(qtbot, lambda: bool(said))
    assert texts(said) == [SETTLED]
    assert page.controller.entries.current == 2
