"""The farm's card on the Videos page: what it says of the machines, and what its buttons do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from facereview.errors import DatabaseRefused
from facereview.review.farm.status import FarmDesk, FarmStatus, Machine
from facereview.ui.jobs.lanes import Lanes
from facereview.ui.jobs.messages import Message, Messages
from facereview.ui.videos.farm import FarmPanel, FarmWatch

BEGAN = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
MACHINES = (
    Machine("attic", 11, 250, 20.0, 2.0),
    Machine("attic", 12, 200, 16.0, 3.0),
    Machine("barn", 13, 50, 4.0, 48.0),
    Machine("cellar", 14, 0, 0.0, 1.0, fault="The folder /videos is not on this computer."),
    Machine("attic", 10, 60, 9.0, 500.0, ended=True),
)
STATUS = FarmStatus(BEGAN, False, 800, 240, 7, MACHINES)


class Queue(FarmDesk):
    """Stands in for the tables."""

    def __init__(self) -> None:
        self.now: FarmStatus | None = STATUS
        self.fault: Exception | None = None
        self.reads = 0

    def status(self) -> FarmStatus | None:
        self.reads += 1
        return self.now

    def pause(self) -> None:
        self._becomes(paused=True)

    def resume(self) -> None:
        self._becomes(paused=False)

    def cancel(self) -> int:
        assert self.now is not None
        left = self.now.left
        self._becomes(added=self.now.done, left=0, jobs=0)
        return left

    def _becomes(self, **what: object) -> None:
        if self.fault is not None:
            raise self.fault
        assert self.now is not None
        self.now = replace(self.now, **what)  # type: ignore[arg-type]


@pytest.fixture
def farm() -> Queue:
    return Queue()


@pytest.fixture
def said() -> list[Message]:
    return []


@pytest.fixture
def page(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def watch(farm: Queue, page: QWidget, lanes: Lanes, said: list[Message]) -> FarmWatch:
    messages = Messages(lanes)
    messages.said.connect(said.append)
    return FarmWatch(farm, lanes.database, messages, page)


@pytest.fixture
def panel(watch: FarmWatch, qtbot: QtBot) -> FarmPanel:
    made = FarmPanel(watch)
    qtbot.addWidget(made)
    return made


def looked(watch: FarmWatch, qtbot: QtBot) -> None:
    """The farm was looked at once."""
    with qtbot.waitSignal(watch.changed):
        watch.look()


def rows(panel: FarmPanel) -> list[str]:
    return [panel.machines.aloud(row) for row in panel.machines.rows]


def test_the_card_says_how_far_the_farm_is_and_names_each_machine(
    watch: FarmWatch, panel: FarmPanel, qtbot: QtBot
) -> None:
    assert panel.isHidden()
    looked(watch, qtbot)
    assert not panel.isHidden()
    assert panel._doing.text() == "Farm: 560 of 800 videos"
    assert panel._pace.text() == "2 machines · 36 videos/min · about 7 minutes left"
    assert (panel._bar.value(), panel._bar.maximum()) == (560, 800)
    assert rows(panel) == [
        "cellar, 0 videos, The folder /videos is not on this computer.",
        "barn, 50 videos, not heard of for 48 seconds",
        "attic, process 11, 250 videos, 20 videos/min, at work",
        "attic, process 12, 200 videos, 16 videos/min, at work",
        "attic, process 10, 60 videos, ended",
    ]


def test_who_is_told_of_new_machines_reads_their_names_already(
    watch: FarmWatch, panel: FarmPanel, qtbot: QtBot
) -> None:
    heard: list[list[str]] = []
    panel.machines.modelReset.connect(lambda: heard.append(rows(panel)))
    looked(watch, qtbot)
    assert heard == [rows(panel)]


def test_there_is_no_card_without_a_farm_and_one_soon_after_it_begins(
    farm: Queue, page: QWidget, watch: FarmWatch, panel: FarmPanel, qtbot: QtBot
) -> None:
    farm.now = None
    watch._timer.setInterval(20)
    page.show()
    qtbot.waitUntil(lambda: farm.reads == 2)
    assert panel.isHidden()
    farm.now = STATUS
    with qtbot.waitSignal(watch.changed):
        pass
    assert not panel.isHidden()


def test_a_page_that_is_not_seen_reads_nothing(
    farm: Queue, page: QWidget, watch: FarmWatch, panel: FarmPanel, qtbot: QtBot
) -> None:
    page.show()
    qtbot.waitUntil(lambda: not panel.isHidden())
    assert watch.following
    page.hide()
    assert not watch.following


def test_pausing_and_going_on(watch: FarmWatch, panel: FarmPanel, qtbot: QtBot) -> None:
    looked(watch, qtbot)
    with qtbot.waitSignal(watch.changed):
        panel.pause.click()
    assert panel._doing.text() == "The farm is paused: 560 of 800 videos"
    assert panel._pace.text() == "2 machines"
    assert panel.pause.text() == "Resume"
    with qtbot.waitSignal(watch.changed):
        panel.pause.click()
    assert panel._doing.text() == "Farm: 560 of 800 videos"


def test_cancel_asks_once_more_and_says_how_many_videos_go(
    farm: Queue, watch: FarmWatch, panel: FarmPanel, qtbot: QtBot
) -> None:
    looked(watch, qtbot)
    panel.cancel.click()
    assert farm.now == STATUS
    assert panel._doing.text() == "Take 240 videos out of the queue? What was found stays."
    panel.cancel.click()
    qtbot.waitUntil(lambda: panel._doing.text() == "The farm is done: 560 videos.")
    assert panel.cancel.isHidden()
    panel.close_button.click()
    assert panel.isHidden()


def test_the_question_can_be_answered_with_no(
    farm: Queue, watch: FarmWatch, panel: FarmPanel, qtbot: QtBot
) -> None:
    looked(watch, qtbot)
    assert panel.keep.isHidden()
    panel.cancel.click()
    assert panel.pause.isHidden()
    panel.keep.click()
    assert panel._doing.text() == "Farm: 560 of 800 videos"
    assert panel.cancel.text() == "Cancel"
    assert farm.now == STATUS


def test_a_farm_that_was_read_stays_away_until_another_begins(
    farm: Queue, watch: FarmWatch, panel: FarmPanel, qtbot: QtBot
) -> None:
    farm.now = done = replace(
        STATUS, left=0, jobs=0, faulty=1, faults=(("/v/a.mp4", "a.mp4 ends."),)
    )
    looked(watch, qtbot)
    assert panel._doing.text() == "The farm is done: 800 videos."
    assert "a.mp4 ends." in panel._faults.model.title(panel._faults.model.rows[0])
    panel.close_button.click()
    reads = farm.reads
    watch.look()
    qtbot.waitUntil(lambda: farm.reads > reads)
    assert panel.isHidden()
    farm.now = replace(done, began=datetime(2026, 11, 28, tzinfo=UTC))
    looked(watch, qtbot)
    assert not panel.isHidden()


def test_what_was_given_up_is_said(
    farm: Queue, watch: FarmWatch, panel: FarmPanel, qtbot: QtBot
) -> None:
    farm.now = replace(STATUS, left=3, jobs=0, given_up=1)
    looked(watch, qtbot)
    assert panel._doing.text() == "The farm gave up 3 videos: their jobs failed again and again."


def test_where_no_machine_works_the_card_says_so(
    farm: Queue, watch: FarmWatch, panel: FarmPanel, qtbot: QtBot
) -> None:
    farm.now = replace(STATUS, machines=MACHINES[2:])
    looked(watch, qtbot)
    assert panel._doing.text() == "The farm waits for a machine: 560 of 800 videos"
    assert panel._pace.text() == ""


def test_a_curator_without_the_right_is_told(
    farm: Queue, watch: FarmWatch, panel: FarmPanel, said: list[Message], qtbot: QtBot
) -> None:
    looked(watch, qtbot)
    farm.fault = DatabaseRefused("The user reader may not change facereview.farm.")
    panel.pause.click()
    qtbot.waitUntil(lambda: bool(said))
    assert said[0].text == "The user reader may not change facereview.farm."
