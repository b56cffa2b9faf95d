"""Many new faces are placed part by part, so that no decision waits long for them."""

from __future__ import annotations

from typing import Any

import numpy as np
import psycopg
import pytest
from clustered_library import Library
from hypothesis import given
from hypothesis import strategies as st

from facereview.errors import Cancelled
from facereview.records import Progress
from facereview.review.clusters import update
from facereview.review.clusters.records import ClusterStep
from facereview.review.clusters.update import parts
from facereview.store.clustering import PendingFaces
from facereview.store.creators import Creators, ReferenceMatrix
from facereview.store.store import Store

Sql = psycopg.Connection[Any]


@pytest.fixture
def library(store: Store, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library with clusters, of which two faces are placed at once."""
    made = Library(store)
    made.updater.from_nothing()
    monkeypatch.setattr(update, "AT_ONCE", 2)
    monkeypatch.setattr(update, "SMALL_UPDATE", 2)
    monkeypatch.setattr(update, "_FEW", 1)
    return made


def added(library: Library) -> list[int]:
    """A new face of each person in each of three videos."""
    return [
        library.add(person, 0.85, video, at=300.0 + person, x=400.0)
        for video in range(3)
        for person in range(3)
    ]


def test_each_face_goes_to_its_person_and_each_part_is_told(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = [library.cluster_of(faces[0]) for faces in library.people]
    new, told = added(library), list[Progress]()
    whole, read = Creators.matrix, list[Creators]()

    def matrix(store: Creators) -> ReferenceMatrix:
        read.append(store)
        return whole(store)

    monkeypatch.setattr(Creators, "matrix", matrix)
    done = library.updater.up_to_date(on_progress=told.append)
    assert len(read) == 1, "the references are read once, not for each part"
    assert [library.cluster_of(face) for face in new] == homes * 3
    assert (done.changed, done.clusters) == (3, 3)
    placing = [one for one in told if one.label == ClusterStep.JOINING]
    assert {one.total for one in placing} == {9}
    assert [one.done for one in placing] == [0, 2, 3, 5, 6, 8]
    assert told[-1] == Progress(9, 9, ClusterStep.COUNTING)


def test_what_was_placed_before_it_was_cancelled_stays(library: Library) -> None:
    new, told = added(library), list[Progress]()
    with pytest.raises(Cancelled):
        library.updater.up_to_date(on_progress=told.append, cancelled=lambda: len(told) > 1)
    assert sum(library.cluster_of(face) >= 0 for face in new) == 3
    library.updater.up_to_date()
    assert all(library.cluster_of(face) >= 0 for face in new)


def test_many_new_faces_are_clustered_with_all_others(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "_FEW", 50)
    added(library)
    assert library.updater.scope().whole
    monkeypatch.setattr(update, "_FEW", 1)
    assert not library.updater.scope().whole


def test_faces_that_left_before_their_turn_are_left_out(library: Library, sql: Sql) -> None:
    """A rescan removed one, and somebody decided another, while those before were placed."""
    new = added(library)

    def leave(progress: Progress) -> None:
        if progress.done == 2:
            sql.execute("DELETE FROM video_face_detections WHERE id = %s", (new[-1],))
            library.accept(new[-2])

    library.updater.up_to_date(on_progress=leave)
    assert all(library.cluster_of(face) >= 0 for face in new[:-2])
    placed = "SELECT FROM facereview.membership WHERE detection_id = ANY(%s)"
    assert sql.execute(placed, (new[-2:],)).fetchall() == []
    assert library.updater.scope().faces == 0


@given(st.lists(st.integers(1, 6), max_size=60), st.integers(1, 9))
def test_parts_hold_each_face_once_and_videos_whole_that_fit(videos: list[int], most: int) -> None:
    count = len(videos)
    ids = np.arange(count, dtype=np.int32)
    new = PendingFaces(ids, np.asarray(videos, np.int32), *[ids] * 6)  # type: ignore[arg-type]
    found = list(parts(new, most))
    assert sorted(i for part in found for i in part.ids.tolist()) == ids.tolist()
    assert all(len(part.ids) <= most for part in found)
    assert all(len(part.ids) for part in found[:-1])
    for video in set(videos):
        holding = sum(video in part.videos for part in found)
        assert holding == 1 or videos.count(video) > most
    assert all(part.ids.tolist() == sorted(part.ids) for part in found)
