"""The machine's matches checked in groups on the Clusters page: every key, and samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from cluster_support import Guarded, Sql, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot
from ui_support import CheckModel

from facereview.errors import DatabaseUnreachable
from facereview.records import RejectReason
from facereview.review.clusters.records import Care, Order
from facereview.review.colleagues import News
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.evidence.group_check import group_id
from facereview.store.store import Store
from facereview.ui.clusters.controller import WallStage, Zone
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.jobs.messages import Message
from support import Faces, detection, match_by_machine, near, pack

Key = Qt.Key
Press = Callable[..., None]
Go = Callable[[], ClusterPage]

ANN, BOB = 40, 3
MATCHED = "SELECT detection_id FROM facereview.automatic ORDER BY 1"


def add_faces(store: Store, video: int, axis: int, count: int, seed: int) -> list[int]:
    return [
        store.videos.add_face(
            video, detection(near(axis, 0.75, seed + n), at=500.0 + seed + n, x=100.0 + axis)
        )
        for n in range(count)
    ]


@pytest.fixture
def faces(clustered: Faces, store: Store) -> Faces:
    """Clusters of pending faces, and two runs of the machine: 40 faces of Ann's, 3 of Bob's."""
    ann = add_faces(store, clustered.video, 0, ANN, 100)
    bob = add_faces(store, clustered.video, 1, BOB, 200)
    match_by_machine(store, ann, clustered.ann)
    match_by_machine(store, bob, clustered.bob)
    return Faces(store, clustered.ann, clustered.bob, clustered.video, [*ann, *bob])


@pytest.fixture
def at_check(page: ClusterPage, press: Press, qtbot: QtBot) -> ClusterPage:
    """The page with Ann's group at hand, and the background quiet."""
    press(Key.Key_5, shift=True)
    shown(page, qtbot, ANN)
    return page


def shown(page: ClusterPage, qtbot: QtBot, faces: int) -> None:
    """So many faces of a group are shown and can be decided."""
    at = page.controller
    until(
        qtbot,
        lambda: (
            at.view is not None
            and at.current is not None
            and at.current.check is not None
            and len(at.members.rows) == len(at.view.members) == faces
        ),
    )


def unchecked(sql: Sql) -> list[int]:
    return [int(str(row[0])) for row in sql.execute(MATCHED).fetchall()]


def states(sql: Sql, ids: Sequence[int]) -> list[tuple[object, object]]:
    found = sql.execute(
        "SELECT match_status, matched_creator_id FROM video_face_detections WHERE id = ANY(%s) "
        "ORDER BY id",
        (list(ids),),
    ).fetchall()
    return [(row[0], row[1]) for row in found]


def card(page: ClusterPage) -> str:
    return page.panel.consequence_card.text.text()


def ids(page: ClusterPage) -> list[int]:
    return [member.face.id for member in page.controller.members.rows]


# ------------------------------------------------------------------------------------------ groups


def test_shift_5_shows_what_is_to_be_checked(
    page: ClusterPage, press: Press, qtbot: QtBot, check_model: CheckModel
) -> None:
    pill = page.header.pills.findChildren(QPushButton)[-2]
    until(qtbot, lambda: "43" in pill.text())
    press(Key.Key_5, shift=True)
    shown(page, qtbot, ANN)
    at = page.controller
    assert [group.size for group in at.entries.rows] == [ANN, BOB]
    assert page.panel.title.text() == "Ann"
    assert page.panel.evidence.text() == "0 of 40 checked"
    assert page.panel.order.text() == "least sure first"
    assert "0 of 43 checked" in page.header.facts.accessibleName()
    assert "matches with 2 creators" in page.header.facts.accessibleName()
    check_model(at.entries)
    check_model(at.members)


