"""The file of the journal: SQLite with a full sync, so that what is written survives a crash."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from facereview.errors import ReviewError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS intent (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    library TEXT NOT NULL,
    token TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL,
    kept_at REAL,
    aside TEXT
)
"""
_ADDED = {"kept_at": "REAL", "aside": "TEXT"}
"""Columns that journals of earlier versions lack."""


class JournalFault(ReviewError):
    """Nothing can be kept on this computer now."""


class JournalFile:
    """Opened as soon as that can be done. May be used from several lanes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.lock = threading.RLock()
        """Held by whoever does several things as one."""
        self._connection: sqlite3.Connection | None = None
        self._closed = False
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._connection = opened(file)
        except (sqlite3.OperationalError, OSError):
            return  # tried again at each decision, which then says that it cannot be kept
        except sqlite3.Error as fault:
            raise ReviewError(
                f"The journal {file} cannot be opened ({fault}): free its disk or move it away."
            ) from fault

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self._closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone.

        Raises:
            JournalFault: nothing can be written.
        """
        with self.lock:
            try:
                if self._connection is None and not self._closed:
                    self._connection = opened(self._file)
                if self._connection is None:
                    raise sqlite3.OperationalError("it is closed")
                yield self._connection
            except (sqlite3.Error, OSError) as fault:
                raise JournalFault(
                    f"Nothing can be kept in {self._file} ({fault}): decisions go straight to "
                    "the database, and are lost if that fails too: free some space there."
                ) from fault

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """The same, all or nothing."""
        with self.writing() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds; nothing where there is no file.

        Raises:
            JournalFault: it cannot be read.
        """
        with self.lock:
            if self._connection is None:
                return []
            try:
                return self._connection.execute(query, values).fetchall()
            except sqlite3.Error as fault:
                raise JournalFault(f"The journal {self._file} cannot be read ({fault}).") from fault


def opened(file: Path) -> sqlite3.Connection:
    """A connection to the file, which is made where it is not there, and brought up to date."""
    connection = sqlite3.connect(file, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(_SCHEMA)
        there = {row[1] for row in connection.execute("PRAGMA table_info(intent)")}
        for column, kind in _ADDED.items():
            if column not in there:
                connection.execute(f"ALTER TABLE intent ADD COLUMN {column} {kind}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection
