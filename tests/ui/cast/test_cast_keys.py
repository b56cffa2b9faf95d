"""The keys of the cast sheet that move, tick and look."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from cast_support import Cast, Press, chosen, faces_of_row
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessibleAnnouncementEvent, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from facereview.review.cast.records import CastOrder
from facereview.store.store import Store
from facereview.ui.actions.table import ACTIONS
from facereview.ui.cast.controller import CastStage
from facereview.ui.cast.cursor import Chip
from facereview.ui.cast.page import CastPage
from facereview.ui.cast.shape import RowShape
from facereview.ui.jobs.messages import Message
from facereview.ui.widgets import accessible
from facereview.ui.widgets.rows_model import ROW

Key = Qt.Key


def test_every_action_of_the_table_is_handled(page: CastPage) -> None:
    own = {spec.id for spec in ACTIONS if spec.page == "cast"}
    assert {name for name in page._handlers if not name.startswith("faces_")} == own


def test_up_down_home_and_end_move_among_the_rows(page: CastPage, cast: Cast, press: Press) -> None:
    assert faces_of_row(page) == cast.sure
    press(Key.Key_Down)
    assert faces_of_row(page) == cast.likely
    press(Key.Key_End)
    assert faces_of_row(page) == cast.unknown
    press(Key.Key_Down)
    assert faces_of_row(page) == cast.unknown
    press(Key.Key_Up)
    assert faces_of_row(page) == cast.likely
    press(Key.Key_Home, Key.Key_Up)
    assert faces_of_row(page) == cast.sure
    press(Key.Key_PageDown)
    assert faces_of_row(page) == cast.unknown
    press(Key.Key_PageUp)
    assert faces_of_row(page) == cast.sure


def test_left_and_right_choose_a_face_of_the_row_and_space_unticks_it(
    page: CastPage, cast: Cast, press: Press
) -> None:
    cursor = page.controller.cursor
    press(Key.Key_Right, Key.Key_Right)
    second = chosen(page)
    assert second is not None
    press(Key.Key_Space)
    assert cursor.unticked == {second}
    assert cursor.row is not None
    assert [face.id for face in cursor.ticked(cursor.row)] == [
        face for face in cast.sure if face != second
    ]
    press(Key.Key_Space)
    assert not page.controller.cursor.unticked
    press(*[Key.Key_Right] * 5)
    last = chosen(page)
    press(Key.Key_Right)
    assert chosen(page) == last
    press(*[Key.Key_Left] * 5)
    assert chosen(page) is None
    press(Key.Key_Space)
    assert page.controller.cursor.unticked == set(cast.sure)
    press(Key.Key_Down)
    assert chosen(page) is None
    press(Key.Key_Up, Key.Key_Space)
    assert not page.controller.cursor.unticked


def test_ticks_and_place_stay_while_the_sheet_is_read_again(
    page: CastPage, cast: Cast, store: Store, press: Press, qtbot: QtBot
) -> None:
    press(Key.Key_Down, Key.Key_Right, Key.Key_Space)
    cursor = page.controller.cursor
    chosen = cursor.face
    assert chosen is not None
    with qtbot.waitSignal(page.controller.sheet_changed):
        page.refresh()
    assert faces_of_row(page) == cast.likely
    assert cursor.face is not None and cursor.face.id == chosen.id
    assert cursor.unticked == {chosen.id}


def test_the_chips_show_rows_of_one_kind(page: CastPage, cast: Cast, press: Press) -> None:
    counts = [page.controller.count(chip) for chip in Chip]
    assert counts == [3, 1, 2]
    press(Key.Key_End)
    press(Key.Key_3, shift=True)
    assert len(page.controller.cursor.rows) == 2
    assert faces_of_row(page) == cast.unknown
    press(Key.Key_2, shift=True)
    assert faces_of_row(page) == cast.sure
    page.header.pills._buttons["all"].click()
    assert len(page.controller.cursor.rows) == 3


def test_next_and_previous_video(
    page: CastPage, cast: Cast, said: list[Message], press: Press, qtbot: QtBot
) -> None:
    at = page.controller
    one, three, two = cast.videos
    assert at.order.videos.tolist() == [one, three, two]
    qtbot.waitUntil(lambda: at.sheets.get(three) is not None)  # loaded ahead
    press(Key.Key_F)
    press(Key.Key_PageDown, ctrl=True)
    assert at.video == three and at.stage is CastStage.SHEET
    assert not page.frame.panel.isVisible() and page.facts.isVisible()
    press(Key.Key_PageDown, ctrl=True)
    qtbot.waitUntil(lambda: at.video == two and at.stage is CastStage.SHEET)
    press(Key.Key_PageDown, ctrl=True)
    assert at.video == two
    assert said[-1].text == "This is the last video to review."
    press(Key.Key_PageUp, Key.Key_PageUp, ctrl=True)
    assert at.video == one
    press(Key.Key_PageUp, ctrl=True)
    assert said[-1].text == "This is the first video to review."


def test_the_order_begins_with_a_video_that_was_opened_so_that_all_others_follow(
    page: CastPage, cast: Cast, sql: psycopg.Connection[Any], qtbot: QtBot
) -> None:
    at, (one, three, two) = page.controller, cast.videos
    for opened in (two, one):
        with qtbot.waitSignal(at.order.changed):
            at.order.read = False  # as before the first sheet
            page.open(opened)
            page.refresh()
        assert at.order.place(opened) == 1
        assert set(at.order.videos.tolist()) == {one, two, three}
    rejected = "UPDATE video_face_detections SET match_status = 'rejected' WHERE video_id = %s"
    sql.execute(rejected, [three])
    page.open(three)
    qtbot.waitUntil(lambda: at.order.videos.tolist() == [one, two])  # nothing of it waits


def test_keys_pressed_while_the_next_sheet_is_loading_wait_for_it(
    page: CastPage, cast: Cast, press: Press, qtbot: QtBot
) -> None:
    at = page.controller
    at.sheets.clear()
    at.open(cast.videos[1])
    assert at.stage is CastStage.LOADING
    at.open(cast.videos[0])
    press(Key.Key_Down, Key.Key_Space)
    assert not at.cursor.unticked
    qtbot.waitUntil(lambda: at.cursor.unticked == set(cast.likely))


def test_f_shows_the_frame_p_plays_and_escape_closes_then_leaves(
    page: CastPage, cast: Cast, press: Press, qtbot: QtBot
) -> None:
    panel = page.frame.panel
    press(Key.Key_F)
    assert panel.isVisible() and not page.facts.isVisible()
    assert page.rows.height() < 2 * page.rows.tile.height()  # the current row stays in sight
    qtbot.waitUntil(lambda: panel.view._shot is not None)
    press(Key.Key_Down)  # goes on among the rows, whose clearest face is shown
    assert panel._face is not None and panel._face.face.id in cast.likely
    close = [panel.close_up]
    for _ in range(2):  # the face alone, and its frame again
        press(Key.Key_F)
        close.append(panel.close_up)
    assert close == [False, True, False]
    press(Key.Key_P)
    assert panel.isVisible()
    assert panel.playback.running
    press(Key.Key_Right)
    assert not page.frame.panel.playback.running
    left: list[str] = []
    page.left.connect(left.append)
    press(Key.Key_Escape)
    assert not panel.isVisible() and not left
    assert page.rows.height() > 2 * page.rows.tile.height()
    press(Key.Key_Escape)
    assert left == ["videos"]


@pytest.mark.parametrize("origin", ["videos", "review"])
def test_escape_leads_to_where_it_was_opened(
    page: CastPage, cast: Cast, press: Press, origin: str
) -> None:
    left: list[str] = []
    page.left.connect(left.append)
    page.open(cast.videos[0], cast.likely[1], origin=origin)
    assert faces_of_row(page) == cast.likely
    press(Key.Key_Escape)
    assert left == [origin]


def test_v_leads_to_the_face_on_review(page: CastPage, cast: Cast, press: Press) -> None:
    asked: list[int] = []
    page.review_requested.connect(asked.append)
    press(Key.Key_End, Key.Key_V)
    assert asked == cast.unknown


def test_the_chosen_face_is_read_aloud(
    page: CastPage, press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []

    class Reader:
        @staticmethod
        def updateAccessibility(event: QAccessibleAnnouncementEvent) -> None:  # noqa: N802
            heard.append(event.message())

    monkeypatch.setattr(accessible, "QAccessible", Reader)
    press(Key.Key_Right, Key.Key_Space, Key.Key_Down)
    assert heard == ["face 1 of 3 at 0:10, ticked", "face 1 of 3 at 0:10, not ticked"]


def test_the_order_is_not_read_again_at_every_key(
    page: CastPage, cast: Cast, press: Press, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a large library that takes seconds of the server."""
    order, read = page.controller.order, list[CastOrder]()
    asked = order._desk.order

    def counted() -> CastOrder:
        read.append(asked())
        return read[-1]

    monkeypatch.setattr(order._desk, "order", counted)
    order._later.setInterval(3_600_000)
    for _ in range(3):
        page.open(cast.videos[1])
        assert order.videos[0] == cast.videos[1]  # as far as it is known
        press(Key.Key_PageDown, ctrl=True)
    assert order._later.isActive() and not read


