from __future__ import annotations

import re
from dataclasses import asdict

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication, QListView, QWidget
from pytestqt.qtbot import QtBot

from facereview.settings import resource
from facereview.ui.fonts import sized, window_font
from facereview.ui.theme import (
    DARK,
    LIGHT,
    Theme,
    ThemeChoice,
    Tokens,
    palette,
    style_sheet,
    tokens_of,
)

Weight = QFont.Weight


def luminance(colour: str) -> float:
    parts = [QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF()]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_texts_can_be_read(tokens: Tokens) -> None:
    for ground in (tokens.bg, tokens.panel, tokens.raised):
        assert contrast(tokens.text, ground) >= 7
        assert contrast(tokens.dim, ground) >= 4.5
    for name in ("amber", "green", "red", "blue"):
        filled, ink = getattr(tokens, name), getattr(tokens, f"on_{name}")
        assert contrast(filled, ink) >= 4.5, name


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
