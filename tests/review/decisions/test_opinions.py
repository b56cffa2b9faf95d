from __future__ import annotations

import pytest

from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.views import opinions
from facereview.store.store import Store
from support import BY_THRESHOLDS, make_faces


def test_each_face_says_whom_it_suggests_and_whom_it_is_not(store: Store) -> None:
    faces = make_faces(store, 2)
    Decisions(store, "me").apply(Intent(Kind.NOT_PERSON, faces.seen(1), faces.ann))
    first, second = (opinions(store, [*faces.ids, 999], BY_THRESHOLDS)[face] for face in faces.ids)
    assert first.nearest is not None and first.nearest.creator_id == faces.ann.id
    assert first.nearest.similarity == pytest.approx(0.75, abs=1e-4)
    assert first.denied == frozenset()
    assert second.nearest is not None and second.nearest.creator_id == faces.bob.id
    assert second.denied == {faces.ann.id}


def test_nobody_is_suggested_without_references(store: Store) -> None:
    faces = make_faces(store, 1)
    Decisions(store, "me").apply(Intent(Kind.NOT_PERSON, faces.seen(0), faces.ann))
    Decisions(store, "me").apply(Intent(Kind.NOT_PERSON, faces.seen(0), faces.bob))
    found = opinions(store, faces.ids, BY_THRESHOLDS)[faces.ids[0]]
    assert found.nearest is None
    assert found.denied == {faces.ann.id, faces.bob.id}
