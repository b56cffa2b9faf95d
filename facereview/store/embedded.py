"""The built-in PostgreSQL with pgvector, for those who run no server of their own.

It listens on a socket in its own data folder (on Windows: on loopback), starts when the first
facereview needs it and stops with the last, unless ``facereview db start`` keeps it.
"""

from __future__ import annotations

import atexit
import hashlib
import json
import os
import re
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

import psutil
import psycopg
from filelock import FileLock
from psycopg import pq, sql

from facereview.errors import DatabaseError, Remedy
from facereview.store import postgres
from facereview.store.address import parts_of

DATABASE = "facereview"
_PLAIN = re.compile(r"[\w/.-]+", re.ASCII)
_SOCKET_LENGTH = 100
"""Bytes that a socket's path may have everywhere; Linux allows 107, macOS 103."""

_INCLUDE = "include_if_exists = 'facereview.conf'\n"

_TEXT_INDEXES = """
SELECT format('%I.%I', n.nspname, c.relname)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'i'
  AND EXISTS (SELECT FROM unnest(i.indcollation) AS used WHERE used = 'default'::regcollation)
"""


class EmbeddedServer:
    """The server whose data lie in ``directory``; any number of objects and processes share it."""

    _leaving: ClassVar[set[Path]] = set()
    """The servers that this process stops using when it ends."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @property
    def running(self) -> bool:
        """Whether the server runs, started by whichever process."""
        return postgres.running(self.directory) is not None

    def start(self, *, keep: bool = False, database: str = DATABASE) -> str:
        """Start the server if it does not run; the URL of a database of it.

        Only its first one is made where it is missing.

        With ``keep`` it outlives this and every later process until :meth:`stop`.

        Raises:
            DatabaseError: when it cannot start, with the reason.
        """
        try:
            return self._start(keep, database)
        except OSError as fault:
            raise DatabaseError(
                f"The built-in database in {self.directory} could not start "
                f"({fault.strerror or fault}): check that its folder may be written and its disk "
                "is not full."
            ) from fault

    def _start(self, keep: bool, database: str) -> str:
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        with self._lock():
            if keep:
                self._mark.touch()
            found = postgres.running(self.directory) or self._launch()
            self._use()
        if self.directory not in self._leaving:
            self._leaving.add(self.directory)
            atexit.register(self._leave)
        there = _ensure_database(address(found, "postgres"), database)
        url = address(found, database)
        if there:
            _renew_text_order(url)
        return url

    def owned(self, url: str) -> str | None:
        """The database that a URL names where it is one of this server, else None."""
        found = postgres.running(self.directory)
        if found is None:
            return None
        mine, given = parts_of(address(found, DATABASE)), parts_of(url)
        same = all(given.get(part) == mine.get(part) for part in ("host", "port"))
        return given.get("dbname", "") if same else None

    def _launch(self) -> postgres.Running:
        if set(str(self.directory.resolve())) & set("\r\n"):
            raise DatabaseError(
                f"PostgreSQL cannot keep data in {str(self.directory)!r}, whose name has a line "
                "break",
                Remedy.MOVE_HOME,
            )
        self._check_version()
        postgres.take_over(self.directory)
        if postgres.version_of(self.directory) is None:
            postgres.initialise(self.directory)
        sockets = self._sockets()
        if not postgres.alive(self.directory):
            postgres.wait_for_orphans(self.directory)
            self._forget_killed(sockets)
        self._configure()
        return postgres.launch(self.directory, sockets)

    def _forget_killed(self, sockets: Path | None) -> None:
        """Remove the lock files of a server that could not do so itself.

        After a power cut they may name a process that is now somebody else's, and after a kill one
        that is a zombie until the program that started it waits for it.
        """
        (self.directory / "postmaster.pid").unlink(missing_ok=True)
        if sockets is not None:
            (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _check_version(self) -> None:
        made = postgres.version_of(self.directory)
        if made not in (None, postgres.VERSION):
            raise DatabaseError(
                f"The built-in database in {self.directory} was made by PostgreSQL {made}, "
                f"this facereview contains {postgres.VERSION}: write a dump with the one that made "
                f"it, move the folder away, and restore the dump here."
            )

    def stop(self) -> bool:
        """Stop the server, whoever started it; False if it did not run.

        Raises:
            DatabaseError: when it does not stop.
        """
        self._mark.unlink(missing_ok=True)
        if not postgres.alive(self.directory):
            return False
        with self._lock():
            if not postgres.stop(self.directory):
                raise DatabaseError(
                    f"The built-in database in {self.directory} does not stop: close the programs "
                    "that use it and try again."
                )
            me = _process(os.getpid())
            self._write_users([user for user in self._users() if user != me])
        return True

    # ------------------------------------------------------------------------------- who needs it

    def _lock(self) -> FileLock:
        return FileLock(self.directory.parent / "server.lock")

    @property
    def _mark(self) -> Path:
        """While it exists, the server keeps running."""
        return self.directory.parent / "server.keep"

    def _use(self) -> None:
        """Register this process as a user of the server; ended processes are removed."""
        me = _process(os.getpid())
        self._write_users([*(user for user in self._users() if user != me), me])

    def _leave(self) -> None:
        """Stop the server at the end of this process if nobody else needs it."""
        if not self.directory.exists():
            return
        with self._lock():
            others = [user for user in self._users() if user[0] != os.getpid()]
            self._write_users(others)
            if not others and not self._mark.exists():
                postgres.stop(self.directory)

    def _users(self) -> list[list[float]]:
        """Process id and start of those that need the server and still run."""
        try:
            told = json.loads((self.directory / "users.json").read_text("utf-8"))
        except (OSError, ValueError):
            return []
        return [user for user in told if _process(int(user[0])) == user]

    def _write_users(self, users: list[list[float]]) -> None:
        (self.directory / "users.json").write_text(json.dumps(users), "utf-8")

    # ------------------------------------------------------------------------------- configuration

    def _sockets(self) -> Path | None:
        """Where the socket lies: the data folder, else one whose path is short and plain."""
        if os.name == "nt":
            return None
        directory = self.directory.resolve()
        if _suits(directory):
            return directory
        name = f"facereview-{os.getuid()}-{hashlib.sha256(bytes(directory)).hexdigest()[:16]}"
        folders = [home / name for home in postgres.socket_homes()]
        return postgres.private_folder(next(filter(_suits, folders), folders[-1]))

    def _configure(self) -> None:
        """Write our settings beside the server's own, leaving those a user added alone."""
        lines = "".join(f"{key} = {value}\n" for key, value in _settings().items())
        (self.directory / "facereview.conf").write_text(lines, "utf-8")
        main = self.directory / "postgresql.conf"
        if not main.exists():
            raise DatabaseError(
                f"The folder {self.directory} is not a whole database ({main.name} is missing): "
                "move it away and restore a dump."
            )
        text = main.read_text("utf-8")
        if _INCLUDE not in text:
            main.write_text(text + "\n" + _INCLUDE, "utf-8")


