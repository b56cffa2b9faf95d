"""Connects the pages of the window with each other, and with its status bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from facereview.filters import VideoFilter, VideoKind
from facereview.review.decisions.intents import Kind, Outcome
from facereview.review.library.config import AUTOMATIC, CERTAINTY
from facereview.ui.alike.page import AlikePage
from facereview.ui.cast.page import CastPage
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.history.page import HistoryPage
from facereview.ui.insight.page import InsightPage
from facereview.ui.jobs.messages import Messages
from facereview.ui.review.controller import Stage
from facereview.ui.review.page import ReviewPage
from facereview.ui.review.queue import Tab
from facereview.ui.settings.page import SettingsPage
from facereview.ui.videos.page import VideosPage
from facereview.ui.widgets.file_choice import FolderFinder
from facereview.ui.widgets.known_names import KnownNames
from facereview.ui.window.preferences import Preferences
from facereview.ui.window.window import MainWindow


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of the window."""

    review: ReviewPage
    clusters: ClusterPage
    creators: CreatorsPage
    videos: VideosPage
    cast: CastPage
    alike: AlikePage
    insight: InsightPage
    history: HistoryPage
    settings: SettingsPage


def on(window: MainWindow, page: str, show: Callable[..., object]) -> Callable[..., None]:
    """What opens a page and has it show what a signal says."""

    def opened(*what: object) -> None:
        window.show_page(page)
        show(*what)

    return opened


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
    review.order.changed.connect(preferences.set_sort)
    window.closing.connect(remember_place)


def join_deciding(window: MainWindow, names: KnownNames, pages: Pages) -> None:
    """Let the other pages follow decisions on Review and Clusters."""
    decider = pages.review.controller.decider
    decider.came.connect(names.follow)
    decider.came.connect(pages.creators.follow)
    decider.came.connect(pages.videos.replaced.follow)
    pages.clusters.wanted.connect(window.show_page)
    pages.clusters.controller.updates.done.connect(pages.review.rest.look_again)


def join_creators(window: MainWindow, names: KnownNames, pages: Pages) -> None:
    """Lead from a creator to its videos and faces; the other pages follow what changes there."""
    creators, videos = pages.creators, pages.videos

    def open_video(path: str) -> None:
        window.show_page("videos")
        videos.filtering.bar.choose(VideoFilter(text=path))
        videos.list.setFocus()

    creators.review_requested.connect(on(window, "review", pages.review.commands.go_to))
    creators.video_requested.connect(open_video)
    creators.videos_wanted.connect(lambda: window.show_page("videos"))
    creators.library_changed.connect(names.look)
    for page in (pages.review, pages.clusters):
        creators.library_changed.connect(page.refresh)
    evidence = pages.insight.thresholds
    for shown in (pages.review, pages.clusters, pages.cast, pages.alike, pages.history, evidence):
        creators.erased.connect(shown.crops.clear)


def join_videos(window: MainWindow, pages: Pages) -> None:
    """Lead from a video to its faces; the other pages follow what changes there."""
    videos, settings = pages.videos, pages.settings

    videos.review_requested.connect(on(window, "review", pages.review.commands.review_video))
    videos.review_wanted.connect(lambda: window.show_page("review"))
    videos.settings_wanted.connect(on(window, "settings", settings.show_section))
    for page in (pages.review, pages.clusters):
        videos.library_changed.connect(page.refresh)
    videos.pack_changed.connect(pages.review.refresh)


def join_cast(window: MainWindow, pages: Pages) -> None:
    """The sheet is opened from Videos and Review, and Escape leads back there."""
    cast, videos, review = pages.cast, pages.videos, pages.review

    def open_sheet(video: int, face: int | None = None, *, origin: str) -> None:
        cast.open(video, face, origin=origin)
        window.show_page("cast")

    videos.list.table.selected.connect(lambda chosen: cast.controller.read_ahead(chosen.first))
    videos.cast_requested.connect(partial(open_sheet, origin="videos"))
    review.commands.cast_requested.connect(partial(open_sheet, origin="review"))
    cast.left.connect(window.show_page)
    cast.review_requested.connect(on(window, "review", review.commands.go_to))
    videos.library_changed.connect(cast.refresh)
    pages.creators.library_changed.connect(cast.refresh)


