"""Texts stay what they are, whatever encoding the surroundings ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from facereview.errors import DatabaseError
from facereview.store.address import with_name
from facereview.store.library import databases, make_database
from facereview.store.session import Database, connect

TEXT = "é 日本"
NewDatabase = Callable[..., str]


def _by_environment(url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PGCLIENTENCODING", "WIN1252")
    return url


def _by_address(url: str, _: pytest.MonkeyPatch) -> str:
    return make_conninfo(url, client_encoding="LATIN1")


def _by_options(url: str, _: pytest.MonkeyPatch) -> str:
    return make_conninfo(url, options="-c client_encoding=LATIN1")


def _by_database(url: str, _: pytest.MonkeyPatch) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f'ALTER DATABASE "{name}" SET client_encoding = LATIN1'.encode())
    return url


@pytest.mark.parametrize("ask", [_by_environment, _by_address, _by_options, _by_database])
def test_every_connection_speaks_utf8(
    new_database: NewDatabase,
    ask: Callable[[str, pytest.MonkeyPatch], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = ask(new_database(), monkeypatch)
    database = Database(url)
    try:
        for connection in (connect(url), database.take()):
            with closing(connection):
                said = connection.execute("SELECT convert_to(%s, 'UTF8')", (TEXT,)).fetchone()
                assert said == (TEXT.encode(),)
    finally:
        database.close()


@pytest.fixture
def foreign(server_url: str) -> Iterator[Callable[[str], str]]:
    """Make a database of another encoding."""
    made: list[str] = []

    def make(encoding: str) -> str:
        name = f"t_{uuid4().hex}"
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' "
                "LOCALE_PROVIDER libc LOCALE 'C'".encode()
            )
        made.append(name)
        return with_name(server_url, name)

    yield make
    with psycopg.connect(server_url, autocommit=True) as connection:
        for name in made:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_of_another_encoding_is_refused_in_one_sentence(
    foreign: Callable[[str], str], encoding: str
) -> None:
    url = foreign(encoding)
    database = Database(url)
    try:
        with pytest.raises(DatabaseError, match=f"stores text as {encoding}.*UTF8.$"):
            connect(url)
        with pytest.raises(DatabaseError, match=f"stores text as {encoding}.*UTF8.$"):
            database.take()
    finally:
        database.close()


def test_on_a_server_of_another_encoding_a_new_database_is_utf8(
    foreign: Callable[[str], str], server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's own database may be of any encoding: no text of a library is in it."""
    url = foreign("LATIN1")
    monkeypatch.setattr("facereview.store.library._reachable", lambda _: url)
    template = conninfo_to_dict(url)["dbname"]
    monkeypatch.setattr("facereview.store.library._TEMPLATE", template)
    name = f"t_{uuid4().hex}"
    try:
        make_database(server_url, name)
        assert name in databases(server_url)
        connect(with_name(server_url, name)).close()
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}".encode())
