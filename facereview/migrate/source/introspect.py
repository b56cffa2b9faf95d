"""Reads the catalogue of an SQLite file; no table is assumed."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any

from facereview.errors import Invalid, Remedy
from facereview.migrate.source.ddl_parts import Parts, index_parts, table_parts
from facereview.migrate.source.schema import (
    Family,
    ForeignKey,
    Index,
    Key,
    Source,
    SourceColumn,
    SourceTable,
    Term,
    View,
    folded,
    quoted,
)

_FAMILIES = tuple(
    (re.compile(pattern), family)
    for pattern, family in (
        ("DATETIME|TIMESTAMP", Family.TIMESTAMP),
        (r"^DATE\b", Family.DATE),
        ("BOOL", Family.BOOLEAN),
        (r"\bU?(TINY|SMALL|MEDIUM|BIG|LONG)?INT(EGER)?\d*(_T)?\b", Family.INTEGER),
        ("CHAR|CLOB|TEXT", Family.TEXT),
        ("BLOB", Family.BLOB),
        ("REAL|FLOA|DOUB", Family.REAL),
        (r"\b(NUMERIC|DECIMAL|DEC|FIXED|NUMBER|(SMALL)?MONEY|CURRENCY)\b", Family.NUMBER),
    )
)
_HIDDEN, _GENERATED = 1, (2, 3)
_RENAMED = {"true", "false"}
"""In what a subquery gives, SQLite calls such columns ``column1`` …; ``"false"`` is then a text."""


def introspect(connection: sqlite3.Connection) -> Source:
    """What the file holds.

    Raises:
        Invalid: its definitions cannot be read, or a table that no query reads faithfully.
    """
    factory, connection.text_factory = connection.text_factory, str
    try:
        return _Reader(connection).source()
    except (sqlite3.Error, UnicodeError) as fault:
        raise Invalid(
            f"The library's definitions cannot be read ({fault})", Remedy.CHECK_FILE
        ) from fault
    finally:
        connection.text_factory = factory


def family(declared: str) -> Family:
    """What a declared type asks for: SQLite's affinity, and the names people give to dates."""
    name = declared.upper().strip()
    return next((family for pattern, family in _FAMILIES if pattern.search(name)), Family.FREE)


