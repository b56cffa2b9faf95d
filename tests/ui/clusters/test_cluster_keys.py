"""The moving and shaping keys of the Clusters page, what goes wrong, and very large clusters."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cluster_support import Guarded, NoClustering, Sql, go_to_cluster, rows, until
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from facereview.errors import DatabaseError, DatabaseUnreachable
from facereview.review.clusters.records import Care, Order
from facereview.ui.clusters.controller import WallStage, Zone
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.jobs.messages import Message
from facereview.ui.widgets.accessible import stops
from facereview.ui.widgets.theme import tokens_of
from support import Faces

Key = Qt.Key
Press = Callable[..., None]

MANY = 2000
AWAY = DatabaseUnreachable("The database is out of reach: check the connection.")


def row(page: ClusterPage) -> int | None:
    return page.controller.entries.row_of(page.controller.entries.current)


def settled(page: ClusterPage, qtbot: QtBot) -> None:
    """The clusters followed what changed, and the one at hand is shown."""
    at = page.controller
    until(qtbot, lambda: not at.updates.due and not at.updates.running and at.view is not None)


def faults_of(desk: object) -> dict[str, Exception]:
    """What a desk is told to fail with, by the name of the call."""
    assert isinstance(desk, Guarded)
    return desk.faults


def test_up_down_and_pages_move_by_rows_and_screens(page: ClusterPage, press: Press) -> None:
    page.wall.setMinimumSize(0, 0)
    page.resize(700, 680)  # so narrow that the wall has fewer columns than clusters
    columns, last = page.wall.columns, page.controller.entries.rowCount() - 1
    assert 0 < columns <= last
    press(Key.Key_Down)
    assert row(page) == columns
    press(Key.Key_Up)
    assert row(page) == 0
    press(Key.Key_PageDown)
    assert row(page) == min(page.wall.page, last)
    press(Key.Key_PageUp)
    assert row(page) == 0


def test_pages_move_in_the_faces_too(page: ClusterPage, press: Press) -> None:
    press(Key.Key_O, Key.Key_PageDown)
    assert page.controller.members.current_row == 3
    press(Key.Key_PageUp)
    assert page.controller.members.current_row == 0


def test_tab_goes_into_the_faces_and_escape_back(
    page: ClusterPage, press: Press, qtbot: QtBot
) -> None:
    until(qtbot, page.wall.hasFocus)
    order = list(stops(page))
    order[order.index(page.wall) + 1].setFocus(Qt.FocusReason.TabFocusReason)
    until(qtbot, lambda: page.controller.zone is Zone.FACES)
    press(Key.Key_Escape)
    assert page.controller.zone is Zone.WALL
    until(qtbot, page.wall.hasFocus)


def test_while_a_name_is_typed_no_button_shows_a_key(
    page: ClusterPage, press: Press, qtbot: QtBot
) -> None:
    """Enter names then: a green "Enter: Confirm" beside it would say something else."""
    confirm = page.panel.buttons["cluster_confirm"]

    def filled() -> QColor:
        return confirm.grab().toImage().pixelColor(confirm.width() // 2, 4)

    green, wide = QColor(tokens_of(confirm).green), confirm.grab().toImage()
    assert filled() == green
    press(Key.Key_M)
    until(qtbot, page.picker.field.hasFocus)
    assert filled() != green
    QTest.keyClick(page.picker.field, Key.Key_Escape)
    until(qtbot, page.wall.hasFocus)
    assert confirm.grab().toImage() == wide


def test_shift_up_and_down_tick_whole_rows(page: ClusterPage, press: Press) -> None:
    members = page.controller.members
    press(Key.Key_O, Key.Key_Space)
    press(Key.Key_Down, shift=True)
    assert len(members.unticked()) == 1 + min(3, page.panel.faces.columns)
    press(Key.Key_End)
    members.tick(3, 3, on=True)
    press(Key.Key_Up, shift=True)
    assert not members.unticked()


def test_shift_left_takes_the_same_back(page: ClusterPage, press: Press) -> None:
    press(Key.Key_O, Key.Key_End, Key.Key_Space)
    press(Key.Key_Left, shift=True)
    members = page.controller.members
    assert members.unticked() == (members.row(2), members.row(3))


def test_ctrl_a_ticks_all_or_none_and_nothing_ticked_decides_nothing(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, said: list[Message]
) -> None:
    members = page.controller.members
    press(Key.Key_A, ctrl=True)
    assert not members.ticked()
    press(Key.Key_Return)
    assert said[-1].text == "No face is ticked: press Space to tick one, or Ctrl+A for all."
    assert rows(sql, faces.ids[:4]) == [("pending", None)] * 4
    press(Key.Key_A, ctrl=True)
    assert len(members.ticked()) == 4


@pytest.mark.parametrize(
    ("key", "order", "clusters"),
    [
        (Key.Key_1, Order.PAYOFF, 4),
        (Key.Key_2, Order.SIZE, 4),
        (Key.Key_3, Order.NEW, 2),
        (Key.Key_4, Order.LOOKALIKE, 1),
    ],
)
def test_shifted_numbers_choose_the_order(
    page: ClusterPage,
    sql: Sql,
    press: Press,
    qtbot: QtBot,
    key: Qt.Key,
    order: Order,
    clusters: int,
) -> None:
    sql.execute("UPDATE facereview.cluster SET lookalike = TRUE WHERE id = 1")
    press(Key.Key_3 if order is not Order.NEW else Key.Key_2, shift=True)
    until(qtbot, lambda: page.controller.stage is WallStage.WALL)
    press(key, shift=True)
    until(qtbot, lambda: page.controller.stage is WallStage.WALL)
    assert (page.controller.wall_loader.order, page.controller.entries.rowCount()) == (
        order,
        clusters,
    )


def test_f5_brings_the_clusters_up_to_date(page: ClusterPage, press: Press, qtbot: QtBot) -> None:
    work = page.controller.updates._work
    assert isinstance(work, NoClustering)
    press(Key.Key_F5)
    until(qtbot, lambda: work.runs == 1 and not page.controller.updates.running)
    until(qtbot, lambda: page.controller.stage is WallStage.WALL)


def test_p_plays_in_the_frame_and_f_goes_back(
    page: ClusterPage, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_P)
    until(qtbot, lambda: page.preview.open and page.preview.frame.playback.running)
    press(Key.Key_F)
    assert page.wall.isVisible()
    assert not page.preview.frame.playback.running


def test_faces_of_one_frame_are_joined_by_shift_j_only(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    sql.execute(
        "UPDATE video_face_detections SET frame_timestamp = 50 WHERE id = ANY(%s)",
        ([faces.ids[4], faces.ids[7]],),
    )
    go_to_cluster(page, 2, qtbot)
    press(Key.Key_Space, ctrl=True)
    go_to_cluster(page, 3, qtbot)
    press(Key.Key_J)
    until(qtbot, lambda: bool(said))
    assert "press Shift+J to join them" in said[-1].text
    press(Key.Key_J, shift=True)
    clusters = (
        "SELECT count(DISTINCT cluster_id) FROM facereview.membership WHERE detection_id = ANY(%s)"
    )
    until(qtbot, lambda: sql.execute(clusters, (faces.ids[4:9],)).fetchone() == (1,))
    mirrors = sql.execute("SELECT detection_id, other_id FROM facereview.mirror").fetchall()
    assert mirrors == [(faces.ids[4], faces.ids[7])]


# ---------------------------------------------------------------------------- what goes wrong


def test_a_refused_decision_brings_the_cluster_back(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    faults_of(page.controller.decider._desk)["decide"] = DatabaseError(
        "The database is full: free some space."
    )
    with qtbot.waitSignal(page.controller.decider.refused):
        press(Key.Key_Return)
        assert page.controller.entries.row_of(1) is None
    until(qtbot, lambda: page.controller.entries.row_of(1) is not None)
    assert rows(sql, faces.ids[:4]) == [("pending", None)] * 4


def test_a_database_out_of_reach_is_named_and_asked_again(
    page: ClusterPage, press: Press, qtbot: QtBot
) -> None:
    faults_of(page.controller.desk)["wall"] = AWAY
    page.refresh()
    until(qtbot, lambda: page.controller.stage is WallStage.FAULT)
    assert str(AWAY) in [label.text() for label in page.notice.findChildren(QLabel)]
    press(Key.Key_Return, Key.Key_X)  # decides nothing: there is nothing to be seen
    faults_of(page.controller.desk).clear()
    buttons = page.notice.findChildren(QPushButton)
    next(button for button in buttons if button.text() == "Try again").click()
    until(qtbot, lambda: page.controller.stage is WallStage.WALL)
    assert page.controller.entries.row_of(1) is not None


def test_a_split_that_fails_is_said_and_the_keys_go_on(
    page: ClusterPage, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    faults_of(page.controller.desk)["split"] = AWAY
    press(Key.Key_O, Key.Key_Space, Key.Key_K)
    until(qtbot, lambda: bool(said))
    assert said[-1].text == str(AWAY)
    until(qtbot, lambda: page.controller.view is not None)
    press(Key.Key_Escape, Key.Key_Right)
    assert page.controller.entries.current != 1


def test_unticked_faces_that_could_not_be_held_back_are_named(
    page: ClusterPage, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    faults_of(page.controller.desk)["exclude"] = AWAY
    press(Key.Key_Space, Key.Key_Space, Key.Key_Return)
    until(qtbot, lambda: bool(said))
    assert said[-1].text.startswith(
        "The faces that were left unticked are still in their cluster: "
    )


# ------------------------------------------------------------------------------------ very many


def grow(sql: Sql, like: int, cluster: int, count: int) -> None:
    """Give a cluster so many more faces like one that there is."""
    sql.execute(
        "WITH made AS (INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, "
        "bbox_x, bbox_y, bbox_width, bbox_height, quality_score) "
        "SELECT video_id, 1000 + n, embedding, bbox_x, bbox_y, bbox_width, bbox_height, "
        "quality_score FROM video_face_detections, generate_series(1, %s) AS n WHERE id = %s "
        "RETURNING id) INSERT INTO facereview.membership "
        "(detection_id, cluster_id, likeness, similarity, agrees) "
        "SELECT id, %s, .9, .7, TRUE FROM made",
        (count, like, cluster),
    )


def test_two_thousand_faces_are_confirmed_and_taken_back_off_the_gui_thread(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    """Every call of the desks asserts that it is not on the GUI thread."""
    grow(sql, faces.ids[0], 1, MANY - 4)
    page.refresh()
    settled(page, qtbot)
    assert page.controller.members.rowCount() == MANY
    page.controller.asking.care = Care(above=MANY - 1, below=0.4)
    press(Key.Key_Return)
    assert page.panel.buttons["cluster_confirm"].text() == "Press Enter again to confirm 2000 faces"
    press(Key.Key_Return)
    assert page.controller.entries.current != 1  # the wall went on before the database answered
    counted = "SELECT count(*) FROM video_face_detections WHERE matched_creator_id = %s"
    until(qtbot, lambda: sql.execute(counted, (faces.ann.id,)).fetchone() == (MANY,))
    press(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: sql.execute(counted, (faces.ann.id,)).fetchone() == (0,))
    until(qtbot, lambda: page.controller.entries.current == 1)
    until(qtbot, lambda: page.controller.members.rowCount() == MANY)
