"""What the evidence says of tracks: whom they are like, how sure that is, and what is settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from evidence_support import AT_MOST_ONE_IN_200, MODEL

from facereview.faces import ZOO
from facereview.review.evidence.certainty import Calibrated, Origin, in_force
from facereview.review.evidence.judging import judge
from facereview.review.evidence.records import Standing, Template, Track
from facereview.review.evidence.shipped import shipped
from support import direction

ANN, BOB, EVE = 1, 2, 3
CREATORS = np.array([ANN, BOB, EVE])


def track(*frames: float, face: int = 1, video: int = 1) -> Track:
    """A track with one face in each of these frames, the ids from ``face`` on."""
    faces = tuple(range(face, face + len(frames)))
    return Track(video, faces, frames, Template(direction(0), 1.0, 128.0, 0.8))


def judged(
    tracks: Sequence[Track],
    *scores: tuple[float, float, float],
    taken_back: Sequence[tuple[int, int]] = (),
) -> list[Standing]:
    return judge(tracks, np.array(scores, np.float32), CREATORS, AT_MOST_ONE_IN_200, taken_back)


def settled(standings: Sequence[Standing]) -> list[int | None]:
    return [s.creator_id if s.settled else None for s in standings]


def test_a_track_is_settled_where_its_risk_is_within_the_error_rate() -> None:
    sure, likely, open_ = judged(
        [track(1.0), track(2.0, face=2), track(3.0, face=3)],
        (0.8, 0.1, 0.2),
        (0.45, 0.1, 0.2),
        (0.3, 0.1, 0.28),
    )
    assert settled([sure, likely, open_]) == [ANN, None, None]
    assert sure.rival_id == EVE
    assert sure.margin == pytest.approx(0.6)
    assert sure.risk == pytest.approx(MODEL.floor)
    assert likely.risk == pytest.approx(1 / (1 + np.exp(2 + 2.5) / 3), rel=1e-3)
    assert open_.creator_id == ANN
    assert open_.risk is not None
    assert open_.risk > 0.9


def test_tracks_of_one_person_that_never_meet_all_get_the_name() -> None:
    tracks = [track(1.0), track(2.0, face=2), track(1.0, face=3, video=2)]
    assert settled(judged(tracks, *[(0.8, 0.0, 0.0)] * 3)) == [ANN, ANN, ANN]


def test_of_two_in_one_frame_that_may_be_the_same_creator_neither_is_settled() -> None:
    first, second = judged([track(1.0), track(1.0, face=2)], (0.9, 0.1, 0.1), (0.8, 0.1, 0.1))
    assert settled([first, second]) == [None, None]
    assert first.risk == pytest.approx(0.5)
    clear, other = judged([track(1.0), track(1.0, face=2)], (0.9, 0.1, 0.1), (0.2, 0.1, 0.1))
    assert settled([clear, other]) == [ANN, None]
    mirrored = replace(track(1.0), mirrored=frozenset({2}))
    both = judged([mirrored, track(1.0, face=2)], (0.9, 0.1, 0.1), (0.8, 0.1, 0.1))
    assert settled(both) == [ANN, ANN]


def test_one_face_of_a_cross_fade_does_not_stand_against_a_track() -> None:
    """They meet in one of its five frames; in three they would."""
    fade = track(5.0, face=9)
    longer, single = judged([track(1.0, 2.0, 3.0, 4.0, 5.0), fade], (0.8, 0.1, 0), (0.9, 0.1, 0))
    assert settled([longer, single]) == [ANN, None]
    three = track(3.0, 4.0, 5.0, face=9)
    often = judged([track(1.0, 2.0, 3.0, 4.0, 5.0), three], (0.8, 0.1, 0), (0.9, 0.1, 0))
    assert settled(often) == [None, None]


def test_whoever_is_seen_beside_a_longer_track_stands_against_it() -> None:
    """Always beside it, in several frames: that is no cross-fade but somebody else."""
    longer, brief = track(*map(float, range(20))), track(2.0, 5.0, 8.0, 11.0, face=50)
    found = judged([longer, brief], (0.8, 0.1, 0.0), (0.9, 0.1, 0.0))
    assert settled(found) == [None, None]
    assert settled(judged([longer, brief], (0.8, 0.1, 0.0), (0.2, 0.1, 0.0))) == [ANN, None]


def test_a_face_that_a_person_named_keeps_the_name_from_all_who_are_seen_beside_it() -> None:
    """By one frame, too: it may be a cross-fade, or somebody who looks alike. A curator knows."""
    named = replace(track(5.0, face=9), creator_id=ANN)
    longer, _ = judged([track(1.0, 2.0, 3.0, 4.0, 5.0), named], (0.8, 0.1, 0), (0.5, 0.1, 0))
    assert (longer.settled, longer.creator_id) == (False, BOB)


def test_of_two_creators_that_a_track_is_as_like_none_is_settled() -> None:
    """The zoo's fit saw nobody twice, and knows nothing of leads: one person entered as two."""
    shipped_one = shipped(ZOO)
    assert shipped_one is not None
    zoo = in_force(None, (), Calibrated(shipped_one, Origin.SHIPPED, ZOO))
    tracks = [track(float(place), face=place) for place in (1, 2, 3)]
    scores = np.array([(0.62, 0.61, 0), (0.62, 0.56, 0), (0.62, 0.4, 0)], np.float32)
    twice, near, clear = judge(tracks, scores, CREATORS, zoo)
    assert settled([twice, near, clear]) == [None, None, ANN]
    assert twice.risk == pytest.approx(1 / (1 + np.exp(0.01 * shipped_one.coefficients[3])), 1e-3)


