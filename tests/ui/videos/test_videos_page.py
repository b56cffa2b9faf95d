"""The Videos page on a real library: listing, searching, adding, scanning, all by keyboard."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from dragging import drag_over, drop_on
from library_support import film
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from videos_support import videos_page

from facereview.errors import DatabaseUnreachable
from facereview.filters import VideoKind
from facereview.records import Face
from facereview.review.library.desk import LibraryDesk
from facereview.review.library.opening import OpenLibrary
from facereview.review.library.service import LibraryService
from facereview.review.scanning.further import FurtherReport
from facereview.store.store import Store
from facereview.store.videos import ScanRow
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.videos.model import Column
from facereview.ui.videos.page import VideosPage
from facereview.ui.videos.scans import ScanStage
from facereview.ui.videos.table import VideosDelegate
from facereview.ui.wording import library as library_texts
from support import Faces, make_faces, video_info

Sql = psycopg.Connection[Any]
Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Desk(LibraryDesk):
    """The real desk, which may be told to lose its database."""

    lost = False

    def videos(self, *args: Any, **kwargs: Any) -> Any:
        if self.lost:
            raise DatabaseUnreachable("The database is out of reach: start its server.")
        return super().videos(*args, **kwargs)

    def faces(self, video_id: int) -> tuple[Face, ...]:
        if self.lost:
            raise DatabaseUnreachable("The database is out of reach: start its server.")
        return super().faces(video_id)


@pytest.fixture
def pack_folder(zoo_pack: Path) -> Path | None:
    """The pack in use; replaced by the tests that go without."""
    return zoo_pack


@pytest.fixture
def desk(library: OpenLibrary) -> Desk:
    return Desk(library.store(), lambda: library.thresholds)


@pytest.fixture
def videos(
    library: OpenLibrary, desk: Desk, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[VideosPage]:
    service = LibraryService(library)
    made = videos_page(library, desk, service, lanes, messages)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    yield made
    lanes.shutdown()


@pytest.fixture
def show(videos: VideosPage, qtbot: QtBot) -> Callable[[], VideosPage]:
    """Show the page and wait for its list."""

    def shown() -> VideosPage:
        videos.show()
        videos.setFocus()
        qtbot.waitUntil(lambda: settled(videos))
        return videos

    return shown


def settled(page: VideosPage) -> bool:
    return page.list.model.complete and not page.list.model.busy


def titles(page: VideosPage) -> list[str]:
    model = page.list.model
    return [model.index(row, Column.VIDEO).data() for row in range(model.rowCount())]


def words(widget: QWidget) -> str:
    """Everything that can be read on a part of the page."""
    return " | ".join(
        label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)
    )


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store, 3)


Show = Callable[[], VideosPage]


def test_an_empty_library_says_how_to_begin(show: Show, qtbot: QtBot) -> None:
    page = show()
    qtbot.waitUntil(lambda: "No videos yet" in words(page.list.notice))
    assert not page.list.panel.isVisible()
    choices = [b.text() for b in page.list.notice.findChildren(QPushButton)]
    assert choices == ["Choose videos", "Choose a folder"]


def test_videos_are_listed_with_what_became_of_their_faces(
    show: Show, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'rejected' WHERE id = %s", (faces.ids[0],)
    )
    page = show()
    assert titles(page) == ["one.mp4"]
    model = page.list.model
    assert model.index(0, Column.FACES).data() == "2 pending, 0 decided, 1 rejected"
    qtbot.waitUntil(lambda: page.list.panel.review.text() == "Review 2 faces")
    qtbot.waitUntil(lambda: "/\u200bvideos" in words(page.list.panel))
    assert "1280 × 720 · h264 · 1:00 · " in words(page.list.panel)
    assert "Not scanned yet" in words(page.list.panel)


@pytest.mark.parametrize(
    "held", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier]
)
def test_the_first_video_is_chosen_while_the_key_that_led_here_is_held(
    videos: VideosPage, show: Show, faces: Faces, qtbot: QtBot, held: Qt.KeyboardModifier
) -> None:
    corner = QWidget(videos)
    QTest.mouseClick(corner, Qt.MouseButton.LeftButton, held)
    assert QGuiApplication.keyboardModifiers() == held
    page = show()
    qtbot.waitUntil(lambda: page.list.panel.review.text() == "Review 3 faces")
    QTest.mouseClick(corner, Qt.MouseButton.LeftButton)


def test_the_panel_names_who_is_in_the_video(
    show: Show, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'manual', matched_creator_id = %s "
        "WHERE id = ANY(%s)",
        (faces.bob.id, faces.ids[:2]),
    )
    page = show()
    qtbot.waitUntil(lambda: "Bob · 2 faces" in words(page.list.panel))


def test_copies_of_one_file_are_marked_and_named(
    show: Show, store: Store, sql: Sql, qtbot: QtBot
) -> None:
    videos = [store.videos.add(video_info(f"/videos/{name}.mp4")) for name in ("a", "b", "c", "d")]
    sql.cursor().executemany(
        "INSERT INTO facereview.fingerprint (video_id, content, whole, file_changed) "
        "VALUES (%s, %s, %s, 0)",
        zip(videos, ("9-x", "9-x", "9-x", "9-y"), ("w", "w", "w", None), strict=True),
    )
    page = show()
    model = page.list.table.model()
    qtbot.waitUntil(lambda: model.rowCount() == 4)
    rows = [model.index(n, 0).data(Qt.ItemDataRole.UserRole) for n in range(4)]
    assert [row.copies for row in rows] == [
        ("/videos/b.mp4", "/videos/c.mp4"),
        ("/videos/a.mp4", "/videos/c.mp4"),
        ("/videos/a.mp4", "/videos/b.mp4"),
        (),
    ]
    said = [library_texts.copies(row) for row in rows]
    assert said[0] == "The same file as /videos/b.mp4, and 1 more"
    assert said[3] == ""
    assert library_texts.place(rows[0]) == "copy · /videos"
    assert library_texts.place(rows[3]) == "/videos"
    qtbot.waitUntil(lambda: said[0] in words(page.list.panel).replace("\u200b", ""))


def test_enter_opens_the_cast_sheet_and_shift_enter_the_faces_on_review(
    show: Show, faces: Faces, qtbot: QtBot
) -> None:
    page = show()
    with qtbot.waitSignal(page.cast_requested) as asked:
        QTest.keyClick(page.list.table, Key.Key_Return)
    assert asked.args == [faces.video]
    with qtbot.waitSignal(page.review_requested) as asked:
        QTest.keyClick(page.list.table, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert asked.args == [faces.video]
    with qtbot.waitSignal(page.cast_requested) as asked:
        page.list.panel.cast.click()
    assert asked.args == [faces.video]


def test_shift_enter_says_so_where_nothing_is_pending(
    show: Show, store: Store, said: list[Message]
) -> None:
    store.videos.add(video_info())
    page = show()
    QTest.keyClick(page.list.table, Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert [message.text for message in said] == ["The selected videos have no pending faces."]
    assert not page.list.panel.review.isEnabled()


def test_typing_in_the_list_searches(show: Show, store: Store, qtbot: QtBot) -> None:
    for name in ("Alps", "Beach", "Basel"):
        store.videos.add(video_info(f"/videos/{name}.mp4"))
    page = show()
    QTest.keyClick(page.list.table, Key.Key_B)
    assert page.header.search.hasFocus()
    QTest.keyClicks(page.header.search, "a")
    qtbot.waitUntil(lambda: titles(page) == ["Basel.mp4"])
    QTest.keyClick(page.header.search, Key.Key_Down)
    assert page.list.table.hasFocus()
    QTest.keyClick(page.list.table, Key.Key_F, CTRL)
    assert page.header.search.hasFocus()
    QTest.keyClick(page.header.search, Key.Key_Escape)
    qtbot.waitUntil(lambda: len(titles(page)) == 3)
    assert page.header.search.hasFocus()
    QTest.keyClick(page.header.search, Key.Key_Escape)
    assert page.list.table.hasFocus()


def test_a_search_without_result_offers_the_way_back(
    show: Show, faces: Faces, qtbot: QtBot
) -> None:
    page = show()
    page.header.begin("nowhere")
    qtbot.waitUntil(page.list.notice.isVisible)
    assert "No title, path or name contains “nowhere”." in words(page.list.notice)
    page.list.notice.findChildren(QPushButton)[-1].click()
    qtbot.waitUntil(page.list.table.isVisible)
    assert page.header.search.wanted == ""


def test_a_filter_that_hides_what_is_searched_for_says_so(
    show: Show, faces: Faces, store: Store, qtbot: QtBot
) -> None:
    store.videos.add(video_info("/videos/gone home.mp4"))
    store.videos.add(video_info("/videos/gone far.mp4"))
    page = show()
    pills = [p for p in page.header.pills.findChildren(QPushButton) if not p.isHidden()]
    pills[-1].click()
    qtbot.waitUntil(lambda: "The filter “Faulty” hides 3 videos." in words(page.list.notice))
    page.header.begin("gone")
    said = "The filter “Faulty” hides 2 videos with “gone”."
    qtbot.waitUntil(lambda: said in words(page.list.notice))
    page.list.notice.findChildren(QPushButton)[-2].click()
    qtbot.waitUntil(lambda: titles(page) == ["gone far.mp4", "gone home.mp4"])
    assert page.header.search.wanted == "gone"
    pills[-1].click()
    page.header.begin("nowhere")
    said = "No title, path or name contains “nowhere”, under any filter."
    qtbot.waitUntil(lambda: said in words(page.list.notice))


def test_filters_show_counts_and_their_videos(
    show: Show, faces: Faces, store: Store, qtbot: QtBot
) -> None:
    broken = store.videos.add(video_info("/videos/broken.mp4"))
    fault = "The video /videos/broken.mp4 is empty (0 bytes): copy it again."
    store.videos.record_scan(ScanRow(broken, 0.0, 5, 64, fault=fault))
    page = show()
    pills = page.header.pills.findChildren(QPushButton)
    counted = ["All 2", "To review 1", "Not scanned 1", "Faulty 1"]
    qtbot.waitUntil(lambda: [p.text() for p in pills if not p.isHidden()] == counted)
    pills[-2].click()
    assert page.header.chosen is VideoKind.FAULT
    qtbot.waitUntil(lambda: titles(page) == ["broken.mp4"])
    short = "The video broken.mp4 is empty (0 bytes): copy it again."
    assert page.list.model.index(0, Column.SCANNED).data() == short
    qtbot.waitUntil(lambda: short in words(page.list.panel))


def test_changes_of_others_are_seen_when_the_page_is_shown_again(
    show: Show, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    page = show()
    page.hide()
    sql.execute("UPDATE video_face_detections SET match_status = 'rejected'")
    sql.execute("INSERT INTO videos (file_path, title) VALUES ('/videos/new.mp4', 'New')")
    page.show()
    qtbot.waitUntil(lambda: titles(page) == ["New", "one.mp4"])
    model = page.list.model
    assert model.index(1, Column.FACES).data() == "0 pending, 0 decided, 3 rejected"


def test_an_outage_is_said_and_can_be_tried_again(
    show: Show, desk: Desk, faces: Faces, videos: VideosPage, qtbot: QtBot
) -> None:
    desk.lost = True
    videos.show()
    qtbot.waitUntil(videos.list.notice.isVisible)
    assert "The database is out of reach: start its server." in words(videos.list.notice)
    desk.lost = False
    videos.list.notice.findChildren(QPushButton)[-1].click()
    qtbot.waitUntil(videos.list.table.isVisible)
    assert titles(videos) == ["one.mp4"]


def test_scanning_switched_off_is_said_with_the_way_to_settings(
    show: Show, desk: Desk, qtbot: QtBot
) -> None:
    desk.settings.save("enabled", "false")
    page = show()
    qtbot.waitUntil(page.banners.off.isVisible)
    assert "Scanning is turned off" in words(page.banners)
    with qtbot.waitSignal(page.settings_wanted) as asked:
        page.banners.settings_button.click()
    assert asked.args == ["recognition"]
    desk.settings.save("enabled", "true")
    page.refresh()
    qtbot.waitUntil(lambda: not page.banners.off.isVisible())


@pytest.mark.parametrize("pack_folder", [None])
def test_a_missing_pack_is_fetched_from_the_page(
    show: Show, library: OpenLibrary, zoo_pack: Path, qtbot: QtBot
) -> None:
    page = show()
    qtbot.waitUntil(page.banners.pack.isVisible)
    assert "fetch one in Settings" in words(page.banners)
    assert page.banners.fetch_button.text() == "Fetch the zoo pack"
    # what a download would leave behind
    shutil.copytree(zoo_pack, library.home.packs / "models" / "zoo")
    with qtbot.waitSignal(page.pack_changed, timeout=20_000):
        page.banners.fetch_button.click()
        assert not page.banners.fetch_button.isEnabled()
    assert not page.banners.pack.isVisible()


@pytest.fixture
def films(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    folder.mkdir()
    film(folder / "one film.mp4")
    (folder / "empty.mov").touch()
    return folder


def finished(page: VideosPage) -> bool:
    return page.scans.stage in (ScanStage.DONE, ScanStage.FAILED)


def test_dropped_files_are_scanned_and_listed(
    show: Show, films: Path, sql: Sql, qtbot: QtBot
) -> None:
    page = show()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(films))])
    assert drag_over(page, data)
    assert page.veil.isVisible()
    drop_on(page, data)
    assert not page.veil.isVisible()
    with qtbot.waitSignal(page.library_changed, timeout=30_000):
        qtbot.waitUntil(lambda: finished(page), timeout=30_000)
    report = page.scans.report
    assert report is not None
    assert report.faces > 0
    assert "1 file or folder could not be read:" in words(page.scan_panel)
    qtbot.waitUntil(lambda: titles(page) == ["empty", "one film"])
    row = sql.execute("SELECT count(*) FROM video_face_detections").fetchone()
    assert row == (report.faces,)
    qtbot.waitUntil(lambda: page.header.pills.findChildren(QPushButton)[0].text() == "All 2")


def test_text_that_is_dragged_over_is_refused(show: Show) -> None:
    page = show()
    data = QMimeData()
    data.setText("not a file")
    assert not drag_over(page, data)
    assert not page.veil.isVisible()


def test_a_selected_video_is_scanned_again_by_key(
    show: Show, films: Path, sql: Sql, qtbot: QtBot
) -> None:
    page = show()
    page.add((films / "one film.mp4",))
    qtbot.waitUntil(lambda: finished(page), timeout=30_000)
    qtbot.waitUntil(lambda: titles(page) == ["one film"])
    sql.execute("UPDATE video_face_detections SET match_status = 'rejected' WHERE id = 1")
    kept = sql.execute("SELECT count(*) FROM video_face_detections").fetchone()
    page.scans.dismiss()
    QTest.keyClick(page.list.table, Key.Key_R, CTRL)
    assert page.scans.busy
    qtbot.waitUntil(lambda: finished(page), timeout=30_000)
    report = page.scans.report
    assert report is not None
    assert (report.videos, report.unchanged) == (1, 0)
    assert sql.execute("SELECT count(*) FROM video_face_detections").fetchone() == kept


def test_a_look_at_further_frames_changes_the_library_and_is_told_where_it_is_unseen(
    show: Show, said: list[Message], qtbot: QtBot
) -> None:
    page = show()
    assert page.further_panel.isHidden()
    page.further.report = FurtherReport(1, 4, 5, uncertain=3, settled=2)
    with qtbot.waitSignal(page.library_changed):
        page.further.ended.emit()
    assert said == []
    page.hide()
    page.further.ended.emit()
    assert [message.text for message in said] == [
        "4 further frames: 5 faces found there, 2 of 3 uncertain ones named now."
    ]


def test_a_scan_that_ends_unseen_is_told(
    show: Show, films: Path, said: list[Message], qtbot: QtBot
) -> None:
    page = show()
    page.add((films / "one film.mp4",))
    page.hide()
    qtbot.waitUntil(lambda: finished(page), timeout=30_000)
    assert len(said) == 1
    assert said[0].text.startswith("1 video, ")
    page.add((films / "one film.mp4", films / "gone.mp4"))
    qtbot.waitUntil(lambda: len(said) == 2, timeout=30_000)
    assert "1 file or folder could not be read: There is no file or folder gone.mp4" in said[1].text


def test_one_missing_file_of_a_selection_is_named_beside_the_others_results(
    show: Show, films: Path, sql: Sql, qtbot: QtBot
) -> None:
    for name in ("gone.mp4", "there.mp4"):
        shutil.copy(films / "one film.mp4", films / name)
    page = show()
    page.add((films / "gone.mp4", films / "there.mp4"))
    qtbot.waitUntil(lambda: finished(page), timeout=30_000)
    qtbot.waitUntil(lambda: titles(page) == ["gone", "there"])
    (films / "gone.mp4").unlink()
    page.scans.dismiss()
    page.list.table.selectAll()
    QTest.keyClick(page.list.table, Key.Key_R, CTRL)
    qtbot.waitUntil(lambda: finished(page), timeout=30_000)
    report = page.scans.report
    assert report is not None
    assert (report.videos, report.unread, len(report.faults)) == (1, 0, 1)
    listed = page.scan_panel._faults.model.index(0, 0).data()
    assert listed.startswith("There is no file or folder gone.mp4")


def test_small_faces_are_said_and_looked_for_again(
    show: Show, films: Path, sql: Sql, qtbot: QtBot
) -> None:
    sql.execute("UPDATE face_recognition_config SET value = '2000' WHERE key = 'min_face_size'")
    page = show()
    page.add((films / "one film.mp4",))
    qtbot.waitUntil(lambda: finished(page), timeout=30_000)
    report = page.scans.report
    assert report is not None
    assert (report.faces, len(report.small)) == (0, 1)
    assert f"{report.small[0][1]} faces left out as too small" in words(page.scan_panel)
    page.scan_panel.closer.click()
    assert page.scans.busy
    qtbot.waitUntil(lambda: finished(page), timeout=30_000)
    found = page.scans.report
    assert found is not None
    assert (found.faces, found.small) == (report.small[0][1], ())
    assert page.scan_panel.closer.isHidden()


def test_a_scan_that_cannot_begin_says_why(show: Show, films: Path, sql: Sql, qtbot: QtBot) -> None:
    sql.execute("UPDATE face_recognition_config SET value = 'false' WHERE key = 'enabled'")
    page = show()
    page.add((films / "one film.mp4",))
    qtbot.waitUntil(lambda: finished(page), timeout=30_000)
    assert page.scans.stage is ScanStage.FAILED
    assert "turned off" in words(page.scan_panel)


@pytest.mark.parametrize(
    ("key", "modifiers", "mode"),
    [
        (Key.Key_O, CTRL, QFileDialog.FileMode.ExistingFiles),
        (Key.Key_O, CTRL | SHIFT, QFileDialog.FileMode.Directory),
    ],
)
def test_files_and_folders_are_chosen_without_holding_up_the_window(
    show: Show,
    films: Path,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
    mode: QFileDialog.FileMode,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = show()
    QTest.keyClick(page.list.table, key, modifiers)
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.fileMode() is mode
    dialog.filesSelected.emit([str(films)])
    dialog.reject()
    assert page.scans.busy
    qtbot.waitUntil(lambda: finished(page), timeout=30_000)


def test_thumbnails_come_from_the_videos(show: Show, films: Path, qtbot: QtBot) -> None:
    page = show()
    page.add((films / "one film.mp4",))
    qtbot.waitUntil(lambda: finished(page), timeout=30_000)
    qtbot.waitUntil(lambda: titles(page) == ["one film"])
    row = page.list.model.video(0)
    assert row is not None
    qtbot.waitUntil(lambda: page.list.pictures.picture(row) is not None)
    picture = page.list.pictures.picture(row)
    assert picture is not None
    assert (picture.width(), picture.height()) == (360, 270)
    assert len({picture.pixelColor(x, 135).name() for x in range(0, 360, 10)}) > 10


def test_a_long_list_scrolls_and_follows_the_keys(show: Show, sql: Sql, qtbot: QtBot) -> None:
    sql.execute(
        "INSERT INTO videos (file_path, title) SELECT '/v/' || lpad(n::text, 6, '0'), n::text "
        "FROM generate_series(0, 2999) n"
    )
    page = show()
    assert page.list.model.rowCount() == 3000
    table = page.list.table
    QTest.keyClick(table, Key.Key_Right)
    QTest.keyClick(table, Key.Key_End)
    qtbot.waitUntil(lambda: [v.video.title for v in table.chosen().here] == ["2999"])
    QTest.keyClick(table, Key.Key_Up, SHIFT)
    qtbot.waitUntil(lambda: page.list.panel.again.text() == "Scan 2 videos again")


def test_a_narrow_list_puts_size_and_codec_under_the_length(show: Show, faces: Faces) -> None:
    page = show()
    page.resize(1100, 700)
    QApplication.processEvents()
    delegate = page.list.table.itemDelegate()
    assert isinstance(delegate, VideosDelegate)
    assert delegate.compact
    assert page.list.table.isColumnHidden(Column.CODEC)
    page.resize(1800, 900)
    QApplication.processEvents()
    assert [delegate.compact, page.list.table.isColumnHidden(Column.CODEC)] == [False, False]


def test_every_control_has_a_name(show: Show, faces: Faces, qtbot: QtBot) -> None:
    page = show()
    for control in page.findChildren(QWidget):
        focusable = control.focusPolicy() is not Qt.FocusPolicy.NoFocus
        if focusable and control.isVisible() and isinstance(control, QPushButton):
            assert control.text() or control.accessibleName(), control
    assert page.list.table.accessibleName() == "Videos"
    assert page.header.search.accessibleName()