def test_enter_confirms_the_group_and_one_undo_brings_it_back(
    at_check: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    before, rows = unchecked(sql), states(sql, faces.ids)
    until(qtbot, lambda: "40 of the machine's matches are confirmed as Ann." in card(at_check))
    assert at_check.panel.buttons["cluster_confirm"].text() == "Confirm 40 as Ann"
    press(Key.Key_Return)
    assert at_check.controller.entries.current == group_id(faces.bob.id)
    until(qtbot, lambda: unchecked(sql) == faces.ids[ANN:])
    assert states(sql, faces.ids) == rows
    press(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: unchecked(sql) == before)
    until(qtbot, lambda: at_check.controller.entries.current == group_id(faces.ann.id))
    shown(at_check, qtbot, ANN)


def test_the_last_group_leaves_nothing_to_check(
    at_check: ClusterPage, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Return)
    shown(at_check, qtbot, BOB)
    press(Key.Key_Return)
    until(qtbot, lambda: at_check.controller.stage is WallStage.NONE)
    until(qtbot, at_check.notice.isVisible)
    assert "Nothing to check" in [one.text() for one in at_check.notice.findChildren(QLabel)]
    until(qtbot, lambda: unchecked(sql) == [])
    assert at_check.header.facts.accessibleName() == ""
    at_check.notice.chosen.emit("all")
    until(qtbot, lambda: at_check.controller.wall_loader.order is Order.PAYOFF)
    until(qtbot, lambda: at_check.controller.stage is WallStage.WALL)


def test_an_unticked_face_stays_and_is_never_ticked_by_itself(
    at_check: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    press(Key.Key_Space, Key.Key_Space)
    [held] = at_check.controller.members.unticked()
    assert at_check.panel.held_back.text() == "·  1 unticked stays"
    press(Key.Key_Return)
    until(qtbot, lambda: unchecked(sql) == [held.face.id, *faces.ids[ANN:]])
    shown(at_check, qtbot, 1)
    assert at_check.panel.evidence.text() == "39 of 40 checked"
    press(Key.Key_Return)
    assert said[-1].text.startswith("No face is ticked")
    press(Key.Key_Escape, Key.Key_End)
    shown(at_check, qtbot, BOB)
    press(Key.Key_Home)
    shown(at_check, qtbot, 1)
    assert not at_check.controller.members.ticked()
    assert held.face.id in unchecked(sql)
    press(Key.Key_A, ctrl=True)
    press(Key.Key_Return)
    until(qtbot, lambda: unchecked(sql) == faces.ids[ANN:])


@pytest.mark.parametrize(
    ("keys", "shift", "becomes"),
    [
        ((Key.Key_X,), False, ("rejected", None)),
        ((Key.Key_X,), True, ("rejected", None)),
        ((Key.Key_N,), False, ("pending", None)),
    ],
)
def test_x_and_n_are_about_the_ticked_ones(
    at_check: ClusterPage,
    faces: Faces,
    sql: Sql,
    press: Press,
    qtbot: QtBot,
    keys: tuple[Qt.Key, ...],
    shift: bool,
    becomes: tuple[object, object],
) -> None:
    press(Key.Key_A, ctrl=True)
    press(Key.Key_Space, Key.Key_Space)
    [one] = at_check.controller.members.ticked()
    press(*keys, shift=shift)
    until(qtbot, lambda: states(sql, [one.face.id]) == [becomes])
    assert len(unchecked(sql)) == ANN + BOB - 1
    shown(at_check, qtbot, ANN - 1)
    press(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: len(unchecked(sql)) == ANN + BOB)
    assert states(sql, [one.face.id]) == [("matched", faces.ann.id)]
    assert sql.execute("SELECT count(*) FROM facereview.verdict").fetchone() == (0,)


def test_a_digit_gives_the_ticked_ones_to_another_and_1_confirms(
    at_check: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    at_check.controller.asking.care = Care(500, -1)  # Bob is nothing like these
    until(qtbot, lambda: len(at_check.controller.likely.offered(at_check.controller.current)) == 2)
    press(Key.Key_A, ctrl=True)
    press(Key.Key_Space, Key.Key_Space)
    [one] = at_check.controller.members.ticked()
    press(Key.Key_2)
    until(qtbot, lambda: states(sql, [one.face.id]) == [("matched", faces.bob.id)])
    assert one.face.id not in unchecked(sql)
    shown(at_check, qtbot, ANN - 1)
    until(qtbot, lambda: len(at_check.controller.likely.offered(at_check.controller.current)) == 2)
    press(Key.Key_A, ctrl=True)
    press(Key.Key_1)
    until(qtbot, lambda: unchecked(sql) == faces.ids[ANN:])
    kinds = sql.execute("SELECT kind FROM facereview.batch ORDER BY id DESC LIMIT 1").fetchone()
    assert kinds == ("confirm",)


def test_m_names_the_ticked_ones(
    at_check: ClusterPage, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_A, ctrl=True)
    press(Key.Key_Space, Key.Key_Space)
    [one] = at_check.controller.members.ticked()
    press(Key.Key_M)
    until(qtbot, at_check.picker.field.hasFocus)
    QTest.keyClicks(at_check.picker.field, "Cleo")
    QTest.keyClick(at_check.picker.field, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    name = (
        "SELECT d.match_status, c.name FROM video_face_detections d "
        "JOIN creators c ON c.id = d.matched_creator_id WHERE d.id = %s"
    )
    until(qtbot, lambda: sql.execute(name, (one.face.id,)).fetchone() == ("manual", "Cleo"))
    assert one.face.id not in unchecked(sql)


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_X, Key.Key_N])
def test_a_large_group_needs_a_second_press(
    at_check: ClusterPage, sql: Sql, press: Press, qtbot: QtBot, key: Qt.Key
) -> None:
    at_check.controller.asking.care = Care(10, 0.9)
    press(key)
    assert "40 faces at once: press" in card(at_check)
    assert len(unchecked(sql)) == ANN + BOB
    press(key)
    until(qtbot, lambda: len(unchecked(sql)) == BOB)


def test_a_group_waits_for_no_clusters_key(
    at_check: ClusterPage, sql: Sql, press: Press, said: list[Message]
) -> None:
    clusters = sql.execute("SELECT * FROM facereview.membership ORDER BY 1").fetchall()
    press(Key.Key_Space, ctrl=True)
    assert at_check.controller.entries.marked == ()
    press(Key.Key_J)
    press(Key.Key_Space, Key.Key_Space, Key.Key_K)
    assert said[-1].text == "Single faces, and matches to check, are not a cluster to be split."
    assert sql.execute("SELECT * FROM facereview.membership ORDER BY 1").fetchall() == clusters


def test_s_puts_a_group_last(at_check: ClusterPage, press: Press, qtbot: QtBot) -> None:
    press(Key.Key_S)
    at = at_check.controller
    shown(at_check, qtbot, BOB)
    at.wall_loader.reload()
    until(qtbot, lambda: [group.size for group in at.entries.rows] == [BOB, ANN])


def test_the_next_face_takes_the_place_of_one_that_was_decided(
    at_check: ClusterPage, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_O, Key.Key_Right, Key.Key_Right)
    press(Key.Key_A, ctrl=True)
    press(Key.Key_Space, Key.Key_X)
    gone, after = ids(at_check)[2:4]
    shown(at_check, qtbot, ANN - 1)
    here = at_check.controller.members.current
    assert here is not None
    assert here.face.id == after
    assert states(sql, [gone]) == [("rejected", None)]


def test_f_shows_the_frame_of_a_match(at_check: ClusterPage, press: Press, qtbot: QtBot) -> None:
    press(Key.Key_F)
    until(qtbot, lambda: at_check.preview.open)
    press(Key.Key_Escape)
    assert not at_check.preview.open


# ----------------------------------------------------------------------------------------- samples


def draw(page: ClusterPage, press: Press, qtbot: QtBot) -> None:
    press(Key.Key_R, Key.Key_R)
    shown(page, qtbot, 30)


def test_r_says_what_a_sample_means_and_draws_it_at_the_second_press(
    at_check: ClusterPage, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_R)
    assert card(at_check) == (
        "Draws 30 of 40 matches at random, once: if those are right, at most 2 are wrong (95 % "
        "sure), and the others are confirmed without a look. Press R again."
    )
    press(Key.Key_R)
    shown(at_check, qtbot, 30)
    until(qtbot, lambda: card(at_check).endswith("which nobody looked at."))
    assert card(at_check) == (
        "30 of the machine's matches are confirmed as Ann. A sample of 30 of 40: if all are right, "
        "at most 2 of 40 are wrong (95 % sure). Enter confirms 10 others by it, which nobody "
        "looked at."
    )
    confirm = at_check.panel.buttons["cluster_confirm"]
    assert confirm.text() == "Confirm 30 as Ann, 10 by the sample"
    assert at_check.panel.evidence.text() == "0 of 40 checked · sample: 0 of 30"
    press(Key.Key_R)
    shown(at_check, qtbot, ANN)
    assert confirm.text() == "Confirm 40 as Ann"
    press(Key.Key_R)
    shown(at_check, qtbot, 30)


def test_a_clean_sample_closes_the_group_at_the_second_press(
    at_check: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    draw(at_check, press, qtbot)
    press(Key.Key_Return)
    assert card(at_check) == (
        "10 matches that nobody looked at are confirmed by the sample: at most 2 of 40 are wrong "
        "(95 % sure). Press Enter again to confirm."
    )
    assert at_check.panel.buttons["cluster_confirm"].text() == (
        "Press Enter again to confirm 40 faces"
    )
    assert len(unchecked(sql)) == ANN + BOB
    with qtbot.waitSignal(at_check.controller.decider.undoable_changed):
        press(Key.Key_Return)
        until(qtbot, lambda: unchecked(sql) == faces.ids[ANN:])
        at_check.controller.decider.look()
    detail = "SELECT detail -> 'sample' FROM facereview.batch ORDER BY id DESC LIMIT 1"
    assert sql.execute(detail).fetchone() == (
        {"id": 1, "drawn": 30, "population": 40, "at_most": 2},
    )
    press(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: len(unchecked(sql)) == ANN + BOB)
    shown(at_check, qtbot, 30)


def test_an_unticked_one_keeps_the_others_from_being_confirmed_by_the_sample(
    at_check: ClusterPage, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    draw(at_check, press, qtbot)
    press(Key.Key_Space, Key.Key_Space)
    assert at_check.panel.buttons["cluster_confirm"].text() == "Confirm 29 as Ann"
    press(Key.Key_Return)
    until(qtbot, lambda: len(unchecked(sql)) == ANN + BOB - 29)
    shown(at_check, qtbot, 1)
    assert at_check.panel.evidence.text() == "29 of 40 checked · sample: 29 of 30"


def test_one_wrong_opens_the_group_again_and_is_counted(
    at_check: ClusterPage, sql: Sql, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    draw(at_check, press, qtbot)
    press(Key.Key_A, ctrl=True)
    press(Key.Key_Space, Key.Key_Space, Key.Key_N)
    shown(at_check, qtbot, ANN - 1)
    until(qtbot, lambda: "In a sample of 30 of 40, 1 wrong" in card(at_check))
    assert "Each of the others is to be looked at." in card(at_check)
    assert at_check.panel.evidence.text() == "1 of 40 checked · a sample had a wrong one"
    assert len(unchecked(sql)) == ANN + BOB - 1
    press(Key.Key_R)
    until(qtbot, lambda: bool(said) and "had a wrong one, so each is to be" in said[-1].text)


def test_small_groups_have_no_sample(
    at_check: ClusterPage, sql: Sql, press: Press, qtbot: QtBot, said: list[Message]
) -> None:
    press(Key.Key_End)
    shown(at_check, qtbot, BOB)
    press(Key.Key_R)
    until(qtbot, lambda: bool(said))
    assert said[-1].text.startswith("A sample of 30 needs more than 30 matches")
    assert sql.execute("SELECT count(*) FROM facereview.check_sample").fetchone() == (0,)


# ---------------------------------------------------------------------------------- taking back


def test_b_takes_a_run_back_whole_and_a_redo_brings_it_again(
    at_check: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_B)
    assert card(at_check).startswith("Takes back the run of ")
    assert "its 40 unchecked matches, with any creator, become pending again." in card(at_check)
    press(Key.Key_B)
    until(qtbot, lambda: unchecked(sql) == faces.ids[ANN:])
    assert states(sql, faces.ids[:ANN]) == [("pending", None)] * ANN
    shown(at_check, qtbot, BOB)
    press(Key.Key_Z, ctrl=True, shift=True)
    until(qtbot, lambda: len(unchecked(sql)) == ANN + BOB)
    assert states(sql, faces.ids[:ANN]) == [("matched", faces.ann.id)] * ANN


def test_what_was_checked_of_a_run_stays(
    at_check: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Space, Key.Key_Space)
    [held] = at_check.controller.members.unticked()
    press(Key.Key_Return)
    shown(at_check, qtbot, 1)
    press(Key.Key_B, Key.Key_B)
    until(qtbot, lambda: unchecked(sql) == faces.ids[ANN:])
    assert states(sql, faces.ids[:ANN]).count(("matched", faces.ann.id)) == ANN - 1
    assert states(sql, [held.face.id]) == [("pending", None)]


@pytest.mark.parametrize("key", [Key.Key_R, Key.Key_B])
def test_keys_of_the_check_do_nothing_to_clusters(
    page: ClusterPage, sql: Sql, press: Press, qtbot: QtBot, said: list[Message], key: Qt.Key
) -> None:
    press(key, key)
    until(qtbot, lambda: len(said) == 2)
    assert said[-1].text == "This key is for the machine's matches: Shift+5 shows those to check."
    assert len(unchecked(sql)) == ANN + BOB


# --------------------------------------------------------------------------------- others, faults


def test_what_another_curator_checks_is_followed(
    at_check: ClusterPage, faces: Faces, store: Store, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    """They confirm some of the group, and say of one that it is somebody else."""
    members = at_check.controller.members.rows
    seen = [Seen(m.face.id, m.video.id, m.face.state) for m in members]
    other = History(store, "other", pack)
    assert other.apply(Intent(Kind.CONFIRM, tuple(seen[:5]), faces.ann))
    theirs = Intent(Kind.REJECT, (seen[5],), reason=RejectReason.STRANGER, replaces=True)
    assert other.apply(theirs)
    at_check.follow_others(News(decided=(1,)))
    shown(at_check, qtbot, ANN - 6)
    press(Key.Key_Return)
    until(qtbot, lambda: unchecked(sql) == faces.ids[ANN:])
    assert states(sql, [seen[5].face_id]) == [("rejected", None)]


def test_a_group_that_others_checked_is_said_to_be_decided(
    at_check: ClusterPage, faces: Faces, store: Store, qtbot: QtBot, said: list[Message]
) -> None:
    members = at_check.controller.members.rows
    seen = tuple(Seen(m.face.id, m.video.id, m.face.state) for m in members)
    assert History(store, "other", pack).apply(Intent(Kind.CONFIRM, seen, faces.ann))
    at_check.follow_others(News(decided=(1,)))
    until(qtbot, lambda: bool(said))
    assert said[-1].text == "Somebody else has decided these faces."


def test_a_refused_sample_confirms_nothing_and_is_shown_again(
    at_check: ClusterPage, store: Store, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    """Another curator found one wrong after the group was shown."""
    draw(at_check, press, qtbot)
    view = at_check.controller.view
    assert view is not None
    theirs = Intent(Kind.REJECT, view.by_sample[:1], reason=RejectReason.STRANGER, replaces=True)
    assert History(store, "other", pack).apply(theirs)
    with qtbot.waitSignal(at_check.controller.decider.refused) as refused:
        press(Key.Key_Return, Key.Key_Return)
    assert "was found wrong" in str(refused.args[1])
    assert len(unchecked(sql)) == ANN + BOB - 1
    until(qtbot, lambda: at_check.controller.entries.rowCount() == 2)
    press(Key.Key_Home)
    shown(at_check, qtbot, ANN - 1)


def test_a_database_out_of_reach_is_named(
    at_check: ClusterPage, press: Press, qtbot: QtBot
) -> None:
    desk = at_check.controller.desk
    assert isinstance(desk, Guarded)
    desk.faults["wall"] = DatabaseUnreachable("The database is out of reach: check it.")
    at_check.refresh()
    until(qtbot, lambda: at_check.controller.stage is WallStage.FAULT)
    desk.faults.clear()
    at_check.controller.wall_loader.load()
    shown(at_check, qtbot, ANN)
    press(Key.Key_O)
    assert at_check.controller.zone is Zone.FACES


def test_a_face_is_spoken_with_its_tick(at_check: ClusterPage) -> None:
    members = at_check.controller.members
    said = members.aloud(members.rows[0])
    assert said.startswith(".75 · ")
    assert said.endswith(" · ticked")
