"""What the target has already: the tables with the library's names and their keys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import namedtuple_row

from facereview.migrate.plan.kinds import Kind
from facereview.migrate.source.schema import folded

SCHEMA = "public"
CONFIG = "face_recognition_config"
"""The one table that is not empty in a new library: the library's own rows replace the defaults."""
_COLUMNS = """
SELECT c.relname::text AS table_name, a.attname::text AS name, t.typname::text AS type,
       CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4
            THEN a.atttypmod - 4 END AS limit,
       a.attnotnull AS not_null, a.attgenerated <> '' AS generated,
       a.atthasdef OR a.attidentity <> '' AS has_default,
       coalesce(NOT l.collisdeterministic, false) OR t.typname = 'citext' AS folds
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p')
  AND lower(c.relname::text COLLATE "C") = ANY(%(names)s)
ORDER BY c.relname, a.attnum
"""
_CONSTRAINTS = """
SELECT k.conrelid::regclass::text AS holder, c.relname::text AS table_name,
       k.conname::text AS name, k.contype::text AS type,
       (SELECT array_agg(a.attname::text ORDER BY u.place)
        FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number) AS columns,
       f.relname::text AS target,
       (SELECT array_agg(a.attname::text ORDER BY u.place)
        FROM unnest(k.confkey) WITH ORDINALITY u(number, place)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number)
       AS target_columns,
       pg_get_constraintdef(k.oid) AS definition, k.convalidated AS valid,
       c.relnamespace = %(schema)s::regnamespace AS own
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
LEFT JOIN pg_class f ON f.oid = k.confrelid
WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND k.conparentid = 0
  AND ((c.relnamespace = %(schema)s::regnamespace
        AND lower(c.relname::text COLLATE "C") = ANY(%(names)s))
       OR (f.relnamespace = %(schema)s::regnamespace
           AND lower(f.relname::text COLLATE "C") = ANY(%(names)s)))
ORDER BY k.conrelid, k.conname
"""
_INDEXES = """
SELECT c.relname::text AS table_name, x.relname::text AS name, i.indisunique AS unique,
       pg_get_indexdef(i.indexrelid) AS definition,
       (SELECT array_agg(a.attname::text ORDER BY u.place)
        FROM unnest(i.indkey::int2[]) WITH ORDINALITY u(number, place)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = u.number) AS columns,
       pg_get_expr(i.indpred, i.indrelid) AS predicate, i.indisvalid AS valid,
       EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid
               AND k.contype IN ('p', 'u', 'x')) AS of_constraint
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_class x ON x.oid = i.indexrelid
WHERE c.relnamespace = %(schema)s::regnamespace
  AND lower(c.relname::text COLLATE "C") = ANY(%(names)s)
ORDER BY c.relname, x.relname
"""
_TRIGGERS = """
SELECT c.relname::text AS table_name, t.tgname::text AS name, t.tgenabled::text AS fires
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND t.tgenabled <> 'D'
  AND c.relnamespace = %(schema)s::regnamespace
  AND lower(c.relname::text COLLATE "C") = ANY(%(names)s)
ORDER BY c.relname, t.tgname
"""
_RELATIONS = """
SELECT c.relname::text AS name FROM pg_class c WHERE c.relnamespace = %(schema)s::regnamespace
UNION SELECT t.typname::text FROM pg_type t
WHERE t.typnamespace = %(schema)s::regnamespace AND t.typcategory <> 'A'
"""
_KINDS = {
    "int2": Kind.SMALL,
    "int4": Kind.INTEGER,
    "int8": Kind.BIG,
    "float4": Kind.REAL,
    "float8": Kind.DOUBLE,
    "text": Kind.TEXT,
    "varchar": Kind.TEXT,
    "citext": Kind.TEXT,
    "bytea": Kind.BYTES,
    "bool": Kind.BOOLEAN,
    "date": Kind.DATE,
    "timestamp": Kind.TIMESTAMP,
    "timestamptz": Kind.TIMESTAMP,
}

Query = sql.SQL | sql.Composed
MAX_NAME = 63
"""PostgreSQL cuts longer names off, in bytes."""


