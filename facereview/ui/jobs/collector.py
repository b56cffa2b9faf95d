"""Garbage collection on the GUI thread alone."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 100
_THRESHOLDS = (20_000, 20, 50)
"""Of each generation; most objects are records, which are in no cycles."""


class Collector(QObject):
    """Collects garbage where it lives, as Python's own collection does not from then on.

    That runs on whichever thread makes objects just then. On a lane it would delete objects of Qt
    that are in a cycle: their end holds a lock of Qt's signals and waits for Python, while the GUI
    thread has Python and waits for that lock. Neither ever goes on.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self, interval=_EVERY_MS)
        timer.timeout.connect(self.collect)
        timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due, and with it the younger ones."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > _THRESHOLDS[generation]:
                gc.collect(generation)
                return