def join_alike(window: MainWindow, pages: Pages, messages: Messages) -> None:
    """All faces like one are shown from every page that shows faces, and Escape leads back."""
    alike = pages.alike

    def show(face: int, *, origin: str) -> None:
        alike.open(face, origin=origin)
        window.show_page("alike")

    def find_person() -> None:
        if alike.controller.decider.waiting:
            messages.care(alike.tr("The last decision is still being saved: press again."))
        elif alike.open_named("review"):
            window.show_page("alike")
        else:
            messages.care(alike.tr("Nobody was named yet in this window."))

    pages.review.commands.alike_requested.connect(partial(show, origin="review"))
    pages.review.commands.person_wanted.connect(find_person)
    pages.cast.alike_requested.connect(partial(show, origin="cast"))
    pages.clusters.moves.alike_requested.connect(partial(show, origin="clusters"))
    pages.creators.commands.alike_requested.connect(partial(show, origin="creators"))
    alike.controller.promoted.connect(pages.creators.rematch.match)
    alike.left.connect(window.show_page)
    alike.review_requested.connect(on(window, "review", pages.review.commands.go_to))
    pages.videos.library_changed.connect(alike.refresh)
    pages.creators.library_changed.connect(alike.refresh)


def join_insight(window: MainWindow, pages: Pages) -> None:
    """Show the faces, videos or creators behind a figure."""
    opener, figure = pages.insight.opener, pages.review.figure

    def list_videos(show: str) -> None:
        pages.videos.filtering.bar.choose(VideoFilter(show=VideoKind(show)))

    opener.queue_wanted.connect(on(window, "review", lambda tab: pages.review.open_tab(Tab(tab))))
    opener.faces_wanted.connect(on(window, "review", figure.show_faces))
    opener.videos_wanted.connect(on(window, "videos", list_videos))
    opener.creator_wanted.connect(on(window, "creators", pages.creators.open_creator))
    opener.creators_wanted.connect(on(window, "creators", pages.creators.open_list))
    opener.pair_wanted.connect(on(window, "creators", pages.creators.compare))
    figure.left.connect(lambda: window.show_page("insight"))
    for page in (pages.review, pages.clusters, pages.cast, pages.settings):
        pages.insight.thresholds.rule_changed.connect(page.refresh)


def join_changed_settings(pages: Pages) -> None:
    """The other pages follow a setting that is saved, undone or redone."""
    decider, settings = pages.review.controller.decider, pages.settings

    def follow(outcome: Outcome | None) -> None:
        if outcome is None or outcome.about is None or outcome.overtaken or not outcome.saved:
            return
        if outcome.undone is Kind.SETTING:
            for page in (pages.review, pages.clusters, pages.cast, settings):
                page.refresh()
            if {CERTAINTY, AUTOMATIC} & {str(key) for key, *_ in outcome.about.settings}:
                pages.creators.rematch.match_all()

    for page in (pages.review, pages.clusters, pages.cast):
        settings.config_changed.connect(page.refresh)
    decider.came.connect(follow)
    decider.reverted.connect(follow)


def join_folders(finder: FolderFinder, pages: Pages) -> None:
    """Let pages ask for the folder of a missing file, and retry once it is known."""
    for frame in (pages.review.frame, pages.clusters.preview.frame, pages.cast.frame.panel):
        frame.folder_wanted.connect(finder.ask)
        finder.mapped.connect(frame.retry)
    pages.videos.folder_wanted.connect(finder.ask)
    finder.mapped.connect(pages.videos.found_folder)
