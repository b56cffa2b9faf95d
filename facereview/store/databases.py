"""The databases of a server: listing them, and making one."""

from __future__ import annotations

import psycopg
from psycopg import errors, sql

from facereview.errors import DatabaseError, Invalid, Remedy
from facereview.store.address import place, user, with_name
from facereview.store.faults import translated
from facereview.store.session import Connection, connect

_LONGEST = 63
"""Bytes of a name that PostgreSQL keeps; it cuts longer ones silently."""

_TEMPLATE = "template1"


def make_database(url: str, name: str) -> None:
    """Make an empty database on the server at ``url``, whose own database need not exist.

    Raises:
        Invalid: the name cannot be used, or is taken.
        DatabaseError: the server cannot be reached, or the user may not make one.
    """
    if not name.strip() or "\0" in name or len(name.encode("utf-8", "replace")) > _LONGEST:
        raise Invalid(f"A database cannot be called {name!r}: use 1 to {_LONGEST} plain letters.")
    with connect(_reachable(url), any_encoding=True) as connection, translated(url):
        try:
            connection.execute(
                sql.SQL("CREATE DATABASE {}{}").format(sql.Identifier(name), _encoding(connection))
            )
        except errors.DuplicateDatabase as fault:
            raise Invalid(f"A database {name} already exists there: use another name.") from fault
        except errors.InsufficientPrivilege as fault:
            raise DatabaseError(
                f"The user may not create databases on the server of {place(url)}",
                Remedy.LET_MAKE_DATABASES,
                user(url),
            ) from fault


def _encoding(connection: Connection) -> sql.SQL:
    """Options that make the database UTF8 on a server with another default."""
    row = connection.execute(
        "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s", (_TEMPLATE,)
    ).fetchone()
    if row is None or row[0] == "UTF8":
        return sql.SQL("")
    return sql.SQL(" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")


def databases(url: str) -> tuple[str, ...]:
    """The databases that users of the server may have made, by name."""
    with connect(_reachable(url), any_encoding=True) as connection, translated(url):
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE NOT datistemplate AND datallowconn "
            "AND datname <> 'postgres' ORDER BY datname"
        ).fetchall()
    return tuple(row[0] for row in rows)


def _reachable(url: str) -> str:
    """The database that every server has, else the one named."""
    usual = with_name(url, "postgres")
    try:
        psycopg.connect(usual, connect_timeout=5).close()
    except psycopg.OperationalError:
        return url
    return usual
