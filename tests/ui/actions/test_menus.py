"""Context menus: what the page's keys do, each entry with its key."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from whole_window import show_page, whole_window

from facereview.ui.actions.menus import MENUS, made_menu
from facereview.ui.actions.table import BY_ID, first_key, translated
from facereview.ui.review.keys import menu_entries

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)


@pytest.mark.parametrize("page", MENUS)
def test_a_menu_has_actions_of_its_page_only_each_once(page: str) -> None:
    ids = [action for part in MENUS[page] for action in part]
    assert len(set(ids)) == len(ids)
    assert {BY_ID[action].page for action in ids} == {page}


@pytest.mark.parametrize("grid", [True, False])
def test_the_menu_of_review_has_actions_of_review_only_each_once(*, grid: bool) -> None:
    ids = [action for part in menu_entries(grid=grid) for action in part]
    assert len(set(ids)) == len(ids)
    assert {BY_ID[action].page for action in ids} == {"review"}


def test_every_entry_is_there_and_opens_where_the_mouse_is(
    new_database: Callable[..., str], tmp_path: Path, qtbot: QtBot
) -> None:
    with whole_window(tmp_path, new_database("template_library")) as (opened, _theme):
        pages = {name: getattr(opened.pages, name) for name in MENUS}
        for name, page in pages.items():
            menu = made_menu(page, MENUS[name])
            found = [action.text() for action in menu.actions() if not action.isSeparator()]
            assert found == [
                f"{translated(BY_ID[action].text)}\t{first_key(action)}"
                for part in MENUS[name]
                for action in part
            ]
        page = opened.pages.clusters
        show_page(opened, "clusters")
        where = QPoint(20, 20)
        wall = page.wall.viewport()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, wall.mapToGlobal(where))
        QApplication.sendEvent(wall, event)
        [shown] = [menu for menu in page.findChildren(QMenu) if menu.isVisible()]
        assert "Undo\tCtrl Z" in [action.text() for action in shown.actions()]
        QTest.keyClick(shown, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not any(menu.isVisible() for menu in page.findChildren(QMenu)))
