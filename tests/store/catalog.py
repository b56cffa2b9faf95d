"""What a database is made of, by PostgreSQL's own words: equal texts mean equal libraries."""

from __future__ import annotations

from typing import Any

import psycopg

Sql = psycopg.Connection[Any]

_CATALOG = """
WITH ours AS (
    SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.reloptions
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ('public', 'facereview')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'))
SELECT concat_ws(' ', relkind, name, reloptions::text) FROM ours
UNION ALL
SELECT concat_ws(' ', 'column', o.name, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
                 CASE WHEN a.attnotnull THEN 'not null' END, a.attstorage, a.attidentity,
                 pg_get_expr(d.adbin, d.adrelid))
FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE o.relkind = 'r'
UNION ALL
SELECT concat_ws(' ', 'constraint', o.name, k.conname, pg_get_constraintdef(k.oid))
FROM pg_constraint k JOIN ours o ON o.oid = k.conrelid
UNION ALL
SELECT concat_ws(' ', i.indisvalid::text, pg_get_indexdef(i.indexrelid))
FROM pg_index i JOIN ours o ON o.oid = i.indrelid
UNION ALL
SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'facereview'
UNION ALL
SELECT concat_ws(' ', 'trigger', t.tgrelid::regclass, pg_get_triggerdef(t.oid))
FROM pg_trigger t JOIN ours o ON o.oid = t.tgrelid WHERE NOT t.tgisinternal
"""


def catalog(sql: Sql) -> list[str]:
    """Tables, columns, storage, defaults, constraints, indexes, functions, triggers."""
    return sorted(row[0] for row in sql.execute(_CATALOG))


def rows(sql: Sql) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, in an order of its own."""
    tables = sql.execute(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n "
        "ON n.oid = c.relnamespace WHERE n.nspname IN ('public', 'facereview') "
        "AND c.relkind = 'r'"
    ).fetchall()
    return {
        table: [
            row[0]
            for row in sql.execute(f"SELECT to_jsonb(t) FROM {table} t ORDER BY to_jsonb(t)::text")
        ]
        for (table,) in tables
    }


def lost(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> Any:
    """The first row that is no longer there; one that has more columns now still is."""
    for table, held in before.items():
        shorter = (
            [{name: row.get(name) for name in held[0]} for row in after[table]] if held else []
        )
        for row in held:
            if row not in shorter:
                return table, row
    return None
