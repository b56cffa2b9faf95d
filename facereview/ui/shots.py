"""Pictures of every page, rendered off screen: for the README, and where there is no display."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QSize, QTimer

from facereview.errors import Invalid
from facereview.filters import GroupBy
from facereview.records import DECIDED
from facereview.review.clusters.records import Order
from facereview.ui.alike.page import AlikePage
from facereview.ui.cast.page import CastPage
from facereview.ui.clusters.page import ClusterPage
from facereview.ui.clusters.update import ClusterUpdates
from facereview.ui.clusters.views import ConsequenceLookup
from facereview.ui.creators.page import CreatorsPage
from facereview.ui.history.entry import EntryAtHand
from facereview.ui.insight.page import InsightPage
from facereview.ui.insight.thresholds_tab import ThresholdsTab
from facereview.ui.jobs.lanes import Lane, Lanes, Rank
from facereview.ui.jobs.questions import QuestionOrder
from facereview.ui.pictures.crop_store import CropStore
from facereview.ui.pictures.video_pictures import ThumbnailStore
from facereview.ui.review.page import ReviewPage
from facereview.ui.widgets.theme import Theme, ThemeChoice
from facereview.ui.window.window import MainWindow

SIZE = QSize(1600, 1000)

_ROUNDS = 15
"""Rounds without work before the window is settled: an answer may cause further requests."""

_LOOK_MS = 5
"""Polling interval in milliseconds."""

_WORKERS: tuple[type[Any], ...] = (
    ThumbnailStore,
    CropStore,
    ConsequenceLookup,
    EntryAtHand,
    ClusterUpdates,
    QuestionOrder,
    ThresholdsTab,
)
"""Parts that may be busy although the lanes are idle."""

_SURE, _COMPANY = 0.6, 3
_SELECTED = 3
"""Faces selected in the grid beside the one at hand."""

_VIDEOS = 30
"""Videos looked at for one whose cast sheet shows much."""

_LOOKED_AT = 150
"""Faces looked at for one that shows what the Review page can do."""


def take(window: MainWindow, lanes: Lanes, theme: Theme, folder: Path) -> list[Path]:
    """Render every page, and every part of Insight, in both themes; the files written.

    Raises:
        Invalid: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise Invalid(f"{folder} cannot be made ({fault.strerror}): name another.") from fault
    window.resize(SIZE)
    window.show()
    _find_telling_face(window, lanes)
    _find_telling_creator(window, lanes)
    _find_telling_video(window, lanes)
    _find_alike(window)
    return list(_take(window, lanes, theme, folder))


def _take(window: MainWindow, lanes: Lanes, theme: Theme, folder: Path) -> Iterator[Path]:
    for choice in (ThemeChoice.DARK, ThemeChoice.LIGHT):
        theme.choose(choice)
        for page in window.page_names():
            window.show_page(page)
            settle(lanes, window)
            yield _save(window, folder / f"{page}-{choice.value}.png")
        yield _take_grid(window, lanes, folder / f"review-grid-{choice.value}.png")
        yield from _take_insight(window, lanes, folder, choice)
        for order in (Order.CHECK, Order.SAME):
            yield _take_clusters(window, lanes, order, folder / f"{order.value}-{choice.value}.png")


def _take_grid(window: MainWindow, lanes: Lanes, path: Path) -> Path:
    """The faces of Review's queue as a grid, by whom they may be, some selected."""
    [page] = window.findChildren(ReviewPage)
    window.show_page("review")
    at, grid = page.controller, page.grid
    page.views.show_grid(on=True)
    grid.choose_group(GroupBy.CREATOR)
    settle(lanes, window)
    if grid.model.rowCount():
        grid.keys.extend(_SELECTED)
        settle(lanes, window)
    _save(window, path)
    at.selection.clear()
    grid.choose_group(GroupBy.NOTHING)
    page.views.show_grid(on=False)
    settle(lanes, window)
    return path


def _take_insight(
    window: MainWindow, lanes: Lanes, folder: Path, choice: ThemeChoice
) -> Iterator[Path]:
    """The other parts of the page; it is left at the first."""
    [page] = window.findChildren(InsightPage)
    window.show_page("insight")
    first, *others = page.pills.offered()
    for part in others:
        page.open_tab(part)
        settle(lanes, window)
        yield _save(window, folder / f"insight-{part}-{choice.value}.png")
    page.open_tab(first)


