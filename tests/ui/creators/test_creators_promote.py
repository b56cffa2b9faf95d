"""G and T make references of what a person decided, never of what the machine alone matched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from creators_support import creators_page, done, press, settled
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from facereview.faces import packs
from facereview.records import SourceType
from facereview.review.decisions.decide import Decisions
from facereview.review.library.opening import OpenLibrary
from facereview.store.store import Store
from facereview.ui.creators.dialogs import WhoDialog
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.creators.panel import FACES
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from support import Faces, go_by_rate, judge, make_faces

Sql = psycopg.Connection[Any]
Key = Qt.Key
MADE = (
    "SELECT o.detection_id FROM creator_face_embeddings e "
    "JOIN facereview.reference_origin o ON o.reference_id = e.id ORDER BY 1"
)


@pytest.fixture
def faces(store: Store) -> Faces:
    "Six faces of Ann: one decided by a person, three matched automatically."
    made = make_faces(store, 6)
    Decisions(store, "tester").apply(made.accept(0))
    made.match_by_machine(1, 2, 3)
    return made


@pytest.fixture
def page(
    library: OpenLibrary, faces: Faces, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[CreatorsPage]:
    with creators_page(library, lanes, messages, qtbot) as made:
        made.show()
        made.activateWindow()
        made.controller.show(faces.ann.id)
        qtbot.waitUntil(lambda: made.view.panel.faces.faces.rowCount() == 4)
        settled(made)
        yield made


def test_suggested_are_only_checked_faces_and_the_others_are_counted(
    page: CreatorsPage, faces: Faces, said: list[Message], qtbot: QtBot, sql: Sql
) -> None:
    press(page, Key.Key_G)
    qtbot.waitUntil(lambda: len(page.view.panel.faces.ticked()) > 0)
    assert [one.face.id for one in page.view.panel.faces.ticked()] == faces.ids[:1]
    left_out = (
        "3 faces left out: they were matched automatically; check them on the Review page first."
    )
    assert said[-1].text == left_out
    done(page, qtbot, lambda: press(page, Key.Key_T))
    assert sql.execute(MADE).fetchall() == [(faces.ids[0],)]
    assert said[-1].text == "1 reference added to Ann."


def test_selected_unchecked_faces_are_left_out_and_it_is_said(
    page: CreatorsPage, faces: Faces, said: list[Message], qtbot: QtBot, sql: Sql
) -> None:
    page.view.panel.show_part(FACES)
    page.view.panel.focus_part()
    page.view.panel.faces.tick(faces.ids[1:4])
    assert len(page.view.panel.faces.ticked()) == 3
    press(page, Key.Key_T)
    settled(page)
    assert sql.execute(MADE).fetchall() == []
    assert said[-1].text.startswith("3 faces left out: they were matched automatically")
    page.view.panel.faces.tick(faces.ids[:4])
    done(page, qtbot, lambda: press(page, Key.Key_T))
    assert sql.execute(MADE).fetchall() == [(faces.ids[0],)]
    assert said[-1].text.startswith("1 reference added to Ann. 3 faces left out")


def test_what_nobody_checked_is_said_of_a_face(page: CreatorsPage, faces: Faces) -> None:
    model = page.view.panel.faces.faces
    aloud = {
        one.face.id: model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)
        for row, one in enumerate(model.rows)
    }
    said = {face for face, text in aloud.items() if text.endswith("unchecked")}
    assert said == set(faces.ids[1:4])


def test_a_match_of_the_machine_says_how_sure_it_is_where_an_error_rate_counts(
    page: CreatorsPage, faces: Faces, qtbot: QtBot
) -> None:
    go_by_rate(faces.store, packs.DEFAULT)
    judge(faces.store, faces.ids[:3], faces.ann, 0.005)
    model = page.view.panel.faces.faces
    model.show_creator(faces.ann.id)

    def texts(role: Qt.ItemDataRole) -> dict[int, str]:
        rows = enumerate(model.rows)
        return {one.face.id: str(model.index(row).data(role)) for row, one in rows}

    qtbot.waitUntil(
        lambda: texts(Qt.ItemDataRole.DisplayRole).get(faces.ids[1], "").startswith("sure .7")
    )
    aloud = texts(Qt.ItemDataRole.AccessibleTextRole)
    assert aloud[faces.ids[1]].endswith("unchecked, sure · wrong in 1 of 200")
    assert aloud[faces.ids[3]].endswith("unchecked")  # of another track
    assert "sure" not in aloud[faces.ids[0]]  # a person decided it


def test_a_doubtful_face_becomes_a_reference_alone_and_by_a_second_press(
    page: CreatorsPage, faces: Faces, said: list[Message], qtbot: QtBot, sql: Sql
) -> None:
    """The face looks like Bob: a reference of his shows the same."""
    bob, vector = faces.bob.id, faces.store.faces.vectors(faces.ids[:1])[faces.ids[0]]
    faces.store.creators.add_reference(bob, vector, SourceType.MANUAL, None, 0.9)
    Decisions(faces.store, "tester").apply(faces.accept(4))
    page.refresh()
    qtbot.waitUntil(lambda: page.view.panel.faces.faces.rowCount() == 5)
    settled(page)
    page.view.panel.show_part(FACES)
    page.view.panel.focus_part()
    for _ in range(2):  # two at once are never confirmed by pressing again
        page.view.panel.faces.tick([faces.ids[0], faces.ids[4]])  # the list may have come anew
        press(page, Key.Key_T)
        settled(page)
        assert sql.execute(MADE).fetchall() == [(faces.ids[4],)]
    assert said[-1].text.startswith("1 doubtful face left out, the first because: Nearly identical")
    page.view.panel.faces.tick(faces.ids[:1])
    press(page, Key.Key_T)
    settled(page)
    why, heard = page.asked.accessibleName(), len(said)
    assert page.asked.isVisible()
    assert "Closer to Bob" in why
    assert why.endswith("Press T again to make it a reference anyway.")
    assert len(sql.execute(MADE).fetchall()) == 1
    press(page, Key.Key_G)  # another key came between
    assert not page.asked.isVisible()
    settled(page)
    page.view.panel.faces.tick(faces.ids[:1])
    press(page, Key.Key_T)
    settled(page)
    assert page.asked.isVisible()
    page.view.panel.faces.tick(faces.ids[4:5])  # so does another face
    assert not page.asked.isVisible()
    page.view.panel.faces.tick(faces.ids[:1])
    press(page, Key.Key_T)
    settled(page)
    assert len(sql.execute(MADE).fetchall()) == 1
    assert why not in [one.text for one in said[heard:]]
    done(page, qtbot, lambda: press(page, Key.Key_T))
    assert len(sql.execute(MADE).fetchall()) == 2


def test_splitting_off_names_the_faces_and_goes_to_the_creator_that_was_chosen(
    page: CreatorsPage, faces: Faces, qtbot: QtBot, sql: Sql
) -> None:
    """Bob is called otherwise while the dialog is open: the faces are his all the same."""
    page.view.panel.show_part(FACES)
    page.view.panel.focus_part()
    page.view.panel.faces.tick(faces.ids[1:3])
    press(page, Key.Key_M)
    dialog = page.dialogs.open
    assert isinstance(dialog, WhoDialog)
    assert dialog.title.text() == "Whose are these faces of Ann?"
    assert dialog.faces.accessibleName() == "2 faces"
    faces.store.people.rename(faces.bob.id, "Robert")
    done(page, qtbot, lambda: dialog.picker.chosen.emit(faces.bob))
    found = "SELECT id FROM video_face_detections WHERE matched_creator_id = %s ORDER BY id"
    assert sql.execute(found, (faces.bob.id,)).fetchall() == [(i,) for i in faces.ids[1:3]]
    assert sql.execute("SELECT count(*) FROM creators").fetchone() == (2,)
