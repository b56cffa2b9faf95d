"""Translation of database errors into one sentence each."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors

from facereview.errors import (
    DatabaseBusy,
    DatabaseError,
    DatabaseRefused,
    DatabaseUnreachable,
    Remedy,
    SchemaError,
)
from facereview.store.address import parts_of, place, user

_CERTIFICATE = "check sslrootcert in its address, or ask its administrator"

_REFUSALS: tuple[tuple[str, str], ...] = (
    (
        "does not match host name",
        f"has a certificate for another host name: {_CERTIFICATE}",
    ),
    ("certificate verify failed", f"has a certificate that is not trusted: {_CERTIFICATE}"),
    ("root certificate", f"cannot be verified, the root certificate is missing: {_CERTIFICATE}"),
    ("certificate", f"and this computer do not agree on a certificate: {_CERTIFICATE}"),
    ("does not support SSL", "does not offer TLS, which sslmode requires: ask its administrator"),
    (
        "permission denied for database",
        "does not admit this user: ask its owner for the right to CONNECT",
    ),
)
"""What messages of libpq or the server mean, where a retry would not help."""

_OUTAGES: tuple[tuple[str, str], ...] = (
    ("could not translate host name", "cannot be reached, its host is not known"),
    ("could not be resolved", "cannot be reached, its host is not known"),
    ("failed to resolve host", "cannot be reached, its host is not known"),
    ("timeout expired", "did not answer in time"),
    ("timed out", "did not answer in time"),
    ("Connection refused", "cannot be reached, nothing listens there"),
    ("No such file or directory", "cannot be reached, its server is not running"),
    ("too many clients", "accepts no more connections"),
    ("remaining connection slots", "accepts no more connections"),
    ("starting up", "is still starting"),
    ("shutting down", "is shutting down"),
)
"""The same where a retry may help."""

_SYSTEM_OUTAGES = (
    (errno.ECONNREFUSED, "cannot be reached, nothing listens there"),
    (errno.ENOENT, "cannot be reached, its server is not running"),
    (errno.ETIMEDOUT, "did not answer in time"),
)
"""libpq repeats what the system says, which is in the language of its locale."""


def connect_fault(url: str, fault: BaseException) -> DatabaseError:
    """Why a connection could not be made, and what mends it.

    libpq gives no SQLSTATE for a refused connection, so the message is examined.
    """
    text, where = str(fault), place(url)
    for words, meaning in _REFUSALS:
        if words in text:
            return DatabaseError(f"The database {where} {meaning}.")
    return _login_fault(url, text) or _outage(where, text)


def _login_fault(url: str, said: str) -> DatabaseError | None:
    where, parts = place(url), parts_of(url)
    user = parts.get("user") or "the current user"
    if "no password supplied" in said:
        return DatabaseError(f"The database {where} requires a password", Remedy.CORRECT_LOGIN)
    if "pg_hba.conf" in said:
        return DatabaseError(
            f"The server of {where} does not admit user {user} from this computer: ask its "
            "administrator for an entry in pg_hba.conf, or for the TLS settings that it requires."
        )
    if "password" in said or "authentication" in said:
        return DatabaseError(f"The database {where} refused user {user}", Remedy.CORRECT_LOGIN)
    if "database" in said and "does not exist" in said:
        name = parts.get("dbname") or user
        return DatabaseError(f"There is no database {where}", Remedy.MAKE_DATABASE, name)
    if "role" in said and "does not exist" in said:
        return DatabaseError(f"The server of {where} has no user {user}", Remedy.MAKE_USER, user)
    return None


def _outage(where: str, said: str) -> DatabaseUnreachable:
    outages = (*_OUTAGES, *((os.strerror(code), m) for code, m in _SYSTEM_OUTAGES))
    meaning = next((m for words, m in outages if words in said), "cannot be reached")
    return DatabaseUnreachable(f"The database {where} {meaning}", Remedy.START_SERVER)


_BUSY = (
    errors.DiskFull,
    errors.QueryCanceled,
    errors.LockNotAvailable,
    errors.DeadlockDetected,
    errors.SerializationFailure,
)
"""Transient errors: the same request may succeed later."""
_LIMITS = ("54", "53200", "53400", "58")
"""SQLSTATEs of a server that answers and cannot do this: its limits, memory, files."""


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Raise every psycopg fault inside the block as a :class:`DatabaseError`.

    Faults that only a bug can cause (syntax, types, unknown columns of our own) pass untouched.
    """
    try:
        yield
    except errors.InsufficientPrivilege as fault:
        raise DatabaseRefused(
            f"The database {place(url)} does not allow this ({said(fault)})",
            Remedy.GRANT_RIGHTS,
            user(url),
        ) from fault
    except (errors.UndefinedTable, errors.UndefinedColumn) as fault:
        raise SchemaError(
            f"The database {place(url)} lacks something facereview needs ({said(fault)})",
            Remedy.CHECK_DATABASE,
        ) from fault
    except errors.NotNullViolation as fault:
        raise SchemaError(
            f"The database {place(url)} requires columns that facereview does not know "
            f"({said(fault)}): add it with the program that owns the library."
        ) from fault
    except errors.ReadOnlySqlTransaction as fault:
        raise DatabaseRefused(
            f"The database {place(url)} is read-only now, and nothing was changed: ask its "
            "administrator when it can be changed again."
        ) from fault
    except _BUSY as fault:
        raise DatabaseBusy(f"The database {place(url)} cannot do this: {said(fault)}.") from fault
    except (errors.RaiseException, psycopg.IntegrityError) as fault:
        raise DatabaseRefused(f"The database {place(url)} refused this: {said(fault)}.") from fault
    except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
        raise _limit(url, fault) or connect_fault(url, fault) from fault


@contextmanager
def needed_elsewhere(thing: str) -> Iterator[None]:
    """Say which table of another program still refers to a thing that is to be removed."""
    try:
        yield
    except DatabaseRefused as fault:
        why = fault.__cause__
        if not isinstance(why, errors.ForeignKeyViolation):
            raise
        table = f"{why.diag.schema_name}.{why.diag.table_name}"
        raise still_needed(table, thing) from fault


def still_needed(table: str, thing: str) -> DatabaseError:
    """Another program's table forbids that a thing ("video", "creator") is removed."""
    return DatabaseError(
        f"The table {table} of another program still needs this {thing}: remove it there first; "
        "nothing was changed."
    )


def _limit(url: str, fault: psycopg.Error) -> DatabaseRefused | None:
    if (fault.sqlstate or "").startswith(_LIMITS):
        return DatabaseRefused(f"The database {place(url)} refused this: {said(fault)}.")
    return None


def said(fault: psycopg.Error) -> str:
    """What the server or libpq said, in one line without a full stop."""
    return (fault.diag.message_primary or str(fault)).splitlines()[0].rstrip(".")
