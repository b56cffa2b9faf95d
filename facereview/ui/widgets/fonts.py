"""The window's font: Inter, which facereview brings along, with tabular figures."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QPainter

from facereview.home import resource

FAMILY = "Inter"
SIZE = 13
"""Pixels of the running text, independent of the screen's scale."""

_MIDDLE = (
    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
)


def window_font() -> QFont:
    """The font of everything; figures have one width, so that numbers do not jump.

    Scripts that Inter does not hold come in the desktop's own font.
    """
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    _load_shipped()
    font.setFamilies([FAMILY, font.family(), "sans-serif"])
    font.setPixelSize(SIZE)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferVerticalHinting)
    return font


@cache
def _load_shipped() -> None:
    for file in sorted(resource("resources/fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(file))


def sized(base: QFont, pixels: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """A copy of a font in another size and weight."""
    font = QFont(base)
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font


def paint_line(painter: QPainter, box: QRectF, text: str, *, sentence: bool = False) -> None:
    """One line of text; right-to-left names begin at the left too.

    Where it is too long, the middle of a name goes, the end of a ``sentence``.
    """
    modes = Qt.TextElideMode
    mode = modes.ElideRight if sentence else modes.ElideMiddle
    words = QFontMetricsF(painter.font()).elidedText(text, mode, box.width())
    painter.drawText(box, _MIDDLE, words)
