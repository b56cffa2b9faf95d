"""The actions of the Videos page."""

from __future__ import annotations

from facereview.ui.actions.spec import Spec, noop, placed

ACTIONS = (
    *placed(
        "videos",
        noop("Actions", "Videos"),
        Spec(
            "add_files",
            "Ctrl+O",
            noop("Actions", "Add videos"),
            noop("Actions", "Add videos to the library and scan them"),
        ),
        Spec(
            "add_folder",
            "Ctrl+Shift+O",
            noop("Actions", "Add a folder"),
            noop("Actions", "Add a folder with all the videos in it"),
        ),
        Spec(
            "find_video",
            "Ctrl+F",
            noop("Actions", "Search"),
            noop("Actions", "Search in titles and paths; typing in the list does the same"),
        ),
        Spec(
            "scan_again",
            "Ctrl+R",
            noop("Actions", "Scan again"),
            noop("Actions", "Scan the selected videos again; decided faces stay"),
        ),
        Spec("reload", "F5", noop("Actions", "Reload"), noop("Actions", "List the videos again")),
    ),
)
