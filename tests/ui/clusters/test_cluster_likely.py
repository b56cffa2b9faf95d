"""Digits on the Clusters page name the likely creators, and the pile of single faces."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from cluster_support import Guarded, Sql, go_to_cluster, rows, until
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from facereview.errors import DatabaseUnreachable
from facereview.records import SourceType, Suggestion
from facereview.review.clusters.records import SINGLES, Order
from facereview.store.store import Store
from facereview.ui.actions.digit_row import DigitRow, digit_of
from facereview.ui.clusters.controller import Zone
from facereview.ui.clusters.likely import ROW_HEIGHT, Offered
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.jobs.messages import Message
from facereview.ui.widgets.consequence_card import ConsequenceCard
from facereview.ui.wording.clusters import evidence_of, member_score
from support import Faces, direction

TOO_LOW = "The window is too small to show more creators: press M to type a name."

Key = Qt.Key
Press = Callable[..., None]


@pytest.fixture
def faces(clustered: Faces, store: Store) -> Faces:
    """Bob and Cleo are known too, from pictures that are less like the faces than Ann's."""
    for name, axis in (("Cleo", 3), ("Dora", 4)):
        creator = store.creators.find_or_add(name)
        vector = direction(axis)
        store.creators.add_reference(creator.id, vector, SourceType.MANUAL, None, 0.9)
    return clustered


def offered(page: ClusterPage) -> list[str]:
    """The names in the list, as they are shown."""
    model = page.panel.likely.offered
    return [str(model.index(row).data()) for row in range(model.rowCount())]


def looked_up(page: ClusterPage, qtbot: QtBot) -> None:
    until(qtbot, lambda: not page.controller.likely.busy)


def test_the_list_begins_with_whom_enter_means(page: ClusterPage, qtbot: QtBot) -> None:
    page.resize(1600, 950)
    assert offered(page)[0] == "Ann"
    looked_up(page, qtbot)
    assert offered(page)[0] == "Ann" and len(offered(page)) >= 3
    until(qtbot, lambda: page.panel.likely.height() == ROW_HEIGHT * len(offered(page)))
    scores = [one.similarity for one in page.controller.likely.offered(page.controller.current)]
    assert scores[1:] == sorted(scores[1:], reverse=True)


def test_a_move_shows_whom_is_known_at_once_and_then_the_others(
    page: ClusterPage, press: Press, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """It is not shown over and over while the other facts of the cluster come."""
    looked_up(page, qtbot)
    at, shown = page.controller, list[int]()
    until(qtbot, lambda: at.views.get(2) is not None and at.consequences.known is not None)
    show = page.panel.likely.show_offered

    def counted(found: Offered, *, sure: bool, more: bool = False) -> None:
        shown.append(len(found))
        show(found, sure=sure, more=more)

    monkeypatch.setattr(page.panel.likely, "show_offered", counted)
    press(Key.Key_Right)
    looked_up(page, qtbot)
    until(qtbot, lambda: at.consequences.known is not None)
    assert shown[-1] == len(offered(page)) > 0
    assert len(shown) <= 3


def test_a_digit_gives_faces_to_somebody_unlike_them_only_when_pressed_twice(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    looked_up(page, qtbot)
    why = page.panel.consequence_card.text
    second = page.controller.likely.offered(page.controller.current)[1].creator
    press(Key.Key_2)
    assert re.fullmatch(
        rf"4 faces have a similarity of only −?\.\d\d to {second.name}: "
        r"press 2 again to name them anyway\.",
        why.text(),
    )
    assert rows(sql, faces.ids[:4]) == [("pending", None)] * 4
    page.controller.members.tick(0, 0, on=False)  # now it is about other faces
    assert "are only" not in why.text()
    press(Key.Key_2)
    assert why.text().startswith("3 faces have a similarity of only")
    page.controller.members.tick(0, 0, on=True)
    press(Key.Key_2)
    assert why.text().startswith("4 faces have a similarity of only")
    assert rows(sql, faces.ids[:4]) == [("pending", None)] * 4
    press(Key.Key_2)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("matched", second.id)] * 4)
    assert page.controller.wall_loader.order is Order.PAYOFF


