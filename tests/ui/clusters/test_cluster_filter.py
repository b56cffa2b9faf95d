"""Which clusters the wall shows: said by keys, shown as chips, followed by all the rest."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cluster_support import Sql, rows, until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from facereview.filters import Between, ClusterFilter
from facereview.review.clusters.records import SINGLES, Order
from facereview.ui.clusters import notices
from facereview.ui.clusters.controller import WallStage
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.filters.clusters import ClusterFilterDialog
from support import Faces

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
Key, CTRL = Qt.Key, Qt.KeyboardModifier.ControlModifier
Press = Callable[..., None]


def ids(page: ClusterPage) -> list[int]:
    return [cluster.id for cluster in page.controller.entries.rows]


def opened(page: ClusterPage, qtbot: QtBot) -> ClusterFilterDialog:
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    QTest.keyClick(page.window().focusWidget() or page, Key.Key_F, CTRL)
    window = page.window()
    [dialog] = [one for one in window.findChildren(ClusterFilterDialog) if one.isVisible()]
    assert isinstance(dialog, ClusterFilterDialog)
    qtbot.waitUntil(lambda: dialog.folder.completer() is not None)
    return dialog


def choose(page: ClusterPage, wanted: ClusterFilter, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.controller.wall_loader.came):
        page.filtering.bar.choose(wanted)


def test_a_filter_is_said_with_keys_alone_and_taken_away_again(
    page: ClusterPage, qtbot: QtBot
) -> None:
    assert ids(page) == [1, 2, 3, SINGLES]
    dialog = opened(page, qtbot)
    while dialog.focusWidget() is not dialog.faces.high:
        QTest.keyClick(dialog.focusWidget(), Key.Key_Tab)
    QTest.keyClicks(dialog.faces.high, "3")
    with qtbot.waitSignal(page.controller.wall_loader.came):
        QTest.keyClick(dialog.faces.high, Key.Key_Return)
    assert ids(page) == [2, 3], "single faces belong to no cluster"
    bar = page.filtering.bar
    assert [chip.text() for chip in bar.chips] == ["faces up to 3  ×"]
    assert bar.count.text() == "2 clusters"
    assert page.controller.current is not None
    assert page.controller.current.id == 2
    with qtbot.waitSignal(page.controller.wall_loader.came):
        QTest.keyClick(bar.chips[0], Key.Key_Delete)
    assert ids(page) == [1, 2, 3, SINGLES]
    assert bar.isHidden()


def test_keys_decide_the_clusters_of_the_filter_and_one_undo_takes_it_back(
    page: ClusterPage, faces: Faces, sql: Sql, press: Press, qtbot: QtBot
) -> None:
    choose(page, ClusterFilter(creators=(faces.ann.id,)), qtbot)
    assert ids(page) == [1]
    qtbot.waitUntil(lambda: page.filtering.bar.chips[0].text() == "suggests Ann  ×")
    qtbot.waitUntil(lambda: page.controller.view is not None)
    press(Key.Key_Return)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("matched", faces.ann.id)] * 4)
    until(qtbot, lambda: page.controller.stage is WallStage.NONE)
    assert rows(sql, faces.ids[4:]) == [("pending", None)] * 6
    press(Key.Key_Z, ctrl=True)
    until(qtbot, lambda: rows(sql, faces.ids[:4]) == [("pending", None)] * 4)
    until(qtbot, lambda: ids(page) == [1])


def test_nothing_found_says_so_and_leaves_a_way_out(page: ClusterPage, qtbot: QtBot) -> None:
    choose(page, ClusterFilter(text="nowhere", similarity=Between(0.9, None)), qtbot)
    assert page.controller.stage is WallStage.NONE
    said = [label.text() for label in page.notice.findChildren(QLabel)]
    assert "No cluster fits this filter" in said
    with qtbot.waitSignal(page.controller.wall_loader.came):
        page.notice.chosen.emit(notices.CLEAR)
    assert ids(page) == [1, 2, 3, SINGLES]


def test_where_the_wall_checks_or_asks_nothing_is_filtered(page: ClusterPage, qtbot: QtBot) -> None:
    choose(page, ClusterFilter(size=Between(4, None)), qtbot)
    assert page.filtering.bar.isVisible()
    with qtbot.waitSignal(page.controller.wall_loader.came):
        page.choose(Order.CHECK)
    assert page.filtering.bar.isHidden()
    with qtbot.waitSignal(page.controller.wall_loader.came):
        page.choose(Order.SIZE)
    assert ids(page) == [1]
    assert page.filtering.bar.isVisible()


def test_a_kept_filter_whose_creator_is_gone_says_so_and_opens(
    page: ClusterPage, faces: Faces, sql: Sql, qtbot: QtBot
) -> None:
    told: list[str] = []
    page.controller.messages.said.connect(lambda message: told.append(message.text))
    wanted = ClusterFilter(creators=(faces.bob.id,), in_videos=Between(1, None))
    choose(page, wanted, qtbot)
    qtbot.waitUntil(lambda: "Bob" in page.filtering.bar.chips[0].text())
    dialog = opened(page, qtbot)
    assert dialog.wanted() == wanted
    dialog.name.setText("Bob's")
    dialog.keep.click()
    qtbot.waitUntil(lambda: dialog.named.count() == 1)
    dialog.reject()
    choose(page, ClusterFilter(), qtbot)
    sql.execute("DELETE FROM creators WHERE id = %s", (faces.bob.id,))
    dialog = opened(page, qtbot)
    qtbot.waitUntil(lambda: dialog.named.count() == 1)
    with qtbot.waitSignal(page.controller.wall_loader.came):
        dialog.open_named.click()
    qtbot.waitUntil(lambda: any("no longer in the library" in text for text in told))
    assert page.controller.stage is WallStage.NONE
