"""Where the keys go: after a name, Escape, a dialog or another page they are the page's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cluster_support import Sql, go_to_cluster, rows, until
from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QDialog,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot
from review_support import NotedDesk, idle
from whole_window import newest, part, scenes, show_page, whole_window

from facereview.app import Opened
from facereview.records import Status
from facereview.ui.actions.spec import PAGES
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.dialogs import NewPersonDialog
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.review.page import ReviewPage
from facereview.ui.review.queue import Tab
from facereview.ui.shots import settle
from facereview.ui.widgets.name_picker import NamePicker
from facereview.ui.window.key_sheet import KeySheet
from support import Faces

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
FIELDS = (QLineEdit, QPlainTextEdit, QAbstractSpinBox)


@pytest.fixture
def whole(tmp_path: Path, library_url: str, zoo_pack: Path) -> Iterator[Opened]:
    """The window as the program makes it, on a library with everything in it."""
    with whole_window(tmp_path, library_url, zoo_pack) as (opened, _theme):
        activate(opened.window)
        yield opened


def activate(window: QWidget) -> None:
    window.activateWindow()  # off screen nobody does so after a dialog
    assert QTest.qWaitForWindowActive(window)


def fields(page: QWidget) -> list[QWidget]:
    """Every field of a page in which one can type now."""
    return [
        field
        for field in page.findChildren(QWidget)
        if isinstance(field, FIELDS)
        and field.isVisible()
        and field.isEnabled()
        and not isinstance(field.parentWidget(), QAbstractSpinBox)
    ]


def has_keys(page: QWidget, at: QWidget | None) -> bool:
    """Whether keys are the page's: they go to the page itself or to a list of it."""
    lists = (QAbstractItemView, QScrollArea)
    mine = at is page or (isinstance(at, lists) and page.isAncestorOf(at))
    return mine and at is not None and at.isVisible()


def gone(dialog: QDialog) -> bool:
    """Whether a dialog is closed, soon."""
    deadline = QDeadlineTimer(2_000)
    while dialog.isVisible() and not deadline.hasExpired():
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)
    return not dialog.isVisible()


def test_escape_leads_out_of_every_field_of_every_page(whole: Opened) -> None:
    window, seen = whole.window, 0
    for name in window.page_names():
        show_page(whole, name)
        page = window._pages[name]
        for field in fields(page):
            field.setFocus()
            assert field.hasFocus(), field
            QTest.keyClicks(field, "ab")
            for _ in range(2):
                at = window.focusWidget()
                assert at is not None
                QTest.keyClick(at, Key.Key_Escape)
            assert has_keys(page, window.focusWidget()), (name, field, window.focusWidget())
            single_letters_work(window)
            seen += 1
    assert seen >= 6


def single_letters_work(window: QWidget) -> None:
    """The question mark is a letter in a field, and a key of the window everywhere else."""
    at = window.focusWidget()
    assert at is not None
    QTest.keyClick(at, Key.Key_Question)
    sheet = newest(KeySheet)
    QTest.keyClick(sheet, Key.Key_Escape)
    assert gone(sheet)
    activate(window)


def test_another_page_has_the_keys_at_once(whole: Opened) -> None:
    window = whole.window
    for name in window.page_names():
        show_page(whole, name)
        for field in fields(window._pages[name]):
            for number, other in enumerate(PAGES, 1):
                field.setFocus()
                QTest.keyClicks(field, "a")
                QTest.keyClick(field, Key(Key.Key_0 + number), CTRL)
                assert window.page() == other
                at = window.focusWidget()
                assert has_keys(window._pages[other], at), (name, field, other, at)
                window.show_page(name)


def test_every_dialog_closes_at_the_first_escape_and_leaves_the_keys_to_the_page(
    whole: Opened,
) -> None:
    window, seen = whole.window, []
    for name, dialog in scenes(whole):
        if not isinstance(dialog, QDialog):
            continue
        at = dialog.focusWidget() or dialog
        if isinstance(at, QLineEdit):
            QTest.keyClicks(at, "a")
        QTest.keyClick(at, Key.Key_Escape)
        assert gone(dialog), name
        page = window._pages[window.page()]
        assert has_keys(page, window.focusWidget()), (name, window.focusWidget())
        activate(window)
        seen.append(name)
    assert len(seen) >= 11


def test_a_closed_dialog_gives_no_keys_back_to_the_field_or_button_it_was_opened_from(
    whole: Opened,
) -> None:
    window = whole.window
    show_page(whole, "creators")
    page = part(whole, CreatorsPage)
    for control in (page.view.header.search, page.view.header.new):
        control.setFocus()
        QTest.keyClick(control, Key.Key_N, CTRL)
        dialog = newest(NewPersonDialog)
        QTest.keyClick(dialog.focusWidget() or dialog, Key.Key_Escape)
        assert gone(dialog)
        assert window.focusWidget() is page.view.list
        activate(window)


def test_escape_in_a_dialog_whose_field_holds_a_name_closes_it(whole: Opened) -> None:
    window = whole.window
    for name, dialog in scenes(whole):
        if not isinstance(dialog, QDialog):
            continue
        for field in fields(dialog)[:1]:
            field.setFocus()
            QTest.keyClicks(field, "ann")
            QTest.keyClick(field, Key.Key_Escape)
            assert gone(dialog), name
            activate(window)


