"""Questions that only PostgreSQL can answer: which keys are equal, which are too long to index.

The questions are put to temporary tables that are rolled back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from psycopg import errors, sql

from facereview.migrate.load.defects import Defects, clean
from facereview.migrate.load.load import Connection, Stream, copy_in
from facereview.migrate.plan.kinds import Choice, Kind
from facereview.migrate.plan.plan import LoadColumn, Plan, TablePlan
from facereview.migrate.plan.target import SCHEMA, Target, TargetIndex
from facereview.migrate.source.schema import SourceTable, quoted, summed
from facereview.migrate.source.snapshot import connect

Columns = tuple[LoadColumn, ...]

_LONG = 2_600  # an index entry holds 2,704 bytes, after compression
_PROBE = sql.Identifier("facereview_probe")
_ROW = LoadColumn("facereview_row", "facereview_row", Choice(Kind.BIG), not_null=True)
_ROW_NAME = sql.Identifier(_ROW.name)


@dataclass(frozen=True, slots=True)
class Prober:
    """Asks over one connection, inside a transaction that already has the target's tables."""

    connection: Connection
    folder: Path
    plan: Plan
    target: Target
    defects: Defects

    def is_needed(self) -> bool:
        """Whether there is anything to ask."""
        return any(self._keys(table) or self._indexes(table) for table in self.plan.tables)

    def find(self) -> None:
        """Note duplicate keys and values too long for an index."""
        with closing(connect(self.folder)) as reader:
            for table in self.plan.tables:
                for columns in self._keys(table):
                    self._duplicates(table, columns)
                for columns in self._indexes(table):
                    self._too_long(reader, table, columns)

    def _keys(self, table: TablePlan) -> list[Columns]:
        """Keys whose uniqueness SQLite does not guarantee."""
        if table.survey.rows < 2:
            return []
        return [key for key in _unique_keys(table, self.target) if _may_collide(table, key)]

    def _indexes(self, table: TablePlan) -> list[Columns]:
        """Indexes for which a value may be too long; a character may be four bytes."""
        return _indexed(table, self.target) if table.survey.longest > _LONG / 4 else []

    def _duplicates(self, table: TablePlan, columns: Columns) -> None:
        """Every row after the first of those that PostgreSQL takes for equal; NULLs never are."""
        given = sql.SQL(" AND ").join(
            sql.SQL("{} IS NOT NULL").format(sql.Identifier(column.name)) for column in columns
        )
        query = sql.SQL(
            "SELECT {row} FROM (SELECT {row}, row_number() OVER (PARTITION BY {listed}"
            " ORDER BY {row}) AS place FROM {probe} WHERE {given}) AS ranked WHERE place > 1"
        ).format(row=_ROW_NAME, listed=_listed(columns), probe=_PROBE, given=given)
        with self.connection.transaction(force_rollback=True):
            self._fill(table, columns)
            rows = self.connection.execute(query).fetchall()
        named = ", ".join(column.source for column in columns)
        reason = f"the same {named} as an earlier row"
        self.defects.add(table, _last_free(table, columns), reason, ((r, "") for (r,) in rows))

    def _too_long(self, reader: sqlite3.Connection, table: TablePlan, columns: Columns) -> None:
        length = summed([f"ifnull(length(CAST({quoted(c.source)} AS BLOB)), 0)" for c in columns])
        [(encoding,)] = reader.execute("PRAGMA encoding")
        # three bytes in UTF-8 may be two in UTF-16
        longest = _LONG if encoding == b"UTF-8" else _LONG * 2 // 3
        source = table.source
        found = reader.execute(
            f"SELECT {source.row} FROM {source.origin} WHERE {length} > {longest}"
        ).fetchall()
        if not found:
            return
        index = sql.SQL("CREATE INDEX ON {} ({})").format(_PROBE, _listed(columns))
        with self.connection.transaction(force_rollback=True):
            self._fill(table, columns, [row for (row,) in found])
            if self._takes(index):
                return
            self.connection.execute(
                sql.SQL(
                    "CREATE TEMP TABLE facereview_rows ON COMMIT DROP AS SELECT * FROM {}"
                ).format(_PROBE)
            )
            self.connection.execute(sql.SQL("TRUNCATE {}").format(_PROBE))
            self.connection.execute(index)
            one = sql.SQL("INSERT INTO {} SELECT * FROM facereview_rows WHERE {} = {}")
            refused = [
                row
                for (row,) in found
                if not self._takes(one.format(_PROBE, _ROW_NAME, sql.Literal(row)))
            ]
        reason = "longer than an index entry may be"
        column = _last_free(table, [c for c in columns if _is_long(c)])
        self.defects.add(table, column, reason, ((row, "") for row in refused))

    def _takes(self, statement: sql.Composed) -> bool:
        try:
            with self.connection.transaction():
                self.connection.execute(statement)
        except errors.ProgramLimitExceeded:
            return False
        return True

    def _fill(self, table: TablePlan, columns: Columns, rows: Sequence[int] | None = None) -> None:
        """Make the probe: these columns, typed and collated as in the target, and the row."""
        self.connection.execute(
            sql.SQL(
                "CREATE TEMP TABLE {} AS SELECT {}, 0::bigint AS {} FROM {} WITH NO DATA"
            ).format(_PROBE, _listed(columns), _ROW_NAME, sql.Identifier(SCHEMA, table.name))
        )
        cleaned = clean(table, columns, self.defects.actions(table.source.name))
        if rows is not None:
            chosen = f"{cleaned.row} IN ({', '.join(map(str, rows))})"
            where = f"{cleaned.where} AND {chosen}" if cleaned.where else f"WHERE {chosen}"
            cleaned = replace(cleaned, where=where)
        cleaned = replace(cleaned, values=(*cleaned.values, cleaned.row))
        copy_in(
            self.connection,
            _PROBE,
            Stream(self.folder, table, (*columns, _ROW), cleaned),
            lambda _: None,
        )


