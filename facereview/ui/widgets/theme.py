"""The look: colours, font and style sheet, dark and light."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPainter, QPalette

from facereview.home import resource

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget


FAMILY = "Inter"
SIZE = 13
"""Pixels of the running text, independent of the screen's scale."""

_MIDDLE = (
    Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
)


def window_font() -> QFont:
    """The font of the window, with tabular figures so that numbers do not jump.

    Scripts that Inter lacks use the font of the desktop.
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


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme as ``#rrggbb``; ``on_*`` is the text on that filled colour.

    Every text colour has a contrast of 4.5 or more on ``bg``, ``panel`` and ``raised``; only
    ``disabled`` need not.
    """

    bg: str
    panel: str
    raised: str
    line: str
    text: str
    dim: str
    faint: str
    disabled: str
    amber: str
    green: str
    red: str
    blue: str
    on_amber: str = "#171204"
    on_green: str = "#02140b"
    on_red: str = "#ffffff"
    on_blue: str = "#ffffff"


DARK = Tokens(
    bg="#14161a",
    panel="#1b1e24",
    raised="#242830",
    line="#2e333d",
    text="#e8ebf0",
    dim="#abb4c2",
    faint="#8790a0",
    disabled="#667080",
    amber="#ffb224",
    green="#3fcf8e",
    red="#f5696d",
    blue="#5b9dff",
    on_red="#1a0405",
    on_blue="#04101f",
)
LIGHT = Tokens(
    bg="#eceef2",
    panel="#ffffff",
    raised="#f4f5f8",
    line="#d8dce4",
    text="#171a20",
    dim="#4a5463",
    faint="#616b7a",
    disabled="#8791a1",
    amber="#c07800",
    green="#0c7547",
    red="#c22f36",
    blue="#1f5fc8",
    on_green="#ffffff",
)


_Role = QPalette.ColorRole
_ROLES = {
    _Role.Window: "bg",
    _Role.Base: "panel",
    _Role.AlternateBase: "raised",
    _Role.Button: "raised",
    _Role.ToolTipBase: "raised",
    _Role.WindowText: "text",
    _Role.Text: "text",
    _Role.ButtonText: "text",
    _Role.ToolTipText: "text",
    _Role.PlaceholderText: "dim",
    _Role.Light: "line",
    _Role.Midlight: "line",
    _Role.Mid: "line",
    _Role.Dark: "line",
    _Role.Shadow: "bg",
    _Role.Highlight: "blue",
    _Role.HighlightedText: "on_blue",
    _Role.Accent: "blue",
    _Role.Link: "blue",
    _Role.LinkVisited: "blue",
    _Role.BrightText: "red",
}


class ThemeChoice(StrEnum):
    """What the curator chose: a theme, or the desktop's."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


def tokens_of(widget: QWidget) -> Tokens:
    """The tokens in force for a widget, for what it paints itself."""
    # The window's palette: a style sheet changes that of item views and transparent parts.
    ground = widget.window().palette().color(QPalette.ColorRole.Window)
    return DARK if ground.lightness() < 128 else LIGHT


def palette(tokens: Tokens) -> QPalette:
    """Qt's palette of a theme."""
    made = QPalette()
    for which, name in _ROLES.items():
        made.setColor(which, QColor(getattr(tokens, name)))
    for which in (_Role.WindowText, _Role.Text, _Role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, which, QColor(tokens.disabled))
    return made


def style_sheet(tokens: Tokens) -> str:
    """``resources/style.qss`` with its ``@token`` words replaced."""
    text = resource("resources/style.qss").read_text(encoding="utf-8")
    for field in sorted(fields(tokens), key=lambda f: -len(f.name)):
        text = text.replace(f"@{field.name}", getattr(tokens, field.name))
    text = text.replace("@scheme", "light" if tokens is LIGHT else "dark")
    return text.replace("@icons", resource("resources/icons").as_posix())


class Theme(QObject):
    """The theme in force; follows the desktop while the choice is SYSTEM."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: ThemeChoice = ThemeChoice.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._choice = choice
        self._applied: Tokens | None = None
        app.setStyle("Fusion")
        app.setFont(window_font())
        app.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def choice(self) -> ThemeChoice:
        """What the curator chose."""
        return self._choice

    @property
    def tokens(self) -> Tokens:
        """The tokens in force."""
        if self._choice is ThemeChoice.SYSTEM:
            light = self._app.styleHints().colorScheme() is Qt.ColorScheme.Light
            return LIGHT if light else DARK
        return LIGHT if self._choice is ThemeChoice.LIGHT else DARK

    def choose(self, choice: ThemeChoice) -> None:
        """Follow the desktop, or stay dark or light."""
        self._choice = choice
        self._apply()

    def _apply(self) -> None:
        tokens = self.tokens
        if tokens is self._applied:
            return
        self._applied = tokens
        self._app.setPalette(palette(tokens))
        self._app.setStyleSheet(style_sheet(tokens))
        self.changed.emit()
