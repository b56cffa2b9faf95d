"""The connections to one library, and a session on one of them for each lane."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib import resources
from threading import Event, Lock
from typing import Any, LiteralString, TypeVar, cast
from uuid import uuid4

import numpy as np
import psycopg
from numpy.typing import NDArray
from pgvector.psycopg import register_vector
from psycopg import errors, pq
from psycopg.abc import PQGen
from psycopg.rows import class_row, namedtuple_row

from facereview.errors import Cancelled, DatabaseBusy, DatabaseError
from facereview.records import DIMENSION
from facereview.store.address import place
from facereview.store.faults import connect_fault, translated

R = TypeVar("R")
RV = TypeVar("RV")

CONNECT_SECONDS = 5
Connection = psycopg.Connection[Any]

WAKE_SECONDS = 0.1
"""How often a wait checks whether it should end."""
_CANCEL_SECONDS = 2
"""How long the server may take to accept that a statement is cancelled."""


class Link(psycopg.Connection[Any]):
    """A connection whose waiting ends at ``until``, or when ``ended`` is set.

    Keep-alives do not detect a server that is stopped (SIGSTOP) with its sockets open. Once
    ``cancelled`` says so, the server is asked to end the statement under way.
    """

    until: float | None = None
    cancelled: Callable[[], bool] | None = None
    ended: Event | None = None

    def wait(
        self, gen: PQGen[RV], interval: float = WAKE_SECONDS, timeout: float | None = None
    ) -> RV:
        """Wait for the server.

        Raises:
            OperationalError: it did not answer in time; the connection is closed.
        """
        try:
            wanted = next(gen)
        except StopIteration as done:  # it was here already, as is most of what a COPY sends
            value: RV = done.value
            return value
        return super().wait(self._watched(gen, wanted), min(interval, WAKE_SECONDS), timeout)

    def _watched(self, gen: PQGen[RV], wanted: Any) -> Generator[Any, Any, RV]:
        try:
            while True:
                ready = yield wanted
                late = self.until is not None and time.monotonic() > self.until
                if not ready and (late or (self.ended is not None and self.ended.is_set())):
                    self.pgconn.finish()
                    raise psycopg.OperationalError("the server timed out")
                if not ready and self.cancelled is not None and self.cancelled():
                    with suppress(psycopg.OperationalError):  # it is asked again at the next wake
                        self.cancel_safe(timeout=_CANCEL_SECONDS)
                wanted = gen.send(ready)
        except StopIteration as done:
            value: RV = done.value
            return value


@cache
def queries() -> dict[str, LiteralString]:
    """All queries by name. The file is the program's own, hence as trusted as its code."""
    return _named("name")


@cache
def parts() -> dict[str, LiteralString]:
    """The parts by name of which statements are composed."""
    return _named("part")


def _named(mark: str) -> dict[str, LiteralString]:
    text = resources.files("facereview.store").joinpath("queries.sql").read_text("utf-8")
    found = re.split(r"^-- (name|part): (\w+)[ \t]*\n", text, flags=re.MULTILINE)[1:]
    texts = zip(found[::3], found[1::3], found[2::3], strict=True)
    named = {name: body.strip() for kind, name, body in texts if kind == mark}
    if len(named) != sum(kind == mark for kind in found[::3]):
        raise ValueError(f"queries.sql uses a {mark} twice")
    return cast("dict[str, LiteralString]", named)


def _statement(names: Sequence[str]) -> LiteralString:
    return "\n".join(parts()[name] for name in names)


def connect(url: str, *, any_encoding: bool = False) -> Link:
    """One connection outside any pool; ``any_encoding`` where no text of a library is read.

    Raises:
        DatabaseError: with the reason and what mends it.
    """
    connection = _connected(url)
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8" and not any_encoding:
        connection.close()
        raise DatabaseError(
            f"The database {place(url)} stores text as {encoding}, which cannot hold every name "
            "and path: use a database whose encoding is UTF8."
        )
    return connection


def _connected(url: str) -> Link:
    try:
        return Link.connect(url, autocommit=True, **SETTINGS)
    except psycopg.ProgrammingError as fault:
        raise DatabaseError(
            "The database address cannot be understood: it should look like "
            "postgresql://user:password@host/database."
        ) from fault
    except (psycopg.Error, UnicodeError) as fault:
        raise connect_fault(url, fault) from fault


# A server that is gone without closing the connection must be noticed within seconds, not
# after the 15 minutes of TCP's default.
SETTINGS: dict[str, Any] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "facereview",
    # over the environment, the address, the role and the database: texts in another encoding are
    # garbled without an error
    "client_encoding": "UTF8",
}


