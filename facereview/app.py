"""The composition root of the window: makes every part and hands it to those that need it."""

from __future__ import annotations

import gc
import logging
import os
import sys
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from facereview import __version__
from facereview.home import Home
from facereview.media.pixels import LibraryPixels
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.colleagues import Colleagues
from facereview.review.creators.desk import NamesDesk
from facereview.review.desk import Desk
from facereview.review.library.desk import LibraryDesk
from facereview.review.library.libraries import Libraries, split
from facereview.review.library.opening import OpenLibrary, open_library
from facereview.review.library.service import LibraryService
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.loader import CreatorParts
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.insight.page import InsightPage
from facereview.ui.jobs.colleagues import ColleagueWatch, Following
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.migration.dialog import MigrateDialog
from facereview.ui.migration.run import migrate_into
from facereview.ui.review.controller import Stage
from facereview.ui.review.page import ReviewPage
from facereview.ui.settings.page import SettingsPage
from facereview.ui.shots import take
from facereview.ui.videos.page import VideosPage
from facereview.ui.widgets.file_choice import FolderFinder
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.plain_text import message_box
from facereview.ui.widgets.theme import Theme
from facereview.ui.window.closing import closing_on_signals
from facereview.ui.window.preferences import Preferences
from facereview.ui.window.start import Start
from facereview.ui.window.translation import install
from facereview.ui.window.window import MainWindow

logger = logging.getLogger(__name__)

_SWITCH_SECONDS = 0.0002
"""Switch interval between threads: painting releases the GIL at every call, so that Python's
default of 5 ms is noticeable while a lane works."""

_COLLECTED_AFTER = (20_000, 20, 50)
"""Thresholds of the garbage collector: most objects are records, which are in no cycles."""

_FOLLOWED_MS, _REREAD_MS = 250, 900
"""Minimum intervals for following other curators: the current face, and whole lists."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of the window."""

    review: ReviewPage
    clusters: ClusterPage
    creators: CreatorsPage
    videos: VideosPage
    insight: InsightPage
    settings: SettingsPage


