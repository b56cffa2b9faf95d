"""The target: what it has, what it would refuse, and the one transaction that writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import errors, sql

from facereview.errors import DatabaseBusy, DatabaseError, DatabaseRefused, Remedy, SchemaError
from facereview.home import curator
from facereview.migrate.load.defects import NOTHING, Missing
from facereview.migrate.plan.catalogue import read_catalogue
from facereview.migrate.plan.kinds import Readings
from facereview.migrate.plan.plan import DefinitionKey, Loss, Plan, Statement
from facereview.migrate.plan.planner import make_plan
from facereview.migrate.plan.target import CONFIG, SCHEMA, Target, read_target
from facereview.migrate.source.schema import Source, Survey
from facereview.store.address import place
from facereview.store.faults import said, translated
from facereview.store.library import Library
from facereview.store.schema import Schema, schema_text
from facereview.store.session import Database, Session, connect

_SETTINGS = """
SET LOCAL TimeZone = 'UTC';
SET LOCAL statement_timeout = 0;
SET LOCAL idle_in_transaction_session_timeout = 0;
SET LOCAL lock_timeout = '10s';
SELECT set_config('maintenance_work_mem', '256MB', true)
WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < 268435456;
SELECT set_config('search_path', 'public' || coalesce((
    SELECT ', ' || quote_ident(n.nspname) FROM pg_extension e
    JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'vector'), ''), true);
"""
_MARK = "migration"
_ESSENTIAL = ("table", "column", "put aside", "put back", "primary key", "unique", "not null")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a migrated database remembers of it: the file, and what of it is not there."""

    file: str
    fingerprint: str
    missing: Missing = NOTHING


