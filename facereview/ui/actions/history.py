"""The actions of the History page."""

from __future__ import annotations

from facereview.ui.actions.spec import Spec, noop, placed

ACTIONS = (
    *placed(
        "history",
        noop("Actions", "History"),
        Spec(
            "take_back",
            "U",
            noop("Actions", "Take back"),
            noop("Actions", "Take the entry back; what was changed since stays as it is"),
        ),
        Spec(
            "history_day",
            "D",
            noop("Actions", "This day"),
            noop("Actions", "List only the day of the entry; again: all days"),
        ),
        Spec(
            "history_find",
            "Ctrl+F",
            noop("Actions", "Search"),
            noop("Actions", "List what was done about creators whose names contain a text"),
        ),
        Spec(
            "history_all",
            "A",
            noop("Actions", "Everything"),
            noop("Actions", "List everything again"),
        ),
        Spec(
            "history_reload",
            "F5",
            noop("Actions", "Reload"),
            noop("Actions", "Read the history again"),
        ),
    ),
)
