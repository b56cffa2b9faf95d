"""How to move on the Clusters page and to look at clusters: rows as in ``cluster_actions``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from facereview.ui.actions.clusters import Row

if TYPE_CHECKING:

    def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802
        """Mark a text for translators (Qt's own hint says it returns ``object``)."""
else:
    from PySide6.QtCore import QT_TRANSLATE_NOOP

_noop = QT_TRANSLATE_NOOP

MOVE = _noop("Actions", "Clusters: move and look")

ROWS: tuple[Row, ...] = (
    (
        "cluster_left",
        ("Left",),
        _noop("Actions", "Left"),
        _noop("Actions", "The cluster or face to the left"),
        MOVE,
        True,
    ),
    (
        "cluster_right",
        ("Right",),
        _noop("Actions", "Right"),
        _noop("Actions", "The cluster or face to the right"),
        MOVE,
        True,
    ),
    (
        "cluster_up",
        ("Up",),
        _noop("Actions", "Up"),
        _noop("Actions", "The cluster or face above"),
        MOVE,
        True,
    ),
    (
        "cluster_down",
        ("Down",),
        _noop("Actions", "Down"),
        _noop("Actions", "The cluster or face below"),
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
        _noop("Actions", "The first cluster or face"),
        MOVE,
        False,
    ),
    (
        "cluster_last",
        ("End",),
        _noop("Actions", "Last"),
        _noop("Actions", "The last cluster or face"),
        MOVE,
        False,
    ),
    (
        "cluster_open",
        ("O",),
        _noop("Actions", "Faces"),
        _noop("Actions", "Go into the faces of the cluster, as Tab does"),
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
        ("Shift+1",),
        _noop("Actions", "By payoff"),
        _noop("Actions", "First what one key settles most surely"),
        MOVE,
        False,
    ),
    (
        "cluster_order_size",
        ("Shift+2",),
        _noop("Actions", "By size"),
        _noop("Actions", "The largest clusters first"),
        MOVE,
        False,
    ),
    (
        "cluster_order_new",
        ("Shift+3",),
        _noop("Actions", "New people"),
        _noop("Actions", "Only those nobody known is suggested for"),
        MOVE,
        False,
    ),
    (
        "cluster_order_lookalike",
        ("Shift+4",),
        _noop("Actions", "Look-alikes"),
        _noop("Actions", "Only those for which two creators come close"),
        MOVE,
        False,
    ),
    (
        "cluster_update",
        ("F5",),
        _noop("Actions", "Update"),
        _noop("Actions", "Bring the clusters up to date now"),
        MOVE,
        False,
    ),
)
