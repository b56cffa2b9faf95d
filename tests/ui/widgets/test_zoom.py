"""Every wall of faces can be made larger and smaller, by slider, wheel and keys; remembered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication
from pytestqt.qtbot import QtBot
from whole_window import SIZES, by_name, part, show_page, whole_window

from facereview.app import Opened
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.creators.panel import FACES
from facereview.ui.pictures.images import ENOUGH
from facereview.ui.shots import settle
from facereview.ui.widgets.zoom import Zoom, ZoomSlider
from facereview.ui.window.preferences import Preferences

CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def groups(opened: Opened) -> tuple[QAbstractItemView, Zoom]:
    show_page(opened, "clusters")
    wall = part(opened, ClusterPage).wall
    return wall, wall.zoom


def members(opened: Opened) -> tuple[QAbstractItemView, Zoom]:
    show_page(opened, "clusters")
    page = part(opened, ClusterPage)
    page.moves.open()
    return page.panel.faces, page.panel.faces.zoom


def creators(opened: Opened) -> CreatorsPage:
    show_page(opened, "creators")
    page = part(opened, CreatorsPage)
    page.controller.show(by_name(page, "Ann"))
    settle(opened.lanes, opened.window)
    return page


def decided(opened: Opened) -> tuple[QAbstractItemView, Zoom]:
    page = creators(opened)
    page.view.panel.show_part(FACES)
    page.view.panel.focus_part()
    return page.view.panel.faces, page.view.panel.faces.zoom


def references(opened: Opened) -> tuple[QAbstractItemView, Zoom]:
    page = creators(opened)
    page.view.panel.focus_references()
    return page.view.panel.references, page.view.panel.zoom


def strip(opened: Opened) -> tuple[QAbstractItemView, Zoom]:
    show_page(opened, "review")
    return opened.pages.review.strip, opened.pages.review.strip.zoom


WALLS = [groups, members, decided, references, strip]


def turn(view: QAbstractItemView, notches: int, modifiers: Qt.KeyboardModifier) -> None:
    """The wheel over a view."""
    at = QPointF(view.viewport().rect().center())
    event = QWheelEvent(
        at,
        view.viewport().mapToGlobal(at),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def width(view: QAbstractItemView) -> int:
    """How wide the first tile is painted."""
    QApplication.processEvents()
    return view.visualRect(view.model().index(0, 0)).width()


@pytest.mark.parametrize("wall", WALLS)
def test_faces_grow_and_shrink_by_wheel_keys_and_slider_and_stay_so(
    wall: Callable[[Opened], tuple[QAbstractItemView, Zoom]],
    tmp_path: Path,
    library_url: str,
    qtbot: QtBot,
) -> None:
    with whole_window(tmp_path, library_url) as (opened, _theme):
        opened.window.resize(SIZES["1600x1000"])
        opened.window.activateWindow()
        view, zoom = wall(opened)
        usual = width(view)

        turn(view, 4, CTRL)
        larger = width(view)
        assert larger > usual
        turn(view, -7, CTRL)
        assert width(view) < usual

        focused = QApplication.focusWidget() or opened.window
        QTest.keyClick(focused, Qt.Key.Key_0, CTRL)
        assert width(view) == usual
        for _ in range(4):
            QTest.keyClick(focused, Qt.Key.Key_Plus, CTRL)
        assert abs(width(view) - larger) <= 3  # one step is rounded, or four
        QTest.keyClick(focused, Qt.Key.Key_Minus, CTRL)
        smaller = zoom.side

        sliders = [s for s in opened.window.findChildren(ZoomSlider) if s._zoom is zoom]
        assert [slider.value() for slider in sliders] == [smaller]
        sliders[0].setValue(smaller + 9)
        assert zoom.side == smaller + 9
        kept, others = width(view), [z for z in opened.window.findChildren(Zoom) if z is not zoom]
        assert not any(other.is_chosen for other in others)
    with whole_window(tmp_path, library_url, filled=False) as (opened, _theme):
        opened.window.resize(SIZES["1600x1000"])
        view, zoom = wall(opened)
        assert zoom.side == smaller + 9
        assert width(view) == kept


def test_the_wheel_alone_scrolls(tmp_path: Path, library_url: str, qtbot: QtBot) -> None:
    with whole_window(tmp_path, library_url) as (opened, _theme):
        opened.window.resize(SIZES["960x500"])
        view, zoom = groups(opened)
        turn(view, -1, NONE)
        assert view.verticalScrollBar().value() > 0
        assert not zoom.is_chosen


@pytest.mark.parametrize("wall", [groups, members])
def test_pictures_are_sharp_at_every_size(
    wall: Callable[[Opened], tuple[QAbstractItemView, Zoom]],
    tmp_path: Path,
    library_url: str,
    qtbot: QtBot,
) -> None:
    with whole_window(tmp_path, library_url) as (opened, _theme):
        opened.window.resize(SIZES["3840x2160"])
        _view, zoom = wall(opened)
        zoom.choose(zoom.largest)
        settle(opened.lanes, opened.window)
        crops = part(opened, ClusterPage).crops
        kept = list(crops._values.values())
        assert kept
        assert all(crop.images[0].height() >= zoom.largest * ENOUGH for crop in kept)


def test_what_was_remembered_and_makes_no_sense_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    preferences = Preferences(tmp_path / "preferences.ini")
    assert preferences.face_size("groups") is None
    preferences.set_face_size("groups", 90)
    assert preferences.face_size("groups") == 90
    preferences._settings.setValue("faces/groups", "very large")
    assert preferences.face_size("groups") is None
    preferences.set_face_size("groups", None)
    assert preferences.face_size("groups") is None
