"""Which pairs of clusters are asked about, and how the answers bind."""

from __future__ import annotations

from typing import Any

import numpy as np
import psycopg
import pytest
from clustered_library import EACH, Library
from hypothesis import given, settings
from hypothesis import strategies as st

from facereview.records import Thresholds
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.questions.pairs import (
    LEAST,
    ClusterFacts,
    Pair,
    chance_of_one,
    worth_asking,
)
from facereview.store.store import Store
from support import direction, match_by_machine

Sql = psycopg.Connection[Any]
THRESHOLD = 0.4


def facts(*clusters: tuple[int, float, bool]) -> ClusterFacts:
    """Clusters of (size, cosine to the first one, suggested), numbered from 1; equally tight."""
    axes = [direction(0)] + [
        cosine * direction(0) + np.sqrt(1 - cosine**2) * direction(10 + place)
        for place, (_, cosine, _) in enumerate(clusters[1:])
    ]
    return ClusterFacts(
        np.arange(1, len(clusters) + 1),
        np.asarray([size for size, _, _ in clusters]),
        np.ones(len(clusters)),
        np.asarray([known for _, _, known in clusters]),
        np.stack(axes).astype(np.float32),
    )


def asked(*clusters: tuple[int, float, bool], told: tuple[tuple[int, int], ...] = ()) -> list[Pair]:
    return worth_asking(facts(*clusters), THRESHOLD, told, 10)


def test_what_settles_most_is_asked_first() -> None:
    found = asked((20, 1, False), (12, 0.38, False), (3, 0.385, False), (90, 0.1, False))
    assert [(pair.one, pair.other, pair.settles) for pair in found] == [(1, 2, 12), (1, 3, 3)]
    assert found[0].likeness == pytest.approx(0.38)
    assert 0.5 < found[0].chance < found[1].chance < 1


def test_of_somebody_known_and_somebody_unknown_the_unknown_faces_are_settled() -> None:
    [pair] = asked((3, 1, True), (20, 0.39, False))
    assert (pair.one, pair.other, pair.settles) == (2, 1, 20)


def test_two_with_a_suggestion_and_what_was_told_apart_are_not_asked_about() -> None:
    assert asked((3, 1, True), (20, 0.39, True)) == []
    assert asked((3, 1, False), (20, 0.39, False), told=((1, 2),)) == []


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(2, 50), st.floats(-0.2, 0.45), st.booleans()), min_size=1, max_size=8
    ),
    st.integers(1, 6),
)
def test_every_order_is_by_expected_faces(
    clusters: list[tuple[int, float, bool]], limit: int
) -> None:
    at = facts(*clusters)
    found = worth_asking(at, THRESHOLD, (), limit)
    everything = worth_asking(at, THRESHOLD, (), 1000)
    assert found == everything[:limit]
    assert len({pair.key for pair in everything}) == len(everything)
    worth = [pair.chance * pair.settles for pair in everything]
    assert worth == sorted(worth, reverse=True)
    for pair in everything:
        sizes = at.sizes[pair.one - 1], at.sizes[pair.other - 1]
        assert sizes[0] >= sizes[1]
        assert pair.settles in sizes
        assert pair.chance >= LEAST
        assert not (at.suggested[pair.one - 1] and at.suggested[pair.other - 1])


def test_the_more_alike_the_more_probably_one_person() -> None:
    chances = chance_of_one(np.linspace(-1, 1, 50), THRESHOLD)
    assert (np.diff(chances) >= 0).all()
    assert chance_of_one(np.asarray(THRESHOLD - 0.03), THRESHOLD) == pytest.approx(0.5)


# ------------------------------------------------------------------------------- on a real library


@pytest.fixture
def library(store: Store, sql: Sql) -> Library:
    """Two clusters of the unknown person: of the first three videos, and of the others."""
    made = Library(store)
    made.updater.from_nothing()
    made.desk = ClusterDesk(store, lambda: Thresholds(0.5, 0.7, 0.74), "me")
    part(made, sql, made.people[2][3:])
    return made


