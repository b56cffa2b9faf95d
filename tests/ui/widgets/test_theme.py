from __future__ import annotations

import re
from dataclasses import asdict

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication, QListView, QWidget
from pytestqt.qtbot import QtBot
from whole_window import contrast as contrast_of

from facereview.home import resource
from facereview.ui.pictures.frame_view import paint_chip
from facereview.ui.widgets.key_caps import paint_cap
from facereview.ui.widgets.theme import (
    DARK,
    LIGHT,
    Theme,
    ThemeChoice,
    Tokens,
    palette,
    sized,
    style_sheet,
    tokens_of,
    window_font,
)

Weight = QFont.Weight


def contrast(one: str, other: str) -> float:
    return contrast_of(QColor(one), QColor(other))


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_texts_can_be_read(tokens: Tokens) -> None:
    for ground in (tokens.bg, tokens.panel, tokens.raised):
        assert contrast(tokens.text, ground) >= 7
        for ink in (tokens.dim, tokens.faint, tokens.red, tokens.green, tokens.blue):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
        assert contrast(tokens.amber, ground) >= 3  # edges and signs, no texts
    for name in ("amber", "green", "red", "blue"):
        filled, ink = getattr(tokens, name), getattr(tokens, f"on_{name}")
        assert contrast(filled, ink) >= 4.5, name
        for state in (QColor(filled).lighter(106), QColor(filled).darker(108)):
            assert contrast_of(state, QColor(ink)) >= 4.5, name


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_the_ranks_of_text_can_be_told_apart(tokens: Tokens) -> None:
    for one, other in (("text", "dim"), ("dim", "faint"), ("faint", "disabled")):
        assert contrast(getattr(tokens, one), getattr(tokens, other)) >= 1.3, (one, other)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("filled", ["amber", "green", "red", "blue"])
def test_a_key_cap_on_a_filled_button_can_be_read(tokens: Tokens, filled: str) -> None:
    image = QImage(60, 20, QImage.Format.Format_RGB32)
    image.fill(QColor(getattr(tokens, filled)))
    ink = getattr(tokens, f"on_{filled}")
    with QPainter(image) as painter:
        paint_cap(painter, QRectF(0, 0, 60, 20), "", tokens, on=ink)
    assert contrast_of(image.pixelColor(30, 10), QColor(ink)) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("picture", ["#000000", "#ffffff", "#808080"])
def test_a_name_over_a_picture_can_be_read(tokens: Tokens, picture: str) -> None:
    image = QImage(200, 100, QImage.Format.Format_RGB32)
    image.fill(QColor(picture))
    with QPainter(image) as painter:
        paint_chip(painter, QRectF(20, 20, 100, 40), "i")
    plate = image.pixelColor(22, 74)
    assert contrast_of(plate, QColor("#e8ebf0")) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_the_style_sheet_knows_every_token_it_uses(tokens: Tokens) -> None:
    sheet = style_sheet(tokens)
    assert "@" not in re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    assert sheet.count(tokens.blue) > 3


def test_every_token_is_a_colour() -> None:
    for tokens in (DARK, LIGHT):
        assert all(re.fullmatch("#[0-9a-f]{6}", value) for value in asdict(tokens).values())


def test_figures_have_one_width(qapp: QApplication) -> None:
    font = window_font()
    assert font.isFeatureSet(QFont.Tag("tnum"))
    measure = QFontMetricsF(font)
    assert measure.horizontalAdvance("1111") == measure.horizontalAdvance("8888")


@pytest.mark.parametrize("weight", [Weight.Normal, Weight.Medium, Weight.DemiBold])
def test_the_font_is_the_one_that_comes_along(qapp: QApplication, weight: Weight) -> None:
    shown = QFontInfo(sized(window_font(), 13, weight))
    assert (shown.family(), shown.weight()) == ("Inter", weight)


def test_the_font_has_its_licence_beside_it() -> None:
    text = (resource("resources/fonts") / "OFL.txt").read_text("utf-8")
    assert "The Inter Project Authors" in text
    assert "SIL OPEN FONT LICENSE Version 1.1" in text


def test_the_choice_is_applied_and_told(qapp: QApplication, qtbot: QtBot) -> None:
    before = (qapp.palette(), qapp.styleSheet(), qapp.font(), qapp.style().name())
    try:
        theme = Theme(qapp, ThemeChoice.DARK)
        window = QWidget()
        qtbot.addWidget(window)
        inner = QListView(window)
        assert (theme.tokens, tokens_of(window), tokens_of(inner)) == (DARK, DARK, DARK)
        with qtbot.waitSignal(theme.changed):
            theme.choose(ThemeChoice.LIGHT)
        assert theme.tokens == LIGHT
        qtbot.waitUntil(lambda: tokens_of(window) is tokens_of(inner) is LIGHT)
        theme.choose(ThemeChoice.SYSTEM)
        light = qapp.styleHints().colorScheme() is Qt.ColorScheme.Light
        assert theme.tokens == (LIGHT if light else DARK)
    finally:
        theme.deleteLater()
        qapp.setPalette(before[0])
        qapp.setStyleSheet(before[1])
        qapp.setFont(before[2])
        qapp.setStyle(before[3])


def test_both_palettes_differ_in_ground_and_text() -> None:
    dark, light = palette(DARK), palette(LIGHT)
    assert dark.window().color().lightness() < 60 < 200 < light.window().color().lightness()
    assert dark.windowText().color().lightness() > 200
