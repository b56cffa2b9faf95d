"""Another library is opened once the window on this one is closed for it, and for no other end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from cluster_support import until
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot
from whole_window import part, show_page, whole_window

from facereview.app import Opened
from facereview.store.store import Store
from facereview.ui.settings.page import SettingsPage
from support import Faces, make_faces

Key = Qt.Key
ELSEWHERE = "postgresql://elsewhere/library"


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store, 2)


@pytest.fixture
def opened(faces: Faces, tmp_path: Path, library_url: str) -> Iterator[Opened]:
    with whole_window(tmp_path, library_url, filled=False) as (made, _theme):
        show_page(made, "review")
        yield made


@pytest.fixture
def held(opened: Opened, library_url: str) -> Iterator[psycopg.Connection[object]]:
    """A key was pressed while the database could not write; it can at the end, or a rollback."""
    with psycopg.connect(library_url) as other:
        other.execute("LOCK TABLE video_face_detections IN EXCLUSIVE MODE")
        QTest.keyClick(opened.pages.review, Key.Key_1)
        assert opened.pages.review.controller.decider.waiting == 1
        yield other
        other.rollback()


def asked(opened: Opened, qtbot: QtBot) -> QMessageBox:
    """What is asked before the window closes."""
    closing = opened.window._closing
    until(qtbot, lambda: closing.box is not None)
    assert closing.box is not None
    return closing.box


def test_whoever_stays_goes_to_no_other_library_when_the_window_is_closed_later(
    opened: Opened, held: psycopg.Connection[object], qtbot: QtBot
) -> None:
    part(opened, SettingsPage).connect_requested.emit(ELSEWHERE)
    box = asked(opened, qtbot)
    assert opened.next_url == ELSEWHERE
    QTest.keyClick(box, Key.Key_Escape)
    until(qtbot, lambda: opened.window._closing.box is None)
    assert opened.window.isVisible()
    held.rollback()
    until(qtbot, lambda: not opened.pages.review.controller.decider.waiting)
    opened.window.close()
    assert not opened.window.isVisible()
    assert opened.next_url is None


def test_what_waited_and_is_saved_meanwhile_lets_the_window_go_to_the_other_library(
    opened: Opened, held: psycopg.Connection[object], qtbot: QtBot
) -> None:
    part(opened, SettingsPage).connect_requested.emit(ELSEWHERE)
    asked(opened, qtbot)
    held.rollback()
    until(qtbot, lambda: not opened.window.isVisible())
    assert opened.next_url == ELSEWHERE
