"""The faces behind a figure as a queue of the Review page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_support import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from whole_window import show_page, whole_window

from facereview.app import Opened
from facereview.records import Status
from facereview.review.decisions.decide import Decisions
from facereview.review.insight.behind import OfState
from facereview.store.store import Store
from facereview.ui.review.queue import Tab
from support import Faces, make_faces


@pytest.fixture
def faces(store: Store) -> Faces:
    made = make_faces(store, 6)
    assert Decisions(store, "me").apply(made.accept(1, 2, 4))
    return made


@pytest.fixture
def opened(faces: Faces, tmp_path: Path, library_url: str) -> Iterator[Opened]:
    with whole_window(tmp_path, library_url, filled=False) as (made, _theme):
        yield made


def test_they_are_shown_in_order_worked_through_and_left_again(
    opened: Opened, faces: Faces, store: Store, qtbot: QtBot
) -> None:
    review, at = opened.pages.review, opened.pages.review.controller
    show_page(opened, "insight")
    opened.pages.insight.opener.faces(OfState(Status.MATCHED), "matched")
    until(qtbot, lambda: at.queue.tab is Tab.CHOSEN and at.view is not None)
    assert opened.window.page() == "review"
    assert at.current == faces.ids[1] and at.queue.cursor.open_count == 3
    assert review.figure.isVisible() and review.figure.accessibleName() == "3 faces: matched"
    assert review.header.pills.current() == ""
    QTest.keyClick(review, Qt.Key.Key_Right)
    until(qtbot, lambda: at.view is not None and at.current == faces.ids[2])
    for _ in range(2):
        QTest.keyClick(review, Qt.Key.Key_X)
    until(qtbot, lambda: store.faces.get(faces.ids)[faces.ids[2]].state.status is Status.REJECTED)
    until(qtbot, lambda: at.current == faces.ids[4])
    review.figure.back.click()
    assert opened.window.page() == "insight"
    opened.pages.insight.opener.queue_wanted.emit("pending")
    until(qtbot, lambda: at.queue.tab is Tab.PENDING and at.view is not None)
    assert not review.figure.isVisible() and review.header.pills.current() == Tab.PENDING


def test_what_is_remembered_of_them_begins_with_the_pending_faces(
    opened: Opened, faces: Faces, qtbot: QtBot
) -> None:
    review = opened.pages.review
    until(qtbot, lambda: review.controller.queue.loaded_once)
    review.start((Tab.CHOSEN, faces.ids[1], 0))
    assert review.controller.queue.tab is Tab.PENDING


def test_a_figure_that_counts_nothing_any_more_says_so(opened: Opened, qtbot: QtBot) -> None:
    show_page(opened, "insight")
    opened.pages.insight.opener.faces(OfState(Status.MANUAL), "manual")
    until(qtbot, lambda: "No face" in opened.window.message_line.text.text())
    assert opened.window.page() == "insight"


def test_figures_lead_to_videos_and_creators(opened: Opened, faces: Faces, qtbot: QtBot) -> None:
    opener, pages = opened.pages.insight.opener, opened.pages
    opener.videos_wanted.emit("tagged")
    header = pages.videos.header
    until(qtbot, lambda: pages.videos.list.model.rowCount() == 1)
    assert opened.window.page() == "videos" and header.pills.current() == "tagged"
    QTest.keyClick(header.pills._buttons["tagged"], Qt.Key.Key_Home)
    QTest.keyClick(header.pills._buttons["all"], Qt.Key.Key_Return)
    assert header.pills._buttons["tagged"].isHidden()
    opener.creator_wanted.emit(faces.bob.id, "faces")
    until(qtbot, lambda: pages.creators.controller.is_at_hand(faces.bob.id))
    assert opened.window.page() == "creators" and pages.creators.view.panel.part == "faces"
    opener.creators_wanted.emit("needs")
    assert pages.creators.view.header.pills.current() == "needs"
    opener.pair_wanted.emit(faces.ann, faces.bob)
    until(qtbot, lambda: pages.creators.dialogs.open is not None)
