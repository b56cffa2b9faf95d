"""What every dialog of the window does alike."""

from __future__ import annotations

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog

from facereview.ui.widgets.one_press import held_enter
from facereview.ui.widgets.tab_order import EyeOrder


class Dialog(EyeOrder, QDialog):
    """Tab goes as the eye does; Enter answers once, however long it is held down."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Without this the default button is pressed again and again."""
        if held_enter(event):
            event.accept()
        else:
            super().keyPressEvent(event)
