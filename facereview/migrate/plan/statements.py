"""The statements before the data (tables, columns) and after it (keys, indexes, views)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ParamSpec, TypeVar

from psycopg.sql import SQL, Composable, Composed, Identifier

from facereview.migrate.plan.defaults import default
from facereview.migrate.plan.kinds import Kind
from facereview.migrate.plan.naming import Names
from facereview.migrate.plan.plan import DefinitionKey, LoadColumn, Loss, Plan, Statement, TablePlan
from facereview.migrate.plan.target import SCHEMA, Query, Target, names
from facereview.migrate.plan.translate import (
    Known,
    NotPortable,
    Scope,
    condition,
    expression,
    select,
    tables_of,
)
from facereview.migrate.source.schema import Check, ForeignKey, Index, Key, Term, View, folded

FOLDED = {
    "NOCASE": SQL('lower({} COLLATE "C")'),  # ASCII letters only, as in SQLite
    "RTRIM": SQL("rtrim({}, ' ')"),
}

P = ParamSpec("P")
T = TypeVar("T")
Refused = Mapping[DefinitionKey, str]
"""Statements that PostgreSQL would not take, each with its reason."""


class Writer:
    """Writes statements into a list of a plan, leaving out what was refused before."""

    def __init__(self, target: Target, plan: Plan, refused: Refused, into: list[Statement]) -> None:
        self.target = target
        self.plan = plan
        self.refused = refused
        self.into = into

    def add(self, what: str, table: str, named: str, statement: Query) -> None:
        """Add a statement."""
        if (what, table, named) not in self.refused:
            self.into.append(Statement(what, table, named, statement))

    def lose(self, key: DefinitionKey, reason: str) -> None:
        """Note that something is not carried over."""
        if key not in self.refused:
            self.plan.losses.append(Loss(*key, reason))

    def portable(
        self, key: DefinitionKey, make: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T | None:
        """What ``make`` gives, or None and a loss noted where it cannot be said."""
        try:
            return make(*args, **kwargs)
        except NotPortable as fault:
            self.lose(key, str(fault))
            return None


def alter(table: TablePlan, change: Composable) -> Composed:
    """ALTER TABLE with one change."""
    return SQL("ALTER TABLE {} {}").format(Identifier(SCHEMA, table.name), change)


def scope_of(table: TablePlan) -> Scope:
    """The columns that an expression in this table may use, by the file's names and the target's.

    An expression is rewritten from the inside: what is around a column sees its new name.
    """
    known = {c: Known(c.name, c.choice.kind, table.collation(c)) for c in table.columns}
    mine = {folded(c.name): table.column_of(c.name) for c in table.source.columns}
    return {folded(c.name): known[c] for c in table.columns} | {
        n: known[c] for n, c in mine.items()
    }


class Before(Writer):
    """Fills ``plan.before``."""

    def write(self) -> None:
        """All of it, in order."""
        # the sequence of an id avoids the names that are there: t_id_seq is made before t
        for table in sorted(self.plan.tables, key=lambda table: -len(table.name)):
            self._table(table)
        for table in self.plan.tables:
            for column in table.columns:
                self._generated(table, column)
                self._default(table, column)
                self._not_null(table, column)
        self._put_aside()

    def _table(self, table: TablePlan) -> None:
        new = [c for c in table.columns if not c.exists and c.generated is None]
        if not table.exists:
            body = SQL(", ").join(_column(table, column) for column in new)
            create = SQL("CREATE TABLE {} ({})").format(Identifier(SCHEMA, table.name), body)
            self.add("table", table.name, table.name, create)
            return
        for column in new:
            add = SQL("ADD COLUMN {}").format(_column(table, column))
            self.add("column", table.name, column.name, alter(table, add))

    def _generated(self, table: TablePlan, column: LoadColumn) -> None:
        text = table.source.column(column.source).generated
        key = "generated column", table.name, column.name
        if column.generated is not None:
            add = SQL("ADD COLUMN {} {} GENERATED ALWAYS AS ({}) STORED{}").format(
                Identifier(column.name),
                SQL(_type(table, column)),
                SQL(column.generated),
                SQL(" NOT NULL" if column.not_null else ""),
            )
            self.add(*key, alter(table, add))
        elif text and not column.exists:
            # repeated to report the reason: the column keeps its values and is no longer computed
            self.portable(key, expression, text, scope_of(table))

    def _default(self, table: TablePlan, column: LoadColumn) -> None:
        there = self.target.column(table.name, column.name) if table.exists else None
        source = table.source.column(column.source)
        is_filled = table.column_of(source.name) is not column
        if column.generated is not None or is_filled or (there and there.has_default):
            return
        key = "default", table.name, column.name
        value = self.portable(key, default, source, column.choice)
        if value is not None:
            change = SQL("ALTER COLUMN {} SET DEFAULT {}").format(Identifier(column.name), value)
            self.add(*key, alter(table, change))

    def _not_null(self, table: TablePlan, column: LoadColumn) -> None:
        if column.exists and column.not_null:
            change = SQL("ALTER COLUMN {} SET NOT NULL").format(Identifier(column.name))
            self.add("not null", table.name, column.name, alter(table, change))

    def _put_aside(self) -> None:
        """Keys and indexes of the target would slow every row down, triggers might change it."""
        for constraint in sorted(self.target.constraints, key=lambda c: "fcxup".index(c.type)):
            drop = SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                SQL(constraint.holder), Identifier(constraint.name)
            )
            self.add("put aside", constraint.holder, constraint.name, drop)
        for index in self.target.indexes:
            if not index.of_constraint:
                drop = SQL("DROP INDEX {}").format(Identifier(SCHEMA, index.name))
                self.add("put aside", index.table_name, index.name, drop)
        for trigger in self.target.triggers:
            rest = SQL("ALTER TABLE {} DISABLE TRIGGER {}").format(
                Identifier(SCHEMA, trigger.table_name), Identifier(trigger.name)
            )
            self.add("put aside", trigger.table_name, trigger.name, rest)


def _column(table: TablePlan, column: LoadColumn) -> Composed:
    kind = _type(table, column)
    is_main = table.column_of(column.source) is column
    if column.source == table.source.rowid_alias and is_main:
        kind = "bigserial" if kind == Kind.BIG else "serial"
    null = " NOT NULL" if column.not_null else ""
    return SQL("{} {}").format(Identifier(column.name), SQL(kind + null))


def _type(table: TablePlan, column: LoadColumn) -> str:
    """A column's type; texts are ordered by their bytes, as in SQLite, but in the shared tables."""
    is_own = column.choice.kind is Kind.TEXT and not table.exists
    return f'{column.choice.kind} COLLATE "C"' if is_own else column.choice.kind