def part(made: Library, sql: Sql, faces: list[int]) -> None:
    """Put these faces into a cluster of their own, as if the machine had left them there."""
    made.desk.split(made.cluster_of(faces[0]), faces)
    sql.execute("UPDATE facereview.membership SET fixed = FALSE")
    sql.execute("DELETE FROM facereview.apart")
    sql.execute(
        "UPDATE facereview.cluster c SET centre = (SELECT l2_normalize(avg(d.embedding)) "
        "FROM facereview.membership m JOIN video_face_detections d ON d.id = m.detection_id "
        "WHERE m.cluster_id = c.id)"
    )


def questions(library: Library) -> tuple[Pair, ...]:
    return library.desk.pairs.questions(library.store.clusters.wall())


def test_the_two_clusters_of_one_person_are_asked_about(library: Library) -> None:
    nobody = library.people[2]
    one, other = library.cluster_of(nobody[0]), library.cluster_of(nobody[5])
    [pair] = questions(library)
    assert pair.key == (min(one, other), max(one, other))
    assert pair.settles == EACH // 2


def test_different_is_never_asked_again_and_binds_until_it_is_undone(library: Library) -> None:
    nobody = library.people[2]
    [pair] = questions(library)
    library.desk.pairs.tell_apart(nobody[:3], nobody[3:])
    assert questions(library) == ()
    library.updater.from_nothing()
    assert questions(library) == ()
    assert library.cluster_of(nobody[0]) != library.cluster_of(nobody[5])
    library.undo()
    assert [one.key for one in questions(library)] == [pair.key]


def test_the_same_joins_them(library: Library) -> None:
    nobody = library.people[2]
    [pair] = questions(library)
    library.desk.merge([pair.one, pair.other])
    assert questions(library) == ()
    assert library.cluster_of(nobody[0]) == library.cluster_of(nobody[5])
    library.undo()
    assert len(questions(library)) == 1


def test_later_asks_about_the_others_first(library: Library, sql: Sql) -> None:
    part(library, sql, library.people[2][4:])
    first, *rest = questions(library)
    library.desk.pairs.later(first.key)
    assert [*rest, first] == list(questions(library))


def test_two_that_share_a_frame_are_not_asked_about_but_for_a_mirror(
    library: Library, sql: Sql
) -> None:
    nobody = library.people[2]
    sql.execute(
        "UPDATE video_face_detections SET video_id = %s WHERE id = %s",
        [library.videos[0], nobody[5]],
    )
    assert questions(library) == ()
    library.store.clusters.add_mirrors([nobody[0], nobody[5]])
    assert len(questions(library)) == 1


def test_who_is_told_apart_from_a_known_one_is_not_that_creator(
    library: Library, store: Store
) -> None:
    """By a person's naming only, and until that is undone."""
    nobody = library.people[2]
    store.tracks.set_linked_to(store.tracks.now("now", 0.5))
    linked = store.tracks.linked_to()
    assert linked is not None
    library.desk.pairs.tell_apart(nobody[:1], nobody[3:4])
    other = store.faces.get(nobody[3:4])[nobody[3]].video_id
    assert other in store.tracks.touched(linked)
    linked = store.tracks.now("now", 0.5)
    assert store.search.denied(nobody) == {}
    match_by_machine(store, nobody[:1], library.ann)
    assert store.search.denied(nobody) == {}
    library.decisions.apply(Intent(Kind.CONFIRM, library.seen(nobody[0]), library.ann))
    assert store.search.denied(nobody) == {nobody[3]: [library.ann.id]}
    assert (nobody[3], library.ann.id) in store.clustering.verdicts()
    assert (nobody[3], library.ann.id) in store.tracks.faces([other]).denied
    assert other in store.tracks.touched(linked)
    library.undo()
    assert store.search.denied(nobody) == {}
