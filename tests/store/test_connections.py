"""A connection that is given back serves whoever asks next, as long as its server is there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from facereview.errors import DatabaseUnreachable
from facereview.store.session import Database, Link
from facereview.store.store import Store

Sql = psycopg.Connection[Any]


@pytest.fixture
def database(library_url: str) -> Iterator[Database]:
    with closing(Database(library_url)) as made:
        yield made


def process(link: Link) -> int:
    """The server's process behind a connection."""
    return link.info.backend_pid


def test_a_connection_given_back_is_used_again(database: Database) -> None:
    first = database.take()
    second = database.take()
    assert process(first) != process(second)
    database.give_back(first)
    database.give_back(second)
    assert database.take() is first
    assert second.closed  # one is kept for those who ask now and then


def test_stores_one_after_the_other_share_a_connection(database: Database) -> None:
    used = set()
    for _ in range(3):
        with Store(database) as store:
            store.library.counts()
            used.add(process(store.session._ready()))
    assert len(used) == 1


def test_one_that_the_server_ended_is_replaced(database: Database, sql: Sql) -> None:
    first = database.take()
    database.give_back(first)
    sql.execute("SELECT pg_terminate_backend(%s, 5000)", (process(first),))
    second = database.take()
    assert process(second) != process(first)
    assert second.execute("SELECT 1").fetchone() == (1,)
    assert first.closed


def test_one_given_back_amid_a_transaction_is_not_used_again(database: Database) -> None:
    first = database.take()
    first.execute("BEGIN")
    database.give_back(first)
    assert first.closed
    assert database.take() is not first


def test_closing_ends_also_what_was_not_given_back(database: Database) -> None:
    held = database.take()
    database.close()
    assert held.closed
    with pytest.raises(DatabaseUnreachable):
        database.take()
    database.give_back(held)  # a lane that ends late
    assert held.closed
