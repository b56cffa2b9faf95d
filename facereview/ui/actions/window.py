"""The actions that work on every page."""

from __future__ import annotations

from facereview.ui.actions.spec import PAGES, Spec, noop, placed

ACTIONS = (
    *placed(
        "window",
        noop("Actions", "Window"),
        Spec(
            "faces_larger",
            "Ctrl++ Ctrl+=",
            noop("Actions", "Larger"),
            noop("Actions", "Larger faces; also with Ctrl and the mouse wheel"),
            repeats=True,
        ),
        Spec(
            "faces_smaller",
            "Ctrl+-",
            noop("Actions", "Smaller"),
            noop("Actions", "Smaller faces"),
            repeats=True,
        ),
        Spec(
            "faces_usual",
            "Ctrl+0",
            noop("Actions", "Default size"),
            noop("Actions", "Default size of the faces"),
            repeats=True,
        ),
        Spec("keys", "? F1", noop("Actions", "keys"), noop("Actions", "Show all keys")),
    ),
    *placed(
        "settings",
        noop("Actions", "Window"),
        Spec(
            "window_undo",
            "Ctrl+Z",
            noop("Actions", "Undo"),
            noop("Actions", "Undo what the status bar names, even after a restart"),
        ),
        Spec(
            "window_redo",
            "Ctrl+Shift+Z Ctrl+Y",
            noop("Actions", "Redo"),
            noop("Actions", "Redo what was undone"),
        ),
    ),
    *placed(
        "window",
        noop("Actions", "Window"),
        Spec(
            "quit",
            "Ctrl+Q",
            noop("Actions", "Quit"),
            noop("Actions", "Close the window; unsaved decisions are reported first"),
        ),
        *(
            Spec(
                f"page_{page}",
                f"Ctrl+{number}",
                noop("Actions", "Go"),
                noop("Actions", "The pages, in the order of the rail"),
            )
            for number, page in enumerate(PAGES, 1)
        ),
    ),
)
