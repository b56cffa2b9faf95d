"""The Settings page: the library, recognition, model packs, the look, and what this is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from facereview.review.colleagues import News
from facereview.review.library.desk import LibraryDesk
from facereview.review.library.packs import PackState
from facereview.review.library.service import LibraryService
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.settings.appearance import AboutCard, AppearanceCard, CuratorCard, KeysCard
from facereview.ui.settings.decoding import DecodingCard
from facereview.ui.settings.left_out import LeftOutCard
from facereview.ui.settings.library import LibraryCard
from facereview.ui.settings.packs import PacksCard
from facereview.ui.settings.recognition import RecognitionCard
from facereview.ui.widgets.cards import Card, flush, hairline
from facereview.ui.widgets.tabs import PageHeader
from facereview.ui.widgets.theme import Theme

_TWO_COLUMNS = 980
"""Width from which cards stand side by side."""

_WIDEST = 1560


class SettingsPage(QWidget):
    """Cards in one column or two; what others changed is picked up when the page is shown."""

    connect_requested = Signal(str)
    """Work with the database at this address; an empty one is the built-in database."""
    keys_requested = Signal()
    """Show the sheet of keys."""
    config_changed = Signal(object)
    """A setting was changed here: the :class:`Config` now in force."""
    rule_changed = Signal()
    """Names are settled by another rule, so that everything is to be matched again."""
    pack_changed = Signal(object)
    """Another pack is in use: its :class:`PackState`."""

    def __init__(
        self,
        desk: LibraryDesk,
        library: LibraryService,
        theme: Theme,
        lanes: Lanes,
        messages: Messages,
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Settings"))
        self._library, self._lanes, self._messages = library, lanes, messages
        self.recognition = RecognitionCard(desk.settings, library, lanes, self)
        self.library = LibraryCard(desk, library, lanes, self)
        self.packs = PacksCard(library, lanes, self)
        self.appearance = AppearanceCard(theme, self)
        self.curator = CuratorCard(library, lanes.pixels, messages, self)
        self.left_out = LeftOutCard(library.scan_choices, lanes.pixels, messages, self)
        self.decoding = DecodingCard(library.scan_choices, lanes.pixels, messages, self)
        self.keys = KeysCard(self)
        self.about = AboutCard(self)
        self._section: Card | None = None
        self._scroll = QScrollArea(self)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._lay_out()
        self.library.connect_requested.connect(self.connect_requested)
        self.recognition.saved.connect(self.config_changed)
        self.recognition.rule_changed.connect(self._rule_changed)
        self.packs.pack_changed.connect(self._pack_changed)
        self.keys.wanted.connect(self.keys_requested)

    def _lay_out(self) -> None:
        left, right = flush(QVBoxLayout(), 16), flush(QVBoxLayout(), 16)
        sides: dict[QVBoxLayout, tuple[Card, ...]] = {
            left: (self.recognition, self.left_out, self.curator, self.appearance, self.keys),
            right: (self.library, self.packs, self.decoding, self.about),
        }
        for side, cards in sides.items():
            for card in cards:
                side.addWidget(card)
            side.addStretch()
            self._columns.addLayout(side, 1)
        self._columns.setSpacing(16)
        self._columns.setContentsMargins(20, 20, 20, 20)
        self._set_up_scrolling()
        column = flush(QVBoxLayout(self))
        column.addWidget(PageHeader(self.tr("Settings"), self))
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self._scroll, 1)

    def _set_up_scrolling(self) -> None:
        inside = QWidget(self)
        inside.setMaximumWidth(_WIDEST)
        inside.setLayout(self._columns)
        around = QWidget(self)
        middle = flush(QVBoxLayout(around))
        middle.addWidget(inside)
        self._scroll.setWidget(around)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._scroll.setAccessibleName(self.tr("Settings"))
        self._scroll.verticalScrollBar().rangeChanged.connect(self._follow_section)
        self._scroll.verticalScrollBar().actionTriggered.connect(self._scrolled)
        self.setFocusProxy(self._scroll)

    def show_section(self, name: str) -> None:
        """Bring a section to the top: ``library``, ``recognition`` or ``packs``."""
        cards: dict[str, Card] = {
            "library": self.library,
            "recognition": self.recognition,
            "packs": self.packs,
        }
        self._section = cards.get(name)
        self._follow_section()

    def _follow_section(self) -> None:
        """What is above may still be filled: stay with the section until somebody scrolls."""
        if self._section is not None:
            self._scroll.verticalScrollBar().setValue(max(0, self._section.y() - 20))

    def _scrolled(self) -> None:
        self._section = None

    def follow_others(self, news: News) -> None:
        """Somebody set another value: shown, unless one is being typed here."""
        typing = isinstance(self.window().focusWidget(), QLineEdit)
        if (news.settings or news.everything) and self.isVisible() and not typing:
            self.recognition.refresh()

    def refresh(self) -> None:
        """Reload all cards."""
        self.recognition.refresh()
        self.library.refresh()
        self.packs.refresh()
        self.left_out.refresh()
        self.decoding.refresh()
        self._lanes.pixels.run(self, self._library.about, self.about.show_about)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= _TWO_COLUMNS
        direction = QBoxLayout.Direction
        self._columns.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    def _rule_changed(self) -> None:
        text = self.tr(
            "Everything that nobody decided is matched again; Creators shows the result."
        )
        self._messages.info(text)
        self.rule_changed.emit()

    def _pack_changed(self, state: PackState) -> None:
        """Another pack brings other defaults."""
        self.recognition.refresh()
        if state.current is not None:
            text = self.tr("The model pack {pack} is in use.")
            self._messages.info(text.format(pack=state.current.name))
        self.pack_changed.emit(state)
