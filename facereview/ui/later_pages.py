"""The page that is still to come: it says in a sentence what does its work today."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from facereview.ui.notice import Notice

translate = QCoreApplication.translate


def later_page(name: str, parent: QWidget) -> Notice:
    """The page ``name`` of the rail, which is ``insight``."""
    notice = Notice(parent)
    notice.show_notice(
        name,
        translate("Later", "Insight"),
        translate(
            "Later",
            "Counts per status, and every face with its nearest creator as a table, come "
            "from the command line.",
        ),
        command="facereview status\nfacereview export FILE.csv",
    )
    return notice