def typing(whole: Opened, page: str, text: str) -> NamePicker:
    """The name field of a page, with a text in it."""
    show_page(whole, page)
    (picker,) = whole.window._pages[page].findChildren(NamePicker)
    strike(whole.window._pages[page], Key.Key_M)
    assert picker.field.hasFocus()
    QTest.keyClicks(picker.field, text)
    settle(whole.lanes, whole.window)
    assert picker.popup.isVisible()
    return picker


@pytest.mark.parametrize("page", ["review", "clusters"])
def test_what_was_typed_for_one_face_is_gone_once_a_dialog_gave_the_keys_to_the_page(
    whole: Opened, page: str
) -> None:
    """The window is free of the dialog before it is active again, as desktops do it."""
    picker = typing(whole, page, "ann")
    QTest.mouseClick(whole.window.status._keys, Qt.MouseButton.LeftButton)
    sheet = newest(KeySheet)
    with elsewhere():
        sheet.reject()
        assert gone(sheet)
    activate(whole.window)
    assert has_keys(whole.window._pages[page], whole.window.focusWidget())
    assert (picker.field.text(), picker.popup.isVisible()) == ("", False)
    picker.open_list()
    assert picker.names.answer.text == ""


@pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
def test_another_window_and_a_menu_leave_the_name_that_is_typed(whole: Opened) -> None:
    """Both give the focus back: whoever looks something up goes on typing."""
    picker = typing(whole, "review", "ann")
    strike(whole.window, Key.Key_Down)
    before = (picker.field.text(), picker.names.answer, picker.popup.highlighted())
    with elsewhere():
        assert not picker.field.hasFocus()
    activate(whole.window)
    assert picker.field.hasFocus()
    menu = picker.field.createStandardContextMenu()
    menu.popup(picker.field.mapToGlobal(picker.field.rect().center()))
    assert menu.isVisible()
    menu.close()
    assert picker.popup.isVisible()
    assert (picker.field.text(), picker.names.answer, picker.popup.highlighted()) == before


@contextmanager
def elsewhere() -> Iterator[None]:
    """Another program's window is the active one for a while."""
    other = QWidget()
    other.show()
    activate(other)
    yield
    other.close()


# ------------------------------------------------------------------------------------ what was seen


def test_after_m_escape_s_enter_nobody_is_named(
    cluster_page: ClusterPage, clustered: Faces, sql: Sql, qtbot: QtBot
) -> None:
    """As seen: S and Enter went into the field, and two faces were somebody else's."""
    page = cluster_page
    go_to_cluster(page, 2, qtbot)
    strike(page, Key.Key_M, Key.Key_Escape, Key.Key_S)
    until(qtbot, lambda: page.controller.entries.current == 3 and page.controller.view is not None)
    assert page.picker.field.text() == ""
    strike(page, Key.Key_Return)  # nobody is suggested there: it asks for a name
    until(qtbot, page.picker.field.hasFocus)
    strike(page, Key.Key_Return)
    assert set(rows(sql, clustered.ids)) == {("pending", None)}


def test_undo_after_naming_takes_the_naming_back_and_not_the_text(
    cluster_page: ClusterPage, clustered: Faces, sql: Sql, qtbot: QtBot
) -> None:
    page = cluster_page
    strike(page, Key.Key_M)
    until(qtbot, page.picker.field.hasFocus)
    QTest.keyClicks(page.picker.field, "bob")
    strike(page, Key.Key_Return)
    until(qtbot, lambda: rows(sql, clustered.ids[:4]) == [("manual", clustered.bob.id)] * 4)
    at = page.window().focusWidget()
    assert has_keys(page, at)
    assert at is not None
    QTest.keyClick(at, Key.Key_Z, CTRL)
    until(qtbot, lambda: rows(sql, clustered.ids[:4]) == [("pending", None)] * 4)
    assert page.picker.field.text() == ""
    assert not page.picker.field.isUndoAvailable()


def test_letters_are_keys_again_after_naming_on_clusters(
    cluster_page: ClusterPage, clustered: Faces, sql: Sql, qtbot: QtBot
) -> None:
    page = cluster_page
    strike(page, Key.Key_M)
    until(qtbot, page.picker.field.hasFocus)
    QTest.keyClicks(page.picker.field, "bob")
    strike(page, Key.Key_Return)
    at = page.controller
    until(qtbot, lambda: at.entries.current == 2 and at.view is not None)
    strike(page, Key.Key_X)
    until(qtbot, lambda: rows(sql, clustered.ids[4:7]) == [("rejected", None)] * 3)


def test_a_field_that_is_not_seen_takes_no_keys(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    page.open_tab(Tab.REJECTED)
    qtbot.waitUntil(page.notice.isVisible)
    strike(page, Key.Key_M)
    assert page.hasFocus()


def test_a_button_leaves_the_keys_to_the_page(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    button = page.panel.buttons["stranger"]
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Key.Key_Space)
    idle(page, desk, qtbot, 1)
    assert page.hasFocus()
    strike(page, Key.Key_Return)
    idle(page, desk, qtbot, 2)
    assert desk.face(2).state.status is Status.MATCHED


def test_escape_leads_from_a_button_to_the_page(page: ReviewPage) -> None:
    button = page.panel.buttons["stranger"]
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Key.Key_Escape)
    assert page.hasFocus()


def strike(page: QWidget, *keys: Qt.Key) -> None:
    """Press keys where the focus is, as a hand does."""
    for key in keys:
        at = page.window().focusWidget()
        assert at is not None
        QTest.keyClick(at, key)
