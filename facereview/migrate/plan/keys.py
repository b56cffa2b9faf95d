"""Which columns must be unique or are indexed, in the library and in the target."""

from __future__ import annotations

from collections.abc import Sequence

from facereview.migrate.plan.kinds import Kind
from facereview.migrate.plan.plan import LoadColumn, TablePlan
from facereview.migrate.plan.target import Target, TargetIndex
from facereview.migrate.source.schema import SourceTable

Columns = tuple[LoadColumn, ...]


def unique_keys(table: TablePlan, target: Target) -> list[Columns]:
    """The sets of columns that must be unique in the target."""
    by_name = {column.name: column for column in table.columns}
    there = [
        *(c.columns for c in target.keys(table.name, "pu")),
        *(i.columns for i in target.indexes if i.table_name == table.name and _is_plain(i)),
    ]
    found = [tuple(by_name[n] for n in names) for names in there if by_name.keys() >= set(names)]
    found += [tuple(table.column_of(s) for s in key) for key in _source_keys(table.source)]
    return list(dict.fromkeys(found))


def may_collide(table: TablePlan, columns: Sequence[LoadColumn]) -> bool:
    """Whether SQLite did not check that this key is unique, or with other rules of equality."""
    sources = {column.source for column in columns}
    said = any(sources.issuperset(key) for key in _source_keys(table.source))
    return not said or any(_merges(table, column) for column in columns)


def indexed(table: TablePlan, target: Target) -> list[Columns]:
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
    found = dict.fromkeys([*unique_keys(table, target), *there, *sources])
    return [columns for columns in found if any(_is_long(column) for column in columns)]


def last_free(table: TablePlan, columns: Sequence[LoadColumn]) -> str:
    """The column of a key to make NULL: the last that may be, where there is one."""
    primary = table.source.primary_key
    keyed = primary.columns if primary else ()
    free = [c.source for c in columns if not c.not_null and c.source not in keyed]
    return free[-1] if free else columns[-1].source


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
    return column.folds or kind.is_date or kind is Kind.REAL or classes > 1


def _is_long(column: LoadColumn) -> bool:
    return column.choice.kind in (Kind.TEXT, Kind.BYTES)
