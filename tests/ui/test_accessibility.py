"""What a screen reader finds, and where Tab leads: on every page and in every dialog."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot
from review_support import NotedDesk
from whole_window import SIZES, place, scenes, scrolled_by, seen_at, show_page, whole_window

from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets.tabs import PillTabs
from facereview.ui.window.rail import Rail, RailButton

_MOST = 200
Role, Text = QAccessible.Role, QAccessible.Text


def tree(window: QWidget) -> Iterator[tuple[QWidget, QAccessibleInterface]]:
    """A window and all widgets in it, each as a screen reader finds it.

    They are asked for one by one: PySide loses hold of what ``child`` of an interface gives.
    """
    for widget in (window, *window.findChildren(QWidget)):
        if widget.window() is window:
            yield widget, told(widget)


def told(widget: QWidget) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None
    return found


def nameless(window: QWidget) -> list[str]:
    """What can have the focus, and is called nothing."""
    found = []
    for widget, one in tree(window):
        state = one.state()
        seen = widget.isVisible() and state.focusable and not state.invisible
        if seen and not one.text(Text.Name).strip():
            found.append(f"{type(widget).__name__} ({one.role().name})")
    return found


def hidden_stops(window: QWidget) -> list[str]:
    """What the focus may go to although it is not to be seen."""
    return [
        type(widget).__name__
        for widget in stops(window)
        if seen_at(widget, window).isEmpty() and scrolled_by(widget) is None
    ]


def stops(window: QWidget) -> list[QWidget]:
    """Where Tab stops, in its order, from what has the focus until it comes back."""
    window.activateWindow()
    found: list[QWidget] = []
    at = window.focusWidget() or window
    for _ in range(_MOST):
        QTest.keyClick(at, Qt.Key.Key_Tab)
        at = window.focusWidget() or window
        if at in found:
            return found[found.index(at) :]
        found.append(at)
    raise AssertionError(f"Tab never comes back: {[named(one) for one in found[-5:]]}")


def against_the_eye(window: QWidget) -> list[str]:
    """Steps of Tab that lead up, or back on the same line; another column may begin at its top."""
    found = []
    order = stops(window)
    for one, other in pairwise([*order, *order[:1]]):
        here, there = beside(one, other, window)
        line = min(here.bottom(), there.bottom()) - max(here.top(), there.top()) > 4
        up = there.bottom() <= here.top() + 4 and there.left() < here.right()
        back = line and there.right() <= here.left()
        if (up or back) and not one.isAncestorOf(other):
            found.append(f"{named(one)} {here.getRect()} -> {named(other)} {there.getRect()}")
    return found if len(found) > 1 else []  # once round to the beginning is right


def beside(one: QWidget, other: QWidget, window: QWidget) -> tuple[QRect, QRect]:
    """Where two are; what scrolls one and not the other stands for it."""
    first, second = scrolled_by(one), scrolled_by(other)
    if first is second:
        return place(one, window), place(other, window)
    return place(first or one, window), place(second or other, window)


def named(widget: QWidget) -> str:
    return f"{type(widget).__name__} {told(widget).text(Text.Name)[:30]!r}"


@pytest.mark.parametrize("size", ["960x500", "1600x1000"])
def test_every_page_and_dialog_is_told_and_gone_through_in_order(
    size: str, tmp_path: Path, library_url: str, zoo_pack: Path, qtbot: QtBot
) -> None:
    wrong = []
    with whole_window(tmp_path, library_url, zoo_pack) as (opened, _theme):
        opened.window.resize(SIZES[size])
        for name, window in scenes(opened):
            for what in (nameless, hidden_stops, against_the_eye):
                wrong += [f"{name}, {what.__name__}: {one}" for one in what(window)]
    assert not wrong, "\n".join(wrong)


def test_every_page_of_an_empty_library_is_told_and_gone_through_in_order(
    tmp_path: Path, library_url: str, qtbot: QtBot
) -> None:
    wrong = []
    with whole_window(tmp_path, library_url, filled=False) as (opened, _theme):
        for page in opened.window.page_names():
            show_page(opened, page)
            for what in (nameless, hidden_stops, against_the_eye):
                wrong += [f"{page}, {what.__name__}: {one}" for one in what(opened.window)]
    assert not wrong, "\n".join(wrong)


def test_the_rail_and_the_filters_are_rows_of_tabs(
    tmp_path: Path, library_url: str, qtbot: QtBot
) -> None:
    with whole_window(tmp_path, library_url, filled=False) as (opened, _theme):
        show_page(opened, "videos")
        rows = [*opened.window.findChildren(Rail), *opened.window.findChildren(PillTabs)]
        assert len(rows) >= 7
        for row in rows:
            found = told(row)
            assert found.role() == Role.PageTabList
            assert found.text(Text.Name)
            tabs = [told(button) for button in row.findChildren(QAbstractButton)]
            assert found.childCount() == len(tabs) >= 2
            assert {tab.role() for tab in tabs} == {Role.PageTab}
            assert all(tab.text(Text.Name) for tab in tabs)
            assert [bool(tab.state().selected) for tab in tabs].count(True) == 1
        rail = [told(button) for button in opened.window.rail.findChildren(RailButton)]
        assert [tab.text(Text.Name) for tab in rail if tab.state().selected] == ["Videos"]


def test_a_tab_is_pressed_by_a_screen_reader(
    tmp_path: Path, library_url: str, qtbot: QtBot
) -> None:
    with whole_window(tmp_path, library_url, filled=False) as (opened, _theme):
        button = opened.window.rail.findChildren(RailButton)[2]
        found = told(button).actionInterface()
        found.doAction(found.actionNames()[0])
        assert opened.window.page() == opened.window.page_names()[2]


def test_arrows_go_through_tabs_and_enter_chooses(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    page.activateWindow()
    pills = page.header.pills
    first, second = list(pills._buttons.values())[:2]
    first.setFocus()
    before = page.controller.current
    QTest.keyClick(first, Qt.Key.Key_Right)
    assert QApplication.focusWidget() is second
    assert page.controller.current == before
    assert pills.current() == "pending"
    QTest.keyClick(second, Qt.Key.Key_Return)
    assert pills.current() == "automatic"
    assert desk.intents == []
