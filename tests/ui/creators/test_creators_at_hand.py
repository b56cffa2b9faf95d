"""What was just made is at hand, and nothing that arrives late leads an act to somebody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from creators_support import creators_page, done, press, settled
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from facereview.demo.pictures import ASTRONAUT, load_pictures
from facereview.records import Creator, Pixels, SourceType
from facereview.review.library.opening import OpenLibrary
from facereview.store.store import Store
from facereview.ui.creators.dialogs import MergeDialog, PersonDialog, SureDialog
from facereview.ui.creators.header import ALL, HEALTH, NEEDS
from facereview.ui.creators.intake_sheet import IntakeSheet
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.jobs.lanes import Lanes, Rank
from facereview.ui.jobs.messages import Message, Messages
from support import near

Sql = psycopg.Connection[Any]
Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NAMES = ("Katie Hill", "Katie Bouman", "Adam", "Zoe")


@pytest.fixture
def pack_folder(zoo_pack: Path) -> Path:
    return zoo_pack


@pytest.fixture
def people(store: Store) -> dict[str, Creator]:
    made = {name: store.creators.find_or_add(name) for name in NAMES}
    for axis, name in enumerate(NAMES[:3]):
        for seed in range(2):
            vector = near(axis, 0.9, 10 * axis + seed)
            store.creators.add_reference(made[name].id, vector, SourceType.MANUAL, None, 0.9)
    return made


@pytest.fixture
def page(
    library: OpenLibrary,
    people: dict[str, Creator],
    lanes: Lanes,
    messages: Messages,
    qtbot: QtBot,
) -> Iterator[CreatorsPage]:
    with creators_page(library, lanes, messages, qtbot) as made:
        made.show()
        made.activateWindow()
        qtbot.waitUntil(lambda: made.view.model.rowCount() == len(NAMES))
        settled(made)
        yield made


def chosen(page: CreatorsPage) -> str:
    """Who is marked in the list."""
    person = page.view.list.person
    return person.creator.name if person else ""


def search(page: CreatorsPage, text: str, qtbot: QtBot) -> None:
    press(page, Key.Key_Slash)
    QTest.keyClicks(page.view.header.search, text)
    qtbot.waitUntil(lambda: page.view.model.rowCount() == 2)
    press(page.view.header.search, Key.Key_Return)
    settled(page)


def paste(page: CreatorsPage) -> IntakeSheet | None:
    picture: Pixels = np.ascontiguousarray(load_pictures()[ASTRONAUT])
    height, width = picture.shape[:2]
    image = QImage(picture.data, width, height, width * 3, QImage.Format.Format_RGB888)
    QGuiApplication.clipboard().setImage(image.copy())
    press(page, Key.Key_V, CTRL)
    return page.findChild(IntakeSheet)


def held(lanes: Lanes, name: str) -> threading.Event:
    """Keep a lane busy until the event is set: what it is asked meanwhile is answered late."""
    gate = threading.Event()
    getattr(lanes, name).run(lanes, lambda: gate.wait(20), rank=Rank.URGENT)
    return gate


def create(page: CreatorsPage, name: str) -> PersonDialog:
    press(page, Key.Key_N, CTRL)
    dialog = page.dialogs.open
    assert isinstance(dialog, PersonDialog)
    dialog.name.setText(name)
    return dialog


@pytest.mark.parametrize("slow", [False, True], ids=["", "while the list is still being read"])
def test_somebody_new_is_at_hand_though_somebody_else_was_searched_for(
    page: CreatorsPage, lanes: Lanes, qtbot: QtBot, slow: bool
) -> None:
    search(page, "katie", qtbot)
    assert chosen(page).startswith("Katie")
    dialog = create(page, "Eileen Collins")
    gate = held(lanes, "listing")
    if not slow:
        gate.set()
    with qtbot.waitSignal(page.runner.done):
        press(dialog.name, Key.Key_Return, SHIFT)
    if not slow:
        settled(page)
        settled(page)
    assert chosen(page) == "Eileen Collins"
    assert page.view.header.search.text() == ""
    sheet = paste(page)
    gate.set()
    assert sheet is not None
    assert sheet.title.text() == "References for Eileen Collins"
    assert page.intake.creator is not None
    assert page.intake.creator.name == "Eileen Collins"
    settled(page)
    assert chosen(page) == "Eileen Collins"
    qtbot.waitUntil(lambda: page.view.panel.head.name.text() == "Eileen Collins")


@pytest.mark.parametrize("view", [HEALTH, NEEDS])
def test_somebody_new_is_at_hand_from_every_view(
    page: CreatorsPage, qtbot: QtBot, view: str
) -> None:
    page.view.show_view(view)
    dialog = create(page, "Eileen Collins")
    done(page, qtbot, lambda: press(dialog.name, Key.Key_Return, SHIFT))
    assert page.view.list.isVisible()
    assert chosen(page) == "Eileen Collins"
    assert page.view.header.pills.current() == (ALL if view == HEALTH else NEEDS)


def test_the_list_of_those_in_need_gives_way_to_whom_pictures_were_stored_for(
    page: CreatorsPage, people: dict[str, Creator], store: Store, qtbot: QtBot
) -> None:
    store.creators.find_or_add("Yann")
    page.refresh()
    settled(page)
    page.view.show_view(NEEDS)
    qtbot.waitUntil(lambda: page.view.model.rowCount() == 2)
    page.view.list.go_to(people["Zoe"].id)
    store.creators.add_reference(people["Zoe"].id, near(5, 0.9), SourceType.MANUAL, None, 0.9)
    done(page, qtbot, lambda: page.runner.done.emit(people["Zoe"].id))
    assert chosen(page) == "Zoe"
    assert page.view.header.pills.current() == ALL


def test_no_key_acts_on_the_old_one_while_the_next_is_on_its_way(
    page: CreatorsPage,
    people: dict[str, Creator],
    library: OpenLibrary,
    lanes: Lanes,
    qtbot: QtBot,
) -> None:
    """A merge taken back brings somebody back whom the list does not know yet."""
    page.controller.show(people["Adam"].id)
    settled(page)
    done(page, qtbot, lambda: page.changes.merge(people["Adam"].id, people["Zoe"].id))
    assert "Zoe" not in {person.creator.name for person in page.view.model.everybody.values()}
    [past] = library.creators_desk(library.store()).changes.past()
    gate = held(lanes, "listing")
    with qtbot.waitSignal(page.runner.done):
        page.changes.undo_change(past)
    assert page.controller.person is None
    assert paste(page) is None
    gate.set()
    settled(page)
    settled(page)
    assert chosen(page) == "Zoe"


def test_a_late_answer_leads_nowhere_while_a_dialog_is_open(
    page: CreatorsPage, people: dict[str, Creator], lanes: Lanes, qtbot: QtBot
) -> None:
    page.controller.show(people["Adam"].id)
    settled(page)
    gate = held(lanes, "listing")
    page.view.header.search.setText("katie")
    press(page, Key.Key_F2)
    dialog = page.dialogs.open
    assert isinstance(dialog, PersonDialog)
    gate.set()
    settled(page)
    assert (chosen(page), dialog.name.text()) == ("Adam", "Adam")
    press(dialog, Key.Key_Escape)
    qtbot.waitUntil(lambda: page.view.model.rowCount() == 2)
    assert chosen(page).startswith("Katie")


@pytest.mark.parametrize("late", ["the list", "the search"])
def test_escape_leaves_the_creator_at_hand_though_an_answer_came_meanwhile(
    page: CreatorsPage, lanes: Lanes, qtbot: QtBot, late: str
) -> None:
    search(page, "katie", qtbot)
    first = chosen(page)
    press(page.view.list, Key.Key_Down)
    second = chosen(page)
    settled(page)
    assert {first, second} == {"Katie Hill", "Katie Bouman"}
    gate = held(lanes, "listing")
    page.refresh() if late == "the list" else page.view.header.search.setText("kati")
    press(page, Key.Key_F2)
    dialog = page.dialogs.open
    assert isinstance(dialog, PersonDialog)
    gate.set()
    settled(page)
    press(dialog, Key.Key_Escape)
    settled(page)
    settled(page)
    assert (page.view.model.rowCount(), chosen(page)) == (2, second)
    assert page.controller.person is not None


def test_a_late_answer_does_not_lead_away_from_where_a_key_went(
    page: CreatorsPage, people: dict[str, Creator], lanes: Lanes, qtbot: QtBot
) -> None:
    search(page, "katie", qtbot)
    gate = held(lanes, "listing")
    page.view.header.search.setText("kat")
    press(page.view.list, Key.Key_Down)
    went = chosen(page)
    gate.set()
    settled(page)
    assert (page.view.model.rowCount(), chosen(page)) == (2, went)
    gate = held(lanes, "listing")
    page.controller.wait_for(people["Adam"].id)
    page.refresh()
    press(page.view.list, Key.Key_Up)
    left = chosen(page)
    gate.set()
    settled(page)
    assert chosen(page) == left != went
    assert page.controller.person is not None


def test_a_dialog_stays_open_when_another_act_ends(
    page: CreatorsPage,
    people: dict[str, Creator],
    lanes: Lanes,
    said: list[Message],
    qtbot: QtBot,
) -> None:
    page.controller.show(people["Adam"].id)
    settled(page)
    page.view.panel.focus_references()
    gate = held(lanes, "database")
    press(page, Key.Key_R)
    page.changes.delete(10**6)
    press(page, Key.Key_F2)
    dialog = page.dialogs.open
    assert isinstance(dialog, PersonDialog)
    QTest.keyClicks(dialog.about, "who she is")
    gate.set()
    settled(page)
    settled(page)
    retired, gone = (message.text for message in said)
    assert retired == "The reference was retired."
    assert gone.startswith("This creator no longer exists")
    assert page.dialogs.open is dialog
    assert dialog.isVisible()
    assert (dialog.about.toPlainText(), dialog.fault.text()) == ("who she is", "")
    done(page, qtbot, dialog.verb.click)
    qtbot.waitUntil(lambda: page.dialogs.open is None)
    assert page.controller.person is not None
    assert page.controller.person.creator.description == "who she is"


def test_what_was_asked_for_is_refused_where_it_was_asked(
    page: CreatorsPage,
    people: dict[str, Creator],
    lanes: Lanes,
    store: Store,
    said: list[Message],
    qtbot: QtBot,
) -> None:
    page.controller.show(people["Adam"].id)
    settled(page)
    press(page, Key.Key_F2)
    dialog = page.dialogs.open
    assert isinstance(dialog, PersonDialog)
    dialog.name.setText("Zoe")
    dialog.verb.click()
    assert dialog.fault.text().startswith("The same as Zoe?")
    dialog.verb.click()
    settled(page)
    assert page.dialogs.open is dialog
    assert "Zoe" in dialog.fault.text()
    gate = held(lanes, "database")
    dialog.verb.click()
    press(dialog, Key.Key_Escape)
    press(page, Key.Key_N, CTRL)
    other = page.dialogs.open
    assert isinstance(other, PersonDialog)
    gate.set()
    settled(page)
    assert page.dialogs.open is other
    assert other.fault.text() == ""
    assert "Zoe" in said[-1].text


def test_who_needs_no_reference_any_longer_stays_at_hand(
    page: CreatorsPage, people: dict[str, Creator], store: Store, qtbot: QtBot
) -> None:
    store.creators.find_or_add("Yann")
    page.refresh()
    settled(page)
    page.view.show_view(NEEDS)
    qtbot.waitUntil(lambda: page.view.model.rowCount() == 2)
    page.view.list.go_to(people["Zoe"].id)
    store.creators.add_reference(people["Zoe"].id, near(5, 0.9), SourceType.MANUAL, None, 0.9)
    page.refresh()  # what a colleague did is looked at
    settled(page)
    assert chosen(page) == "Zoe"
    press(page.view.list, Key.Key_Up)
    page.refresh()
    settled(page)
    assert page.view.model.rowCount() == 1
    assert chosen(page) == "Yann"


def test_a_dialog_that_comes_late_for_another_creator_does_not_open(
    page: CreatorsPage, people: dict[str, Creator], lanes: Lanes, qtbot: QtBot
) -> None:
    page.controller.show(people["Adam"].id)
    settled(page)
    gate = held(lanes, "database")
    press(page.view.list, Key.Key_Delete, SHIFT)
    press(page.view.list, Key.Key_Down)
    gate.set()
    settled(page)
    assert page.findChildren(SureDialog) == []
    page.controller.show(people["Adam"].id)
    settled(page)
    press(page.view.list, Key.Key_Delete, SHIFT)
    settled(page)
    dialog = page.dialogs.open
    assert isinstance(dialog, SureDialog)
    assert dialog.title.text() == "Delete Adam?"


def test_pictures_chosen_go_to_whom_they_were_asked_for(
    page: CreatorsPage, people: dict[str, Creator], tmp_path: Path, qtbot: QtBot
) -> None:
    page.controller.show(people["Adam"].id)
    settled(page)
    press(page, Key.Key_O, CTRL)
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.windowTitle() == "Pictures of Adam"
    assert {"*.heic", "*.HEIC", "*.jpg"} <= set(dialog.nameFilters()[0].strip("()").split())
    page.loader.search("katie")  # an answer that would choose somebody else
    settled(page)
    assert chosen(page) == "Adam"
    dialog.filesSelected.emit([str(tmp_path / "a.jpg")])
    dialog.reject()
    assert page.intake.creator is not None
    assert page.intake.creator.name == "Adam"


def test_the_merge_dialog_names_what_its_key_does(
    page: CreatorsPage, people: dict[str, Creator], lanes: Lanes, qtbot: QtBot
) -> None:
    page.controller.show(people["Adam"].id)
    settled(page)
    page.dialogs.merge(people["Adam"])
    dialog = page.dialogs.open
    assert isinstance(dialog, MergeDialog)
    assert (dialog.title.text(), dialog.verb.isEnabled()) == ("Merge into Adam", False)
    dialog.wanted.emit(people["Adam"], people["Zoe"])
    qtbot.waitUntil(lambda: dialog.preview is not None)
    assert dialog.verb.text() == "Merge Zoe into Adam"
    gate = held(lanes, "database")
    dialog.swap.click()
    assert not dialog.verb.isEnabled()
    assert dialog.title.text() == "Merge into Adam"
    gate.set()
    qtbot.waitUntil(dialog.verb.isEnabled)
    assert (dialog.title.text(), dialog.verb.text()) == ("Merge into Zoe", "Merge Adam into Zoe")
    assert dialog.windowTitle() == "facereview: Merge into Zoe"
    done(page, qtbot, dialog.verb.click)
    assert chosen(page) == "Zoe"
    assert "Adam" not in {person.creator.name for person in page.view.model.everybody.values()}


def test_no_merge_dialog_is_left_behind_where_there_is_nothing_to_preview(
    page: CreatorsPage,
    people: dict[str, Creator],
    lanes: Lanes,
    said: list[Message],
    qtbot: QtBot,
) -> None:
    page.controller.show(people["Adam"].id)
    settled(page)
    page.dialogs.merge(people["Adam"], Creator(10**6, "Nobody"))
    settled(page)
    assert said[-1].text.startswith("This creator no longer exists")
    assert page.findChildren(MergeDialog) == []
    gate = held(lanes, "database")
    page.dialogs.merge(people["Adam"], people["Zoe"])
    press(page.view.list, Key.Key_Down)
    gate.set()
    settled(page)
    assert page.findChildren(MergeDialog) == []
    page.controller.show(people["Adam"].id)
    settled(page)
    page.dialogs.merge(people["Adam"], people["Zoe"])
    settled(page)
    dialog = page.dialogs.open
    assert isinstance(dialog, MergeDialog)
    assert dialog.verb.text() == "Merge Zoe into Adam"


def test_the_veil_names_whom_pictures_would_go_to(
    page: CreatorsPage, people: dict[str, Creator], qtbot: QtBot
) -> None:
    page.controller.show(people["Adam"].id)
    assert page.veil.text == "Drop pictures to add references for Adam"


def test_pictures_never_join_those_of_somebody_else(
    page: CreatorsPage,
    people: dict[str, Creator],
    lanes: Lanes,
    said: list[Message],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    page.controller.show(people["Adam"].id)
    settled(page)
    gate = held(lanes, "pictures")
    sheet = paste(page)
    assert sheet is not None
    page.view.list.go_to(people["Zoe"].id)  # as nothing but a fault could
    page.commands.add([tmp_path / "a.jpg"])
    assert page.intake.creator == people["Adam"]
    assert sheet.title.text() == "References for Adam"
    assert said[-1].text == "Store the pictures of Adam first, or leave them out."
    gate.set()
