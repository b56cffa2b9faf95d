"""What of an SQLite library differs afterwards in PostgreSQL, whoever brought it there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

_ROWS_COMPARED = 20_000


def differences(file: Path, url: str) -> dict[str, str]:
    """Kinds of things, each as "different of all"; values of the first rows of each table."""
    with (
        closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as here,
        psycopg.connect(url) as there,
    ):
        there.execute("SET timezone = 'UTC'")
        tables = [
            name
            for (name,) in here.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
            )
        ]
        counts = dict.fromkeys(("names", "not null", "values"), (0, 0))
        for table in tables:
            for what, found in _table(here, there, table).items():
                counts[what] = counts[what][0] + found[0], counts[what][1] + found[1]
        said = {what: f"{bad} of {everything}" for what, (bad, everything) in counts.items()}
        return said | _constraints(here, there, tables)


def _table(
    here: sqlite3.Connection, there: psycopg.Connection[Any], table: str
) -> dict[str, tuple[int, int]]:
    columns = here.execute(f'PRAGMA table_info("{table}")').fetchall()
    spelt = dict(
        there.execute(
            "SELECT attname, attnotnull FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
            " AND attrelid = to_regclass(%s)",
            (f'public."{table}"',),
        ).fetchall()
    )
    folded = {name.lower(): name for name in spelt}
    names = [column[1] for column in columns]
    needed = [name for _, name, _, not_null, _, _ in columns if not_null]
    lost = [n for n in needed if not spelt.get(folded.get(n.lower(), ""), False)]
    return {
        "names": (sum(name not in spelt for name in names), len(names)),
        "not null": (len(lost), len(needed)),
        "values": _values(here, there, table, [(c[1], c[2], c[5]) for c in columns], folded),
    }


def _values(
    here: sqlite3.Connection,
    there: psycopg.Connection[Any],
    table: str,
    columns: list[tuple[str, str, int]],
    folded: dict[str, str],
) -> tuple[int, int]:
    """Values that are not what the file says, of those compared; rows are matched by their key."""
    key = [n for n, (_, _, place) in enumerate(columns) if place]
    order = ", ".join(f'"{columns[n][0]}"' for n in key)
    listed = ", ".join(f'"{name}"' for name, _, _ in columns)
    rows = here.execute(f'SELECT {listed} FROM "{table}" ORDER BY {order} LIMIT {_ROWS_COMPARED}')
    query = sql.SQL("SELECT {} FROM {} ORDER BY {} LIMIT {}").format(
        sql.SQL(", ").join(sql.Identifier(folded[name.lower()]) for name, _, _ in columns),
        sql.Identifier("public", table),
        sql.SQL(", ").join(
            sql.SQL("{}{}").format(
                sql.Identifier(folded[columns[n][0].lower()]),
                sql.SQL(' COLLATE "C"' if "TEXT" in columns[n][1] else ""),
            )
            for n in key
        ),
        sql.Literal(_ROWS_COMPARED),
    )
    bad = everything = 0
    for mine, theirs in _paired(rows.fetchall(), there.execute(query).fetchall()):
        for (_, declared, _), one, other in zip(columns, mine, theirs, strict=True):
            everything += one is not None
            bad += _meant(one, declared) != _plain(other)
    return bad, everything


def _paired(one: list[Any], other: list[Any]) -> Iterator[tuple[Any, Any]]:
    missing = (None,) * len(one[0] if one else ())
    for n, row in enumerate(one):
        yield row, other[n] if n < len(other) else missing


def _meant(value: Any, declared: str) -> Any:
    if value is None:
        return None
    if declared == "BOOLEAN":
        return bool(value)
    if declared == "DATETIME":
        return _plain(datetime.fromisoformat(value))
    return date.fromisoformat(value) if declared == "DATE" else value


def _plain(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _constraints(
    here: sqlite3.Connection, there: psycopg.Connection[Any], tables: list[str]
) -> dict[str, str]:
    """Constraints and predicates that are missing, by their number."""
    schema = " ".join(
        row[0] or "" for row in here.execute("SELECT sql FROM sqlite_master WHERE sql NOT NULL")
    )
    wanted = {
        "foreign keys": sum(
            len({row[0] for row in here.execute(f'PRAGMA foreign_key_list("{table}")')})
            for table in tables
        ),
        "checks": schema.count("CHECK("),
        "index predicates": schema.count(") WHERE "),
        "indexes": schema.count(" INDEX "),
    }
    found = there.execute(
        "SELECT count(*) FILTER (WHERE contype = 'f'), count(*) FILTER (WHERE contype = 'c'),"
        " (SELECT count(*) FROM pg_indexes WHERE schemaname = 'public' AND"
        "  tablename = ANY(%(tables)s) AND indexdef LIKE '%% WHERE %%'),"
        " (SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE"
        "  c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%(tables)s)"
        "  AND NOT i.indisprimary AND NOT EXISTS (SELECT FROM pg_constraint k"
        "  WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u')))"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        " AND conrelid = ANY (SELECT to_regclass(format('public.%%I', t)) FROM"
        " unnest(%(tables)s::text[]) t)",
        {"tables": tables},
    ).fetchone() or (0, 0, 0, 0)
    return {
        f"{what} lost": f"{max(0, number - have)} of {number}"
        for (what, number), have in zip(wanted.items(), found, strict=True)
    }
