"""What is asked for on one page is shown on another."""

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
from facereview.store.store import Store
from facereview.ui.window.rail import RailButton
from support import Faces, detection, make_faces, near, video_info


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store, 20)


@pytest.fixture
def opened(faces: Faces, tmp_path: Path, library_url: str) -> Iterator[Opened]:
    with whole_window(tmp_path, library_url, filled=False) as (made, _theme):
        yield made


def test_a_video_is_reviewed_from_its_first_pending_face(
    opened: Opened, store: Store, qtbot: QtBot
) -> None:
    video = store.videos.add(video_info("/videos/second.mp4"))
    face = store.videos.add_face(video, detection(near(0, 0.75, 77), at=10.0))
    at = opened.pages.review.controller
    show_page(opened, "videos")
    opened.pages.videos.review_requested.emit(video)
    assert opened.window.page() == "review"
    until(qtbot, lambda: at.view is not None and at.current == face)


def test_a_face_of_a_creator_is_shown_on_review(opened: Opened, faces: Faces, qtbot: QtBot) -> None:
    at = opened.pages.review.controller
    show_page(opened, "creators")
    opened.pages.creators.review_requested.emit(faces.ids[7])
    assert opened.window.page() == "review"
    until(qtbot, lambda: at.view is not None and at.current == faces.ids[7])


def test_a_cast_sheet_is_opened_from_videos_and_review_and_left_for_them(
    opened: Opened, faces: Faces, qtbot: QtBot
) -> None:
    window, cast = opened.window, opened.pages.cast
    show_page(opened, "videos")
    until(qtbot, lambda: cast.controller.sheets.get(faces.video) is not None)  # read ahead
    QTest.keyClick(opened.pages.videos.list.table, Qt.Key.Key_Return)
    assert window.page() == "cast"
    assert [b.text() for b in window.rail.findChildren(RailButton) if b.isChecked()] == ["Videos"]
    until(qtbot, lambda: cast.controller.sheet is not None)
    cast.controller.cursor.edge(last=True)
    chosen = cast.controller.cursor.looked_at
    assert chosen is not None
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.page() == "videos"
    show_page(opened, "review")
    at = opened.pages.review.controller
    opened.pages.review.commands.go_to(chosen.id)
    until(qtbot, lambda: at.view is not None and at.current == chosen.id)
    QTest.keyClick(window, Qt.Key.Key_V)
    assert window.page() == "cast"
    until(qtbot, lambda: cast.controller.cursor.looked_at == chosen)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.page() == "review"
    window.show_page("cast")
    window.close()
    assert window._preferences.page == "videos"


def test_all_faces_like_one_are_shown_from_every_page_and_left_for_it(
    opened: Opened, faces: Faces, qtbot: QtBot
) -> None:
    window, pages = opened.window, opened.pages
    alike, at = pages.alike, pages.review.controller
    show_page(opened, "review")
    until(qtbot, lambda: at.view is not None)
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    assert window.page() == "review"  # nobody was named yet
    first = at.current
    QTest.keyClick(window, Qt.Key.Key_L)
    assert window.page() == "alike"
    until(qtbot, lambda: alike.controller.model.rowCount() == 19)
    assert alike.controller.found is not None
    assert alike.controller.found.probe.face.id == first
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert window.page() == "review"
    with qtbot.waitSignal(at.decider.came):
        QTest.keyClick(window, Qt.Key.Key_1)
    until(qtbot, lambda: at.current != first and not at.decider.waiting)
    QTest.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    assert window.page() == "alike"
    until(qtbot, lambda: alike.controller.found is not None and alike.controller.found.person)
    assert alike.controller.found.creator == faces.ann
    for signal, page in (
        (pages.cast.alike_requested, "cast"),
        (pages.clusters.moves.alike_requested, "clusters"),
        (pages.creators.commands.alike_requested, "creators"),
    ):
        signal.emit(faces.ids[3])
        assert window.page() == "alike"
        alike.left.emit(alike._from)
        assert window.page() == page


def test_the_person_named_last_is_not_looked_for_before_that_is_saved(
    opened: Opened, faces: Faces, qtbot: QtBot
) -> None:
    pages = opened.pages
    show_page(opened, "review")
    decider = pages.review.controller.decider
    with qtbot.waitSignal(decider.came):
        decider.decide(faces.accept(3))
    until(qtbot, lambda: not decider.waiting)
    decider.decide(faces.accept(4, creator=faces.bob))
    pages.review.commands.person_wanted.emit()  # Ann is the last one who is known
    assert opened.window.page() == "review"
    until(qtbot, lambda: not decider.waiting)
    pages.review.commands.person_wanted.emit()
    assert opened.window.page() == "alike"
    at = pages.alike.controller
    until(qtbot, lambda: at.found is not None and at.found.creator == faces.bob)


def test_the_pages_go_on_when_the_video_they_show_is_removed(
    opened: Opened, store: Store, faces: Faces, qtbot: QtBot
) -> None:
    pages = opened.pages
    at, files = pages.review.controller, pages.videos.files
    show_page(opened, "review")
    until(qtbot, lambda: at.view is not None and at.view.video.id == faces.video)
    QTest.keyClick(opened.window, Qt.Key.Key_L)
    until(qtbot, lambda: pages.alike.controller.found is not None)
    video = store.videos.add(video_info("/videos/second.mp4"))
    face = store.videos.add_face(video, detection(near(0, 0.75, 77), at=10.0))
    show_page(opened, "videos")
    table = pages.videos.list.table
    until(qtbot, lambda: [one.video.id for one in table.chosen().here] == [faces.video])
    QTest.keyClick(table, Qt.Key.Key_Delete)
    until(qtbot, files.removals.banner.isVisible)
    with qtbot.waitSignal(pages.videos.library_changed):
        QTest.keyClick(table, Qt.Key.Key_Delete)
    show_page(opened, "review")
    until(qtbot, lambda: at.view is not None and at.current == face)
