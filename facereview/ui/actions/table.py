"""Every action of the window with its keys: the one place they are written down.

The pages install them, buttons show them as key caps, and the sheet of keys is made from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence

from facereview.ui.actions import cluster_moves
from facereview.ui.actions import clusters as cluster_actions
from facereview.ui.actions import creators as creator_actions
from facereview.ui.actions import videos as video_actions
from facereview.ui.widgets.plain_text import set_tip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtWidgets import QWidget

    def QT_TRANSLATE_NOOP(context: str, text: str) -> str:  # noqa: N802
        """Mark a text for translators (Qt's own hint says it returns ``object``)."""
else:
    from PySide6.QtCore import QT_TRANSLATE_NOOP

DECIDE = QT_TRANSLATE_NOOP("Actions", "Review: decide")
MOVE = QT_TRANSLATE_NOOP("Actions", "Review: move")
SELECT = QT_TRANSLATE_NOOP("Actions", "Review: select")
LOOK = QT_TRANSLATE_NOOP("Actions", "Review: look")
WINDOW = QT_TRANSLATE_NOOP("Actions", "Window")


@dataclass(frozen=True, slots=True)
class Spec:
    """An action: ``text`` for buttons, ``tip`` a sentence for tooltips and the sheet of keys."""

    id: str
    keys: tuple[str, ...]
    text: str
    tip: str
    page: str
    group: str
    repeats: bool = False
    """Whether holding the key down repeats it; never for decisions."""


REVIEW = "review"
EVERYWHERE = "window"
PAGES = ("review", "clusters", "creators", "videos", "insight", "settings")
"""The pages in the order of the rail."""

_noop = QT_TRANSLATE_NOOP

ACTIONS: tuple[Spec, ...] = (
    Spec(
        "accept",
        ("Return", "Enter"),
        _noop("Actions", "Accept"),
        _noop("Actions", "Accept the first suggestion if it is likely; confirm a decided face"),
        REVIEW,
        DECIDE,
    ),
    *(
        Spec(
            f"pick_{number}",
            (str(number),),
            _noop("Actions", "Accept"),
            _noop("Actions", "Accept that suggestion, however likely"),
            REVIEW,
            DECIDE,
        )
        for number in range(1, 10)
    ),
    Spec(
        "name",
        ("M", "/"),
        _noop("Actions", "Somebody else"),
        _noop("Actions", "Type a name: a known creator, or a new one"),
        REVIEW,
        DECIDE,
    ),
    Spec(
        "stranger",
        ("X",),
        _noop("Actions", "Stranger"),
        _noop("Actions", "Reject: nobody this library needs to know"),
        REVIEW,
        DECIDE,
    ),
    Spec(
        "not_a_face",
        ("Shift+X",),
        _noop("Actions", "Not a face"),
        _noop("Actions", "Reject: this is not a face"),
        REVIEW,
        DECIDE,
    ),
    Spec(
        "not_person",
        ("N",),
        _noop("Actions", "Not this person"),
        _noop("Actions", "Not this person: the next suggestion moves up"),
        REVIEW,
        DECIDE,
    ),
    Spec(
        "settle_rest",
        ("G",),
        _noop("Actions", "Settle the rest"),
        _noop("Actions", "Give the rest of the last face's cluster to the same creator"),
        REVIEW,
        DECIDE,
    ),
    Spec(
        "skip",
        ("S",),
        _noop("Actions", "Skip"),
        _noop("Actions", "Skip: the face comes back at the end"),
        REVIEW,
        DECIDE,
    ),
    Spec(
        "overruled",
        ("O",),
        _noop("Actions", "Did not stand"),
        _noop("Actions", "List decisions of yours that did not stand, as another curator decided"),
        REVIEW,
        DECIDE,
    ),
    Spec(
        "undo",
        ("Ctrl+Z",),
        _noop("Actions", "Undo"),
        _noop("Actions", "Undo what the status bar names, also after a restart"),
        REVIEW,
        DECIDE,
    ),
    Spec(
        "redo",
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        _noop("Actions", "Redo"),
        _noop("Actions", "Redo what was undone"),
        REVIEW,
        DECIDE,
    ),
    Spec(
        "back",
        ("Left",),
        _noop("Actions", "Back"),
        _noop("Actions", "The face before, without deciding"),
        REVIEW,
        MOVE,
        True,
    ),
    Spec(
        "forward",
        ("Right",),
        _noop("Actions", "On"),
        _noop("Actions", "The next face, without deciding"),
        REVIEW,
        MOVE,
        True,
    ),
    Spec(
        "first",
        ("Home",),
        _noop("Actions", "First"),
        _noop("Actions", "The first face of the queue"),
        REVIEW,
        MOVE,
    ),
    Spec(
        "last",
        ("End",),
        _noop("Actions", "Last"),
        _noop("Actions", "The last face of the queue"),
        REVIEW,
        MOVE,
    ),
    Spec(
        "select",
        ("Space",),
        _noop("Actions", "Select"),
        _noop("Actions", "Select this face; decisions apply to the selection"),
        REVIEW,
        SELECT,
    ),
    Spec(
        "extend_back",
        ("Shift+Left", "Shift+Up"),
        _noop("Actions", "Extend back"),
        _noop("Actions", "Extend the selection to the face before"),
        REVIEW,
        SELECT,
        True,
    ),
    Spec(
        "extend_forward",
        ("Shift+Right", "Shift+Down"),
        _noop("Actions", "Extend on"),
        _noop("Actions", "Extend the selection to the next face"),
        REVIEW,
        SELECT,
        True,
    ),
    Spec(
        "same_person",
        ("A",),
        _noop("Actions", "Same person"),
        _noop("Actions", "Select this video's faces of the same person"),
        REVIEW,
        SELECT,
    ),
    Spec(
        "clear",
        ("Escape",),
        _noop("Actions", "Clear"),
        _noop("Actions", "Drop the selection"),
        REVIEW,
        SELECT,
    ),
    Spec(
        "play",
        ("P",),
        _noop("Actions", "play"),
        _noop("Actions", "Play a few seconds around the face; any key stops"),
        REVIEW,
        LOOK,
    ),
    Spec(
        "face_only",
        ("F",),
        _noop("Actions", "face only"),
        _noop("Actions", "The face alone, or the whole frame"),
        REVIEW,
        LOOK,
    ),
    *(
        Spec(action, keys, text, tip, "clusters", group, repeats)
        for action, keys, text, tip, group, repeats in (*cluster_actions.ROWS, *cluster_moves.ROWS)
    ),
    *(Spec(*row, "creators", creator_actions.GROUP) for row in creator_actions.ROWS),
    *(Spec(*row, "creators", creator_actions.REFERENCES) for row in creator_actions.REFERENCE_ROWS),
    *(Spec(*row, "videos", video_actions.GROUP) for row in video_actions.ROWS),
    *(
        Spec(action, keys, text, tip, EVERYWHERE, WINDOW, repeats=True)
        for action, keys, text, tip in (
            (
                "faces_larger",
                ("Ctrl++", "Ctrl+="),
                _noop("Actions", "Larger"),
                _noop("Actions", "Larger faces on the wall at hand; so does the wheel with Ctrl"),
            ),
            (
                "faces_smaller",
                ("Ctrl+-",),
                _noop("Actions", "Smaller"),
                _noop("Actions", "Smaller faces on the wall at hand"),
            ),
            (
                "faces_usual",
                ("Ctrl+0",),
                _noop("Actions", "Usual size"),
                _noop("Actions", "Faces as large as usual"),
            ),
        )
    ),
    Spec(
        "keys",
        ("?", "F1"),
        _noop("Actions", "keys"),
        _noop("Actions", "This sheet of keys"),
        EVERYWHERE,
        WINDOW,
    ),
    Spec(
        "window_undo",
        ("Ctrl+Z",),
        _noop("Actions", "Undo"),
        _noop("Actions", "Undo what the status bar names, also after a restart"),
        "settings",
        WINDOW,
    ),
    Spec(
        "window_redo",
        ("Ctrl+Shift+Z", "Ctrl+Y"),
        _noop("Actions", "Redo"),
        _noop("Actions", "Redo what was undone"),
        "settings",
        WINDOW,
    ),
    Spec(
        "quit",
        ("Ctrl+Q",),
        _noop("Actions", "Quit"),
        _noop("Actions", "Close the window; what is not saved yet is said first"),
        EVERYWHERE,
        WINDOW,
    ),
    *(
        Spec(
            f"page_{page}",
            (f"Ctrl+{number}",),
            _noop("Actions", "Go"),
            _noop("Actions", "The pages, in the order of the rail"),
            EVERYWHERE,
            WINDOW,
        )
        for number, page in enumerate(PAGES, 1)
    ),
)
BY_ID = {spec.id: spec for spec in ACTIONS}


def translated(text: str) -> str:
    """A text of this table in the curator's language."""
    return QCoreApplication.translate("Actions", text)


def key_label(key: str) -> str:
    """What stands on the key cap: ``Shift+X`` becomes ``⇧X``, ``Ctrl+Z`` becomes ``Ctrl Z``."""
    caps = {"Return": "Enter", "Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Escape": "Esc"}
    parts = [*key[:-2].split("+"), "+"] if key.endswith("++") else key.split("+")
    parts = [caps.get(part, part) for part in parts]
    parts = [QCoreApplication.translate("Keys", part) if len(part) > 1 else part for part in parts]
    return " ".join(parts).replace("Shift ", "⇧")


def first_key(action_id: str) -> str:
    """The key cap of an action."""
    return key_label(BY_ID[action_id].keys[0])


def install(widget: QWidget, handlers: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """Give a page the actions it handles; they work while the page is to be seen."""
    made: dict[str, QAction] = {}
    for action_id, handler in handlers.items():
        spec = BY_ID[action_id]
        action = QAction(translated(spec.text), widget)
        set_tip(action, translated(spec.tip))
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(spec.repeats)
        action.triggered.connect(lambda _checked=False, handler=handler: handler())
        widget.addAction(action)
        made[action_id] = action
    return made
