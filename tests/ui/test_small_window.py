"""Every page and dialog in small windows: nothing is out of reach, cut, or over something else."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot
from whole_window import (
    SIZES,
    Painted,
    painted,
    place,
    scenes,
    scrolled_by,
    seen_at,
    show_page,
    whole_window,
)

from facereview.ui.pictures.frame_view import FrameView
from facereview.ui.pictures.painting import Square
from facereview.ui.videos.face_counts import CountTiles
from facereview.ui.widgets.consequence_card import Weakest
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.name_picker import NamePicker
from facereview.ui.widgets.plain_text import ElidedLabel
from facereview.ui.widgets.theme import ThemeChoice

_TITLE_BAR = 30
CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractSlider)


def controls(window: QWidget) -> list[QWidget]:
    """What can be used now and is not a part of something else."""
    found = [w for w in window.findChildren(QWidget) if isinstance(w, CONTROLS)]
    return [
        w
        for w in found
        if w.isVisible()
        and w.isEnabled()
        and w.window() is window
        and not isinstance(w, QScrollBar)
        and not isinstance(w.parentWidget(), (QAbstractSpinBox, QComboBox, QLineEdit))
    ]


def out_of_reach(window: QWidget) -> list[str]:
    """Controls that no scrolling brings wholly into the window."""
    missing = []
    for widget in controls(window):
        area = scrolled_by(widget)
        if area is None:
            cut = widget.visibleRegion().boundingRect() != widget.rect()
        else:
            inside = area.widget()
            assert inside is not None
            cut = not inside.rect().contains(place(widget, inside))
            cut |= inside.width() > area.viewport().width()
        if cut:
            missing.append(f"{named(widget)} at {place(widget, window).getRect()}")
    return missing


def named(widget: QWidget) -> str:
    text = widget.accessibleName() or getattr(widget, "text", str)()
    return f"{type(widget).__name__} {text[:40]!r}"


def overlapping(window: QWidget) -> list[str]:
    """What lies over something else without being a part of it."""
    found = []
    popups = [picker.popup for picker in window.findChildren(NamePicker)]
    seen = [
        (w, seen_at(w, window))
        for w in (*controls(window), *labels(window), *views(window))
        if not any(popup.isAncestorOf(w) for popup in popups)
    ]
    for (one, here), (other, there) in combinations(seen, 2):
        both = here.intersected(there)
        if one.isAncestorOf(other) or other.isAncestorOf(one):
            continue
        if both.width() > 1 and both.height() > 1:
            found.append(f"{named(one)} over {named(other)}")
    return found


def views(window: QWidget) -> list[QWidget]:
    """Lists, and what is painted by hand."""
    kinds = (QAbstractItemView, Square, FrameView, CountTiles, Weakest)
    return [w for w in window.findChildren(QWidget) if isinstance(w, kinds) and w.isVisible()]


def squashed(window: QWidget) -> list[str]:
    """What is smaller than it can be."""
    found = []
    for widget in (*controls(window), *labels(window), *views(window)):
        least = widget.minimumSizeHint().boundedTo(widget.maximumSize())
        if isinstance(widget, QHeaderView) or (isinstance(widget, QLabel) and widget.wordWrap()):
            continue  # of the one Qt says nothing of use, for the other see cut_labels
        if widget.width() < least.width() or widget.height() < least.height():
            found.append(f"{named(widget)}: {widget.size()} of {least}")
    return found


def labels(window: QWidget) -> list[QLabel]:
    return [w for w in window.findChildren(QLabel) if w.isVisible() and w.text()]


def cut_labels(window: QWidget) -> list[str]:
    """Words of buttons and labels that are not wholly there; names may be elided."""
    found = []
    for button in window.findChildren(QPushButton):
        if button.isVisible() and button.width() < button.sizeHint().width():
            found.append(f"{named(button)}: {button.width()} of {button.sizeHint().width()}")
    for words in labels(window):
        if isinstance(words, ElidedLabel):
            continue
        wide = words.sizeHint().width() if not words.wordWrap() else 0
        high = words.heightForWidth(words.width()) if words.wordWrap() else 0
        if words.width() < wide or words.height() < high:
            found.append(f"{named(words)}: {words.size()} of {wide}, {high}")
    return found


def cut_texts(window: QWidget) -> list[str]:
    """Texts of which nothing is left, and buttons that lost more than the middle of a name."""
    found = []
    texts = painted(window)
    lines: dict[tuple[int, int], list[Painted]] = {}
    for text in texts:
        lines.setdefault((id(text.widget), round(text.box.top())), []).append(text)
    for text, *rest in lines.values():  # words of two directions are painted one by one
        alone = text.text.strip() == "…" and not rest
        if alone and getattr(text.widget, "text", str)() != "…":
            found.append(f"{named(text.widget)}: nothing but …")
    for text in texts:
        if isinstance(text.widget, KeyButton) and "…" in text.text:
            before, after = text.widget.words
            if not (text.text.startswith(before) and text.text.endswith(after)):
                found.append(f"{named(text.widget)}: {text.text!r}")
    return found


@pytest.mark.parametrize("size", ["960x500", "1280x720"])
def test_everything_of_every_page_and_dialog_can_be_reached(
    size: str, tmp_path: Path, library_url: str, zoo_pack: Path, qtbot: QtBot
) -> None:
    wrong = []
    with whole_window(tmp_path, library_url, zoo_pack) as (opened, _theme):
        opened.window.resize(SIZES[size])
        for name, widget in scenes(opened):
            dialog = widget is not opened.window
            room = SIZES[size] - QSize(0, _TITLE_BAR if dialog else 0)
            if widget.width() > room.width() or widget.height() > room.height():
                wrong.append(f"{name}: {widget.size()}")
            for what in (out_of_reach, overlapping, squashed, cut_labels, cut_texts):
                wrong += [f"{name}, {what.__name__}: {one}" for one in what(widget)]
    assert not wrong, "\n".join(wrong)


def test_what_was_closer_together_has_room_again_in_a_larger_window(
    tmp_path: Path, library_url: str, qtbot: QtBot
) -> None:
    wrong = []
    with whole_window(tmp_path, library_url) as (opened, theme):
        for size, choice in (("960x500", "dark"), ("960x500", "light"), ("1280x720", "dark")):
            opened.window.resize(SIZES[size])
            theme.choose(ThemeChoice(choice))
            for page in opened.window.page_names():
                show_page(opened, page)
                for what in (out_of_reach, overlapping, squashed, cut_labels, cut_texts):
                    wrong += [f"{page}, {what.__name__}: {one}" for one in what(opened.window)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("size", ["960x500", "1280x720"])
def test_everything_of_an_empty_library_can_be_reached(
    size: str, tmp_path: Path, library_url: str, qtbot: QtBot
) -> None:
    wrong = []
    with whole_window(tmp_path, library_url, filled=False) as (opened, _theme):
        opened.window.resize(SIZES[size])
        for page in opened.window.page_names():
            show_page(opened, page)
            if opened.window.size() != SIZES[size]:
                wrong.append(f"{page}: {opened.window.size()}")
            for what in (out_of_reach, overlapping, squashed, cut_labels, cut_texts):
                wrong += [f"{page}, {what.__name__}: {one}" for one in what(opened.window)]
    assert not wrong, "\n".join(wrong)