def _listed(columns: Columns) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)


def _unique_keys(table: TablePlan, target: Target) -> list[Columns]:
    """The sets of columns that must be unique in the target."""
    by_name = {column.name: column for column in table.columns}
    there = [
        *(c.columns for c in target.keys(table.name, "pu")),
        *(i.columns for i in target.indexes if i.table_name == table.name and _is_plain(i)),
    ]
    found = [tuple(by_name[n] for n in names) for names in there if by_name.keys() >= set(names)]
    found += [tuple(table.column_of(s) for s in key) for key in _source_keys(table.source)]
    return list(dict.fromkeys(found))


def _may_collide(table: TablePlan, columns: Sequence[LoadColumn]) -> bool:
    """Whether SQLite did not check that this key is unique, or with other rules of equality."""
    sources = {column.source for column in columns}
    said = any(sources.issuperset(key) for key in _source_keys(table.source))
    return not said or any(_merges(table, column) for column in columns)


def _indexed(table: TablePlan, target: Target) -> list[Columns]:
    """The sets of columns with texts or bytes among them that get an index."""
    by_name = {column.name: column for column in table.columns}
    there = [
        tuple(by_name[name] for name in index.columns if name in by_name)
        for index in target.indexes
        if index.table_name == table.name
    ]
    sources = [
        tuple(table.column_of(term.column) for term in index.terms if term.column)
        for index in table.source.indexes
    ]
    found = dict.fromkeys([*_unique_keys(table, target), *there, *sources])
    return [columns for columns in found if any(_is_long(column) for column in columns)]


def _last_free(table: TablePlan, columns: Sequence[LoadColumn]) -> str:
    """The column of a key to make NULL: the last that may be, where there is one."""
    sources = [column.source for column in columns]
    return (table.nullable(sources) or sources)[-1]


def _source_keys(table: SourceTable) -> list[tuple[str, ...]]:
    """What SQLite itself keeps unique, apart from partial and computed indexes."""
    keys = [key.columns for key in (table.primary_key, *table.uniques) if key]
    indexes = [i for i in table.indexes if i.unique and i.where is None]
    return keys + [
        tuple(term.column for term in index.terms if term.column)
        for index in indexes
        if all(term.column for term in index.terms)
    ]


def _is_plain(index: TargetIndex) -> bool:
    computed = "(" in index.definition.partition(" USING ")[2].partition("(")[2]
    return index.unique and index.predicate is None and not computed


def _merges(table: TablePlan, column: LoadColumn) -> bool:
    """Whether two different values of SQLite may become one."""
    facts = table.survey.facts[column.source]
    kind = column.choice.kind
    classes = sum(bool(n) for n in (facts.integers, facts.reals, facts.texts, facts.blobs))
    words = kind is Kind.BOOLEAN and bool(facts.texts)
    return column.folds or kind.is_date or kind is Kind.REAL or classes > 1 or words


def _is_long(column: LoadColumn) -> bool:
    return column.choice.kind in (Kind.TEXT, Kind.BYTES)