def test_one_is_the_suggestion_at_once(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_1)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("matched", faces.ann.id)] * 4)


def test_a_digit_without_a_creator_decides_nothing(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    looked_up(page, qtbot)
    press(Key.Key_9)
    assert said[-1].text == "There is no suggestion with that number."
    assert rows(sql, faces.ids[:4]) == [("pending", None)] * 4


def test_a_digit_counts_only_for_what_is_shown(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    looked_up(page, qtbot)
    page.resize(1280, 620)
    until(qtbot, lambda: len(offered(page)) == 2)
    press(Key.Key_3)
    assert said[-1].text == TOO_LOW
    press(Key.Key_9)
    assert said[-1].text == "There is no suggestion with that number."
    assert rows(sql, faces.ids[:4]) == [("pending", None)] * 4


def test_digits_name_creators_in_the_lowest_window_too(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    looked_up(page, qtbot)
    likely = page.panel.likely
    page.setMinimumSize(1, 1)  # in the window it is as low as the window, whatever it wants
    page.resize(883, 465)  # what is left of 960 x 500
    until(qtbot, lambda: len(offered(page)) == 2 and likely.height() == ROW_HEIGHT)
    shown = [likely.visualRect(likely.offered.index(row, 0)) for row in range(2)]
    assert all(likely.viewport().rect().contains(rect) for rect in shown)
    assert shown[0].right() < shown[1].left()
    press(Key.Key_3)
    assert said[-1].text == TOO_LOW
    second = page.controller.likely.offered(page.controller.current)[1].creator
    press(Key.Key_2, Key.Key_2)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("matched", second.id)] * 4)
    page.resize(1600, 950)
    until(qtbot, lambda: likely.height() == ROW_HEIGHT * len(offered(page)) > 2 * ROW_HEIGHT)


def test_a_lookup_that_fails_is_said_and_tried_again(
    page: ClusterPage, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    looked_up(page, qtbot)
    likely, clusters = page.controller.likely, page.controller.desk
    assert isinstance(clusters, Guarded)
    clusters.faults["likely"] = DatabaseUnreachable("The database is out of reach.")
    go_to_cluster(page, 2, qtbot)
    until(qtbot, lambda: not likely.busy)
    assert not offered(page)
    del clusters.faults["likely"]
    press(Key.Key_2)
    assert said[-1].text == (
        "Other likely creators could not be looked up and are tried again: "
        "The database is out of reach."
    )
    until(qtbot, lambda: len(offered(page)) >= 2)


def test_what_could_not_be_looked_up_is_looked_up_when_it_is_at_hand_again(
    page: ClusterPage, qtbot: QtBot
) -> None:
    looked_up(page, qtbot)
    likely, clusters = page.controller.likely, page.controller.desk
    assert isinstance(clusters, Guarded)
    clusters.faults["likely"] = DatabaseUnreachable("The database is out of reach.")
    go_to_cluster(page, 2, qtbot)
    until(qtbot, lambda: bool(likely.fault))
    del clusters.faults["likely"]
    go_to_cluster(page, 1, qtbot)
    go_to_cluster(page, 2, qtbot)
    until(qtbot, lambda: len(offered(page)) >= 2)


def test_who_else_is_still_looked_up_is_named_by_no_digit(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    clusters = page.controller.desk
    assert isinstance(clusters, Guarded)
    go_to_cluster(page, 2, qtbot)
    clusters.faults["likely"] = AssertionError("asked for")
    press(Key.Key_2)
    assert said[-1].text == "Other likely creators are still being looked up."
    del clusters.faults["likely"]
    looked_up(page, qtbot)
    assert rows(sql, faces.ids[4:7]) == [("pending", None)] * 3


def test_a_new_person_may_be_somebody_known_after_all(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    go_to_cluster(page, 2, qtbot)
    looked_up(page, qtbot)
    first = page.controller.likely.offered(page.controller.current)[0].creator
    assert offered(page)[0] == first.name
    press(Key.Key_1)
    assert rows(sql, faces.ids[4:7]) == [("pending", None)] * 3
    press(Key.Key_1)
    until(qtbot, lambda: rows(sql, faces.ids[4:7]) == [("matched", first.id)] * 3)


def test_in_the_pile_a_digit_names_the_face_at_hand(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, said: list[Message], qtbot: QtBot
) -> None:
    go_to_cluster(page, SINGLES, qtbot)
    press(Key.Key_1)
    assert "Choose a face" in said[-1].text
    assert page.controller.zone is Zone.FACES
    looked_up(page, qtbot)
    first = page.controller.likely.offered(page.controller.current)[0].creator
    press(Key.Key_1)
    until(qtbot, lambda: rows(sql, faces.ids[9:]) == [("matched", first.id)])


def test_the_pile_shows_its_next_faces_and_no_likeness(page: ClusterPage, qtbot: QtBot) -> None:
    at = page.controller
    until(qtbot, lambda: bool(at.covers.cover(SINGLES)))
    go_to_cluster(page, SINGLES, qtbot)
    view = at.view
    assert view is not None
    assert at.covers.cover(SINGLES)[0].face == view.members[0].face
    assert evidence_of(view.cluster) == "each unlike any other"
    assert page.panel.evidence.text() == "each unlike any other"
    until(qtbot, lambda: at.consequences.known is not None)
    card = page.panel.findChild(ConsequenceCard)
    assert card is not None and not card.weakest.isVisible()
    assert not card.caption.isVisible()
    assert all(member_score(m) != "1.00" for m in view.members)


def key_event(code: int, key: Qt.Key, *, shift: bool) -> QKeyEvent:
    modifiers = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, code, 0, 0, "&")


@pytest.mark.parametrize(("platform", "first"), [("linux", 10), ("win32", 2)])
def test_a_digit_is_known_by_its_place(platform: str, first: int) -> None:
    assert digit_of(key_event(first, Key.Key_Ampersand, shift=False), platform) == 1
    assert digit_of(key_event(first + 8, Key.Key_9, shift=True), platform) == 9
    assert digit_of(key_event(first + 9, Key.Key_0, shift=False), platform) is None
    assert digit_of(key_event(0, Key.Key_1, shift=False), platform) is None


def test_digits_written_with_shift_do_the_same(qtbot: QtBot) -> None:
    """As on a French keyboard: "&" is on the key of 1, and Shift writes the digit."""
    window, did = QWidget(), list[str]()
    qtbot.addWidget(window)
    for keys in ("1", "Shift+1"):
        action = QAction(keys, window)
        action.setShortcut(keys)
        action.triggered.connect(lambda _on=False, keys=keys: did.append(keys))
        window.addAction(action)
    DigitRow(window)
    window.show()
    handle = window.windowHandle()
    assert handle is not None
    for key, shift in ((Key.Key_Ampersand, False), (Key.Key_1, True), (Key.Key_Exclam, True)):
        QApplication.sendEvent(handle, key_event(10, key, shift=shift))
    assert did == ["1", "Shift+1", "Shift+1"]


def test_by_mean_drops_what_is_no_number() -> None:
    from facereview.records import Creator  # noqa: PLC0415
    from facereview.review.clusters.views import by_mean  # noqa: PLC0415

    found = [Suggestion(Creator(n, str(n)), 0.5, None, ()) for n in (1, 2, 3)]
    made = by_mean(found, {1: 0.2, 2: float("nan"), 3: 0.6})
    assert [(one.creator.id, one.similarity) for one in made] == [(3, 0.6), (1, 0.2)]
    assert made[0].margin == pytest.approx(0.4) and made[1].margin is None
