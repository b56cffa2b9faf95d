"""The actions of the Creators page."""

from __future__ import annotations

from facereview.ui.actions.spec import Spec, noop, placed

ACTIONS = (
    *placed(
        "creators",
        noop("Actions", "Creators"),
        Spec(
            "find_creator",
            "/ Ctrl+F",
            noop("Actions", "Search"),
            noop("Actions", "Search creators by name or alias"),
        ),
        Spec(
            "filter_creators",
            "Alt+F",
            noop("Actions", "Filter"),
            noop(
                "Actions", "Say which creators are listed: how many references, faces, suggestions"
            ),
        ),
        Spec(
            "clear_creator_filter",
            "Alt+Shift+F",
            noop("Actions", "Clear the filter"),
            noop("Actions", "List all creators that are searched for again"),
        ),
        Spec(
            "order_creators",
            "Alt+O",
            noop("Actions", "Order"),
            noop("Actions", "Choose the order of the creators"),
        ),
        Spec(
            "new_creator",
            "Ctrl+N",
            noop("Actions", "New creator"),
            noop("Actions", "Create a creator"),
        ),
        Spec(
            "rename_creator",
            "F2",
            noop("Actions", "Rename"),
            noop("Actions", "Rename, describe, add other names"),
        ),
        Spec(
            "merge_creators",
            "Ctrl+M",
            noop("Actions", "Merge …"),
            noop("Actions", "Merge another creator into this one, after a preview"),
        ),
        Spec(
            "merges",
            "Ctrl+Shift+M",
            noop("Actions", "Past merges"),
            noop("Actions", "List past merges, and undo one"),
        ),
        Spec(
            "delete_creator",
            "Shift+Delete",
            noop("Actions", "Delete …"),
            noop("Actions", "Delete this creator, after a summary of what is lost"),
        ),
        Spec(
            "erase_creator",
            "Ctrl+Shift+Delete",
            noop("Actions", "Erase …"),
            noop("Actions", "Erase all biometric data of this person"),
        ),
        Spec(
            "health",
            "H",
            noop("Actions", "Health"),
            noop("Actions", "All references that need attention, worst first"),
        ),
        Spec(
            "lookalikes",
            "Shift+L",
            noop("Actions", "Look-alikes"),
            noop("Actions", "Creators that look alike, in pairs"),
        ),
        Spec(
            "undo_creators",
            "Ctrl+Z",
            noop("Actions", "Undo"),
            noop("Actions", "Undo what the status bar names, even after a restart"),
        ),
        Spec(
            "redo_creators",
            "Ctrl+Shift+Z Ctrl+Y",
            noop("Actions", "Redo"),
            noop("Actions", "Redo what was undone"),
        ),
        Spec(
            "reload_creators",
            "F5",
            noop("Actions", "Reload"),
            noop("Actions", "List the creators again"),
        ),
    ),
    *placed(
        "creators",
        noop("Actions", "References and faces"),
        Spec(
            "add_pictures",
            "Ctrl+O",
            noop("Actions", "Add pictures"),
            noop("Actions", "Add references from pictures; dropping them does the same"),
        ),
        Spec(
            "add_picture_folder",
            "Ctrl+Shift+O",
            noop("Actions", "Add a folder"),
            noop("Actions", "Add references from all pictures of a folder"),
        ),
        Spec(
            "paste_pictures",
            "Ctrl+V",
            noop("Actions", "Paste"),
            noop("Actions", "Add a reference from the picture on the clipboard"),
        ),
        Spec(
            "retire",
            "R",
            noop("Actions", "Retire"),
            noop("Actions", "Retire the current reference, or restore it"),
        ),
        Spec(
            "move_reference",
            "Shift+R",
            noop("Actions", "Move"),
            noop("Actions", "Move the current reference to the creator it resembles"),
        ),
        Spec(
            "suggest_references",
            "G",
            noop("Actions", "Suggest references"),
            noop("Actions", "Select a few good, different faces as new references"),
        ),
        Spec(
            "more_like_decided",
            "L",
            noop("Actions", "More like this"),
            noop("Actions", "All faces of the library by their similarity to the decided face"),
        ),
        Spec(
            "promote",
            "T",
            noop("Actions", "Make references"),
            noop("Actions", "Make the selected faces references"),
        ),
        Spec(
            "profile_picture",
            "Shift+P",
            noop("Actions", "Profile picture"),
            noop("Actions", "Use this face as the creator's picture"),
        ),
        Spec(
            "split",
            "M",
            noop("Actions", "Split"),
            noop("Actions", "Type a name: assign the selected faces to that creator"),
        ),
        Spec(
            "reject_faces",
            "X",
            noop("Actions", "Reject"),
            noop("Actions", "Reject the selected faces: a stranger"),
        ),
        Spec(
            "not_faces",
            "Shift+X",
            noop("Actions", "Not a face"),
            noop("Actions", "Reject the selected faces: not a face"),
        ),
        Spec(
            "next_part",
            "F6",
            noop("Actions", "Next part"),
            noop("Actions", "Go to the list, the references, the faces, the videos in turn"),
        ),
    ),
)
