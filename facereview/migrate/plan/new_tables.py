"""The statements before the data: new tables and columns, and existing keys put aside."""

from __future__ import annotations

from psycopg import sql

from facereview.migrate.load.sql_names import name, raw
from facereview.migrate.plan.defaults import default
from facereview.migrate.plan.kinds import Kind
from facereview.migrate.plan.plan import LoadColumn, TablePlan
from facereview.migrate.plan.statements import Writer, alter, scope_of
from facereview.migrate.plan.target import SCHEMA
from facereview.migrate.plan.translate import expression
from facereview.migrate.source.schema import folded

SQL = sql.SQL


class Before(Writer):
    """Fills ``plan.before``."""

    def write(self) -> None:
        """All of it, in order."""
        for table in self.plan.tables:
            self._table(table)
            for column in table.columns:
                self._generated(table, column)
                self._default(table, column)
                self._not_null(table, column)
        self._put_aside()

    def _add(self, what: str, table: str, named: str, statement: sql.Composed) -> None:
        self.add(self.plan.before, (what, table, named), statement)

    def _table(self, table: TablePlan) -> None:
        new = [c for c in table.columns if not c.exists and c.generated is None]
        if not table.exists:
            body = SQL(", ").join(_column(table, column) for column in new)
            create = SQL("CREATE TABLE {} ({})").format(name(SCHEMA, table.name), body)
            self._add("table", table.name, table.name, create)
            return
        for column in new:
            add = SQL("ADD COLUMN {}").format(_column(table, column))
            self._add("column", table.name, column.name, alter(table, add))

    def _generated(self, table: TablePlan, column: LoadColumn) -> None:
        text = table.source.column(column.source).generated
        key = "generated column", table.name, column.name
        if column.generated is not None:
            add = SQL("ADD COLUMN {} {} GENERATED ALWAYS AS ({}) STORED{}").format(
                name(column.name),
                raw(column.choice.kind),
                raw(column.generated),
                raw(" NOT NULL" if column.not_null else ""),
            )
            self._add(*key, alter(table, add))
        elif text and not column.exists:
            # repeated to report the reason: the column keeps its values and is no longer computed
            self.portable(key, lambda: expression(text, scope_of(table)))

    def _default(self, table: TablePlan, column: LoadColumn) -> None:
        there = self.target.column(table.name, column.name) if table.exists else None
        source = table.source.column(column.source)
        is_filled = folded(column.name) != folded(source.name)
        if column.generated is not None or is_filled or (there and there.has_default):
            return
        key = "default", table.name, column.name
        value = self.portable(key, lambda: default(source, column.choice))
        if value is not None:
            change = SQL("ALTER COLUMN {} SET DEFAULT {}").format(name(column.name), value)
            self._add(*key, alter(table, change))

    def _not_null(self, table: TablePlan, column: LoadColumn) -> None:
        if column.exists and column.not_null:
            change = SQL("ALTER COLUMN {} SET NOT NULL").format(name(column.name))
            self._add("not null", table.name, column.name, alter(table, change))

    def _put_aside(self) -> None:
        """Keys and indexes of the target would slow every row down, triggers might change it."""
        for constraint in sorted(self.target.constraints, key=lambda c: "fcxup".index(c.type)):
            drop = SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                raw(constraint.holder), name(constraint.name)
            )
            self._add("put aside", constraint.holder, constraint.name, drop)
        for index in self.target.indexes:
            if not index.of_constraint:
                drop = SQL("DROP INDEX {}").format(name(SCHEMA, index.name))
                self._add("put aside", index.table_name, index.name, drop)
        for trigger in self.target.triggers:
            rest = SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(
                name(SCHEMA, trigger.table_name), name(trigger.name)
            )
            self._add("put aside", trigger.table_name, trigger.name, rest)


def _column(table: TablePlan, column: LoadColumn) -> sql.Composed:
    kind: str = column.choice.kind
    if column.source == table.source.rowid_alias == column.name:
        kind = "bigserial" if kind == Kind.BIG else "serial"
    null = " NOT NULL" if column.not_null else ""
    return SQL("{} {}").format(name(column.name), raw(kind + null))
