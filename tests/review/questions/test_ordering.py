"""The order and what remains, on a real library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from clustered_library import EACH, Library

from facereview.records import Thresholds
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.desk import Desk, QueueKind
from facereview.review.questions.ordering import ask_in_order, what_remains
from facereview.store.store import Store
from support import desk_at, judge, match_by_machine

OFTEN = 1000
"""No key is pressed twice."""


@pytest.fixture
def library(store: Store) -> Library:
    made = Library(store)
    made.desk = ClusterDesk(store, lambda: Thresholds(0.5, 0.7), "me")
    for faces, creator, risk in (
        (made.people[0], made.ann, 0.3),
        (made.people[1], made.bob, 0.01),
    ):
        for face in faces:
            judge(store, [face], creator, risk)
    made.updater.from_nothing()
    return made


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    made = desk_at(store, tmp_path / "journal")
    yield made
    made.journal.close()


def test_the_queue_asks_about_the_largest_expected_answer_first(
    library: Library, desk: Desk
) -> None:
    ann, bob, nobody = library.people
    by_time = desk.queue(QueueKind.PENDING).tolist()
    assert desk.queue(QueueKind.PENDING, by_payoff=True).tolist() == by_time
    ordered = ask_in_order(library.store, OFTEN)
    assert ordered.faces.tolist() == [*bob, *ann, *nobody, *library.odd]
    assert desk.queue(QueueKind.PENDING, by_payoff=True).tolist() == ordered.faces.tolist()
    assert desk.queue(QueueKind.PENDING).tolist() == by_time
    later = library.add(7, 0.9, 0, at=200.0)
    library.accept(bob[0], creator=library.bob)
    order = desk.queue(QueueKind.PENDING, by_payoff=True).tolist()
    assert order == [*bob[1:], *ann, *nobody, *library.odd, later]


@pytest.mark.parametrize("late", [0, 10_000])
def test_faces_that_the_order_lacks_come_last_by_video_and_time(
    library: Library, desk: Desk, monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    monkeypatch.setattr("facereview.review.desk._LATE", late)
    ask_in_order(library.store, OFTEN)
    before = desk.queue(QueueKind.PENDING, by_payoff=True).tolist()
    after, first = library.add(7, 0.9, 0, at=200.0), library.add(8, 0.9, 0, at=100.0)
    order = desk.queue(QueueKind.PENDING, by_payoff=True).tolist()
    assert order == [*before, first, after]


def test_what_is_at_hand_was_looked_up_around_the_beginning_and_the_place(
    library: Library, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facereview.review.desk._NEAR", 2)
    assert not len(desk.queue_at_hand(None)), "no order was made yet"
    order = ask_in_order(library.store, OFTEN).faces.tolist()
    gone = order[0], order[3], order[-2], order[-1]
    library.accept(*gone, creator=library.bob)
    assert desk.queue_at_hand(None).tolist() == order[1:]
    assert desk.queue_at_hand((-1, 2)).tolist() == [*order[1:3], *order[4:]]
    assert desk.queue_at_hand((gone[2], 0)).tolist() == order[1:-2]
    library.accept(order[1], creator=library.bob)
    assert not len(desk.queue_at_hand(None)), "the whole queue is to be read"


def test_the_wall_goes_by_the_same_chance(library: Library) -> None:
    ask_in_order(library.store, OFTEN)
    wall = library.desk.wall().clusters
    assert [c.chance for c in wall] == [pytest.approx(0.99), pytest.approx(0.7), None]
    assert [c.suggestion.creator if c.suggestion else None for c in wall] == [
        library.bob,
        library.ann,
        None,
    ]


def test_a_chance_holds_for_the_creator_it_was_said_of(library: Library) -> None:
    ask_in_order(library.store, OFTEN)
    cluster = library.cluster_of(library.people[0][0])
    for face in library.people[0]:
        seen = library.seen(face)
        library.decisions.apply(Intent(Kind.NOT_PERSON, seen, library.ann))
    library.updater.up_to_date()
    chances = {c.id: c.chance for c in library.desk.wall().clusters}
    assert chances[cluster] is None


def test_what_remains_of_a_library(library: Library) -> None:
    left = what_remains(library.store, OFTEN)
    assert (left.keys, left.names, left.coming) == (3 + 1, 2 * EACH, 2 * EACH)
    assert left.wrong == pytest.approx(EACH * (0.3 + 0.01))
    assert left.variance == pytest.approx(EACH * (0.3 * 0.7 + 0.01 * 0.99), rel=1e-5)
    match_by_machine(library.store, library.people[1], library.bob)
    settled = what_remains(library.store, OFTEN)
    assert (settled.keys, settled.names, settled.coming) == (2 + 1, 2 * EACH, EACH)
    assert settled.wrong == pytest.approx(left.wrong)


def test_names_that_one_key_gave_together_stay_expected_until_each_is_looked_at(
    library: Library, sql: psycopg.Connection[Any]
) -> None:
    ann = library.people[0]
    library.accept(*ann)
    named = what_remains(library.store, OFTEN)
    assert (named.names, named.coming) == (2 * EACH, EACH)
    sql.execute("UPDATE facereview.track SET risk = .001 WHERE creator_id = %s", [library.ann.id])
    assert what_remains(library.store, OFTEN).wrong == pytest.approx(named.wrong)
    library.undo()
    assert what_remains(library.store, OFTEN).wrong == pytest.approx(EACH * (0.001 + 0.01))
    library.decisions.apply(Intent(Kind.REDO))
    assert what_remains(library.store, OFTEN).wrong == pytest.approx(named.wrong)
    one = library.seen(ann[0])
    library.decisions.apply(Intent(Kind.CONFIRM, one, library.ann))
    assert what_remains(library.store, OFTEN).names == 2 * EACH - 1


def test_a_face_named_alone_is_looked_at(library: Library) -> None:
    library.accept(library.people[0][0])
    assert what_remains(library.store, OFTEN).names == 2 * EACH - 1


def test_two_clusters_told_apart_are_never_joined_by_a_machine(
    library: Library, store: Store
) -> None:
    one, other = library.people[2][:3], library.people[2][3:]
    cluster = library.cluster_of(one[0])
    assert library.cluster_of(other[0]) == cluster
    library.desk.pairs.tell_apart(one, other)
    library.updater.from_nothing()
    assert library.cluster_of(one[0]) != library.cluster_of(other[0])
    library.undo()
    library.updater.from_nothing()
    assert library.cluster_of(one[0]) == library.cluster_of(other[0])
    assert store.clustering.different() == []


def test_a_curator_may_join_what_was_told_apart(library: Library, store: Store) -> None:
    ann, nobody = library.people[0], library.people[2]
    clusters = [library.cluster_of(faces[0]) for faces in (ann, nobody)]
    library.desk.pairs.tell_apart(ann[:2], nobody[:2])
    assert store.clusters.told_apart() == {(min(clusters), max(clusters))}
    library.desk.merge(clusters)
    assert store.clustering.different() == []
    library.undo()
    assert len(store.clustering.different()) == 4
