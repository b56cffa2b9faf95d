"""What cannot be carried over: the values PostgreSQL would refuse, and the sum of what is missing.

The values are kept on disk, since there may be many.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock
from typing import Any

from facereview.migrate.plan.plan import LoadColumn, Loss, TablePlan
from facereview.migrate.source.schema import quoted
from facereview.migrate.source.snapshot import ATTACHED, DEFECTS, connect
from facereview.numbers import counted

_SHOWN = 120
"""Characters of a value."""
_NAMED = 3
"""Tables that are named."""
_PLURALS = {
    "index": "indexes",
    "not null": "NOT NULLs",
    "full-text search": "full-text searches",
}


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
        with closing(connect(folder)) as library:
            [(encoding,)] = library.execute("PRAGMA encoding")
        self._db = _made(folder / DEFECTS, encoding.decode())

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def action(self, table: TablePlan, source: str | None) -> str:
        """What happens to a value of this column, or to a row where no single column is the cause.

        A value that may not be NULL cannot be made NULL: its row is set aside.
        """
        if self.policy is not Policy.NULL:
            return self.policy
        return Policy.NULL if source and table.nullable([source]) else Policy.QUARANTINE

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
        return set(self._rows("SELECT DISTINCT action, col FROM defect WHERE tbl = ?", table))

    def set_aside(self, table: str) -> int:
        """How many rows of a table go to quarantine."""
        sql = "SELECT count(DISTINCT row) FROM defect WHERE tbl = ? AND action = 'quarantine'"
        return int(self._rows(sql, table)[0][0])

    def reasons(self, table: str) -> dict[int, str]:
        """Why each row of a table goes to quarantine."""
        sql = (
            "SELECT row, group_concat(CASE col WHEN '' THEN reason ELSE col || ': ' || reason END,"
            " '; ') FROM defect WHERE tbl = ? AND action = 'quarantine' GROUP BY row"
        )
        return dict(self._rows(sql, table))

    def groups(self) -> list[DefectGroup]:
        """All defects, counted."""
        sql = (
            "SELECT tbl, nullif(col, ''), reason, action, count(*) FROM defect"
            " GROUP BY tbl, col, reason, action ORDER BY tbl, col, reason"
        )
        return [DefectGroup(*row) for row in self._rows(sql)]

    def listed(self, limit: int) -> list[Defect]:
        """The first defects, by table and row."""
        sql = (
            "SELECT tbl, row, nullif(col, ''), reason, value, action FROM defect"
            " ORDER BY tbl, row, col LIMIT ?"
        )
        return [Defect(*row) for row in self._rows(sql, limit)]

    def __len__(self) -> int:
        return int(self._rows("SELECT count(*) FROM defect")[0][0])

    def _rows(self, sql: str, *params: object) -> list[Any]:
        with self._lock:
            return self._db.execute(sql, params).fetchall()


def _made(file: Path, encoding: str) -> sqlite3.Connection:
    """The list, in the encoding of the library that it is attached to."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.text_factory = lambda raw: raw.decode(errors="backslashreplace")
    try:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"PRAGMA encoding = '{encoding}'")
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


@dataclass(frozen=True, slots=True)
class CleanTable:
    """SQL for one table: ``values`` has one expression per column, ``origin`` goes after FROM.

    ``row`` numbers the rows; ``where`` is empty or begins with WHERE; ``attached``: it asks the
    list of defects.
    """

    values: tuple[str, ...]
    row: str
    origin: str
    where: str
    attached: bool

    @property
    def select(self) -> str:
        """The query for all columns."""
        return f"SELECT {', '.join(self.values)} FROM {self.origin} {self.where}"


def clean(
    table: TablePlan, columns: tuple[LoadColumn, ...], actions: set[tuple[str, str | None]]
) -> CleanTable:
    """How to read a table; ``actions`` are the (action, column) pairs that occur in it."""
    source = table.source
    mine = f"FROM {ATTACHED}.defect WHERE tbl = {_text(source.name)}"
    values = []
    for column in columns:
        value = quoted(column.source)
        if ("null", column.source) in actions:
            rows = f"SELECT row {mine} AND col = {_text(column.source)} AND action = 'null'"
            value = f"CASE WHEN {source.row} IN ({rows}) THEN NULL ELSE {value} END"
        values.append(value)
    # what stops the migration is not read either: it fits no type that could be asked about it
    aside = any(action != "null" for action, _ in actions)
    rows = f"SELECT row {mine} AND action <> 'null'"
    where = f"WHERE {source.row} NOT IN ({rows})" if aside else ""
    return CleanTable(tuple(values), source.row, source.origin, where, bool(actions))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Missing:
    """How much is not there: rows ``of`` all, values, definitions by kind; ``emptied`` tables.

    A table is emptied where each of its rows is set aside.
    """

    rows: int = 0
    of: int = 0
    values: int = 0
    definitions: tuple[tuple[str, int], ...] = ()
    emptied: tuple[str, ...] = ()

    @classmethod
    def counted(
        cls,
        tables: Sequence[tuple[str, int, int]],
        groups: Sequence[DefectGroup],
        losses: Sequence[Loss],
    ) -> Missing:
        """The sum of these; ``tables`` by name, rows of the file and how many of them set aside."""
        return cls(
            rows=sum(aside for _, _, aside in tables),
            of=sum(rows for _, rows, _ in tables),
            values=sum(group.count for group in groups if group.action == "null"),
            definitions=tuple(Counter(loss.what for loss in losses).items()),
            emptied=tuple(name for name, rows, aside in tables if rows == aside > 0),
        )

    @classmethod
    def recalled(cls, record: Mapping[str, Any]) -> Missing:
        """What was written down of an earlier migration."""
        definitions = tuple((str(what), int(count)) for what, count in record["definitions"])
        emptied = tuple(str(name) for name in record["emptied"])
        rows, of, values = (int(record[each]) for each in ("rows", "of", "values"))
        return cls(rows, of, values, definitions, emptied)

    def __bool__(self) -> bool:
        return bool(self.rows or self.values or self.definitions)

    def __str__(self) -> str:
        said = list(self._parts())
        return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"

    def _parts(self) -> Iterator[str]:
        if self.rows:
            yield f"{self.rows:,} of {_counted(self.of, 'row')}{self._whole_tables()}"
        if self.values:
            yield _counted(self.values, "value")
        for what, count in self.definitions:
            yield _counted(count, what)

    def _whole_tables(self) -> str:
        if not self.emptied:
            return ""
        more = len(self.emptied) - _NAMED
        tail = f" and {_counted(more, 'further table')}" if more > 0 else ""
        return f" (all of {', '.join(self.emptied[:_NAMED])}{tail})"


NOTHING = Missing()


def _counted(count: int, what: str) -> str:
    return counted(count, what, _PLURALS.get(what))