def face_under(page: CastPage, place: int) -> QPoint:
    """Where the first face of a row is."""
    rows = page.rows
    index = rows.rows.index(place)
    rect, shown = rows.visualRect(index), index.data(ROW)
    shape = RowShape(rect.width(), rows.zoom.side)
    for x in range(rect.width()):
        at = QPoint(x, rect.height() // 2)
        if shape.face_at(shown, at.toPointF()) is not None:
            return rect.topLeft() + at + QPoint(4, 0)
    raise AssertionError("no face is in the row")


def menu_at(page: CastPage, where: QPoint) -> QMenu:
    """Press the second button there."""
    view = page.rows.viewport()
    QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=where)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, view.mapToGlobal(where))
    QApplication.sendEvent(view, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def texts(menu: QMenu) -> list[str]:
    return [action.text().partition("\t")[0] for action in menu.actions() if action.text()]


@pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
def test_the_menu_is_about_the_face_it_was_opened_on(
    page: CastPage, cast: Cast, press: Press
) -> None:
    where = face_under(page, 1)
    menu = menu_at(page, where)
    assert faces_of_row(page) == cast.likely
    assert chosen(page) in cast.likely
    assert page.controller.cursor.unticked == frozenset(), "nothing is ticked by it"
    assert "stranger" in texts(menu)
    page.controller.cursor.edge(last=True)
    assert not menu.isVisible(), "it would be about another row"
    QApplication.sendPostedEvents(menu, QEvent.Type.DeferredDelete)
    press(Key.Key_Up, Key.Key_Right, Key.Key_Space)
    menu = menu_at(page, where)
    assert "stranger" not in texts(menu), "it would reject the other faces of the row"
    assert "untick" in texts(menu)
    menu.close()
    QApplication.sendPostedEvents(menu, QEvent.Type.DeferredDelete)
