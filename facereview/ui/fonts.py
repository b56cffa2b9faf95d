"""The window's font: the best interface family the machine has, with tabular figures."""

from __future__ import annotations

import sys

from PySide6.QtGui import QFont, QFontDatabase

FAMILIES = (
    "Inter",
    "Inter Variable",
    "Adwaita Sans",
    "Noto Sans",
    "Ubuntu Sans",
    "Ubuntu",
    "Cantarell",
    "Open Sans",
    "Roboto",
    "Liberation Sans",
    "DejaVu Sans",
)
SIZE = 13
"""Pixels of the running text, independent of the screen's scale."""


def window_font() -> QFont:
    """The font of everything; figures have one width, so that numbers do not jump."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    if sys.platform not in ("darwin", "win32"):
        known = set(QFontDatabase.families())
        chosen = [family for family in FAMILIES if family in known]
        if chosen:
            font.setFamilies([*chosen, "sans-serif"])
    font.setPixelSize(SIZE)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font


def sized(base: QFont, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """A copy of a font in another size and weight."""
    font = QFont(base)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font
