"""Every named query is planned against the schema, so none can rot unseen."""

from __future__ import annotations

import re

import psycopg
import pytest
from pgvector import Vector
from pgvector.psycopg import register_vector

from facereview.store.queries import queries

VECTOR = Vector([1.0] + [0.0] * 511)


@pytest.mark.parametrize("name", sorted(queries()))
def test_query_plans(sql: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    register_vector(sql)
    text = queries()[name]
    params = {key: None for key in re.findall(r"%\((\w+)\)s", text)}
    if "embedding" in params:
        params["embedding"] = VECTOR  # type: ignore[assignment]
    assert sql.execute("EXPLAIN " + text, params).fetchall()


def test_every_query_is_used() -> None:
    import facereview.store as package

    sources = "".join(
        path.read_text("utf-8")
        for folder in package.__path__
        for path in __import__("pathlib").Path(folder).glob("*.py")
    )
    unused = {
        name
        for name in queries()
        if f'"{name}"' not in sources and not name.endswith("_queue")
    }
    assert not unused
