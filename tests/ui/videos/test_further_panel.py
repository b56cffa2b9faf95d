"""The look at further frames after a scan: when it comes, what is said, and how it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from facereview.errors import DatabaseUnreachable
from facereview.records import Progress, Video
from facereview.review.library.service import LibraryService
from facereview.review.scanning.further import FurtherPlan, FurtherReport, PlannedVideo
from facereview.review.scanning.scan import ScanReport
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.videos.further import FurtherPanel, FurtherRunner
from facereview.ui.videos.scans import ScanRequest, ScanRunner, ScanStage

A = ScanRequest((Path("/a"),))
PLAN = FurtherPlan(
    tuple(PlannedVideo(Video(n, f"/{n}.mp4"), (1.0, 2.0), (n,), 64) for n in range(2)), 200.0
)


class Library(LibraryService):
    """Stands in for scanner and look: two videos with uncertain faces, each when it is let."""

    def __init__(self) -> None:
        self.steps = threading.Semaphore(0)
        self.looks = 0
        self.plan = PLAN
        self.fault: Exception | None = None
        self.scanned = ScanReport(2, frames=10, faces=4)
        self.look_further = self._look

    def scan(
        self,
        paths: Sequence[Path],
        *,
        again: bool,
        min_face_size: int | None = None,
        on_progress: Callable[[Progress], None],
        cancelled: Callable[[], bool],
    ) -> ScanReport:
        return self.scanned

    def _look(
        self,
        on_progress: Callable[[FurtherPlan, Progress], None],
        cancelled: Callable[[], bool],
    ) -> FurtherReport:
        self.looks += 1
        if self.fault is not None:
            raise self.fault
        report = FurtherReport()
        for place in range(len(self.plan.videos)):
            on_progress(self.plan, Progress(place, 2, f"{place}.mp4"))
            self.steps.acquire()
            if cancelled():
                return FurtherReport(place, 2 * place, 3 * place, uncertain=2, cancelled=True)
            report = FurtherReport(place + 1, 2 * place + 2, 3, uncertain=2, settled=1)
        return report


@pytest.fixture
def library(lanes: Lanes) -> Iterator[Library]:
    made = Library()
    yield made
    made.steps.release(100)


@pytest.fixture
def scans(library: Library, lanes: Lanes) -> ScanRunner:
    return ScanRunner(library, lanes.scanning, lanes)


@pytest.fixture
def runner(library: Library, scans: ScanRunner, lanes: Lanes) -> FurtherRunner:
    return FurtherRunner(library, scans, lanes.scanning)


@pytest.fixture
def panel(runner: FurtherRunner, qtbot: QtBot) -> FurtherPanel:
    made = FurtherPanel(runner)
    qtbot.addWidget(made)
    return made


def test_after_a_scan_the_budget_is_said_and_then_what_it_gave(
    library: Library, scans: ScanRunner, runner: FurtherRunner, panel: FurtherPanel, qtbot: QtBot
) -> None:
    assert panel.isHidden()
    scans.scan(A)
    qtbot.waitUntil(lambda: not panel.isHidden())
    assert panel._words.text() == (
        "Looking at 4 further frames of 2 videos with uncertain faces, about 3 minutes"
    )
    assert scans.stage is ScanStage.DONE
    assert not panel._cancel.isHidden()
    library.steps.release()
    qtbot.waitUntil(lambda: panel._bar.value() == 1)
    assert panel._bar.maximum() == 2
    with qtbot.waitSignal(runner.ended):
        library.steps.release()
    assert panel._words.text() == (
        "4 further frames: 3 faces found there, 1 of 2 uncertain ones named now."
    )
    assert panel._cancel.isHidden()
    panel._close.click()
    assert panel.isHidden()


def test_where_nobody_is_uncertain_nothing_is_said(
    library: Library, scans: ScanRunner, runner: FurtherRunner, panel: FurtherPanel, qtbot: QtBot
) -> None:
    library.plan = FurtherPlan((), None)
    scans.scan(A)
    qtbot.waitUntil(lambda: library.looks == 1 and not runner.running)
    assert panel.isHidden()


def test_a_scan_that_found_no_face_is_not_followed_by_a_look(
    library: Library, scans: ScanRunner, runner: FurtherRunner, qtbot: QtBot
) -> None:
    library.scanned = ScanReport(2, unchanged=2)
    with qtbot.waitSignal(scans.ended):
        scans.scan(A)
    assert not runner.running


def test_cancel_keeps_what_was_found(
    library: Library, scans: ScanRunner, runner: FurtherRunner, panel: FurtherPanel, qtbot: QtBot
) -> None:
    scans.scan(A)
    qtbot.waitUntil(lambda: not panel.isHidden())
    library.steps.release()
    qtbot.waitUntil(lambda: panel._bar.value() == 1)
    panel._cancel.click()
    assert panel._words.text() == "Stopping after this frame …"
    assert not panel._cancel.isEnabled()
    with qtbot.waitSignal(runner.ended):
        library.steps.release()
    assert panel._words.text().startswith("Stopped: 2 further frames: 3 faces found there")


def test_a_scan_that_is_asked_for_goes_before_and_is_followed_by_another_look(
    library: Library, scans: ScanRunner, runner: FurtherRunner, panel: FurtherPanel, qtbot: QtBot
) -> None:
    scans.scan(A)
    qtbot.waitUntil(lambda: not panel.isHidden())
    scans.scan(A)
    assert runner.stopping
    library.steps.release()
    qtbot.waitUntil(lambda: library.looks == 2)
    library.steps.release(2)
    qtbot.waitUntil(lambda: runner.report is not None and not runner.report.cancelled)


def test_what_failed_or_could_not_be_read_is_said(
    library: Library, scans: ScanRunner, runner: FurtherRunner, panel: FurtherPanel, qtbot: QtBot
) -> None:
    library.fault = DatabaseUnreachable("The database is out of reach: start its server.")
    with qtbot.waitSignal(runner.ended):
        scans.scan(A)
    assert panel._words.text() == "The database is out of reach: start its server."
    gone = ("/v/a.mp4", "The video /v/a.mp4 changed since it was scanned: scan it again.")
    runner.fault, runner.report = "", FurtherReport(1, 2, 3, uncertain=2, faults=(gone,))
    panel.show_state()
    assert "The video a.mp4 changed since it was scanned: scan it again." in panel._words.text()
