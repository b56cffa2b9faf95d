"""What a library lacks of the tables, columns and functions that this version needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import psycopg
from psycopg import errors

from facereview.errors import DatabaseError, Remedy, SchemaError
from facereview.store.contract import Column, Contract, Table, contract
from facereview.store.schema import REFUSALS
from facereview.store.session import Session


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that is missing, and the statement that makes it; None where there is none."""

    what: str
    statement: str | None


class Structure:
    """What one library lacks of this version's contract."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lacks(self) -> list[Lack]:
        """All that is missing or does not fit, in an order in which it can be made."""
        found = _Found(self._session, contract())
        lacks = [*found.tables(), *found.columns(), *found.keys(), *found.references()]
        return [*lacks, *found.words(), *found.indexes(), *found.functions()]

    def check(self) -> None:
        """Let a library of the newest version pass where it lacks nothing.

        Raises:
            SchemaError: naming what it lacks.
        """
        if lacks := self.lacks():
            named = ", ".join(lack.what for lack in lacks)
            raise SchemaError(
                f"The library {self._session.database.place} lacks {named}", Remedy.REPAIR
            )

    def owner(self) -> tuple[str, bool]:
        """Who may change the library's tables, and whether the user may change all of them."""
        row = self._session.one("own_tables")
        return str(row.owner), bool(row.mine)

    def repair(self) -> list[Lack]:
        """Make what is missing, all of it or nothing; what was.

        Raises:
            SchemaError: something cannot be made.
            DatabaseError: the user may not change the library.
        """
        place = self._session.database.place
        with self._session.transaction():
            self._session.run("install_lock")
            owner = self.owner()[0]
            made: list[Lack] = []
            while left := self.lacks():  # one may bring another with it
                lack = next((each for each in left if each.statement and each not in made), None)
                if lack is None:
                    raise SchemaError(
                        f"The library {place} cannot be repaired, because only its owner can "
                        f"decide about {left[0].what}: nothing was changed."
                    )
                self._make(lack, owner)
                made.append(lack)
        return made

    def _make(self, lack: Lack, owner: str) -> None:
        place = self._session.database.place
        try:
            with self._session.connection() as connection:
                connection.execute(cast("Any", lack.statement))
        except (psycopg.Error, DatabaseError) as fault:
            cause = fault if isinstance(fault, psycopg.Error) else fault.__cause__
            if isinstance(cause, errors.InsufficientPrivilege):
                raise DatabaseError(
                    f"The user may not repair the library {place}", Remedy.LET_OWNER_REPAIR, owner
                ) from fault
            if not isinstance(cause, REFUSALS):
                raise
            why = (cause.diag.message_primary or str(cause)).splitlines()[0].rstrip(".")
            raise SchemaError(
                f"The library {place} cannot be repaired: {lack.what} cannot be made ({why}); "
                "nothing was changed."
            ) from fault


