"""The actions of the Clusters page, as rows of the table in ``actions``.

Id, keys, text, sentence, group, and whether holding the key down repeats it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:

    def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802
        """Mark a text for translators (Qt's own hint says it returns ``object``)."""
else:
    from PySide6.QtCore import QT_TRANSLATE_NOOP

_noop = QT_TRANSLATE_NOOP

DECIDE = _noop("Actions", "Clusters: decide")
SHAPE = _noop("Actions", "Clusters: choose and shape")
MOVE = _noop("Actions", "Clusters: move and look")

Row = tuple[str, tuple[str, ...], str, str, str, bool]

ROWS: tuple[Row, ...] = (
    (
        "cluster_confirm",
        ("Return", "Enter"),
        _noop("Actions", "Confirm"),
        _noop("Actions", "Confirm the ticked faces as the suggestion, or name a new person"),
        DECIDE,
        False,
    ),
    (
        "cluster_name",
        ("M", "/"),
        _noop("Actions", "Somebody else"),
        _noop("Actions", "Type a name for the ticked faces: a known creator, or a new one"),
        DECIDE,
        False,
    ),
    (
        "cluster_strangers",
        ("X",),
        _noop("Actions", "Strangers"),
        _noop("Actions", "Reject the ticked faces: nobody this library needs to know"),
        DECIDE,
        False,
    ),
    (
        "cluster_not_faces",
        ("Shift+X",),
        _noop("Actions", "Not faces"),
        _noop("Actions", "Reject the ticked ones: these are not faces"),
        DECIDE,
        False,
    ),
    (
        "cluster_not_person",
        ("N",),
        _noop("Actions", "Not this person"),
        _noop("Actions", "The suggestion is wrong for the ticked faces"),
        DECIDE,
        False,
    ),
    (
        "cluster_later",
        ("S",),
        _noop("Actions", "Later"),
        _noop("Actions", "Put the group behind the others"),
        DECIDE,
        False,
    ),
    (
        "cluster_undo",
        ("Ctrl+Z",),
        _noop("Actions", "Undo"),
        _noop("Actions", "Undo the last decision as a whole, also after a restart"),
        DECIDE,
        False,
    ),
    (
        "cluster_redo",
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        _noop("Actions", "Redo"),
        _noop("Actions", "Redo what was undone"),
        DECIDE,
        False,
    ),
    (
        "cluster_tick",
        ("Space",),
        _noop("Actions", "Untick"),
        _noop("Actions", "Go into the faces, the worst first; there: untick or tick a face"),
        SHAPE,
        False,
    ),
    (
        "cluster_tick_back",
        ("Shift+Left",),
        _noop("Actions", "Extend back"),
        _noop("Actions", "Do the same to the face before"),
        SHAPE,
        True,
    ),
    (
        "cluster_tick_on",
        ("Shift+Right",),
        _noop("Actions", "Extend on"),
        _noop("Actions", "Do the same to the next face"),
        SHAPE,
        True,
    ),
    (
        "cluster_tick_up",
        ("Shift+Up",),
        _noop("Actions", "Extend up"),
        _noop("Actions", "Do the same to all faces back to the one above"),
        SHAPE,
        True,
    ),
    (
        "cluster_tick_down",
        ("Shift+Down",),
        _noop("Actions", "Extend down"),
        _noop("Actions", "Do the same to all faces up to the one below"),
        SHAPE,
        True,
    ),
    (
        "cluster_tick_all",
        ("Ctrl+A",),
        _noop("Actions", "Tick all"),
        _noop("Actions", "Tick all faces; once more: none"),
        SHAPE,
        False,
    ),
    (
        "cluster_split",
        ("K",),
        _noop("Actions", "Split off"),
        _noop("Actions", "Make the unticked faces a group of their own"),
        SHAPE,
        False,
    ),
    (
        "cluster_mark",
        ("Ctrl+Space",),
        _noop("Actions", "Mark"),
        _noop("Actions", "Mark a group, to join it with others"),
        SHAPE,
        False,
    ),
    (
        "cluster_join",
        ("J",),
        _noop("Actions", "Join"),
        _noop("Actions", "Make one group of this and the marked ones"),
        SHAPE,
        False,
    ),
    (
        "cluster_mirror",
        ("Shift+J",),
        _noop("Actions", "Mirror"),
        _noop("Actions", "Join also what one frame shows twice: a mirror or a collage"),
        SHAPE,
        False,
    ),
    (
        "cluster_left",
        ("Left",),
        _noop("Actions", "Left"),
        _noop("Actions", "The group or face to the left"),
        MOVE,
        True,
    ),
    (
        "cluster_right",
        ("Right",),
        _noop("Actions", "Right"),
        _noop("Actions", "The group or face to the right"),
        MOVE,
        True,
    ),
    (
        "cluster_up",
        ("Up",),
        _noop("Actions", "Up"),
        _noop("Actions", "The group or face above"),
        MOVE,
        True,
    ),
    (
        "cluster_down",
        ("Down",),
        _noop("Actions", "Down"),
        _noop("Actions", "The group or face below"),
        MOVE,
        True,
    ),
    (
        "cluster_page_up",
        ("PgUp",),
        _noop("Actions", "Page up"),
        _noop("Actions", "A page up"),
        MOVE,
        True,
    ),
    (
        "cluster_page_down",
        ("PgDown",),
        _noop("Actions", "Page down"),
        _noop("Actions", "A page down"),
        MOVE,
        True,
    ),
    (
        "cluster_first",
        ("Home",),
        _noop("Actions", "First"),
        _noop("Actions", "The first group or face"),
        MOVE,
        False,
    ),
    (
        "cluster_last",
        ("End",),
        _noop("Actions", "Last"),
        _noop("Actions", "The last group or face"),
        MOVE,
        False,
    ),
    (
        "cluster_open",
        ("O",),
        _noop("Actions", "Faces"),
        _noop("Actions", "Go into the faces of the group, as Tab does"),
        MOVE,
        False,
    ),
    (
        "cluster_back",
        ("Escape",),
        _noop("Actions", "Back"),
        _noop("Actions", "Back to the wall; there: drop the marks"),
        MOVE,
        False,
    ),
    (
        "cluster_frame",
        ("F",),
        _noop("Actions", "Whole frame"),
        _noop("Actions", "The face at hand in its whole frame, or back to the wall"),
        MOVE,
        False,
    ),
    (
        "cluster_play",
        ("P",),
        _noop("Actions", "Play"),
        _noop("Actions", "Play a few seconds around the face at hand"),
        MOVE,
        False,
    ),
    (
        "cluster_order_payoff",
        ("1",),
        _noop("Actions", "By payoff"),
        _noop("Actions", "First what one key settles most surely"),
        MOVE,
        False,
    ),
    (
        "cluster_order_size",
        ("2",),
        _noop("Actions", "By size"),
        _noop("Actions", "The largest groups first"),
        MOVE,
        False,
    ),
    (
        "cluster_order_new",
        ("3",),
        _noop("Actions", "New people"),
        _noop("Actions", "Only those nobody known is suggested for"),
        MOVE,
        False,
    ),
    (
        "cluster_order_lookalike",
        ("4",),
        _noop("Actions", "Look-alikes"),
        _noop("Actions", "Only those for which two creators come close"),
        MOVE,
        False,
    ),
    (
        "cluster_regroup",
        ("F5",),
        _noop("Actions", "Regroup"),
        _noop("Actions", "Bring the groups up to date now"),
        MOVE,
        False,
    ),
)
