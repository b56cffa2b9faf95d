"""All faces like one: pending and decided apart, decided with the keys of every other page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from ui_support import MemoryPixels, known_names

from facereview.errors import NotFound
from facereview.records import RejectReason, Status
from facereview.review.clusters.records import Care
from facereview.review.colleagues import News
from facereview.review.creators.desk import NamesDesk
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.library.alike import LibraryAlike
from facereview.review.library.opening import OpenLibrary
from facereview.store.store import Store
from facereview.ui.actions.table import ACTIONS
from facereview.ui.alike.controller import AlikeStage
from facereview.ui.alike.model import Tile
from facereview.ui.alike.page import AlikePage
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.widgets.rows_model import ROW
from support import Faces, make_faces, pack

Key, SHIFT = Qt.Key, Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier

no_grabbing = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
"""A menu that is open off screen."""


@pytest.fixture
def faces(store: Store) -> Faces:
    """Eight faces: two are Ann's, one is rejected."""
    faces = make_faces(store, 8)
    decisions = Decisions(store, "me")
    decisions.apply(faces.accept(6, 7))
    decisions.apply(Intent(Kind.REJECT, faces.seen(5), reason=RejectReason.STRANGER))
    return faces


@pytest.fixture
def page(
    faces: Faces, library: OpenLibrary, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[AlikePage]:
    store = library.store()
    decider = Decider(library.desk(store), lanes.database, lanes.journal)
    names = known_names(NamesDesk(library.store()), lanes)
    made = AlikePage(
        LibraryAlike(library),
        names=names,
        decider=decider,
        lanes=lanes,
        pixels=MemoryPixels(),
        messages=messages,
    )
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    qtbot.waitUntil(lambda: names.index is not None)
    yield made
    lanes.shutdown()


def tiles(page: AlikePage) -> list[Tile]:
    model = page.controller.model
    return [tile for row in range(model.rowCount()) if (tile := model.tile(row)) is not None]


def shown(page: AlikePage) -> list[int]:
    return [tile.id for tile in tiles(page)]


def opened(page: AlikePage, face: int, qtbot: QtBot, *, person: bool = False) -> None:
    """Open the page and wait until all that is seen of it is read."""
    page.open(face, origin="review", person=person)
    qtbot.waitUntil(lambda: page.controller.stage is AlikeStage.FACES)
    read(page, qtbot)


def read(page: AlikePage, qtbot: QtBot) -> None:
    model = page.controller.model

    def known() -> bool:
        tiles: list[Any] = [model.data(model.index(row, 0), ROW) for row in range(model.rowCount())]
        return all(tile.shown is not None for tile in tiles)

    qtbot.waitUntil(known)


def press(
    page: AlikePage,
    qtbot: QtBot,
    key: Qt.Key,
    how: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press a key once all that it applies to is painted."""
    model = page.controller.model
    qtbot.waitUntil(lambda: all(map(model.sight.shows, model.targets())))
    QTest.keyClick(page, key, how)


def typed(page: AlikePage, name: str, qtbot: QtBot) -> None:
    """Type a name for the faces, and press Enter once."""
    press(page, qtbot, Key.Key_M)
    qtbot.waitUntil(page.picker.field.hasFocus)
    QTest.keyClicks(page.picker.field, name)
    QTest.keyClick(page.picker.field, Key.Key_Return)


def target(page: AlikePage) -> str:
    """Whom Enter names."""
    creator = page.controller.target
    return creator.name if creator else ""


def careless(page: AlikePage) -> None:
    """No key for several faces of the person asked about is pressed twice."""
    at = page.controller
    assert at.found is not None
    at.found = replace(at.found, care=Care(9, -2.0))


def test_every_action_of_the_table_is_handled(page: AlikePage) -> None:
    own = {spec.id for spec in ACTIONS if spec.page == "alike"}
    assert {name for name in page._handlers if not name.startswith("faces_")} == own


def test_pending_and_decided_faces_are_apart_and_in_order(
    page: AlikePage, faces: Faces, store: Store, qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)
    vectors = store.faces.vectors(faces.ids)
    order = sorted(faces.ids[1:], key=lambda face: -float(vectors[face] @ vectors[faces.ids[0]]))
    assert shown(page) == [face for face in order if face not in faces.ids[5:]]
    assert (page.controller.model.pending, page.controller.model.decided) == (4, 3)
    page.show_half(pending=False)
    assert shown(page) == [face for face in order if face in faces.ids[5:]]
    press(page, qtbot, Key.Key_N)
    press(page, qtbot, Key.Key_Escape)
    page.show_half(pending=True)
    with qtbot.waitSignal(page.left) as left:
        press(page, qtbot, Key.Key_Escape)
    assert left.args == ["review"]


def test_several_faces_are_named_at_the_second_press_and_undone_as_one(
    page: AlikePage, faces: Faces, qtbot: QtBot
) -> None:
    opened(page, faces.ids[6], qtbot)
    at, model = page.controller, page.controller.model
    assert at.target is not None
    assert at.target.name == "Ann"
    press(page, qtbot, Key.Key_Space)
    press(page, qtbot, Key.Key_Right, SHIFT)
    chosen = [tile.id for tile in model.targets()]
    assert len(chosen) == 2
    assert "2 faces ticked" in page.bar.said.text()
    at.found = at.found and type(at.found)(  # as if every key for several were pressed twice
        at.found.probe, at.found.creator, at.found.person, at.found.ids, at.found.similarities,
        at.found.pending, type(at.found.care)(1, 0.0),
    )  # fmt: skip
    press(page, qtbot, Key.Key_Return)
    assert page.bar.said.text() == "Press again: 2 faces become Ann."
    with qtbot.waitSignal(at.decider.came):
        press(page, qtbot, Key.Key_Return)
    assert not set(chosen) & set(shown(page))
    assert {faces.store.faces.get(chosen)[i].state.creator_id for i in chosen} == {faces.ann.id}
    qtbot.waitUntil(lambda: model.decided == 4)
    with qtbot.waitSignal(at.decider.reverted):
        press(page, qtbot, Key.Key_Z, CTRL)
    qtbot.waitUntil(lambda: set(chosen) <= set(shown(page)))
    assert {faces.store.faces.get(chosen)[i].state.status for i in chosen} == {Status.PENDING}


def test_one_face_is_named_denied_rejected_and_promoted(
    page: AlikePage, faces: Faces, store: Store, said: list[Message], qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)
    at = page.controller
    press(page, qtbot, Key.Key_Return)
    assert "press M and type a name" in said[-1].text
    press(page, qtbot, Key.Key_M)
    qtbot.waitUntil(page.picker.field.hasFocus)
    QTest.keyClicks(page.picker.field, "bob")
    named = shown(page)[0]
    with qtbot.waitSignal(at.decider.came):
        QTest.keyClick(page.picker.field, Key.Key_Return)
    assert store.faces.get([named])[named].creator_name == "Bob"
    qtbot.waitUntil(lambda: at.target is not None)  # the next Enter names Bob too
    denied = shown(page)[0]
    with qtbot.waitSignal(at.decider.came):
        press(page, qtbot, Key.Key_N)
    assert store.search.denied([denied]) == {denied: [faces.bob.id]}
    model = page.controller.model
    qtbot.waitUntil(lambda: [t.id for t in tiles(page) if t.denied] == [denied])
    rejected = shown(page)[1]  # the next face is at hand then
    with qtbot.waitSignal(at.decider.came):
        press(page, qtbot, Key.Key_X)
    assert store.faces.get([rejected])[rejected].state.status is Status.REJECTED
    page.show_half(pending=False)
    read(page, qtbot)
    model.go_to(shown(page).index(faces.ids[6]))
    with qtbot.waitSignal(at.promoted):
        press(page, qtbot, Key.Key_T)
    assert said[-1].text == "1 reference was made."
    model.go_to(shown(page).index(named))
    with qtbot.waitSignal(at.promoted):  # Ann looks more like it than Bob
        press(page, qtbot, Key.Key_T)
    assert said[-1].text.startswith("1 face was left out")
    press(page, qtbot, Key.Key_X)  # a decided face changes at the second press only
    assert "decided, which this replaces" in page.bar.said.text()
    assert store.faces.get([named])[named].creator_name == "Bob"


def test_a_face_that_somebody_else_decided_leaves_the_pending_ones(
    page: AlikePage, faces: Faces, qtbot: QtBot
) -> None:
    opened(page, faces.ids[6], qtbot, person=True)
    assert page.controller.found is not None
    assert page.controller.found.person
    taken = shown(page)[0]
    place = faces.ids.index(taken)
    Decisions(faces.store, "somebody else").apply(faces.accept(place, creator=faces.bob))
    with qtbot.waitSignal(page.controller.decider.came):
        press(page, qtbot, Key.Key_Return)
    qtbot.waitUntil(lambda: page.controller.model.decided == 3)
    assert faces.store.faces.get([taken])[taken].creator_name == "Bob"


def test_the_cursor_stays_on_its_face_while_others_leave_and_return(
    page: AlikePage, faces: Faces, qtbot: QtBot
) -> None:
    opened(page, faces.ids[6], qtbot)
    at, model = page.controller, page.controller.model
    first, _second, third, fourth = shown(page)[:4]
    model.go_to(2)
    other = History(faces.store, "somebody else", pack)
    other.apply(faces.accept(faces.ids.index(first), creator=faces.bob))
    at.read([first])
    qtbot.waitUntil(lambda: model.decided == 3)
    assert [tile.id for tile in model.targets()] == [third]
    other.apply(Intent(Kind.UNDO))
    at.read([first])
    qtbot.waitUntil(lambda: model.decided == 2)
    assert [tile.id for tile in model.targets()] == [third]
    other.apply(faces.accept(faces.ids.index(third), creator=faces.bob))
    at.read([third])
    qtbot.waitUntil(lambda: model.decided == 3)
    assert [tile.id for tile in model.targets()] == [fourth]


def test_a_key_decides_no_face_that_was_not_painted_at_hand(
    page: AlikePage, faces: Faces, said: list[Message], qtbot: QtBot
) -> None:
    opened(page, faces.ids[6], qtbot)
    at, model = page.controller, page.controller.model
    taken, following = tiles(page)[:2]
    assert taken.shown is not None
    model.go_to(1)
    model.go_to(0)
    qtbot.waitUntil(lambda: all(map(model.sight.shows, tiles(page))))
    state = replace(taken.shown.face.state, status=Status.REJECTED)
    now = replace(taken.shown, face=replace(taken.shown.face, state=state))
    model.learn([taken.id], {taken.id: now})  # a colleague was faster
    assert [tile.id for tile in model.targets()] == [following.id]
    QTest.keyClick(page, Key.Key_Return)
    assert said[-1].text == "These faces are still being read: press again."
    assert faces.store.faces.get([following.id])[following.id].state.status is Status.PENDING
    with qtbot.waitSignal(at.decider.came):
        press(page, qtbot, Key.Key_Return)
    assert faces.store.faces.get([following.id])[following.id].creator_name == "Ann"


def test_a_face_whose_video_is_away_can_be_decided(
    page: AlikePage, faces: Faces, qtbot: QtBot
) -> None:
    pixels = page.crops._source
    assert isinstance(pixels, MemoryPixels)
    pixels.missing.add(faces.video)
    opened(page, faces.ids[6], qtbot)
    named = shown(page)[0]
    with qtbot.waitSignal(page.controller.decider.came):
        press(page, qtbot, Key.Key_Return)
    assert faces.store.faces.get([named])[named].creator_name == "Ann"


def test_enter_finishes_the_name_that_waits_for_a_second_press(
    page: AlikePage, faces: Faces, qtbot: QtBot
) -> None:
    opened(page, faces.ids[6], qtbot)
    at, model = page.controller, page.controller.model
    page.show_half(pending=False)
    read(page, qtbot)
    model.go_to(shown(page).index(faces.ids[7]))
    typed(page, "bob", qtbot)
    assert page.bar.said.text().startswith("Press again: 1 face becomes Bob.")
    with qtbot.waitSignal(at.decider.came):
        press(page, qtbot, Key.Key_Return)
    assert faces.store.faces.get([faces.ids[7]])[faces.ids[7]].creator_name == "Bob"
    qtbot.waitUntil(lambda: at.target is not None and at.target.name == "Bob")
    qtbot.waitUntil(
        lambda: [t.shown.face.creator_name for t in model.targets() if t.shown] == ["Bob"]
    )
    typed(page, "ann", qtbot)
    assert page.bar.said.text().startswith("Press again: 1 face becomes Ann.")
    press(page, qtbot, Key.Key_N)  # another key withdraws it
    assert not page.bar.said.text()
    with qtbot.waitSignal(at.decider.came):
        press(page, qtbot, Key.Key_Return)
    assert faces.store.faces.get([faces.ids[7]])[faces.ids[7]].creator_name == "Bob"


def test_enter_names_nobody_else_where_others_changed_the_faces_of_a_typed_name(
    page: AlikePage, faces: Faces, qtbot: QtBot, said: list[Message]
) -> None:
    opened(page, faces.ids[6], qtbot)
    at, model = page.controller, page.controller.model
    assert at.target is not None and at.target.name == "Ann"
    model.tick(range(2), on=True)
    read(page, qtbot)
    typed(page, "bob", qtbot)
    qtbot.waitUntil(lambda: at.twice.waiting is not None)
    gone, left = model.ticked
    number = faces.ids.index(gone)
    Decisions(faces.store, "another").apply(faces.accept(number))
    with qtbot.waitSignal(at.overtaken):
        at.read([gone])
    read(page, qtbot)
    press(page, qtbot, Key.Key_Return)
    assert "no face was named" in said[-1].text
    assert faces.store.faces.get([left])[left].state.status is Status.PENDING


def test_enter_names_whom_this_page_named_until_that_is_undone(
    page: AlikePage, faces: Faces, qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)
    at, model = page.controller, page.controller.model
    with qtbot.waitSignal(at.decider.came):  # as another page does
        at.decider.decide(Intent(Kind.ASSIGN, faces.seen(4), creator=faces.ann))
    qtbot.waitUntil(lambda: model.decided == 4)
    assert target(page) == ""
    for name in ("bob", "ann"):
        with qtbot.waitSignal(at.target_changed):
            typed(page, name, qtbot)
    assert target(page) == "Ann"
    with qtbot.waitSignal(at.decider.reverted):
        press(page, qtbot, Key.Key_Z, CTRL)
    assert target(page) == ""


def test_several_faces_of_somebody_else_than_the_probe_are_named_at_the_second_press(
    page: AlikePage, faces: Faces, qtbot: QtBot
) -> None:
    opened(page, faces.ids[6], qtbot)
    careless(page)
    at = page.controller
    with qtbot.waitSignal(at.target_changed):
        typed(page, "bob", qtbot)
    press(page, qtbot, Key.Key_Space)
    press(page, qtbot, Key.Key_Right, SHIFT)
    press(page, qtbot, Key.Key_Return)
    assert page.bar.said.text() == "Press again: 2 faces become Bob."


def test_several_faces_are_named_without_those_that_are_known_to_be_somebody_else(
    page: AlikePage, faces: Faces, said: list[Message], qtbot: QtBot
) -> None:
    Decisions(faces.store, "me").apply(Intent(Kind.NOT_PERSON, faces.seen(1), creator=faces.ann))
    opened(page, faces.ids[6], qtbot)
    careless(page)
    at, model = page.controller, page.controller.model
    model.tick([shown(page).index(faces.ids[place]) for place in (1, 2)], on=True)
    with qtbot.waitSignal(at.decider.came):
        press(page, qtbot, Key.Key_Return)
    known = faces.store.faces.get(faces.ids[1:3])
    assert [known[face].creator_name for face in faces.ids[1:3]] == [None, "Ann"]
    assert "known not to be Ann" in said[-1].text


def test_what_is_undone_after_a_promotion_is_the_promotion(
    page: AlikePage, faces: Faces, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)
    at, model = page.controller, page.controller.model
    named = shown(page)[0]
    with qtbot.waitSignal(at.decider.came):
        typed(page, "bob", qtbot)
    page.show_half(pending=False)
    read(page, qtbot)
    model.go_to(shown(page).index(faces.ids[6]))
    with qtbot.waitSignal(at.decider.reverted):
        press(page, qtbot, Key.Key_T)
        QTest.keyClick(page, Key.Key_Z, CTRL)
    assert faces.store.faces.get([named])[named].creator_name == "Bob"

    def gone(_alike: LibraryAlike, _faces: object) -> None:
        raise NotFound("The face is gone.")

    monkeypatch.setattr(LibraryAlike, "promote", gone)
    with qtbot.waitSignal(at.decider.undoable_changed):
        press(page, qtbot, Key.Key_T)


def test_a_hidden_page_reads_nothing_before_it_is_seen_again(
    page: AlikePage, faces: Faces, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)
    at = page.controller
    page.hide()
    asked: list[object] = []
    with monkeypatch.context() as patch:
        patch.setattr(at, "read", asked.append)
        with qtbot.waitSignal(at.decider.came):  # as another page does
            at.decider.decide(faces.accept(3))
        with qtbot.waitSignal(at.decider.reverted):
            at.decider.undo()
        with qtbot.waitSignal(at.decider.came):
            at.decider.decide(faces.accept(4, creator=faces.bob))
    assert not asked
    page.show()
    qtbot.waitUntil(lambda: at.model.decided == 4)


def test_the_undo_of_the_name_that_enter_names_is_known_though_the_page_is_hidden(
    page: AlikePage, faces: Faces, qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)
    at = page.controller
    with qtbot.waitSignal(at.target_changed):
        typed(page, "bob", qtbot)
    page.hide()
    with qtbot.waitSignal(at.decider.reverted):
        at.decider.undo()
    assert target(page) == ""


def test_space_says_what_it_does_to_the_face_at_hand(
    page: AlikePage, faces: Faces, qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)
    button = page.bar.buttons["alike_tick"]
    press(page, qtbot, Key.Key_Space)
    assert button.text() == "untick"
    press(page, qtbot, Key.Key_Right)
    assert button.text() == "tick"
    press(page, qtbot, Key.Key_Left)
    assert button.text() == "untick"


def test_of_a_long_name_the_middle_is_left_out_in_a_narrow_window(
    page: AlikePage, faces: Faces, store: Store, qtbot: QtBot
) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff the younger of the two"
    store.people.rename(faces.ann.id, name)
    page.resize(960, 500)
    opened(page, faces.ids[6], qtbot)
    assert page.width() == 960
    for action, said in (("alike_accept", name), ("alike_not_person", f"not {name}")):
        button = page.bar.buttons[action]
        assert button.accessibleName() == said
        qtbot.waitUntil(lambda button=button: button._elided)  # type: ignore[misc]
        assert button.words == (said.removesuffix(name), "")


def test_all_that_is_known_is_read_again_when_anything_may_have_changed(
    page: AlikePage, faces: Faces, qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)
    Decisions(faces.store, "somebody else").apply(faces.accept(3))
    page.follow_others(News(everything=True))
    qtbot.waitUntil(lambda: page.controller.model.decided == 4)


def test_nothing_is_kept_of_a_name_that_was_refused(
    page: AlikePage, faces: Faces, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)

    def refuse(*_asked: object) -> None:
        raise NotFound("The creator is gone.")

    monkeypatch.setattr(History, "apply", refuse)
    with qtbot.waitSignal(page.controller.decider.refused):
        typed(page, "bob", qtbot)
    assert not page.decisions._sent


def test_no_face_that_was_shown_is_looked_for_in_the_whole_library(
    page: AlikePage, faces: Faces, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    """Of a million that takes longer than there is between two keys."""
    opened(page, faces.ids[0], qtbot)
    model, isin, searched = page.controller.model, np.isin, list[object]()

    def counted(among: Any, wanted: Any) -> Any:
        searched.append(wanted)
        return isin(among, wanted)

    monkeypatch.setattr(np, "isin", counted)
    first, second, third, fourth = shown(page)
    press(page, qtbot, Key.Key_Right, SHIFT)
    assert [tile.id for tile in model.targets()] == [first, second]
    model.picture_arrived(("face", first))
    model.reveal(fourth)
    model.decide([first, third])
    assert shown(page) == [second, fourth]
    assert list(model.ticked) == [second]
    assert [tile.id for tile in model.targets()] == [second]
    assert not searched


def test_what_is_known_of_a_face_counts_before_it_is_shown(
    page: AlikePage, faces: Faces, qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)
    at, model = page.controller, page.controller.model
    *_others, third, fourth = tiles(page)
    assert third.shown is not None
    state = replace(third.shown.face.state, status=Status.REJECTED)
    decided = replace(third.shown, face=replace(third.shown.face, state=state))
    model.show(at.found)  # nothing of it is painted yet
    model.learn([third.id, fourth.id], {third.id: decided})
    assert (model.pending, model.decided) == (2, 4)
    assert not {third.id, fourth.id} & set(shown(page))


def point_at(page: AlikePage, row: int) -> QMenu:
    """The second button on a tile; the menu that it opens."""
    view = page.faces.viewport()
    where = page.faces.visualRect(page.controller.model.index(row, 0)).center()
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=where)
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(view, QContextMenuEvent(reason, where, view.mapToGlobal(where)))
    [menu] = [one for one in page.findChildren(QMenu) if one.isVisible()]
    return menu


def choose(menu: QMenu, text: str) -> None:
    [action] = [one for one in menu.actions() if one.text().startswith(f"{text}\t")]
    menu.setActiveAction(action)
    QTest.keyClick(menu, Key.Key_Return)


@no_grabbing
def test_a_menu_on_a_face_that_is_not_ticked_acts_on_that_face_alone(
    page: AlikePage, faces: Faces, store: Store, qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)
    careless(page)
    model, pointed = page.controller.model, shown(page)[2]
    model.tick([0, 1], on=True)
    qtbot.waitUntil(lambda: all(map(model.sight.shows, tiles(page))))
    menu = point_at(page, 2)
    assert (model.ticked, model.current_row) == ({}, 2)
    choose(menu, "Stranger")
    qtbot.waitUntil(lambda: store.faces.get([pointed])[pointed].state.status is Status.REJECTED)
    others = store.faces.get(faces.ids[:5])
    assert [one for one in others if others[one].state.status is Status.REJECTED] == [pointed]


@no_grabbing
def test_the_second_press_for_the_ticked_faces_may_be_chosen_in_the_menu(
    page: AlikePage, faces: Faces, store: Store, qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)
    at, ticked = page.controller, shown(page)[:3]
    assert at.found is not None
    at.found = replace(at.found, care=Care(1, 2.0))
    at.model.tick([0, 1, 2], on=True)
    qtbot.waitUntil(lambda: all(map(at.model.sight.shows, tiles(page))))
    choose(point_at(page, 1), "Stranger")
    assert at.twice.waiting is not None
    choose(point_at(page, 2), "Stranger")
    qtbot.waitUntil(
        lambda: {one.state.status for one in store.faces.get(ticked).values()} == {Status.REJECTED}
    )


@no_grabbing
def test_a_menu_closes_once_it_would_act_on_another_face(
    page: AlikePage, faces: Faces, qtbot: QtBot
) -> None:
    opened(page, faces.ids[0], qtbot)
    menu = point_at(page, 1)
    page.controller.model.decide([shown(page)[1]])
    assert not menu.isVisible()