class _Found:
    """What is there, each kind of thing asked for once."""

    def __init__(self, session: Session, needed: Contract) -> None:
        self._needed = needed
        names = [table.name for table in needed.tables]
        types = sorted({_plain(c.type) for table in needed.tables for c in table.columns})
        self._types = {row.given: row for row in session.tuples("types", types=types)}
        self._columns = {
            (row.place, row.name): row for row in session.tuples("catalog_columns", tables=names)
        }
        self._there = {place for place, _ in self._columns}
        self._keys = {
            (row.place, frozenset(row.columns))
            for row in session.tuples("catalog_keys", tables=names)
        }
        self._references = {
            (row.place, frozenset(row.columns), row.target)
            for row in session.tuples("catalog_references", tables=names)
        }
        self._checks = session.tuples("catalog_checks", tables=names)
        self._indexes = {row[0] for row in session.tuples("catalog_indexes", tables=names)}
        self._functions = {row.name: row.body for row in session.tuples("catalog_functions")}

    def _tables(self) -> Iterator[Table]:
        return (table for table in self._needed.tables if table.name in self._there)

    def tables(self) -> Iterator[Lack]:
        for table in self._needed.tables:
            if table.name not in self._there:
                yield Lack(f"the table {table.name}", table.statement)

    def columns(self) -> Iterator[Lack]:
        for table in self._tables():
            for column in table.columns:
                found = self._columns.get((table.name, column.name))
                what = f"{table.name}.{column.name}"
                alter = f"ALTER TABLE {table.name}"
                if found is None:
                    statement = f"{alter} ADD COLUMN {column.name} {column.definition}"
                    yield Lack(f"the column {what}", statement)
                elif not self._fits(table, column, found):
                    change = f"{alter} ALTER COLUMN {column.name} TYPE {column.type}"
                    yield Lack(
                        f"the type {column.type} of {what}, which is {found.type}",
                        None if table.shared else change,
                    )
                elif not found.given and (column.numbered or column.default):
                    yield Lack(f"the default of {what}", _default(table.name, column))
            yield from self._unknown(table)

    def _unknown(self, table: Table) -> Iterator[Lack]:
        """Columns that must be given, and that facereview does not know."""
        known = {column.name for column in table.columns}
        for (place, name), found in self._columns.items():
            asked = place == table.name and name not in known and found.required
            if asked and not found.given and place != "public.videos":
                yield Lack(
                    f"a default of {place}.{name}, a column that facereview does not know", None
                )

    def _fits(self, table: Table, column: Column, found: Any) -> bool:
        plain = _plain(column.type)
        wanted = self._types[plain]
        if found.type == wanted.named + column.type.removeprefix(plain):
            return True
        same: bool = found.category == wanted.category
        return table.shared and same and (found.category != "U" or found.type == wanted.named)

    def _has(self, table: Table, columns: tuple[str, ...]) -> bool:
        return all((table.name, column) in self._columns for column in columns)

    def keys(self) -> Iterator[Lack]:
        for table in self._tables():
            for key in table.keys:
                known = (table.name, frozenset(key.columns)) in self._keys
                if not known and self._has(table, key.columns):
                    kind = "PRIMARY KEY" if key.primary else "UNIQUE"
                    named = f"{kind} ({', '.join(key.columns)})"
                    yield Lack(
                        f"the {named} of {table.name}", f"ALTER TABLE {table.name} ADD {named}"
                    )

    def references(self) -> Iterator[Lack]:
        for table in self._tables():
            for each in () if table.shared else table.references:
                known = (table.name, frozenset(each.columns), each.target) in self._references
                if not known and self._has(table, each.columns):
                    columns = ", ".join(each.columns)
                    yield Lack(
                        f"the reference of {table.name} ({columns}) to {each.target}",
                        f"ALTER TABLE {table.name} ADD FOREIGN KEY ({columns}) {each.definition}",
                    )

    def words(self) -> Iterator[Lack]:
        """Conditions that refuse a word this version writes."""
        for table in self._tables():
            for words in table.words:
                for row in self._checks:
                    if row.place != table.name or words.column not in row.columns:
                        continue
                    refused = words.allowed - set(re.findall(r"'([^']*)'", row.condition))
                    if refused and "ANY" in row.condition:
                        yield Lack(
                            f"the words {', '.join(sorted(refused))} in the condition {row.name}",
                            f"ALTER TABLE {table.name} DROP CONSTRAINT {row.name}, "
                            f"ADD CONSTRAINT {row.name} CHECK {words.condition}",
                        )

    def indexes(self) -> Iterator[Lack]:
        for index in self._needed.indexes:
            schema = index.table.partition(".")[0]
            if f"{schema}.{index.name}" not in self._indexes:
                yield Lack(f"the index {schema}.{index.name}", index.statement)

    def functions(self) -> Iterator[Lack]:
        for function in self._needed.functions:
            found = self._functions.get(function.name)
            if found != function.body:
                which = "" if found is None else " of this version"
                yield Lack(f"the function {function.name}{which}", function.statement)


def _plain(named: str) -> str:
    return named.partition("(")[0]


def _default(table: str, column: Column) -> str:
    alter = f"ALTER TABLE {table} ALTER COLUMN {column.name}"
    if not column.numbered:
        return f"{alter} SET DEFAULT {column.default}"
    counter = f"pg_get_serial_sequence('{table}', '{column.name}')"
    last = f"SELECT max({column.name}) + 1 FROM {table}"  # noqa: S608 - the contract's own names
    made = f"{alter} ADD GENERATED BY DEFAULT AS IDENTITY"
    return f"{made}; SELECT setval({counter}, coalesce(({last}), 1), false)"
