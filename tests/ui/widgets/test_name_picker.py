"""Typing a name on the pages and in the dialogs: what Enter does, and that it says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest
from cluster_support import Sql, go_to_cluster, rows, until
from creators_support import creators_page, done, press, settled
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from review_support import CREATORS, NotedDesk, idle

from facereview.errors import DatabaseUnreachable, Remedy
from facereview.records import Status
from facereview.review.creators.names import Found, Names
from facereview.review.library.opening import OpenLibrary
from facereview.store.store import Store
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.dialogs import (
    KnownPersonDialog,
    MergeDialog,
    NewPersonDialog,
    WhoDialog,
)
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.name_picker import NamePicker
from facereview.ui.widgets.name_rows import NOTE
from support import Faces

Key = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
CAST = (
    "amy raj stuart howard sheldon leonard penny bernadette emily leslie priya wil bert barry "
    "alex zack olga pierre ivan"
).split()


@dataclass
class Typist:
    """Types into a name field."""

    picker: NamePicker

    def type(self, text: str) -> None:
        """Type a text over what is there."""
        assert self.picker.field.hasFocus()
        self.picker.field.selectAll()
        if text.isascii():
            QTest.keyClicks(self.picker.field, text)
        else:  # for other letters QTest knows no keys
            self.picker.field.insert(text)
        assert self.picker.names.answer.text == text

    def press(self, *keys: Qt.Key, shift: bool = False) -> None:
        """Press keys in the field."""
        for key in keys:
            modifier = SHIFT if shift else Qt.KeyboardModifier.NoModifier
            QTest.keyClick(self.picker.field, key, modifier)

    @property
    def rows(self) -> list[str]:
        """What the rows say."""
        names = self.picker.names
        return [str(names.index(row).data()) for row in range(names.rowCount())]

    @property
    def lines(self) -> tuple[str, str]:
        """What Enter and Shift+Enter do, as it is said."""
        enter, shifted = self.picker.popup.lines
        return enter.text(), shifted.text()

    @property
    def said(self) -> tuple[str, str]:
        """What else is said, and what is asked."""
        return self.picker.popup.state.text(), self.picker.popup.question.text()


@pytest.fixture
def cast(clustered: Faces, store: Store) -> Faces:
    """With Ann and Bob 21 creators."""
    for name in CAST:
        store.creators.find_or_add(name)
    return clustered


@pytest.fixture
def clusters(cast: Faces, cluster_page: ClusterPage) -> ClusterPage:
    """The Clusters page of that library."""
    return cluster_page


@pytest.fixture
def review(page: ReviewPage) -> Typist:
    """Review's name field, being typed into."""
    QTest.keyClick(page, Key.Key_M)
    return Typist(page.picker)


def test_a_new_full_name_is_created_by_the_second_enter_and_gives_nobody_the_faces(
    clusters: ClusterPage, cast: Faces, sql: Sql, qtbot: QtBot
) -> None:
    """As seen: "Name these 36 faces", William Hernandez, Enter - and all of them were amy."""
    go_to_cluster(clusters, 2, qtbot)
    QTest.keyClick(clusters, Key.Key_Return)
    until(qtbot, clusters.picker.field.hasFocus)
    typist = Typist(clusters.picker)
    typist.type("William Hernandez")
    assert clusters.picker.popup.highlighted() is None
    assert typist.lines == ("go to create “William Hernandez”", "create “William Hernandez”")
    assert typist.said == ("No creator has this name.", "")
    typist.press(Key.Key_Return)
    assert typist.lines == ("create “William Hernandez”", "")
    assert "Enter: create “William Hernandez”" in clusters.picker.field.accessibleDescription()
    assert rows(sql, cast.ids[4:7]) == [("pending", None)] * 3
    typist.press(Key.Key_Return)
    until(qtbot, lambda: {s for s, _ in rows(sql, cast.ids[4:7])} == {"manual"})
    found = sql.execute(
        "SELECT name FROM creators WHERE id = %s", (rows(sql, cast.ids[4:5])[0][1],)
    ).fetchone()
    assert found == ("William Hernandez",)