class After(Writer):
    """Fills ``plan.after`` and ``plan.views``."""

    def __init__(self, target: Target, plan: Plan, refused: Refused) -> None:
        super().__init__(target, plan, refused, plan.after)
        self._names = Names([*target.relations, *plan.view_names.values()])
        for table in plan.tables:
            keys = (key.name for key in table.source.uniques if key.name)
            indexes = (index.name for index in table.source.indexes)
            self._names.taken |= {folded(name) for name in (table.name, *keys, *indexes)}

    def write(self, views: Sequence[View]) -> None:
        """All of it, in order: a foreign key needs the key it points to."""
        self._put_back("pux")
        steps = (self._keys, self._indexes, self._foldings, self._checks, self._foreign_keys)
        for step in steps:
            for table in self.plan.tables:
                step(table)
        self._put_back("fc")
        for view in views:
            self._view(view)

    def _put_back(self, kinds: str) -> None:
        for constraint in self.target.constraints:
            if constraint.type in kinds:
                add = SQL("ALTER TABLE {} ADD CONSTRAINT {} {}").format(
                    SQL(constraint.holder), Identifier(constraint.name), SQL(constraint.definition)
                )
                self.add("put back", constraint.table_name, constraint.name, add)
        for index in self.target.indexes if "p" in kinds else ():
            if not index.of_constraint:
                self.add("put back", index.table_name, index.name, SQL(index.definition))
        for trigger in self.target.triggers if "f" in kinds else ():
            words = {"A": "ALWAYS ", "R": "REPLICA "}.get(trigger.fires, "")
            again = SQL("ALTER TABLE {} ENABLE {}TRIGGER {}").format(
                Identifier(SCHEMA, trigger.table_name), SQL(words), Identifier(trigger.name)
            )
            self.add("put back", trigger.table_name, trigger.name, again)

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
        add = SQL("ADD {}{} {}").format(_named(key.name), SQL(words), names(columns))
        label = key.name or "_".join(columns)
        self.add(words.lower(), table.name, label, alter(table, add))

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
            columns = table.named(t.column for t in index.terms if t.column)
            if not (there and there.table_name == table.name and there.columns == columns):
                self._index(table, index)

    def _foldings(self, table: TablePlan) -> None:
        """What ignores case or trailing spaces is found by an index over what is compared."""
        indexed = [i.terms[0] for i in table.source.indexes if i.where is None]
        there = {term.column for term in indexed if term.collation in FOLDED}
        keys = (table.source.primary_key, *table.source.uniques)
        there |= {key.columns[0] for key in keys if key and key.collations[0] in FOLDED}
        for column in table.columns:
            collation = table.collation(column)
            key = "collation", table.name, column.name
            if collation not in (*FOLDED, "BINARY"):
                self.lose(key, f"{collation} is of the program itself; texts are compared as bytes")
            elif collation in FOLDED and column.source not in there and not table.exists:
                term = Term(column.source, None, descending=False, collation=collation)
                label = f"{table.name}_{column.name}_{collation.lower()}"
                self._index(table, Index(label, unique=False, terms=(term,), where=None), key)

    def _index(self, table: TablePlan, index: Index, of: DefinitionKey | None = None) -> None:
        is_named = index in table.source.indexes
        label = index.name if is_named else self._names.give(index.name)
        key = of or ("index", table.name, index.name)
        statement = self.portable(key, _create_index, table, index, label)
        if statement is not None:
            self.add(*key, statement)

    def _checks(self, table: TablePlan) -> None:
        for check in table.source.checks:
            key = "check", table.name, check.label
            said = self.portable(key, _check, table, check)
            if said is not None:
                self.add(*key, alter(table, said))

    def _foreign_keys(self, table: TablePlan) -> None:
        there = {(k.columns, k.target) for k in self.target.keys(table.name, "f")}
        for key in table.source.foreign_keys:
            parent = self.plan.table(key.target)
            columns = table.named(key.columns)
            label = "foreign key", table.name, key.name or "_".join(columns)
            if parent is None or not key.target_columns:
                self.lose(label, f"it points to {key.target}, which the library does not have")
            elif (columns, parent.name) not in there:
                self.add(*label, _foreign_key(table, parent, key))

    def _view(self, view: View) -> None:
        key = "view", view.name, view.name
        statement = self.portable(key, _create_view, self.plan, view)
        if statement is not None and key not in self.refused:
            self.plan.views.append(Statement(*key, statement))


