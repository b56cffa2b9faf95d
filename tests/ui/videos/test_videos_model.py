"""The list of videos: what it holds always becomes what the library holds."""

from __future__ import annotations

import random
import time
from bisect import bisect_right, insort
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.qtbot import QtBot
from ui_support import CheckModel

from facereview.errors import DatabaseUnreachable
from facereview.records import Config, Face, Video, VideoSummary
from facereview.review.library.desk import LibraryDesk, VideoFilter, VideoPage, VideoTally
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.videos import model as videos_model
from facereview.ui.videos.model import SUMMARY, Column, VideosModel
from facereview.ui.videos.row_pages import KEPT

PAGE, WINDOW = 20, 50
ROOT = QModelIndex()


def summary(path: str, pending: int = 0) -> VideoSummary:
    number = int(path.rsplit("/", 1)[-1].removesuffix(".mp4"))
    return VideoSummary(Video(number, path, None, 60.0), pending, 1, 0, None, None)


@dataclass
class MemoryVideos(LibraryDesk):
    """A library of paths that answers as the real one does, a bounded stretch at a time."""

    paths: list[str]
    pending: int = 0
    reachable: bool = True
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    @classmethod
    def of(cls, count: int) -> MemoryVideos:
        return cls([f"/v/{number:08}.mp4" for number in range(count)])

    def videos(
        self,
        text: str = "",
        show: VideoFilter = VideoFilter.ALL,
        *,
        after: str = "",
        upto: str | None = None,
    ) -> VideoPage:
        if not self.reachable:
            raise DatabaseUnreachable("The database is out of reach.")
        self.asked.append((after, upto))
        begin = bisect_right(self.paths, after)
        end = len(self.paths) if upto is None else bisect_right(self.paths, upto)
        window = min(end, begin + WINDOW)
        hits = [path for path in self.paths[begin:window] if text in path][:PAGE]
        rows = tuple(summary(path, self.pending) for path in hits)
        if len(hits) == PAGE:
            return VideoPage(rows, hits[-1], done=False)
        done = window == end
        reached = upto if done and upto else self.paths[window - 1] if window > begin else after
        return VideoPage(rows, reached, done)

    def tally(self) -> VideoTally:
        return VideoTally(len(self.paths), 0, 0, 0)

    def faces(self, video_id: int) -> tuple[Face, ...]:
        return ()

    def config(self) -> Config:
        return Config()


Make = Callable[[MemoryVideos], VideosModel]


@pytest.fixture
def make(lanes: Lanes, qtbot: QtBot) -> Make:
    def build(desk: MemoryVideos) -> VideosModel:
        model = VideosModel(desk, lanes.database, lanes)
        model.search("", VideoFilter.ALL)
        return model

    return build


def settle(model: VideosModel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not model.busy)


def listed(model: VideosModel, qtbot: QtBot) -> list[str]:
    """Every row, looked at as a view would that is scrolled through it all."""
    settle(model, qtbot)
    row = 0
    while row < model.rowCount():
        model.show_rows(row, row + 30)
        settle(model, qtbot)
        row += 30
    found = [model.video(row) for row in range(model.rowCount())]
    return [video.video.path for video in found if video is not None]


@pytest.mark.parametrize("count", [0, 1, PAGE - 1, PAGE, PAGE + 1, 5 * PAGE, 233])
def test_all_videos_are_listed_in_order(
    make: Make, qtbot: QtBot, check_model: CheckModel, count: int
) -> None:
    desk = MemoryVideos.of(count)
    model = make(desk)
    qtbot.waitUntil(lambda: model.complete)
    assert listed(model, qtbot) == desk.paths
    check_model(model)


def test_nothing_is_asked_before_a_search(lanes: Lanes, qtbot: QtBot) -> None:
    """Views ask for rows as soon as they are made, also on a page that nobody has opened."""
    desk = MemoryVideos.of(5)
    model = VideosModel(desk, lanes.database, lanes)
    assert not model.canFetchMore(ROOT)
    model.fetchMore(ROOT)
    model.show_rows(0, 30)
    assert not model.busy
    model.search("", VideoFilter.ALL)
    qtbot.waitUntil(lambda: model.complete)
    assert listed(model, qtbot) == desk.paths


def test_columns_have_texts_for_eyes_and_ears(make: Make, qtbot: QtBot) -> None:
    model = make(MemoryVideos(["/v/7.mp4"], pending=3))
    qtbot.waitUntil(lambda: model.complete)
    texts = [model.index(0, column).data() for column in Column]
    assert texts == ["7.mp4", "1:00", "–", "–", "3 pending, 1 decided, 0 rejected", "not scanned"]
    aloud = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert aloud == "7.mp4, 3 pending, 1 decided, 0 rejected, not scanned, /v"
    assert model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole) == "/v/7.mp4"
    assert model.index(0, 0).data(SUMMARY) == summary("/v/7.mp4", 3)
    assert model.headerData(Column.FACES, Qt.Orientation.Horizontal) == "Faces"