def _take_clusters(window: MainWindow, lanes: Lanes, order: Order, path: Path) -> Path:
    """The Clusters page by another order: matches to be checked, or two clusters side by side."""
    [clusters] = window.findChildren(ClusterPage)
    window.show_page("clusters")
    clusters.choose(order)
    settle(lanes, window)
    _save(window, path)
    clusters.choose(Order.PAYOFF)
    return path


def _save(window: MainWindow, path: Path) -> Path:
    if not window.grab().save(str(path)):
        raise Invalid(f"{path} cannot be written: free the disk or name another folder.")
    return path


def _find_telling_face(window: MainWindow, lanes: Lanes) -> None:
    """Go to a face in company, some of it decided, that has a sure suggestion, if there is one."""
    [page] = window.findChildren(ReviewPage)
    at = page.controller
    settle(lanes, window)
    chosen, found = at.current, False
    for face in at.queue.cursor.ahead(_LOOKED_AT):
        at.go_to(face)
        settle(lanes, window, rounds=2)
        view, sure = at.view, at.suggestions[:1] and at.suggestions[0].similarity >= _SURE
        if not sure or view is None or len(view.frame_mates) < _COMPANY:
            continue
        decided = any(mate.state.status in DECIDED for mate in view.frame_mates)
        if decided or not found:
            chosen, found = face, True
        if decided:
            break
    if chosen is not None:
        at.go_to(chosen)


def _find_telling_creator(window: MainWindow, lanes: Lanes) -> None:
    """Go to a creator with a reference that needs care, else to the one seen most."""
    for page in window.findChildren(CreatorsPage):
        window.show_page("creators")
        settle(lanes, window)
        model = page.view.model
        telling = max(
            model.everybody.values(),
            key=lambda one: (bool(one.references and model.care(one)), one.faces),
            default=None,
        )
        if telling is not None:
            page.controller.show(telling.creator.id)


def _find_telling_video(window: MainWindow, lanes: Lanes) -> None:
    """Open the sheet with rows of most kinds, of those the one with most rows."""
    [page] = window.findChildren(CastPage)
    window.show_page("cast")
    settle(lanes, window)
    at = page.controller
    best, telling = (0, 0), at.video
    for video in at.order.videos[:_VIDEOS].tolist():
        page.open(video)
        settle(lanes, window, rounds=2)
        rows = () if at.sheet is None else at.sheet.rows
        found = len({row.kind for row in rows}), len(rows)
        if found > best:
            best, telling = found, video
    if telling is not None:
        page.open(telling)


def _find_alike(window: MainWindow) -> None:
    """Compare all faces with the one that Review shows."""
    [review] = window.findChildren(ReviewPage)
    [page] = window.findChildren(AlikePage)
    if review.controller.current is not None:
        page.open(review.controller.current, origin="review")


def settle(lanes: Lanes, owner: QObject, rounds: int = _ROUNDS) -> None:
    """Wait until every lane has nothing left to do and its answers are shown."""
    workers = [part for kind in _WORKERS for part in owner.findChildren(kind)]
    left = rounds
    while left:
        for lane in (
            lanes.database,
            lanes.listing,
            lanes.survey,
            lanes.ordering,
            lanes.comparing,
            lanes.ranking,
            lanes.pixels,
        ):
            _drain(lane, owner)
        QCoreApplication.processEvents()
        for updates in owner.findChildren(ClusterUpdates):
            updates.hurry()
        for order in owner.findChildren(QuestionOrder):
            order.hurry()
        if any(part.busy for part in workers):
            left = rounds  # what an update brings is loaded after it
            _give_way()
        else:
            left -= 1


def _give_way() -> None:
    """Let other threads work."""
    loop = QEventLoop()
    QTimer.singleShot(_LOOK_MS, loop.quit)
    loop.exec()


def _drain(lane: Lane, owner: QObject) -> None:
    loop = QEventLoop()
    lane.run(owner, lambda: None, lambda _none: loop.quit(), rank=Rank.AHEAD)
    loop.exec()