def test_who_stands_beside_somebody_more_like_the_same_creator_is_the_next_one() -> None:
    """But it is left to a curator: it is not the one it is most like."""
    first, second = judged([track(1.0), track(1.0, face=2)], (0.9, 0.1, 0.0), (0.6, 0.58, 0.0))
    assert settled([first, second]) == [None, None]
    assert (second.creator_id, second.rival_id) == (BOB, ANN)
    assert second.margin == pytest.approx(-0.02, abs=1e-6)


def test_what_a_person_said_binds() -> None:
    near_ann = (0.9, 0.75, 0.0)
    denied = replace(track(1.0), denied=frozenset({ANN}))
    (standing,) = judged([denied], near_ann)
    assert (standing.creator_id, standing.rival_id, standing.settled) == (BOB, EVE, True)
    decided = replace(track(1.0, face=2), creator_id=ANN)
    mate, named = judged([track(1.0), decided], near_ann, (0.2, 0.3, 0.0))
    assert (mate.creator_id, mate.settled) == (BOB, True)
    assert (named.creator_id, named.rival_id, named.settled) == (ANN, BOB, False)
    assert named.margin == pytest.approx(-0.1)
    assert named.risk == pytest.approx(1 - MODEL.floor)
    assert judged([decided], near_ann)[0].settled
    stranger = replace(track(1.0), stranger=True)
    assert judged([stranger], near_ann)[0].creator_id is None
    (unknown,) = judged([replace(track(1.0), creator_id=99)], near_ann)
    assert unknown.creator_id == 99


def test_a_match_that_was_taken_back_is_not_made_again() -> None:
    """As another creator the track may be settled still."""
    tracks = [track(1.0, 2.0), track(3.0, face=5)]
    again = judged(tracks, (0.9, 0.0, 0.0), (0.9, 0.0, 0.0), taken_back=[(2, ANN), (5, BOB)])
    assert settled(again) == [None, ANN]
    assert again[0].creator_id == ANN


def test_without_creators_or_direction_nothing_is_said() -> None:
    nobody = judge([track(1.0)], np.empty((1, 0)), np.array([], int), AT_MOST_ONE_IN_200)
    assert nobody[0].creator_id is None
    like_nothing = replace(track(1.0), template=Template(0 * direction(0), 1.0, 128.0, 0.8))
    (said,) = judged([like_nothing], (np.nan, np.nan, np.nan))
    assert (said.creator_id, said.risk, said.settled) == (None, None, False)
    assert judge([], np.empty((0, 3)), CREATORS, AT_MOST_ONE_IN_200) == []


def test_only_the_best_of_many_creators_count() -> None:
    rng = np.random.default_rng(0)
    scores = rng.uniform(0, 0.3, (5, 60)).astype(np.float32)
    scores[np.arange(5), [7, 50, 3, 21, 59]] = 0.7
    tracks = [track(float(at), face=at) for at in range(1, 6)]
    found = judge(tracks, scores, np.arange(100, 160), AT_MOST_ONE_IN_200)
    assert settled(found) == [107, 150, 103, 121, 159]
    seconds = [100 + int(np.argsort(row)[-2]) for row in scores]
    assert [standing.rival_id for standing in found] == seconds
