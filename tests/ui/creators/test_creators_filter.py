"""Which creators are listed, and in which order: said by keys, shown as chips."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from creators_support import creators_page, press, settled
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from facereview.filters import Between, CreatorFilter, CreatorSort
from facereview.records import SourceType
from facereview.review.library.opening import OpenLibrary
from facereview.store.store import Store
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.filters.creators import CreatorFilterDialog
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from support import near

pytestmark = pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
Key, ALT = Qt.Key, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def pack_folder() -> None:
    """No pack is needed."""


@pytest.fixture
def page(
    store: Store, library: OpenLibrary, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> Iterator[CreatorsPage]:
    """Ann has a reference, Bob two, Cora and Dan none."""
    for axis, (name, count) in enumerate((("Ann", 1), ("Bob", 2), ("Cora", 0), ("Dan", 0))):
        made = store.creators.find_or_add(name)
        for seed in range(count):
            vector = near(axis, 0.9, seed)
            store.creators.add_reference(made.id, vector, SourceType.MANUAL, None, 0.9)
    with creators_page(library, lanes, messages, qtbot) as made_page:
        made_page.show()
        made_page.activateWindow()
        qtbot.waitUntil(made_page.isActiveWindow)
        qtbot.waitUntil(lambda: len(names(made_page)) == 4)
        made_page.setFocus()
        yield made_page


def names(page: CreatorsPage) -> list[str]:
    return [person.creator.name for person in page.view.model.rows]


def opened(page: CreatorsPage, qtbot: QtBot) -> CreatorFilterDialog:
    press(page, Key.Key_F, ALT)
    [dialog] = [one for one in page.findChildren(CreatorFilterDialog) if one.isVisible()]
    assert isinstance(dialog, CreatorFilterDialog)
    qtbot.waitUntil(lambda: dialog.folder.completer() is not None)
    return dialog


def test_a_filter_is_said_with_keys_alone_and_taken_away_again(
    page: CreatorsPage, qtbot: QtBot
) -> None:
    dialog = opened(page, qtbot)
    while dialog.focusWidget() is not dialog.references.high:
        QTest.keyClick(dialog.focusWidget(), Key.Key_Tab)
    QTest.keyClicks(dialog.references.high, "0")
    QTest.keyClick(dialog.references.high, Key.Key_Return)
    qtbot.waitUntil(lambda: names(page) == ["Cora", "Dan"])
    bar = page.filtering.bar
    assert [chip.text() for chip in bar.chips] == ["references up to 0  ×"]
    assert bar.count.text() == "2 creators"
    page.view.header.search.setText("da")
    qtbot.waitUntil(lambda: names(page) == ["Dan"])
    QTest.keyClick(bar.chips[0], Key.Key_Delete)
    qtbot.waitUntil(bar.isHidden)
    assert page.view.header.search.text() == "da"
    bar.choose(CreatorFilter(references=Between(1, None)))
    qtbot.waitUntil(lambda: names(page) == ["Ann", "Bob"])
    press(page, Key.Key_F, ALT | SHIFT)
    qtbot.waitUntil(lambda: names(page) == ["Ann", "Bob", "Cora", "Dan"])


def test_a_menu_orders_the_creators_and_who_is_at_hand_stays(
    page: CreatorsPage, qtbot: QtBot
) -> None:
    page.view.list.setCurrentIndex(page.view.model.index(1))
    press(page, Key.Key_O, ALT)
    menu = page.filtering.orders
    qtbot.waitUntil(menu.isVisible)
    for _ in range(list(CreatorSort).index(CreatorSort.REFERENCES) + 1):
        QTest.keyClick(menu, Key.Key_Down)
    QTest.keyClick(menu, Key.Key_Return)
    qtbot.waitUntil(lambda: names(page) == ["Cora", "Dan", "Ann", "Bob"])
    person = page.view.list.person
    assert person is not None and person.creator.name == "Bob"
    page.view.header.search.setText("a")
    qtbot.waitUntil(lambda: "Bob" not in names(page))
    assert names(page).index("Dan") < names(page).index("Ann"), "the order that was chosen holds"


def test_who_no_longer_fits_stays_listed_while_at_hand(
    page: CreatorsPage, store: Store, qtbot: QtBot
) -> None:
    page.filtering.bar.choose(CreatorFilter(references=Between(None, 0)))
    qtbot.waitUntil(lambda: names(page) == ["Cora", "Dan"])
    person = page.view.list.person
    assert person is not None
    store.creators.add_reference(person.creator.id, near(5, 0.9), SourceType.MANUAL, None, 0.9)
    page.refresh()
    settled(page)
    settled(page)
    assert names(page) == ["Cora", "Dan"]
    page.view.list.setCurrentIndex(page.view.model.index(1))
    page.refresh()
    qtbot.waitUntil(lambda: names(page) == ["Dan"])


def test_somebody_whom_the_filter_hides_is_shown_all_the_same(
    page: CreatorsPage, store: Store, qtbot: QtBot
) -> None:
    page.filtering.bar.choose(CreatorFilter(references=Between(1, None)))
    qtbot.waitUntil(lambda: names(page) == ["Ann", "Bob"])
    dan = store.creators.named("Dan")
    assert dan is not None
    page.open_creator(dan.id, "faces")
    assert page.filtering.bar.isHidden()
    assert page.view.list.person is not None and page.view.list.person.creator == dan


@pytest.mark.parametrize("wanted", [CreatorFilter(), CreatorFilter(references=Between(1, None))])
def test_nobody_is_at_hand_until_an_ordered_list_has_who_was_asked_for(
    page: CreatorsPage, store: Store, qtbot: QtBot, wanted: CreatorFilter
) -> None:
    page.filtering.bar.choose(wanted)
    page.filtering.orders.actions()[-1].trigger()
    qtbot.waitUntil(lambda: page.view.model.sorted and bool(names(page)))
    settled(page)
    eve = store.creators.find_or_add("Eve")
    page.refresh()
    page.open_creator(eve.id, "faces")
    qtbot.waitUntil(lambda: page.controller.person is not None)
    assert page.controller.person is not None and page.controller.person.creator == eve
    assert "Eve" in names(page)


def test_nothing_found_leaves_a_way_out_and_a_filter_is_kept(
    page: CreatorsPage, qtbot: QtBot
) -> None:
    bar = page.filtering.bar
    wanted = CreatorFilter(text="ann", faces=Between(5, None), folder="/nowhere")
    bar.choose(wanted)
    qtbot.waitUntil(lambda: not names(page))
    assert page.view.header.search.text() == "ann"
    qtbot.waitUntil(lambda: "folder without videos" in bar.chips[1].text())
    dialog = opened(page, qtbot)
    assert dialog.wanted() == wanted
    dialog.name.setText("many")
    dialog.keep.click()
    qtbot.waitUntil(lambda: dialog.named.count() == 1)
    dialog.reject()
    page.view.notice.chosen.emit("clear")
    qtbot.waitUntil(lambda: len(names(page)) == 4)
    dialog = opened(page, qtbot)
    qtbot.waitUntil(lambda: dialog.named.count() == 1)
    dialog.open_named.click()
    qtbot.waitUntil(lambda: not names(page))
    assert bar.beside(bar.wanted) == wanted
