"""The grid in the whole window, by keyboard only: opened, grouped, named, undone, left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from whole_window import show_page, whole_window

from facereview.filters import GroupBy
from facereview.records import Status
from facereview.ui.review.page import ReviewPage
from facereview.ui.shots import settle

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
def test_several_faces_are_named_in_the_grid_and_taken_back(
    new_database: Callable[..., str], tmp_path: Path, qtbot: QtBot
) -> None:
    with whole_window(tmp_path, new_database("template_library")) as (opened, _theme):
        window, page = opened.window, opened.pages.review
        at, grid = page.controller, page.grid
        show_page(opened, "review")
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QTest.keyClick(window, Key.Key_G, CTRL)
        assert grid.isVisible()
        QTest.keyClick(window, Key.Key_4, SHIFT)
        settle(opened.lanes, window)
        QTest.keyClick(window, Key.Key_G, SHIFT)
        QTest.keyClick(grid.bar.groups, Key.Key_Down)
        QTest.keyClick(grid.bar.groups, Key.Key_Down)
        with qtbot.waitSignal(at.queue.loaded):
            QTest.keyClick(grid.bar.groups, Key.Key_Return)
        assert at.queue.group is GroupBy.VIDEO
        settle(opened.lanes, window)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QTest.keyClick(window, Key.Key_Home)
        QTest.keyClick(window, Key.Key_Right, SHIFT)
        settle(opened.lanes, window)
        chosen = sorted(at.selection.ids)
        assert len(chosen) == 2
        QTest.keyClick(window, Key.Key_M)
        qtbot.waitUntil(page.picker.field.hasFocus)
        QTest.keyClicks(page.picker.field, "Dan")
        QTest.keyClick(page.picker.field, Key.Key_Return)
        settle(opened.lanes, window)
        while at.twice.waiting is not None:
            QTest.keyClick(window, Key.Key_Return)
            settle(opened.lanes, window)
        with opened.library.store() as store:
            named = store.faces.get(chosen)
            assert {named[face].creator_name for face in chosen} == {"Dan"}
            assert not set(chosen) & set(shown(page))
            while {store.faces.get(chosen)[face].state.status for face in chosen} != {
                Status.PENDING
            }:
                with qtbot.waitSignal(at.decider.reverted):
                    QTest.keyClick(window, Key.Key_Z, CTRL)
        qtbot.waitUntil(lambda: set(chosen) <= set(shown(page)))
        here = at.current
        QTest.keyClick(window, Key.Key_Escape)
        assert page.frame.isVisible()
        assert at.current == here


def shown(page: ReviewPage) -> list[int | None]:
    """The faces of the grid."""
    model = page.grid.model
    return [model.face_at(row) for row in range(model.rowCount())]
