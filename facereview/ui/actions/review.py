"""The actions of the Review page."""

from __future__ import annotations

from facereview.ui.actions.spec import Spec, noop, placed

ACTIONS = (
    *placed(
        "review",
        noop("Actions", "Review: decide"),
        Spec(
            "accept",
            "Return Enter",
            noop("Actions", "Accept"),
            noop(
                "Actions",
                "Accept the first suggestion if it reaches the threshold; confirm a decided face",
            ),
        ),
        *(
            Spec(
                f"pick_{number}",
                str(number),
                noop("Actions", "Accept"),
                noop("Actions", "Accept this suggestion, whatever its similarity"),
            )
            for number in range(1, 10)
        ),
        Spec(
            "name",
            "M /",
            noop("Actions", "Somebody else"),
            noop("Actions", "Type a name: a known creator, or a new one"),
        ),
        Spec(
            "stranger",
            "X",
            noop("Actions", "Stranger"),
            noop("Actions", "Reject: a person this library does not track"),
        ),
        Spec(
            "not_a_face",
            "Shift+X",
            noop("Actions", "Not a face"),
            noop("Actions", "Reject: this is not a face"),
        ),
        Spec(
            "not_person",
            "N",
            noop("Actions", "Not this person"),
            noop("Actions", "Not this person: the next suggestion moves up"),
        ),
        Spec(
            "settle_rest",
            "G",
            noop("Actions", "Settle the rest"),
            noop("Actions", "Assign the rest of the last face's cluster to the same creator"),
        ),
        Spec(
            "skip",
            "S",
            noop("Actions", "Skip"),
            noop("Actions", "Skip: the face comes back at the end"),
        ),
        Spec(
            "overruled",
            "O",
            noop("Actions", "Overruled"),
            noop("Actions", "List your decisions that another curator overruled"),
        ),
        Spec(
            "undo",
            "Ctrl+Z",
            noop("Actions", "Undo"),
            noop("Actions", "Undo what the status bar names, even after a restart"),
        ),
        Spec(
            "redo",
            "Ctrl+Shift+Z Ctrl+Y",
            noop("Actions", "Redo"),
            noop("Actions", "Redo what was undone"),
        ),
    ),
    *placed(
        "review",
        noop("Actions", "Review: move"),
        Spec(
            "back",
            "Left",
            noop("Actions", "Back"),
            noop("Actions", "Previous face, without deciding"),
            repeats=True,
        ),
        Spec(
            "forward",
            "Right",
            noop("Actions", "On"),
            noop("Actions", "Next face, without deciding"),
            repeats=True,
        ),
        Spec(
            "first",
            "Home",
            noop("Actions", "First"),
            noop("Actions", "The first face of the queue"),
        ),
        Spec("last", "End", noop("Actions", "Last"), noop("Actions", "The last face of the queue")),
        Spec(
            "order_payoff",
            "Shift+1",
            noop("Actions", "By payoff"),
            noop("Actions", "First the faces whose answer settles most"),
        ),
        Spec(
            "order_time",
            "Shift+2",
            noop("Actions", "By time"),
            noop("Actions", "The faces by video and time"),
        ),
        Spec(
            "order_best",
            "Shift+3",
            noop("Actions", "Best first"),
            noop("Actions", "First the faces most probably, or most like, whom they suggest"),
        ),
        Spec(
            "order_worst",
            "Shift+4",
            noop("Actions", "Worst first"),
            noop("Actions", "First the faces least probably, or least like, whom they suggest"),
        ),
        Spec(
            "filter",
            "Ctrl+F",
            noop("Actions", "Filter"),
            noop("Actions", "Say which faces are shown: of whom, where, how sure, by whom decided"),
        ),
        Spec(
            "clear_filter",
            "Ctrl+Shift+F",
            noop("Actions", "Clear the filter"),
            noop("Actions", "Show all faces of the queue again"),
        ),
    ),
    *placed(
        "review",
        noop("Actions", "Review: grid"),
        Spec(
            "grid",
            "Ctrl+G",
            noop("Actions", "Grid"),
            noop("Actions", "The faces of the queue as a grid, or the face at hand by itself"),
        ),
        Spec(
            "single",
            "Shift+Return Shift+Enter",
            noop("Actions", "Single face"),
            noop("Actions", "Show the face at hand by itself"),
        ),
        Spec(
            "group",
            "Shift+G",
            noop("Actions", "Group"),
            noop("Actions", "Group the faces by creator, video, day or cluster"),
        ),
        *(
            Spec(f"grid_{what}", key, text, tip, repeats=True)
            for what, key, text, tip in (
                ("up", "Up", noop("Actions", "Up"), noop("Actions", "The row above")),
                ("down", "Down", noop("Actions", "Down"), noop("Actions", "The row below")),
                ("page_up", "PgUp", noop("Actions", "Page up"), noop("Actions", "A page up")),
                (
                    "page_down",
                    "PgDown",
                    noop("Actions", "Page down"),
                    noop("Actions", "A page down"),
                ),
                (
                    "extend_up",
                    "Shift+Up",
                    noop("Actions", "Extend up"),
                    noop("Actions", "Select up to the face above"),
                ),
                (
                    "extend_down",
                    "Shift+Down",
                    noop("Actions", "Extend down"),
                    noop("Actions", "Select up to the face below"),
                ),
            )
        ),
    ),
    *placed(
        "review",
        noop("Actions", "Review: select"),
        Spec(
            "select",
            "Space",
            noop("Actions", "Select"),
            noop("Actions", "Select this face; decisions apply to the selection"),
        ),
        Spec(
            "extend_back",
            "Shift+Left",
            noop("Actions", "Extend back"),
            noop("Actions", "Extend the selection to the previous face"),
            repeats=True,
        ),
        Spec(
            "extend_forward",
            "Shift+Right",
            noop("Actions", "Extend on"),
            noop("Actions", "Extend the selection to the next face"),
            repeats=True,
        ),
        Spec(
            "same_person",
            "A",
            noop("Actions", "Same person"),
            noop("Actions", "Select this video's faces of the same person"),
        ),
        Spec(
            "select_all",
            "Ctrl+A",
            noop("Actions", "Select all"),
            noop("Actions", "Select all faces of the queue, as they are in the library now"),
        ),
        Spec(
            "clear",
            "Escape",
            noop("Actions", "Clear"),
            noop("Actions", "Clear the selection, else leave the grid"),
        ),
    ),
    *placed(
        "review",
        noop("Actions", "Review: look"),
        Spec(
            "play",
            "P",
            noop("Actions", "play"),
            noop("Actions", "Play a few seconds around the face; any key stops"),
        ),
        Spec(
            "face_only",
            "F",
            noop("Actions", "face only"),
            noop("Actions", "Show the face alone, or the whole frame"),
        ),
        Spec(
            "cast_sheet",
            "V",
            noop("Actions", "Cast sheet"),
            noop("Actions", "Open this video's cast sheet: its people, a row each"),
        ),
        Spec(
            "more_like_face",
            "L",
            noop("Actions", "More like this"),
            noop("Actions", "All faces of the library by their similarity to this one"),
        ),
        Spec(
            "find_person",
            "Shift+L",
            noop("Actions", "Find this person everywhere"),
            noop("Actions", "All faces by their similarity to the person who was named last"),
        ),
    ),
)
