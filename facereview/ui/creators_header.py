"""The top of the Creators page: search, what to list, and the button for somebody new."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QSizePolicy, QWidget

from facereview.ui import actions
from facereview.ui.icons import icon
from facereview.ui.library_texts import creators
from facereview.ui.page_header import PageHeader
from facereview.ui.theme import tokens_of
from facereview.ui.widgets import PillTabs, button

ALL, NEEDS, PAIRS, HEALTH = "all", "needs", "pairs", "health"


class CreatorsHeader(PageHeader):
    """Every key press searches; the pills say how much needs care."""

    searched = Signal(str)
    shown = Signal(str)
    """What is to be shown: ``all``, ``needs``, ``pairs`` or ``health``."""
    left = Signal()
    """The search is done with: Enter, Down or Escape."""
    new_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("CreatorsHeader", "Creators"), parent)
        self.search = QLineEdit(self)
        self.pills = PillTabs(
            [
                (ALL, self.tr("All")),
                (NEEDS, self.tr("Needs references")),
                (PAIRS, self.tr("Look-alike pairs")),
                (HEALTH, self.tr("Health")),
            ],
            self,
        )
        self._set_up_search()
        self.pills.choose(ALL)
        self.pills.chosen.connect(self.shown)
        self.row.addWidget(self.search, 1)
        self.row.addStretch(1)
        self.row.addWidget(self.pills)
        self.new = self._button("new_creator")
        self.new.clicked.connect(self.new_wanted)

    def _set_up_search(self) -> None:
        self._glass = self.search.addAction(
            icon("search", tokens_of(self).dim), QLineEdit.ActionPosition.LeadingPosition
        )
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(420)
        self.search.setMinimumWidth(160)
        self.search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.search.setPlaceholderText(self.tr("search creators …"))
        self.search.setAccessibleName(self.tr("Search creators by name or alias"))
        self.search.textChanged.connect(self.searched)
        self.search.returnPressed.connect(self.left)
        self.search.installEventFilter(self)

    def _button(self, action: str) -> QPushButton:
        spec = actions.BY_ID[action]
        made = button(actions.translated(spec.text), "plain", self)
        made.setToolTip(f"{actions.translated(spec.tip)} ({actions.first_key(action)})")
        made.setAccessibleDescription(actions.translated(spec.tip))
        self.row.addWidget(made)
        return made

    @property
    def text(self) -> str:
        """What is searched for."""
        return self.search.text().strip()

    def focus_search(self) -> None:
        """Type into the search."""
        self.search.setFocus()
        self.search.selectAll()

    def show_counts(self, everybody: int, needing: int) -> None:
        """How many creators there are, and how many are without a reference."""
        self.pills.set_count(ALL, everybody)
        self.pills.set_count(NEEDS, needing)
        text = self.tr("search {creators} …").format(creators=creators(everybody))
        self.search.setPlaceholderText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Escape clears the search, Down goes to the list."""
        if watched is self.search and isinstance(event, QKeyEvent):
            pressed = event.type() == QEvent.Type.KeyPress
            if pressed and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Down):
                if event.key() == Qt.Key.Key_Escape:
                    self.search.clear()
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """The glass takes the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._glass.setIcon(icon("search", tokens_of(self).dim))
