"""The list of videos: what it holds always becomes what the library holds."""

from __future__ import annotations

import random
import threading
from bisect import insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from pytestqt.qtbot import QtBot
from ui_support import CheckModel

from facereview.errors import DatabaseUnreachable
from facereview.filters import VideoFilter, VideoOrder, VideoSort
from facereview.records import Config, Face, Video, VideoSummary
from facereview.review.library.desk import LibraryDesk, VideoPage, VideoPlace, VideoTally
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.videos import model as videos_model
from facereview.ui.videos import rows
from facereview.ui.videos.model import SUMMARY, Column, VideosModel, turned

PAGE = 20
ROOT = QModelIndex()


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of which a few dozen videos take several."""
    monkeypatch.setattr(videos_model, "FIRST", PAGE)
    monkeypatch.setattr(videos_model, "THEN", 2 * PAGE)


def number(path: str) -> int:
    return int(path.rsplit("/", 1)[-1].removesuffix(".mp4"))


def summary(path: str, pending: int = 0) -> VideoSummary:
    return VideoSummary(Video(number(path), path, None, 60.0), pending, 1, 0, None, None)


@dataclass
class MemoryVideos(LibraryDesk):
    """A library of paths that answers as the real one does, a page at a time."""

    paths: list[str]
    pending: int = 0
    reachable: bool = True
    asked: list[int] = field(default_factory=list)
    """How many videos each query listed, below 0 those of which the contents were asked for."""

    @classmethod
    def of(cls, count: int) -> Self:
        return cls([f"/v/{number:08}.mp4" for number in range(count)])

    def videos(
        self, wanted: VideoFilter, order: VideoOrder, limit: int, after: VideoPlace | None = None
    ) -> VideoPage:
        if not self.reachable:
            raise DatabaseUnreachable("The database is out of reach.")
        paths = [path for path in self.paths if wanted.text in path]
        paths = paths[::-1] if order.falling else paths
        begin = 0 if after is None else paths.index(after.value) + 1
        found = paths[begin : begin + limit]
        self.asked.append(len(found))
        ids = np.array([number(path) for path in found], np.int32)
        full = len(found) == limit
        return VideoPage(ids, VideoPlace(int(ids[-1]), found[-1]) if full else None)

    def summaries(self, video_ids: Sequence[int]) -> list[VideoSummary]:
        if not self.reachable:
            raise DatabaseUnreachable("The database is out of reach.")
        self.asked.append(-len(video_ids))
        many = len(self.paths) > 10_000
        here = {} if many else {number(path): path for path in self.paths}
        return [
            summary(here.get(one, f"/v/{one:08}.mp4"), self.pending)
            for one in video_ids
            if many or one in here
        ]

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
        model.search(VideoFilter())
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
    """Views tell what is seen as soon as they are made, also on a page that nobody has opened."""
    desk = MemoryVideos.of(5)
    model = VideosModel(desk, lanes.database, lanes)
    model.show_rows(0, 30)
    assert not model.busy
    model.search(VideoFilter())
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
    model.search(VideoFilter(text="0039"))
    qtbot.waitUntil(lambda: model.complete)
    assert listed(model, qtbot) == [path for path in desk.paths if "0039" in path]
    model.search(VideoFilter(text="nothing"))
    qtbot.waitUntil(lambda: model.complete)
    assert model.rowCount() == 0


@pytest.mark.parametrize("seed", range(6))
def test_after_any_changes_the_list_is_the_library(
    make: Make, qtbot: QtBot, check_model: CheckModel, seed: int
) -> None:
    """Rows come and go anywhere, also more of them than a page holds."""
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
        if chance.random() < 0.5:
            model.choose(VideoOrder(VideoSort.PATH, not model.order.falling))
        qtbot.waitUntil(lambda: model.complete)
        wanted = desk.paths[::-1] if model.order.falling else desk.paths
        assert listed(model, qtbot) == wanted


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


@dataclass
class SlowVideos(MemoryVideos):
    """Keeps contents to itself that it has read already, until it is told to go on."""

    read: threading.Event = field(default_factory=threading.Event)
    go_on: threading.Event = field(default_factory=threading.Event)

    def summaries(self, video_ids: Sequence[int]) -> list[VideoSummary]:
        found = super().summaries(video_ids)
        self.read.set()
        assert self.go_on.wait(10)
        return found


def test_what_was_read_before_a_refresh_is_read_again(make: Make, qtbot: QtBot) -> None:
    desk = SlowVideos.of(5)
    desk.go_on.set()
    model = make(desk)
    model.show_rows(0, 4)
    qtbot.waitUntil(lambda: model.complete and not model.busy)
    desk.go_on.clear()
    desk.read.clear()
    model.refresh()
    qtbot.waitUntil(desk.read.is_set)
    desk.pending = 5
    model.refresh()
    desk.go_on.set()
    qtbot.waitUntil(lambda: model.complete and not model.busy)
    shown = [model.video(row) for row in range(5)]
    assert [row.pending for row in shown if row is not None] == [5] * 5


def test_what_is_long_out_of_sight_is_forgotten_and_asked_for_again(
    make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rows, "KEPT", 100)
    monkeypatch.setattr(videos_model, "EAGER", 150)
    desk = MemoryVideos.of(300)
    model = make(desk)
    qtbot.waitUntil(lambda: model.complete)
    settle(model, qtbot)
    assert sum(model.video(row) is not None for row in range(model.rowCount())) <= 100
    far = next(row for row in range(model.rowCount()) if model.video(row) is None)
    model.show_rows(far, far)
    qtbot.waitUntil(lambda: model.video(far) is not None)
    assert model.video(far) == summary(desk.paths[far])


def test_of_many_only_the_ids_are_read_until_they_are_seen(
    make: Make, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(videos_model, "EAGER", 200)
    monkeypatch.setattr(videos_model, "THEN", 20_000)
    desk = MemoryVideos.of(500_000)
    model = make(desk)
    qtbot.waitUntil(lambda: model.complete, timeout=20_000)
    settle(model, qtbot)
    assert model.rowCount() == 500_000
    assert [size for size in desk.asked if size >= 0] == [PAGE, 20_000, 80_000, 320_000, 79_980]
    assert -sum(size for size in desk.asked if size < 0) <= 200 + 2 * PAGE
    model.show_rows(499_990, 499_999)
    qtbot.waitUntil(lambda: model.video(499_999) is not None)


def test_another_order_keeps_what_is_selected(make: Make, qtbot: QtBot) -> None:
    model = make(MemoryVideos.of(100))
    qtbot.waitUntil(lambda: model.complete)
    held = [QPersistentModelIndex(model.index(row, 1)) for row in (3, 50, 99)]
    for falling in (True, False):
        model.choose(VideoOrder(VideoSort.PATH, falling))
        qtbot.waitUntil(lambda: model.complete)
        assert [one.row() for one in held] == ([96, 49, 0] if falling else [3, 50, 99])


def test_the_head_of_a_column_turns_its_order_round_and_then_gives_it_up() -> None:
    order = VideoOrder()
    seen = []
    for _ in range(3):
        order = turned(order, VideoSort.FACES)
        seen.append(order)
    by = VideoSort.FACES
    assert seen == [VideoOrder(by, True), VideoOrder(by, False), VideoOrder()]
    assert turned(VideoOrder(by, True), VideoSort.TITLE) == VideoOrder(VideoSort.TITLE, False)


def test_a_refresh_while_a_list_is_read_is_made_good_afterwards(make: Make, qtbot: QtBot) -> None:
    desk = MemoryVideos.of(150)
    model = make(desk)
    qtbot.waitUntil(lambda: model.rowCount() > 0)
    insort(desk.paths, "/v/00000999.mp4")
    for _ in range(5):
        model.refresh()
    del desk.paths[3]
    model.refresh()
    qtbot.waitUntil(lambda: model.complete)
    assert listed(model, qtbot) == desk.paths


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