@dataclass
class Opened:
    """A window on a library, with what must be closed after it."""

    window: MainWindow
    pages: Pages
    library: OpenLibrary
    lanes: Lanes
    next_url: str | None = None
    """Another library to open next."""

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
    """Open one library after the other until one is closed without naming another."""
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


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the pages of a window work with."""

    library: OpenLibrary
    lanes: Lanes
    messages: Messages
    desk: Desk
    clusters: ClusterDesk
    library_desk: LibraryDesk
    creators: CreatorParts
    service: LibraryService
    pixels: LibraryPixels
    names: KnownNames


def build(library: OpenLibrary, preferences: Preferences, theme: Theme) -> Opened:
    """The window on a library, not shown yet."""
    shared = _share(library)
    pages = _make_pages(shared, preferences, theme)
    window = MainWindow(
        {each.name: getattr(pages, each.name) for each in fields(pages)},
        pages.review.controller.decider,
        library=library.name,
        theme=theme,
        preferences=preferences,
        messages=shared.messages,
    )
    opened = Opened(window, pages, library, shared.lanes)
    join_review(window, pages.review, preferences, library.id)
    _join_deciding(window, shared.names, pages)
    _remember_declined(pages.clusters, preferences, library.id)
    _join_creators(window, shared.names, pages)
    _join_videos(window, pages)
    _join_settings(opened, pages)
    _join_folders(FolderFinder(shared.service, shared.lanes.pixels, shared.messages, window), pages)
    _listen(opened, shared.names, pages)
    _spare_collector()
    return opened


def _share(library: OpenLibrary) -> _Shared:
    lanes = Lanes()
    lanes.let_go_by(library.database.interrupt)
    service = LibraryService(library)
    store, listing = library.store(), NamesDesk(library.store())
    names = KnownNames(listing, lanes.listing)
    names.look()
    return _Shared(
        library,
        lanes,
        Messages(),
        library.desk(store),
        library.cluster_desk(store),
        library.library_desk(store),
        CreatorParts(
            library.creators_desk(store),
            library.references_desk(store),
            listing,
            library.health(library.store()),
            service,
        ),
        service,
        LibraryPixels(library.crops(), library.reference_pictures(), library.local),
        names,
    )


def _make_pages(at: _Shared, preferences: Preferences, theme: Theme) -> Pages:
    """All pages; Review first, whose lane reads while the others are made."""
    lanes, messages = at.lanes, at.messages
    review = ReviewPage(at.desk, lanes, at.pixels, messages, clusters=at.clusters, names=at.names)
    review.start(preferences.place(at.library.id))
    decider = review.controller.decider
    thumbnails = at.service.thumbnails()
    return Pages(
        review=review,
        settings=SettingsPage(at.library_desk, at.service, theme, lanes, messages),
        videos=VideosPage(at.library_desk, at.service, thumbnails, lanes, messages),
        insight=InsightPage(at.library_desk, at.service, lanes, messages),
        clusters=ClusterPage(
            at.clusters,
            at.service,
            review=at.desk,
            names=at.names,
            decider=decider,
            lanes=lanes,
            pixels=at.pixels,
            messages=messages,
        ),
        creators=CreatorsPage(
            at.creators, lanes, at.pixels, messages, names=at.names, decider=decider
        ),
    )


def _listen(opened: Opened, names: KnownNames, pages: Pages) -> None:
    """Let every page follow what other curators do."""
    watch = ColleagueWatch(
        Colleagues(opened.library.database),
        opened.lanes.listening,
        lambda: opened.library.curator,
        opened.window,
    )
    following = Following(watch, opened.window)
    following.add(pages.review.follow.follow, every_ms=_FOLLOWED_MS)
    following.add(lambda news: names.look() if news.creators else None, every_ms=_FOLLOWED_MS)
    for page in (pages.clusters, pages.creators, pages.videos, pages.insight, pages.settings):
        following.add(page.follow_others, every_ms=_REREAD_MS)
    pages.review.follow.watch(watch)
    watch.start()


def _spare_collector() -> None:
    """Exclude all objects of the start from garbage collection: it would delay keys by 0.1 s."""
    gc.freeze()
    gc.set_threshold(*_COLLECTED_AFTER)
    gc.enable()


def join_review(
    window: MainWindow, review: ReviewPage, preferences: Preferences, library_id: str
) -> None:
    """Show the state of Review in the status bar, and remember the place in its queue."""
    at = review.controller

    def show_counts() -> None:
        if at.tally.counts is not None:
            window.status.show_pending(at.tally.pending, at.tally.today)

    def remember_place() -> None:
        if at.queue.loaded_once:
            preferences.set_place(library_id, review.place())

    review.wanted.connect(window.show_wanted)
    at.tally.changed.connect(show_counts)
    at.stage_changed.connect(lambda: window.show_reachable(at.stage is not Stage.FAULT))
    at.outcomes.label_changed.connect(window.status.show_last)
    window.closing.connect(remember_place)


def _join_deciding(window: MainWindow, names: KnownNames, pages: Pages) -> None:
    """Let the other pages follow decisions on Review and Clusters."""
    decider = pages.review.controller.decider
    decider.came.connect(names.follow)
    decider.came.connect(pages.creators.follow)
    decider.came.connect(pages.videos.replaced.follow)
    pages.clusters.wanted.connect(window.show_page)
    pages.clusters.controller.updates.done.connect(pages.review.rest.look_again)


def _remember_declined(clusters: ClusterPage, preferences: Preferences, library_id: str) -> None:
    """Faces whose clustering was cancelled are not clustered at the next start either."""
    updates = clusters.controller.updates
    updates.declined = preferences.clusters_on_request(library_id)
    updates.declined_changed.connect(partial(preferences.set_clusters_on_request, library_id))


def _join_creators(window: MainWindow, names: KnownNames, pages: Pages) -> None:
    creators, videos = pages.creators, pages.videos

    def open_video(path: str) -> None:
        window.show_page("videos")
        videos.header.begin(path)
        videos.list.setFocus()

    def review_face(face_id: int) -> None:
        window.show_page("review")
        pages.review.commands.go_to(face_id)

    creators.review_requested.connect(review_face)
    creators.video_requested.connect(open_video)
    creators.videos_wanted.connect(lambda: window.show_page("videos"))
    creators.library_changed.connect(names.look)
    for page in (pages.review, pages.clusters):
        creators.erased.connect(page.crops.clear)
        creators.library_changed.connect(page.refresh)


def _join_videos(window: MainWindow, pages: Pages) -> None:
    videos, settings = pages.videos, pages.settings

    def open_settings(section: str) -> None:
        window.show_page("settings")
        settings.show_section(section)

    def review_video(video_id: int) -> None:
        window.show_page("review")
        pages.review.commands.review_video(video_id)

    videos.review_requested.connect(review_video)
    videos.review_wanted.connect(lambda: window.show_page("review"))
    videos.settings_wanted.connect(open_settings)
    for page in (pages.review, pages.clusters):
        videos.library_changed.connect(page.refresh)
    videos.pack_changed.connect(pages.review.refresh)


def _join_settings(opened: Opened, pages: Pages) -> None:
    window, settings = opened.window, pages.settings
    window.migration_wanted.connect(lambda: _migrate(opened, pages))
    settings.library.migration_wanted.connect(lambda: _migrate(opened, pages))
    settings.keys_requested.connect(window.show_keys)
    settings.connect_requested.connect(lambda url: _switch(opened, url))
    window.stayed.connect(lambda: _switch_nowhere(opened))
    for page in (pages.review, pages.clusters):
        settings.config_changed.connect(page.refresh)
    settings.pack_changed.connect(pages.review.refresh)


def _migrate(opened: Opened, pages: Pages) -> None:
    """Import an existing library."""
    window, videos, settings = opened.window, pages.videos, pages.settings
    dialog = MigrateDialog(partial(migrate_into, opened.library), opened.lanes.migrating, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for page in (pages.review, videos, settings):
        dialog.migrated.connect(page.refresh)
    dialog.new_library_wanted.connect(settings.library.make_new)
    dialog.scan_wanted.connect(lambda: window.show_page("videos"))
    dialog.scan_wanted.connect(videos.scan_known)
    dialog.open()


def _join_folders(finder: FolderFinder, pages: Pages) -> None:
    """Let pages ask for the folder of a missing file, and retry once it is known."""
    for frame in (pages.review.frame, pages.clusters.preview.frame):
        frame.folder_wanted.connect(finder.ask)
        finder.mapped.connect(frame.retry)
    pages.videos.folder_wanted.connect(finder.ask)
    finder.mapped.connect(pages.videos.found_folder)


def _switch(opened: Opened, url: str) -> None:
    opened.next_url = url
    opened.window.close()


def _switch_nowhere(opened: Opened) -> None:
    """The window stays open: closing it later ends the program."""
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
            "An internal error occurred in facereview ({0}). The status bar shows what is saved. "
            "Please report the error with the log.",
        ).format(kind.__name__)
        box = message_box("facereview", said)
        box.setIcon(QMessageBox.Icon.Critical)
        box.exec()