def test_whoever_is_new_can_be_typed_at_once(
    clusters: ClusterPage, cast: Faces, sql: Sql, qtbot: QtBot
) -> None:
    go_to_cluster(clusters, 2, qtbot)
    QTest.keyClick(clusters, Key.Key_M)
    until(qtbot, clusters.picker.field.hasFocus)
    typist = Typist(clusters.picker)
    typist.type("Zoe Saldaña")
    typist.press(Key.Key_Return, shift=True)
    until(qtbot, lambda: {s for s, _ in rows(sql, cast.ids[4:7])} == {"manual"})
    go_to_cluster(clusters, 3, qtbot)
    until(qtbot, lambda: knows(clusters.picker._known, "Zoe Saldaña"))
    QTest.keyClick(clusters, Key.Key_M)
    until(qtbot, clusters.picker.field.hasFocus)
    assert typist.rows[0] == "Zoe Saldaña"  # named last, though nothing is typed
    typist.type("sald")
    assert typist.lines == ("Zoe Saldaña", "create “sald”")


def test_enter_says_whom_it_takes_and_shift_enter_whom_it_creates(review: Typist) -> None:
    review.type("shel")
    assert review.lines == ("Sheldon", "create “shel”")
    assert review.picker.popup.highlighted() == 0
    review.press(Key.Key_Down)
    assert review.lines == ("create “shel”", "")
    review.press(Key.Key_Up)
    assert review.lines == ("Sheldon", "create “shel”")


def test_without_a_text_enter_takes_nobody(review: Typist, page: ReviewPage) -> None:
    assert len(review.rows) == 5
    assert review.picker.popup.highlighted() is None
    assert review.lines == ("", "")
    review.press(Key.Key_Return)
    review.press(Key.Key_Return, shift=True)
    assert page.picker.field.hasFocus()
    review.press(Key.Key_Down)
    assert review.lines == (review.rows[0], "")


