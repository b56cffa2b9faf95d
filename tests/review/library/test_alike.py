"""More like this: every face is compared, and none is left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from library_support import opened

from facereview.errors import Cancelled, NotFound
from facereview.records import Progress
from facereview.review.decisions.decide import Decisions
from facereview.review.library.alike import LibraryAlike
from facereview.store.search import Search
from facereview.store.store import Store
from support import detection, make_faces, near


@pytest.fixture
def alike(tmp_path: Path, library_url: str) -> Iterator[LibraryAlike]:
    library = opened(tmp_path / "home", library_url, None)
    yield LibraryAlike(library)
    library.close()


def test_all_faces_come_in_the_order_of_their_cosines(alike: LibraryAlike, store: Store) -> None:
    faces = make_faces(store, 12)
    Decisions(store, "me").apply(faces.accept(3, 4))
    nothing = store.videos.add_face(faces.video, detection(np.zeros(512, np.float32)))
    far = [store.videos.add_face(faces.video, detection(near(3, 0.6, i))) for i in range(4)]
    told: list[Progress] = []
    found = alike.find(faces.ids[0], on_progress=told.append)
    vectors = store.faces.vectors([*faces.ids, *far])
    expected = sorted(
        (face for face in vectors if face != faces.ids[0]),
        key=lambda face: (-float(vectors[face] @ vectors[faces.ids[0]]), face),
    )
    assert found.ids.tolist() == [*expected, nothing]
    cosines = [float(vectors[face] @ vectors[faces.ids[0]]) for face in expected]
    assert found.similarities[:-1].tolist() == pytest.approx(cosines, abs=1e-5)
    decided = [face for face, pending in zip(found.ids, found.pending, strict=True) if not pending]
    assert sorted(decided) == sorted(faces.ids[3:5])
    assert found.creator is None
    assert told[-1].done == told[-1].total


def test_the_steps_leave_none_out_and_can_be_cancelled(store: Store, alike: LibraryAlike) -> None:
    faces = make_faces(store, 9)
    vector = store.faces.vectors(faces.ids[:1])[faces.ids[0]]
    parts = list(Search(store.session).alike(vector, step=2))
    assert sorted(np.concatenate([rows["id"] for *_, rows in parts]).tolist()) == faces.ids
    assert len(parts) > 3
    with pytest.raises(Cancelled):
        alike.find(faces.ids[0], cancelled=lambda: True)
    with pytest.raises(NotFound):
        alike.find(10**6)


def test_a_person_is_compared_by_references_and_the_face(alike: LibraryAlike, store: Store) -> None:
    faces = make_faces(store, 5)
    Decisions(store, "me").apply(faces.accept(0))
    found = alike.find(faces.ids[0], person=True)
    assert (found.creator, found.person) == (faces.ann, True)
    with store.session.connection() as connection:
        rows = connection.execute(
            "SELECT embedding FROM creator_face_embeddings WHERE creator_id = %s", [faces.ann.id]
        ).fetchall()
    vectors = store.faces.vectors(faces.ids)
    middle = np.mean([*(row[0].to_numpy() for row in rows), vectors[faces.ids[0]]], axis=0)
    cosines = {
        face: float(vectors[face] @ middle / np.linalg.norm(middle)) for face in faces.ids[1:]
    }
    assert found.ids.tolist() == sorted(cosines, key=lambda face: -cosines[face])
    assert found.similarities.tolist() == pytest.approx(sorted(cosines.values())[::-1], abs=1e-5)
    assert len(alike.promote([faces.ids[0]]).references) == 1
