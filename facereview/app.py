"""The composition root of the window: makes every part and hands it to those that need it."""

from __future__ import annotations

import gc
import logging
import os
import sys
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication

from facereview import __version__
from facereview.freed_memory import FreedMemory
from facereview.home import Home
from facereview.joins import (
    Pages,
    join_alike,
    join_cast,
    join_changed_settings,
    join_creators,
    join_deciding,
    join_folders,
    join_insight,
    join_review,
    join_videos,
)
from facereview.media.pixels import LibraryPixels
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.colleagues import Colleagues
from facereview.review.creators.desk import NamesDesk
from facereview.review.desk import Desk
from facereview.review.history.desk import HistoryDesk
from facereview.review.insight.behind import Uncertain
from facereview.review.library.desk import LibraryDesk
from facereview.review.library.libraries import Libraries, split
from facereview.review.library.opening import OpenLibrary, open_library
from facereview.review.library.service import LibraryService
from facereview.ui.alike.page import AlikePage
from facereview.ui.cast.page import CastPage
from facereview.ui.cast.sheets import CastParts
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.loader import CreatorParts
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.history.page import HistoryPage
from facereview.ui.insight.page import InsightPage
from facereview.ui.jobs.calibrating import CalibrationUpdates
from facereview.ui.jobs.colleagues import ColleagueWatch, Following
from facereview.ui.jobs.collector import Collector
from facereview.ui.jobs.decider import Decider
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Messages
from facereview.ui.jobs.questions import QuestionOrder
from facereview.ui.jobs.tracks import TrackUpdates
from facereview.ui.migration.dialog import MigrateDialog
from facereview.ui.migration.run import migrate_into
from facereview.ui.review.page import ReviewPage
from facereview.ui.settings.page import SettingsPage
from facereview.ui.shots import take
from facereview.ui.videos.page import VideosPage
from facereview.ui.widgets.file_choice import FolderFinder
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.widgets.theme import Theme
from facereview.ui.window.bugs import tell_bug
from facereview.ui.window.closing import closing_on_signals
from facereview.ui.window.linking import LinkingNotice
from facereview.ui.window.preferences import Preferences
from facereview.ui.window.remaining import RemainingNotice
from facereview.ui.window.start import Start
from facereview.ui.window.translation import install
from facereview.ui.window.window import MainWindow

logger = logging.getLogger(__name__)

_SWITCH_SECONDS = 0.0002
"""Switch interval between threads: painting releases the GIL at every call, so that Python's
default of 5 ms is noticeable while a lane works."""

_GIVEN_BACK_MS = 3000

_FOLLOWED_MS, _REREAD_MS = 250, 900
"""Minimum intervals for following other curators: the current face, and whole lists."""


@dataclass
class Opened:
    """A window on a library, with what must be closed after it."""

    window: MainWindow
    pages: Pages
    library: OpenLibrary
    lanes: Lanes
    tracks: TrackUpdates
    calibration: CalibrationUpdates
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
        sys.excepthook = tell_bug
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
    history: HistoryDesk
    cast: CastParts
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
    tracks = TrackUpdates(shared.service.tracks, shared.lanes, window)
    calibration = CalibrationUpdates(shared.service.calibration, shared.lanes, window)
    opened = Opened(window, pages, library, shared.lanes, tracks, calibration)
    join_review(window, pages.review, preferences, library.id)
    join_deciding(window, shared.names, pages)
    _link_faces(opened, shared.messages)
    _order_questions(opened, shared.service)
    _remember_declined(pages.clusters, preferences, library.id)
    join_creators(window, shared.names, pages)
    join_videos(window, pages)
    join_cast(window, pages)
    join_alike(window, pages, shared.messages)
    _join_settings(opened, pages)
    join_insight(window, pages)
    join_folders(FolderFinder(shared.service, shared.lanes.pixels, shared.messages, window), pages)
    _listen(opened, shared.names, pages)
    _give_back(window)
    gc.freeze()  # collecting all objects of the start again would delay keys by 0.1 s
    Collector(window)
    return opened