@pytest.mark.parametrize("typed", ["Sheldón", "sheldo", "Shelton", "She ldon"])
def test_creating_somebody_of_nearly_a_known_name_asks_first(
    review: Typist, page: ReviewPage, desk: NotedDesk, qtbot: QtBot, typed: str
) -> None:
    review.type(typed)
    review.press(Key.Key_Return, shift=True)
    assert review.said[1] == "The same as “Sheldon”?"
    assert review.rows == ["yes: Sheldon", f"no: create “{typed}”"]
    assert (review.picker.popup.highlighted(), review.lines) == (None, ("", ""))
    review.press(Key.Key_Return)
    review.press(Key.Key_Return, shift=True)
    assert desk.intents == []  # neither answer is given by a key that was meant for something else
    review.press(Key.Key_Down, Key.Key_Down)
    assert review.lines == (f"create “{typed}”", "")
    review.press(Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert desk.intents[0].new_name == typed


def test_the_question_is_answered_with_yes_by_the_keyboard_too(
    review: Typist, page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    review.type("Shelton")
    review.press(Key.Key_Return)
    assert review.lines == ("create “Shelton”", "")
    review.press(Key.Key_Return)
    review.press(Key.Key_Down, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert desk.face(1).creator_name == "Sheldon"


def test_escape_leads_out_of_the_question_of_the_text_and_of_the_field(
    review: Typist, page: ReviewPage, desk: NotedDesk
) -> None:
    review.type("Shelton")
    review.press(Key.Key_Return, shift=True)
    review.press(Key.Key_Escape)
    assert (review.said[1], page.picker.field.text()) == ("", "Shelton")
    review.press(Key.Key_Escape)
    assert (page.picker.field.text(), page.picker.field.hasFocus()) == ("", True)
    review.press(Key.Key_Escape)
    assert (page.hasFocus(), page.picker.popup.isVisible()) == (True, False)
    assert desk.intents == []


def test_misspellings_are_offered_apart(review: Typist) -> None:
    review.type("Lenoard")
    assert review.rows == ["create “Lenoard”", "Leonard"]
    assert review.picker.names.index(1).data(NOTE)[0] == "did you mean"
    assert review.picker.popup.highlighted() is None


def test_rows_say_how_many_faces_carry_the_name(
    review: Typist, page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: bool(review.picker.names.index(0).data(NOTE)))
    assert review.picker.names.index(0).data(NOTE) == ("0 faces",)


def test_those_named_last_come_first_while_nothing_is_typed(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    for number, name in enumerate(("raj", "leo"), 1):
        QTest.keyClick(page, Key.Key_M)
        Typist(page.picker).type(name)
        Typist(page.picker).press(Key.Key_Return)
        idle(page, desk, qtbot, number)
    QTest.keyClick(page, Key.Key_3)  # Stuart
    idle(page, desk, qtbot, 3)
    QTest.keyClick(page, Key.Key_M)
    assert Typist(page.picker).rows[:3] == ["Stuart", "Leonard", "Raj"]
    assert {r.found for r in page.picker.names.answer.rows} == {Found.RECENT}


def test_names_that_are_read_again_move_no_row_that_is_looked_at(
    review: Typist, page: ReviewPage, desk: NotedDesk, lanes: Lanes, qtbot: QtBot
) -> None:
    review.type("s")
    before = (review.rows, review.picker.popup.highlighted())
    desk.outside.creators.find_or_add("S")
    known(page).look()
    qtbot.waitUntil(lambda: knows(known(page), "S"))
    assert (review.rows, review.picker.popup.highlighted()) == before
    review.type("s")
    assert review.rows[0] == "S"


def test_a_name_does_not_go_to_a_face_that_came_to_hand_meanwhile(
    review: Typist, page: ReviewPage, desk: NotedDesk, said: list[Message]
) -> None:
    review.type("raj")
    page.controller.go_to(3)
    review.press(Key.Key_Return)
    assert desk.intents == []
    assert said[-1].text == "The faces changed while you typed, so no face was named."


def test_a_name_typed_right_after_undo_goes_to_the_face_that_comes_back(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    QTest.keyClick(page, Key.Key_X)
    idle(page, desk, qtbot, 1)
    desk.gate.clear()
    QTest.keyClick(page, Key.Key_Z, CTRL)
    QTest.keyClick(page, Key.Key_M)
    Typist(page.picker).type("raj")
    Typist(page.picker).press(Key.Key_Return)
    desk.gate.set()
    idle(page, desk, qtbot, 2)
    assert desk.face(1).creator_name == "Raj"
    assert desk.face(2).state.status is Status.PENDING


def test_a_name_for_which_no_typing_began_goes_to_nobody(
    review: Typist, page: ReviewPage, desk: NotedDesk, qtbot: QtBot, said: list[Message]
) -> None:
    review.type("raj")
    review.press(Key.Key_Return)
    idle(page, desk, qtbot, 1)
    page.picker.chosen.emit(CREATORS[3])
    page.picker.created.emit("Zoltan")
    assert len(desk.intents) == 1
    refused = "The faces changed while you typed, so no face was named."
    assert [one.text for one in said] == [refused] * 2


def test_on_clusters_too_a_name_for_which_no_typing_began_goes_to_nobody(
    cluster_page: ClusterPage, clustered: Faces, sql: Sql, said: list[Message]
) -> None:
    cluster_page.picker.chosen.emit(clustered.bob)
    assert said[-1].text == "The faces changed while you typed, so no face was named."
    assert set(rows(sql, clustered.ids)) == {("pending", None)}
    cluster_page.picker.opened.emit()
    cluster_page.picker.chosen.emit(clustered.bob)
    assert len(said) == 1


def test_a_click_takes_a_row(
    review: Typist, page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    review.type("s")
    row = page.picker.names.index(1)
    qtbot.waitUntil(lambda: page.picker.popup.list.visualRect(row).height() > 0)
    at = page.picker.popup.list.visualRect(row).center()
    QTest.mouseClick(page.picker.popup.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    idle(page, desk, qtbot, 1)
    assert desk.face(1).creator_name == "Stuart"


def test_a_row_that_is_pressed_and_not_clicked_is_what_enter_takes_and_says(
    review: Typist, page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    """The mouse goes down on a row and is let go somewhere else."""
    review.type("s")
    rows, view = page.picker.names, page.picker.popup.list.viewport()
    row = page.picker.popup.list.visualRect(rows.index(1))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=row.center())
    assert review.lines[0] == "Stuart"
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(-50, -50))
    assert (page.picker.popup.highlighted(), review.lines[0]) == (1, "Stuart")
    assert "Enter: Stuart" in page.picker.field.accessibleDescription()
    review.press(Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert desk.face(1).creator_name == "Stuart"


def test_undo_is_the_fields_own_only_while_there_is_text(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    QTest.keyClick(page, Key.Key_M)
    typist = Typist(page.picker)
    typist.type("raj")
    typist.press(Key.Key_Return)
    idle(page, desk, qtbot, 1)
    QTest.keyClick(page, Key.Key_M)
    QTest.keyClick(page.picker.field, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: desk.face(1).state.status is Status.PENDING)
    assert page.picker.field.text() == ""
    QTest.keyClick(page, Key.Key_M)
    typist.type("leo")
    kept = len(desk.kept)
    QTest.keyClick(page.picker.field, Key.Key_Z, CTRL)
    assert page.picker.field.text() != "leo"
    assert len(desk.kept) == kept


def test_while_the_library_is_out_of_reach_the_field_says_why_and_what_to_do(
    page: ReviewPage, desk: NotedDesk, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def fail(_stamp: str) -> Names:
        raise DatabaseUnreachable("The database is out of reach", Remedy.START_SERVER)

    known(page).index = None
    monkeypatch.setattr(desk.names, "names", fail)
    QTest.keyClick(page, Key.Key_M)
    sentence = (
        "The database is out of reach: start its server, or choose another library in Settings."
    )
    qtbot.waitUntil(lambda: page.picker.popup.state.text() == sentence)
    QTest.keyClicks(page.picker.field, "raj")
    QTest.keyClick(page.picker.field, Key.Key_Return)
    assert desk.intents == []


def knows(names: KnownNames, name: str) -> bool:
    return names.index is not None and names.index.called(name) is not None


def known(page: ReviewPage) -> KnownNames:
    return page.picker._known


# ----------------------------------------------------------------------------------- the dialogs


@pytest.fixture
def creators(
    library: OpenLibrary, store: Store, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[CreatorsPage]:
    for name in ("Katie Hill", "Zoë Martin"):
        store.creators.find_or_add(name)
    with creators_page(library, lanes, messages, qtbot) as made:
        made.show()
        qtbot.waitUntil(lambda: made.view.model.rowCount() == 2)
        settled(made)
        yield made


def names(sql: psycopg.Connection[tuple[str]]) -> list[str]:
    return [row[0] for row in sql.execute("SELECT name FROM creators ORDER BY id").fetchall()]


def test_the_dialog_for_somebody_new_asks_about_nearly_the_same_name(
    creators: CreatorsPage, qtbot: QtBot, sql: Sql
) -> None:
    press(creators, Key.Key_N, CTRL)
    dialog = creators.dialogs.open
    assert isinstance(dialog, NewPersonDialog)
    qtbot.waitUntil(dialog.name.hasFocus)
    typist = Typist(dialog.picker)
    typist.type("Zoe Martin")
    assert typist.lines[0] == "Zoë Martin"
    dialog.verb.click()
    assert typist.said[1] == "The same as “Zoë Martin”?"
    typist.press(Key.Key_Down, Key.Key_Down)
    done(creators, qtbot, lambda: typist.press(Key.Key_Return))
    assert names(sql) == ["Katie Hill", "Zoë Martin", "Zoe Martin"]


def test_somebody_known_who_is_typed_as_new_is_shown_instead(
    creators: CreatorsPage, qtbot: QtBot, sql: Sql
) -> None:
    creators.controller.show(
        creators.view.model.index(0, 0).data(Qt.ItemDataRole.UserRole).creator.id
    )
    press(creators, Key.Key_N, CTRL)
    dialog = creators.dialogs.open
    assert isinstance(dialog, NewPersonDialog)
    qtbot.waitUntil(dialog.name.hasFocus)
    typist = Typist(dialog.picker)
    typist.type("zoë")
    typist.press(Key.Key_Return)
    assert creators.dialogs.open is None
    qtbot.waitUntil(lambda: creators.view.panel.head.name.text() == "Zoë Martin")
    assert len(names(sql)) == 2


def test_a_rename_to_nearly_another_name_takes_a_second_press(
    creators: CreatorsPage, qtbot: QtBot, sql: Sql
) -> None:
    creators.view.list.first()
    settled(creators)
    press(creators, Key.Key_F2)
    dialog = creators.dialogs.open
    assert isinstance(dialog, KnownPersonDialog)
    dialog.name.setText("Zoe Martin")
    dialog.verb.click()
    assert dialog.fault.text() == "The same as Zoë Martin? If not, press Save again."
    assert names(sql) == ["Katie Hill", "Zoë Martin"]
    done(creators, qtbot, dialog.verb.click)
    assert names(sql) == ["Zoe Martin", "Zoë Martin"]


def test_ctrl_enter_held_down_asks_about_nearly_another_name_and_does_not_agree(
    creators: CreatorsPage, qtbot: QtBot, sql: Sql
) -> None:
    creators.view.list.first()
    settled(creators)
    press(creators, Key.Key_F2)
    dialog = creators.dialogs.open
    assert isinstance(dialog, KnownPersonDialog)
    dialog.name.setText("Zoe Martin")
    (saves,) = dialog.findChildren(QShortcut)
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    QTest.keyClick(dialog.about, Key.Key_Return, CTRL)
    assert dialog.fault.text() == "The same as Zoë Martin? If not, press Save again."
    assert not saves.autoRepeat()
    assert names(sql) == ["Katie Hill", "Zoë Martin"]


@pytest.mark.parametrize("kind", [WhoDialog, MergeDialog])
def test_a_dialog_with_a_name_field_closes_at_the_first_escape(
    creators: CreatorsPage, qtbot: QtBot, kind: type[WhoDialog | MergeDialog]
) -> None:
    person = creators.view.model.row(0)
    assert person is not None
    ask: dict[object, Callable[[], None]] = {
        WhoDialog: lambda: creators.dialogs.split(person.creator, []),
        MergeDialog: lambda: creators.dialogs.merge(person.creator),
    }
    for typed in ("", "zo"):
        ask[kind]()
        dialog = creators.dialogs.open
        assert isinstance(dialog, kind)
        qtbot.waitUntil(dialog.picker.field.hasFocus)
        QTest.keyClicks(dialog.picker.field, typed)
        QTest.keyClick(dialog.picker.field, Key.Key_Escape)
        assert not dialog.isVisible()
        assert creators.dialogs.open is None


def test_merging_takes_only_somebody_known(creators: CreatorsPage, qtbot: QtBot) -> None:
    person = creators.view.model.row(0)
    assert person is not None
    creators.dialogs.merge(person.creator)
    dialog = creators.dialogs.open
    assert isinstance(dialog, MergeDialog)
    qtbot.waitUntil(dialog.picker.field.hasFocus)
    typist = Typist(dialog.picker)
    typist.type("Somebody New")
    assert (typist.rows, typist.lines) == ([], ("", ""))
    assert typist.said[0] == "No creator has this name: choose one."
    typist.press(Key.Key_Return)
    typist.press(Key.Key_Return, shift=True)
    assert dialog.isVisible()
    typist.type("zoe")
    assert typist.lines == ("Zoë Martin", "")
    typist.press(Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.preview is not None)
