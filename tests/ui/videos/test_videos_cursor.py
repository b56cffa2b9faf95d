"""Cursor and selection of the list of videos, while videos leave it, come and are read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from videos_support import videos_page

from facereview.filters import VideoFilter, VideoKind
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.store.store import Store
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.videos.face_counts import CountTiles
from facereview.ui.videos.page import VideosPage
from facereview.ui.videos.scans import ScanRequest
from support import detection, near, video_info

Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Sql = psycopg.Connection[Any]
COUNT = 9


@pytest.fixture
def pack_folder() -> None:
    """No pack is needed."""


@pytest.fixture
def ids(store: Store) -> list[int]:
    """Videos with a pending face each, in the order of the list."""
    found = [store.videos.add(video_info(f"/videos/{n}.mp4")) for n in range(COUNT)]
    for video in found:
        store.videos.add_face(video, detection(near(0, 0.75, video)))
    return found


@pytest.fixture
def page(
    library: OpenLibrary, ids: list[int], lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[VideosPage]:
    """The page with the pill "To review"."""
    service = LibraryService(library)
    desk = library.library_desk(library.store())
    made = videos_page(library, desk, service, lanes, messages)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    qtbot.waitUntil(lambda: settled(made) and made.list.model.rowCount() == COUNT)
    made.filtering.bar.choose(VideoFilter(show=VideoKind.PENDING))
    qtbot.waitUntil(lambda: settled(made) and made.list.model.rowCount() == COUNT)
    made.list.table.setFocus()
    yield made
    lanes.shutdown()


def settled(page: VideosPage) -> bool:
    return page.list.model.complete and not page.list.model.busy


def chosen(page: VideosPage) -> list[int]:
    return [row.video.id for row in page.list.table.chosen().here]


Decide = Callable[..., None]


@pytest.fixture
def decide(page: VideosPage, sql: Sql, qtbot: QtBot) -> Decide:
    """Decide all faces of videos elsewhere, and list what is left to review."""

    def done(*videos: int) -> None:
        before = page.list.model.rowCount()
        sql.execute(
            "UPDATE video_face_detections SET match_status = 'rejected' WHERE video_id = ANY(%s)",
            (list(videos),),
        )
        QTest.keyClick(page.list.table, Key.Key_F5)
        qtbot.waitUntil(lambda: page.list.model.rowCount() == before - len(videos))
        qtbot.waitUntil(lambda: settled(page))

    return done


def test_the_next_video_takes_the_place_of_one_that_leaves_the_list(
    page: VideosPage, ids: list[int], decide: Decide, qtbot: QtBot
) -> None:
    table = page.list.table
    table.selectRow(2)
    decide(ids[2])
    assert (table.currentIndex().row(), chosen(page)) == (2, [ids[3]])
    with qtbot.waitSignal(page.cast_requested) as asked:
        QTest.keyClick(table, Key.Key_Return)
    assert asked.args == [ids[3]]
    decide(ids[0], ids[3], ids[4])
    assert (table.currentIndex().row(), chosen(page)) == (1, [ids[5]])
    table.selectRow(4)
    decide(ids[8])
    assert (table.currentIndex().row(), chosen(page)) == (3, [ids[7]]), "none is behind it"
    decide(ids[1])
    assert chosen(page) == [ids[7]]


def test_of_several_selected_those_stay_so_that_stay_in_the_list(
    page: VideosPage, ids: list[int], decide: Decide
) -> None:
    table = page.list.table
    table.selectRow(1)
    QTest.keyClick(table, Key.Key_Down, SHIFT)
    QTest.keyClick(table, Key.Key_Down, SHIFT)
    assert chosen(page) == [ids[3], ids[1], ids[2]]
    decide(ids[3])
    assert chosen(page) == [ids[2], ids[1]]
    decide(ids[1], ids[2])
    assert chosen(page) == [ids[4]]


def test_where_nothing_was_selected_nothing_is_once_videos_leave(
    page: VideosPage, ids: list[int], decide: Decide
) -> None:
    table = page.list.table
    table.selectRow(3)
    QTest.keyClick(table, Key.Key_Space, CTRL)
    assert chosen(page) == []
    decide(ids[3], ids[5])
    assert (table.currentIndex().row(), chosen(page)) == (3, [])


def test_the_next_video_is_at_hand_once_one_was_removed(
    page: VideosPage, ids: list[int], qtbot: QtBot
) -> None:
    table, removals = page.list.table, page.files.removals
    table.selectRow(4)
    qtbot.waitUntil(lambda: chosen(page) == [ids[4]])
    QTest.keyClick(table, Key.Key_Delete)
    qtbot.waitUntil(removals.banner.isVisible)
    with qtbot.waitSignal(removals.removed):
        QTest.keyClick(table, Key.Key_Delete)
    qtbot.waitUntil(lambda: page.list.model.rowCount() == COUNT - 1 and settled(page))
    assert (table.currentIndex().row(), chosen(page)) == (4, [ids[5]])


def test_all_that_are_selected_are_meant_also_those_that_are_not_read(
    page: VideosPage,
    ids: list[int],
    sql: Sql,
    said: list[Message],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("facereview.ui.videos.model.EAGER", 0)
    monkeypatch.setattr("facereview.ui.videos.model._MOST", 100)
    sql.execute(
        "INSERT INTO videos (file_path) SELECT '/a/' || lpad(n::text, 6, '0') "
        "FROM generate_series(1, 3000) n"
    )
    table, panel, every = page.list.table, page.list.panel, 3000 + COUNT
    page.filtering.bar.choose(VideoFilter())
    qtbot.waitUntil(lambda: settled(page) and page.list.model.rowCount() == every)
    QTest.keyClick(table, Key.Key_A, CTRL)
    qtbot.waitUntil(lambda: panel.again.text().startswith("Scan 3009 videos again"))
    assert len(table.chosen().here) < 3000, "the others were not seen"
    [tiles] = panel.findChildren(CountTiles)
    assert not tiles.isVisible(), "that would be of some of them only"
    QTest.keyClick(table, Key.Key_Return, SHIFT)
    assert said[-1].text == ("Not all selected videos are read yet: press again, or select fewer.")
    QTest.keyClick(table, Key.Key_Delete)
    qtbot.waitUntil(page.files.removals.banner.isVisible)
    assert "3009 videos" in page.files.removals.banner.accessibleName()
    asked: list[ScanRequest] = []
    monkeypatch.setattr(page.scans, "scan", asked.append)
    QTest.keyClick(table, Key.Key_R, CTRL)
    assert sorted(asked[0].videos) == sorted(page.list.model.chosen(np.arange(every)).ids)
    with qtbot.waitSignal(page.cast_requested) as wanted:
        QTest.keyClick(table, Key.Key_Return)
    assert wanted.args == [asked[0].videos[0]], "the one at hand"


def test_the_files_of_videos_are_those_on_this_computer(
    library: OpenLibrary, ids: list[int], tmp_path: Path
) -> None:
    (tmp_path / "3.mp4").touch()
    service = LibraryService(library)
    service.map_folder("/videos/3.mp4", tmp_path)
    assert service.files_of([ids[3], 10_000, ids[1]]) == (tmp_path / "3.mp4", tmp_path / "1.mp4")
