"""Every action of the window with its keys.

The pages install them, buttons show them as key caps, and the sheet of keys is made from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence

from facereview.ui.actions import (
    alike,
    cast,
    clusters,
    creators,
    history,
    review,
    videos,
    window,
)
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.plain_text import PlainButton, button, set_tip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QWidget

ACTIONS = (
    *review.ACTIONS,
    *clusters.ACTIONS,
    *creators.ACTIONS,
    *videos.ACTIONS,
    *cast.ACTIONS,
    *alike.ACTIONS,
    *history.ACTIONS,
    *window.ACTIONS,
)
BY_ID = {spec.id: spec for spec in ACTIONS}


def translated(text: str) -> str:
    """A text of the table, translated."""
    return QCoreApplication.translate("Actions", text)


def key_label(key: str) -> str:
    """The label of a key cap: ``Shift+X`` becomes ``⇧X``, ``Ctrl+Z`` becomes ``Ctrl Z``."""
    caps = {"Return": "Enter", "Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Escape": "Esc"}
    parts = [*key[:-2].split("+"), "+"] if key.endswith("++") else key.split("+")
    parts = [caps.get(part, part) for part in parts]
    parts = [QCoreApplication.translate("Keys", part) if len(part) > 1 else part for part in parts]
    return " ".join(parts).replace("Shift ", "⇧")


def first_key(action_id: str) -> str:
    """The key cap of an action."""
    return key_label(BY_ID[action_id].keys[0])


def action_button(action_id: str, kind: str, parent: QWidget) -> PlainButton:
    """A button with the text of an action; its tooltip ends with the key."""
    spec = BY_ID[action_id]
    made = button(translated(spec.text), kind, parent)
    set_tip(made, f"{translated(spec.tip)} ({first_key(action_id)})")
    made.setAccessibleDescription(translated(spec.tip))
    return made


def key_button(
    action_id: str, pressed: SignalInstance, parent: QWidget, *, strong: bool = False
) -> KeyButton:
    """A button that does what the key of an action does: ``pressed`` gets the action's id."""
    made = KeyButton(first_key(action_id), strong=strong, parent=parent)
    made.set_text(translated(BY_ID[action_id].text))
    set_tip(made, translated(BY_ID[action_id].tip))
    made.clicked.connect(lambda: pressed.emit(action_id))
    return made


def install(widget: QWidget, handlers: Mapping[str, Callable[[], object]]) -> dict[str, QAction]:
    """Give a page the actions it handles; they work while the page is visible."""
    made: dict[str, QAction] = {}
    for action_id, handler in handlers.items():
        spec = BY_ID[action_id]
        action = QAction(translated(spec.text), widget)
        action.setObjectName(action_id)
        set_tip(action, translated(spec.tip))
        action.setShortcuts([QKeySequence(key) for key in spec.keys])
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.setAutoRepeat(spec.repeats)
        action.triggered.connect(lambda _checked=False, handler=handler: handler())
        widget.addAction(action)
        made[action_id] = action
    return made
