"""A face that is not ticked: one still sees who it is, and that it does not count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from whole_window import SIZES, part, show_page, whole_window

from facereview.ui.clusters.faces import ClusterFaces
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.widgets.theme import ThemeChoice


def middle(faces: ClusterFaces, row: int) -> np.ndarray:
    """The pixels in the middle of a face, without tick, score and edge."""
    faces.viewport().repaint()
    box = faces.visualRect(faces.model().index(row, 0))
    inset = box.width() // 3
    picture = faces.viewport().grab(box.adjusted(inset, inset, -inset, -inset)).toImage()
    picture = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), -1)
    return rows[:, : 3 * picture.width()].reshape(picture.height(), -1, 3).astype(float)


@pytest.mark.parametrize("choice", [ThemeChoice.DARK, ThemeChoice.LIGHT])
def test_an_unticked_face_is_grey_and_can_be_recognised(
    choice: ThemeChoice, tmp_path: Path, library_url: str, qtbot: QtBot
) -> None:
    with whole_window(tmp_path, library_url) as (opened, theme):
        theme.choose(choice)
        opened.window.resize(SIZES["1600x1000"])
        show_page(opened, "clusters")
        page = part(opened, ClusterPage)
        page.moves.open()
        ticked = middle(page.panel.faces, 0)
        page.moves.tick()
        unticked = middle(page.panel.faces, 0)
    assert ticked.std(axis=2).mean() > 15
    assert unticked.std(axis=2).mean() < 8
    assert unticked.mean() > 0.6 * ticked.mean()
    assert unticked.mean(axis=2).std() > 0.6 * ticked.mean(axis=2).std()


@pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
def test_the_menu_of_an_unticked_face_decides_nothing(
    tmp_path: Path, library_url: str, qtbot: QtBot
) -> None:
    """What decides is about the ticked faces: it would decide all but the one pressed on."""

    def entries(faces: ClusterFaces, row: int) -> list[str]:
        view, where = faces.viewport(), faces.visualRect(faces.model().index(row, 0)).center()
        QTest.mouseClick(view, Qt.MouseButton.RightButton, pos=where)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, view.mapToGlobal(where))
        QApplication.sendEvent(view, event)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        said = [action.text().partition("\t")[0] for action in menu.actions() if action.text()]
        menu.close()
        QApplication.sendPostedEvents(menu, QEvent.Type.DeferredDelete)
        return said

    with whole_window(tmp_path, library_url) as (opened, _theme):
        show_page(opened, "clusters")
        page = part(opened, ClusterPage)
        faces, members = page.panel.faces, page.controller.members
        before = entries(faces, 0)
        assert "Strangers" in before
        page.moves.open()
        page.moves.tick()
        assert not members.is_ticked(0)
        after = entries(faces, 0)
        assert "Strangers" not in after
        assert after == before[-len(after) :]
