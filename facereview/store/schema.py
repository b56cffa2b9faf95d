"""The schema of a library: made new, brought up to date step by step, refused where it is newer."""

from __future__ import annotations

import json
from typing import Any, LiteralString, NoReturn

import psycopg
from psycopg import errors

from facereview.errors import DatabaseError, Remedy, SchemaError
from facereview.home import resource
from facereview.store.faults import said
from facereview.store.migrations import Step, newest, steps
from facereview.store.session import queries

REFUSALS = (
    psycopg.ProgrammingError,
    psycopg.IntegrityError,
    psycopg.DataError,
    psycopg.NotSupportedError,
    psycopg.InternalError,
)
"""Errors of a statement itself; a lost connection or a full disk has its own message."""


def schema_text() -> LiteralString:
    """``schema.sql``: the program's own file, hence as trusted as its code."""
    return resource("schema.sql").read_text("utf-8")


class Schema:
    """The schema of the library that one connection leads to."""

    def __init__(self, connection: psycopg.Connection[Any], place: str) -> None:
        self._connection = connection
        self._place = place

    def version(self) -> int | None:
        """The library's version: 0 where its tables tell none, None where there are no tables.

        Raises:
            SchemaError: a newer facereview made it.
        """
        there, told, _ = self._own()
        if not there:
            return None
        row = self._row("meta", key="version") if told else None
        version = row[0] if row and isinstance(row[0], int) else 0
        if version > newest():
            raise SchemaError(newer(f"The library {self._place}", version))
        return version

    def bring(self) -> None:
        """Make the library, or bring it to the newest version, in the caller's transaction.

        Raises:
            SchemaError: a step failed, or a newer facereview made the library.
            DatabaseError: the user may not change it, or other programs are in the way.
        """
        self._connection.execute(queries()["install_lock"])
        version, owner = self.version(), self._own()[2]
        try:
            if version is None:
                self._connection.execute(schema_text())
                return
            lacking = [step for step in steps() if step.number > version]
            if lacking:  # a step and a decision would lock the same tables in another order
                self._connection.execute(queries()["lock_people"])
            for step in lacking:
                self._run(step, version)
        except errors.DeadlockDetected as fault:
            raise DatabaseError(
                f"The library {self._place} is in use and could not be migrated: close the "
                "programs that use it and try again; nothing was changed."
            ) from fault
        except errors.InsufficientPrivilege as fault:
            why = fault.diag.message_primary or "permission denied"
            raise self._no_rights(version, owner, why) from fault

    def _run(self, step: Step, version: int) -> None:
        try:
            self._connection.execute(step.sql)
            done = self._connection.execute(step.check).fetchone()
        except errors.InsufficientPrivilege:
            raise
        except REFUSALS as fault:
            self._failed(step, version, said(fault), fault)
        if done is None or done[0] is not True:
            self._failed(step, version, "its check failed", None)
        self._connection.execute(
            queries()["record_step"], {"number": step.number, "name": step.name}
        )
        self._connection.execute(
            queries()["set_meta"], {"key": "version", "value": json.dumps(step.number)}
        )

    def _failed(self, step: Step, version: int, why: str, fault: Exception | None) -> NoReturn:
        raise SchemaError(
            f"The library {self._place} could not be migrated from version {version} to "
            f"{newest()}, because step {step.name} failed ({why}): nothing was changed; use the "
            "older facereview and report this."
        ) from fault

    def _no_rights(self, version: int | None, owner: str | None, why: str) -> DatabaseError:
        if version is None:
            return DatabaseError(
                f"The user may not set up the database {self._place} ({why})", Remedy.SET_UP
            )
        return DatabaseError(
            f"The library {self._place} has version {version}, this facereview needs version "
            f"{newest()}, and the user may not change it ({why})",
            Remedy.LET_OWNER_OPEN,
            owner or "",
        )

    def _own(self) -> tuple[bool, bool, str | None]:
        row = self._row("own_tables")
        return (row[0], row[1], row[2]) if row is not None else (False, False, None)

    def _row(self, query: str, **params: object) -> tuple[Any, ...] | None:
        return self._connection.execute(queries()[query], params).fetchone()


def newer(what: str, version: int) -> str:
    """The error for a library that a newer facereview made."""
    return (
        f"{what} was made by a newer facereview (it has version {version}, this one knows "
        f"versions up to {newest()}): install the newer facereview; nothing was changed."
    )
