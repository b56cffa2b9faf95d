from __future__ import annotations

import numpy as np
import pytest

from facereview.review import views
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.views import opinions
from facereview.store.store import Store
from support import BY_THRESHOLDS, detection, make_faces


@pytest.fixture(autouse=True, params=[1, 1_000], ids=["all at once", "one by one"])
def many(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """From so many faces on, they are compared with the references here."""
    monkeypatch.setattr(views, "_MANY", request.param)


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


def test_many_faces_get_the_opinions_that_each_alone_would(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "_MANY", 2)
    faces = make_faces(store, 12)
    Decisions(store, "me").apply(Intent(Kind.NOT_PERSON, faces.seen(5), faces.ann))
    nothing = store.videos.add_face(faces.video, detection(np.zeros(512, np.float32)))
    asked = [*faces.ids, nothing]
    found = opinions(store, asked, BY_THRESHOLDS)
    assert found[nothing].nearest is None
    for face in asked:
        alone = opinions(store, [face], BY_THRESHOLDS)[face]
        assert (found[face].denied, found[face].named) == (alone.denied, alone.named)
        assert (found[face].nearest is None) == (alone.nearest is None)
        one = found[face].nearest
        if alone.nearest is not None and one is not None:
            assert one.creator_id == alone.nearest.creator_id
            assert one.similarity == pytest.approx(alone.nearest.similarity, abs=1e-6)
