"""The actions of the cast sheet."""

from __future__ import annotations

from facereview.ui.actions.spec import Spec, noop, placed

ACTIONS = (
    *placed(
        "cast",
        noop("Actions", "Cast sheet: decide"),
        Spec(
            "cast_settle",
            "Ctrl+Return Ctrl+Enter",
            noop("Actions", "Confirm"),
            noop("Actions", "Settle all ticked rows that are sure, as one act"),
        ),
        Spec(
            "cast_confirm",
            "Return Enter",
            noop("Actions", "this row"),
            noop("Actions", "The row is whom it says, or name the unknown person"),
        ),
        *(
            Spec(
                f"cast_pick_{number}",
                str(number),
                noop("Actions", "Accept"),
                noop("Actions", "The row is this likely creator"),
            )
            for number in range(1, 10)
        ),
        Spec(
            "cast_name",
            "M /",
            noop("Actions", "somebody else"),
            noop("Actions", "Type a name for the row: a known creator, or a new one"),
        ),
        Spec(
            "cast_not_person",
            "N",
            noop("Actions", "not this person"),
            noop("Actions", "The row is not whom it says; matches of the machine are taken back"),
        ),
        Spec(
            "cast_stranger",
            "X",
            noop("Actions", "stranger"),
            noop("Actions", "Reject the row: somebody whom this library does not track"),
        ),
        Spec(
            "cast_not_a_face",
            "Shift+X",
            noop("Actions", "not a face"),
            noop("Actions", "Reject the row: these are not faces"),
        ),
        Spec(
            "cast_skip",
            "S",
            noop("Actions", "skip"),
            noop("Actions", "Skip the row: its faces come back at the end of the queue"),
        ),
        Spec(
            "cast_join",
            "J",
            noop("Actions", "join"),
            noop("Actions", "Join two rows of one person: press it on each of them"),
        ),
        Spec(
            "cast_split",
            "K",
            noop("Actions", "split"),
            noop(
                "Actions",
                "Make the unticked faces of the row, or the chosen one, a row of their own",
            ),
        ),
        Spec(
            "cast_undo",
            "Ctrl+Z",
            noop("Actions", "Undo"),
            noop("Actions", "Undo all of what the status bar names, even after a restart"),
        ),
        Spec(
            "cast_redo",
            "Ctrl+Shift+Z Ctrl+Y",
            noop("Actions", "Redo"),
            noop("Actions", "Redo what was undone"),
        ),
    ),
    *placed(
        "cast",
        noop("Actions", "Cast sheet: move"),
        Spec(
            "cast_up",
            "Up",
            noop("Actions", "Up"),
            noop("Actions", "The row above"),
            repeats=True,
        ),
        Spec(
            "cast_down",
            "Down",
            noop("Actions", "Down"),
            noop("Actions", "The row below"),
            repeats=True,
        ),
        Spec(
            "cast_first",
            "Home",
            noop("Actions", "First"),
            noop("Actions", "The first row"),
        ),
        Spec("cast_last", "End", noop("Actions", "Last"), noop("Actions", "The last row")),
        Spec(
            "cast_left",
            "Left",
            noop("Actions", "Back"),
            noop("Actions", "The face before in this row; before the first: the whole row"),
            repeats=True,
        ),
        Spec(
            "cast_right",
            "Right",
            noop("Actions", "On"),
            noop("Actions", "The next face of this row"),
            repeats=True,
        ),
        Spec(
            "cast_page_up",
            "PgUp",
            noop("Actions", "Scroll up"),
            noop("Actions", "A page of rows up"),
            repeats=True,
        ),
        Spec(
            "cast_page_down",
            "PgDown",
            noop("Actions", "Scroll down"),
            noop("Actions", "A page of rows down"),
            repeats=True,
        ),
        Spec(
            "cast_next_video",
            "Ctrl+PgDown",
            noop("Actions", "next video"),
            noop("Actions", "The next video to review"),
        ),
        Spec(
            "cast_previous_video",
            "Ctrl+PgUp",
            noop("Actions", "previous video"),
            noop("Actions", "The previous video to review"),
        ),
        Spec(
            "cast_back",
            "Escape",
            noop("Actions", "Back"),
            noop("Actions", "Close the frame, else go back to where the sheet was opened"),
        ),
    ),
    *placed(
        "cast",
        noop("Actions", "Cast sheet: look"),
        Spec(
            "cast_tick",
            "Space",
            noop("Actions", "untick"),
            noop("Actions", "Tick or untick the face, or all of the row where none is chosen"),
        ),
        Spec(
            "cast_play",
            "P",
            noop("Actions", "play"),
            noop("Actions", "Play a few seconds around the face; any key stops"),
        ),
        Spec(
            "cast_frame",
            "F",
            noop("Actions", "frame"),
            noop("Actions", "Show the face in its frame; there, the face alone or the frame"),
        ),
        Spec(
            "cast_review",
            "V",
            noop("Actions", "Review"),
            noop("Actions", "Go to the face on Review"),
        ),
        Spec(
            "cast_more",
            "L",
            noop("Actions", "more like this"),
            noop("Actions", "All faces of the library by their similarity to the one at hand"),
        ),
        Spec(
            "cast_show_all",
            "Shift+1",
            noop("Actions", "All"),
            noop("Actions", "Show all rows"),
        ),
        Spec(
            "cast_show_sure",
            "Shift+2",
            noop("Actions", "Sure"),
            noop("Actions", "Show rows whose name is sure and wait for a key"),
        ),
        Spec(
            "cast_show_open",
            "Shift+3",
            noop("Actions", "Open"),
            noop("Actions", "Show rows whose name is only likely, or not known"),
        ),
    ),
)
