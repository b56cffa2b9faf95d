"""The keys of the cast sheet that decide."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from cast_support import Cast, Press, faces_of_row
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from facereview.records import Status
from facereview.review.cast.acts import plan
from facereview.review.cast.records import RowKind
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.ui.actions.table import BY_ID
from facereview.ui.cast.cursor import Chip
from facereview.ui.cast.page import CastPage
from facereview.ui.cast.sight import settling
from facereview.ui.jobs.messages import KEPT_CLEAR, Message
from support import judge, match_by_machine, pack

Key = Qt.Key
Sql = psycopg.Connection[Any]


class Sheet:
    """Presses keys, waits until all is written and read again, and says what became of faces."""

    def __init__(self, page: CastPage, cast: Cast, press: Press, qtbot: QtBot) -> None:
        self.page, self.cast, self.press, self._qtbot = page, cast, press, qtbot
        self.at = page.controller

    def settled(self) -> None:
        decider, sheets = self.at.decider, self.at.sheets
        self._qtbot.waitUntil(
            lambda: not (decider.waiting or decider.reverting or self.at.line.waits)
        )
        self._qtbot.waitUntil(lambda: self.at.sheet is not None and not sheets.awaits(self.video))
        self.painted()

    def painted(self) -> None:
        """Wait until the row at hand and what its keys do is on the screen."""
        sight, offers, cursor = self.at.sight, self.page.offers, self.at.cursor

        def all_of_it() -> bool:
            row = cursor.row
            if row is None or self.at.sheet is None:
                return True
            digits = enumerate(offers.named(row), 1)
            named = all(who == row.creator or sight.labels(n, who) for n, who in digits)
            found = settling(plan(self.at.sheet, cursor.unticked))
            return named and sight.shows(row) and sight.settling == found

        self._qtbot.waitUntil(all_of_it)

    @property
    def video(self) -> int:
        assert self.at.video is not None
        return self.at.video

    def key(self, *keys: Key, ctrl: bool = False, shift: bool = False) -> None:
        """Press, and wait."""
        for key in keys:
            self.painted()
            self.press(key, ctrl=ctrl, shift=shift)
        self.settled()

    def who(self, *faces: int) -> list[tuple[Status, int | None]]:
        found = self.cast.store.faces.get(faces)
        return [(found[i].state.status, found[i].state.creator_id) for i in faces]

    def creator(self, name: str) -> int:
        found = self.cast.store.creators.named(name)
        assert found is not None
        return found.id

    def unchecked(self, *faces: int) -> bool:
        found = self.cast.store.faces.get(faces)
        return any(found[i].by_machine for i in faces)

    def kinds(self) -> list[RowKind]:
        return [row.kind for row in self.at.cursor.rows]


@pytest.fixture
def sheet(page: CastPage, cast: Cast, press: Press, qtbot: QtBot) -> Sheet:
    made = Sheet(page, cast, press, qtbot)
    made.settled()
    return made


def test_enter_confirms_the_row_and_goes_on(sheet: Sheet, cast: Cast) -> None:
    sheet.press(Key.Key_Return)
    assert faces_of_row(sheet.page) == cast.likely  # at once
    assert sheet.kinds()[0] is RowKind.DECIDED
    sheet.key(Key.Key_Return)
    ann, bob = sheet.creator("Ann"), sheet.creator("Bob")
    assert sheet.who(*cast.sure) == [(Status.MATCHED, ann)] * 3
    assert not sheet.unchecked(*cast.sure)
    assert sheet.who(*cast.likely) == [(Status.MATCHED, bob)] * 2
    assert faces_of_row(sheet.page) == cast.unknown
    assert sheet.kinds() == [RowKind.OPEN, RowKind.DECIDED, RowKind.DECIDED]


def test_unticked_faces_are_left_as_they_are(sheet: Sheet, cast: Cast) -> None:
    sheet.key(Key.Key_Down, Key.Key_Right, Key.Key_Space, Key.Key_Return)
    assert sorted(status for status, _ in sheet.who(*cast.likely)) == ["matched", "pending"]


def test_enter_asks_for_the_name_of_somebody_unknown(sheet: Sheet, cast: Cast) -> None:
    sheet.press(Key.Key_End, Key.Key_Return)
    field = sheet.page.picker.field
    assert field.hasFocus()
    QTest.keyClicks(field, "Cid New")
    QTest.keyClick(field, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    sheet.settled()
    assert sheet.who(*cast.unknown) == [(Status.MANUAL, sheet.creator("Cid New"))]
    assert not sheet.page.picker.isVisible()


@pytest.mark.parametrize("key", [Key.Key_M, Key.Key_Slash])
def test_m_types_a_name_for_the_row(sheet: Sheet, cast: Cast, key: Key) -> None:
    sheet.press(Key.Key_Down, key)
    field = sheet.page.picker.field
    QTest.keyClicks(field, "Ann")
    QTest.keyClick(field, Key.Key_Return)
    sheet.settled()
    assert sheet.who(*cast.likely) == [(Status.MANUAL, sheet.creator("Ann"))] * 2


def test_a_name_is_given_to_no_other_row_than_it_was_typed_for(
    sheet: Sheet, cast: Cast, said: list[Message]
) -> None:
    before = sheet.who(*cast.sure, *cast.likely, *cast.unknown)
    sheet.press(Key.Key_Down, Key.Key_M)
    QTest.keyClicks(sheet.page.picker.field, "Ann")
    sheet.at.cursor.move(1)
    QTest.keyClick(sheet.page.picker.field, Key.Key_Return)
    sheet.settled()
    assert sheet.who(*cast.sure, *cast.likely, *cast.unknown) == before
    assert said[-1].text == "The faces changed while you typed, so no face was named."


@pytest.mark.parametrize("number", range(1, 10))
def test_digits_name_whom_the_sheet_offers(
    sheet: Sheet, cast: Cast, said: list[Message], number: int, qtbot: QtBot
) -> None:
    sheet.press(Key.Key_Down)
    row = sheet.at.cursor.row
    qtbot.waitUntil(lambda: len(sheet.page.offers.of(row)) == 2)
    offered = [creator.name for creator in sheet.page.offers.of(row)]
    assert offered[0] == "Bob"
    sheet.key(Key(Key.Key_0 + number))
    if number <= 2:
        wanted = (Status.MATCHED, sheet.creator(offered[number - 1]))
        assert sheet.who(*cast.likely) == [wanted] * 2
    else:
        assert said[-1].text == "There is no suggestion with that number."
        assert {status for status, _ in sheet.who(*cast.likely)} == {Status.PENDING}


def test_another_name_than_the_machines_is_asked_for_twice(
    sheet: Sheet, cast: Cast, qtbot: QtBot
) -> None:
    row = sheet.at.cursor.row
    qtbot.waitUntil(lambda: len(sheet.page.offers.of(row)) == 2)
    sheet.key(Key.Key_2)
    assert sheet.unchecked(*cast.sure)
    assert sheet.page.bar.settling.text.text() == (
        "The machine matched Ann: press 2 again to make it Bob."
    )
    sheet.key(Key.Key_2)
    assert sheet.who(*cast.sure) == [(Status.MATCHED, sheet.creator("Bob"))] * 3


def test_a_key_right_behind_the_one_for_the_next_video_decides_nothing_that_was_not_seen(
    sheet: Sheet, cast: Cast, said: list[Message], qtbot: QtBot
) -> None:
    """As both come at once after the window hung."""
    qtbot.waitUntil(lambda: sheet.at.sheets.get(cast.videos[1]) is not None)  # loaded ahead
    (face,) = (face.id for face in cast.store.faces.of_videos(cast.videos[1:2])[cast.videos[1]])
    sheet.press(Key.Key_PageDown, ctrl=True)
    sheet.press(Key.Key_X)
    sheet.settled()
    assert sheet.video == cast.videos[1]
    assert said[-1].text.startswith("The page changed after the key was pressed")
    assert sheet.who(face) == [(Status.PENDING, None)]
    sheet.painted()
    sheet.key(Key.Key_X)
    assert sheet.who(face) == [(Status.REJECTED, None)]


def _press_unseen(sheet: Sheet, key: Key, *, ctrl: bool = False) -> None:
    """Read the sheet again, and press before anything of that is painted."""
    at = sheet.at

    def strike() -> None:
        at.sheet_changed.disconnect(strike)
        sheet.press(key, ctrl=ctrl)

    at.sheet_changed.connect(strike)
    sheet.page.refresh()
    sheet.settled()
    sheet.settled()  # of what the key did


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_1])
def test_a_row_is_not_given_a_name_that_was_not_painted(
    sheet: Sheet, cast: Cast, said: list[Message], key: Key
) -> None:
    """Others gave the row another name just before the key."""
    sheet.key(Key.Key_Down)
    cid = cast.store.creators.find_or_add("Cid")
    judge(cast.store, cast.likely, cid, 0.07)
    cast.store.log.suggest([(face, cid.id, 0.6) for face in cast.likely])
    _press_unseen(sheet, key)
    assert said[-1].text.startswith("The page changed after the key was pressed")
    assert [status for status, _ in sheet.who(*cast.likely)] == [Status.PENDING] * 2
    sheet.key(key)
    assert sheet.who(*cast.likely) == [(Status.MATCHED, sheet.creator("Cid"))] * 2


def test_ctrl_enter_settles_no_more_than_was_painted(
    sheet: Sheet, cast: Cast, said: list[Message]
) -> None:
    """Others made another row sure just before the key."""
    match_by_machine(cast.store, cast.likely, cast.store.creators.find_or_add("Bob"))
    _press_unseen(sheet, Key.Key_Return, ctrl=True)
    assert said[-1].text.startswith("The page changed after the key was pressed")
    assert all(sheet.unchecked(face) for face in (*cast.sure, *cast.likely))
    sheet.key(Key.Key_Return, ctrl=True)
    assert not sheet.unchecked(*cast.sure, *cast.likely)


def test_a_digit_waits_until_its_name_is_painted(
    sheet: Sheet, cast: Cast, said: list[Message], qtbot: QtBot
) -> None:
    """The digit means somebody else in the next row."""
    row = sheet.at.cursor.row
    qtbot.waitUntil(lambda: len(sheet.page.offers.of(row)) == 2)
    sheet.press(Key.Key_Down)
    qtbot.waitUntil(lambda: len(sheet.page.offers.of(sheet.at.cursor.row)) == 2)
    sheet.press(Key.Key_Up)
    sheet.painted()
    sheet.press(Key.Key_Down, Key.Key_2)
    sheet.settled()
    assert said[-1].text.startswith("The page changed after the key was pressed")
    assert [status for status, _ in sheet.who(*cast.likely)] == [Status.PENDING] * 2
    sheet.key(Key.Key_2)
    assert sheet.who(*cast.likely) == [(Status.MATCHED, sheet.creator("Ann"))] * 2


def test_a_row_that_was_never_in_sight_is_not_decided(
    sheet: Sheet, cast: Cast, said: list[Message]
) -> None:
    sheet.page.rows.setFixedHeight(90)
    sheet.page.controller.choose(Chip.SURE)
    sheet.at.sight.leave()
    sheet.page.controller.choose(Chip.ALL)
    sheet.painted()
    sheet.press(Key.Key_End, Key.Key_X)
    sheet.settled()
    assert said[-1].text.startswith("The page changed after the key was pressed")
    assert sheet.who(*cast.unknown) == [(Status.PENDING, None)]
    sheet.key(Key.Key_X)
    assert sheet.who(*cast.unknown) == [(Status.REJECTED, None)]


def test_a_digit_names_only_whom_it_is_seen_to_name(
    sheet: Sheet, cast: Cast, said: list[Message], qtbot: QtBot
) -> None:
    """In a narrow window some digits have no button."""
    row, buttons = sheet.at.cursor.row, sheet.page.bar.buttons
    qtbot.waitUntil(lambda: len(sheet.page.offers.of(row)) == 2)
    assert buttons["cast_pick_2"].isVisible()
    sheet.page.resize(700, 680)
    assert sheet.page.width() == 700
    assert not buttons["cast_pick_2"].isVisible()
    sheet.key(Key.Key_2)
    assert said[-1].text == "There is no suggestion with that number."
    assert sheet.page.bar.settling.text.text() == "settles 3 faces of Ann, 2 rows stay open"
    sheet.page.resize(1280, 680)
    sheet.key(Key.Key_2, Key.Key_2)
    assert sheet.who(*cast.sure) == [(Status.MATCHED, sheet.creator("Bob"))] * 3


@pytest.mark.parametrize(("key", "shift"), [(Key.Key_X, False), (Key.Key_X, True)])
def test_x_rejects_the_row(sheet: Sheet, cast: Cast, sql: Sql, key: Key, shift: bool) -> None:
    sheet.key(Key.Key_End)
    sheet.key(key, shift=shift)
    assert sheet.who(*cast.unknown) == [(Status.REJECTED, None)]
    row = sql.execute("SELECT reason FROM facereview.batch WHERE kind = 'reject'").fetchone()
    assert row == (("not_a_face" if shift else "stranger"),)


def test_n_says_that_it_is_not_this_person(sheet: Sheet, cast: Cast) -> None:
    sheet.key(Key.Key_N)
    assert {status for status, _ in sheet.who(*cast.sure)} == {Status.PENDING}
    denied = cast.store.search.denied(cast.sure)
    assert all(sheet.creator("Ann") in denied[face] for face in cast.sure)
    row = sheet.at.cursor.row
    assert row is not None and row.creator is None


def test_s_skips_the_row(sheet: Sheet, cast: Cast, sql: Sql) -> None:
    sheet.key(Key.Key_Down, Key.Key_S)
    skipped = {row[0] for row in sql.execute("SELECT detection_id FROM facereview.skip")}
    assert skipped == set(cast.likely)
    assert faces_of_row(sheet.page) == cast.unknown


def test_what_people_decided_is_changed_only_at_a_second_press(
    sheet: Sheet, cast: Cast, said: list[Message]
) -> None:
    sheet.key(Key.Key_Down, Key.Key_Return)
    sheet.at.cursor.go_to_face(cast.likely[0])
    bob = [(Status.MATCHED, sheet.creator("Bob"))] * 2
    sheet.key(Key.Key_Return)
    assert said[-1].text.startswith("People decided this row already")
    for key in (Key.Key_X, Key.Key_N):
        sheet.key(key)
        assert sheet.who(*cast.likely) == bob
        assert "was decided by a person" in sheet.page.bar.settling.text.text()
        sheet.key(Key.Key_Down)
        sheet.at.cursor.go_to_face(cast.likely[0])
    sheet.key(Key.Key_X)
    sheet.key(Key.Key_X)
    assert sheet.who(*cast.likely) == [(Status.REJECTED, None)] * 2


def test_a_typed_name_replaces_at_the_second_press_of_enter(sheet: Sheet, cast: Cast) -> None:
    sheet.key(Key.Key_Down, Key.Key_Return)
    sheet.at.cursor.go_to_face(cast.likely[0])
    sheet.painted()
    sheet.press(Key.Key_M)
    QTest.keyClicks(sheet.page.picker.field, "Ann")
    QTest.keyClick(sheet.page.picker.field, Key.Key_Return)
    sheet.settled()
    assert sheet.who(*cast.likely) == [(Status.MATCHED, sheet.creator("Bob"))] * 2
    sheet.key(Key.Key_Return)
    assert sheet.who(*cast.likely) == [(Status.MANUAL, sheet.creator("Ann"))] * 2


# ------------------------------------------------------------------------------------ the sheet


def test_ctrl_enter_settles_the_sure_rows_as_one_act(sheet: Sheet, cast: Cast) -> None:
    assert sheet.page.bar.settling.text.text() == "settles 3 faces of Ann, 2 rows stay open"
    assert [one.face.id for one in sheet.page.bar.settling.weakest._members]
    sheet.key(Key.Key_Return, ctrl=True)
    assert not sheet.unchecked(*cast.sure)
    assert {status for status, _ in sheet.who(*cast.likely, *cast.unknown)} == {Status.PENDING}
    sheet.key(Key.Key_Z, ctrl=True)
    assert sheet.unchecked(*cast.sure)
    sheet.key(Key.Key_Z, ctrl=True, shift=True)
    assert not sheet.unchecked(*cast.sure)


def test_ctrl_enter_leaves_what_is_unticked_and_says_where_nothing_is_left(
    sheet: Sheet, cast: Cast, said: list[Message]
) -> None:
    sheet.press(Key.Key_Space)
    sheet.key(Key.Key_Return, ctrl=True)
    assert sheet.unchecked(*cast.sure)
    assert said[-1].text.startswith("No ticked row is sure enough")


def test_many_faces_are_asked_for_twice(sheet: Sheet, cast: Cast, sql: Sql, qtbot: QtBot) -> None:
    sql.execute(
        "INSERT INTO face_recognition_config (key, value) VALUES ('confirm_twice_above', '2')"
    )
    with qtbot.waitSignal(sheet.at.sheet_changed):
        sheet.page.refresh()
    sheet.key(Key.Key_Return, ctrl=True)
    assert sheet.unchecked(*cast.sure)
    assert "3 faces at once" in sheet.page.bar.settling.text.text()
    sheet.key(Key.Key_Return, ctrl=True)
    assert not sheet.unchecked(*cast.sure)


def test_two_curators_on_one_sheet(sheet: Sheet, cast: Cast, said: list[Message]) -> None:
    """What the other decided meanwhile stands; the rest is settled."""
    other = History(cast.store, "you", pack)
    state = cast.store.faces.get(cast.sure[:1])[cast.sure[0]].state
    seen = Seen(cast.sure[0], sheet.video, state)
    other.apply(Intent(Kind.REJECT, (seen,), replaces=True))
    sheet.key(Key.Key_Return, ctrl=True)
    assert sheet.who(*cast.sure)[0] == (Status.REJECTED, None)
    assert not sheet.unchecked(*cast.sure)
    assert RowKind.REJECTED in sheet.kinds()


def test_an_undo_leads_back_to_its_video(sheet: Sheet, cast: Cast, qtbot: QtBot) -> None:
    sheet.key(Key.Key_Down, Key.Key_Return)
    sheet.key(Key.Key_PageDown, ctrl=True)
    assert sheet.video == cast.videos[1]
    sheet.key(Key.Key_Z, ctrl=True)
    qtbot.waitUntil(lambda: sheet.at.video == cast.videos[0])
    sheet.settled()
    assert faces_of_row(sheet.page) == cast.likely


def test_what_is_undone_while_the_database_is_away_does_not_stay_on_the_sheet(
    sheet: Sheet, cast: Cast, sql: Sql, administrator: Sql, qtbot: QtBot
) -> None:
    decider = sheet.at.decider
    name = sql.execute("SELECT current_database()").fetchone()
    assert name is not None
    administrator.execute(f'ALTER DATABASE "{name[0]}" ALLOW_CONNECTIONS false')
    administrator.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", name
    )
    sheet.press(Key.Key_Down, Key.Key_Return)
    qtbot.waitUntil(lambda: decider.unsaved == 1)
    assert sheet.kinds() == [RowKind.SURE, RowKind.DECIDED, RowKind.OPEN]
    with qtbot.waitSignal(decider.reverted):
        sheet.press(Key.Key_Z, ctrl=True)
    assert sheet.kinds() == [RowKind.SURE, RowKind.LIKELY, RowKind.OPEN]
    assert faces_of_row(sheet.page) == cast.likely


def test_the_last_row_is_not_decided_twice(sheet: Sheet, cast: Cast, said: list[Message]) -> None:
    sheet.press(Key.Key_Down, Key.Key_Return)
    sheet.at.cursor.go_to_face(cast.likely[0])
    sheet.key(Key.Key_Return)
    assert said[-1].text.startswith("People decided this row already")


def test_the_buttons_say_what_keys_do(sheet: Sheet) -> None:
    buttons = sheet.page.bar.buttons
    assert buttons["cast_settle"].text() == "Confirm 3 faces of Ann"
    assert buttons["cast_pick_1"].text() == "Ann"
    sheet.press(Key.Key_End)
    assert buttons["cast_confirm"].text() == "name this person"
    assert all(BY_ID[action].page == "cast" for action in buttons)
    assert {made.objectName() for made in buttons.values()} == {KEPT_CLEAR}
    buttons["cast_stranger"].click()
    sheet.settled()
    assert sheet.who(*sheet.cast.unknown) == [(Status.REJECTED, None)]


def test_nobody_is_named_twice_in_a_frame(
    sheet: Sheet, cast: Cast, sql: Sql, said: list[Message], qtbot: QtBot
) -> None:
    """Two siblings in one frame can never both be one of them."""
    sql.execute(
        "UPDATE video_face_detections SET frame_timestamp = 7 WHERE id = ANY(%s)",
        [[cast.sure[0], cast.likely[0]]],
    )
    with qtbot.waitSignal(sheet.at.sheet_changed):
        sheet.page.refresh()
    sheet.at.cursor.go_to_face(cast.likely[0])
    sheet.painted()
    sheet.press(Key.Key_M)
    QTest.keyClicks(sheet.page.picker.field, "Ann")
    QTest.keyClick(sheet.page.picker.field, Key.Key_Return)
    sheet.settled()
    assert said[-1].text.startswith("Ann is in the frame at 0:07 already")
    assert {status for status, _ in sheet.who(*cast.likely)} == {Status.PENDING}


# ------------------------------------------------------------------------------- joining, splitting


def test_j_on_two_rows_joins_them_and_the_undo_parts_them(
    sheet: Sheet, cast: Cast, said: list[Message], sql: Sql, qtbot: QtBot
) -> None:
    sheet.press(Key.Key_Down, Key.Key_J)
    assert said[-1].text == "Go to the other row of this person and press J again."
    assert sheet.page.bar.buttons["cast_join"].text() == "join with this row"
    with qtbot.waitSignal(sheet.page.shaping.shaped):
        sheet.press(Key.Key_Down, Key.Key_J)
    sheet.settled()
    query = "SELECT count(DISTINCT joined), count(joined) FROM facereview.membership"
    assert sql.execute(query).fetchone() == (1, 3)
    assert not sheet.page.shaping.joining
    sheet.key(Key.Key_Z, ctrl=True)
    assert sql.execute(query).fetchone() == (0, 0)


def test_j_says_why_rows_are_two_people(
    sheet: Sheet, cast: Cast, said: list[Message], sql: Sql, qtbot: QtBot
) -> None:
    sql.execute(
        "UPDATE video_face_detections SET frame_timestamp = 7 WHERE id = ANY(%s)",
        [[cast.unknown[0], cast.likely[0]]],
    )
    with qtbot.waitSignal(sheet.at.sheet_changed):
        sheet.page.refresh()
    sheet.key(Key.Key_Down, Key.Key_J, Key.Key_Down, Key.Key_J)
    assert said[-1].text.startswith("One frame shows faces of both rows")
    assert sql.execute("SELECT count(*) FROM facereview.membership").fetchone() == (0,)


def test_escape_lets_no_row_wait_to_be_joined(sheet: Sheet) -> None:
    left: list[str] = []
    sheet.page.left.connect(left.append)
    sheet.press(Key.Key_J, Key.Key_Escape)
    assert not sheet.page.shaping.joining and not left
    sheet.press(Key.Key_Escape)
    assert left == ["videos"]


@pytest.mark.parametrize("untick", [True, False])
def test_k_splits_the_unticked_or_the_chosen_face_off(
    sheet: Sheet, cast: Cast, sql: Sql, qtbot: QtBot, untick: bool
) -> None:
    sheet.press(Key.Key_Down, Key.Key_Right)
    face = sheet.at.cursor.face
    assert face is not None
    if untick:
        sheet.press(Key.Key_Space, Key.Key_Left)
    with qtbot.waitSignal(sheet.page.shaping.shaped):
        sheet.press(Key.Key_K)
    sheet.settled()
    assert not sheet.at.cursor.unticked
    parted = [row[0] for row in sql.execute("SELECT detection_id FROM facereview.apart")]
    assert parted == [face.id]
    sheet.key(Key.Key_Z, ctrl=True)
    assert sql.execute("SELECT count(*) FROM facereview.apart").fetchone() == (0,)


def test_k_wants_faces_to_split_off(sheet: Sheet, said: list[Message]) -> None:
    sheet.key(Key.Key_K)
    assert said[-1].text == "Untick the faces that are somebody else, or choose one, and press K."


def test_a_decision_that_is_refused_is_shown_as_not_made(
    sheet: Sheet, cast: Cast, sql: Sql, qtbot: QtBot
) -> None:
    sheet.press(Key.Key_Down)
    sql.execute("DELETE FROM creators WHERE name = 'Bob'")
    with qtbot.waitSignal(sheet.at.decider.refused):
        sheet.press(Key.Key_Return)
        assert sheet.kinds()[1] is RowKind.DECIDED
    sheet.settled()
    assert RowKind.DECIDED not in sheet.kinds()
