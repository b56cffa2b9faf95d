"""G and T make references of what a person decided, never of what the machine alone matched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from creators_support import creators_page, done, press, settled
from library_support import opened
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from facereview.review.decisions import Decisions
from facereview.review.opening import OpenLibrary
from facereview.store.store import Store
from facereview.ui.creator_panel import FACES
from facereview.ui.creators_page import CreatorsPage
from facereview.ui.lanes import Lanes
from facereview.ui.messages import Message, Messages
from support import Faces, make_faces

Sql = psycopg.Connection[Any]
Key = Qt.Key
MADE = (
    "SELECT o.detection_id FROM creator_face_embeddings e "
    "JOIN facereview.reference_origin o ON o.reference_id = e.id ORDER BY 1"
)


@pytest.fixture
def library(tmp_path: Path, library_url: str) -> Iterator[OpenLibrary]:
    made = opened(tmp_path / "home", library_url, None)
    yield made
    made.close()


@pytest.fixture
def faces(store: Store) -> Faces:
    """Six faces of Ann: one decided by a person, three matched by the machine."""
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
        made.show_creator(faces.ann.id)
        qtbot.waitUntil(lambda: made.panel.faces.faces.rowCount() == 4)
        settled(made)
        yield made


def test_suggested_are_only_checked_faces_and_the_others_are_counted(
    page: CreatorsPage, faces: Faces, said: list[Message], qtbot: QtBot, sql: Sql
) -> None:
    press(page, Key.Key_G)
    qtbot.waitUntil(lambda: len(page.panel.faces.ticked()) > 0)
    assert [one.face.id for one in page.panel.faces.ticked()] == faces.ids[:1]
    left_out = (
        "3 faces left out: only the machine has matched them; check them on the Review page first."
    )
    assert said[-1].text == left_out
    done(page, qtbot, lambda: press(page, Key.Key_T))
    assert sql.execute(MADE).fetchall() == [(faces.ids[0],)]
    assert said[-1].text == "1 reference added to Ann."


def test_selected_unchecked_faces_are_left_out_and_it_is_said(
    page: CreatorsPage, faces: Faces, said: list[Message], qtbot: QtBot, sql: Sql
) -> None:
    page.panel.show_part(FACES)
    page.panel.focus_part()
    page.panel.faces.tick(faces.ids[1:4])
    assert len(page.panel.faces.ticked()) == 3
    press(page, Key.Key_T)
    settled(page)
    assert sql.execute(MADE).fetchall() == []
    assert said[-1].text.startswith("3 faces left out: only the machine has matched them")
    page.panel.faces.tick(faces.ids[:4])
    done(page, qtbot, lambda: press(page, Key.Key_T))
    assert sql.execute(MADE).fetchall() == [(faces.ids[0],)]
    assert said[-1].text.startswith("1 reference added to Ann. 3 faces left out")


def test_what_nobody_checked_is_said_of_a_face(page: CreatorsPage, faces: Faces) -> None:
    model = page.panel.faces.faces
    aloud = {
        one.face.id: model.index(row).data(Qt.ItemDataRole.AccessibleTextRole)
        for row, one in enumerate(model.rows)
    }
    said = {face for face, text in aloud.items() if text.endswith("checked by nobody")}
    assert said == set(faces.ids[1:4])