def _suits(folder: Path) -> bool:
    """Whether a socket in this folder has a path that is short enough and needs no quoting."""
    whole = folder / ".s.PGSQL.5432"
    return bool(_PLAIN.fullmatch(str(whole))) and len(bytes(whole)) <= _SOCKET_LENGTH


def address(server: postgres.Running, database: str) -> str:
    """The URL of a database of the built-in server, independent of the environment.

    What the environment would add to it, such as ``PGPORT`` or ``PGSSLMODE``, is meant for
    another server: wherever a variable is set, the URL says the default instead.
    """
    options: dict[str, str] = {}
    for option in pq.Conninfo.get_defaults():
        name, variable = option.keyword.decode(), (option.envvar or b"").decode()
        if variable and variable in os.environ and name not in ("host", "user", "dbname"):
            options[name] = _PLAINEST.get(name, (option.compiled or b"").decode())
    # no parameter turns it off, and the service it names is another server
    os.environ.pop("PGSERVICE", None)
    options.pop("service", None)
    options["port"] = str(server.port)
    host = str(server.socket) if server.socket else "127.0.0.1"
    rest = "".join(f"&{name}={quote(value, safe='')}" for name, value in options.items())
    return f"postgresql://postgres@/{quote(database)}?host={quote(host, safe='/')}{rest}"


_PLAINEST = {
    "sslmode": "disable",
    "gssencmode": "disable",
    "channel_binding": "disable",
    "client_encoding": "UTF8",
}
"""Values that are better than libpq's defaults for a server on the same computer."""


def _process(pid: int) -> list[float]:
    """A process, identified by id and start time; empty where it has ended."""
    try:
        return [pid, round(psutil.Process(pid).create_time(), 2)]
    except psutil.Error:
        return []


def _ensure_database(url: str, name: str) -> bool:
    """Make the first database where it is missing; whether the one of this name is there."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if found is None and name == DATABASE:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')
    return found is not None or name == DATABASE


def _renew_text_order(url: str) -> None:
    """Build the indexes over text anew where the system sorts otherwise than when they were made.

    Only databases made with a locale of the system need it; with a stale index an existing path
    is not found, and its video is listed twice.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT FROM pg_database WHERE datname = current_database() AND datcollversion "
            "IS DISTINCT FROM pg_database_collation_actual_version(oid)"
        ).fetchone()
        if found is None:
            return
        for (index,) in connection.execute(_TEXT_INDEXES).fetchall():
            connection.execute(f"REINDEX INDEX {index}")
        own = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("ALTER DATABASE {} REFRESH COLLATION VERSION").format(own))


def _settings() -> dict[str, str]:
    """Our settings of the server, for the memory of this computer."""
    memory = psutil.virtual_memory().total // 2**20
    return {
        "shared_buffers": f"{max(128, min(2048, memory // 8))}MB",
        "effective_cache_size": f"{max(256, memory // 2)}MB",
        # an HNSW graph over 100,000 faces needs about 300 MB to be built in memory
        "maintenance_work_mem": f"{max(64, min(1024, memory // 16))}MB",
        "work_mem": "32MB",
        "max_wal_size": "2GB",
        "random_page_cost": "1.1",
        "jit": "off",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "max_connections": "60",
        # no replicas: rows loaded into a new table need no write-ahead log
        "wal_level": "minimal",
        "max_wal_senders": "0",
        # the system may lack the locale that the folder was made with
        "lc_messages": "'C'",
        "lc_monetary": "'C'",
        "lc_numeric": "'C'",
        "lc_time": "'C'",
    }
