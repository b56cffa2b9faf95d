"""Making a database, and listing those of a server."""

from __future__ import annotations

import psycopg
from psycopg import conninfo, errors, sql

from facereview.errors import DatabaseError, Invalid, Remedy
from facereview.store.faults import place, translated
from facereview.store.session import connect

_LONGEST = 63
"""Bytes of a name that PostgreSQL keeps; it cuts longer ones silently."""


def with_name(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return conninfo.make_conninfo(url, dbname=name)


def make_database(url: str, name: str) -> None:
    """Make an empty database on the server at ``url``, whose own database need not exist.

    Raises:
        Invalid: the name cannot be used, or is taken.
        DatabaseError: the server cannot be reached, or the user may not make one.
    """
    if not name.strip() or "\0" in name or len(name.encode("utf-8", "replace")) > _LONGEST:
        raise Invalid(f"A database cannot be called {name!r}: use 1 to {_LONGEST} plain letters.")
    with connect(_reachable(url)) as connection, translated(url):
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        except errors.DuplicateDatabase as fault:
            raise Invalid(f"There is a database {name} there already: use another name.") from fault
        except errors.InsufficientPrivilege as fault:
            raise DatabaseError(
                f"The user may not make databases on the server of {place(url)}",
                Remedy.GRANT_RIGHTS,
            ) from fault


def databases(url: str) -> tuple[str, ...]:
    """The databases that users of the server may have made, by name."""
    with connect(_reachable(url)) as connection, translated(url):
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
