"""Locating moved files and removing videos on the Videos page, by keyboard and buttons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from library_support import moved_films
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot
from videos_support import videos_page

from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.store.store import Store
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.videos.locating import LocateStage
from facereview.ui.videos.page import VideosPage
from support import make_faces, video_info

Sql = psycopg.Connection[Any]
Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def videos(
    library: OpenLibrary, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[VideosPage]:
    service = LibraryService(library)
    desk = library.library_desk(library.store())
    made = videos_page(library, desk, service, lanes, messages)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    yield made
    lanes.shutdown()


@pytest.fixture
def moved(store: Store, tmp_path: Path) -> Path:
    return moved_films(store, tmp_path)


def paths(sql: Sql) -> list[str]:
    return [row[0] for row in sql.execute("SELECT file_path FROM videos ORDER BY id").fetchall()]


def searched(videos: VideosPage, folder: Path, qtbot: QtBot) -> None:
    """Show the page and look for missing videos there, as Ctrl+L and a folder do."""
    videos.show()
    qtbot.waitUntil(lambda: videos.list.model.rowCount() == 3)
    QTest.keyClick(videos, Key.Key_L, CTRL)
    [dialog] = videos.findChildren(QFileDialog)
    dialog.filesSelected.emit([str(folder)])
    dialog.reject()
    qtbot.waitUntil(lambda: videos.files.locating.stage is LocateStage.PLANNED)


def test_what_was_found_is_shown_before_it_is_written(
    videos: VideosPage, moved: Path, sql: Sql, qtbot: QtBot
) -> None:
    searched(videos, moved, qtbot)
    old, panel = moved.with_name("old"), videos.files.panel
    assert "2 videos found" in panel.accessibleName()
    assert "1 video was found nowhere there" in panel.accessibleName()
    assert [line for line, _ in panel.lines.rows] == [f"Gone: {old / '2.mp4'}"]
    assert panel.map.isVisible()
    assert paths(sql) == [str(old / f"{number}.mp4") for number in range(3)]
    with qtbot.waitSignal(videos.library_changed):
        panel.write.click()
    assert paths(sql) == [str(moved / "0.mp4"), str(moved / "1.mp4"), str(old / "2.mp4")]
    assert panel.accessibleName() == "2 videos have the path of their file again."
    folder = str(moved)
    qtbot.waitUntil(lambda: folder in str(videos.list.model.index(0, 0).data(0x0100)))
    panel.close_button.click()
    assert not panel.isVisible()


def test_a_folder_may_be_mapped_instead(
    videos: VideosPage, moved: Path, library: OpenLibrary, sql: Sql, qtbot: QtBot
) -> None:
    searched(videos, moved, qtbot)
    before = paths(sql)
    with qtbot.waitSignal(videos.library_changed):
        videos.files.panel.map.click()
    assert paths(sql) == before
    assert library.local(before[0]) == moved / "0.mp4"
    videos.files.locating.dismiss()
    videos.files.locating.search([moved])
    qtbot.waitUntil(lambda: videos.files.locating.stage is LocateStage.PLANNED)
    assert videos.files.locating.plan is not None
    assert videos.files.locating.plan.found == ()


def test_delete_shows_what_goes_and_removes_at_the_second_press(
    videos: VideosPage, store: Store, sql: Sql, said: list[Message], qtbot: QtBot
) -> None:
    faces = make_faces(store)
    other = store.videos.add(video_info("/videos/two.mp4"))
    sql.execute("CREATE TABLE watched (video integer REFERENCES videos ON DELETE CASCADE)")
    sql.execute("INSERT INTO watched VALUES (%s)", [faces.video])
    videos.show()
    banner, table = videos.files.removals.banner, videos.list.table
    qtbot.waitUntil(lambda: videos.list.model.rowCount() == 2)
    table.setFocus()
    qtbot.waitUntil(lambda: [v.video.id for v in table.chosen().here] == [faces.video])
    QTest.keyClick(table, Key.Key_Delete)
    qtbot.waitUntil(banner.isVisible)
    text = banner.accessibleName()
    assert "5 faces go with it" in text
    assert "public.watched (1 row)" in text
    assert "This cannot be undone." in text
    QTest.keyClick(table, Key.Key_Down)  # the press is about what was selected then
    qtbot.waitUntil(lambda: not banner.isVisible())
    QTest.keyClick(table, Key.Key_Up)
    qtbot.waitUntil(lambda: [v.video.id for v in table.chosen().here] == [faces.video])
    QTest.keyClick(table, Key.Key_Delete)
    qtbot.waitUntil(banner.isVisible)
    with qtbot.waitSignal(videos.library_changed):
        QTest.keyClick(table, Key.Key_Delete)
    assert paths(sql) == ["/videos/two.mp4"]
    assert said[-1].text == "1 video was removed from the library; its file stays."
    qtbot.waitUntil(lambda: videos.list.model.rowCount() == 1)
    sql.execute("CREATE TABLE kept (video integer REFERENCES videos)")
    sql.execute("INSERT INTO kept VALUES (%s)", [other])
    qtbot.waitUntil(lambda: [v.video.id for v in table.chosen().here] == [other])
    QTest.keyClick(table, Key.Key_Delete)
    qtbot.waitUntil(banner.isVisible)
    assert "public.kept of another program still needs it" in banner.accessibleName()
    assert not banner.remove.isVisible()
    QTest.keyClick(table, Key.Key_Delete)
    assert paths(sql) == ["/videos/two.mp4"]
