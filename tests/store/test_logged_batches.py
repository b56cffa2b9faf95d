"""Batches about creators, read one after the other or gathered: the same ones in either way."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from facereview.store.history import batches as reading
from facereview.store.history.batches import Asked
from facereview.store.store import Store

Sql = psycopg.Connection[Any]

PLAIN = """
SELECT DISTINCT b.id, b.created_at FROM facereview.batch b
LEFT JOIN facereview.decision s ON s.batch_id = b.id
LEFT JOIN facereview.row_change r ON r.batch_id = b.id AND r.subject = 'reference'
WHERE b.creator_id = ANY(%(creators)s) OR s.after_creator_id = ANY(%(creators)s)
   OR s.before_creator_id = ANY(%(creators)s)
   OR (coalesce(r.before, r.after) ->> 'creator_id')::int = ANY(%(creators)s)
ORDER BY b.created_at DESC, b.id DESC"""


@pytest.fixture
def log(store: Store, sql: Sql) -> Store:
    """Eighty batches, each about some of nine creators or nobody, in one of four ways."""
    lot = random.Random(18)
    for number in range(1, 81):
        about = lot.choice([None, *range(1, 10)])
        sql.execute(
            "INSERT INTO facereview.batch (token, actor, kind, creator_id, created_at) "
            "VALUES (gen_random_uuid(), %s, 'assign', %s, %s)",
            [lot.choice("ab"), about, datetime(2026, 4, lot.randint(1, 28), tzinfo=UTC)],
        )
        for face in range(lot.choice([0, 1, 3])):
            before, after = (lot.choice([None, None, *range(1, 10)]) for _ in range(2))
            sql.execute(
                "INSERT INTO facereview.decision (batch_id, detection_id, video_id, before_status, "
                "before_creator_id, after_status, after_creator_id) "
                "VALUES (%s, %s, 1, 'matched', %s, 'manual', %s)",
                [number, face, before, after],
            )
        if lot.random() < 0.2:
            sql.execute(
                "INSERT INTO facereview.row_change (batch_id, subject, after) "
                "VALUES (%s, 'reference', jsonb_build_object('creator_id', %s::int))",
                [number, lot.randint(1, 9)],
            )
    return store


@pytest.mark.parametrize("newest", [0, 3, 30, 500])
@pytest.mark.parametrize(("many", "most"), [(0, 0.0), (0, 0.5), (20, 0.9)])
@pytest.mark.parametrize("creators", [(4,), (2, 5, 9), tuple(range(1, 10)), (77,)])
def test_batches_about_creators_are_those_of_plain_sql(
    log: Store,
    sql: Sql,
    monkeypatch: pytest.MonkeyPatch,
    newest: int,
    many: int,
    most: float,
    creators: tuple[int, ...],
) -> None:
    monkeypatch.setattr(reading, "_NEWEST", newest)
    monkeypatch.setattr(reading, "_MANY", many)
    monkeypatch.setattr(reading, "_MOST", most)
    expected = [row[0] for row in sql.execute(PLAIN, {"creators": list(creators)}).fetchall()]
    asked = Asked(creators=creators)
    assert log.batches.count(asked) == len(expected)
    found, after = [], None
    while page := log.batches.page(asked, 7, after):
        found += [row.id for row in page]
        after = (page[-1].created_at, page[-1].id)
    assert found == expected
    theirs = {row.id for row in log.batches.page(Asked(actor="a", creators=creators), 99)}
    actors = dict(sql.execute("SELECT id, actor FROM facereview.batch").fetchall())
    assert theirs == {batch for batch in expected if actors[batch] == "a"}
