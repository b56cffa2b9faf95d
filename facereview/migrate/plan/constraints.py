"""The statements after the data: keys, indexes, checks, foreign keys and views."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

from facereview.migrate.load.sql_names import Query, name, names, raw, short
from facereview.migrate.plan.kinds import Kind
from facereview.migrate.plan.plan import Plan, TablePlan
from facereview.migrate.plan.rewrite import Known
from facereview.migrate.plan.statements import Refused, Writer, alter, scope_of
from facereview.migrate.plan.target import SCHEMA, Target
from facereview.migrate.plan.translate import condition, expression, select, tables_of
from facereview.migrate.source.ddl_parts import view_select
from facereview.migrate.source.schema import Check, ForeignKey, Index, Key, Term, View, folded

SQL = sql.SQL
FOLDED = {
    "NOCASE": SQL('lower({} COLLATE "C")'),  # ASCII letters only, as in SQLite
    "RTRIM": SQL("rtrim({}, ' ')"),
}


class After(Writer):
    """Fills ``plan.after`` and ``plan.views``."""

    def __init__(self, target: Target, plan: Plan, refused: Refused) -> None:
        super().__init__(target, plan, refused)
        self._taken = set(target.relations) | {table.name for table in plan.tables}

    def write(self, views: Sequence[View]) -> None:
        """All of it, in order: a foreign key needs the key it points to."""
        self._put_back("pux")
        for step in (self._keys, self._indexes, self._checks, self._foreign_keys):
            for table in self.plan.tables:
                step(table)
        self._put_back("fc")
        for view in views:
            self._view(view)

    def _add(self, what: str, table: str, named: str, statement: Query) -> None:
        self.add(self.plan.after, (what, table, named), statement)

    def _put_back(self, kinds: str) -> None:
        for constraint in self.target.constraints:
            if constraint.type in kinds:
                add = SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                    raw(constraint.holder), name(constraint.name), raw(constraint.definition)
                )
                self._add("put back", constraint.table_name, constraint.name, add)
        for index in self.target.indexes if "p" in kinds else ():
            if not index.of_constraint:
                self._add("put back", index.table_name, index.name, raw(index.definition))
        for trigger in self.target.triggers if "f" in kinds else ():
            words = {"A": "ALWAYS ", "R": "REPLICA "}.get(trigger.fires, "")
            again = SQL("ALTER TABLE {} ENABLE {}TRIGGER {}").format(
                name(SCHEMA, trigger.table_name), raw(words), name(trigger.name)
            )
            self._add("put back", trigger.table_name, trigger.name, again)

    def _keys(self, table: TablePlan) -> None:
        has_primary = bool(self.target.keys(table.name, "p"))
        there = {frozenset(k.columns) for k in self.target.keys(table.name, "pu")}
        primary = table.source.primary_key
        for key in (*([primary] if primary else []), *table.source.uniques):
            columns = table.named(key.columns)
            if frozenset(columns) not in there:
                words = "PRIMARY KEY" if key is primary and not has_primary else "UNIQUE"
                self._key(table, key, columns, words)
                there.add(frozenset(columns))
            if any(collation in FOLDED for collation in key.collations):
                self._folded_key(table, key)

    def _key(self, table: TablePlan, key: Key, columns: tuple[str, ...], words: str) -> None:
        add = SQL("ADD {}{} {}").format(_named(key.name), raw(words), names(columns))
        label = key.name or "_".join(columns)
        self._add(words.lower(), table.name, label, alter(table, add))

    def _folded_key(self, table: TablePlan, key: Key) -> None:
        """UNIQUE under NOCASE is stricter than UNIQUE: an index of its own keeps it so."""
        terms = tuple(
            Term(column, None, descending=False, collation=collation)
            for column, collation in zip(key.columns, key.collations, strict=True)
        )
        label = "_".join((table.name, *table.named(key.columns), "nocase"))
        self._index(table, Index(label, unique=True, terms=terms, where=None))

    def _indexes(self, table: TablePlan) -> None:
        for index in table.source.indexes:
            there = next((i for i in self.target.indexes if i.name == index.name), None)
            columns = table.named(tuple(t.column for t in index.terms if t.column))
            if not (there and there.table_name == table.name and there.columns == columns):
                self._index(table, index)

    def _index(self, table: TablePlan, index: Index) -> None:
        label, number = short(index.name), 1
        while label in self._taken:
            number += 1
            label = f"{short(index.name, 58)}_{number}"
        key = "index", table.name, index.name
        statement = self.portable(key, lambda: _create_index(table, index, label))
        if statement is not None:
            self._taken.add(label)
            self._add(*key, statement)

    def _checks(self, table: TablePlan) -> None:
        for check in table.source.checks:
            key = "check", table.name, check.label
            said = self.portable(key, lambda check=check: _check(table, check))  # type: ignore[misc]
            if said is not None:
                self._add(*key, alter(table, said))

    def _foreign_keys(self, table: TablePlan) -> None:
        there = {(k.columns, k.target) for k in self.target.keys(table.name, "f")}
        for key in table.source.foreign_keys:
            parent = self.plan.table(key.target)
            columns = table.named(key.columns)
            label = "foreign key", table.name, key.name or "_".join(columns)
            if parent is None or not key.target_columns:
                self.lose(label, f"it points to {key.target}, which the library does not have")
            elif (columns, parent.name) not in there:
                self._add(*label, _foreign_key(table, parent, key))

    def _view(self, view: View) -> None:
        key = "view", view.name, view.name
        statement = self.portable(key, lambda: _create_view(self.plan, view))
        if statement is not None:
            self.add(self.plan.views, key, statement)


def _named(label: str | None) -> sql.Composable:
    return SQL("CONSTRAINT {} ").format(name(label)) if label else SQL("")


def _create_index(table: TablePlan, index: Index, label: str) -> sql.Composed:
    where = "" if index.where is None else f" WHERE {condition(index.where, scope_of(table))}"
    return SQL("CREATE {}INDEX {} ON {} ({}){}").format(
        SQL("UNIQUE " if index.unique else ""),
        name(label),
        name(SCHEMA, table.name),
        SQL(", ").join(_term(table, term) for term in index.terms),
        raw(where),
    )


def _term(table: TablePlan, term: Term) -> sql.Composed:
    said: sql.Composable
    if term.column is None:
        said = raw(f"({expression(term.expression or '', scope_of(table))})")
    else:
        column = table.column_of(term.column)
        said = name(column.name)
        if term.collation in FOLDED and column.choice.kind is Kind.TEXT:
            said = FOLDED[term.collation].format(said)
    return SQL("{}{}").format(said, SQL(" DESC" if term.descending else ""))


def _check(table: TablePlan, check: Check) -> sql.Composed:
    return SQL("ADD {}CHECK ({})").format(
        _named(check.name), raw(condition(check.expression, scope_of(table)))
    )


def _foreign_key(table: TablePlan, parent: TablePlan, key: ForeignKey) -> sql.Composed:
    said = SQL("ADD {}FOREIGN KEY {} REFERENCES {} {} ON UPDATE {} ON DELETE {}{}").format(
        _named(key.name),
        names(table.named(key.columns)),
        name(SCHEMA, parent.name),
        names(parent.named(key.target_columns)),
        raw(key.on_update),
        raw(key.on_delete),
        SQL(" DEFERRABLE INITIALLY DEFERRED" if key.deferred else ""),
    )
    return alter(table, said)


def _create_view(plan: Plan, view: View) -> sql.Composed:
    columns, body = view_select(view.sql)
    used = tables_of(body)
    known: dict[str, Known] = {}
    for table in plan.tables:
        if folded(table.source.name) in used:
            for column in table.columns:
                seen = known.get(folded(column.name))
                kind = column.choice.kind
                # two tables of a view may have one name for columns of two types
                same = kind if seen is None or seen.kind is kind else None
                known[folded(column.name)] = Known(column.name, same)
    spelt = {folded(t.source.name): t.name for t in plan.tables}
    return SQL("CREATE VIEW {} {} AS {}").format(
        name(SCHEMA, view.name),
        names(columns) if columns else SQL(""),
        raw(select(body, known, spelt)),
    )
