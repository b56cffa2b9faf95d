"""The Videos page: what is in the library, what became of its faces, and how videos come in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QStandardPaths, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QFocusEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from facereview.errors import MediaError, ReplacedFile
from facereview.filters import VideoFilter
from facereview.media.finding import EXTENSIONS
from facereview.media.fingerprint import check_film
from facereview.media.pixels import LibraryPixels
from facereview.records import Video
from facereview.review.colleagues import News
from facereview.review.library.desk import LibraryDesk
from facereview.review.library.packs import PackState
from facereview.review.library.service import LibraryService
from facereview.review.scanning.thumbnails import Thumbnails
from facereview.ui.actions.menus import install_with_menu
from facereview.ui.jobs.lanes import Lanes, Rank, Ticket
from facereview.ui.jobs.messages import Messages
from facereview.ui.jobs.pack_fetcher import PackFetcher
from facereview.ui.pictures.video_pictures import ThumbnailStore
from facereview.ui.videos import notices
from facereview.ui.videos.farm import FarmPanel, FarmWatch
from facereview.ui.videos.files import VideoFiles
from facereview.ui.videos.filtering import VideosFiltering
from facereview.ui.videos.further import FurtherPanel, FurtherRunner
from facereview.ui.videos.header import VideosHeader
from facereview.ui.videos.model import VideosModel
from facereview.ui.videos.panel import VideoPanel, to_review
from facereview.ui.videos.replaced import ReplacedFiles
from facereview.ui.videos.rows import Chosen
from facereview.ui.videos.scans import ScanPanel, ScanRequest, ScanRunner
from facereview.ui.videos.table import VideosTable
from facereview.ui.widgets.cards import flush, hairline
from facereview.ui.widgets.file_choice import DropVeil, FileChooser
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.placeholders import Notice
from facereview.ui.widgets.plain_text import clear_text
from facereview.ui.wording.advice import told
from facereview.ui.wording.library import fault, faulty, looked_further, scanned

_NARROWEST, _WIDEST = 292, 420


class VideosList(QWidget):
    """Videos of one search, the one at hand beside them; ``above`` takes what stands over it."""

    shown = Signal(bool)
    """The list gave way to a notice, or is back; whether what is hidden now had the keys."""

    def __init__(
        self, desk: LibraryDesk, thumbnails: Thumbnails, lanes: Lanes, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.model = VideosModel(desk, lanes.database, self)
        self.pictures = ThumbnailStore(thumbnails, lanes.pixels, self)
        self.table = VideosTable(self.model, self.pictures, self)
        self.panel = VideoPanel(desk, lanes.database, self.pictures, self)
        self.notice = Notice(self)
        self._notices = notices.VideosNotices(self.model, self.notice, desk, lanes.database)
        self.above = QVBoxLayout()
        self._stack = QStackedWidget(self)
        self._edge = hairline("vertical", self)
        self.setFocusProxy(self.table)
        self._lay_out()
        self._notices.changed.connect(self._show_list)
        self.table.selected.connect(self.panel.show_videos)
        self._show_beside(False)

    def _lay_out(self) -> None:
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.notice)
        self.above.setContentsMargins(16, 0, 16, 0)
        self.above.setSpacing(0)  # each banner brings its own distance, and none when hidden
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(self.above)
        left.addWidget(self._stack, 1)
        row = flush(QHBoxLayout(self))
        row.addLayout(left, 1)
        row.addWidget(self._edge)
        row.addWidget(self.panel)

    def search(self, wanted: VideoFilter) -> None:
        self._notices.wait(wanted)
        self.model.search(wanted)

    def refresh(self) -> None:
        """The library may have changed: look again."""
        self.pictures.forget_lost()
        self.model.refresh()

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


_REFRESH_MS = 1500
"""While a scan runs, the list is brought up to date so often."""


class VideosPage(QWidget):
    """A list with a panel beside it; scans run in the background, also while it is not seen."""

    cast_requested = Signal(int)
    """Show this video's cast sheet."""
    review_requested = Signal(int)
    """Show this video's first pending face."""
    review_wanted = Signal()
    """A scan is done: go to the faces that are pending."""
    settings_wanted = Signal(str)
    """Open this section of the Settings page: ``packs`` or ``recognition``."""
    folder_wanted = Signal(str)
    """Choose where the folder of this video is."""
    library_changed = Signal()
    """A scan came to its end: counts and queues may have changed."""
    pack_changed = Signal(object)
    """A pack was fetched: its :class:`PackState`."""

    def __init__(
        self,
        desk: LibraryDesk,
        library: LibraryService,
        thumbnails: Thumbnails,
        lanes: Lanes,
        messages: Messages,
        *,
        names: KnownNames,
        pixels: LibraryPixels,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Videos"))
        self._desk, self._library = desk, library
        self._lanes, self._messages = lanes, messages
        self.scans = ScanRunner(library, lanes.scanning, self)
        self.further = FurtherRunner(library, self.scans, lanes.scanning)
        self.fetcher = PackFetcher(library.packs, lanes.packs, self)
        self.chooser = _chooser(self)
        self.header = VideosHeader(self)
        self.list = VideosList(desk, thumbnails, lanes, self)
        self.filtering = VideosFiltering(
            desk, lanes, messages, self.header, self.list.table, names=names, pixels=pixels
        )
        self.banners = notices.VideoBanners(self.fetcher, self)
        self.replaced = ReplacedFiles(desk, lanes.database, messages, self.banners.replaced)
        self.scan_panel = ScanPanel(self.scans, self)
        self.further_panel = FurtherPanel(self.further, self)
        self.files = VideoFiles(library.files, lanes, messages, self.list.table, self)
        self.farm_panel = FarmPanel(FarmWatch(desk.farm, lanes.database, messages, self), self)
        self.veil, self._loaded, self._looked = DropVeil(self), False, Ticket()
        self._later = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._lay_out()
        self._connect()
        self._install_keys()

    def _lay_out(self) -> None:
        self.list.above.addWidget(self.banners)
        self.files.add_to(self.list.above)
        self.list.above.addWidget(self.scan_panel)
        self.list.above.addWidget(self.further_panel)
        self.list.above.addWidget(self.farm_panel)
        column = flush(QVBoxLayout(self))
        column.addWidget(self.header)
        column.addWidget(hairline("horizontal", self))
        column.addWidget(self.filtering.bar)
        column.addWidget(self.list, 1)

    def _connect(self) -> None:
        self.filtering.wanted.connect(self.list.search)
        self.header.left.connect(self.setFocus)
        self.list.shown.connect(self._keep_focus)
        self.header.files.clicked.connect(lambda _checked: self.chooser.files())
        self.files.asked_by(self.header.locate, self.banners.moved)
        self.files.changed.connect(self.found_folder)
        self.files.changed.connect(self.library_changed)
        self.header.folder.clicked.connect(lambda _checked: self.chooser.folder())
        self.chooser.chosen.connect(self.add)
        self.veil.dropped.connect(self.add)
        self.list.notice.chosen.connect(self._chosen)
        self.list.table.activated.connect(lambda _index: self._open_cast())
        self.list.table.typed.connect(self.header.begin)
        self.list.panel.cast_wanted.connect(self._open_cast)
        self.list.panel.review_wanted.connect(self._review)
        self.list.panel.scan_wanted.connect(self.scan_again)
        self.list.panel.folder_wanted.connect(self._show_folder)
        self.banners.settings_wanted.connect(self.settings_wanted)
        self.banners.folder_wanted.connect(self.folder_wanted)
        self.banners.scan_button.clicked.connect(lambda _checked: self.scan_again())
        self.replaced.settled.connect(self._refresh_list)
        self.replaced.settled.connect(self.library_changed)
        self.list.table.selected.connect(self._look_for_file)
        self.fetcher.fetched.connect(self._fetched)
        self.scan_panel.review_wanted.connect(self.review_wanted)
        self.scans.stored.connect(self._stored)
        self.farm_panel.watch.stored.connect(self._stored)
        self.scans.ended.connect(self._ended)
        self.further.ended.connect(self._looked_further)
        self._later.timeout.connect(self._refresh_list)

    def _install_keys(self) -> None:
        handlers: dict[str, Callable[[], object]] = {
            "open_cast": self._open_cast,
            "review_video": self._review,
            "add_files": self.chooser.files,
            "add_folder": self.chooser.folder,
            "find_video": self.header.search.take_focus,
            **self.filtering.handlers(),
            "scan_again": self.scan_again,
            "reload": self.refresh,
        }
        install_with_menu(self, "videos", handlers)

    # ------------------------------------------------------------------------------------- public

    def refresh(self) -> None:
        """The library may have changed: look again."""
        self._refresh_list()
        lanes = self._lanes
        enabled = self.banners.show_enabled
        settings = self._desk.settings
        lanes.database.run(
            self, settings.config, lambda config: enabled(config.enabled), _listed_anyway
        )
        lanes.pixels.run(self, self._library.packs.missing, self.banners.show_pack)

    def follow_others(self, news: News) -> None:
        """Others scanned, or decided faces of videos that are listed."""
        if self.isVisible() and news.videos | bool(news.decided) | bool(news.pending):
            self._refresh_list()

    def add(self, paths: tuple[Path, ...]) -> None:
        """Add files and folders and scan them in the background."""
        self.scans.scan(ScanRequest(paths))

    def scan_known(self) -> None:
        """Scan the videos that the library lists and that were not scanned."""
        self.scans.scan(ScanRequest(known=True))

    def scan_again(self) -> None:
        """Scan the selected videos again, also those that are unchanged."""
        self.scans.scan(ScanRequest(videos=self.list.table.chosen().ids, again=True))

    # --------------------------------------------------------------------------------- what comes

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._loaded:
            self._loaded = True
            self.filtering.search()
        self.refresh()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._hand_on_focus()

    def _keep_focus(self, had: bool) -> None:
        """Keys that were the list's stay with the page."""
        if had:
            self.setFocus()
        self._hand_on_focus()

    def _hand_on_focus(self) -> None:
        """While a notice is shown the page keeps it."""
        if self.hasFocus() and self.list.table.isVisible():
            self.list.setFocus()

    def _refresh_list(self) -> None:
        """Nobody sees the list of a hidden page; it is brought up to date when it is shown."""
        if self.isVisible():
            self.list.refresh()
            ask = self._lanes.database.run
            ask(self, self._desk.tally, self.header.show_tally, _listed_anyway, rank=Rank.AHEAD)
            self.replaced.refresh()

    def _chosen(self, choice: str) -> None:
        match choice:
            case notices.FILES:
                self.chooser.files()
            case notices.FOLDER:
                self.chooser.folder()
            case notices.CLEAR:
                self.filtering.bar.choose(VideoFilter())
            case notices.WIDEN:
                self.filtering.bar.choose(VideoFilter(text=self.header.search.wanted))
            case _:
                self.refresh()

    def _open_cast(self) -> None:
        first = self.list.table.chosen().first
        if first is not None and self.list.table.isVisible():
            self.cast_requested.emit(first.video.id)

    def _review(self) -> None:
        chosen = self.list.table.chosen()
        target = to_review(chosen)
        if target is None:
            self._messages.info(self.list.panel.nothing_pending(chosen))
        else:
            self.review_requested.emit(target.video.id)

    def _show_folder(self, folder: str) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._library.local(folder)))):
            text = self.tr("The folder {folder} could not be opened: check that it still exists.")
            self._messages.care(text.format(folder=clear_text(folder)))

    def found_folder(self) -> None:
        """Files may be here that were not."""
        self.refresh()
        self._look_for_file(self.list.table.chosen())

    def _look_for_file(self, chosen: Chosen) -> None:
        """Whether the file of the video at hand is here, and its film; a disk may take its time."""
        self._looked.cancel()
        job = partial(
            _file_state, self._library.local, chosen.first.video if chosen.first else None
        )
        show, lane = self.banners.show_file, self._lanes.pixels
        self._looked = lane.run(self, job, lambda found: show(*found), rank=Rank.AHEAD)

    def _stored(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _ended(self) -> None:
        """Say what came of a scan also to those who look at another page."""
        self._refresh_list()
        if self.scans.away:
            self.banners.show_away(self.scans.away)
        self.library_changed.emit()
        if not self.isVisible():
            report = self.scans.report
            if report is not None and report.faults:
                parts = (scanned(report), faulty(len(report.faults)), fault(*report.faults[0]))
                self._messages.care(" ".join(parts))
            elif report is not None:
                self._messages.info(scanned(report))
            else:
                self._messages.care(self.scans.fault)

    def _looked_further(self) -> None:
        self._refresh_list()
        self.library_changed.emit()
        report = self.further.report
        if not self.isVisible() and report is not None:
            self._messages.info(looked_further(report))

    def _fetched(self, state: PackState) -> None:
        self.banners.show_pack(state.fault)
        self.pack_changed.emit(state)


def _chooser(page: QWidget) -> FileChooser:
    return FileChooser(
        QStandardPaths.StandardLocation.MoviesLocation,
        QCoreApplication.translate("VideosPage", "Add videos"),
        QCoreApplication.translate("VideosPage", "Videos ({patterns})"),
        EXTENSIONS,
        page,
    )


def _file_state(local: Callable[[str], Path], video: Video | None) -> tuple[str, str]:
    """The video's path if it is not on this computer, and why its file is not its film."""
    if video is None or not local(video.path).exists():
        return video.path if video else "", ""
    try:
        check_film(local(video.path), video.content)
    except ReplacedFile as error:
        return "", told(error)
    except MediaError:  # said where its frames would be
        pass
    return "", ""


def _listed_anyway(_error: Exception) -> None:
    """What the list says of the same fault is enough."""
