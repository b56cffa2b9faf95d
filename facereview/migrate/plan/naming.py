"""The target's names for what the file defines, where PostgreSQL cannot take the file's own.

A name of more than 63 bytes is cut there; one that is taken, or that PostgreSQL keeps for itself,
gets _2, _3 and so on at its end. Tables are named first, then views, then keys and indexes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from facereview.migrate.plan.target import MAX_NAME, Target, short
from facereview.migrate.source.schema import (
    Index,
    Key,
    Source,
    SourceTable,
    Survey,
    View,
    folded,
)
from facereview.store.contract import contract

_SYSTEM_COLUMNS = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}
_OWN = "PostgreSQL keeps that name for itself"
_CUT = f"names have at most {MAX_NAME} bytes there"
_TAKEN = "that name is taken there"

SAME_AS: dict[str, dict[str, tuple[str, ...]]] = {
    "videos": {
        "file_path": ("path",),
        "duration_seconds": ("duration",),
        "file_size_bytes": ("file_size", "size"),
    },
    "creators": {
        "description": ("bio",),
        "profile_picture_path": ("avatar_path", "picture_path", "image_path"),
    },
}
"""Columns of the shared tables that have other names in older libraries.

A column of the left name is filled from the first of the right that the library has; the
library's own column stays beside it, for the programs that know it.
"""


@dataclass(frozen=True, slots=True)
class Naming:
    """Names of the target by those of the file; ``existing``: tables that the target has.

    In ``source`` constraints and indexes have the target's names, since no query of the file names
    them. ``notes`` say what is named otherwise, and why.
    """

    source: Source
    tables: Mapping[str, str]
    columns: Mapping[tuple[str, str], str]
    views: Mapping[str, str]
    existing: frozenset[str]
    notes: tuple[str, ...]


def name_all(source: Source, surveys: Mapping[str, Survey], target: Target) -> Naming:
    """Names for everything that the file defines."""
    namer = _Namer(target)
    foreign = _foreign(source, surveys, target)
    tables = {t.name: namer.table(t, foreign.get(t.name)) for t in _plain_first(source.tables)}
    columns = {
        (table.name, column): name
        for table in source.tables
        for column, name in namer.columns(table).items()
    }
    namer.reserve(tables, source.tables)
    views = {view.name: namer.view(view) for view in source.views}
    named = [namer.constraints(table, tables[table.name]) for table in source.tables]
    return Naming(
        source=replace(source, tables=tuple(named)),
        tables=tables,
        columns=columns,
        views=views,
        existing=frozenset(namer.existing),
        notes=tuple(namer.notes),
    )


def _plain_first(tables: Iterable[SourceTable]) -> list[SourceTable]:
    """What is cut comes after what keeps its name."""
    return sorted(tables, key=lambda table: len(table.name.encode()) > MAX_NAME)


def _foreign(source: Source, surveys: Mapping[str, Survey], target: Target) -> dict[str, str]:
    """Tables that have the name of a shared one and are not of its kind, and why."""
    found = {}
    for table in source.tables:
        known = target.table(table.name)
        is_shared = known in contract().shared
        why = _unlike(table, surveys[table.name], known, target) if known and is_shared else None
        if why is not None:
            found[table.name] = why
    grown = bool(found)
    while grown:
        grown = False
        names = {target.table(name) for name in found}
        for table in source.tables:
            keys = target.keys(target.table(table.name) or "", "f")
            to = next((key.target for key in keys if key.target in names), None)
            if to and table.name not in found and surveys[table.name].rows:
                found[table.name] = f"it points to {to}, which is not facereview's"
                grown = True
    return found


def _unlike(table: SourceTable, survey: Survey, known: str, target: Target) -> str | None:
    """What a shared table needs and this one does not have."""
    have = {folded(column.name): column.name for column in table.columns}
    for there in target.columns[known]:
        words = (there.name, *SAME_AS.get(known, {}).get(there.name, ()))
        mine = next((have[word] for word in words if word in have), None)
        if mine is None and there.not_null and not there.has_default:
            return f"it has no {there.name}"
        facts = survey.facts[mine] if mine is not None else None
        is_id = there.not_null and there.kind is not None and there.kind.is_integer
        if facts and is_id and facts.present and not facts.integers:
            return f"its {mine} holds no numbers"
    return None


class Names:
    """Gives names out, each once, whatever its case."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = {folded(name) for name in taken}

    def give(self, name: str, also: Names | None = None) -> str:
        """The name or, where it is taken here or in ``also``, one with a number at its end."""
        given, number = short(name), 1
        everyone = self.taken | (also.taken if also else set())
        while folded(given) in everyone:
            number += 1
            tail = f"_{number}"
            given = short(name, MAX_NAME - len(tail)) + tail
        for names in (self, also):
            if names is not None:
                names.taken.add(folded(given))
        return given


