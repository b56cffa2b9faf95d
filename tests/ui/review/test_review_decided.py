"""Keys on decided faces and on selections: Review on a real library, from key to row and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cluster_support import Both, NoClustering, Sql, both_pages, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from facereview.records import Creator
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind
from facereview.store.session import Database
from facereview.store.store import Store
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets.rows_model import ROW
from support import Faces, detection, make_faces, near

Key = Qt.Key
Row = tuple[Any, ...]


@pytest.fixture
def faces(store: Store, sql: Sql) -> Faces:
    """Faces 0 to 3 look like Ann, 4 and 5 like Bob, 6 a little like Ann; 7 was decided as Bob."""
    made = make_faces(store, 4)
    bob = [near(1, 0.8, 40), near(1, 0.8, 41)]
    for at, embedding in enumerate([*bob, near(0, 0.26, 42), near(0, 0.75, 43)]):
        made.ids.append(store.videos.add_face(made.video, detection(embedding, at=100.0 + at)))
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'manual', matched_creator_id = %s, "
        "match_confidence = .21 WHERE id = %s",
        (made.bob.id, made.ids[7]),
    )
    return made


@pytest.fixture
def both(
    faces: Faces,
    database: Database,
    tmp_path: Path,
    lanes: Lanes,
    messages: Messages,
    qtbot: QtBot,
) -> Iterator[Both]:
    with both_pages(database, NoClustering(), lanes, messages, tmp_path, qtbot) as made:
        yield made


@pytest.fixture
def page(both: Both) -> ReviewPage:
    return both.review


def rows(sql: Sql, faces: Faces, *places: int) -> list[Row]:
    """Status, creator, and whether the machine did it, of each face."""
    found = sql.execute(
        "SELECT d.id, d.match_status, d.matched_creator_id, a.batch_id IS NOT NULL "
        "FROM video_face_detections d LEFT JOIN facereview.automatic a ON a.detection_id = d.id"
    )
    by = {row[0]: row[1:] for row in found}
    return [by[faces.ids[place]] for place in places]


def whole(sql: Sql, faces: Faces, place: int) -> Row | None:
    return sql.execute(
        "SELECT match_status, matched_creator_id, match_confidence FROM video_face_detections "
        "WHERE id = %s",
        (faces.ids[place],),
    ).fetchone()


def kinds(sql: Sql) -> list[str]:
    return [row[0] for row in sql.execute("SELECT kind FROM facereview.batch ORDER BY id")]


def enter(page: ReviewPage) -> str:
    """What the big button says."""
    return page.panel.buttons["accept"].accessibleName()


def call(page: ReviewPage, creator: Creator) -> None:
    """A name is typed for the faces at hand."""
    page.picker.opened.emit()
    page.picker.chosen.emit(creator)


def tick(both: Both, faces: Faces, qtbot: QtBot, first: int, *others: int) -> None:
    """Take a face in hand and tick others beside it."""
    both.go_to(faces.ids[first], qtbot)
    at = both.review.controller
    for place in others:
        at.selection.toggle(faces.ids[place])
    until(qtbot, lambda: not at.opinions.awaits(at.selection.ids))


def settled(both: Both, faces: Faces, qtbot: QtBot, *places: int) -> None:
    """The outcomes of all decisions on these faces came back."""
    decider = both.review.controller.decider
    until(qtbot, lambda: not any(decider.under_way.holds(faces.ids[place]) for place in places))


PENDING = ("pending", None, False)


def test_enter_on_a_decided_face_confirms_what_stands(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    before = whole(sql, faces, 7)
    both.go_to(faces.ids[7], qtbot)
    assert enter(page) == "Confirm Bob"
    both.strike(Key.Key_Return)
    assert page.controller.current != faces.ids[7]
    until(qtbot, lambda: kinds(sql) == ["confirm"])
    assert whole(sql, faces, 7) == before
    assert sql.execute("SELECT creator_id FROM facereview.batch").fetchall() == [(faces.bob.id,)]
    both.strike(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: page.controller.current == faces.ids[7])
    assert whole(sql, faces, 7) == before


def test_confirming_a_match_takes_the_machines_mark_off_and_undo_puts_it_back(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    machine = ("matched", faces.ann.id, True)
    until(qtbot, lambda: len(page.controller.upcoming(6)) == 6)
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'matched', matched_creator_id = %s, "
        "match_confidence = .75 WHERE id = %s",
        (faces.ann.id, faces.ids[1]),
    )
    sql.execute(
        "WITH b AS (INSERT INTO facereview.batch (token, actor, kind) "
        "VALUES (gen_random_uuid(), 'machine', 'automatic') RETURNING id) "
        "INSERT INTO facereview.automatic SELECT %s, id FROM b",
        (faces.ids[1],),
    )
    page.refresh()
    both.go_to(faces.ids[1], qtbot)
    until(qtbot, lambda: enter(page) == "Confirm Ann")
    assert page.panel.state.text() == "Ann · automatic .75"
    both.strike(Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces, 1) == [("matched", faces.ann.id, False)])
    settled(both, faces, qtbot, 1)
    both.strike(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: rows(sql, faces, 1) == [machine])
    until(qtbot, lambda: page.panel.state.text() == "Ann · automatic .75")
    assert said[-1].text == "Undone: confirmed Ann"


def test_a_rejected_face_stays_rejected(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    both.go_to(faces.ids[0], qtbot)
    both.strike(Key.Key_X, Key.Key_Left)
    until(qtbot, lambda: enter(page) == "Confirm: rejected")
    both.strike(Key.Key_Return)
    until(qtbot, lambda: kinds(sql) == ["reject", "confirm"])
    assert rows(sql, faces, 0) == [("rejected", None, False)]


def test_a_digit_replaces_a_decision_at_its_second_press_only(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    before = whole(sql, faces, 7)
    both.go_to(faces.ids[7], qtbot)
    both.strike(Key.Key_1)
    assert page.panel.hint.care.text() == "Press 1 again: replaces Bob"
    assert page.panel.hint.care.isVisible()
    assert page.panel.list.offered.index(0).data(ROW).care == "Press 1 again: replaces Bob"
    assert said == []  # a message goes by itself; what waits for a second press does not
    assert page.controller.current == faces.ids[7]
    both.strike(Key.Key_1)
    until(qtbot, lambda: rows(sql, faces, 7) == [("matched", faces.ann.id, False)])
    settled(both, faces, qtbot, 7)
    both.strike(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: whole(sql, faces, 7) == before)
    assert kinds(sql) == ["accept", "undo"]


def test_a_typed_name_replaces_a_decision_at_enters_second_press_only(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    before = whole(sql, faces, 7)
    both.go_to(faces.ids[7], qtbot)
    call(page, faces.ann)
    assert enter(page) == "Press again for Ann"
    assert page.panel.hint.care.text() == "Press Enter again for Ann: replaces Bob"
    both.strike(Key.Key_Escape)
    assert enter(page) == "Confirm Bob"
    call(page, faces.ann)
    both.strike(Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces, 7) == [("manual", faces.ann.id, False)])
    settled(both, faces, qtbot, 7)
    both.strike(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: whole(sql, faces, 7) == before)


def test_the_name_that_stands_typed_again_is_confirmed(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    before = whole(sql, faces, 7)
    both.go_to(faces.ids[7], qtbot)
    call(page, faces.bob)
    until(qtbot, lambda: kinds(sql) == ["confirm"])
    assert whole(sql, faces, 7) == before


@pytest.mark.parametrize(
    ("key", "text"), [(Key.Key_X, "Press X again: replaces Bob"), (Key.Key_N, "")]
)
def test_x_asks_before_it_replaces_and_not_somebody_else_changes_nothing(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot, key: Key, text: str
) -> None:
    before = whole(sql, faces, 7)
    both.go_to(faces.ids[7], qtbot)
    both.strike(key)
    assert page.panel.hint.care.text() == text
    settled(both, faces, qtbot, 7)
    assert whole(sql, faces, 7) == before
    assert page.panel.state.text() == "decided: Bob"


def test_n_asks_before_it_takes_the_name_off_that_stands(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    both.go_to(faces.ids[0], qtbot)
    both.strike(Key.Key_Return, Key.Key_Left)
    until(qtbot, lambda: enter(page) == "Confirm Ann")
    both.strike(Key.Key_N)
    assert page.panel.hint.care.text() == "Press N again: removes Ann"
    assert rows(sql, faces, 0) == [("matched", faces.ann.id, False)]
    both.strike(Key.Key_N)
    until(qtbot, lambda: rows(sql, faces, 0) == [PENDING])
    settled(both, faces, qtbot, 0)
    assert page.controller.queue.cursor.is_open(faces.ids[0])


def test_going_elsewhere_forgets_the_first_press(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    before = whole(sql, faces, 7)
    both.go_to(faces.ids[7], qtbot)
    both.strike(Key.Key_1, Key.Key_Left)
    both.go_to(faces.ids[7], qtbot)
    assert enter(page) == "Confirm Bob"
    both.strike(Key.Key_1)
    both.strike(Key.Key_Return)  # another key than the one that was to be pressed again
    until(qtbot, lambda: kinds(sql) == ["confirm"])
    assert whole(sql, faces, 7) == before


def test_enter_accepts_nobody_below_the_threshold_and_says_what_does(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    both.go_to(faces.ids[6], qtbot)
    assert enter(page) == "Ann is below .40: 1 accepts"
    assert not page.panel.buttons["accept"].isEnabled()
    both.strike(Key.Key_Return)
    assert page.controller.current == faces.ids[6]
    assert said[-1].text == (
        "Ann (.26) is below the threshold .40, so Enter does not accept it: press 1 to "
        "accept it anyway."
    )
    both.strike(Key.Key_1)
    until(qtbot, lambda: rows(sql, faces, 6) == [("matched", faces.ann.id, False)])
    assert kinds(sql) == ["accept"]


def test_a_click_on_a_suggestion_means_it_however_likely(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    both.go_to(faces.ids[6], qtbot)
    list_ = page.panel.list
    point = list_.visualRect(list_.offered.index(0)).center()
    QTest.mouseClick(list_.viewport(), Qt.MouseButton.LeftButton, pos=point)
    until(qtbot, lambda: rows(sql, faces, 6) == [("matched", faces.ann.id, False)])


def test_enter_leaves_out_selected_faces_that_suggest_somebody_else(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    ann = ("matched", faces.ann.id, False)
    tick(both, faces, qtbot, 0, 1, 6, 4, 5)
    assert enter(page) == "Accept Ann for 3 faces 2 with another suggestion"
    assert page.panel.hint.care.text() == "2 with another suggestion"
    both.strike(Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces, 0, 1, 6, 4, 5) == [ann, ann, ann, PENDING, PENDING])
    assert page.controller.selection.ids == {faces.ids[4], faces.ids[5]}
    assert page.controller.current == faces.ids[4]
    assert enter(page) == "Press again for Ann"
    assert page.panel.hint.care.text() == (
        "Press Enter again for Ann: includes 2 faces with another suggestion"
    )
    both.strike(Key.Key_Escape)
    until(qtbot, lambda: enter(page) == "Accept Bob for 2 faces")
    both.strike(Key.Key_Return)
    bob = ("matched", faces.bob.id, False)
    until(qtbot, lambda: rows(sql, faces, 4, 5) == [bob, bob])
    settled(both, faces, qtbot, 4, 5)
    both.strike(Key.Key_Z, ctrl=True)
    both.strike(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: rows(sql, faces, 0, 1, 6, 4, 5) == [PENDING] * 5)


def test_the_second_enter_takes_them_in_as_a_decision_of_its_own(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    ann = ("matched", faces.ann.id, False)
    tick(both, faces, qtbot, 0, 1, 4)
    both.strike(Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces, 0, 1, 4) == [ann, ann, PENDING])
    both.strike(Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces, 0, 1, 4) == [ann] * 3)
    settled(both, faces, qtbot, 4)
    both.strike(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: rows(sql, faces, 0, 1, 4) == [ann, ann, PENDING])


def test_shift_right_and_enter_gives_each_neighbour_what_it_suggests_itself(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    both.go_to(faces.ids[2], qtbot)
    shift = Qt.KeyboardModifier.ShiftModifier
    for _ in range(2):
        QTest.keyClick(page, Key.Key_Right, shift)
    until(qtbot, lambda: page.controller.view is not None)
    both.strike(Key.Key_Return)  # at face 4, which is like Bob
    bob = ("matched", faces.bob.id, False)
    until(qtbot, lambda: rows(sql, faces, 2, 3, 4) == [PENDING, PENDING, bob])


def test_what_a_face_was_said_not_to_be_is_not_given_to_it_with_others(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    denial = Intent(Kind.NOT_PERSON, faces.seen(1), faces.ann)
    Decisions(faces.store, "another").apply(denial)
    tick(both, faces, qtbot, 0, 1, 2)
    assert enter(page) == "Accept Ann for 2 faces 1 with another suggestion"
    both.strike(Key.Key_Return)
    ann = ("matched", faces.ann.id, False)
    until(qtbot, lambda: rows(sql, faces, 0, 1, 2) == [ann, PENDING, ann])


@pytest.mark.parametrize("key", [Key.Key_1, Key.Key_M])
def test_digits_and_names_leave_out_the_same_faces(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot, key: Key
) -> None:
    tick(both, faces, qtbot, 0, 1, 4, 7)
    if key == Key.Key_M:
        call(page, faces.ann)
        status, again = "manual", "Press Enter again for Ann: "
    else:
        both.strike(key)
        status, again = "matched", "Press 1 again: "
    ann, kept = (status, faces.ann.id, False), ("manual", faces.bob.id, False)
    until(qtbot, lambda: rows(sql, faces, 0, 1, 4, 7) == [ann, ann, PENDING, kept])
    offer = page.commands.decisions.offer
    assert offer is not None
    assert offer.text == (f"{again}replaces Bob and includes 1 face with another suggestion")
    both.strike(Key.Key_1 if key == Key.Key_1 else Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces, 0, 1, 4, 7) == [ann] * 4)
    settled(both, faces, qtbot, 4, 7)
    both.strike(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: rows(sql, faces, 0, 1, 4, 7) == [ann, ann, PENDING, kept])


def test_a_new_name_takes_only_faces_that_suggest_nobody_with_the_one_at_hand(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    tick(both, faces, qtbot, 0, 1, 6)
    page.commands.begin_name()
    page.commands.assign_new("Zoe")
    until(qtbot, lambda: [row[0] for row in rows(sql, faces, 0, 1, 6)] == [
        "manual", "pending", "manual",
    ])  # fmt: skip


def test_decided_faces_in_a_selection_are_not_rejected_with_the_others(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    tick(both, faces, qtbot, 0, 7)
    assert enter(page) == "Accept Ann 1 with another decision"
    both.strike(Key.Key_X)
    gone, kept = ("rejected", None, False), ("manual", faces.bob.id, False)
    until(qtbot, lambda: rows(sql, faces, 0, 7) == [gone, kept])
    assert page.panel.hint.care.text() == "Press X again: replaces Bob"


def test_a_confirmation_of_several_leaves_out_what_stands_otherwise(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    tick(both, faces, qtbot, 7, 0)
    assert enter(page) == "Confirm Bob 1 stays unchanged"
    both.strike(Key.Key_Return)
    until(qtbot, lambda: kinds(sql) == ["confirm"])
    assert rows(sql, faces, 0) == [PENDING]
    assert page.controller.current == faces.ids[0]
    assert said[-1].text == "1 selected face has another decision and was not confirmed."


def test_a_selection_is_compared_before_a_quick_key_decides_it(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    both.go_to(faces.ids[0], qtbot)
    for place in (1, 4):
        page.controller.selection.toggle(faces.ids[place])
    both.strike(Key.Key_Return)
    ann = ("matched", faces.ann.id, False)
    until(qtbot, lambda: rows(sql, faces, 0, 1, 4) == [ann, ann, PENDING])


def test_a_face_without_a_usable_embedding_says_why_nobody_is_suggested(
    both: Both, page: ReviewPage, faces: Faces, sql: Sql, qtbot: QtBot, said: list[Message]
) -> None:
    zeros = detection(np.zeros(512, np.float32), at=200.0)
    face = faces.store.videos.add_face(faces.video, zeros)
    both.go_to(face, qtbot)
    assert page.panel.none.isVisible()
    assert page.panel.none.text() == (
        "No suggestions: this face has no usable embedding, so it cannot be compared."
    )
    assert enter(page) == "No suggestion"
    both.strike(Key.Key_Return, Key.Key_1)
    assert page.controller.current == face
    assert said[-1].text == (
        "No suggestion, as this face has no usable embedding: press M to type a name."
    )
    call(page, faces.ann)
    row = "SELECT match_status, match_confidence FROM video_face_detections WHERE id = %s"
    until(qtbot, lambda: sql.execute(row, (face,)).fetchone() == ("manual", None))
