"""A key on the Clusters page acts only on faces, and under names, that were to be seen then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cluster_support import Sql, go_to_cluster, rows, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from facereview.review.clusters.records import SINGLES
from facereview.review.colleagues import News
from facereview.ui.clusters.controller import Zone
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.jobs.messages import Message
from support import Faces

Key = Qt.Key
Press = Callable[..., None]

AFTER = "The page changed after the key was pressed, so nothing was done. Check it and press again."
NONE_TICKED = "No face is ticked: press Space to tick one, or Ctrl+A for all."
DECIDED = "SELECT count(*) FROM facereview.batch"


def join(sql: Sql, face: int, cluster: int) -> None:
    """Another workstation puts a face into a cluster."""
    sql.execute(
        "UPDATE facereview.membership SET cluster_id = %s, likeness = .9, similarity = .9, "
        "agrees = TRUE WHERE detection_id = %s",
        (cluster, face),
    )


def news_and(page: ClusterPage, key: Callable[[], None], qtbot: QtBot) -> None:
    """Others changed something; the key is pressed while the faces at hand are read anew."""
    at, waited = page.controller, list[bool]()

    def pressed() -> None:
        at.wall_changed.disconnect(pressed)
        waited.append(at.view is None)
        key()

    at.wall_changed.connect(pressed)
    page.follow_others(News(clusters=True))
    until(qtbot, lambda: bool(waited) and at.view is not None)
    assert waited == [True]


@pytest.mark.parametrize(
    ("key", "shift"),
    [
        (Key.Key_Return, False),
        (Key.Key_1, False),
        (Key.Key_X, False),
        (Key.Key_X, True),
        (Key.Key_N, False),
        (Key.Key_K, False),
    ],
)
def test_a_key_that_waits_leaves_a_face_that_came_meanwhile_alone(
    page: ClusterPage,
    faces: Faces,
    sql: Sql,
    press: Press,
    qtbot: QtBot,
    said: list[Message],
    key: Qt.Key,
    shift: bool,
) -> None:
    if key is Key.Key_K:
        press(Key.Key_Space, Key.Key_Space)
    join(sql, faces.ids[9], 1)
    news_and(page, lambda: press(key, shift=shift), qtbot)
    assert said[-1].text == AFTER
    assert page.controller.members.rowCount() == 5
    assert page.controller.entries.current == 1
    press(key, shift=shift)
    until(qtbot, lambda: sql.execute(DECIDED).fetchone() == (1,))


def test_a_key_that_waits_does_its_work_where_the_same_faces_are_left(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    """Also where somebody else decided one of them."""
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'rejected' WHERE id = %s", [faces.ids[0]]
    )
    news_and(page, lambda: press(Key.Key_Return), qtbot)
    until(qtbot, lambda: rows(sql, faces.ids[1:4]) == [("matched", faces.ann.id)] * 3)
    assert AFTER not in [message.text for message in said]


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_1, Key.Key_N])
def test_a_key_that_waits_names_nobody_who_was_not_suggested_then(
    page: ClusterPage,
    faces: Faces,
    sql: Sql,
    press: Press,
    qtbot: QtBot,
    said: list[Message],
    key: Qt.Key,
) -> None:
    at = page.controller
    at.views.outdate()
    sql.execute("UPDATE facereview.cluster SET creator_id = %s WHERE id = 1", (faces.bob.id,))
    press(key)
    at.show_current()
    until(qtbot, lambda: at.view is not None)
    assert said[-1].text == AFTER
    assert at.current and at.current.suggestion
    assert at.current.suggestion.creator == faces.bob
    assert sql.execute(DECIDED).fetchone() == (0,)


def test_keys_behind_one_that_did_nothing_do_nothing_either(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    """They were meant for what would have come to hand by it."""
    join(sql, faces.ids[9], 1)
    news_and(page, lambda: press(Key.Key_Return, Key.Key_S), qtbot)
    assert page.controller.entries.row_of(1) == 0


def test_enter_names_nobody_of_a_cluster_whose_faces_are_not_there_yet(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    at = page.controller
    at.views.outdate()
    at.views.clear()  # as if it had never been looked at
    page.moves.go_to(3)
    assert not at.members.rows
    press(Key.Key_X)
    until(qtbot, lambda: at.view is not None)
    assert said[-1].text == AFTER
    assert rows(sql, faces.ids[7:9]) == [("pending", None)] * 2


def test_what_came_to_hand_meanwhile_is_joined_with_nothing(
    page: ClusterPage, sql: Sql, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    at = page.controller
    go_to_cluster(page, 2, qtbot)
    press(Key.Key_Space, ctrl=True)
    go_to_cluster(page, 1, qtbot)
    at.views.outdate()
    press(Key.Key_J)
    at.wall_loader.reload(go_to=3)
    until(qtbot, lambda: at.entries.current == 3 and at.view is not None)
    assert said[-1].text == AFTER
    assert sql.execute(DECIDED).fetchone() == (0,)


def test_faces_are_found_like_the_one_that_the_keys_before_lead_to(
    page: ClusterPage, press: Press, qtbot: QtBot
) -> None:
    at, found = page.controller, list[int]()
    go_to_cluster(page, 2, qtbot)
    page.moves.alike_requested.connect(found.append)
    news_and(page, lambda: press(Key.Key_Space, Key.Key_Right, Key.Key_L), qtbot)
    until(qtbot, lambda: bool(found))
    assert found == [at.members.rows[1].face.id]


def strike(page: ClusterPage, *keys: Qt.Key) -> None:
    """Press keys where they go: to the name field once it is open."""
    for key in keys:
        QTest.keyClick(page.window().focusWidget() or page, key)


@pytest.mark.parametrize("key", [Key.Key_M, Key.Key_Return])
def test_letters_are_a_name_though_the_faces_are_still_read_when_it_is_asked_for(
    page: ClusterPage, faces: Faces, sql: Sql, qtbot: QtBot, key: Qt.Key
) -> None:
    """And not keys: X would reject the faces, N would say who they are not."""
    at = page.controller
    go_to_cluster(page, 2, qtbot)
    at.views.outdate()
    strike(page, key, Key.Key_X, Key.Key_N)
    at.show_current()
    until(qtbot, lambda: at.view is not None and not at.line.waits)
    assert sql.execute(DECIDED).fetchone() == (0,)
    assert page.picker.field.text().lower() == "xn"
    strike(page, Key.Key_Backspace, Key.Key_Backspace, Key.Key_B, Key.Key_O, Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces.ids[4:7]) == [("manual", faces.bob.id)] * 3)


@pytest.mark.parametrize(("key", "cluster"), [(Key.Key_M, 1), (Key.Key_M, 2), (Key.Key_Return, 2)])
def test_letters_are_a_name_also_where_no_face_is_ticked(
    page: ClusterPage, sql: Sql, qtbot: QtBot, said: list[Message], key: Qt.Key, cluster: int
) -> None:
    """S would put the cluster off, and N say of the next who they are not."""
    go_to_cluster(page, cluster, qtbot)
    page.moves.tick_all()
    assert not page.controller.members.ticked()
    strike(page, key, Key.Key_S, Key.Key_N)
    assert page.picker.field.text().lower() == "sn"
    strike(page, Key.Key_Backspace, Key.Key_Backspace, Key.Key_B, Key.Key_O, Key.Key_Return)
    assert [message.text for message in said] == [NONE_TICKED, NONE_TICKED]
    assert sql.execute(DECIDED).fetchone() == (0,)
    assert page.controller.entries.current == cluster


def test_a_name_asked_for_one_cluster_is_not_given_to_another(
    page: ClusterPage, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    at = page.controller
    go_to_cluster(page, 2, qtbot)
    at.views.outdate()
    strike(page, Key.Key_M)
    at.wall_loader.reload(go_to=3)
    until(qtbot, lambda: at.entries.current == 3 and at.view is not None)
    strike(page, Key.Key_B, Key.Key_O, Key.Key_Return)
    assert said[-1].text == "The faces changed while you typed, so no face was named."
    assert sql.execute(DECIDED).fetchone() == (0,)


def test_a_name_is_not_given_to_faces_that_were_not_to_be_seen_when_it_was_taken(
    page: ClusterPage, faces: Faces, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    at = page.controller
    go_to_cluster(page, 2, qtbot)
    at.views.outdate()
    join(sql, faces.ids[9], 2)
    strike(page, Key.Key_M, Key.Key_B, Key.Key_O, Key.Key_Return)
    at.show_current()
    until(qtbot, lambda: at.view is not None and not at.line.waits)
    assert len(at.members.ticked()) == 4
    assert said[-1].text == AFTER
    assert sql.execute(DECIDED).fetchone() == (0,)


def test_a_name_typed_for_the_pile_is_for_the_face_that_is_marked_meanwhile(
    page: ClusterPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    go_to_cluster(page, SINGLES, qtbot)
    QTest.mouseClick(page.picker.field, Qt.MouseButton.LeftButton)
    assert page.controller.zone is Zone.FACES
    strike(page, Key.Key_B, Key.Key_O, Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces.ids[9:]) == [("manual", faces.bob.id)])


def test_the_faces_under_a_title_are_its_own(page: ClusterPage, faces: Faces, qtbot: QtBot) -> None:
    """Also while all clusters are read anew, and keys go from one to another."""
    at = page.controller
    go_to_cluster(page, 2, qtbot)
    go_to_cluster(page, 1, qtbot)
    at.views.outdate()
    for cluster, own in ((2, faces.ids[4:7]), (1, faces.ids[:4]), (2, faces.ids[4:7])):
        page.moves.go_to(cluster)
        assert at.view is None
        assert sorted(member.face.id for member in at.members.rows) == sorted(own)
        at.views.outdate()
