"""The values that PostgreSQL would refuse, kept on disk since there may be many."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock

from facereview.migrate.plan.plan import LoadColumn, TablePlan
from facereview.migrate.source.schema import quoted
from facereview.migrate.source.snapshot import DEFECTS

_SHOWN = 120


class Policy(StrEnum):
    """What to do about a value that PostgreSQL would refuse."""

    STOP = "stop"
    NULL = "null"
    QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Defect:
    """One unfit value. ``row`` is the rowid, or the place in key order where there is none."""

    table: str
    row: int
    column: str | None
    reason: str
    value: str
    action: str


@dataclass(frozen=True, slots=True)
class DefectGroup:
    """How often a reason was found in a column, and what is done about it."""

    table: str
    column: str | None
    reason: str
    action: str
    count: int


class Defects:
    """The defects found so far; may be used by several threads."""

    def __init__(self, folder: Path, policy: Policy) -> None:
        self.policy = policy
        self._lock = Lock()
        self._db = _made(folder / DEFECTS)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def action(self, table: TablePlan, source: str | None) -> str:
        """What happens to a value of this column, or to a row where no single column is the cause.

        A value that may not be NULL cannot be made NULL: its row is set aside.
        """
        if self.policy is not Policy.NULL:
            return self.policy
        primary = table.source.primary_key
        fixed = source is None or (primary is not None and source in primary.columns)
        needed = any(c.not_null for c in table.columns if c.source == source)
        return Policy.QUARANTINE if fixed or needed else Policy.NULL

    def add(
        self, table: TablePlan, source: str | None, reason: str, found: Iterable[tuple[int, object]]
    ) -> int:
        """Note (row, value) pairs; how many were not known yet. A row is noted once per column."""
        action = self.action(table, source)
        rows = [
            (table.source.name, row, source or "", reason, shown(value), action)
            for row, value in found
        ]
        with self._lock:
            before = self._db.total_changes
            self._db.execute("BEGIN")
            self._db.executemany("INSERT OR IGNORE INTO defect VALUES (?, ?, ?, ?, ?, ?)", rows)
            self._db.execute("COMMIT")
            return self._db.total_changes - before

    def actions(self, table: str) -> set[tuple[str, str | None]]:
        """Which (action, column) pairs occur in a table."""
        sql = "SELECT DISTINCT action, col FROM defect WHERE tbl = ?"
        with self._lock:
            return set(self._db.execute(sql, (table,)).fetchall())

    def set_aside(self, table: str) -> int:
        """How many rows of a table go to quarantine."""
        sql = "SELECT count(DISTINCT row) FROM defect WHERE tbl = ? AND action = 'quarantine'"
        with self._lock:
            return int(self._db.execute(sql, (table,)).fetchone()[0])

    def reasons(self, table: str) -> dict[int, str]:
        """Why each row of a table goes to quarantine."""
        sql = (
            "SELECT row, group_concat(CASE col WHEN '' THEN reason ELSE col || ': ' || reason END,"
            " '; ') FROM defect WHERE tbl = ? AND action = 'quarantine' GROUP BY row"
        )
        with self._lock:
            return dict(self._db.execute(sql, (table,)))

    def groups(self) -> list[DefectGroup]:
        """All defects, counted."""
        sql = (
            "SELECT tbl, nullif(col, ''), reason, action, count(*) FROM defect"
            " GROUP BY tbl, col, reason, action ORDER BY tbl, col, reason"
        )
        with self._lock:
            return [DefectGroup(*row) for row in self._db.execute(sql)]

    def listed(self, limit: int) -> list[Defect]:
        """The first defects, by table and row."""
        sql = (
            "SELECT tbl, row, nullif(col, ''), reason, value, action FROM defect"
            " ORDER BY tbl, row, col LIMIT ?"
        )
        with self._lock:
            return [Defect(*row) for row in self._db.execute(sql, (limit,))]

    def __len__(self) -> int:
        with self._lock:
            return int(self._db.execute("SELECT count(*) FROM defect").fetchone()[0])


def _made(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.text_factory = lambda raw: raw.decode(errors="backslashreplace")
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "CREATE TABLE defect (tbl TEXT, row INTEGER, col TEXT, reason TEXT, value TEXT,"
            " action TEXT, PRIMARY KEY (tbl, row, col)) WITHOUT ROWID"
        )
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def shown(value: object) -> str:
    """A value for people, cut short."""
    if isinstance(value, bytes):
        try:
            text = value.decode()
        except UnicodeDecodeError:
            text = f"x'{value[:_SHOWN].hex()}'"
        value = text
    text = "NULL" if value is None else str(value)
    text = text.replace("\0", "\\0")
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def first(column: LoadColumn) -> str:
    """SQL for the beginning of a value, enough to recognise it, as text or bytes."""
    value = quoted(column.source)
    is_long = f"typeof({value}) IN ('text', 'blob')"
    return f"CASE WHEN {is_long} THEN substr({value}, 1, 200) ELSE {value} END"