def test_a_search_lists_what_fits_and_a_new_one_replaces_it(make: Make, qtbot: QtBot) -> None:
    desk = MemoryVideos.of(400)
    model = make(desk)
    model.search("0039", VideoFilter.ALL)
    qtbot.waitUntil(lambda: model.complete)
    assert listed(model, qtbot) == [path for path in desk.paths if "0039" in path]
    model.search("nothing", VideoFilter.ALL)
    qtbot.waitUntil(lambda: model.complete)
    assert model.rowCount() == 0


@pytest.mark.parametrize("seed", range(6))
def test_after_any_changes_the_list_is_the_library(
    make: Make, qtbot: QtBot, check_model: CheckModel, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Rows come and go anywhere, also more of them than a page holds."""
    monkeypatch.setattr(videos_model, "OVERFLOW", 60)
    chance = random.Random(seed)
    desk = MemoryVideos.of(0)
    desk.paths = [f"/v/{number:08}.mp4" for number in range(0, 1000, 10)]
    model = make(desk)
    check_model(model)
    qtbot.waitUntil(lambda: model.complete)
    for _ in range(4):
        for path in chance.sample(desk.paths, chance.choice([0, 5, 40])):
            desk.paths.remove(path)
        begin, many = chance.randrange(1100), chance.choice([0, 3, 150])
        for number in range(begin, begin + many):
            path = f"/v/{number:08}.mp4"
            if path not in desk.paths:
                insort(desk.paths, path)
        model.show_rows(first := chance.randrange(max(1, model.rowCount())), first + 20)
        model.refresh()
        assert listed(model, qtbot) == desk.paths


def test_a_refresh_keeps_rows_that_are_the_same(make: Make, qtbot: QtBot) -> None:
    desk = MemoryVideos.of(30)
    model = make(desk)
    qtbot.waitUntil(lambda: model.complete)
    model.show_rows(0, 30)
    moved: list[object] = []
    for signal in (model.modelReset, model.rowsInserted, model.rowsRemoved):
        signal.connect(lambda *what: moved.append(what))
    desk.pending = 5
    with qtbot.waitSignal(model.dataChanged):
        model.refresh()
    qtbot.waitUntil(lambda: model.complete and not model.busy)
    first, last = model.video(0), model.video(29)
    assert first and first.pending == 5
    assert last and last.pending == 5
    assert moved == []


def test_what_is_long_out_of_sight_is_forgotten_and_asked_for_again(
    make: Make, qtbot: QtBot
) -> None:
    desk = MemoryVideos.of((KEPT + 20) * PAGE)
    model = make(desk)
    qtbot.waitUntil(lambda: model.complete)
    held = sum(model.video(row) is not None for row in range(model.rowCount()))
    assert held <= KEPT * PAGE < model.rowCount()
    far = next(row for row in range(model.rowCount()) if model.video(row) is None)
    model.show_rows(far, far)
    qtbot.waitUntil(lambda: model.video(far) is not None)
    assert model.video(far) == summary(desk.paths[far])


def test_millions_are_listed_only_as_far_as_one_scrolls(
    make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(videos_model, "EAGER", 200)
    desk = MemoryVideos.of(2_000_000)
    model = make(desk)
    qtbot.waitUntil(lambda: model.rowCount() >= 200 and not model.busy)
    assert model.rowCount() < 200 + PAGE
    assert model.canFetchMore(ROOT)
    began = time.process_time()
    for _ in range(50):
        rows = model.rowCount()
        model.fetchMore(ROOT)
        qtbot.waitUntil(lambda rows=rows: model.rowCount() > rows)  # type: ignore[misc]
    assert model.rowCount() == 200 + 50 * PAGE
    assert time.process_time() - began < 5
    assert len(desk.asked) < 80


def test_an_outage_is_said_once_and_mended_by_a_refresh(make: Make, qtbot: QtBot) -> None:
    desk = MemoryVideos.of(10)
    desk.reachable = False
    model = make(desk)
    with qtbot.waitSignal(model.failed):
        pass
    assert model.fault == "The database is out of reach."
    model.show_rows(0, 10)
    assert not model.busy
    desk.reachable = True
    model.refresh()
    qtbot.waitUntil(lambda: model.complete)
    assert (model.fault, model.rowCount()) == ("", 10)
