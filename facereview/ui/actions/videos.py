"""The actions of the Videos page."""

from __future__ import annotations

from facereview.ui.actions.spec import Spec, noop, placed

ACTIONS = (
    *placed(
        "videos",
        noop("Actions", "Videos"),
        Spec(
            "open_cast",
            "Return Enter",
            noop("Actions", "Cast sheet"),
            noop("Actions", "Open the video's cast sheet: its people, a row each"),
        ),
        Spec(
            "review_video",
            "Shift+Return Shift+Enter",
            noop("Actions", "Review"),
            noop("Actions", "Review the video's pending faces one by one"),
        ),
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
            noop(
                "Actions",
                "Search in titles, paths, names and aliases; typing in the list does the same",
            ),
        ),
        Spec(
            "filter_videos",
            "Alt+F",
            noop("Actions", "Filter"),
            noop("Actions", "Say which videos are listed: of whom, where, how long, scanned when"),
        ),
        Spec(
            "clear_video_filter",
            "Alt+Shift+F",
            noop("Actions", "Clear the filter"),
            noop("Actions", "List all videos that are searched for again"),
        ),
        Spec(
            "order_videos",
            "Alt+O",
            noop("Actions", "Order"),
            noop("Actions", "Choose the order of the videos; the heads of the list do the same"),
        ),
        Spec(
            "scan_again",
            "Ctrl+R",
            noop("Actions", "Scan again"),
            noop("Actions", "Scan the selected videos again; decided faces stay"),
        ),
        Spec(
            "locate_folder",
            "Ctrl+L",
            noop("Actions", "Locate"),
            noop("Actions", "Find moved or renamed videos again, in a folder and all below it"),
        ),
        Spec(
            "locate_file",
            "Ctrl+Shift+L",
            noop("Actions", "Locate files"),
            noop("Actions", "Find moved or renamed videos again among files"),
        ),
        Spec(
            "remove_video",
            "Del",
            noop("Actions", "Remove"),
            noop(
                "Actions",
                "Show what goes with the selected videos; again: remove them from the library",
            ),
        ),
        Spec("reload", "F5", noop("Actions", "Reload"), noop("Actions", "List the videos again")),
    ),
)
