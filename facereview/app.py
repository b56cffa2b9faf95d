"""The composition root of the window: makes every part and hands it to those that need it."""

from __future__ import annotations

import gc
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from facereview import __version__
from facereview.media.pixels import LibraryPixels
from facereview.migration import migrate_into
from facereview.review.address import split
from facereview.review.colleagues import News
from facereview.review.desk import Desk
from facereview.review.libraries import Libraries
from facereview.review.library_desk import LibraryDesk
from facereview.review.library_service import LibraryService
from facereview.review.opening import OpenLibrary, open_library
from facereview.settings import Home
from facereview.ui.cluster_page import ClusterPage
from facereview.ui.colleagues import ColleagueWatch, Following
from facereview.ui.creator_port import CreatorParts
from facereview.ui.creators_page import CreatorsPage
from facereview.ui.folder_finder import FolderFinder
from facereview.ui.frame_panel import FramePanel
from facereview.ui.insight_page import InsightPage
from facereview.ui.known_names import KnownNames
from facereview.ui.lanes import Lanes
from facereview.ui.messages import Messages
from facereview.ui.migrate_dialog import MigrateDialog
from facereview.ui.plain import message_box
from facereview.ui.preferences import Preferences
from facereview.ui.review_page import ReviewPage
from facereview.ui.settings_page import SettingsPage
from facereview.ui.shots import take
from facereview.ui.signals import closing_on_signals
from facereview.ui.start import Start
from facereview.ui.theme import Theme
from facereview.ui.translation import install
from facereview.ui.videos_page import VideosPage
from facereview.ui.window import MainWindow, Pages

logger = logging.getLogger(__name__)

_SWITCH_SECONDS = 0.0002
"""So long a lane keeps Python from the window at most; Python's own 5 ms are felt, as painting
lets go of it at every stroke."""

_COLLECTED_AFTER = (20_000, 20, 50)
"""Objects made until rubbish in circles is looked for: records, of which most are, are in none."""

_FOLLOWED_MS, _REREAD_MS = 250, 900
"""So often what others do is followed at most: the face at hand, and whole lists."""


@dataclass
class Opened:
    """A window on a library, with what must be closed after it."""

    window: MainWindow
    library: OpenLibrary
    lanes: Lanes
    next_url: str | None = None
    """Another library that the curator asked for."""

    def close(self) -> None:
        """End the lanes, then the connections they used."""
        self.lanes.shutdown()
        waiting = self.library.waiting()
        if waiting:
            logger.warning("Decisions that wait and will be written at the next start: %d", waiting)
        self.window.deleteLater()
        self.library.close()


def run(home: Home, url: str | None, *, shots: Path | None = None) -> int:
    """Open the window and return when it is closed; with ``shots``, render its pages instead.

    Without an address the library is opened that was open last. Where it cannot be, the window
    says so and offers others.

    Raises:
        DatabaseError: with ``shots``, the library cannot be opened.
    """
    if shots is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    app = application()
    translators = install(app)
    if shots is None:
        sys.excepthook = _tell_bug
    preferences = Preferences(home.preferences)
    theme = Theme(app, preferences.theme)
    if shots is not None:
        return _render(build(open_library(home, url), preferences, theme), theme, shots)
    with closing_on_signals():
        code = _work(app, home, url, preferences, theme)
    translators.clear()
    return code


def _work(
    app: QApplication, home: Home, url: str | None, preferences: Preferences, theme: Theme
) -> int:
    """Open libraries one after the other, as the curator wishes, until one is simply closed."""
    start = Start(partial(open_library, home), Libraries(home))
    before: tuple[str | None, str] = (None, "")
    wanted = url or preferences.library
    while True:
        library = start.open(wanted, before=before[0], before_name=before[1])
        if library is None:
            return 0
        if start.wanted != url:  # what was asked for on the command line is for this time
            preferences.library = split(start.wanted or "")[0]
        before = (start.wanted, library.name)
        opened = build(library, preferences, theme)
        opened.window.show()
        start.done()
        code = app.exec()
        opened.close()
        if opened.next_url is None:
            return code
        wanted = opened.next_url


