"""The calibration is fitted beside the window, some time after decisions, never in its thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import current_thread, main_thread

import pytest
from library_support import opened
from pytestqt.qtbot import QtBot

from facereview.records import Progress
from facereview.review.library.calibration import LibraryCalibration
from facereview.review.library.opening import OpenLibrary
from facereview.ui.jobs.calibrating import CalibrationUpdates
from facereview.ui.jobs.lanes import Lanes


class Watched(LibraryCalibration):
    """The library's own, with the threads it was asked on and what to say that it did."""

    def __init__(self, library: OpenLibrary, *, due: bool) -> None:
        super().__init__(library)
        self.asked: list[bool] = []
        self.due = due

    def refit(
        self, *, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
    ) -> bool:
        self.asked.append(current_thread() is main_thread())
        return super().refit(on_progress=on_progress, cancelled=cancelled) or self.due


@pytest.fixture
def library(tmp_path: Path, library_url: str) -> Iterator[OpenLibrary]:
    made = opened(tmp_path / "home", library_url, None)
    yield made
    made.close()


@pytest.fixture
def lanes(qtbot: QtBot) -> Iterator[Lanes]:
    made = Lanes()
    yield made
    made.shutdown()


def test_decisions_are_looked_at_in_a_while_and_a_fit_is_told(
    qtbot: QtBot, library: OpenLibrary, lanes: Lanes
) -> None:
    calibration = Watched(library, due=True)
    updates = CalibrationUpdates(calibration, lanes)
    updates._timer.setInterval(1)
    with qtbot.waitSignal(updates.fitted):
        updates.decided()
    assert calibration.asked == [False]
    with qtbot.waitSignal(updates.fitted):
        updates.decided()
    assert calibration.asked == [False, False]


def test_nothing_is_told_where_nothing_was_fitted(
    qtbot: QtBot, library: OpenLibrary, lanes: Lanes
) -> None:
    updates = CalibrationUpdates(Watched(library, due=False), lanes)
    with qtbot.assertNotEmitted(updates.fitted), qtbot.waitSignal(updates._job.done):
        updates.look()
