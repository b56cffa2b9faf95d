"""Database faults become one plain sentence here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import conninfo, errors
from psycopg_pool import PoolClosed, PoolTimeout

from facereview.errors import DatabaseError, DatabaseUnreachable, Remedy, SchemaError


def place(url: str) -> str:
    """The database a URL names, for people: ``db on host:port``, never its password."""
    try:
        parts = conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        return "the address given"
    host = str(parts.get("host") or "this computer")
    if host.startswith("/"):
        host = "this computer"
    port = f":{parts['port']}" if parts.get("port") not in (None, "5432") else ""
    return f"{parts.get('dbname') or parts.get('user') or 'the default database'} on {host}{port}"


def has_password(url: str) -> bool:
    """Whether an address holds its password itself."""
    return bool(_parts(url).get("password"))


def connect_fault(url: str, fault: BaseException) -> DatabaseError:
    """Why a connection could not be made, and what mends it.

    libpq gives no SQLSTATE for a refused connection, so the server's words decide.
    """
    said = str(fault)
    where = place(url)
    parts = _parts(url)
    user = parts.get("user") or "the current user"
    name = parts.get("dbname") or user
    if "password" in said or "authentication" in said or "pg_hba.conf" in said:
        return DatabaseError(f"The database {where} refused user {user}", Remedy.CORRECT_LOGIN)
    if "database" in said and "does not exist" in said:
        return DatabaseError(f"There is no database {where}", Remedy.MAKE_DATABASE, name)
    if "role" in said and "does not exist" in said:
        return DatabaseError(f"The server of {where} knows no user {user}", Remedy.MAKE_USER, user)
    return DatabaseUnreachable(f"The database {where} cannot be reached", Remedy.START_SERVER)


def _parts(url: str) -> dict[str, str]:
    try:
        return {k: str(v) for k, v in conninfo.conninfo_to_dict(url).items() if v is not None}
    except psycopg.ProgrammingError:
        return {}


@contextmanager
def translated(url: str) -> Iterator[None]:
    """Raise every psycopg fault inside the block as a :class:`DatabaseError`.

    Faults that only a bug can cause (syntax, types, unknown columns of our own) pass untouched.
    """
    try:
        yield
    except (PoolTimeout, PoolClosed) as fault:
        raise connect_fault(url, fault) from fault
    except errors.InsufficientPrivilege as fault:
        raise DatabaseError(
            f"The database {place(url)} does not allow this ({_said(fault)})", Remedy.GRANT_RIGHTS
        ) from fault
    except (errors.UndefinedTable, errors.UndefinedColumn) as fault:
        raise SchemaError(
            f"The database {place(url)} lacks something facereview needs ({_said(fault)})",
            Remedy.CHECK_DATABASE,
        ) from fault
    except errors.NotNullViolation as fault:
        raise SchemaError(
            f"The database {place(url)} needs more of a row than facereview knows "
            f"({_said(fault)}): add it with the program that owns the library."
        ) from fault
    except (errors.DiskFull, errors.ReadOnlySqlTransaction, errors.QueryCanceled) as fault:
        raise DatabaseError(
            f"The database {place(url)} could not do this: {_said(fault)}."
        ) from fault
    except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
        raise connect_fault(url, fault) from fault


def _said(fault: psycopg.Error) -> str:
    return (fault.diag.message_primary or str(fault).splitlines()[0]).rstrip(".")