class Server:
    """One connection to the target; a context manager.

    Raises:
        DatabaseError: on any fault, with the reason and what mends it.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.place = place(url)
        with _library(url) as library:
            library.check()
        self.connection = connect(url)
        self.connection.prepare_threshold = None

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self, *, rolled_back: bool = False) -> Iterator[None]:
        """One transaction with the shared tables in place and no other migration beside it."""
        with self._faults(), self.connection.transaction(force_rollback=rolled_back):
            self.connection.execute(sql.SQL(_SETTINGS))
            self._watch_client()
            self.install()
            yield

    def install(self) -> None:
        """Make the shared tables and facereview's own, or bring an older library up to date."""
        Schema(self.connection, self.place).bring()
        self.connection.execute(schema_text())  # parts that were removed from it since

    def mark(self) -> Mark | None:
        """The migration that made this database, if one did."""
        with self._faults():
            there = self.connection.execute("SELECT to_regclass('facereview.meta')").fetchone()
            if there is None or there[0] is None:
                return None
            row = self.connection.execute(
                "SELECT value FROM facereview.meta WHERE key = %s", (_MARK,)
            ).fetchone()
        if row is None:
            return None
        said = row[0].get("missing")
        missing = Missing.recalled(said) if said else NOTHING
        return Mark(row[0]["file"], row[0]["fingerprint"], missing)

    def set_mark(self, mark: Mark, more: Mapping[str, object]) -> None:
        """Remember the migration, also in the log."""
        value = {"file": mark.file, "fingerprint": mark.fingerprint, **more}
        value["at"] = datetime.now(UTC).isoformat(timespec="seconds")
        self.connection.execute(
            "INSERT INTO facereview.meta (key, value) VALUES (%s, %s)", (_MARK, json.dumps(value))
        )
        self.connection.execute(
            "INSERT INTO facereview.batch (token, actor, kind, detail) "
            "VALUES (gen_random_uuid(), %s, 'migrate', %s)",
            (curator(), json.dumps({"file": mark.file})),
        )

    def _read(self, source: Source) -> Target:
        """The target's tables with the library's names, which must be empty.

        Raises:
            SchemaError: where one is not.
        """
        target = read_target(self.connection, [table.name for table in source.tables])
        for table in target.columns:
            query = sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(SCHEMA, table))
            row = self.connection.execute(query).fetchone()
            if row and row[0] and table != CONFIG:
                raise SchemaError(
                    f"The table {table} of {self.place} already holds rows", Remedy.EMPTY_DATABASE
                )
        return target

    def plan(
        self,
        source: Source,
        surveys: Mapping[str, Survey],
        readings: Readings,
        known: Mapping[DefinitionKey, str],
    ) -> tuple[Plan, Target]:
        """A plan of which every statement has been tried on the target, without the rows.

        What is ``known`` to be refused, with the reason, is left out.
        """
        with self.transaction(rolled_back=True):
            target = self._read(source)
            refused = dict(known)
            while True:
                plan = make_plan(source, surveys, target, refused, readings)
                found = self._trial(plan)
                if not found:
                    return plan, target
                refused |= found

    def views(self, plan: Plan) -> dict[DefinitionKey, str]:
        """Make the views, each after those it needs; what is refused, and why."""
        waiting, refused = list(plan.views), dict[DefinitionKey, str]()
        while waiting:
            refused = {each.key: why for each in waiting if (why := self._refusal(each))}
            if len(refused) == len(waiting):
                break
            waiting = [each for each in waiting if each.key in refused]
        return refused

    def _trial(self, plan: Plan) -> dict[DefinitionKey, str]:
        refused: dict[DefinitionKey, str] = {}
        with self.connection.transaction(force_rollback=True):
            for statement in (*plan.before, *plan.after):
                why = self._refusal(statement)
                if why and statement.what in _ESSENTIAL:
                    raise SchemaError(
                        f"The {statement.what} {statement.name} of table {statement.table} cannot "
                        f"be made in {self.place}: {why}."
                    )
                if why:
                    refused[statement.key] = why
            refused |= self.views(plan)
            plan.catalogue = read_catalogue(self.connection, SCHEMA, plan.relations)
            return refused

    def lost(self, statement: Statement) -> list[Loss]:
        """Run a statement over the rows; the loss where they do not fit what it makes.

        Raises:
            psycopg.Error: nothing can be migrated without it.
        """
        if statement.what in _ESSENTIAL:
            self.connection.execute(statement.sql)
            return []
        why = self._refusal(statement)
        return [Loss(*statement.key, f"the rows do not fit it ({why})")] if why else []

    def _refusal(self, statement: Statement) -> str | None:
        """Run a statement; PostgreSQL's reason where it refuses it."""
        try:
            with self.connection.transaction():
                self.connection.execute(statement.sql)
        except (errors.LockNotAvailable, errors.InsufficientPrivilege):
            raise
        except (psycopg.ProgrammingError, psycopg.DataError, psycopg.NotSupportedError) as fault:
            return said(fault)
        except (errors.ProgramLimitExceeded, psycopg.IntegrityError) as fault:
            return said(fault)
        return None

    def _watch_client(self) -> None:
        """The server should stop building indexes when its client has died."""
        try:
            with self.connection.transaction():
                self.connection.execute("SET LOCAL client_connection_check_interval = '1s'")
        except psycopg.Error:
            return  # not every operating system lets the server look

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """Raise every PostgreSQL error as one sentence; nothing was changed then."""
        try:
            with translated(self.url):
                yield
        except psycopg.Error as fault:
            raise self._refused(fault) from fault
        except (DatabaseRefused, DatabaseBusy) as fault:
            cause = fault.__cause__
            if isinstance(cause, errors.InsufficientPrivilege):
                raise self._forbidden(cause) from fault
            if isinstance(cause, errors.LockNotAvailable | errors.DeadlockDetected):
                raise DatabaseError(
                    f"The database {self.place} is in use: close the programs that work on it and "
                    "try again; nothing was changed."
                ) from fault
            if isinstance(fault, DatabaseRefused) and isinstance(cause, psycopg.Error):
                raise self._refused(cause) from fault
            raise

    def _forbidden(self, fault: psycopg.Error) -> DatabaseError:
        """A library's rights are for those who work in it: a migration makes tables."""
        return DatabaseError(
            f"The user may not make what the library needs in {self.place} ({said(fault)})",
            Remedy.SET_UP,
        )

    def _refused(self, fault: psycopg.Error) -> DatabaseError:
        return DatabaseError(
            f"The database {self.place} refused the library ({said(fault)}): nothing was changed."
        )


def finish(url: str) -> None:
    """Let the store finish the new library."""
    with _library(url) as library:
        library.install()


@contextmanager
def _library(url: str) -> Iterator[Library]:
    database = Database(url)
    session: Any = Session(database)
    try:
        yield Library(session)
    finally:
        session.close()
        database.close()
