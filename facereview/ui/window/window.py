"""The main window: rail, pages, status bar. Behaviour belongs to the pages."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from facereview.ui.actions.digit_row import DigitRow
from facereview.ui.actions.spec import OPENED_FROM, PAGES
from facereview.ui.actions.table import install
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.messages import Messages
from facereview.ui.widgets.accessible import EyeOrder
from facereview.ui.widgets.cards import hairline
from facereview.ui.widgets.icons import icon
from facereview.ui.widgets.plain_text import set_title
from facereview.ui.widgets.theme import Theme
from facereview.ui.widgets.zoom import Zoom
from facereview.ui.window.closing import Closing
from facereview.ui.window.key_sheet import KeySheet
from facereview.ui.window.message_line import MessageLine
from facereview.ui.window.preferences import Preferences
from facereview.ui.window.rail import Rail
from facereview.ui.window.set_aside_dialog import AsidesDialog
from facereview.ui.window.status_bar import StatusBar

SIZE = QSize(1600, 1000)
SMALLEST = QSize(960, 500)
_DECORATION = QSize(16, 48)
"""Room for the frame that the desktop draws around a window."""


class MainWindow(EyeOrder, QWidget):
    """``pages`` by name; ``library`` names the library in the title and the status bar."""

    page_shown = Signal(str)
    migration_wanted = Signal()
    """The curator wants to import a library."""
    stayed = Signal()
    """The curator chose not to close it."""
    closing = Signal()
    """It closes now; preferences set in a slot are saved with the others."""

    def __init__(
        self,
        pages: Mapping[str, QWidget],
        decider: Decider,
        *,
        library: str,
        theme: Theme,
        preferences: Preferences,
        messages: Messages,
    ) -> None:
        super().__init__()
        self._decider = decider
        self._reachable = True
        self._theme = theme
        self._preferences = preferences
        self.rail = Rail(self)
        self.status = StatusBar(library, self)
        self._stack = QStackedWidget(self)
        self._pages = {name: pages[name] for name in (*PAGES, *OPENED_FROM)}
        for page in self._pages.values():
            self._stack.addWidget(page)
        self.message_line = MessageLine(messages, self._stack)
        set_title(self, f"facereview · {library}")
        self.setWindowIcon(icon("facereview", ""))
        self.setMinimumSize(SMALLEST)
        self._closing = Closing(self, decider, messages)
        self._lay_out()
        self._connect()
        for zoom in self.findChildren(Zoom):
            zoom.remember(preferences)
        self._restore()
        DigitRow(self)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(hairline("vertical", self))
        row.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self.status)

    def _connect(self) -> None:
        decider = self._decider
        self._closing.stayed.connect(self.stayed)
        self.rail.chosen.connect(self.show_page)
        self.status.keys_wanted.connect(self.show_keys)
        decider.unsaved_changed.connect(lambda _count: self._show_connection())
        decider.asides.changed.connect(lambda held: self.status.show_asides(len(held)))
        decider.bulk.changed.connect(self.status.show_bulk)
        self.status.cancel_wanted.connect(decider.bulk.cancel)
        self.status.asides_wanted.connect(lambda: AsidesDialog(decider.asides, self).open())
        handlers = {f"page_{page}": lambda page=page: self.show_page(page) for page in PAGES}
        anywhere = {"window_undo": decider.undo, "window_redo": decider.redo}
        for page in ("videos", "insight", "history", "settings"):
            install(self._pages[page], anywhere)
        install(self, {**handlers, "keys": self.show_keys, "quit": self.close})

    def _restore(self) -> None:
        self.resize(SIZE.boundedTo(self.screen().availableSize() - _DECORATION))
        self.restoreGeometry(self._preferences.geometry)
        self.show_page(self._preferences.page)
        self._show_connection()

    def show_page(self, page: str) -> None:
        """Go to a page."""
        self.rail.choose(page)
        self._stack.setCurrentWidget(self._pages[page])
        self._pages[page].setFocus()
        self.page_shown.emit(page)

    def event(self, event: QEvent) -> bool:
        """After a dialog the page has the focus again."""
        if event.type() == QEvent.Type.WindowUnblocked and not self._in_a_list():
            self._pages[self.page()].setFocus()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape returns the focus to the page."""
        if event.key() == Qt.Key.Key_Escape:
            self._pages[self.page()].setFocus()
        else:
            super().keyPressEvent(event)

    def _in_a_list(self) -> bool:
        """Whether the focus is in a list, where the keys of the page work."""
        at = self.focusWidget()
        return isinstance(at, QAbstractItemView) and at.isVisible()

    def page(self) -> str:
        """The page that is open."""
        shown = self._stack.currentWidget()
        return next(name for name, page in self._pages.items() if page is shown)

    def page_names(self) -> tuple[str, ...]:
        """All pages, in the order of the rail, then those that are opened from them."""
        return tuple(self._pages)

    def show_keys(self) -> None:
        """The sheet of keys, those of the page that is open first."""
        KeySheet(self.page(), self).open()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save the preferences; report unsaved decisions first."""
        if not self._closing.may_close():
            event.ignore()
            return
        self._preferences.theme = self._theme.choice
        self._preferences.page = OPENED_FROM.get(self.page(), self.page())
        self._preferences.geometry = self.saveGeometry()
        self.closing.emit()
        self._preferences.save()
        super().closeEvent(event)

    def show_wanted(self, what: str) -> None:
        """Go where faces come from: ``videos``, ``database`` or ``migrate``."""
        if what == "videos":
            self.show_page("videos")
            return
        self.show_page("settings")
        if what == "migrate":
            self.migration_wanted.emit()

    def show_reachable(self, reachable: bool) -> None:
        """Show whether the database is reachable."""
        self._reachable = reachable
        self._show_connection()

    def _show_connection(self) -> None:
        decider = self._decider
        self.status.show_connection(
            reachable=self._reachable,
            unsaved=decider.unsaved,
            saving=decider.waiting - decider.unsaved,
            keeps=decider.keeps,
        )
