"""Parts that the tests of the window share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from ui_support import CheckModel, MemoryDesk, MemoryPixels

from facereview.ui.lanes import Lanes
from facereview.ui.messages import Message, Messages
from facereview.ui.review_controller import Stage
from facereview.ui.review_page import ReviewPage
from facereview.ui.translation import install


@pytest.fixture(autouse=True, scope="session")
def words(qapp: QApplication) -> object:
    """English with its plurals."""
    return install(qapp, QLocale(QLocale.Language.English))


@pytest.fixture
def lanes(qtbot: QtBot) -> Iterator[Lanes]:
    """Running lanes, ended after the test."""
    made = Lanes()
    yield made
    made.shutdown()


@pytest.fixture
def check_model(qtmodeltester: Any) -> CheckModel:
    """Qt's model tester."""
    check: CheckModel = qtmodeltester.check
    return check


@pytest.fixture
def messages() -> Messages:
    """The message channel."""
    return Messages()


@pytest.fixture
def said(messages: Messages) -> list[Message]:
    """What was said on it."""
    heard: list[Message] = []
    messages.said.connect(heard.append)
    return heard


@pytest.fixture
def desk() -> Iterator[MemoryDesk]:
    """Twenty pending faces in two videos, two per frame."""
    made = MemoryDesk()
    yield made
    made.gate.set()


@pytest.fixture
def pixels() -> MemoryPixels:
    """Frames of one colour."""
    return MemoryPixels()


@pytest.fixture
def page(
    desk: MemoryDesk, pixels: MemoryPixels, lanes: Lanes, messages: Messages, qtbot: QtBot
) -> ReviewPage:
    """The Review page on the first face, with the next ones loaded."""
    made = ReviewPage(desk, lanes, pixels, messages, groups=desk)
    qtbot.addWidget(made)
    made.resize(1280, 720)
    made.show()
    made.start()
    qtbot.waitUntil(lambda: made.controller.stage is Stage.FACE)
    qtbot.waitUntil(lambda: len(made.controller.upcoming(8)) == min(8, len(desk.faces) - 1))
    return made


@pytest.fixture
def press(page: ReviewPage) -> Callable[..., None]:
    """Press keys on the page, one after the other, without waiting for what they do."""

    def strike(*keys: Qt.Key, shift: bool = False, ctrl: bool = False) -> None:
        modifiers = Qt.KeyboardModifier.NoModifier
        if shift:
            modifiers |= Qt.KeyboardModifier.ShiftModifier
        if ctrl:
            modifiers |= Qt.KeyboardModifier.ControlModifier
        for key in keys:
            QTest.keyClick(page, key, modifiers)

    return strike
