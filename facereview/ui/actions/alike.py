"""The actions of the page of all faces like one."""

from __future__ import annotations

from facereview.ui.actions.spec import Spec, noop, placed

ACTIONS = (
    *placed(
        "alike",
        noop("Actions", "More like this: decide"),
        Spec(
            "alike_accept",
            "Return Enter",
            noop("Actions", "Same person"),
            noop("Actions", "Give the ticked faces, else the one at hand, the name above"),
        ),
        Spec(
            "alike_name",
            "M /",
            noop("Actions", "Somebody else"),
            noop("Actions", "Type a name for the ticked faces, else the one at hand"),
        ),
        Spec(
            "alike_not_person",
            "N",
            noop("Actions", "Not this person"),
            noop("Actions", "The ticked faces, else the one at hand, are not the person above"),
        ),
        Spec(
            "alike_stranger",
            "X",
            noop("Actions", "Stranger"),
            noop("Actions", "Reject: a person this library does not track"),
        ),
        Spec(
            "alike_not_a_face",
            "Shift+X",
            noop("Actions", "Not a face"),
            noop("Actions", "Reject: this is not a face"),
        ),
        Spec(
            "alike_promote",
            "T",
            noop("Actions", "Make references"),
            noop("Actions", "Make the ticked decided faces references, else the one at hand"),
        ),
        Spec(
            "alike_undo",
            "Ctrl+Z",
            noop("Actions", "Undo"),
            noop("Actions", "Undo what the status bar names, even after a restart"),
        ),
        Spec(
            "alike_redo",
            "Ctrl+Shift+Z Ctrl+Y",
            noop("Actions", "Redo"),
            noop("Actions", "Redo what was undone"),
        ),
    ),
    *placed(
        "alike",
        noop("Actions", "More like this: look"),
        *(
            Spec(f"alike_{what}", key, text, tip, repeats=True)
            for what, key, text, tip in (
                ("left", "Left", noop("Actions", "Left"), noop("Actions", "The face before")),
                ("right", "Right", noop("Actions", "Right"), noop("Actions", "The next face")),
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
                    "extend_back",
                    "Shift+Left",
                    noop("Actions", "Extend back"),
                    noop("Actions", "Tick this face and the one before"),
                ),
                (
                    "extend_on",
                    "Shift+Right",
                    noop("Actions", "Extend on"),
                    noop("Actions", "Tick this face and the next"),
                ),
            )
        ),
        Spec("alike_first", "Home", noop("Actions", "First"), noop("Actions", "The most similar")),
        Spec("alike_last", "End", noop("Actions", "Last"), noop("Actions", "The least similar")),
        Spec(
            "alike_tick",
            "Space",
            noop("Actions", "Tick"),
            noop("Actions", "Tick or untick this face; decisions apply to the ticked ones"),
        ),
        Spec(
            "alike_more",
            "L",
            noop("Actions", "More like this"),
            noop("Actions", "All faces by their similarity to the one at hand"),
        ),
        Spec(
            "alike_review",
            "Shift+Return Shift+Enter",
            noop("Actions", "Review"),
            noop("Actions", "Go to the face on Review"),
        ),
        Spec(
            "alike_pending",
            "Shift+1",
            noop("Actions", "Pending"),
            noop("Actions", "Show the faces that nobody decided"),
        ),
        Spec(
            "alike_decided",
            "Shift+2",
            noop("Actions", "Decided"),
            noop("Actions", "Show the faces that are decided"),
        ),
        Spec(
            "alike_back",
            "Escape",
            noop("Actions", "Back"),
            noop("Actions", "Untick all, else go back to where this was opened"),
        ),
    ),
)
