"""The top of the Creators page: search, what to list, and the button for somebody new."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QWidget

from facereview.ui.actions.table import action_button
from facereview.ui.widgets.fields import SearchField
from facereview.ui.widgets.tabs import PageHeader, PillTabs
from facereview.ui.wording.library import creators

ALL, NEEDS, PAIRS, HEALTH = "all", "needs", "pairs", "health"


class CreatorsHeader(PageHeader):
    """Searches at every key press; the pills show how many creators need attention."""

    searched = Signal(str)
    shown = Signal(str)
    """What is to be shown: ``all``, ``needs``, ``pairs`` or ``health``."""
    left = Signal()
    """The search is done with: Enter, Down or Escape."""
    new_wanted = Signal(str)
    """Create a creator with the text of the search as its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("CreatorsHeader", "Creators"), parent)
        self.search = SearchField(
            self.tr("search creators …"), self.tr("Search creators by name or alias"), self
        )
        self.pills = PillTabs(
            self.tr("Which creators"),
            [
                (ALL, self.tr("All")),
                (NEEDS, self.tr("Needs references")),
                (PAIRS, self.tr("Look-alike pairs")),
                (HEALTH, self.tr("Health")),
            ],
            self,
        )
        self.search.textChanged.connect(self.searched)
        self.search.left.connect(self.left)
        self.pills.choose(ALL)
        self.pills.chosen.connect(self.shown)
        self.row.addWidget(self.search, 1)
        self.row.addStretch(1)
        self.row.addWidget(self.pills)
        self.filter = action_button("filter_creators", "flat", self)
        self.filter.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.row.addWidget(self.filter)
        self.new = action_button("new_creator", "plain", self)
        self.new.clicked.connect(lambda: self.new_wanted.emit(self.search.wanted))
        self.row.addWidget(self.new)

    def show_counts(self, everybody: int, needing: int) -> None:
        """How many creators there are, and how many are without a reference."""
        self.pills.set_count(ALL, everybody)
        self.pills.set_count(NEEDS, needing)
        text = self.tr("search {creators} …").format(creators=creators(everybody))
        self.search.setPlaceholderText(text)
