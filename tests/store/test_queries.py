"""Every named query is planned against the schema, so none can rot unseen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from pgvector import Vector
from pgvector.psycopg import register_vector

from facereview import store
from facereview.store.session import queries

VECTOR = Vector([1.0] + [0.0] * 511)


@pytest.fixture(scope="module")
def sql(untouched_library_url: str) -> Iterator[psycopg.Connection[Any]]:
    """One connection for all of them: a query is planned, not run."""
    with psycopg.connect(untouched_library_url, autocommit=True) as connection:
        register_vector(connection)
        yield connection


@pytest.mark.parametrize("name", sorted(queries()))
def test_query_plans(sql: psycopg.Connection[Any], name: str) -> None:
    text = queries()[name]
    params: dict[str, object] = dict.fromkeys(re.findall(r"%\((\w+)\)[sb]", text))
    if "embedding" in params:
        params["embedding"] = VECTOR
    if "\nLISTEN " in f"\n{text}":  # has no plan
        sql.execute(text, params)
    else:
        assert sql.execute("EXPLAIN " + text, params).fetchall()


def test_every_query_is_used() -> None:
    files = Path(store.__file__).parent.rglob("*.py")
    sources = "".join(path.read_text("utf-8") for path in files)
    unused = {n for n in queries() if f'"{n}"' not in sources and not n.endswith("_queue")}
    assert not unused