def _share(library: OpenLibrary) -> _Shared:
    lanes = Lanes()
    lanes.let_go_by(library.database.interrupt)
    service = LibraryService(library)
    store, survey, listing = library.store(), library.store(), NamesDesk(library.store())
    lanes.survey.rested = survey.close  # jobs of long lanes take that connection meanwhile
    names = KnownNames(listing, lanes.listing)
    cast = library.cast_desk(store), library.cast_desk(survey)
    names.look()
    return _Shared(
        library,
        lanes,
        Messages(),
        library.desk(store),
        library.cluster_desk(store),
        library.library_desk(store),
        HistoryDesk(survey, lambda: library.thresholds),
        CastParts(*cast, service.thumbnails(), names),
        CreatorParts(
            library.creators_desk(store),
            library.references_desk(store),
            listing,
            library.health(survey),
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
    review.order.choose(preferences.sort)
    review.start(preferences.place(at.library.id))
    decider = review.controller.decider
    return Pages(
        review=review,
        settings=SettingsPage(at.library_desk, at.service, theme, lanes, messages),
        videos=_videos_page(at),
        alike=_alike_page(at, decider),
        cast=CastPage(at.cast, decider=decider, lanes=lanes, pixels=at.pixels, messages=messages),
        insight=InsightPage(at.library_desk, at.service, lanes, messages, pixels=at.pixels),
        history=HistoryPage(at.history, decider, lanes, messages, pixels=at.pixels),
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


def _videos_page(at: _Shared) -> VideosPage:
    return VideosPage(
        at.library_desk,
        at.service,
        at.cast.thumbnails,
        at.lanes,
        at.messages,
        names=at.names,
        pixels=at.pixels,
    )


def _alike_page(at: _Shared, decider: Decider) -> AlikePage:
    return AlikePage(
        at.service.alike,
        names=at.names,
        decider=decider,
        lanes=at.lanes,
        pixels=at.pixels,
        messages=at.messages,
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
    for follow in (pages.review.follow.follow, pages.review.grid.follow_others):
        following.add(follow, every_ms=_FOLLOWED_MS)
    following.add(lambda news: names.look() if news.creators else None, every_ms=_FOLLOWED_MS)
    for page in (
        pages.clusters,
        pages.creators,
        pages.videos,
        pages.cast,
        pages.alike,
        pages.insight,
        pages.history,
        pages.settings,
    ):
        following.add(page.follow_others, every_ms=_REREAD_MS)
    pages.review.follow.watch(watch)
    watch.start()


def _give_back(window: MainWindow) -> None:
    """Give back memory that was freed, as long as the window is open."""
    timer = QTimer(window, interval=_GIVEN_BACK_MS)
    timer.timeout.connect(FreedMemory().give_back)
    timer.start()


def _link_faces(opened: Opened, messages: Messages) -> None:
    """Link the library's faces beside the pages; tracks and calibration follow what is decided."""
    window, pages, updates = opened.window, opened.pages, opened.tracks
    window.status.add(LinkingNotice(updates, window.status))
    updates.failed.connect(messages.fault)
    updates.linked.connect(pages.clusters.controller.updates.soon)
    updates.linked.connect(pages.review.refresh)
    decider = pages.review.controller.decider
    for told in (decider.came, decider.reverted):
        told.connect(updates.follow)
        told.connect(opened.calibration.decided)
    updates.followed.connect(pages.review.follow.judged)
    updates.followed.connect(pages.review.grid.model.outdate)
    updates.followed.connect(lambda *_judged: pages.cast.refresh())
    updates.linked.connect(pages.cast.refresh)
    pages.cast.shaping.shaped.connect(updates.follow)
    for showing in (pages.settings, pages.review, pages.clusters):
        opened.calibration.fitted.connect(showing.refresh)
    for page in (pages.creators, pages.videos):
        page.library_changed.connect(updates.look)


def _order_questions(opened: Opened, service: LibraryService) -> None:
    """Order the questions beside the pages, and say in the status bar what is left."""
    window, pages, tracks = opened.window, opened.pages, opened.tracks
    decider, clusters = pages.review.controller.decider, pages.clusters.controller.updates
    changes = decider.came, decider.reverted, tracks.linked, tracks.followed, clusters.done
    order = QuestionOrder(service, opened.lanes.ordering, changes, window)
    notice = RemainingNotice(order, window.status)
    window.status.add(notice)
    order.done.connect(pages.review.order.follow)
    notice.keys_wanted.connect(lambda: window.show_page("clusters"))
    notice.names_wanted.connect(lambda what: pages.insight.opener.faces(Uncertain(), what))


def _remember_declined(clusters: ClusterPage, preferences: Preferences, library_id: str) -> None:
    """Faces whose clustering was cancelled are not clustered at the next start either."""
    updates = clusters.controller.updates
    updates.declined = preferences.clusters_on_request(library_id)
    updates.declined_changed.connect(partial(preferences.set_clusters_on_request, library_id))


def _join_settings(opened: Opened, pages: Pages) -> None:
    window, settings = opened.window, pages.settings
    window.migration_wanted.connect(lambda: _migrate(opened, pages))
    settings.library.migration_wanted.connect(lambda: _migrate(opened, pages))
    settings.keys_requested.connect(window.show_keys)
    settings.connect_requested.connect(lambda url: _switch(opened, url))
    window.stayed.connect(lambda: _switch_nowhere(opened))
    join_changed_settings(pages)
    settings.pack_changed.connect(pages.review.refresh)
    settings.rule_changed.connect(pages.creators.rematch.match_all)


def _migrate(opened: Opened, pages: Pages) -> None:
    """Import an existing library."""
    window, videos, settings = opened.window, pages.videos, pages.settings
    dialog = MigrateDialog(partial(migrate_into, opened.library), opened.lanes.migrating, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for page in (pages.review, videos, settings):
        dialog.migrated.connect(page.refresh)
    dialog.migrated.connect(opened.tracks.look)
    dialog.new_library_wanted.connect(settings.library.make_new)
    dialog.scan_wanted.connect(lambda: window.show_page("videos"))
    dialog.scan_wanted.connect(videos.scan_known)
    dialog.open()


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