class Database:
    """The connections of one program to the library at ``url``.

    One connection that was given back is kept for the next caller, others are closed. psycopg_pool
    is not used: it does not report why a connection failed, and retries only after a delay.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.window = uuid4().hex
        """Under which name changes made through these connections are told to other windows."""
        self._ended = Event()
        self._lock = Lock()
        self._open: set[Link] = set()
        self._spare: Link | None = None

    @property
    def place(self) -> str:
        """The database for people, without its password."""
        return place(self.url)

    def take(self) -> Link:
        """A connection that works now.

        Raises:
            DatabaseUnreachable: when the server does not answer within a few seconds.
            DatabaseError: when it refuses.
        """
        if self._ended.is_set():
            raise connect_fault(self.url, psycopg.OperationalError("the program ends"))
        with self._lock:
            spare, self._spare = self._spare, None
        if spare is not None:
            if _answers(spare):
                return spare
            self._discard(spare)
        return self._opened()

    def give_back(self, connection: Link) -> None:
        """Return a connection; the next caller gets it if it can be used."""
        idle = connection.info.transaction_status is pq.TransactionStatus.IDLE
        with self._lock:
            if idle and self._spare is None and not self._ended.is_set():
                self._spare = connection
                return
        self._discard(connection)

    def interrupt(self) -> None:
        """End every wait for the server, in every thread."""
        self._ended.set()

    def close(self) -> None:
        """Close every connection."""
        self._ended.set()
        with self._lock:
            links, self._spare = list(self._open), None
        for link in links:
            self._discard(link)

    def _opened(self) -> Link:
        link = connect(self.url)
        with self._lock:
            self._open.add(link)
        try:
            with translated(self.url):
                self._prepare(link)
        except BaseException:
            self._discard(link)
            raise
        return link

    def _prepare(self, link: Link) -> None:
        link.ended = self._ended
        _configure(link)

    def _discard(self, link: Link) -> None:
        link.close()
        with self._lock:
            self._open.discard(link)


def _answers(link: Link) -> bool:
    """Whether the server is still there: it may have been restarted meanwhile."""
    link.until = time.monotonic() + CONNECT_SECONDS
    try:
        link.execute("")
    except psycopg.Error:
        return False
    finally:
        link.until = None
    return True


def notice(window: str, what: str, **said: object) -> str:
    """What a window tells the others, as it is sent."""
    return json.dumps({"from": window, "what": what, **said})


def _configure(connection: Connection) -> None:
    """Find the shared tables in ``public`` whatever the user is called, and pgvector's types.

    A user named ``facereview`` would otherwise find our own schema first.
    """
    row = connection.execute(
        "SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace "
        "WHERE e.extname = 'vector'"
    ).fetchone()
    schema = row[0] if row else "public"
    connection.execute(
        "SELECT set_config('search_path', 'public, ' || quote_ident(%s), false)", (schema,)
    )
    if row:
        register_vector(connection)


_COPY_HEADER = 19
"""Bytes before the first row of a binary COPY."""

_BLOCK = 4096
"""Rows that are given at a time."""


def binary_row(**columns: str) -> np.dtype[Any]:
    """A row of fixed width in the binary COPY format: column names with numpy types.

    ``vector`` is a pgvector of 512. No column may be NULL.
    """
    fields: list[tuple[Any, ...]] = [("_columns", ">i2")]
    for name, kind in columns.items():
        fields.append((f"_{name}", ">i4"))
        if kind == "vector":
            fields += [(f"_{name}_head", ">i4"), (name, ">f4", (DIMENSION,))]
        else:
            fields.append((name, f">{kind}"))
    return np.dtype(fields)


class Session:
    """One connection, used by one lane, taken when first needed and again after it broke."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._connection: Link | None = None

    def rows(self, query: str, kind: type[R], /, **params: object) -> list[R]:
        """Run the named query and give each row as a ``kind``, its columns by name."""
        with (
            translated(self.database.url),
            self._ready().cursor(row_factory=class_row(kind), binary=True) as cursor,
        ):
            return cursor.execute(queries()[query], params).fetchall()

    def first(self, query: str, kind: type[R], /, **params: object) -> R | None:
        """The first row of :meth:`rows`, or None."""
        found = self.rows(query, kind, **params)
        return found[0] if found else None

    def tuples(self, query: str, /, **params: object) -> list[Any]:
        """Run the named query and give its rows as named tuples."""
        with (
            translated(self.database.url),
            self._ready().cursor(row_factory=namedtuple_row, binary=True) as cursor,
        ):
            return cursor.execute(queries()[query], params).fetchall()

    def one(self, query: str, /, **params: object) -> Any:
        """The first row of the named query, or None."""
        rows = self.tuples(query, **params)
        return rows[0] if rows else None

    def value(self, query: str, /, **params: object) -> Any:
        """The first column of the first row, or None."""
        row = self.one(query, **params)
        return None if row is None else row[0]

    def column(self, query: str, /, **params: object) -> NDArray[np.int32]:
        """The first column of the named query as integers, shape (n,)."""
        with translated(self.database.url), self._ready().cursor(binary=True) as cursor:
            cursor.execute(queries()[query], params)
            return np.fromiter((row[0] for row in cursor), np.int32)

    def ids(self, query: str, /, **params: object) -> list[int]:
        """The same as a list."""
        found: list[int] = self.column(query, **params).tolist()
        return found

    def blocks(self, query: str, row: np.dtype[Any], /, **params: object) -> Iterator[NDArray[Any]]:
        """The rows of the named query as records, some thousands at a time.

        ``row`` is one row in PostgreSQL's binary COPY format, see :func:`binary_row`: for many
        rows of one width, read without making an object for each value.
        """
        statement = f"COPY ({queries()[query]}\n) TO STDOUT (FORMAT BINARY)"
        with (
            translated(self.database.url),
            self._ready().cursor() as cursor,
            cursor.copy(statement, params) as copy,
        ):
            held, start = bytearray(), _COPY_HEADER
            for data in copy:
                held += data
                if len(held) < start + _BLOCK * row.itemsize:
                    continue
                whole = (len(held) - start) // row.itemsize
                yield np.frombuffer(bytes(held), row, whole, start)
                held, start = held[start + whole * row.itemsize :], 0
            yield np.frombuffer(bytes(held), row, (len(held) - start) // row.itemsize, start)

    def block(self, query: str, row: np.dtype[Any], /, **params: object) -> NDArray[Any]:
        """All rows of :meth:`blocks` at once."""
        return np.concatenate(list(self.blocks(query, row, **params)))

    def composed(self, names: Sequence[str], /, **params: object) -> list[Any]:
        """Run the statement that these parts make, in this order; its rows as tuples."""
        with translated(self.database.url), self._ready().cursor(binary=True) as cursor:
            return cursor.execute(_statement(names), params, prepare=False).fetchall()

    def composed_column(self, names: Sequence[str], /, **params: object) -> NDArray[np.int32]:
        """The first column of such a statement as integers, shape (n,)."""
        with translated(self.database.url), self._ready().cursor(binary=True) as cursor:
            cursor.execute(_statement(names), params, prepare=False)
            return np.fromiter((row[0] for row in cursor), np.int32)

    def count(self, statement: LiteralString) -> int:
        """The one number of a statement that a named query wrote."""
        with translated(self.database.url):
            row = self._ready().execute(statement).fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """The connection itself, for statements that no query names."""
        with translated(self.database.url):
            yield self._ready()

    def run(self, query: str, /, **params: object) -> int:
        """Run the named statement; the number of rows it touched."""
        with translated(self.database.url):
            return self._ready().execute(queries()[query], params).rowcount

    def tell(self, what: str) -> None:
        """Notify other windows of a change when it is committed."""
        self.tuples("tell", text=notice(self.database.window, what))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; an inner one joins as a savepoint."""
        with translated(self.database.url), self._ready().transaction():
            yield

    @contextmanager
    def within(self, seconds: float | None) -> Iterator[None]:
        """Inside, treat a server as gone that has not answered after so many seconds."""
        with translated(self.database.url):
            link = self._ready()
        link.until = None if seconds is None else time.monotonic() + seconds
        try:
            yield
        finally:
            link.until = None

    @contextmanager
    def cancellable(self, cancelled: Callable[[], bool]) -> Iterator[None]:
        """Inside, ``cancelled``, asked from this thread, ends the statement under way.

        Raises:
            Cancelled: it did, and the transaction that it belonged to is rolled back.
        """
        with translated(self.database.url):
            link = self._ready()
        link.cancelled = cancelled
        try:
            yield
        except DatabaseBusy as fault:
            if cancelled() and isinstance(fault.__cause__, errors.QueryCanceled):
                raise Cancelled from fault
            raise
        finally:
            link.cancelled = None

    def check_cancelled(self) -> None:
        """Whether to go on, between two statements.

        Raises:
            Cancelled: the caller of :meth:`cancellable` said so.
        """
        asked = self._connection.cancelled if self._connection else None
        if asked is not None and asked():
            raise Cancelled

    def learn_types(self) -> None:
        """Know pgvector's types after the extension was created on this very connection."""
        with translated(self.database.url):
            _configure(self._ready())

    def interrupt(self) -> None:
        """Let the server give up the statement at hand; called on another thread."""
        connection = self._connection
        if connection is not None:
            with suppress(psycopg.Error):
                connection.cancel_safe(timeout=1.0)

    def close(self) -> None:
        """Give the connection back."""
        if self._connection is not None:
            self.database.give_back(self._connection)
            self._connection = None

    def _ready(self) -> Link:
        if self._connection is not None and self._connection.broken:
            self.close()
        if self._connection is None or self._connection.closed:
            self._connection = self.database.take()
        return self._connection
