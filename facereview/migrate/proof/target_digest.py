"""The target's side of the verification: every row read back from PostgreSQL and hashed."""

from __future__ import annotations

from collections.abc import Callable

from psycopg import sql

from facereview.migrate.load.load import Connection
from facereview.migrate.plan.plan import TablePlan
from facereview.migrate.plan.target import SCHEMA
from facereview.migrate.proof.source_digest import Digest, row_hash

_HEADER = 19
_END = b"\xff\xff"
_MODULUS = 2**128
_TELL_EVERY = 10_000


def target_digest(
    connection: Connection, table: TablePlan, on_rows: Callable[[int], None]
) -> Digest:
    """Digest a table as PostgreSQL sends it: one message per row, in binary."""
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    statement = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT binary)").format(
        columns, sql.Identifier(SCHEMA, table.name)
    )
    rows = total = 0
    with connection.cursor().copy(statement) as copy:
        is_first = True
        for message in copy:
            row = bytes(message)[_HEADER:] if is_first else message
            is_first = False
            if row and row != _END:
                total += row_hash(bytes(row))
                rows += 1
                if rows % _TELL_EVERY == 0:
                    on_rows(_TELL_EVERY)
    on_rows(rows % _TELL_EVERY)
    return Digest(rows, total % _MODULUS)
