"""Whom a cluster may be: the creators that its digits name."""

from __future__ import annotations

import numpy as np
import pytest
from clustered_library import Library

from facereview.records import Creator, SourceType
from facereview.review.clusters import desk
from facereview.review.clusters.records import LIKELY
from facereview.review.decisions.intents import Intent, Kind
from facereview.store.store import Store
from support import detection, direction


@pytest.fixture
def library(store: Store) -> Library:
    made = Library(store)
    made.updater.from_nothing()
    return made


def names(library: Library, faces: list[int]) -> list[str]:
    return [one.creator.name for one in library.desk.likely(faces)]


def rule_out(library: Library, creator: Creator, faces: list[int]) -> None:
    library.decisions.apply(Intent(Kind.NOT_PERSON, library.seen(*faces), creator))


def test_the_most_alike_in_the_mean_comes_first(library: Library) -> None:
    faces = library.people[1]
    first, second = library.desk.likely(faces)
    assert (first.creator, second.creator) == (library.bob, library.ann)
    means = library.store.search.mean_similarities(faces, [library.bob.id])
    assert first.similarity == pytest.approx(means[library.bob.id])
    assert first.similarity == pytest.approx(0.85, abs=1e-3)
    assert first.margin == pytest.approx(first.similarity - second.similarity)


def test_who_was_ruled_out_for_most_of_the_faces_is_left_out(library: Library) -> None:
    faces = library.people[0]
    rule_out(library, library.ann, faces[:3])
    assert names(library, faces)[0] == "Ann"
    rule_out(library, library.ann, faces[3:4])
    assert names(library, faces) == ["Bob"]


def test_no_more_than_have_a_digit(library: Library, store: Store) -> None:
    for number in range(LIKELY + 2):
        creator = store.creators.find_or_add(f"Other {number}")
        vector = direction(60 + number)
        store.creators.add_reference(creator.id, vector, SourceType.MANUAL, None, 0.9)
    assert len(names(library, library.people[0])) == LIKELY


def test_a_sample_is_of_all_the_faces(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not of the first ones: those come worst first."""
    monkeypatch.setattr(desk, "SAMPLE", 2)
    faces = [*library.people[0][:3], *library.people[1][:3]]
    found = {one.creator.name: one.similarity for one in library.desk.likely(faces)}
    sampled = library.store.search.mean_similarities(
        [faces[0], faces[3]], [library.ann.id, library.bob.id]
    )
    assert found == pytest.approx(
        {"Ann": sampled[library.ann.id], "Bob": sampled[library.bob.id]}, abs=1e-6
    )
    assert found["Bob"] > 0.3


def test_faces_that_are_like_nothing_are_like_nobody(library: Library) -> None:
    nothing = detection(np.zeros(512, np.float32), at=120.0)
    empty = library.store.videos.add_face(library.videos[0], nothing)
    assert library.desk.likely([empty]) == ()
    assert library.desk.likely([987654]) == ()
    assert library.desk.likely([]) == ()


def test_which_faces_are_pending_is_told_in_the_given_order(library: Library) -> None:
    first, second, third = library.people[0][:3]
    library.accept(second)
    assert library.desk.pending([third, second, 987654, first]) == (third, first)
