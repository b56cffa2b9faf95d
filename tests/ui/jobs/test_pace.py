from __future__ import annotations

import pytest

from facereview.ui.jobs.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_nothing_is_said_before_it_can_be_known() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.per_second() is None
    pace.note(0)
    clock.now += 2
    pace.note(50)
    assert pace.seconds_left(100) is None
    clock.now += 2
    assert pace.per_second() == pytest.approx(12.5)


def test_time_left_follows_the_rate() -> None:
    clock = Clock()
    pace = Pace(clock)
    for done in range(11):
        pace.note(done)
        clock.now += 2
    clock.now -= 2
    assert pace.per_second() == pytest.approx(0.5)
    assert pace.seconds_left(30) == pytest.approx(40)
    assert pace.seconds_left(5) == 0


def test_only_the_last_minute_counts() -> None:
    """Videos that were passed over in a blink say nothing of those that are scanned."""
    clock = Clock()
    pace = Pace(clock)
    pace.note(0)
    pace.note(10_000)
    for done in range(10_001, 10_101):
        clock.now += 10
        pace.note(done)
    assert pace.per_second() == pytest.approx(0.1, rel=0.2)


def test_a_job_that_hangs_slows_down() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.note(0)
    clock.now += 10
    pace.note(10)
    clock.now += 90
    assert pace.per_second() == pytest.approx(0.1)
