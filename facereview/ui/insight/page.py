"""The Insight page: the way the library went, and what is in it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from facereview.media.pixels import LibraryPixels
from facereview.review.colleagues import News
from facereview.review.library.desk import LibraryDesk
from facereview.review.library.service import LibraryService
from facereview.ui.insight.creators_tab import CreatorsTab
from facereview.ui.insight.library_tab import LibraryTab
from facereview.ui.insight.opener import FigureOpener
from facereview.ui.insight.plot_loader import PlotLoader
from facereview.ui.insight.progress_tab import ProgressTab
from facereview.ui.insight.thresholds_tab import ThresholdsTab
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.cards import flush, hairline
from facereview.ui.widgets.placeholders import LoadingLabel
from facereview.ui.widgets.tabs import PageHeader, PillTabs


class InsightPage(QWidget):
    """Tabs; the one that is shown reads the library again whenever it comes to sight."""

    def __init__(
        self,
        desk: LibraryDesk,
        library: LibraryService,
        lanes: Lanes,
        messages: Messages,
        *,
        pixels: LibraryPixels,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(QCoreApplication.translate("Rail", "Insight"))
        self._draws, self._loader = False, PlotLoader(self)
        self._loader.ready.connect(self._loaded)
        self.opener = FigureOpener(library, lanes.survey, messages, self)
        self.thresholds = ThresholdsTab(
            library, lanes, messages, opener=self.opener, pixels=pixels, parent=self
        )
        self.progress = ProgressTab(library, lanes, messages, self.opener, self)
        self.library = LibraryTab(desk, library, lanes, messages, opener=self.opener, parent=self)
        self.creators = CreatorsTab(library, lanes, messages, self.opener, self)
        self._tabs: dict[str, ThresholdsTab | ProgressTab | CreatorsTab | LibraryTab] = {
            "thresholds": self.thresholds,
            "progress": self.progress,
            "creators": self.creators,
            "library": self.library,
        }
        self.pills = PillTabs(
            self.tr("Part of the page"),
            [(key, tab.accessibleName()) for key, tab in self._tabs.items()],
            self,
        )
        self._stack = QStackedWidget(self)
        self._waits = LoadingLabel(self)
        self._waits.setContentsMargins(20, 20, 20, 0)
        self.pills.choose("thresholds")
        self.pills.chosen.connect(self.open_tab)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()

    def _lay_out(self) -> None:
        for tab in self._tabs.values():
            self._stack.addWidget(tab)
        header = PageHeader(self.accessibleName(), self)
        header.row.addWidget(self.pills)
        header.row.addStretch()
        column = flush(QVBoxLayout(self))
        column.addWidget(header)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self._waits)
        column.addWidget(self._stack, 1)

    def open_tab(self, key: str) -> None:
        """Show ``thresholds``, ``progress``, ``creators`` or ``library``."""
        self.pills.choose(key)
        self._stack.setCurrentWidget(self._tabs[key])
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def follow_others(self, _news: News) -> None:
        """Others changed something."""
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Read what the shown tab shows again, once plots can be drawn."""
        if self._draws:
            self._tabs[self.pills.current()].refresh()
        else:
            self._waits.waiting.begin()
            self._loader.start()

    def _loaded(self) -> None:
        self._draws = True
        self._waits.waiting.end()
        self.refresh()
