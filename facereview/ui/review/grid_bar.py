"""The bar above the grid."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from facereview.filters import GroupBy
from facereview.ui.actions.table import action_button, first_key
from facereview.ui.widgets.cards import flush
from facereview.ui.widgets.key_caps import KeyCap
from facereview.ui.widgets.plain_text import button, label, set_tip
from facereview.ui.wording.library import faces


class SwitchButton(QWidget):
    """Shows the faces in the other way: a button beside its key."""

    pressed = Signal()

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        row = flush(QHBoxLayout(self))
        made = action_button("grid", "flat", self)
        made.setText(text)
        made.clicked.connect(self.pressed)
        row.addWidget(KeyCap(first_key("grid"), self))
        row.addWidget(made)


class GridBar(QWidget):
    """By what the faces are grouped, how many are selected, and how large they are."""

    group_chosen = Signal(object)
    """A :class:`GroupBy`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.group = button("", "flat", self)
        self.group.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.group.clicked.connect(self.open_groups)
        self.groups = QMenu(self.group)
        self.groups.setAccessibleName(self.tr("How the faces are arranged"))
        self._said = label("", "dim", self)
        self.row = flush(QHBoxLayout(self), 6)
        self.row.setContentsMargins(12, 4, 12, 4)
        self.switch = SwitchButton(self.tr("Single face"), self)
        self.row.addWidget(self.switch)
        self.row.addSpacing(12)
        self.row.addWidget(KeyCap(first_key("group"), self))
        self.row.addWidget(self.group)
        self.row.addStretch(1)
        self.row.addWidget(self._said)
        self._make_groups()
        self.show_group(GroupBy.NOTHING)
        self.show_ticked(0)

    def _make_groups(self) -> None:
        group = QActionGroup(self)
        texts = {
            GroupBy.NOTHING: self.tr("In one list"),
            GroupBy.CREATOR: self.tr("By creator"),
            GroupBy.VIDEO: self.tr("By video"),
            GroupBy.DAY: self.tr("By day scanned"),
            GroupBy.CLUSTER: self.tr("By cluster"),
        }
        self._groups = {by: QAction(text, self) for by, text in texts.items()}
        for by, action in self._groups.items():
            action.setCheckable(True)
            group.addAction(action)
            action.triggered.connect(lambda _on=False, by=by: self.group_chosen.emit(by))
            self.groups.addAction(action)

    def open_groups(self) -> None:
        """Choose by what the faces are grouped."""
        self.groups.popup(self.group.mapToGlobal(QPoint(0, self.group.height())))
        self.groups.setActiveAction(next(a for a in self._groups.values() if a.isChecked()))

    def show_group(self, by: GroupBy) -> None:
        """By what they are grouped."""
        self._groups[by].setChecked(True)
        self.group.setText(self._groups[by].text())
        set_tip(self.group, self.tr("What the faces that stand together have in common"))

    def show_ticked(self, count: int) -> None:
        """How many are selected."""
        self._said.setText(self.tr("{faces} selected").format(faces=faces(count)) if count else "")
