"""The actions of the Videos page, as rows of the table in ``actions``: id, keys, text, sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:

    def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802
        """Mark a text for translators (Qt's own hint says it returns ``object``)."""
else:
    from PySide6.QtCore import QT_TRANSLATE_NOOP

GROUP = QT_TRANSLATE_NOOP("Actions", "Videos")

ROWS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    (
        "add_files",
        ("Ctrl+O",),
        QT_TRANSLATE_NOOP("Actions", "Add videos"),
        QT_TRANSLATE_NOOP("Actions", "Add videos to the library and scan them"),
    ),
    (
        "add_folder",
        ("Ctrl+Shift+O",),
        QT_TRANSLATE_NOOP("Actions", "Add a folder"),
        QT_TRANSLATE_NOOP("Actions", "Add a folder with all the videos in it"),
    ),
    (
        "find_video",
        ("Ctrl+F",),
        QT_TRANSLATE_NOOP("Actions", "Search"),
        QT_TRANSLATE_NOOP(
            "Actions", "Search in titles and paths; typing in the list does the same"
        ),
    ),
    (
        "scan_again",
        ("Ctrl+R",),
        QT_TRANSLATE_NOOP("Actions", "Scan again"),
        QT_TRANSLATE_NOOP("Actions", "Scan the selected videos again; decided faces stay"),
    ),
    (
        "reload",
        ("F5",),
        QT_TRANSLATE_NOOP("Actions", "Reload"),
        QT_TRANSLATE_NOOP("Actions", "List the videos again"),
    ),
)
