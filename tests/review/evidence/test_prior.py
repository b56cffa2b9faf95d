"""Who is probably in a video: what is known beside its faces, and what that may change."""

from __future__ import annotations

from typing import Any

import numpy as np
import psycopg
import pytest
from evidence_support import AT_MOST_ONE_IN_200

from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.evidence.certainty import LIKELY
from facereview.review.evidence.judging import judge
from facereview.review.evidence.prior import IN_FOLDER, IN_VIDEO, MOST, TAGGED, Prior, tipped
from facereview.review.evidence.records import Standing, Template, Track
from facereview.store.store import Store
from support import Faces, direction, make_faces, pack, video_info

Sql = psycopg.Connection[Any]
CREATORS = np.array([1, 2, 3])


def track(video: int, face: int = 1, at: float = 1.0) -> Track:
    return Track(video, (face,), (at,), Template(direction(0), 1.0, 128.0, 0.8))


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store, 3)


def odds(store: Store, faces: Faces, video: int | None = None) -> list[float]:
    """Of Ann and Bob, in a track of the video."""
    creators = np.array([faces.ann.id, faces.bob.id])
    (found,) = Prior(store).log_odds([track(video or faces.video)], creators)
    return [float(value) for value in found]


def test_whom_a_person_named_in_the_video_is_probably_in_it_again_until_undone(
    store: Store, faces: Faces
) -> None:
    assert odds(store, faces) == [0, 0]
    History(store, "me", pack).apply(faces.accept(0))
    assert odds(store, faces) == [IN_VIDEO, 0]
    History(store, "me", pack).apply(Intent(Kind.UNDO, ()))
    assert odds(store, faces) == [0, 0]


def test_what_the_machine_matched_says_nothing(store: Store, faces: Faces) -> None:
    faces.match_by_machine(0, 1)
    with store.deciding():
        store.log.lock_tags([(faces.video, faces.ann.id)])
        store.log.add_tags([(faces.video, faces.ann.id)])
    assert odds(store, faces) == [0, 0]


def test_whom_another_program_tagged_may_be_in_the_video(
    store: Store, faces: Faces, sql: Sql
) -> None:
    sql.execute("INSERT INTO video_creators VALUES (%s, %s)", [faces.video, faces.bob.id])
    assert odds(store, faces) == [0, TAGGED]
    History(store, "me", pack).apply(faces.accept(0, creator=faces.bob))
    assert odds(store, faces) == [0, MOST]


def test_whom_other_programs_tagged_the_folder_with_may_be_in_its_videos(
    store: Store, faces: Faces, sql: Sql
) -> None:
    others = [store.videos.add(video_info(f"/videos/{n}.mp4")) for n in range(3)]
    below = store.videos.add(video_info("/videos/below/1.mp4"))
    away = [store.videos.add(video_info(f"C:\\films\\{n}.mp4")) for n in range(2)]
    for video in (others[0], below, away[0]):
        sql.execute("INSERT INTO video_creators VALUES (%s, %s)", [video, faces.ann.id])
    assert odds(store, faces) == [pytest.approx(IN_FOLDER / 3), 0]
    assert odds(store, faces, others[0]) == [TAGGED, 0]
    assert odds(store, faces, below) == [TAGGED, 0]
    assert odds(store, faces, away[1]) == [IN_FOLDER, 0]


def judged(scores: list[list[float]], prior: list[float], *tracks: Track) -> list[Standing]:
    given = list(tracks) or [track(1)]
    said = np.array([prior] * len(given))
    return judge(given, np.array(scores), CREATORS, AT_MOST_ONE_IN_200, prior=said)


def test_of_two_that_are_alike_the_one_known_to_be_in_the_video_is_likely() -> None:
    (plain,) = judged([[0.45, 0.449, 0.1]], [0, 0, 0])
    assert plain.creator_id == 1
    (tipped_,) = judged([[0.45, 0.449, 0.1]], [0, 1.5, 0])
    assert (tipped_.creator_id, tipped_.rival_id) == (2, 1)
    assert plain.risk is not None
    assert tipped_.risk is not None
    assert plain.risk < 0.5
    assert LIKELY <= tipped_.risk < 0.5
    assert not tipped_.settled


@pytest.mark.parametrize("cosine", [0.3, 0.4, 0.42, 0.45])
def test_a_prior_settles_nothing_and_makes_nothing_sure(cosine: float) -> None:
    (plain,) = judged([[cosine, 0.1, 0.1]], [0, 0, 0])
    (said,) = judged([[cosine, 0.1, 0.1]], [MOST, 0, 0])
    assert plain.risk is not None
    assert said.risk is not None
    assert said.settled == plain.settled
    assert said.risk >= min(plain.risk, LIKELY)


def test_what_is_settled_does_not_follow_a_prior_for_another() -> None:
    (said,) = judged([[0.8, 0.5, 0.1]], [0, MOST, 0])
    assert (said.creator_id, said.settled) == (1, True)
    first, second = judged(
        [[0.8, 0.1, 0.1], [0.45, 0.44, 0.1]], [MOST, 0, 0], track(1), track(1, face=2)
    )
    assert (first.creator_id, first.settled) == (1, True)
    assert second.risk is not None
    assert second.risk > LIKELY  # of two in one frame the other one has that name


def test_a_match_that_was_taken_back_is_not_suggested_for_a_prior() -> None:
    scores, prior = np.array([[0.45, 0.449, 0.1]]), np.array([[0, 1.5, 0]])
    (said,) = judge([track(1)], scores, CREATORS, AT_MOST_ONE_IN_200, {(1, 2)}, prior=prior)
    assert said.creator_id == 1


def test_a_risk_is_lowered_down_to_the_least_and_never_raised() -> None:
    assert tipped(0.6, 1.0, 0.25) == pytest.approx(1 / (1 + np.exp(1.0) * 0.4 / 0.6))
    assert tipped(0.6, 2.0, 0.25) == 0.25
    assert tipped(0.1, 2.0, 0.25) == 0.1
