"""The order of questions: by the faces that an answer is expected to settle."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from questions_support import NOBODY, open_faces

from facereview.review.questions.payoff import (
    UNKNOWN,
    arranged,
    face_order,
    payoff,
    questions,
)

FACE = st.fixed_dictionaries(
    {
        "video": st.integers(1, 3),
        "at": st.integers(0, 5),
        "cluster": st.integers(0, 4),
        "track": st.integers(0, 6),
        "named": st.integers(0, 2),
        "risk": st.floats(0.001, 0.999),
        "looked": st.just(1),
    }
)


def of_one_kind(rows: list[dict[str, float]]) -> list[dict[str, float]]:
    """What belongs to a cluster is the same for all of its faces."""
    return [
        {**row, "suggested": row["cluster"] % 3, "postponed": row["cluster"] == 4} for row in rows
    ]


@given(st.lists(FACE, min_size=1, max_size=40))
def test_every_face_is_asked_about_once_and_the_largest_payoff_first(
    rows: list[dict[str, float]],
) -> None:
    faces = open_faces(of_one_kind(rows))
    asked = questions(faces)
    order = face_order(faces, asked)
    assert sorted(order) == sorted(faces.ids)
    of = asked.of[order - 1]
    changes = np.flatnonzero(np.diff(of)) + 1
    blocks = [of[0], *of[changes]]
    assert len(set(blocks)) == len(blocks), "the faces of a question stand together"
    worth = [(bool(asked.postponed[q]), -asked.payoffs[q]) for q in blocks]
    assert worth == sorted(worth)
    for question in range(len(asked.faces)):
        inside = [face - 1 for face in order if asked.of[face - 1] == question]
        places = [(faces.videos[i], faces.timestamps[i], faces.ids[i]) for i in inside]
        assert places == sorted(places)
        assert len(inside) == asked.faces[question]
        assert asked.faces[question] * UNKNOWN <= asked.payoffs[question] <= len(inside)


def test_a_question_is_a_cluster_else_a_track_else_a_face() -> None:
    faces = open_faces(
        [{"cluster": 7, "track": 1}, {"cluster": 7, "track": 2}, {"track": 2}, {}, {}]
    )
    asked = questions(faces)
    assert asked.of[0] == asked.of[1]
    assert len({*asked.of[2:]}) == 3
    assert asked.faces[asked.of].tolist() == [2, 2, 1, 1, 1]
    assert asked.clusters[asked.of].tolist() == [7, 7, 0, 0, 0]


def test_a_sure_name_goes_before_an_unknown_person_of_the_same_size() -> None:
    known: list[dict[str, float]] = [{"cluster": 1, "suggested": 5, "named": 5, "risk": 0.05}] * 3
    unknown: list[dict[str, float]] = [{"cluster": 2}] * 3
    many: list[dict[str, float]] = [{"cluster": 3, "named": 5, "risk": 0.99}] * 9
    faces = open_faces([*unknown, *known, *many])
    order = face_order(faces, questions(faces)).tolist()
    assert order == [*range(7, 16), 4, 5, 6, 1, 2, 3]


def test_where_no_risk_is_known_agreement_and_lead_say_how_sure_a_cluster_is() -> None:
    row = {"cluster": 1, "suggested": 5, "margin": 0.1}
    asked = questions(open_faces([{**row, "agrees": 1}, row]))
    assert asked.chances.tolist() == [0.25]
    sure = questions(open_faces([{**row, "agrees": 1, "margin": NOBODY}]))
    assert sure.chances.tolist() == [1]


def test_a_track_that_names_somebody_else_speaks_against_its_cluster() -> None:
    row = {"cluster": 1, "suggested": 5, "risk": 0.1}
    asked = questions(open_faces([{**row, "named": 6}, {**row, "named": 5}]))
    np.testing.assert_allclose(asked.chances, [0.5])


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_a_payoff_is_never_more_than_the_faces(faces: int, chance: float) -> None:
    found = float(payoff(np.asarray(faces), np.asarray(chance)))
    assert found == faces * max(chance, UNKNOWN)


@given(st.lists(st.integers(1, 60), unique=True), st.lists(st.integers(1, 60), unique=True))
def test_an_order_made_before_arranges_what_is_left_of_it(
    there: list[int], made: list[int]
) -> None:
    known, late = arranged(np.asarray(there, np.int32), np.asarray(made, np.int32))
    assert known.tolist() == [i for i in made if i in there]
    assert late.tolist() == [i for i in there if i not in made]
