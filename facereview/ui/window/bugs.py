"""What the window says of a bug in the program."""

from __future__ import annotations

import logging
from types import TracebackType

from PySide6.QtWidgets import QApplication, QMessageBox

from facereview.ui.widgets.plain_text import message_box

logger = logging.getLogger(__name__)


def tell_bug(kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
    """Log a bug with its traceback and say so once; the window goes on."""
    if issubclass(kind, KeyboardInterrupt):
        QApplication.quit()
        return
    logger.error("A bug", exc_info=(kind, bug, trace))
    if QApplication.instance() is not None and QApplication.activeModalWidget() is None:
        said = QApplication.translate(
            "app",
            "An internal error occurred in facereview ({0}). The status bar shows what is saved. "
            "Please report the error with the log.",
        ).format(kind.__name__)
        box = message_box("facereview", said)
        box.setIcon(QMessageBox.Icon.Critical)
        box.exec()
