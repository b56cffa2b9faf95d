from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from facereview.ui.actions.spec import EVERYWHERE, PAGES
from facereview.ui.actions.table import ACTIONS, BY_ID, key_label
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets import icons
from facereview.ui.widgets.cards import Card
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.window.key_sheet import KeySheet, groups, rows


@pytest.mark.parametrize("page", PAGES)
def test_no_key_means_two_things_on_a_page(page: str) -> None:
    used = Counter(
        QKeySequence(key).toString()
        for spec in ACTIONS
        if spec.page in (page, EVERYWHERE)
        for key in spec.keys
    )
    assert [key for key, count in used.items() if count > 1] == []


def test_every_key_is_one_that_qt_knows() -> None:
    for spec in ACTIONS:
        assert all(QKeySequence(key).toString() for key in spec.keys), spec.id


def test_the_review_page_handles_every_action_of_the_table(page: ReviewPage) -> None:
    installed = {action.shortcut().toString() for action in page.actions()}
    own = {QKeySequence(s.keys[0]).toString() for s in ACTIONS if s.page == "review"}
    shared = {QKeySequence(s.keys[0]).toString() for s in ACTIONS if s.page == EVERYWHERE}
    assert own <= installed <= own | shared


@pytest.mark.parametrize(
    ("key", "cap"),
    [
        ("Return", "Enter"),
        ("Shift+X", "⇧X"),
        ("Ctrl+Z", "Ctrl Z"),
        ("Ctrl++", "Ctrl +"),
        ("Ctrl+Shift+Z", "Ctrl ⇧Z"),
        ("Left", "←"),
        ("Shift+Right", "⇧→"),
        ("?", "?"),
    ],
)
def test_key_caps_are_short(key: str, cap: str) -> None:
    assert key_label(key) == cap


def test_the_sheet_of_keys_is_made_from_the_table(qtbot: QtBot) -> None:
    sheet = KeySheet()
    qtbot.addWidget(sheet)
    caps = [cap.accessibleName() for cap in sheet.findChildren(KeyCap)]
    for spec in ACTIONS:
        if not spec.id.startswith(("pick_", "cluster_pick_", "cast_pick_", "page_")):
            assert key_label(spec.keys[0]) in caps, spec.id
    assert (["1", "…", "9"], "Accept this suggestion, whatever its similarity") in rows(groups()[0])


@pytest.mark.parametrize("page", PAGES)
def test_no_key_cap_of_the_sheet_is_empty(page: str, qtbot: QtBot) -> None:
    """Nor does it hold a modifier alone: plus is a key, and what parts the keys of a name."""
    sheet = KeySheet(page)
    qtbot.addWidget(sheet)
    caps = [cap.accessibleName() for cap in sheet.findChildren(KeyCap)]
    assert len(caps) > len(ACTIONS) / 2
    for cap in caps:
        assert cap.split(" ")[-1].lstrip("⇧") not in ("", "Ctrl", "Alt", "Shift"), cap
    for spec in ACTIONS:
        for key in spec.keys:
            assert key_label(key).split(" ")[-1].lstrip("⇧") not in ("", "Ctrl"), key


def test_a_narrow_sheet_of_keys_has_one_column(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    for width, columns in ((1600, 2), (700, 1)):
        window.resize(width, 900)
        sheet = KeySheet("clusters", window)
        sheet.show()
        shown = [card for card in sheet.findChildren(Card) if card.isVisible()]
        assert len({card.x() for card in shown}) == columns
        sheet.close()


@pytest.mark.parametrize("page", ["review", "clusters", "creators", "videos"])
def test_the_sheet_begins_with_the_keys_of_the_page(page: str, qtbot: QtBot) -> None:
    own = {spec.group for spec in ACTIONS if spec.page == page}
    assert set(groups(page)[: len(own)]) == own
    assert sorted(groups(page)) == sorted(groups())
    sheet = KeySheet(page)
    qtbot.addWidget(sheet)
    marked = {c.accessibleName() for c in sheet.findChildren(Card) if c.property("current")}
    assert marked == own
    tops = sorted(sheet.findChildren(Card), key=lambda card: (card.y(), card.x()))
    assert {card.accessibleName() for card in tops[: min(2, len(own))]} <= own


def test_every_page_has_its_icon_and_key() -> None:
    for number, page in enumerate(PAGES, 1):
        assert not icons.icon(page, "#ffffff").pixmap(24).toImage().isNull()
        assert BY_ID[f"page_{page}"].keys == (f"Ctrl+{number}",)


def test_icons_take_the_colour_they_are_given() -> None:
    image = icons.icon("check", "#ff0000").pixmap(64).toImage()
    painted = {
        image.pixelColor(x, y).name()
        for x in range(64)
        for y in range(64)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert painted == {"#ff0000"}
    assert not icons.icon("facereview", "").isNull()
