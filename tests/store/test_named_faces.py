"""Which faces are evidence: those that people named, until that is undone."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.store.store import Store
from support import Faces, make_faces, pack, video_info

Sql = psycopg.Connection[Any]


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)


@pytest.fixture
def history(store: Store) -> History:
    return History(store, "me", pack)


def named(faces: Faces, most: int = 8, of_each: int = 5) -> dict[int, tuple[int, bool]]:
    """The creator of each face that is evidence, and whether it was looked at, by its place."""
    found = faces.store.evidence.named(most, of_each)
    return {
        faces.ids.index(face): (creator, looked_at)
        for face, creator, looked_at in zip(
            found.ids.tolist(), found.creators.tolist(), found.looked_at.tolist(), strict=True
        )
    }


def undo(history: History) -> None:
    assert history.apply(Intent(Kind.UNDO)) is not None


def test_a_naming_is_evidence_at_once_until_its_undo(faces: Faces, history: History) -> None:
    assert named(faces) == {}
    mark = faces.store.evidence.mark()
    history.apply(faces.accept(0))
    assert named(faces) == {0: (faces.ann.id, True)}
    assert faces.store.evidence.decided_on_since(mark) == [faces.ann.id]
    undo(history)
    assert named(faces) == {}
    history.apply(Intent(Kind.REDO))
    assert named(faces) == {0: (faces.ann.id, True)}


def test_faces_named_together_were_not_looked_at_each(faces: Faces, history: History) -> None:
    history.apply(faces.accept(0, 1, 2))
    assert named(faces) == dict.fromkeys((0, 1, 2), (faces.ann.id, False))
    history.apply(Intent(Kind.CONFIRM, faces.seen(1)))
    assert named(faces)[1] == (faces.ann.id, True)
    undo(history)
    assert named(faces)[1] == (faces.ann.id, False)


def test_a_machines_match_is_none_until_somebody_confirms_it(
    faces: Faces, history: History
) -> None:
    faces.match_by_machine(0, 1)
    assert named(faces) == {}
    history.apply(Intent(Kind.CONFIRM, faces.seen(1)))
    assert named(faces) == {1: (faces.ann.id, True)}
    undo(history)
    assert named(faces) == {}


def test_of_another_programs_rows_only_those_named_by_hand_are(
    faces: Faces, history: History, sql: Sql
) -> None:
    for place, status in enumerate(("matched", "manual")):
        sql.execute(
            "UPDATE video_face_detections SET match_status = %s, matched_creator_id = %s "
            "WHERE id = %s",
            [status, faces.ann.id, faces.ids[place]],
        )
    assert named(faces) == {1: (faces.ann.id, True)}
    history.apply(faces.accept(0, creator=faces.bob, replaces=True))
    assert named(faces)[0] == (faces.bob.id, True)
    undo(history)
    assert named(faces) == {1: (faces.ann.id, True)}


def test_another_programs_match_is_none_because_somebody_else_was_ruled_out(
    faces: Faces, history: History, sql: Sql
) -> None:
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'matched', matched_creator_id = %s "
        "WHERE id = %s",
        [faces.ann.id, faces.ids[0]],
    )
    history.apply(Intent(Kind.NOT_PERSON, faces.seen(0), faces.bob))
    evidence, video = faces.store.evidence, faces.video
    assert named(faces) == {}
    assert evidence.present([video]) == []
    assert not faces.store.tracks.faces([video]).creators.any()
    assert faces.store.calibrations.looked_at([video]) == {}


def test_only_the_best_are_read(faces: Faces, history: History, sql: Sql) -> None:
    """Those looked at come first, then the clearest."""
    other = faces.store.videos.add(video_info("/videos/two.mp4"))
    sql.execute(
        "UPDATE video_face_detections SET video_id = %s WHERE id = ANY(%s)", [other, faces.ids[3:]]
    )
    history.apply(faces.accept(0, 1, 2, 3))
    history.apply(faces.accept(4))
    for place, quality in enumerate((0.5, 0.9, 0.3, 0.7, 0.1)):
        sql.execute(
            "UPDATE video_face_detections SET quality_score = %s WHERE id = %s",
            [quality, faces.ids[place]],
        )
    assert set(named(faces)) == {0, 1, 2, 3, 4}
    assert set(named(faces, of_each=1)) == {1, 4}
    assert set(named(faces, most=1, of_each=2)) == {4, 3}
    assert faces.store.evidence.named(2, 2, [faces.bob.id]).ids.tolist() == []
