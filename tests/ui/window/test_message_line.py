from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from facereview.errors import MediaError
from facereview.ui.jobs.messages import KEPT_CLEAR, Level, Message, Messages
from facereview.ui.window.message_line import MessageLine


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    return made


@pytest.fixture
def line(messages: Messages, host: QWidget) -> MessageLine:
    return MessageLine(messages, host)


def test_a_message_lies_within_its_host_and_a_click_takes_it_away(
    line: MessageLine, messages: Messages, host: QWidget
) -> None:
    assert not line.isVisible()
    messages.info("Done.")
    assert line.isVisible()
    assert host.rect().contains(line.geometry())
    QTest.mouseClick(line, Qt.MouseButton.LeftButton)
    assert not line.isVisible()


def test_it_stays_at_the_lower_edge_when_the_host_grows(
    line: MessageLine, messages: Messages, host: QWidget
) -> None:
    messages.care("Look here.")
    host.resize(1200, 900)
    assert line.geometry().bottom() > 850


def test_keys_at_the_lower_edge_stay_in_sight(
    line: MessageLine, messages: Messages, host: QWidget
) -> None:
    key = QWidget(host)
    key.setObjectName(KEPT_CLEAR)
    key.setGeometry(0, 440, 900, 40)
    messages.care("Look here.")
    assert line.geometry().bottom() > 450
    line.hide()
    key.show()
    messages.care("Look here.")
    assert 350 < line.geometry().bottom() < 440


def test_a_long_fault_breaks_its_lines(
    line: MessageLine, messages: Messages, host: QWidget
) -> None:
    messages.fault(MediaError("The video /a/very/long/path " + "is not there " * 30))
    assert host.rect().contains(line.geometry())
    assert line.height() > 60


def test_mere_news_does_not_push_a_fault_away(line: MessageLine, messages: Messages) -> None:
    messages.fault(MediaError("The disk is full."))
    messages.info("Saved.")
    assert line.message == Message(Level.FAULT, "The disk is full.")
    messages.care("Another curator was here.")
    assert line.text.text() == "Another curator was here."


def test_it_goes_away_by_itself(line: MessageLine, messages: Messages, qtbot: QtBot) -> None:
    messages.info("Done.")
    line._over.start(1)
    qtbot.waitUntil(lambda: not line.isVisible())
