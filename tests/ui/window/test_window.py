from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from review_support import NotedDesk, review_page

from facereview.joins import join_review
from facereview.ui.actions.spec import OPENED_FROM, PAGES
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.review.controller import Stage
from facereview.ui.review.page import ReviewPage
from facereview.ui.review.queue import Tab
from facereview.ui.widgets.cards import Card
from facereview.ui.widgets.theme import Theme, ThemeChoice
from facereview.ui.window.key_sheet import KeySheet
from facereview.ui.window.preferences import Preferences
from facereview.ui.window.rail import RailButton
from facereview.ui.window.window import MainWindow

Make = Callable[[], MainWindow]


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / "preferences.ini")


@pytest.fixture
def make(
    desk: NotedDesk,
    lanes: Lanes,
    messages: Messages,
    preferences: Preferences,
    qapp: QApplication,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> Make:
    monkeypatch.setattr(Theme, "_apply", lambda _theme: None)  # the tests' look stays as it is
    theme = Theme(qapp, ThemeChoice.LIGHT)

    def build() -> MainWindow:
        page = review_page(desk, lanes, messages, qtbot)
        window = MainWindow(
            {"review": page, **{name: QWidget() for name in (*PAGES[1:], *OPENED_FROM)}},
            page.controller.decider,
            library="library on db.local",
            theme=theme,
            preferences=preferences,
            messages=messages,
        )
        qtbot.addWidget(window)
        window.show()
        join_review(window, page, preferences, "lib")
        page.start(preferences.place("lib"))
        return window

    return build


def review_of(window: MainWindow) -> ReviewPage:
    [page] = window.findChildren(ReviewPage)
    return page


@pytest.fixture
def window(make: Make, qtbot: QtBot) -> MainWindow:
    made = make()
    qtbot.waitUntil(lambda: review_of(made).controller.stage is Stage.FACE)
    return made


def test_the_title_begins_with_the_products_name(window: MainWindow) -> None:
    assert window.windowTitle().startswith("facereview")
    assert not window.windowIcon().isNull()


def test_rail_and_keys_lead_to_every_page(window: MainWindow, qtbot: QtBot) -> None:
    for number, page in enumerate(PAGES, 1):
        key = Qt.Key(Qt.Key.Key_0 + number)
        QTest.keyClick(window, key, Qt.KeyboardModifier.ControlModifier)
        assert window.page() == page
    for button, page in zip(window.rail.findChildren(RailButton), PAGES, strict=True):
        button.click()
        assert window.page() == page


def test_the_status_bar_tells_counts_saving_and_undo(
    window: MainWindow, desk: NotedDesk, qtbot: QtBot
) -> None:
    bar = window.status
    qtbot.waitUntil(lambda: bar.pending.text() == "20")
    assert (bar.library.text(), bar.saved.text()) == ("library on db.local", "all saved")
    QTest.keyClick(review_of(window), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bar.last.text() == "undo: accepted Howard")
    assert (bar.pending.text(), bar.today.text()) == ("19", "1")
    desk.database.reachable = False
    QTest.keyClick(review_of(window), Qt.Key.Key_X)
    qtbot.waitUntil(lambda: bar.saved.text() == "1 unsaved")


def test_a_database_out_of_reach_shows_in_the_status_bar(
    make: Make, desk: NotedDesk, qtbot: QtBot
) -> None:
    desk.database.reachable = False
    window = make()
    qtbot.waitUntil(lambda: window.status.saved.text() == "not connected")


def test_where_one_was_is_remembered(
    window: MainWindow, make: Make, preferences: Preferences, qtbot: QtBot
) -> None:
    for _ in range(6):
        QTest.keyClick(review_of(window), Qt.Key.Key_Right)
    window.resize(960, 640)
    window.show_page("insight")
    window.close()
    assert preferences.theme is ThemeChoice.LIGHT
    again = make()
    qtbot.waitUntil(lambda: review_of(again).controller.stage is Stage.FACE)
    assert again.page() == "insight"
    assert (again.width(), again.height()) == (960, 640)
    assert review_of(again).place() == (Tab.PENDING, 7, 6)


def test_a_place_is_not_forgotten_while_the_library_cannot_be_read(
    make: Make, desk: NotedDesk, preferences: Preferences, qtbot: QtBot
) -> None:
    preferences.set_place("lib", (Tab.PENDING, 7, 6))
    desk.database.reachable = False
    window = make()
    qtbot.waitUntil(lambda: review_of(window).controller.stage is Stage.FAULT)
    window.close()
    assert preferences.place("lib") == (Tab.PENDING, 7, 6)


def test_what_an_empty_library_calls_for_leads_to_its_page(
    window: MainWindow, qtbot: QtBot
) -> None:
    review_of(window).wanted.emit("videos")
    assert window.page() == "videos"
    review_of(window).wanted.emit("database")
    assert window.page() == "settings"
    with qtbot.waitSignal(window.migration_wanted):
        review_of(window).wanted.emit("migrate")


def test_the_question_mark_opens_the_sheet_of_keys(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_Question)
    sheet = window.findChild(KeySheet)
    assert sheet is not None
    assert sheet.isVisible()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_the_sheet_of_keys_begins_with_those_of_the_page_at_hand(window: MainWindow) -> None:
    window.show_page("clusters")
    window.show_keys()
    [sheet] = [s for s in window.findChildren(KeySheet) if s.isVisible()]
    marked = {c.accessibleName() for c in sheet.findChildren(Card) if c.property("current")}
    assert marked and all(name.startswith("Clusters") for name in marked)
    sheet.close()


def test_review_keys_rest_while_another_page_is_open(window: MainWindow, desk: NotedDesk) -> None:
    window.show_page("creators")
    QTest.keyClick(window, Qt.Key.Key_X)
    assert desk.intents == []


def test_tab_reaches_every_control_of_the_page(window: MainWindow, qtbot: QtBot) -> None:
    window.activateWindow()
    review_of(window).setFocus()
    reached = set[str]()
    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is not None:
            reached.add(type(focused).__name__)
    assert {"RailButton", "KeyButton"} <= reached


def test_the_smallest_window_is_smaller_than_720p(window: MainWindow) -> None:
    window.resize(1280, 720)
    assert (window.width(), window.height()) == (1280, 720)