def application() -> QApplication:
    """The one application object."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("facereview")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("facereview")
    return app


def build(library: OpenLibrary, preferences: Preferences, theme: Theme) -> Opened:
    """The window on a library, not shown yet."""
    lanes, messages, service = Lanes(), Messages(), LibraryService(library)
    lanes.let_go_by(library.interrupt)
    desk = library.desk()
    library_desk = LibraryDesk(library.store(), lambda: library.thresholds)
    pixels = LibraryPixels(library.crops(), library.reference_pictures(), library.local)
    groups = library.cluster_desk()
    names = KnownNames(library.names_desk(), lanes.listing)
    names.look()
    review = ReviewPage(desk, lanes, pixels, messages, groups=groups, names=names)
    review.start(preferences.place(library.id))  # its lane reads while the other pages are made
    settings = SettingsPage(library_desk, service, theme, lanes, messages)
    videos = VideosPage(library_desk, service, service.thumbnails(), lanes, messages)
    insight = InsightPage(library_desk, service, lanes, messages)
    clusters = ClusterPage(
        groups,
        service,
        review=desk,
        names=names,
        decider=review.controller.decider,
        lanes=lanes,
        pixels=pixels,
        messages=messages,
    )
    parts = _creator_parts(library, desk, service)
    decider = review.controller.decider
    creators = CreatorsPage(parts, lanes, pixels, messages, names=names, decider=decider)
    decider.came.connect(names.follow)
    decider.came.connect(creators.follow)
    creators.library_changed.connect(names.look)
    window = MainWindow(
        Pages(review, clusters, creators, videos, insight, settings),
        library=library.name,
        library_id=library.id,
        theme=theme,
        preferences=preferences,
        messages=messages,
    )
    clusters.controller.grouping.done.connect(review.rest.look_again)
    opened = Opened(window, library, lanes)
    _join(opened, clusters, videos, settings)
    finder = FolderFinder(service, lanes.pixels, messages, window)
    _join_folders(finder, (review.frame, clusters.preview.frame), videos)
    _join_creators(window, creators, videos)
    creators.library_changed.connect(clusters.refresh)
    creators.erased.connect(clusters.crops.clear)
    others = tuple(page.follow_others for page in (clusters, creators, videos, insight, settings))
    _listen(opened, names, others)
    _spare_collector()
    return opened


def _listen(opened: Opened, names: KnownNames, pages: Sequence[Callable[[News], object]]) -> None:
    """What others do on the same library is followed by every page."""
    review = opened.window.review.follow
    watch = ColleagueWatch(
        opened.library.colleagues(),
        opened.lanes.listening,
        lambda: opened.library.curator,
        opened.window,
    )
    following = Following(watch, opened.window)
    following.add(review.follow, every_ms=_FOLLOWED_MS)
    following.add(lambda news: names.look() if news.creators else None, every_ms=_FOLLOWED_MS)
    for page in pages:
        following.add(page, every_ms=_REREAD_MS)
    review.watch(watch)
    watch.start()


def _spare_collector() -> None:
    """Let no search for rubbish go through all that a start makes: it holds up keys by 0.1 s."""
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)
    gc.enable()


def _creator_parts(library: OpenLibrary, desk: Desk, service: LibraryService) -> CreatorParts:
    """Listing and survey have desks of their own: each belongs to one lane."""
    survey = (library.creators_desk(), library.references_desk())
    creators, references = library.creators_desk(), library.references_desk()
    return CreatorParts(creators, references, library.creators_desk(), survey, desk, service)


def _join(
    opened: Opened, clusters: ClusterPage, videos: VideosPage, settings: SettingsPage
) -> None:
    """What one page says, for the others to follow."""
    window = opened.window

    def open_settings(section: str) -> None:
        window.show_page("settings")
        settings.show_section(section)

    def migrate() -> None:
        dialog = MigrateDialog(partial(migrate_into, opened.library), opened.lanes.work, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.migrated.connect(window.review.refresh)
        dialog.migrated.connect(videos.refresh)
        dialog.migrated.connect(settings.refresh)
        dialog.new_library_wanted.connect(settings.library.make_new)
        dialog.scan_wanted.connect(lambda: window.show_page("videos"))
        dialog.scan_wanted.connect(videos.scan_known)
        dialog.open()

    window.migration_wanted.connect(migrate)
    settings.library.migration_wanted.connect(migrate)
    videos.review_requested.connect(window.review_video)
    videos.review_wanted.connect(lambda: window.show_page("review"))
    videos.settings_wanted.connect(open_settings)
    clusters.wanted.connect(window.show_page)
    videos.library_changed.connect(window.review.refresh)
    videos.library_changed.connect(clusters.refresh)
    settings.keys_requested.connect(window.show_keys)
    settings.connect_requested.connect(lambda url: _switch(opened, url))
    window.stayed.connect(lambda: _switch_nowhere(opened))
    settings.config_changed.connect(window.review.refresh)
    settings.config_changed.connect(clusters.refresh)
    for page in (videos, settings):
        page.pack_changed.connect(window.review.refresh)


def _join_folders(finder: FolderFinder, frames: tuple[FramePanel, ...], videos: VideosPage) -> None:
    """Whoever misses a file asks where its folder is, and looks again once that is known."""
    for frame in frames:
        frame.folder_wanted.connect(finder.ask)
        finder.mapped.connect(frame.retry)
    videos.folder_wanted.connect(finder.ask)
    finder.mapped.connect(videos.found_folder)


def _join_creators(window: MainWindow, creators: CreatorsPage, videos: VideosPage) -> None:
    def open_video(path: str) -> None:
        window.show_page("videos")
        videos.header.begin(path)
        videos.list.setFocus()

    creators.review_requested.connect(window.review_face)
    creators.video_requested.connect(open_video)
    creators.erased.connect(window.review.crops.clear)
    creators.videos_wanted.connect(lambda: window.show_page("videos"))
    creators.library_changed.connect(window.review.refresh)


def _switch(opened: Opened, url: str) -> None:
    opened.next_url = url
    opened.window.close()


def _switch_nowhere(opened: Opened) -> None:
    """The window stays open: when it is closed later, that is the end."""
    opened.next_url = None


def _render(opened: Opened, theme: Theme, folder: Path) -> int:
    try:
        for path in take(opened.window, opened.lanes, theme, folder):
            print(path)
    finally:
        opened.close()
    return 0


def _tell_bug(kind: type[BaseException], bug: BaseException, trace: TracebackType | None) -> None:
    """Log a bug with its traceback and say so once; the window goes on."""
    if issubclass(kind, KeyboardInterrupt):
        QApplication.quit()
        return
    logger.error("A bug", exc_info=(kind, bug, trace))
    if QApplication.instance() is not None and QApplication.activeModalWidget() is None:
        said = QApplication.translate(
            "app",
            "facereview made a mistake of its own ({0}). The status bar says what is saved; the "
            "log says more. Please report it.",
        ).format(kind.__name__)
        box = message_box("facereview", said)
        box.setIcon(QMessageBox.Icon.Critical)
        box.exec()
