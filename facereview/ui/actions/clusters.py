"""What decides and shapes clusters on the Clusters page, as rows of the table in ``actions``.

Id, keys, text, sentence, group, and whether holding the key down repeats it. How to move among
clusters and to look at them stands in ``cluster_moves``.
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
    *(
        (
            f"cluster_pick_{number}",
            (str(number),),
            _noop("Actions", "Accept"),
            _noop("Actions", "The ticked faces are that likely creator"),
            DECIDE,
            False,
        )
        for number in range(1, 10)
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
        _noop("Actions", "Put the cluster behind the others"),
        DECIDE,
        False,
    ),
    (
        "cluster_undo",
        ("Ctrl+Z",),
        _noop("Actions", "Undo"),
        _noop("Actions", "Undo what the status bar names as a whole, also after a restart"),
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
        _noop("Actions", "Make the unticked faces a cluster of their own"),
        SHAPE,
        False,
    ),
    (
        "cluster_mark",
        ("Ctrl+Space",),
        _noop("Actions", "Mark"),
        _noop("Actions", "Mark a cluster, to join it with others"),
        SHAPE,
        False,
    ),
    (
        "cluster_join",
        ("J",),
        _noop("Actions", "Join"),
        _noop("Actions", "Make one cluster of this and the marked ones"),
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
)
