"""What acts at once acts once: a double-click is one click, a key that is held is one press.

What comes after would meet the face that came to hand meanwhile, or answer a question unread.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cluster_support import Sql, rows, until
from PySide6.QtCore import QEvent, QPoint, QPointF, QStringListModel, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QListView,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from review_support import NotedDesk, idle, status
from ui_support import double_click, hold

from facereview.records import Status
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.dialogs import CreatorDialog
from facereview.ui.jobs.pressed_keys import SecondPress
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets.double_clicks import ActingList
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.name_rows import NAME_ROW
from facereview.ui.widgets.plain_text import button
from support import Faces

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


def covered(part: QWidget) -> QPushButton:
    """Something over the whole window that goes away when it is clicked."""
    over = QPushButton(part.window())
    over.clicked.connect(over.hide)
    over.setGeometry(part.window().rect())
    over.show()
    over.raise_()
    return over


def middle(part: QWidget, row: int = 0) -> tuple[QWidget, QPoint]:
    """Where to click: a button, or a row of a list."""
    if isinstance(part, QListView):
        return part.viewport(), part.visualRect(part.model().index(row, 0)).center()
    return part, part.rect().center()


def find(page: ReviewPage | ClusterPage, text: str, qtbot: QtBot) -> QListView:
    """The rows found for a text, to be seen."""
    QTest.keyClick(page, Key.Key_M)
    until(qtbot, page.picker.field.hasFocus)
    QTest.keyClicks(page.picker.field, text)
    found = page.picker.popup.list
    until(qtbot, lambda: found.visualRect(found.model().index(0, 0)).height() > 0)
    return found


def acting(page: QWidget) -> Iterator[QAbstractButton | QListView]:
    """Every control of a page that can be clicked now."""
    for part in page.findChildren(QWidget):
        if not part.isVisible() or not part.isEnabled():
            continue
        if isinstance(part, QAbstractButton) or (isinstance(part, QListView) and rows_of(part)):
            yield part


def rows_of(view: QListView) -> int:
    model = view.model()
    return model.rowCount() if model is not None else 0


def test_a_double_click_on_a_found_name_names_one_face(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    double_click(*middle(find(page, "s", qtbot)))
    idle(page, desk, qtbot, 1)
    assert (status(desk, 1), status(desk, 2)) == (Status.MANUAL, Status.PENDING)


def test_a_double_click_on_a_found_name_names_one_cluster(
    cluster_page: ClusterPage, clustered: Faces, sql: Sql, qtbot: QtBot
) -> None:
    page = cluster_page
    double_click(*middle(find(page, "bob", qtbot)))
    until(qtbot, lambda: rows(sql, clustered.ids[:4]) == [("manual", clustered.bob.id)] * 4)
    until(qtbot, lambda: not page.controller.decider.waiting)
    assert set(rows(sql, clustered.ids[4:])) == {("pending", None)}


def test_a_double_click_on_create_does_not_answer_the_question_that_takes_its_place(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    """Wherever in the row: the question moves the rows."""
    for down in range(4, NAME_ROW, 8):
        found = find(page, "Shelton", qtbot)
        row = found.visualRect(found.model().index(0, 0))
        double_click(found.viewport(), row.topLeft() + QPoint(40, down))
        assert page.picker.popup.question.text() == "The same as “Sheldon”?"
        assert page.picker.popup.highlighted() is None
        assert desk.intents == []
        page.picker.close_list()


@pytest.mark.parametrize("action", ["accept", "stranger", "not_a_face"])
def test_a_double_click_on_a_button_decides_one_face(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot, action: str
) -> None:
    double_click(*middle(page.panel.buttons[action]))
    idle(page, desk, qtbot, 1)
    assert status(desk, 2) is Status.PENDING


def test_the_second_half_of_a_click_that_moved_the_strip_goes_nowhere_else(
    page: ReviewPage, qtbot: QtBot
) -> None:
    """The strip brings the face that was clicked to its middle, away from below the mouse."""
    strip = page.strip
    qtbot.waitUntil(lambda: rows_of(strip) > 0)
    place = strip.visualRect(strip.model().index(0, 0)).center()
    heard: list[int] = []
    strip.face_clicked.connect(heard.append)
    over = covered(strip)
    double_click(strip.viewport(), place)
    assert (over.isHidden(), heard) == (True, [])


def test_nothing_below_what_a_click_takes_away_is_pressed_by_its_second_half(
    page: ReviewPage, cluster_page: ClusterPage, desk: NotedDesk, sql: Sql, qtbot: QtBot
) -> None:
    """So do the rows of the name field lie over suggestions and buttons."""
    qtbot.waitUntil(lambda: rows_of(page.panel.list) > 1)
    for shown in (page, cluster_page):
        seen = 0
        for part in list(acting(shown.panel)):
            heard: list[QWidget] = []
            part.clicked.connect(lambda *_what, part=part, heard=heard: heard.append(part))
            over = covered(part)
            double_click(*middle(part))
            assert (over.isHidden(), heard) == (True, []), part
            seen += 1
        assert seen > 5
    assert desk.intents == []


def click_both(widgets: tuple[QWidget, QWidget], *, after: int, away: int) -> None:
    """Click the first, then the second so many milliseconds and pixels later."""
    place, none = QPointF(9, 9), Qt.MouseButton.NoButton
    for number, widget in enumerate(widgets):
        at = place + QPointF(away * number, 0)
        for kind, buttons in (
            (QEvent.Type.MouseButtonPress, LEFT),
            (QEvent.Type.MouseButtonRelease, none),
        ):
            event = QMouseEvent(kind, place, at, LEFT, buttons, Qt.KeyboardModifier.NoModifier)
            event.setTimestamp(1_000_000 + after * number)
            QApplication.sendEvent(widget, event)


@pytest.mark.parametrize(
    ("after", "away", "times"), [(150, 0, 1), (150, 3, 1), (900, 0, 2), (150, 60, 2)]
)
def test_a_double_click_that_closes_a_dialog_presses_nothing_of_the_window_behind_it(
    qtbot: QtBot, after: int, away: int, times: int
) -> None:
    """Nor does one that opens a dialog answer it; to Qt each is a click of its own window."""
    behind, dialog, heard = KeyButton("X"), CreatorDialog("Who?", "Yes"), list[str]()
    behind_list = ActingList()
    behind_list.setModel(QStringListModel(["one"], behind_list))
    for made in (behind, dialog, behind_list):
        qtbot.addWidget(made)
        made.show()
    behind.clicked.connect(lambda: heard.append("behind"))
    behind_list.clicked.connect(lambda _index: heard.append("row"))
    dialog.verb.clicked.connect(lambda: heard.append("dialog"))
    for pair in (
        (dialog.verb, behind),
        (behind, dialog.verb),
        (dialog.verb, behind_list.viewport()),
    ):
        heard.clear()
        click_both(pair, after=after, away=away)
        assert len(heard) == times, pair


def test_a_question_that_a_button_asks_twice_is_not_passed_by_a_double_click(
    qtbot: QtBot,
) -> None:
    for made in (KeyButton("G"), button("Save")):
        qtbot.addWidget(made)
        with qtbot.waitExposed(made):
            made.show()
        asked = SecondPress(made)
        sure: list[bool] = []
        made.clicked.connect(lambda _=False, asked=asked, sure=sure: sure.append(asked.press("x")))
        double_click(*middle(made))
        assert sure == [False]
        QTest.mouseClick(made, LEFT)
        assert sure == [False, True]


def test_a_decided_face_is_not_replaced_by_a_double_click(
    page: ReviewPage, desk: NotedDesk, qtbot: QtBot
) -> None:
    QTest.keyClick(page, Key.Key_2)
    idle(page, desk, qtbot, 1)
    name = desk.face(1).creator_name
    QTest.keyClick(page, Key.Key_Left)
    qtbot.waitUntil(lambda: page.controller.current == 1 and rows_of(page.panel.list) > 2)
    double_click(*middle(page.panel.list, 2))
    assert f"replaces {name}" in page.panel.hint.care.text()
    assert len(desk.intents) == 1


# ------------------------------------------------------------------------------- keys that are held


def test_enter_held_down_creates_nobody(page: ReviewPage, desk: NotedDesk, qtbot: QtBot) -> None:
    """The first Enter goes to "create …", the second creates: two presses, not one long one."""
    find(page, "William Hernandez", qtbot)
    hold(page, Key.Key_Return)
    assert page.picker.popup.lines[0].text() == "create “William Hernandez”"
    assert desk.intents == []
    QTest.keyClick(page.picker.field, Key.Key_Return)
    idle(page, desk, qtbot, 1)
    assert desk.intents[0].new_name == "William Hernandez"


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter, Key.Key_Space])
def test_a_key_held_on_a_button_presses_it_once(qtbot: QtBot, key: Key) -> None:
    for made in (KeyButton("G"), button("Save")):
        qtbot.addWidget(made)
        if isinstance(made, QPushButton):
            made.setAutoDefault(True)
        with qtbot.waitExposed(made):
            made.show()
        made.setFocus()
        pressed: list[bool] = []
        made.clicked.connect(lambda _=False, pressed=pressed: pressed.append(True))
        hold(made, key)
        QTest.keyRelease(made, key)
        assert len(pressed) == 1


def test_enter_held_in_a_dialog_agrees_once(qtbot: QtBot) -> None:
    """As in the field for a name of which its button asks whether it is meant."""
    dialog = CreatorDialog("Who this is", "Save")
    qtbot.addWidget(dialog)
    field = QLineEdit(dialog)
    dialog.body.addWidget(field)
    with qtbot.waitExposed(dialog):
        dialog.show()
    pressed: list[bool] = []
    dialog.verb.clicked.connect(lambda _=False, pressed=pressed: pressed.append(True))
    for at in (field, dialog.verb):
        pressed.clear()
        at.setFocus()
        hold(dialog, Key.Key_Return)
        assert len(pressed) == 1
