"""The faces behind a figure are as many as the figure says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import psycopg
import pytest

from facereview.records import CreatorPart, RejectReason, Status
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.insight.behind import (
    Listed,
    OfCreator,
    OfState,
    PendingOn,
    SettledBy,
    Uncertain,
    faces_behind,
)
from facereview.review.insight.progress import library_progress
from facereview.review.questions.ordering import what_remains
from facereview.store.store import Store
from support import Faces, judge, make_faces, match_by_machine, pack

Sql = psycopg.Connection[Any]
FIRST = date(2026, 3, 2)


@pytest.fixture
def faces(store: Store, sql: Sql) -> Faces:
    """Faces of three days, decided, decided again and undone by two curators on the next ones."""
    made = make_faces(store, 12)
    sql.execute(
        "UPDATE video_face_detections SET created_at = timestamp '2026-03-02' + "
        "mod(id, 3) * interval '1 day'"
    )
    rng = np.random.default_rng(7)
    for hour in range(30):
        who = ("ann", "bob")[int(rng.integers(2))]
        if rng.random() < 0.25:
            done = History(store, who, pack).apply(Intent(Kind.UNDO))
        else:
            at = int(rng.integers(12))
            rejects = Intent(
                Kind.REJECT, made.seen(at), reason=RejectReason.STRANGER, replaces=True
            )
            done = Decisions(store, who).apply(
                made.accept(at, replaces=True) if hour % 2 else rejects
            )
        if done:
            sql.execute(
                "UPDATE facereview.batch SET created_at = %s WHERE id = "
                "(SELECT max(id) FROM facereview.batch)",
                [f"2026-03-{5 + hour // 6:02} {hour % 6 + 10}:00"],
            )
    return made


def test_as_many_faces_were_pending_on_each_day_as_the_plot_says(faces: Faces) -> None:
    days = library_progress(faces.store).days
    assert len({day.pending for day in days}) > 3
    for day in days:
        assert len(faces_behind(faces.store, PendingOn(day.day))) == day.pending
    before = faces_behind(faces.store, PendingOn(FIRST - timedelta(1)))
    assert before.size == 0


def test_a_curator_settled_as_many_faces_as_the_list_says(faces: Faces) -> None:
    curators = library_progress(faces.store).curators
    assert len(curators) == 2
    for one in curators:
        found = faces_behind(faces.store, SettledBy(one.who))
        assert len(found) == len(set(found.tolist())) == one.faces
        assert sum(day.faces for day in one.days) == one.faces
        for day in one.days:
            on_day = faces_behind(faces.store, SettledBy(one.who, day.day, day.day))
            assert len(on_day) == day.faces and set(on_day) <= set(found)


def test_faces_of_a_creator_come_by_what_they_are_and_the_least_certain_first(
    store: Store, sql: Sql
) -> None:
    faces = make_faces(store, 6)
    match_by_machine(store, faces.ids[:3], faces.ann)
    judge(store, faces.ids[:1], faces.ann, 0.01)
    judge(store, faces.ids[1:2], faces.ann, 0.2)
    assert Decisions(store, "me").apply(faces.accept(3))
    sql.execute(
        "UPDATE video_face_detections SET matched_creator_id = %s WHERE id = %s",
        [faces.ann.id, faces.ids[4]],
    )

    def found(*parts: CreatorPart, known: bool = False) -> list[int]:
        one = faces_behind(store, OfCreator(faces.ann.id, parts, known))
        assert one.tolist() == faces_behind(store, OfCreator(None, parts, known)).tolist()
        assert faces_behind(store, OfCreator(faces.bob.id, parts)).size == 0
        return one.tolist()  # type: ignore[no-any-return]

    assert found(CreatorPart.UNCHECKED) == [faces.ids[1], faces.ids[0], faces.ids[2]]
    assert found(CreatorPart.UNCHECKED, known=True) == [faces.ids[1], faces.ids[0]]
    assert found(CreatorPart.DECIDED) == [faces.ids[3]]
    assert found(CreatorPart.SUGGESTED) == [faces.ids[4]]
    assert sorted(found(*CreatorPart)) == faces.ids[:5]
    assert faces_behind(store, OfState(Status.PENDING)).tolist() == faces.ids[4:]
    assert faces_behind(store, Listed((5, 3, 5))).tolist() == [5, 3]


def test_the_names_that_nobody_looks_at_are_as_many_as_the_notice_says(store: Store) -> None:
    faces = make_faces(store, 4)
    match_by_machine(store, faces.ids[:3], faces.ann)
    judge(store, faces.ids[:1], faces.ann, 0.01)
    judge(store, faces.ids[1:2], faces.ann, 0.2)
    found = faces_behind(store, Uncertain())
    assert found.tolist() == [faces.ids[1], faces.ids[0]]
    assert what_remains(store, 200).names == len(found)