def names(columns: Iterable[str]) -> sql.Composed:
    """Column names in parentheses."""
    return sql.SQL("({})").format(sql.SQL(", ").join(sql.Identifier(c) for c in columns))


def short(text: str, size: int = MAX_NAME) -> str:
    """A name cut so that PostgreSQL need not, in bytes."""
    return text.encode()[:size].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """A column of the target. ``folds``: it takes texts for equal that differ in their bytes."""

    name: str
    type: str
    limit: int | None
    not_null: bool
    generated: bool
    has_default: bool
    folds: bool

    @property
    def kind(self) -> Kind | None:
        """Its type, None where no value of a library can be put in as it is."""
        return _KINDS.get(self.type)


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint: ``p`` primary key, ``u`` unique, ``f`` foreign key, ``c`` check.

    ``holder`` is its table as SQL, ``definition`` what follows ADD CONSTRAINT; ``own`` where the
    table is one of the library's, not another that points to one.
    """

    holder: str
    table_name: str
    name: str
    type: str
    columns: tuple[str, ...]
    target: str | None
    target_columns: tuple[str, ...]
    definition: str
    valid: bool
    own: bool


@dataclass(frozen=True, slots=True)
class TargetIndex:
    """An index; ``of_constraint`` where a constraint made it."""

    table_name: str
    name: str
    unique: bool
    definition: str
    columns: tuple[str, ...]
    predicate: str | None
    valid: bool
    of_constraint: bool


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger that fires: ``O`` as usual, ``A`` always, ``R`` on replicas."""

    table_name: str
    name: str
    fires: str


@dataclass(frozen=True, slots=True)
class Target:
    """The tables asked for, as far as they exist; ``relations`` are the names in their schema.

    A table is a type as well, so that the names of types are among them.
    """

    columns: dict[str, tuple[TargetColumn, ...]]
    constraints: tuple[Constraint, ...]
    indexes: tuple[TargetIndex, ...]
    triggers: tuple[Trigger, ...]
    relations: frozenset[str]

    def table(self, name: str) -> str | None:
        """How the target spells this table, None where it has none; SQLite ignores the case."""
        if name in self.columns:
            return name
        return next((t for t in self.columns if folded(t) == folded(name)), None)

    def column(self, table: str, name: str) -> TargetColumn | None:
        """A column of a table as the target spells it, or None; SQLite ignores the case."""
        columns = self.columns.get(table, ())
        exact = (c for c in columns if c.name == name)
        alike = (c for c in columns if folded(c.name) == folded(name))
        return next(exact, None) or next(alike, None)

    def keys(self, table: str, kinds: str) -> list[Constraint]:
        """A table's own constraints of these types."""
        return [c for c in self.constraints if c.own and c.table_name == table and c.type in kinds]


def read_target(connection: psycopg.Connection[Any], names: Sequence[str]) -> Target:
    """The tables of these names in the schema that libraries live in."""
    params = {"schema": SCHEMA, "names": [folded(name) for name in names]}

    def rows(query: LiteralString) -> list[Any]:
        with connection.cursor(row_factory=namedtuple_row) as cursor:
            return cursor.execute(query, params).fetchall()

    columns: dict[str, tuple[TargetColumn, ...]] = {}
    for row in rows(_COLUMNS):
        columns[row.table_name] = (*columns.get(row.table_name, ()), TargetColumn(*row[1:]))
    constraints = (
        row._replace(columns=_tuple(row.columns), target_columns=_tuple(row.target_columns))
        for row in rows(_CONSTRAINTS)
    )
    indexes = (row._replace(columns=_tuple(row.columns)) for row in rows(_INDEXES))
    return Target(
        columns,
        tuple(Constraint(*row) for row in constraints),
        tuple(TargetIndex(*row) for row in indexes),
        tuple(Trigger(*row) for row in rows(_TRIGGERS)),
        frozenset(row.name for row in rows(_RELATIONS)),
    )


def _tuple(names: list[str] | None) -> tuple[str, ...]:
    return tuple(names or ())