@dataclass(slots=True)
class _Namer:
    """Names one thing after another; tables, views, sequences and indexes share their names."""

    target: Target
    existing: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    _relations: Names = field(default_factory=Names)

    def __post_init__(self) -> None:
        self._relations = Names(self.target.relations)

    def table(self, table: SourceTable, foreign: str | None) -> str:
        """A table's name; where it is ``foreign``, a shared one keeps that name."""
        known = self.target.table(table.name)
        if known is not None and foreign is None:
            self.existing.add(table.name)
            return known
        given = self._relations.give(table.name)
        if foreign is not None:
            self.notes.append(
                f"The table {table.name} is named {given} in PostgreSQL: {foreign}, so it is not "
                f"facereview's {known}, which is empty there."
            )
        else:
            self._note("table", "", table.name, given)
        return given

    def columns(self, table: SourceTable) -> dict[str, str]:
        """The names of a table's columns."""
        names = [column.name for column in table.columns]
        plain = {n for n in names if short(n) == n and n not in _SYSTEM_COLUMNS}
        mine = Names([*plain, *_SYSTEM_COLUMNS])
        given = {name: name if name in plain else mine.give(name) for name in names}
        for name in names:
            why = _OWN if name in _SYSTEM_COLUMNS else None
            self._note("column", f" of {table.name}", name, given[name], why)
        return given

    def reserve(self, tables: Mapping[str, str], sources: Iterable[SourceTable]) -> None:
        """Keep the names that PostgreSQL gives by itself to sequences and keys."""
        for source in sources:
            name = tables[source.name]
            keys = ["_".join((name, *k.columns, "key")) for k in source.uniques if not k.name]
            ids = [f"{name}_{source.rowid_alias}_seq"] if source.rowid_alias else []
            self._relations.taken |= {folded(short(n)) for n in (*keys, *ids, f"{name}_pkey")}

    def view(self, view: View) -> str:
        """A view's name."""
        given = self._relations.give(view.name)
        self._note("view", "", view.name, given)
        return given

    def constraints(self, table: SourceTable, name: str) -> SourceTable:
        """The table with names for its constraints and indexes that are free in the target."""
        there = [c.name for c in self.target.constraints if c.own and c.table_name == name]
        mine = Names([*there, *(f"{name}_{c.name}_not_null" for c in table.columns)])
        primary, of = table.primary_key, f" of {table.name}"

        def given(named: str | None) -> str | None:
            if named is None:
                return None
            name = mine.give(named)
            self._note("constraint", of, named, name)
            return name

        def key(each: Key) -> Key:
            if each.name is None or self._has_key(name, each):
                return each
            given = self._relations.give(each.name, mine)
            self._note("constraint", of, each.name, given)
            return replace(each, name=given)

        return replace(
            table,
            primary_key=key(primary) if primary else None,
            uniques=tuple(key(each) for each in table.uniques),
            indexes=tuple(self._index(each, name, of) for each in table.indexes),
            checks=tuple(replace(each, name=given(each.name)) for each in table.checks),
            foreign_keys=tuple(replace(each, name=given(each.name)) for each in table.foreign_keys),
        )

    def _has_key(self, table: str, key: Key) -> bool:
        there = self.target.keys(table, "pu")
        return any(frozenset(each.columns) == frozenset(key.columns) for each in there)

    def _index(self, index: Index, table: str, of: str) -> Index:
        columns = tuple(term.column for term in index.terms if term.column)
        for there in self.target.indexes:
            if (there.name, there.table_name, there.columns) == (index.name, table, columns):
                return index
        given = self._relations.give(index.name)
        self._note("index", of, index.name, given)
        return replace(index, name=given)

    def _note(self, what: str, of: str, name: str, given: str, why: str | None = None) -> None:
        if given != name:
            reason = why or (_CUT if given == short(name) else _TAKEN)
            self.notes.append(f"The {what} {name}{of} is named {given} in PostgreSQL: {reason}.")
