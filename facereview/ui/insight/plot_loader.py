"""Loading what draws plots, a little at a time, on the GUI thread."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QObject, QTimer, Signal

_SLICE = 0.008  # s


def _steps() -> Iterator[None]:
    # PySide6 makes each type when it is first asked for, and pyqtgraph asks for all of them.
    for module in (QtCore, QtGui, QtWidgets):
        for name in dir(module):
            getattr(module, name)
            yield
    import pyqtgraph  # noqa: F401, PLC0415 - 50 MB and a tenth of a second, for this page alone


class PlotLoader(QObject):
    """Imports pyqtgraph before the first plot is made.

    A lane must not do it: types of Qt are made while it is imported, which PySide6 does not do
    safely on two threads, and crashes.
    """

    ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._left = _steps()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._go_on)

    def start(self) -> None:
        """Go on loading, unless it does so already; ``ready`` is sent when all is there."""
        self._timer.start()

    def _go_on(self) -> None:
        until = perf_counter() + _SLICE
        try:
            while perf_counter() < until:
                next(self._left)
        except StopIteration:
            self._timer.stop()
            self.ready.emit()
