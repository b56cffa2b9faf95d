"""A face that is not ticked: one still sees who it is, and that it does not count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
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