class _Reader:
    """One reading of the catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._kinds = {
            row[1]: (row[2], bool(row[4]))
            for row in self._rows("PRAGMA table_list")
            if row[0] == "main"
        }
        self._sql = {
            (row[0], row[1]): row[2] or ""
            for row in self._rows("SELECT type, name, sql FROM sqlite_master ORDER BY rowid")
        }

    def source(self) -> Source:
        names = [name for kind, name in self._sql if kind == "table" and self._is_data(name)]
        return Source(
            tables=tuple(self._table(name) for name in names),
            views=tuple(View(n, sql) for (kind, n), sql in self._sql.items() if kind == "view"),
            triggers=tuple(n for kind, n in self._sql if kind == "trigger"),
        )

    def _rows(self, sql: str, *params: object) -> list[Any]:
        return self._connection.execute(sql, params).fetchall()

    def _is_data(self, name: str) -> bool:
        return not name.startswith("sqlite_") and self._kinds[name][0] != "shadow"

    def _table(self, name: str) -> SourceTable:
        sql = self._sql["table", name]
        parts = Parts() if self._kinds[name][0] == "virtual" else table_parts(sql)
        xinfo = self._rows(f"PRAGMA table_xinfo({quoted(name)})")
        columns = tuple(_column(row, parts) for row in xinfo if row[6] != _HIDDEN)
        keyed = tuple(row[1] for row in sorted(xinfo, key=lambda row: row[5]) if row[5])
        alias = self._rowid_alias(name, columns, keyed)
        row, origin = self._numbered(name, columns, keyed)
        return SourceTable(
            name=name,
            columns=columns,
            row=row,
            origin=origin,
            rowid_alias=alias,
            sequence=self._sequence(name),
            primary_key=_key(keyed, _collations(keyed, columns), parts) if keyed else None,
            uniques=self._uniques(name, parts),
            checks=tuple(parts.checks),
            foreign_keys=self._foreign_keys(name, columns, parts),
            indexes=self._indexes(name),
        )

    def _numbered(
        self, name: str, columns: Sequence[SourceColumn], keyed: Sequence[str]
    ) -> tuple[str, str]:
        """How to number the rows of a table, and where to select them from."""
        taken = {folded(column.name) for column in columns}
        free = [word for word in ("rowid", "_rowid_", "oid") if word not in taken]
        if free and not self._kinds[name][1]:
            indexed = "" if self._kinds[name][0] == "virtual" else " NOT INDEXED"
            return free[0], quoted(name) + indexed
        for column in columns:
            if folded(column.name) in _RENAMED:
                raise Invalid(
                    f"The table {name} has no row ids and a column named {column.name}, whose "
                    "values SQLite does not give under that name where rows are numbered: rename "
                    "the column in a copy of the library, and migrate the copy."
                )
        order = ", ".join(quoted(column) for column in keyed or taken)
        return (
            "facereview_row",
            f"(SELECT row_number() OVER (ORDER BY {order}) AS facereview_row, * "
            f"FROM {quoted(name)}) AS {quoted(name)}",
        )

    def _rowid_alias(
        self, name: str, columns: Sequence[SourceColumn], keyed: Sequence[str]
    ) -> str | None:
        """The one column that is the rowid: declared exactly INTEGER PRIMARY KEY."""
        if len(keyed) != 1 or self._kinds[name][1]:
            return None
        column = next(c for c in columns if c.name == keyed[0])
        has_index = any(row[3] == "pk" for row in self._rows(f"PRAGMA index_list({quoted(name)})"))
        return column.name if column.declared.upper() == "INTEGER" and not has_index else None

    def _sequence(self, name: str) -> int | None:
        if "sqlite_sequence" not in self._kinds:
            return None
        rows = self._rows("SELECT max(seq) FROM sqlite_sequence WHERE name = ?", name)
        return int(rows[0][0]) if isinstance(rows[0][0], int) else None

    def _uniques(self, name: str, parts: Parts) -> tuple[Key, ...]:
        found = []
        for row in reversed(self._rows(f"PRAGMA index_list({quoted(name)})")):
            if row[3] == "u":
                terms = self._index_terms(row[1])
                names = tuple(term[2] for term in terms)
                found.append(_key(names, tuple(term[4].upper() for term in terms), parts))
        return tuple(found)

    def _index_terms(self, name: str) -> list[Any]:
        return [row for row in self._rows(f"PRAGMA index_xinfo({quoted(name)})") if row[5]]

    def _foreign_keys(
        self, name: str, columns: Sequence[SourceColumn], parts: Parts
    ) -> tuple[ForeignKey, ...]:
        grouped: dict[int, list[Any]] = {}
        for row in self._rows(f"PRAGMA foreign_key_list({quoted(name)})"):
            grouped.setdefault(row[0], []).append(row)
        found = []
        for place, number in enumerate(sorted(grouped, reverse=True)):
            rows = sorted(grouped[number], key=lambda row: row[1])
            said = parts.references[place] if place < len(parts.references) else None
            target, targets = self._target(rows[0][2], [row[4] for row in rows])
            found.append(
                ForeignKey(
                    name=said.name if said else None,
                    columns=tuple(_spelt(row[3], [c.name for c in columns]) for row in rows),
                    target=target,
                    target_columns=targets,
                    on_update=rows[0][5],
                    on_delete=rows[0][6],
                    deferred=said.deferred if said else False,
                )
            )
        return tuple(found)

    def _target(self, name: str, columns: Sequence[str | None]) -> tuple[str, tuple[str, ...]]:
        """The table a foreign key points to and its columns; none where they do not exist."""
        real = _spelt(name, list(self._kinds))
        if self._kinds.get(real, ("", False))[0] not in ("table", "virtual"):
            return name, ()
        info = self._rows(f"PRAGMA table_xinfo({quoted(real)})")
        keyed = [row[1] for row in sorted(info, key=lambda row: row[5]) if row[5]]
        asked = keyed if columns[0] is None else [str(column) for column in columns]
        spelt = tuple(_spelt(column, [row[1] for row in info]) for column in asked)
        known = {row[1] for row in info}
        return real, spelt if len(spelt) == len(columns) and known.issuperset(spelt) else ()

    def _indexes(self, table: str) -> tuple[Index, ...]:
        found = []
        for row in reversed(self._rows(f"PRAGMA index_list({quoted(table)})")):
            if row[3] == "c":
                written, where = index_parts(self._sql["index", row[1]])
                terms = [
                    Term(
                        column=term[2],
                        expression=written[term[0]] if term[2] is None else None,
                        descending=bool(term[3]),
                        collation=term[4].upper(),
                    )
                    for term in self._index_terms(row[1])
                ]
                found.append(Index(row[1], bool(row[2]), tuple(terms), where if row[4] else None))
        return tuple(found)


def _column(row: Any, parts: Parts) -> SourceColumn:
    name = str(row[1])
    declared = re.sub(r"\s*GENERATED ALWAYS$", "", row[2] or "", flags=re.IGNORECASE)
    return SourceColumn(
        name=name,
        declared=declared,
        family=family(declared),
        not_null=bool(row[3]),
        default=row[4],
        collation=_get(parts.collations, name) or "BINARY",
        generated=(_get(parts.generated, name) or "") if row[6] in _GENERATED else None,
    )


def _key(keyed: tuple[str, ...], collations: tuple[str, ...], parts: Parts) -> Key:
    """A key over these columns; the names it was given are matched however they are cased."""
    wanted = [folded(name) for name in keyed]
    said = (n for names, n in parts.keys.items() if [folded(x) for x in names] == wanted)
    return Key(next(said, None), keyed, collations)


def _collations(keyed: tuple[str, ...], columns: Sequence[SourceColumn]) -> tuple[str, ...]:
    by_name = {column.name: column.collation for column in columns}
    return tuple(by_name[name] for name in keyed)


def _get(mapping: dict[str, str], name: str) -> str | None:
    return next((value for key, value in mapping.items() if folded(key) == folded(name)), None)


def _spelt(name: str, known: Sequence[str]) -> str:
    """The name as it is spelt where it was defined; SQLite ignores the case."""
    return next((real for real in known if folded(real) == folded(name)), name)
