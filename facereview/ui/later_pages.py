"""Pages that are still to come: each says in a sentence what does its work today."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from facereview.ui.notice import Notice

translate = QCoreApplication.translate


def later_page(name: str, parent: QWidget) -> Notice:
    """The page ``creators`` or ``insight``."""
    heading, text, command = {
        "creators": _creators,
        "insight": _insight,
    }[name]()
    notice = Notice(parent)
    notice.show_notice(name, heading, text, command=command)
    return notice


def _creators() -> tuple[str, str, str]:
    return (
        translate("Later", "Creators"),
        translate(
            "Later",
            "Creators and their reference pictures are added from the command line: a name "
            "with pictures, or a folder that holds one folder per creator.",
        ),
        "facereview enrol NAME IMAGE…\nfacereview enrol --folder FOLDER",
    )


def _insight() -> tuple[str, str, str]:
    return (
        translate("Later", "Insight"),
        translate(
            "Later",
            "Counts per status, and every face with its nearest creator as a table, come "
            "from the command line.",
        ),
        "facereview status\nfacereview export FILE.csv",
    )
