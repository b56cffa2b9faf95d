"""What is left: keys by the questions, and wrong names by the risks of tracks."""

from __future__ import annotations

import numpy as np
import pytest
from questions_support import NOBODY, open_faces

from facereview.review.clusters.records import PILE
from facereview.review.questions.payoff import questions
from facereview.review.questions.remaining import (
    keys_left,
    remaining,
    uncertain_names,
    wrong_expected,
)
from facereview.store.insight import UnseenNames

NOTHING = UnseenNames(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0))


@pytest.mark.parametrize(
    ("rows", "keys"),
    [
        ([], 0),
        ([{"cluster": 1}] * 3 + [{"cluster": 2}] * 2, 2),
        ([{"cluster": 1}] * 5, 2),
        ([{"named": 5, "risk": 0.2}, {"named": 5, "risk": 0.3}, {"agrees": 1}], 3),
        ([{}] * (PILE + 1), 2),
        ([{"looked": 0, "track": 3}] * 4 + [{"looked": 0}], 2),
    ],
    ids=["nothing", "clusters", "twice", "singles", "piles", "not compared"],
)
def test_a_key_for_each_question(rows: list[dict[str, float]], keys: int) -> None:
    faces = open_faces(rows)
    assert keys_left(faces, questions(faces), twice_above=4) == keys


def test_the_faces_of_a_track_are_wrong_together() -> None:
    tracks = np.asarray([1, 1, 1, 1, 2, 2])
    risks = np.asarray([0.5, 0.5, 0.5, 0.1, 0.2, 0.2])
    expected, variance = wrong_expected(tracks, risks)
    assert expected == pytest.approx(2.0)
    assert variance == pytest.approx(16 * 0.4 * 0.6 + 4 * 0.2 * 0.8)
    assert wrong_expected(tracks[:0], np.zeros(0)) == (0, 0)


def test_the_variance_is_that_of_what_is_drawn() -> None:
    chance = np.random.default_rng(3)
    risks, faces = chance.uniform(0.01, 0.4, 60), chance.integers(1, 9, 60)
    drawn = (chance.random((20_000, 60)) < risks) @ faces
    tracks = np.repeat(np.arange(60), faces)
    expected, variance = wrong_expected(tracks, risks[tracks])
    assert drawn.mean() == pytest.approx(expected, rel=0.02)
    assert drawn.var() == pytest.approx(variance, rel=0.05)


def test_what_the_keys_will_name_together_counts_and_what_is_asked_singly_does_not() -> None:
    sure = {"cluster": 1, "suggested": 5, "named": 5, "risk": 0.1, "track": 4}
    unknown = {"cluster": 1, "suggested": 5, "risk": NOBODY}
    faces = open_faces([sure, sure, unknown, {"named": 5, "risk": 0.1}, {"cluster": 2, "named": 5}])
    before = UnseenNames(
        np.arange(11, 17, dtype=np.int32),
        np.asarray([4, 9, 9, 9, 9, 9]),
        np.asarray([0.1, *[0.01] * 5]),
    )
    left = remaining(faces, questions(faces), before, 100)
    assert (left.keys, left.names, left.coming) == (3, 8, 2)
    assert left.wrong == pytest.approx(0.35)
    assert left.spread == pytest.approx((9 * 0.09 + 25 * 0.0099) ** 0.5)
    assert uncertain_names(faces, before).least_sure_first.tolist() == [11, 1, 2, *range(12, 17)]
    assert remaining(open_faces([]), questions(open_faces([])), NOTHING, 1).names == 0
