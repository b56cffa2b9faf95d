"""What a threshold would do is known before it is set."""

from __future__ import annotations

from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.errors import Cancelled, Invalid
from facereview.records import Progress, SourceType, Thresholds
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.evidence import threshold_effect
from facereview.review.evidence.threshold_effect import effect_of
from facereview.review.library.config import Settings
from facereview.store.store import Store
from support import Faces, detection, direction, make_faces, near, unit

Sql = psycopg.Connection[Any]
TAG, MATCH = "auto_tag_threshold", "match_threshold"


@pytest.fixture
def settings(store: Store) -> Settings:
    return Settings(store, lambda: Thresholds(0.5, 0.7))


@pytest.fixture
def faces(store: Store) -> Faces:
    """Ann and Bob, who are .6 alike; five faces .75 like Ann, seconds apart."""
    made = make_faces(store)
    like = unit(0.6 * direction(0) + 0.8 * direction(1))
    store.creators.add_reference(made.bob.id, like, SourceType.MANUAL, None, 0.9)
    return made


def test_a_threshold_that_keeps_creators_apart_does_not_ask(
    settings: Settings, store: Store, faces: Faces
) -> None:
    effect = effect_of(store, settings, TAG, "0.65")
    assert effect is not None
    assert (effect.asks, effect.pairs, effect.alike, effect.caught) == (False, 2, 0, 0)


def test_a_threshold_that_mixes_them_says_what_it_would_do(
    settings: Settings, store: Store, faces: Faces
) -> None:
    store.videos.add_face(faces.video, detection(direction(200), at=99.0))  # a stranger
    effect = effect_of(store, settings, TAG, "0,55")
    assert effect is not None
    assert (effect.asks, effect.pairs, effect.alike) == (True, 2, 1)
    assert (effect.pending, effect.caught) == (6, 5)
    assert not effect.pairs_sampled
    assert not effect.faces_sampled
    effect = effect_of(store, settings, MATCH, "-0")
    assert effect is not None
    assert (effect.asks, effect.pending, effect.caught) == (True, 6, 6)


def test_nobody_is_matched_twice_in_a_frame_and_verdicts_hold(
    settings: Settings, store: Store, faces: Faces
) -> None:
    store.videos.add_face(faces.video, detection(near(0, 0.74, 9), at=10.0, x=500))
    first = effect_of(store, settings, TAG, "0.55")
    assert first is not None
    assert (first.pending, first.caught) == (6, 5)
    for creator in (faces.ann, faces.bob):
        Decisions(store, "me").apply(Intent(Kind.NOT_PERSON, faces.seen(4), creator))
    second = effect_of(store, settings, TAG, "0.55")
    assert second is not None
    assert second.caught == 4


def test_other_settings_have_no_such_effect_and_nonsense_is_refused(
    settings: Settings, store: Store, faces: Faces
) -> None:
    assert effect_of(store, settings, "frames_per_video", "7") is None
    assert effect_of(store, settings, "enabled", "false") is None
    for key, value in ((TAG, "abc"), (TAG, "0.1"), (MATCH, "1.5"), ("nothing", "1")):
        with pytest.raises(Invalid, match=key):
            effect_of(store, settings, key, value)


def test_without_two_creators_to_compare_the_packs_own_threshold_counts(
    settings: Settings, store: Store, faces: Faces, sql: Sql
) -> None:
    sql.execute("DELETE FROM creator_face_embeddings WHERE creator_id = %s", (faces.bob.id,))
    asked = [effect_of(store, settings, MATCH, value) for value in ("0.5", "0.49")]
    assert [effect and (effect.pairs, effect.asks) for effect in asked] == [(0, False), (0, True)]


def test_many_references_and_faces_are_sampled(
    settings: Settings, store: Store, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threshold_effect, "PAIRED", 2)
    monkeypatch.setattr(threshold_effect, "COMPARISONS", 6)
    effect = effect_of(store, settings, MATCH, "0")
    assert effect is not None
    assert effect.pairs_sampled
    assert effect.faces_sampled
    assert (effect.pending, effect.caught) == (5, 5)


def test_it_says_how_far_it_is_and_can_be_stopped(
    settings: Settings, store: Store, faces: Faces
) -> None:
    seen: list[Progress] = []
    effect_of(store, settings, TAG, "0.55", on_progress=seen.append)
    assert [(p.done, p.total) for p in seen] == [(0, 5), (5, 5)]
    with pytest.raises(Cancelled):
        effect_of(store, settings, TAG, "0.55", cancelled=lambda: True)


def test_embeddings_that_say_nothing_are_no_evidence(
    settings: Settings, store: Store, faces: Faces, sql: Sql
) -> None:
    nothing = np.zeros(512).tolist()
    sql.execute("UPDATE video_face_detections SET embedding = %s::vector", (str(nothing),))
    effect = effect_of(store, settings, TAG, "0.55")
    assert effect is not None
    assert effect.caught == 0
