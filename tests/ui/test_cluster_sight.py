"""A key on the Clusters page acts only on faces, and under names, that were to be seen then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cluster_support import Sql, go_to_group, rows, until
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from facereview.review.colleagues import News
from facereview.ui.cluster_page import ClusterPage
from facereview.ui.messages import Message
from support import Faces

Key = Qt.Key
Press = Callable[..., None]

AFTER = "This came after the key was pressed: nothing was done. Look, press again."
DECIDED = "SELECT count(*) FROM facereview.batch"


@pytest.fixture
def faces(grouped: Faces) -> Faces:
    return grouped


@pytest.fixture
def page(cluster_page: ClusterPage) -> ClusterPage:
    return cluster_page


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
    at.views._views.clear()  # as if it had never been looked at
    page.moves.go_to(3)
    assert not at.members.all
    press(Key.Key_X)
    until(qtbot, lambda: at.view is not None)
    assert said[-1].text == AFTER
    assert rows(sql, faces.ids[7:9]) == [("pending", None)] * 2


def test_what_came_to_hand_meanwhile_is_joined_with_nothing(
    page: ClusterPage, sql: Sql, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    at = page.controller
    go_to_group(page, 2, qtbot)
    press(Key.Key_Space, ctrl=True)
    go_to_group(page, 1, qtbot)
    at.views.outdate()
    press(Key.Key_J)
    at.reading.reload(go_to=3)
    until(qtbot, lambda: at.entries.current == 3 and at.view is not None)
    assert said[-1].text == AFTER
    assert sql.execute(DECIDED).fetchone() == (0,)


def test_the_faces_under_a_title_are_its_own(page: ClusterPage, faces: Faces, qtbot: QtBot) -> None:
    """Also while all clusters are read anew, and keys go from one to another."""
    at = page.controller
    go_to_group(page, 2, qtbot)
    go_to_group(page, 1, qtbot)
    at.views.outdate()
    for cluster, own in ((2, faces.ids[4:7]), (1, faces.ids[:4]), (2, faces.ids[4:7])):
        page.moves.go_to(cluster)
        assert at.view is None
        assert sorted(member.face.id for member in at.members.all) == sorted(own)
        at.views.outdate()
