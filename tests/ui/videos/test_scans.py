"""Scans in the background: order, progress, cancelling, and what is said afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from facereview.errors import ScanDisabled
from facereview.records import Progress
from facereview.review.library.service import LibraryService
from facereview.review.scanning.scan import ScanReport
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.videos.scans import ScanPanel, ScanRequest, ScanRunner, ScanStage

A, B = ScanRequest((Path("/a"),)), ScanRequest((Path("/b"),), again=True)


class Scans(LibraryService):
    """Stands in for the scanner: goes through four videos, each when it is let."""

    def __init__(self) -> None:
        self.steps = threading.Semaphore(0)
        self.asked: list[tuple[Sequence[Path], bool]] = []
        self.fault: Exception | None = None
        self.report = ScanReport(4, unread=0, frames=20, faces=9, matched=5, suggested=2)

    def scan(
        self,
        paths: Sequence[Path],
        *,
        again: bool,
        min_face_size: int | None = None,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> ScanReport:
        self.asked.append((paths, again))
        if self.fault is not None:
            raise self.fault
        for place in range(4):
            if cancelled():
                return ScanReport(place, cancelled=True)
            on_progress(Progress(place, 4, f"{place}.mp4", 3))
            self.steps.acquire()
        if cancelled():
            return ScanReport(3, cancelled=True)
        on_progress(Progress(4, 4, ""))
        return self.report

    def scan_known(
        self, *, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> ScanReport:
        on_progress(Progress(1, 1, ""))
        return ScanReport(1, frames=5, faces=3)


@pytest.fixture
def scans(lanes: Lanes) -> Iterator[Scans]:
    made = Scans()
    yield made
    made.steps.release(100)


@pytest.fixture
def runner(scans: Scans, lanes: Lanes) -> ScanRunner:
    return ScanRunner(scans, lanes.scanning, lanes)


@pytest.fixture
def panel(runner: ScanRunner, qtbot: QtBot) -> ScanPanel:
    made = ScanPanel(runner)
    qtbot.addWidget(made)
    return made


def text(panel: ScanPanel) -> str:
    return panel._words.text()


def test_progress_then_a_sentence(
    runner: ScanRunner, panel: ScanPanel, scans: Scans, qtbot: QtBot
) -> None:
    assert panel.isHidden()
    runner.scan(A)
    qtbot.waitUntil(lambda: runner.stage is ScanStage.RUNNING)
    assert panel._doing.text() == "Scanning 1 of 4"
    assert panel._file.text() == "0.mp4"
    assert panel._rate.text() == "3 at a time"
    scans.steps.release(2)
    qtbot.waitUntil(lambda: panel._bar.value() == 2)
    scans.steps.release(2)
    qtbot.waitUntil(lambda: runner.stage is ScanStage.DONE)
    assert text(panel) == "4 videos, 9 faces: 5 matched automatically, 2 suggested."
    assert not panel._review.isHidden()
    with qtbot.waitSignal(panel.review_wanted):
        panel._review.click()
    assert panel.isHidden()
    assert scans.asked == [((Path("/a"),), False)]


def test_cancel_keeps_what_is_done_and_goes_on_later(
    runner: ScanRunner, panel: ScanPanel, scans: Scans, qtbot: QtBot
) -> None:
    runner.scan(A)
    runner.scan(B)
    qtbot.waitUntil(lambda: runner.stage is ScanStage.RUNNING)
    panel._cancel.click()
    assert runner.stage is ScanStage.STOPPING
    assert not panel._cancel.isEnabled()
    scans.steps.release()
    qtbot.waitUntil(lambda: runner.stage is ScanStage.DONE)
    assert text(panel).startswith("Stopped: 1 video, 0 faces.")
    assert len(scans.asked) == 1
    scans.steps.release(4)
    panel._go_on.click()
    qtbot.waitUntil(lambda: runner.stage is ScanStage.DONE)
    assert scans.asked == [(A.paths, False), (A.paths, False)]


def test_further_scans_wait_for_their_turn(
    runner: ScanRunner, panel: ScanPanel, scans: Scans, qtbot: QtBot
) -> None:
    runner.scan(A)
    runner.scan(B)
    qtbot.waitUntil(lambda: runner.stage is ScanStage.RUNNING)
    assert "1 more queued" in panel._rate.text()
    scans.steps.release(8)
    qtbot.waitUntil(lambda: len(scans.asked) == 2 and runner.stage is ScanStage.DONE)
    assert scans.asked[1] == (B.paths, True)


def test_a_refusal_is_said_and_can_be_tried_again(
    runner: ScanRunner, panel: ScanPanel, scans: Scans, qtbot: QtBot
) -> None:
    scans.fault = ScanDisabled("Scanning is turned off in this library.")
    runner.scan(A)
    qtbot.waitUntil(lambda: runner.stage is ScanStage.FAILED)
    assert text(panel) == "Scanning is turned off in this library."
    scans.fault = None
    scans.steps.release(4)
    panel._go_on.click()
    qtbot.waitUntil(lambda: runner.stage is ScanStage.DONE)


def test_faults_are_listed_with_their_sentences(
    runner: ScanRunner, panel: ScanPanel, scans: Scans, qtbot: QtBot
) -> None:
    fault = ("/v/bad one.mp4", "The video /v/bad one.mp4 is truncated at 3.5 s: copy it again.")
    scans.report = ScanReport(
        3, unread=2, unchanged=2, frames=10, faults=(fault, ("/v/b.mkv", "It is empty."))
    )
    scans.steps.release(4)
    runner.scan(A)
    qtbot.waitUntil(lambda: runner.stage is ScanStage.DONE)
    assert text(panel) == "1 video, 0 faces; 2 videos unchanged since the last scan."
    lines = [panel._faults.model.index(row, 0).data() for row in range(2)]
    assert lines == [
        "The video bad one.mp4 is truncated at 3.5 s: copy it again.",
        "b.mkv: It is empty.",
    ]
    assert panel._faults._heading.text() == "2 files or folders could not be read:"


def test_the_librarys_own_videos_can_be_asked_for(scans: Scans, lanes: Lanes, qtbot: QtBot) -> None:
    runner = ScanRunner(scans, lanes.scanning, lanes)
    runner.scan(ScanRequest(known=True))
    qtbot.waitUntil(lambda: runner.stage is ScanStage.DONE)
    assert runner.report == ScanReport(1, frames=5, faces=3) and scans.asked == []


def test_thousands_of_unchanged_videos_do_not_flood_the_window(lanes: Lanes, qtbot: QtBot) -> None:
    class Quick(Scans):
        def scan(
            self,
            paths: Sequence[Path],
            *,
            again: bool,
            min_face_size: int | None = None,
            on_progress: Callable[[Progress], None],
            cancelled: Callable[[], bool],
        ) -> ScanReport:
            for place in range(20_000):
                on_progress(Progress(place, 20_000, "x"))
            on_progress(Progress(20_000, 20_000, ""))
            return ScanReport(unchanged=20_000)

    runner = ScanRunner(Quick(), lanes.scanning, lanes)
    told: list[int] = []
    runner.changed.connect(lambda: told.append(runner.progress.done))
    runner.scan(A)
    qtbot.waitUntil(lambda: runner.stage is ScanStage.DONE)
    assert len(told) < 200


def test_closing_the_window_stops_the_scan(scans: Scans, qtbot: QtBot) -> None:
    lanes = Lanes()
    runner = ScanRunner(scans, lanes.scanning, lanes)
    runner.scan(A)
    qtbot.waitUntil(lambda: runner.stage is ScanStage.RUNNING)
    threading.Timer(0.05, scans.steps.release).start()
    lanes.shutdown()
    assert not lanes.scanning._thread.is_alive()
