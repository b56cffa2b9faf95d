"""Faces found by a filter, named at once, and taken back days later: with keys alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from library_support import opened as open_real
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from real_window import Program, Rows, Screen, Sql, until, usable, virtual_screen
from whole_window import part, show_page, whole_window

from facereview.records import SourceType
from facereview.ui.filters.faces import FaceFilterDialog
from facereview.ui.history.page import HistoryPage
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.review.page import ReviewPage
from facereview.ui.shots import settle
from support import detection, near, video_info

Key, Modifier = Qt.Key, Qt.KeyboardModifier
PENDING = ("pending", None)
FOLDER = "/films/x"
CHANCES = {"/films/x": (0.38, 0.42, 0.8, 0.44), "/films/y": (0.4, 0.41)}
"""How likely each face is Ann, in each folder."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def wanted(home: Path, library_url: str, zoo_pack: Path, sql: Sql) -> list[int]:
    """A library of two folders; the faces that are to be found."""
    library, found = open_real(home, library_url, zoo_pack), []
    with library.store() as store:
        ann = store.creators.find_or_add("Ann")
        store.creators.add_reference(ann.id, near(0, 0.9), SourceType.MANUAL, None, 0.9)
        chance_of: dict[int, float] = {}
        for folder, chances in CHANCES.items():
            for number, chance in enumerate(chances):
                video = store.videos.add(video_info(f"{folder}/{number}.mp4"))
                face = store.videos.add_face(video, detection(near(9 + len(chance_of), 0.9), at=1))
                chance_of[face] = chance
                if folder == FOLDER and 0.35 <= chance <= 0.45:
                    found.append(face)
        library.track_updater(store).from_nothing()
    for face, chance in chance_of.items():
        sql.execute(
            "UPDATE facereview.track SET creator_id = %s, risk = %s, judged_at = now() "
            "WHERE id = (SELECT track_id FROM facereview.track_face WHERE detection_id = %s)",
            (ann.id, 1 - chance, face),
        )
    library.close()
    return found


def tabs(dialog: FaceFilterDialog, field: QWidget) -> int:
    """Go to a field with Tab; so often it was pressed."""
    pressed = 0
    while (focus := dialog.focusWidget()) is not field:
        QTest.keyClick(focus, Key.Key_Tab)
        pressed += 1
        assert pressed < 60
    return pressed


def filtered(page: ReviewPage, lanes: Lanes, qtbot: QtBot) -> tuple[int, int]:
    """Say the filter in its dialog; how many Tabs led to the folder, and on to the probability."""
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    QTest.keyClick(page, Key.Key_F, Modifier.ControlModifier)
    [dialog] = [one for one in page.window().findChildren(FaceFilterDialog) if one.isVisible()]
    assert isinstance(dialog, FaceFilterDialog)
    qtbot.waitUntil(lambda: dialog.folder.completer() is not None)
    settle(lanes, page)
    first = tabs(dialog, dialog.folder)
    QTest.keyClicks(dialog.folder, FOLDER)
    second = tabs(dialog, dialog.probability.low)
    QTest.keyClicks(dialog.probability.low, ".35")
    tabs(dialog, dialog.probability.high)
    QTest.keyClicks(dialog.probability.high, ".45")
    QTest.keyClick(dialog.probability.high, Key.Key_Return)
    return first, second


@pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
def test_in_a_window_that_is_opened_again(
    wanted: list[int], home: Path, library_url: str, zoo_pack: Path, sql: Sql, qtbot: QtBot
) -> None:
    rows = Rows(sql)
    ann = rows.creators()["Ann"]
    with whole_window(home, library_url, zoo_pack, filled=False) as (made, _theme):
        show_page(made, "review")
        page = part(made, ReviewPage)
        filtered(page, made.lanes, qtbot)
        queue = page.controller.queue
        qtbot.waitUntil(lambda: sorted(queue.cursor.standing().ids.tolist()) == wanted)
        settle(made.lanes, made.window)
        made.window.activateWindow()
        qtbot.waitUntil(made.window.isActiveWindow)
        QTest.keyClick(page, Key.Key_A, Modifier.ControlModifier)
        settle(made.lanes, made.window)
        qtbot.waitUntil(lambda: len(page.controller.selection.ids) == len(wanted))
        settle(made.lanes, made.window)
        QTest.keyClick(page, Key.Key_M)
        field = made.window.focusWidget()
        QTest.keyClicks(field, "Ann")
        settle(made.lanes, made.window)
        for _ in range(2):  # most of them were not seen
            QTest.keyClick(made.window.focusWidget(), Key.Key_Return)
            settle(made.lanes, made.window)
        qtbot.waitUntil(lambda: all(rows.face(face) == ("manual", ann) for face in wanted))
    with whole_window(home, library_url, zoo_pack, filled=False) as (made, _theme):
        show_page(made, "history")
        page_of = part(made, HistoryPage)
        qtbot.waitUntil(lambda: page_of.entry.opened is not None)
        QTest.keyClick(made.window.focusWidget(), Key.Key_U)
        qtbot.waitUntil(lambda: all(rows.face(face) == PENDING for face in wanted))
    assert rows.kinds() == ["assign", "undo"]


@pytest.fixture
def screen() -> Iterator[Screen]:
    with virtual_screen() as made:
        yield made


@pytest.mark.skipif(not usable(), reason="needs Xvfb and xdotool")
@pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
def test_in_a_real_x_server_after_a_restart(
    wanted: list[int],
    home: Path,
    library_url: str,
    zoo_pack: Path,
    sql: Sql,
    screen: Screen,
    qtbot: QtBot,
) -> None:
    rows = Rows(sql)
    ann = rows.creators()["Ann"]
    with whole_window(home, library_url, zoo_pack, filled=False) as (made, _theme):
        show_page(made, "review")
        first, second = filtered(part(made, ReviewPage), made.lanes, qtbot)
    window = Program(screen, library_url, home)
    try:
        window.start()
        window.press("Ctrl+f")
        window.still()
        window.press(*["Tab"] * first)
        window.type(FOLDER)
        window.press(*["Tab"] * second)
        window.type(".35")
        window.press("Tab")
        window.type(".45")
        window.press("Return")
        window.still()
        window.press("Ctrl+a")
        window.still()
        window.press("m")
        window.type("Ann")
        window.press("Return")
        window.still()
        window.press("Return")  # most of them were not seen
        until("the faces named", lambda: all(rows.face(f) == ("manual", ann) for f in wanted))
        window.restart()
        window.page("history")
        window.still()  # once more, as the entry at hand is read after a pause
        window.press("u")
        until("the faces pending", lambda: all(rows.face(f) == PENDING for f in wanted))
    finally:
        window.kill()
    assert rows.kinds() == ["assign", "undo"]
