"""The size of the faces of a wall: set by slider, wheel or keys, and remembered."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from facereview.ui.widgets.bars import Slider
from facereview.ui.widgets.plain_text import set_tip
from facereview.ui.window.preferences import Preferences

SMALLEST = 48
_SHARP, _ENOUGH = 256, 128
"""Device pixels of a kept picture, and the size that may be had in any case."""

_STEP = 1.12
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)
_NOTCH = 120


class Zoom(QObject):
    """The side of a face on one wall, in pixels; pictures stay sharp at every size."""

    changed = Signal(int)
    """The new size."""

    def __init__(self, wall: str, usual: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.wall = wall
        self._usual = usual
        self._chosen: int | None = None
        self._preferences: Preferences | None = None
        screen = QGuiApplication.primaryScreen()
        scale = screen.devicePixelRatio() if screen else 1.0
        self.largest = max(_ENOUGH, usual, round(_SHARP / scale))

    @property
    def side(self) -> int:
        """The size in force."""
        return self._usual if self._chosen is None else self._chosen

    @property
    def is_chosen(self) -> bool:
        """Whether a size other than the default was chosen."""
        return self._chosen is not None

    def remember(self, preferences: Preferences) -> None:
        """Restore the chosen size, and remember changes."""
        self._preferences = preferences
        before = preferences.face_size(self.wall)
        if before is not None:
            self.choose(before)

    def set_usual(self, side: int) -> None:
        """Set the default size, which may depend on the window."""
        if side != self._usual:
            self._usual = side
            if self._chosen is None:
                self.changed.emit(side)

    def choose(self, side: float) -> None:
        """Set the size."""
        self._become(min(self.largest, max(SMALLEST, round(side))))

    def step(self, steps: float) -> None:
        """Larger, or smaller with a negative number."""
        wanted = self.side * _STEP**steps
        self.choose(max(wanted, self.side + 1) if steps > 0 else min(wanted, self.side - 1))

    def reset(self) -> None:
        """Reset to the default size."""
        self._become(None)

    def watch(self, view: QAbstractItemView) -> None:
        """Follow the wheel with Ctrl over a view."""
        view.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """The wheel with Ctrl changes the size instead of scrolling."""
        control = Qt.KeyboardModifier.ControlModifier
        if isinstance(event, QWheelEvent) and event.modifiers() & control:
            self.step(event.angleDelta().y() / _NOTCH)
            return True
        return False

    def _become(self, chosen: int | None) -> None:
        if chosen != self._chosen:
            before, self._chosen = self.side, chosen
            if self._preferences is not None:
                self._preferences.set_face_size(self.wall, chosen)
            if self.side != before:
                self.changed.emit(self.side)


class ZoomSlider(Slider):
    """Small, beside the wall it is for."""

    def __init__(self, zoom: Zoom, parent: QWidget | None = None) -> None:
        super().__init__(SMALLEST, zoom.largest, "dim", parent)
        self._zoom = zoom
        self.setMinimumWidth(64)
        self.setMaximumWidth(96)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(self.tr("Size of the faces"))
        set_tip(self, self.tr("Size of the faces (Ctrl and the wheel, Ctrl +, Ctrl −, Ctrl 0)"))
        self.setValue(zoom.side)
        self.valueChanged.connect(zoom.choose)
        zoom.changed.connect(self._follow)

    def event(self, event: QEvent) -> bool:
        """With the focus it takes the arrow keys from the page."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            is_ours = event.key() in _ARROWS and not event.modifiers()
            event.setAccepted(is_ours)
            return is_ours or super().event(event)
        return super().event(event)

    def _follow(self, side: int) -> None:
        with QSignalBlocker(self):
            self.setValue(side)
        self.update()


def size_keys(zoom: Callable[[], Zoom]) -> dict[str, Callable[[], object]]:
    """The actions of a page for the wall that ``zoom`` says is meant."""
    return {
        "faces_larger": lambda: zoom().step(1),
        "faces_smaller": lambda: zoom().step(-1),
        "faces_usual": lambda: zoom().reset(),
    }
