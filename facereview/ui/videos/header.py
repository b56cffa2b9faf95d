"""The top of the Videos page: search, filters, and the buttons that add videos."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from facereview.filters import VideoFilter, VideoKind
from facereview.review.library.desk import VideoTally
from facereview.ui.actions.table import action_button
from facereview.ui.widgets.fields import SearchField
from facereview.ui.widgets.tabs import NARROW, PageHeader, PillTabs
from facereview.ui.wording.library import filter_name, videos

_SHOWN = (
    VideoKind.ALL,
    VideoKind.PENDING,
    VideoKind.UNSCANNED,
    VideoKind.FAULT,
    VideoKind.TAGGED,
)
_TYPING_MS = 200
"""A search begins when no key was pressed for so long."""


class VideosHeader(PageHeader):
    """Says what is to be listed, once typing pauses."""

    searched = Signal()
    """Text or filter are others now."""
    left = Signal()
    """The search is done with: Enter, Down or Escape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("VideosHeader", "Videos"), parent)
        self.search = SearchField(
            self.tr("search videos …"), self.tr("Search in titles, paths, names and aliases"), self
        )
        self.pills = PillTabs(
            self.tr("Which videos"), [(show.value, filter_name(show)) for show in _SHOWN], self
        )
        self._pause = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._pause.timeout.connect(self.searched)
        self.search.textEdited.connect(lambda _text: self._pause.start())
        self.search.textChanged.connect(self._cleared)
        self.search.left.connect(self.left)
        self.pills.choose(VideoKind.ALL.value)
        self.pills.offer(VideoKind.TAGGED.value, offered=False)
        self.pills.chosen.connect(lambda _key: self.searched.emit())
        self.searched.connect(self._take_away)
        self.row.addWidget(self.search, 1)
        self.row.addSpacing(4)
        self.row.addWidget(self.pills)
        self.filter = action_button("filter_videos", "flat", self)
        self.filter.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.row.addWidget(self.filter)
        self.row.addStretch(1)
        self.locate = action_button("locate_folder", "plain", self)
        self.folder = action_button("add_folder", "plain", self)
        self.files = action_button("add_files", "primary", self)
        self.row.addWidget(self.locate)
        self.row.addWidget(self.folder)
        self.row.addWidget(self.files)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.row.setSpacing(6 if self.width() < NARROW else 8)

    @property
    def chosen(self) -> VideoKind:
        """Which videos are to be shown."""
        return VideoKind(self.pills.current())

    def show_wanted(self, wanted: VideoFilter) -> None:
        """Show text and kind of a filter; a kind that has no pill else has it meanwhile."""
        self._pause.stop()
        with QSignalBlocker(self.search):
            self.search.setText(wanted.text)
        self.pills.offer(VideoKind.TAGGED.value, offered=wanted.show is VideoKind.TAGGED)
        self.pills.choose(wanted.show.value)

    def _take_away(self) -> None:
        chosen = self.chosen is VideoKind.TAGGED
        self.pills.offer(VideoKind.TAGGED.value, offered=chosen)

    def begin(self, text: str) -> None:
        """Begin a search with a letter typed elsewhere."""
        self.search.setFocus()
        self.search.setText(text)
        self._pause.start()

    def show_tally(self, tally: VideoTally) -> None:
        """Bring the pills up to date."""
        self.pills.set_count(VideoKind.ALL.value, tally.everything)
        self.pills.set_count(VideoKind.PENDING.value, tally.pending)
        self.pills.set_count(VideoKind.UNSCANNED.value, tally.unscanned)
        self.pills.set_count(VideoKind.FAULT.value, tally.fault)
        text = self.tr("search {videos} …").format(videos=videos(tally.everything))
        self.search.setPlaceholderText(text)

    def _cleared(self, text: str) -> None:
        """The button in the field takes everything away at once."""
        if not text:
            self._pause.start()
