"""Buttons with key caps: what they say stays readable when there is little room."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from facereview.ui.widgets.key_caps import KeyButton

NAME = "Accept Creator Adelaide"


@pytest.fixture
def button(qtbot: QtBot) -> KeyButton:
    made = KeyButton("Enter", strong=True)
    qtbot.addWidget(made)
    return made


def painted(button: KeyButton, width: int) -> QImage:
    button.resize(width, button.sizeHint().height())
    return button.grab().toImage()


def test_a_button_as_wide_as_it_asks_for_says_all(button: KeyButton) -> None:
    button.set_text(NAME)
    narrow, wide = painted(button, button.sizeHint().width()), painted(button, 600)
    inside = narrow.rect().adjusted(20, 4, -10, -4)
    assert narrow.copy(inside) == wide.copy(inside)


def test_the_name_is_said_before_what_stands_beside_it(button: KeyButton) -> None:
    button.set_text(NAME, "+ 12")
    narrow = button.sizeHint().width() + button.fontMetrics().horizontalAdvance("+ 12") + 12
    short, long = painted(button, narrow), painted(button, 600)
    button.set_text(NAME, "and 12 more", brief="+ 12")
    assert painted(button, narrow) == short
    assert painted(button, 600) != long
    assert button.accessibleName() == f"{NAME} and 12 more"


def test_what_stands_beside_a_short_name_is_said_whole_where_there_is_room(
    button: KeyButton,
) -> None:
    beside = "3 with another suggestion"
    button.set_text("Accept", beside, brief="3 left out")
    width = button.sizeHint().width() + button.fontMetrics().horizontalAdvance(beside)
    narrow, wide = painted(button, width), painted(button, 800)
    inside = narrow.rect().adjusted(narrow.width() // 3, 4, -10, -4)
    shifted = inside.translated(wide.width() - narrow.width(), 0)
    assert narrow.copy(inside) == wide.copy(shifted)
