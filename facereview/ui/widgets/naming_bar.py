"""The bottom of a page whose keys name faces: buttons with their keys, and a field for names."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from facereview.ui.actions.table import key_button
from facereview.ui.jobs.messages import KEPT_CLEAR
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.widgets.key_caps import KeyButton
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.name_picker import NamePicker

_NAME_WIDTH = 460
"""Beside the field the faces that are named stay in sight."""
_MARGIN, _GAP = 20, 10
_NAMED = 240
"""Of a button with a longer name the middle of the name is left out before it has no room."""


class NamingBar(QWidget):
    """Buttons with their keys; those that have no room are left out, the least needed first."""

    pressed = Signal(str)
    """The id of an action."""
    _first: tuple[str, ...] = ()
    """Actions whose buttons have room first; of the others the last are left out first."""

    def __init__(
        self,
        actions: Iterable[str],
        names: KnownNames,
        crops: CropStore,
        parent: QWidget,
        *,
        strong: str,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Actions"))
        self.picker = NamePicker(names, crops, parent)
        self.picker.setFixedWidth(_NAME_WIDTH)
        self.picker.hide()
        self.buttons: dict[str, KeyButton] = {
            action: key_button(action, self.pressed, self, strong=action == strong)
            for action in actions
        }
        self.picker.typing.connect(self._set_typing)

    def _lay_out(self, above: QWidget, side: Qt.AlignmentFlag) -> None:
        """The field for names stands between ``above`` and the buttons, at one side."""
        row = QHBoxLayout()
        row.setSpacing(_GAP)
        for made in self.buttons.values():
            made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            made.setObjectName(KEPT_CLEAR)
            row.addWidget(made)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(_MARGIN, 10, _MARGIN, 12)
        column.setSpacing(10)
        column.addWidget(above)
        column.addWidget(self.picker, 0, side)
        column.addLayout(row)

    def ask_name(self) -> None:
        """Type a name for what the keys apply to."""
        self.picker.show()
        self.picker.open_list()

    def _set_typing(self, typing: bool) -> None:
        self.picker.setVisible(typing)
        for made in self.buttons.values():
            made.set_live(not typing)

    def minimumSizeHint(self) -> QSize:
        """Buttons that have no room are left out, so that the window may be narrower."""
        return QSize(_NAME_WIDTH + 2 * _MARGIN, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> set[str]:
        """Leave out buttons that have no room, and those that mean nothing; those that are left."""
        left, shown = self.width() - 2 * _MARGIN, set()
        for action in dict.fromkeys((*self._first, *self.buttons)):
            made = self.buttons[action]
            if made.text():
                least = max(made.minimumSizeHint().width(), _NAMED)
                left -= min(made.sizeHint().width(), least) + _GAP
            if made.text() and left >= -_GAP:
                shown.add(action)
            made.setVisible(action in shown)
        return shown
