"""The middle of the Videos page: the list, the panel beside it, or why there is no list."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from facereview.records import VideoSummary
from facereview.review.library.desk import LibraryDesk, VideoFilter
from facereview.review.scanning.thumbnails import Thumbnails
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.pictures.video_pictures import ThumbnailStore
from facereview.ui.videos.fetch import VideoFetch
from facereview.ui.videos.model import VideosModel
from facereview.ui.videos.notices import VideosNotices
from facereview.ui.videos.panel import VideoPanel, to_review
from facereview.ui.videos.table import VideosTable
from facereview.ui.widgets.cards import hairline
from facereview.ui.widgets.placeholders import Notice

_NARROWEST, _WIDEST = 292, 420


class VideosList(QWidget):
    """Videos of one search, the one at hand beside them; ``above`` takes what stands over it."""

    review_requested = Signal(int)
    """Show this video's first pending face."""
    scan_wanted = Signal()
    """Scan the selected videos again."""
    folder_wanted = Signal(str)
    """Show this folder of the library."""
    chosen = Signal(str)
    """What the notice offered: see :mod:`facereview.ui.videos.notices`."""
    shown = Signal(bool)
    """The list gave way to a notice, or is back; whether what is hidden now had the keys."""
    typed = Signal(str)
    """A letter meant for the search."""

    def __init__(
        self,
        desk: LibraryDesk,
        thumbnails: Thumbnails,
        lanes: Lanes,
        messages: Messages,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._messages = messages
        self.model = VideosModel(desk, lanes.database, self)
        self.pictures = ThumbnailStore(thumbnails, lanes.pixels, self)
        self.table = VideosTable(self.model, self.pictures, self)
        self.panel = VideoPanel(desk, lanes.database, self.pictures, self)
        self.notice = Notice(self)
        self._notices = VideosNotices(
            self.model, self.notice, VideoFetch(desk, lanes.database, self)
        )
        self.above = QVBoxLayout()
        self._stack = QStackedWidget(self)
        self._edge = hairline("vertical", self)
        self.setFocusProxy(self.table)
        self._lay_out()
        self._connect()
        self._show_beside(False)

    def _connect(self) -> None:
        self._notices.changed.connect(self._show_list)
        self.notice.chosen.connect(self.chosen)
        self.table.activated.connect(self._review)
        self.table.selected.connect(self.panel.show_videos)
        self.table.typed.connect(self.typed)
        self.panel.review_wanted.connect(self._review)
        self.panel.scan_wanted.connect(self.scan_wanted)
        self.panel.folder_wanted.connect(self.folder_wanted)

    def _lay_out(self) -> None:
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.notice)
        self.above.setContentsMargins(16, 0, 16, 0)
        self.above.setSpacing(0)  # each banner brings its own distance, and none when hidden
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(self.above)
        left.addWidget(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self._edge)
        row.addWidget(self.panel)

    def search(self, text: str, show: VideoFilter) -> None:
        """List other videos."""
        self._notices.wait(text, show)
        self.model.search(text, show)

    def refresh(self) -> None:
        """The library may have changed: look again."""
        self.pictures.forget_lost()
        self.model.refresh()

    def selected(self) -> list[VideoSummary]:
        """The selected videos, the current one first."""
        return self.table.videos()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.pictures.pause()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.panel.setFixedWidth(min(_WIDEST, max(_NARROWEST, round(self.width() * 0.23))))

    def _show_list(self, listed: bool) -> None:
        at, before = self.window().focusWidget(), self._stack.currentWidget()
        part: QWidget = self.table if listed else self.notice
        had = at is not None and before is not None and (at is before or before.isAncestorOf(at))
        self._stack.setCurrentWidget(part)
        self._show_beside(listed)
        self.shown.emit(had and part is not before)

    def _show_beside(self, listed: bool) -> None:
        """The panel is hidden while there is no list."""
        self.panel.setVisible(listed)
        self._edge.setVisible(listed)

    def _review(self) -> None:
        target = to_review(self.selected())
        if target is None:
            self._messages.info(self.tr("The selected videos have no pending faces."))
        else:
            self.review_requested.emit(target.video.id)
