"""The keys of the Clusters page against a real library whose clusters are made by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cluster_support import Sql, go_to_cluster, rows, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from ui_support import CheckModel

from facereview.review.clusters.records import Care
from facereview.ui.actions.spec import EVERYWHERE
from facereview.ui.actions.table import ACTIONS
from facereview.ui.clusters.controller import WallStage, Zone
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.jobs.messages import Message
from support import Faces

Key = Qt.Key
Press = Callable[..., None]


def test_enter_confirms_the_cluster_and_moves_on_at_once(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    assert page.controller.current and page.controller.current.id == 1
    press(Key.Key_Return)
    assert page.controller.current.id != 1
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("matched", faces.ann.id)] * 4)
    assert rows(sql, faces.ids[4:]) == [("pending", None)] * 6


def test_one_undo_takes_the_cluster_back_and_shows_it(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return)
    press(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("pending", None)] * 4)
    until(qtbot, lambda: page.controller.entries.current == 1)
    press(Key.Key_Z, ctrl=True, shift=True)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("matched", faces.ann.id)] * 4)


def test_an_unticked_face_stays_pending_and_leaves_the_cluster_until_undo(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Space)
    assert page.controller.zone is Zone.FACES
    worst = page.controller.members.current
    assert worst is not None
    press(Key.Key_Space)
    assert page.panel.buttons["cluster_confirm"].text() == "Confirm 3 as Ann"
    press(Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces.ids[:4]).count(("matched", faces.ann.id)) == 3)
    assert rows(sql, [worst.face.id]) == [("pending", None)]
    gone = "SELECT cluster_id FROM facereview.membership WHERE detection_id = %s"
    until(qtbot, lambda: sql.execute(gone, (worst.face.id,)).fetchone() == (None,))
    for shift, cluster in ((False, 1), (True, None), (False, 1)):  # undo, redo, undo
        press(Key.Key_Z, ctrl=True, shift=shift)
        until(
            qtbot,
            lambda cluster=cluster: sql.execute(gone, (worst.face.id,)).fetchone() == (cluster,),  # type: ignore[misc]
        )
    until(qtbot, lambda: page.controller.members.rowCount() == 4)


@pytest.mark.parametrize(("shift", "reason"), [(False, "stranger"), (True, "not_a_face")])
def test_x_rejects_the_ticked_ones(
    page: ClusterPage,
    faces: Faces,
    sql: Sql,
    press: Press,
    qtbot: QtBot,
    shift: bool,
    reason: str,
) -> None:
    press(Key.Key_X, shift=shift)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("rejected", None)] * 4)
    assert page.controller.entries.row_of(1) is None


def test_a_new_person_is_named_and_created_by_a_row_of_its_own(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    go_to_cluster(page, 2, qtbot)
    press(Key.Key_Return)
    field = page.picker.field
    until(qtbot, field.hasFocus)
    QTest.keyClicks(field, "Zoe")
    until(qtbot, lambda: page.picker.names.answer.text == "Zoe")
    assert page.picker.popup.highlighted() is None
    QTest.keyClick(field, Key.Key_Return)
    QTest.keyClick(field, Key.Key_Return)
    until(qtbot, lambda: {s for s, _ in rows(sql, faces.ids[4:7])} == {"manual"})
    assert sql.execute("SELECT count(*) FROM creators WHERE name = 'Zoe'").fetchone() == (1,)


def test_m_names_a_known_creator(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_M)
    until(qtbot, page.picker.field.hasFocus)
    QTest.keyClicks(page.picker.field, "bob")
    until(qtbot, lambda: page.picker.popup.highlighted() == 0)
    QTest.keyClick(page.picker.field, Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("manual", faces.bob.id)] * 4)


def test_n_rules_the_suggestion_out_for_the_ticked_ones(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_N)
    said = "SELECT count(*) FROM facereview.verdict WHERE creator_id = %s"
    until(qtbot, lambda: sql.execute(said, (faces.ann.id,)).fetchone() == (4,))
    assert rows(sql, faces.ids[:4]) == [("pending", None)] * 4


def test_s_puts_the_cluster_behind_the_others(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_S)
    assert page.controller.entries.row_of(1) == 2
    later = "SELECT id FROM facereview.cluster WHERE postponed_at IS NOT NULL"
    until(qtbot, lambda: sql.execute(later).fetchall() == [(1,)])


def test_k_splits_the_unticked_off(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_O, Key.Key_Space)
    press(Key.Key_Right, shift=True)
    assert len(page.controller.members.unticked()) == 2
    press(Key.Key_K)
    sizes = (
        "SELECT count(*) FROM facereview.membership WHERE detection_id = ANY(%s) "
        "GROUP BY cluster_id"
    )
    until(qtbot, lambda: sql.execute(sizes, (faces.ids[:4],)).fetchall() == [(2,), (2,)])


def test_marked_clusters_are_joined_by_j(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    go_to_cluster(page, 2, qtbot)
    press(Key.Key_Space, ctrl=True)
    assert page.controller.entries.marked == (2,)
    while (here := page.controller.current) is not None and here.id != 3:
        press(Key.Key_Right)
    press(Key.Key_J)
    clusters = (
        "SELECT count(DISTINCT cluster_id) FROM facereview.membership WHERE detection_id = ANY(%s)"
    )
    until(qtbot, lambda: sql.execute(clusters, (faces.ids[4:9],)).fetchone() == (1,))


def test_the_pile_is_cleared_by_x(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_End)
    until(qtbot, lambda: page.controller.view is not None)
    page.controller.members.tick(0, 0, on=True)
    press(Key.Key_X)
    until(qtbot, lambda: rows(sql, faces.ids[9:]) == [("rejected", None)])
    assert page.controller.entries.rowCount() == 3


def test_above_the_limit_the_second_press_counts(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    page.controller.asking.care = Care(above=3, below=0.4)
    press(Key.Key_Return)
    confirm = page.panel.buttons["cluster_confirm"]
    assert confirm.text() == "Press Enter again to confirm 4 faces"
    why = page.panel.consequence_card.text
    assert why.text().startswith("4 faces at once: press Enter again to confirm.")
    assert said == []  # a message goes by itself; what waits for a second press does not
    press(Key.Key_Space, Key.Key_Right)  # another key came between
    assert not why.text().startswith("4 faces at once")
    press(Key.Key_Return, Key.Key_Right, Key.Key_Return)
    assert why.text().startswith("4 faces at once")
    assert rows(sql, faces.ids[:4]) == [("pending", None)] * 4
    press(Key.Key_X)
    card = page.panel.consequence_card
    assert card.accessibleName() == "Press again: 4 faces at once: press X again to confirm."
    press(Key.Key_Return)
    assert card.accessibleName().startswith("What Enter will do: 4 faces at once: press Enter")
    press(Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("matched", faces.ann.id)] * 4)


def test_arrows_escape_and_orders(page: ClusterPage, press: Press, qtbot: QtBot) -> None:
    press(Key.Key_Right, Key.Key_Right)
    assert page.controller.entries.row_of(page.controller.entries.current) == 2
    press(Key.Key_Home)
    until(qtbot, lambda: page.controller.view is not None)
    press(Key.Key_O, Key.Key_Right)
    assert (page.controller.zone, page.controller.members.current_row) == (Zone.FACES, 1)
    press(Key.Key_Escape)
    assert page.controller.zone is Zone.WALL
    press(Key.Key_3, shift=True)
    until(qtbot, lambda: page.controller.stage is WallStage.WALL)
    assert page.controller.entries.rowCount() == 2
    press(Key.Key_4, shift=True)
    until(qtbot, lambda: page.controller.stage is WallStage.NONE)


def test_f_shows_the_frame_and_the_wall_again(page: ClusterPage, press: Press) -> None:
    press(Key.Key_F)
    assert page.preview.frame.isVisible()
    press(Key.Key_Escape)
    assert page.wall.isVisible()


def test_another_curators_decision_stands(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'rejected' WHERE id = %s", [faces.ids[0]]
    )
    press(Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces.ids[1:4]) == [("matched", faces.ann.id)] * 3)
    assert rows(sql, faces.ids[:1]) == [("rejected", None)]


def test_the_models_are_sound(page: ClusterPage, check_model: CheckModel) -> None:
    check_model(page.controller.entries)
    check_model(page.controller.members)


def test_every_action_of_the_table_is_installed(page: ClusterPage) -> None:
    own = {spec.id for spec in ACTIONS if spec.page == "clusters"}
    shared = {spec.id for spec in ACTIONS if spec.page == EVERYWHERE}
    assert own <= set(page._handlers) <= own | shared


def test_what_was_drawn_of_somebody_erased_is_gone(cluster_page: ClusterPage, qtbot: QtBot) -> None:
    wall, faces = cluster_page.wall, cluster_page.panel.faces
    until(qtbot, lambda: bool(wall._pictures and faces._pictures))
    cluster_page.crops.clear()
    assert not wall._pictures
    assert not faces._pictures
