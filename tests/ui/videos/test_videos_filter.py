"""Which videos are listed, and in which order: said by keys, shown as chips and arrows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from videos_support import videos_page

from facereview.filters import Between, CreatorRole, VideoFilter, VideoKind, VideoOrder, VideoSort
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.store.store import Store
from facereview.ui.filters.videos import VideoFilterDialog
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.videos.model import Column
from facereview.ui.videos.page import VideosPage
from support import Faces, make_faces, video_info

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)

Key, ALT = Qt.Key, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
Sql = psycopg.Connection[Any]

VIDEOS = [
    ("/films/a/Summer.mp4", None, 300),
    ("/films/a/b/one.mp4", "Zebra", 4000),
    ("/films/ab/two.mp4", "Ann at the sea", 30),
    ("/other/Ann.mp4", None, None),
    ("/other/three.mp4", "apple", 1200),
]


@pytest.fixture
def pack_folder() -> None:
    """No pack is needed."""


@pytest.fixture
def faces(store: Store, sql: Sql) -> Faces:
    """Three faces of one video, named, suggested, and neither, and some videos without faces."""
    faces = make_faces(store, 3)
    for path, title, seconds in VIDEOS:
        store.videos.add(video_info(path))
        sql.execute(
            "UPDATE videos SET title = %s, duration_seconds = %s WHERE file_path = %s",
            (title, seconds, path),
        )
    return faces


@pytest.fixture
def page(
    library: OpenLibrary, faces: Faces, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[VideosPage]:
    service = LibraryService(library)
    desk = library.library_desk(library.store())
    made = videos_page(library, desk, service, lanes, messages)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    made.setFocus()
    qtbot.waitUntil(lambda: settled(made) and made.list.model.rowCount() == 6)
    yield made
    lanes.shutdown()


def settled(page: VideosPage) -> bool:
    return page.list.model.complete and not page.list.model.busy


def paths(page: VideosPage) -> list[str]:
    model = page.list.model
    rows = (model.video(row) for row in range(model.rowCount()))
    return [row.video.path for row in rows if row is not None]


Act = Callable[[Callable[[], object]], list[str]]


@pytest.fixture
def after(page: VideosPage, qtbot: QtBot) -> Act:
    """The paths that are listed once something was done."""

    def done(act: Callable[[], object]) -> list[str]:
        with qtbot.waitSignal(page.list.model.settled):
            act()
        qtbot.waitUntil(lambda: settled(page))
        return paths(page)

    return done


def opened(page: VideosPage, qtbot: QtBot) -> VideoFilterDialog:
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    QTest.keyClick(page.list.table, Key.Key_F, ALT)
    [dialog] = [one for one in page.findChildren(VideoFilterDialog) if one.isVisible()]
    assert isinstance(dialog, VideoFilterDialog)
    qtbot.waitUntil(lambda: dialog.folder.completer() is not None)
    return dialog


def test_a_filter_is_said_with_keys_alone_and_taken_away_again(
    page: VideosPage, after: Act, qtbot: QtBot
) -> None:
    dialog = opened(page, qtbot)
    for field, text in ((dialog.folder, "/films/a"), (dialog.minutes.low, "10")):
        while dialog.focusWidget() is not field:
            QTest.keyClick(dialog.focusWidget(), Key.Key_Tab)
        QTest.keyClicks(field, text)
    assert after(lambda: QTest.keyClick(dialog.focusWidget(), Key.Key_Return)) == [
        "/films/a/b/one.mp4"
    ]
    bar = page.filtering.bar
    assert [chip.text() for chip in bar.chips] == [
        "folder: /films/a  ×",
        "length from 10 minutes  ×",
    ]
    assert bar.count.text() == "1 video"
    page.activateWindow()
    qtbot.waitUntil(lambda: page.window().focusWidget() is page.list.table)
    found = after(lambda: QTest.keyClick(bar.chips[1], Key.Key_Delete))
    assert found == ["/films/a/Summer.mp4", "/films/a/b/one.mp4"]
    assert len(after(lambda: QTest.keyClick(page.list.table, Key.Key_F, ALT | SHIFT))) == 6
    assert bar.isHidden()


def test_text_and_status_stay_beside_the_chips(page: VideosPage, after: Act) -> None:
    assert after(lambda: page.header.begin("ANN")) == ["/films/ab/two.mp4", "/other/Ann.mp4"][::-1]
    bar = page.filtering.bar
    assert after(lambda: bar.choose(VideoFilter(text="ann", folder="/films"))) == [
        "/films/ab/two.mp4"
    ]
    assert page.header.search.text() == "ann"
    assert len(after(bar.clear.click)) == 2
    assert page.header.search.text() == "ann"
    found = after(lambda: bar.choose(VideoFilter(show=VideoKind.PENDING)))
    assert (len(found), page.header.chosen, page.header.search.text()) == (
        1,
        VideoKind.PENDING,
        "",
    )


def test_a_name_or_an_alias_finds_the_videos_of_a_creator(
    page: VideosPage, faces: Faces, sql: Sql, after: Act
) -> None:
    sql.execute("INSERT INTO facereview.alias VALUES (%s, 'Bobbie')", (faces.bob.id,))
    sql.execute("INSERT INTO video_creators VALUES (2, %s)", (faces.bob.id,))
    assert after(lambda: page.header.begin("bobbi")) == ["/films/a/Summer.mp4"]
    wanted = VideoFilter(creators=(faces.bob.id,), roles=(CreatorRole.DECIDED,))
    assert after(lambda: page.filtering.bar.choose(wanted)) == ["/films/a/Summer.mp4"]


def test_a_kept_filter_comes_back_with_its_text_and_says_what_is_gone(
    page: VideosPage,
    faces: Faces,
    sql: Sql,
    after: Act,
    messages: Messages,
    qtbot: QtBot,
) -> None:
    told: list[str] = []
    messages.said.connect(lambda message: told.append(message.text))
    kept = VideoFilter(
        text="e", show=VideoKind.UNSCANNED, creators=(faces.bob.id,), minutes=Between(None, 90)
    )
    page.filtering.bar.choose(kept)
    qtbot.waitUntil(lambda: "Bob" in page.filtering.bar.chips[0].text())
    dialog = opened(page, qtbot)
    assert dialog.wanted() == kept
    dialog.name.setText("Bob's")
    dialog.keep.click()
    qtbot.waitUntil(lambda: dialog.named.count() == 1)
    dialog.reject()
    page.filtering.bar.choose(VideoFilter())
    sql.execute("DELETE FROM creators WHERE id = %s", (faces.bob.id,))
    dialog = opened(page, qtbot)
    qtbot.waitUntil(lambda: dialog.named.count() == 1)
    assert after(dialog.open_named.click) == []
    assert (page.header.search.text(), page.header.chosen) == ("e", VideoKind.UNSCANNED)
    said = "Something that this filter speaks of is no longer in the library."
    qtbot.waitUntil(lambda: said in told)
    words = [label.text() for label in page.list.notice.findChildren(QLabel)]
    qtbot.waitUntil(lambda: "creator no longer" in page.filtering.bar.chips[0].text())
    assert any("what is filtered" in text for text in words)


def click_head(page: VideosPage, column: Column) -> None:
    head = page.list.table.horizontalHeader()
    place = QPoint(head.sectionViewportPosition(column) + 8, head.height() // 2)
    QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_the_head_of_a_column_orders_by_it_and_the_video_at_hand_stays(
    page: VideosPage, after: Act
) -> None:
    table, model = page.list.table, page.list.model
    before = paths(page)
    table.selectRow(before.index("/other/three.mp4"))
    longest = after(lambda: click_head(page, Column.LENGTH))
    assert longest[:3] == ["/films/a/b/one.mp4", "/other/three.mp4", "/films/a/Summer.mp4"]
    assert longest[-1] == "/other/Ann.mp4", "of which the length is not known"
    assert model.headerData(Column.LENGTH, Qt.Orientation.Horizontal) == "Length ↓"
    assert [row.video.path for row in table.chosen().here] == ["/other/three.mp4"]
    shortest = after(lambda: click_head(page, Column.LENGTH))
    assert (shortest[0], shortest[-1]) == ("/films/ab/two.mp4", "/other/Ann.mp4")
    assert after(lambda: click_head(page, Column.LENGTH)) == before
    titles = after(lambda: click_head(page, Column.VIDEO))
    assert titles[-1] == "/films/a/b/one.mp4"
    faces_first = after(lambda: click_head(page, Column.FACES))
    assert faces_first[0] == "/videos/one.mp4"


def test_keys_choose_an_order_from_a_menu(page: VideosPage, after: Act, qtbot: QtBot) -> None:
    def choose() -> None:
        QTest.keyClick(page.list.table, Key.Key_O, ALT)
        menu = page.filtering.orders
        qtbot.waitUntil(menu.isVisible)
        for _ in range(3):
            QTest.keyClick(menu, Key.Key_Down)
        QTest.keyClick(menu, Key.Key_Return)

    assert after(choose)[0] == "/films/a/b/one.mp4"
    assert page.list.model.order == VideoOrder(VideoSort.LENGTH, True)


def read_heads(page: VideosPage) -> list[str]:
    """What screen readers have of the heads of the columns."""
    table = QAccessible.queryAccessibleInterface(page.list.table)
    parts = [table.child(n) for n in range(table.childCount())]
    heads = [one for one in parts if one.role() == QAccessible.Role.ColumnHeader]
    return [one.text(QAccessible.Text.Name) for one in heads]


def test_heads_and_menu_tell_which_way_round_the_order_is(page: VideosPage, after: Act) -> None:
    menu = page.filtering.orders

    def checked() -> list[str]:
        return [action.text() for action in menu.actions() if action.isChecked()]

    assert read_heads(page)[:2] == ["Video", "Length"]
    assert checked() == ["by path; what is searched for first"]
    longest = after(lambda: click_head(page, Column.LENGTH))
    assert read_heads(page)[:2] == ["Video", "Length, longest first"]
    assert checked() == ["longest first"]
    turn = menu.actions()[-1]
    shortest = after(turn.trigger)
    assert shortest != longest
    assert read_heads(page)[:2] == ["Video", "Length, shortest first"]
    assert checked() == ["shortest first"]
    [used] = [action for action in menu.actions() if action.isChecked()]
    assert after(used.trigger) == shortest
    after(lambda: click_head(page, Column.VIDEO))
    assert read_heads(page)[:2] == ["Video, by title", "Length"]
    assert checked() == ["by title"]
    assert "longest first" in [action.text() for action in menu.actions()]


def test_end_goes_to_the_last_video_of_all_once_they_are_listed(
    page: VideosPage, sql: Sql, after: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facereview.ui.videos.model.FIRST", 4)
    sql.execute(
        "INSERT INTO videos (file_path) SELECT '/z/' || lpad(n::text, 6, '0') "
        "FROM generate_series(1, 3000) n"
    )
    table = page.list.table

    def press() -> None:
        page.filtering.search()
        assert not page.list.model.complete
        QTest.keyClick(table, Key.Key_End)

    assert after(press)[-1] == "/z/003000"
    assert table.currentIndex().row() == 3005
    assert [row.video.path for row in table.chosen().here] == ["/z/003000"]
    QTest.keyClick(table, Key.Key_Home)
    assert table.currentIndex().row() == 0


Another = Callable[[VideosPage], object]


@pytest.mark.parametrize(
    "another",
    [
        lambda page: page.filtering.bar.choose(VideoFilter(text="z/")),
        lambda page: page.filtering.bar.choose(VideoFilter(show=VideoKind.UNSCANNED)),
        lambda page: page.filtering.bar.choose(VideoFilter(folder="/z")),
    ],
    ids=["search", "pill", "filter"],
)
def test_the_end_of_another_list_is_not_gone_to(
    page: VideosPage, sql: Sql, after: Act, another: Another
) -> None:
    sql.execute(
        "INSERT INTO videos (file_path) SELECT '/z/' || lpad(n::text, 6, '0') "
        "FROM generate_series(1, 300) n"
    )

    def press() -> None:
        page.list.refresh()
        QTest.keyClick(page.list.table, Key.Key_End)
        another(page)

    found = after(press)
    assert page.list.table.currentIndex().row() == 0
    assert [row.video.path for row in page.list.table.chosen().here] == found[:1]


def test_the_end_is_not_gone_to_in_another_order(page: VideosPage, after: Act) -> None:
    table = page.list.table

    def press() -> None:
        page.list.refresh()
        QTest.keyClick(table, Key.Key_End)
        click_head(page, Column.VIDEO)

    before = paths(page)
    assert after(press)[-1] != before[-1]
    assert [row.video.path for row in table.chosen().here] == before[-1:]


def test_those_selected_are_read_next_also_where_they_are_not_seen(
    page: VideosPage, sql: Sql, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr("facereview.ui.videos.model.EAGER", 0)
    sql.execute("INSERT INTO videos (file_path) SELECT '/z/' || n FROM generate_series(1, 900) n")
    table = page.list.table
    page.filtering.search()
    qtbot.waitUntil(lambda: settled(page) and page.list.model.rowCount() == 906)
    table.selectAll()
    assert len(table.chosen().ids) == 906
    assert not table.chosen().whole
    qtbot.waitUntil(lambda: table.chosen().whole)
