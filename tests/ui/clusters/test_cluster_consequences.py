"""What the next key will do: when it is asked for, and what is shown until the answer comes."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from facereview.errors import ReviewError
from facereview.review.clusters.records import Consequences
from facereview.ui.clusters.views import ConsequenceLookup
from facereview.ui.jobs.lanes import Lanes

FACES = [1, 2]


class Desk:
    """Says so many faces as were asked for, or fails."""

    fault: Exception | None = None

    def __init__(self) -> None:
        self.asked = 0

    def consequences(self, faces: tuple[int, ...], _creator: int | None) -> Consequences:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        return Consequences(len(faces), self.asked, 0, ())


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def lookup(desk: Desk, lanes: Lanes, qtbot: QtBot) -> ConsequenceLookup:
    made = ConsequenceLookup(desk, lanes.database)  # type: ignore[arg-type]
    made.want(FACES, None)
    qtbot.waitUntil(lambda: made.known is not None)
    return made


def test_the_same_is_asked_for_once(lookup: ConsequenceLookup, desk: Desk) -> None:
    lookup.want(FACES, None)
    assert not lookup.busy
    assert desk.asked == 1


def test_after_a_change_it_is_shown_until_it_is_known_anew(
    lookup: ConsequenceLookup, desk: Desk, qtbot: QtBot
) -> None:
    before = lookup.known
    lookup.outdate()
    lookup.want(FACES, None)
    assert lookup.known == before
    qtbot.waitUntil(lambda: lookup.known != before)
    assert desk.asked == 2


def test_of_other_faces_nothing_is_shown_before_it_is_known(lookup: ConsequenceLookup) -> None:
    lookup.want([3], None)
    assert lookup.known is None


def test_what_cannot_be_known_anew_is_not_shown(
    lookup: ConsequenceLookup, desk: Desk, qtbot: QtBot
) -> None:
    desk.fault = ReviewError("The database is out of reach.")
    lookup.outdate()
    lookup.want(FACES, None)
    qtbot.waitUntil(lambda: lookup.known is None)
