"""The library as a whole: its database, its schema, its settings, the pack that made it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

import numpy as np
import psycopg
from psycopg import errors, sql

from facereview.errors import DatabaseError, Invalid, Remedy, SchemaError
from facereview.records import Counts, Embedding, PackIdentity
from facereview.store.address import place, user, with_name
from facereview.store.contract import contract
from facereview.store.faults import translated
from facereview.store.migrations import newest
from facereview.store.schema import Schema, schema_text
from facereview.store.session import Connection, Session, connect

MIN_SERVER = 16
MIN_PGVECTOR = (0, 8)

_LONGEST = 63
"""Bytes of a name that PostgreSQL keeps; it cuts longer ones silently."""

_TEMPLATE = "template1"


@dataclass(frozen=True, slots=True)
class Versions:
    """What serves the library: PostgreSQL as ``18.4``, pgvector (None: not in this database)."""

    server: str
    pgvector: str | None
    offered: str | None
    installed: bool


@dataclass(frozen=True, slots=True)
class IndexState:
    """One index of the contract as it stands."""

    name: str
    valid: bool
    bytes: int


@dataclass(frozen=True, slots=True)
class ConfigRow:
    """One row of ``face_recognition_config``."""

    key: str
    value: str
    updated_at: datetime | None


class Library:
    """Schema, settings, pack identity and counts of one library."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def versions(self) -> Versions:
        """The versions of server and pgvector, and whether facereview's tables are there."""
        row = self._session.one("server_versions")
        number = f"{row.server // 10000}.{row.server % 10000}"
        return Versions(number, row.pgvector, row.offered, row.installed)

    def install(self) -> None:
        """Make or migrate the schema, in one transaction; no change where it is the newest.

        Raises:
            SchemaError: too old, no pgvector, or tables that do not fit; nothing is changed.
            DatabaseError: the user may not create what is missing.
        """
        self.check_versions()
        if self.current() and self.meta("library"):
            return
        with self._session.transaction(), self._schema() as schema:
            self._check_contract(missing_tables_ok=True)
            schema.bring()
            self._check_contract(missing_tables_ok=False)
            self._session.run("add_meta", key="library", value=json.dumps(uuid4().hex))
            rows = {row.key: [row.value, str(row.updated_at)] for row in self.config_rows()}
            self._session.run("add_meta", key="config_seen", value=json.dumps(rows))
        self._session.learn_types()

    def version(self) -> int | None:
        """The version of the library's tables; None where there are none.

        Raises:
            SchemaError: a newer facereview made them.
        """
        with self._schema() as schema:
            return schema.version()

    def current(self) -> bool:
        """Whether the library is of the newest version; an older one is brought there when opened.

        Raises:
            SchemaError: a newer facereview made it.
        """
        return self.version() == newest()

    @contextmanager
    def _schema(self) -> Iterator[Schema]:
        with self._session.connection() as connection:
            yield Schema(connection, self._session.database.place)

    def check_versions(self) -> Versions:
        """The versions, where they are new enough.

        Raises:
            SchemaError: PostgreSQL or pgvector is too old or missing.
        """
        versions, where = self.versions(), self._session.database.place
        major = int(versions.server.split(".")[0])
        if major < MIN_SERVER:
            raise SchemaError(
                f"The database {where} runs PostgreSQL {versions.server}, too old",
                Remedy.INSTALL_SERVER,
            )
        found = versions.pgvector or versions.offered
        if found is None:
            raise SchemaError(
                f"The server of {where} has no pgvector", Remedy.INSTALL_PGVECTOR, str(major)
            )
        if tuple(int(n) for n in found.split(".")[:2]) < MIN_PGVECTOR:
            raise SchemaError(
                f"The database {where} has pgvector {found}, too old", Remedy.UPDATE_PGVECTOR
            )
        return versions

    def _check_contract(self, *, missing_tables_ok: bool) -> None:
        found: dict[str, set[str]] = {}
        for row in self._session.tuples("table_columns", tables=list(contract().shared)):
            found.setdefault(row.table_name, set()).add(row.column_name)
        for table, columns in contract().shared.items():
            if table not in found and missing_tables_ok:
                continue
            lacking = columns - found.get(table, set())
            if lacking:
                raise SchemaError(
                    f"The table {table} of {self._session.database.place} lacks the column "
                    f"{min(lacking)}: facereview changed nothing; bring the table to schema.sql."
                )

    def occupied(self) -> str | None:
        """A table of this database that holds something, or None where none does."""
        found = self._session.value("occupied")
        return None if found is None else str(found)

    def last_face(self) -> int:
        """The highest id of a face, also of those set aside; 0 where there is none."""
        return int(self._session.value("last_face"))

    def index_states(self) -> list[IndexState]:
        """The contract's indexes that exist; the missing ones are absent."""
        return self._session.rows("index_state", IndexState, names=list(contract().shared_indexes))

    def mend_indexes(self) -> None:
        """Make the contract's indexes that are missing, and those anew that are not valid."""
        states = self.index_states()
        with self._session.connection() as connection:
            if len(states) < len(contract().shared_indexes):
                connection.execute(schema_text())
            for state in states:
                if not state.valid:
                    name = sql.Identifier(state.name)
                    connection.execute(sql.SQL("REINDEX INDEX {}").format(name))

    def meta(self, key: str) -> Any:
        """One remembered value, decoded from JSON; None if never set."""
        return self._session.value("meta", key=key)

    @property
    def id(self) -> str:
        """The library's own identifier, which names its caches on disk."""
        return str(self.meta("library"))

    def config_rows(self) -> list[ConfigRow]:
        """The rows of the settings table."""
        return self._session.rows("config", ConfigRow)

    def config_seen(self) -> dict[str, list[str]]:
        """Value and time of each settings row when facereview first saw this library."""
        return dict(self.meta("config_seen") or {})

    def set_config(self, key: str, value: str) -> None:
        """Write one settings row; its new time marks it as set by a user."""
        self._session.run("set_config", key=key, value=value)
        self._session.tell("settings")

    def unset_config(self, key: str, value: str) -> None:
        """Write a settings row as if facereview first saw it like this: no user has set it."""
        with self._session.transaction():
            self.set_config(key, value)
            row = next(row for row in self.config_rows() if row.key == key)
            seen = self.config_seen() | {key: [row.value, str(row.updated_at)]}
            self._session.run("set_meta", key="config_seen", value=json.dumps(seen))

    def put_setting(self, key: str, value: Any, *, seen: bool) -> None:
        """Keep a setting as it was before, see :attr:`.Subject.SETTING`."""
        if key == "automatic":
            self.set_automatic(on=value is not False)
        elif key == "certainty":
            self.choose_certainty(value)
        elif seen:
            self.unset_config(key, value)
        else:
            self.set_config(key, value)

    def automatic(self) -> bool:
        """Whether the machine matches by itself; it does as long as nobody said otherwise."""
        return self.meta("automatic") is not False

    def set_automatic(self, *, on: bool) -> None:
        """Keep whether the machine matches by itself."""
        self._session.run("set_meta", key="automatic", value=json.dumps(on))
        self._session.tell("settings")

    def chosen_certainty(self) -> Any:
        """The mode that a user chose, decoded from JSON; None where nobody did."""
        return self.meta("certainty")

    def choose_certainty(self, value: dict[str, Any] | None) -> None:
        """Keep the mode that a user chose; None: nobody did."""
        self._session.run("set_meta", key="certainty", value=json.dumps(value))
        self._session.tell("settings")

    def check(self) -> Versions:
        """Whether facereview can work with this database, without changing anything in it.

        Raises:
            SchemaError: too old, no pgvector, a newer facereview's, or tables that do not fit.
        """
        versions = self.check_versions()
        self.version()
        self._check_contract(missing_tables_ok=True)
        return versions

    def pack(self) -> PackIdentity | None:
        """Which pack made the embeddings, or None where no pack was recorded."""
        row = self.meta("pack")
        if row is None:
            return None
        return PackIdentity(row["name"], np.asarray(row["probe"], np.float32))

    def record_pack(self, identity: PackIdentity) -> None:
        """Record the pack, unless one is recorded already."""
        value = {"name": identity.name, "probe": [round(float(v), 6) for v in identity.probe]}
        self._session.run("add_meta", key="pack", value=json.dumps(value))

    def any_embedding(self) -> Embedding | None:
        """One stored embedding, shape (512,), or None in an empty library."""
        found = self._session.value("any_embedding")
        return None if found is None else np.asarray(found.to_numpy(), np.float32)

    def counts(self) -> Counts:
        """Faces per status and the size of the library."""
        return self._session.rows("counts", Counts)[0]


# ----------------------------------------------------------------------- databases of a server


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
