"""The actions of the Clusters page."""

from __future__ import annotations

from facereview.ui.actions.spec import Spec, noop, placed

ACTIONS = (
    *placed(
        "clusters",
        noop("Actions", "Clusters: decide"),
        Spec(
            "cluster_confirm",
            "Return Enter",
            noop("Actions", "Confirm"),
            noop("Actions", "Confirm the suggestion for the ticked faces, or name a new person"),
        ),
        *(
            Spec(
                f"cluster_pick_{number}",
                str(number),
                noop("Actions", "Accept"),
                noop("Actions", "Assign the ticked faces to this likely creator"),
            )
            for number in range(1, 10)
        ),
        Spec(
            "cluster_name",
            "M /",
            noop("Actions", "Somebody else"),
            noop("Actions", "Type a name for the ticked faces: a known creator, or a new one"),
        ),
        Spec(
            "cluster_strangers",
            "X",
            noop("Actions", "Strangers"),
            noop("Actions", "Reject the ticked faces: people this library does not track"),
        ),
        Spec(
            "cluster_not_faces",
            "Shift+X",
            noop("Actions", "Not faces"),
            noop("Actions", "Reject the ticked ones: these are not faces"),
        ),
        Spec(
            "cluster_not_person",
            "N",
            noop("Actions", "Not this person"),
            noop("Actions", "The suggestion is wrong for the ticked faces"),
        ),
        Spec(
            "cluster_sample",
            "R",
            noop("Actions", "Sample"),
            noop("Actions", "Check the machine's matches by a random sample; again: show all"),
        ),
        Spec(
            "cluster_take_back",
            "B",
            noop("Actions", "Take back"),
            noop("Actions", "Take back a run of automatic matching, but for what is checked"),
        ),
        Spec(
            "cluster_later",
            "S",
            noop("Actions", "Later"),
            noop("Actions", "Move the cluster to the end"),
        ),
        Spec(
            "cluster_undo",
            "Ctrl+Z",
            noop("Actions", "Undo"),
            noop("Actions", "Undo all of what the status bar names, even after a restart"),
        ),
        Spec(
            "cluster_redo",
            "Ctrl+Shift+Z Ctrl+Y",
            noop("Actions", "Redo"),
            noop("Actions", "Redo what was undone"),
        ),
    ),
    *placed(
        "clusters",
        noop("Actions", "Clusters: select and change"),
        Spec(
            "cluster_tick",
            "Space",
            noop("Actions", "Untick"),
            noop("Actions", "Go to the faces, worst first; there: tick or untick a face"),
        ),
        Spec(
            "cluster_tick_back",
            "Shift+Left",
            noop("Actions", "Extend back"),
            noop("Actions", "Tick or untick the previous face as well"),
            repeats=True,
        ),
        Spec(
            "cluster_tick_on",
            "Shift+Right",
            noop("Actions", "Extend on"),
            noop("Actions", "Tick or untick the next face as well"),
            repeats=True,
        ),
        Spec(
            "cluster_tick_up",
            "Shift+Up",
            noop("Actions", "Extend up"),
            noop("Actions", "Tick or untick the faces back to the one above as well"),
            repeats=True,
        ),
        Spec(
            "cluster_tick_down",
            "Shift+Down",
            noop("Actions", "Extend down"),
            noop("Actions", "Tick or untick the faces up to the one below as well"),
            repeats=True,
        ),
        Spec(
            "cluster_tick_all",
            "Ctrl+A",
            noop("Actions", "Tick all"),
            noop("Actions", "Tick all faces; again: none"),
        ),
        Spec(
            "cluster_split",
            "K",
            noop("Actions", "Split off"),
            noop("Actions", "Make the unticked faces a cluster of their own"),
        ),
        Spec(
            "cluster_mark",
            "Ctrl+Space",
            noop("Actions", "Mark"),
            noop("Actions", "Mark a cluster for joining"),
        ),
        Spec(
            "cluster_join",
            "J",
            noop("Actions", "Join"),
            noop("Actions", "Join this and the marked clusters"),
        ),
        Spec(
            "cluster_mirror",
            "Shift+J",
            noop("Actions", "Mirror"),
            noop("Actions", "Join even if one frame shows both: a mirror or a collage"),
        ),
    ),
    *placed(
        "clusters",
        noop("Actions", "Clusters: move and look"),
        Spec(
            "cluster_left",
            "Left",
            noop("Actions", "Left"),
            noop("Actions", "The cluster or face to the left"),
            repeats=True,
        ),
        Spec(
            "cluster_right",
            "Right",
            noop("Actions", "Right"),
            noop("Actions", "The cluster or face to the right"),
            repeats=True,
        ),
        Spec(
            "cluster_up",
            "Up",
            noop("Actions", "Up"),
            noop("Actions", "The cluster or face above"),
            repeats=True,
        ),
        Spec(
            "cluster_down",
            "Down",
            noop("Actions", "Down"),
            noop("Actions", "The cluster or face below"),
            repeats=True,
        ),
        Spec(
            "cluster_page_up",
            "PgUp",
            noop("Actions", "Page up"),
            noop("Actions", "A page up"),
            repeats=True,
        ),
        Spec(
            "cluster_page_down",
            "PgDown",
            noop("Actions", "Page down"),
            noop("Actions", "A page down"),
            repeats=True,
        ),
        Spec(
            "cluster_first",
            "Home",
            noop("Actions", "First"),
            noop("Actions", "The first cluster or face"),
        ),
        Spec(
            "cluster_last",
            "End",
            noop("Actions", "Last"),
            noop("Actions", "The last cluster or face"),
        ),
        Spec(
            "cluster_open",
            "O",
            noop("Actions", "Faces"),
            noop("Actions", "Go to the faces of the cluster, as Tab does"),
        ),
        Spec(
            "cluster_back",
            "Escape",
            noop("Actions", "Back"),
            noop("Actions", "Back to the wall; there: clear the marks"),
        ),
        Spec(
            "cluster_frame",
            "F",
            noop("Actions", "Whole frame"),
            noop("Actions", "Show the current face in its frame, or go back to the wall"),
        ),
        Spec(
            "cluster_more",
            "L",
            noop("Actions", "More like this"),
            noop("Actions", "All faces of the library by their similarity to the current face"),
        ),
        Spec(
            "cluster_play",
            "P",
            noop("Actions", "Play"),
            noop("Actions", "Play a few seconds around the current face"),
        ),
        Spec(
            "cluster_order_payoff",
            "Shift+1",
            noop("Actions", "By payoff"),
            noop("Actions", "The most faces per key at the highest certainty first"),
        ),
        Spec(
            "cluster_order_size",
            "Shift+2",
            noop("Actions", "By size"),
            noop("Actions", "The largest clusters first"),
        ),
        Spec(
            "cluster_order_new",
            "Shift+3",
            noop("Actions", "New people"),
            noop("Actions", "Only clusters without a suggestion"),
        ),
        Spec(
            "cluster_order_lookalike",
            "Shift+4",
            noop("Actions", "Look-alikes"),
            noop("Actions", "Only clusters for which two creators are close"),
        ),
        Spec(
            "cluster_order_check",
            "Shift+5",
            noop("Actions", "To check"),
            noop("Actions", "The machine's matches that nobody has checked, by creator"),
        ),
        Spec(
            "cluster_order_same",
            "Shift+6",
            noop("Actions", "Same person?"),
            noop("Actions", "Pairs of clusters that may be one person"),
        ),
        Spec(
            "cluster_same",
            "Y",
            noop("Actions", "The same person"),
            noop(
                "Actions",
                "Two clusters are the same person; N says that they are not, S later",
            ),
        ),
        Spec(
            "cluster_update",
            "F5",
            noop("Actions", "Update"),
            noop("Actions", "Bring the clusters up to date now"),
        ),
    ),
)