def _named(label: str | None) -> Composable:
    return SQL("CONSTRAINT {} ").format(Identifier(label)) if label else SQL("")


def _create_index(table: TablePlan, index: Index, label: str) -> Composed:
    where = "" if index.where is None else f" WHERE {condition(index.where, scope_of(table))}"
    return SQL("CREATE {}INDEX {} ON {} ({}){}").format(
        SQL("UNIQUE " if index.unique else ""),
        Identifier(label),
        Identifier(SCHEMA, table.name),
        SQL(", ").join(_term(table, term) for term in index.terms),
        SQL(where),
    )


def _term(table: TablePlan, term: Term) -> Composed:
    said: Composable
    if term.column is None:
        said = SQL(f"({expression(term.expression or '', scope_of(table))})")
    else:
        column = table.column_of(term.column)
        said = Identifier(column.name)
        if term.collation in FOLDED and column.choice.kind is Kind.TEXT:
            said = FOLDED[term.collation].format(said)
    return SQL("{}{}").format(said, SQL(" DESC" if term.descending else ""))


def _check(table: TablePlan, check: Check) -> Composed:
    return SQL("ADD {}CHECK ({})").format(
        _named(check.name), SQL(condition(check.expression, scope_of(table)))
    )


def _foreign_key(table: TablePlan, parent: TablePlan, key: ForeignKey) -> Composed:
    said = SQL("ADD {}FOREIGN KEY {} REFERENCES {} {} ON UPDATE {} ON DELETE {}{}").format(
        _named(key.name),
        names(table.named(key.columns)),
        Identifier(SCHEMA, parent.name),
        names(parent.named(key.target_columns)),
        SQL(key.on_update),
        SQL(key.on_delete),
        SQL(" DEFERRABLE INITIALLY DEFERRED" if key.deferred else ""),
    )
    return alter(table, said)


def _create_view(plan: Plan, view: View) -> Composed:
    used = tables_of(view.select)
    known: dict[str, Known] = {}
    for table in plan.tables:
        if folded(table.source.name) in used:
            for name, mine in scope_of(table).items():
                seen = known.setdefault(name, mine)
                # two tables of a view may have one name for columns of two types
                kind = mine.kind if seen.kind is mine.kind else None
                collation = mine.collation if seen.collation == mine.collation else None
                known[name] = Known(mine.name, kind, collation)
    spelt = {folded(t.source.name): t.name for t in plan.tables}
    spelt |= {folded(name): given for name, given in plan.view_names.items()}
    return SQL("CREATE VIEW {} {} AS {}").format(
        Identifier(SCHEMA, plan.view_names[view.name]),
        names(view.columns) if view.columns else SQL(""),
        SQL(select(view.select, known, spelt)),
    )
