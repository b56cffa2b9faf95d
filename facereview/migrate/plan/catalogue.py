"""What PostgreSQL itself says of tables and views: every definition, in its own words.

Read after the plan was tried on the empty tables, and again when the rows are in: the two must be
the same, but for what the rows did not fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import psycopg

_ENTRIES = """
WITH mine AS (
    SELECT c.* FROM pg_class c
    WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p', 'v')
      AND c.relname = ANY(%(names)s)
)
SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'table' END, c.relname::text, c.relname::text,
       concat_ws(' ', c.relkind, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity,
                 c.reloptions, CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) END)
FROM mine c
UNION ALL
SELECT 'column', c.relname, a.attname,
       concat_ws(' ', row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum),
                 format_type(a.atttypid, a.atttypmod), 'COLLATE ' || l.collname,
                 CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                 'GENERATED ' || nullif(a.attgenerated::text, ''),
                 'IDENTITY ' || nullif(a.attidentity::text, ''),
                 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid))
FROM mine c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
LEFT JOIN pg_collation l ON l.oid = a.attcollation
UNION ALL
SELECT CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'c' THEN 'check'
                      WHEN 'f' THEN 'foreign key' ELSE 'constraint' END,
       c.relname, k.conname,
       concat_ws(' ', pg_get_constraintdef(k.oid), k.convalidated,
                 CASE WHEN EXISTS (SELECT FROM pg_trigger t
                                   WHERE t.tgconstraint = k.oid AND t.tgenabled = 'D')
                      THEN 'DISABLED' END)
FROM mine c
JOIN pg_constraint k ON k.conrelid = c.oid
UNION ALL
SELECT 'index', c.relname, x.relname,
       concat_ws(' ', replace(pg_get_indexdef(x.oid), ' INDEX ' || quote_ident(x.relname) || ' ON ',
                              ' INDEX ON '),
                 i.indisvalid, i.indisready, i.indislive, i.indimmediate)
FROM mine c
JOIN pg_index i ON i.indrelid = c.oid
JOIN pg_class x ON x.oid = i.indexrelid
UNION ALL
SELECT 'trigger', c.relname, t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
FROM mine c
JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
UNION ALL
SELECT 'rule', c.relname, r.rulename, concat_ws(' ', pg_get_ruledef(r.oid), r.ev_enabled)
FROM mine c
JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'
UNION ALL
SELECT 'sequence', c.relname, x.relname,
       concat_ws(' ', d.refobjsubid, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin,
                 s.seqmax, s.seqcache, s.seqcycle)
FROM mine c
JOIN pg_depend d ON d.refobjid = c.oid AND d.refclassid = 'pg_class'::regclass
                AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
JOIN pg_class x ON x.oid = d.objid AND x.relkind = 'S'
JOIN pg_sequence s ON s.seqrelid = x.oid
"""


class Entry(NamedTuple):
    """One definition: what it is, of which table or view, its name and what it says."""

    what: str
    table: str
    name: str
    says: str


def read_catalogue(
    connection: psycopg.Connection[Any], schema: str, names: Sequence[str]
) -> tuple[Entry, ...]:
    """Every definition of the tables and views of these names."""
    params = {"schema": schema, "names": list(names)}
    with connection.cursor() as cursor:
        return tuple(Entry(*row) for row in cursor.execute(_ENTRIES, params))
