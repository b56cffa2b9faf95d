"""How far a library is, counted from the log."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.insight.behind import UnseenNamed, faces_behind
from facereview.review.insight.progress import library_progress, paces, pending_days
from facereview.store.insight import CuratorDay, PendingChange
from facereview.store.store import Store
from support import Faces, judge, make_faces, match_by_machine, pack

Sql = psycopg.Connection[Any]
MONDAY, TUESDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 6)


@pytest.fixture
def faces(store: Store, sql: Sql) -> Faces:
    """Five faces that came on Monday."""
    made = make_faces(store)
    sql.execute("UPDATE video_face_detections SET created_at = '2026-03-02 09:00'")
    return made


def decide(faces: Faces, sql: Sql, intent: Intent, moment: str, who: str = "me") -> None:
    assert Decisions(faces.store, who).apply(intent)
    sql.execute(
        "UPDATE facereview.batch SET created_at = %s WHERE token = %s", [moment, intent.token]
    )


def test_pending_faces_follow_arrivals_decisions_and_undo(faces: Faces, sql: Sql) -> None:
    decide(faces, sql, faces.accept(0), "2026-03-03 10:00")
    decide(faces, sql, faces.accept(1), "2026-03-03 10:01")
    assert History(faces.store, "me", pack).apply(Intent(Kind.UNDO)) is not None
    sql.execute("UPDATE facereview.batch SET created_at = '2026-03-06 10:00' WHERE kind = 'undo'")
    shown = library_progress(faces.store)
    assert [(d.day, d.pending) for d in shown.days] == [(MONDAY, 5), (TUESDAY, 3), (FRIDAY, 4)]
    assert (shown.pending, shown.faces) == (4, 5)


def test_what_another_program_decided_is_explained_from_the_beginning(
    faces: Faces, sql: Sql
) -> None:
    sql.execute(
        "UPDATE video_face_detections SET match_status = 'rejected' WHERE id = %s", faces.ids[:1]
    )
    assert [(d.day, d.pending) for d in library_progress(faces.store).days] == [(MONDAY, 4)]


def test_the_pace_counts_standing_decisions_by_curator(faces: Faces, sql: Sql) -> None:
    decide(faces, sql, faces.accept(0), "2026-03-03 10:00:05", "ann")
    decide(faces, sql, faces.accept(1), "2026-03-03 10:00:35", "ann")
    decide(faces, sql, faces.accept(2), "2026-03-03 10:05:00", "ann")
    decide(faces, sql, faces.accept(3), "2026-03-03 10:05:00", "bob")
    assert History(faces.store, "bob", pack).apply(Intent(Kind.UNDO)) is not None
    (ann,) = library_progress(faces.store).curators
    assert (ann.who, ann.faces, ann.per_minute) == ("ann", 3, 1.5)
    assert library_progress(faces.store).minutes_left == pytest.approx(2 / 1.5)


def test_nobody_decided_yet(faces: Faces) -> None:
    shown = library_progress(faces.store)
    assert (shown.curators, shown.minutes_left) == ((), None)


def test_tags_of_others_are_told_from_those_of_decisions(faces: Faces, sql: Sql) -> None:
    sql.execute("INSERT INTO videos (file_path) VALUES ('/two'), ('/three')")
    sql.execute(
        "INSERT INTO video_creators SELECT v.id, %s FROM videos v WHERE v.file_path = '/two'",
        [faces.bob.id],
    )
    decide(faces, sql, faces.accept(0), "2026-03-03 10:00")
    tagged = library_progress(faces.store).tagged
    assert (tagged.videos, tagged.tagged, tagged.by_others) == (3, 2, 1)


def test_the_faces_of_a_track_are_wrong_together(faces: Faces, sql: Sql) -> None:
    match_by_machine(faces.store, faces.ids[:4], faces.ann)
    sql.execute("INSERT INTO facereview.track (video_id, faces) VALUES (%s, 2)", [faces.video])
    sql.execute("INSERT INTO facereview.track_face SELECT unnest(%s::int[]), 1", [faces.ids[:2]])
    sql.execute(
        "INSERT INTO facereview.settled (detection_id, batch_id, creator_id, risk, error_rate) "
        "SELECT detection_id, batch_id, %s, 0.1, 0.2 FROM facereview.automatic "
        "WHERE detection_id = ANY(%s)",
        [faces.ann.id, faces.ids[:3]],
    )
    shown = library_progress(faces.store)
    assert (shown.wrong.unchecked, shown.wrong.known) == (4, 3)
    assert shown.wrong.expected == pytest.approx(0.3)
    assert shown.wrong.variance == pytest.approx((4 + 1) * 0.1 * 0.9)


@pytest.mark.parametrize(
    ("now", "risk", "known", "expected"),
    [("Ann", 0.3, 2, 0.6), ("Bob", 0.05, 2, 1.9), ("", 0.9, 0, 0)],
)
def test_what_is_known_now_counts_not_what_was_when_it_was_settled(
    faces: Faces, sql: Sql, now: str, risk: float, known: int, expected: float
) -> None:
    match_by_machine(faces.store, faces.ids[:2], faces.ann)
    sql.execute(
        "INSERT INTO facereview.settled (detection_id, batch_id, creator_id, risk, error_rate) "
        "SELECT detection_id, batch_id, %s, 0.01, 0.01 FROM facereview.automatic",
        [faces.ann.id],
    )
    judge(faces.store, faces.ids[:2], faces.ann, risk)
    sql.execute(
        "UPDATE facereview.track SET creator_id = (SELECT id FROM creators WHERE name = %s)", [now]
    )
    wrong = library_progress(faces.store).wrong
    assert (wrong.unchecked, wrong.known) == (2, known)
    assert wrong.expected == pytest.approx(expected)


def test_the_risk_of_a_match_by_thresholds_is_that_of_its_track(faces: Faces) -> None:
    match_by_machine(faces.store, faces.ids[:2], faces.ann)
    judge(faces.store, faces.ids[:1], faces.ann, 0.2)
    wrong = library_progress(faces.store).wrong
    assert (wrong.unchecked, wrong.known) == (2, 1)
    assert wrong.expected == pytest.approx(0.2)


@given(st.lists(st.integers(-20, 20), max_size=30), st.integers(0, 500))
def test_the_last_day_is_today_and_each_differs_by_its_change(
    changes: list[int], pending: int
) -> None:
    dated = [PendingChange(date.fromordinal(730_000 + n), c) for n, c in enumerate(changes)]
    days = pending_days([PendingChange(None, 3), *dated], pending)
    assert [d.pending for d in days][-1:] == [pending][: len(changes)]
    steps = [b.pending - a.pending for a, b in pairwise(days)]
    assert steps == changes[1:]


def test_a_pace_is_of_the_last_days() -> None:
    old = [CuratorDay("ann", date(2026, 1, n), 1000, 10) for n in range(1, 4)]
    new = [CuratorDay("ann", date(2026, 2, n), 20, 10) for n in range(1, 8)]
    (pace,) = paces([*old, *new])
    assert (pace.faces, pace.per_minute, pace.last) == (3140, 2.0, date(2026, 2, 7))


def test_what_one_key_named_together_counts_until_it_is_looked_at(faces: Faces, sql: Sql) -> None:
    judge(faces.store, faces.ids[:2], faces.ann, 0.2)
    intent = faces.accept(0, 1)
    assert Decisions(faces.store, "me").apply(intent)
    wrong = library_progress(faces.store).wrong
    assert (wrong.unchecked, wrong.together, wrong.names) == (0, 2, 2)
    assert wrong.expected == pytest.approx(0.4)
    assert faces_behind(faces.store, UnseenNamed()).size == wrong.names
