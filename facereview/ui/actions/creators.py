"""The actions of the Creators page, as rows of the table in ``actions``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:

    def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802
        """Mark a text for translators (Qt's own hint says it returns ``object``)."""
else:
    from PySide6.QtCore import QT_TRANSLATE_NOOP

GROUP = QT_TRANSLATE_NOOP("Actions", "Creators")
REFERENCES = QT_TRANSLATE_NOOP("Actions", "References and faces")

ROWS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    (
        "find_creator",
        ("/", "Ctrl+F"),
        QT_TRANSLATE_NOOP("Actions", "Search"),
        QT_TRANSLATE_NOOP("Actions", "Search creators by name or alias"),
    ),
    (
        "new_creator",
        ("Ctrl+N",),
        QT_TRANSLATE_NOOP("Actions", "New creator"),
        QT_TRANSLATE_NOOP("Actions", "Make a new creator"),
    ),
    (
        "rename_creator",
        ("F2",),
        QT_TRANSLATE_NOOP("Actions", "Rename"),
        QT_TRANSLATE_NOOP("Actions", "Rename, describe, add other names"),
    ),
    (
        "merge_creators",
        ("Ctrl+M",),
        QT_TRANSLATE_NOOP("Actions", "Merge …"),
        QT_TRANSLATE_NOOP("Actions", "Merge another creator into this one, after a preview"),
    ),
    (
        "merges",
        ("Ctrl+Shift+M",),
        QT_TRANSLATE_NOOP("Actions", "Past merges"),
        QT_TRANSLATE_NOOP("Actions", "List past merges, and undo one"),
    ),
    (
        "delete_creator",
        ("Shift+Delete",),
        QT_TRANSLATE_NOOP("Actions", "Delete …"),
        QT_TRANSLATE_NOOP("Actions", "Delete this creator; what would be lost is said first"),
    ),
    (
        "erase_creator",
        ("Ctrl+Shift+Delete",),
        QT_TRANSLATE_NOOP("Actions", "Erase …"),
        QT_TRANSLATE_NOOP("Actions", "Erase everything biometric of this person"),
    ),
    (
        "health",
        ("H",),
        QT_TRANSLATE_NOOP("Actions", "Health"),
        QT_TRANSLATE_NOOP("Actions", "All references that need care, worst first"),
    ),
    (
        "lookalikes",
        ("L",),
        QT_TRANSLATE_NOOP("Actions", "Look-alikes"),
        QT_TRANSLATE_NOOP("Actions", "Creators that look alike, in pairs"),
    ),
    (
        "undo_creators",
        ("Ctrl+Z",),
        QT_TRANSLATE_NOOP("Actions", "Undo"),
        QT_TRANSLATE_NOOP("Actions", "Undo what the status bar names, also after a restart"),
    ),
    (
        "redo_creators",
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        QT_TRANSLATE_NOOP("Actions", "Redo"),
        QT_TRANSLATE_NOOP("Actions", "Redo what was undone"),
    ),
    (
        "reload_creators",
        ("F5",),
        QT_TRANSLATE_NOOP("Actions", "Reload"),
        QT_TRANSLATE_NOOP("Actions", "List the creators again"),
    ),
)

REFERENCE_ROWS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    (
        "add_pictures",
        ("Ctrl+O",),
        QT_TRANSLATE_NOOP("Actions", "Add pictures"),
        QT_TRANSLATE_NOOP("Actions", "Add references from pictures; dropping them does the same"),
    ),
    (
        "add_picture_folder",
        ("Ctrl+Shift+O",),
        QT_TRANSLATE_NOOP("Actions", "Add a folder"),
        QT_TRANSLATE_NOOP("Actions", "Add references from all pictures of a folder"),
    ),
    (
        "paste_pictures",
        ("Ctrl+V",),
        QT_TRANSLATE_NOOP("Actions", "Paste"),
        QT_TRANSLATE_NOOP("Actions", "Add a reference from the picture on the clipboard"),
    ),
    (
        "retire",
        ("R",),
        QT_TRANSLATE_NOOP("Actions", "Retire"),
        QT_TRANSLATE_NOOP("Actions", "Retire the reference at hand, or restore it"),
    ),
    (
        "move_reference",
        ("Shift+R",),
        QT_TRANSLATE_NOOP("Actions", "Move"),
        QT_TRANSLATE_NOOP("Actions", "Move the reference at hand to the creator it looks like"),
    ),
    (
        "suggest_references",
        ("G",),
        QT_TRANSLATE_NOOP("Actions", "Suggest references"),
        QT_TRANSLATE_NOOP("Actions", "Select few, good and different faces as new references"),
    ),
    (
        "promote",
        ("T",),
        QT_TRANSLATE_NOOP("Actions", "Make references"),
        QT_TRANSLATE_NOOP("Actions", "Make the selected faces references"),
    ),
    (
        "profile_picture",
        ("Shift+P",),
        QT_TRANSLATE_NOOP("Actions", "Profile picture"),
        QT_TRANSLATE_NOOP("Actions", "Show this face as the creator's picture"),
    ),
    (
        "split",
        ("M",),
        QT_TRANSLATE_NOOP("Actions", "Split"),
        QT_TRANSLATE_NOOP("Actions", "Type a name: the selected faces become that creator's"),
    ),
    (
        "reject_faces",
        ("X",),
        QT_TRANSLATE_NOOP("Actions", "Reject"),
        QT_TRANSLATE_NOOP("Actions", "Reject the selected faces: a stranger"),
    ),
    (
        "not_faces",
        ("Shift+X",),
        QT_TRANSLATE_NOOP("Actions", "Not a face"),
        QT_TRANSLATE_NOOP("Actions", "Reject the selected faces: not a face"),
    ),
    (
        "next_part",
        ("F6",),
        QT_TRANSLATE_NOOP("Actions", "Next part"),
        QT_TRANSLATE_NOOP("Actions", "To the list, the references, the faces, the videos in turn"),
    ),
)
