"""What a library of the newest version has, by ``schema.sql``, and what one lacks of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import psycopg
from psycopg import errors

from facereview.errors import DatabaseError, Remedy, SchemaError
from facereview.store.faults import said
from facereview.store.schema import REFUSALS, schema_text
from facereview.store.session import Session

_TOKEN = re.compile(r"--[^\n]*|\$(\w*)\$.*?\$\1\$|'(?:[^']|'')*'|.", re.DOTALL)
_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+\.\w+) \((.*)\)$")
_INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX IF NOT EXISTS (\w+) ON (\w+\.\w+)")
_QUEUE = re.compile(r"DO \$farm\$.*\$procrastinate\$\n(.*)\n\$procrastinate\$", re.DOTALL)
_QUEUE_TABLE = re.compile(r"^CREATE TABLE (\w+) ?\(", re.MULTILINE)
_QUEUE_TYPE = re.compile(r"^CREATE TYPE (\w+) AS", re.MULTILINE)
_QUEUE_FUNCTION = re.compile(r"^CREATE FUNCTION (\w+)\(.*?\$\$(.*?)\$\$", re.MULTILINE | re.DOTALL)
_QUEUE_TRIGGER = re.compile(
    r"^CREATE TRIGGER \w+\s+(?:AFTER|BEFORE) (.*?) ON (\w+)\s.*?EXECUTE PROCEDURE (\w+)\(",
    re.MULTILINE | re.DOTALL,
)
_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+\.\w+)\(.*?\$\$(.*)\$\$", re.DOTALL)
_TYPE = re.compile(r"(?:DOUBLE PRECISION|\w+(?:\(\d+\))?)(?:\[\])?")
_DEFAULT = re.compile(r"DEFAULT (.+?)(?= NOT NULL| PRIMARY KEY| UNIQUE| CHECK| REFERENCES|$)")
_KEY = re.compile(r"(?:PRIMARY KEY|UNIQUE)(?: \(([\w, ]+)\))?")
_REFERENCE = re.compile(r"(?:FOREIGN KEY \(([\w, ]+)\) )?(REFERENCES (\w+\.\w+)\(.*)$")
_CHECK = re.compile(r"CHECK (\(.*\))")
_VERB = re.compile(r"INSERT|UPDATE|DELETE")
_WORD = re.compile(r"'([^']*)'")
_OF_TABLE = ("PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "CHECK")
OWN = "facereview"
_SERIAL = {"SERIAL": "INTEGER", "BIGSERIAL": "BIGINT"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``definition`` is all that stands after its name."""

    name: str
    definition: str

    @property
    def type(self) -> str:
        """Its type as a cast would name it."""
        found = _TYPE.match(self.definition)
        named = found[0] if found else self.definition
        return _SERIAL.get(named, named)

    @property
    def numbered(self) -> bool:
        """Whether the database counts its values up."""
        return self.definition.startswith(tuple(_SERIAL))

    @property
    def default(self) -> str | None:
        """Its default, where it has one of its own."""
        found = _DEFAULT.search(self.definition)
        return found[1] if found else None


@dataclass(frozen=True, slots=True)
class Key:
    """Columns that name a row."""

    columns: tuple[str, ...]
    primary: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns that name a row of another table; ``definition`` begins at ``REFERENCES``."""

    columns: tuple[str, ...]
    target: str
    definition: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words that a column may hold, by the condition that says so."""

    column: str
    allowed: frozenset[str]
    condition: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table, named with its schema."""

    name: str
    statement: str
    columns: tuple[Column, ...]
    keys: tuple[Key, ...]
    references: tuple[Reference, ...]
    words: tuple[Words, ...]

    @property
    def shared(self) -> bool:
        """Whether other programs know it too."""
        return self.name.startswith("public.")


@dataclass(frozen=True, slots=True)
class Index:
    """One index, which lies in the schema of its table."""

    name: str
    table: str
    statement: str


@dataclass(frozen=True, slots=True)
class Function:
    """One function; PostgreSQL keeps ``body`` unchanged."""

    name: str
    statement: str
    body: str


@dataclass(frozen=True, slots=True)
class Queue:
    """The tables, types and functions of procrastinate, named with our schema.

    ``statement`` makes them of its ``text``; ``triggers`` are (verb, table, function).
    """

    statement: str
    text: str
    tables: tuple[str, ...]
    types: tuple[str, ...]
    functions: tuple[Function, ...]
    triggers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Contract:
    """All that ``schema.sql`` makes."""

    tables: tuple[Table, ...]
    indexes: tuple[Index, ...]
    functions: tuple[Function, ...]
    queue: Queue | None = None

    @property
    def shared(self) -> dict[str, frozenset[str]]:
        """The columns of each shared table, by its name without schema."""
        return {
            table.name.removeprefix("public."): frozenset(c.name for c in table.columns)
            for table in self.tables
            if table.shared
        }

    @property
    def shared_indexes(self) -> tuple[str, ...]:
        """The names of the indexes on shared tables."""
        return tuple(index.name for index in self.indexes if index.table.startswith("public."))


@cache
def contract() -> Contract:
    """The newest version's contract."""
    return read_contract(schema_text())


def read_contract(text: str) -> Contract:
    """What a script of the form of ``schema.sql`` makes."""
    tables, indexes, functions, queue = [], [], [], None
    for statement in statements(text):
        if made := _QUEUE.match(statement):
            queue = _queue(statement, made[1])
            continue
        if found := _FUNCTION.match(statement):
            functions.append(Function(found[1], statement, found[2]))
            continue
        line = re.sub(r"\s+", " ", statement).replace("( ", "(").replace(" )", ")")
        if found := _TABLE.match(line):
            tables.append(_table(found[1], line, list(_parts(found[2]))))
        elif found := _INDEX.match(line):
            indexes.append(Index(found[1], found[2], line))
    return Contract(tuple(tables), tuple(indexes), tuple(functions), queue)


def _queue(statement: str, text: str) -> Queue:
    return Queue(
        statement,
        text,
        tuple(f"{OWN}.{name}" for name in _QUEUE_TABLE.findall(text)),
        tuple(f"{OWN}.{name}" for name in _QUEUE_TYPE.findall(text)),
        tuple(
            Function(f"{OWN}.{made[1]}", made[0], made[2])
            for made in _QUEUE_FUNCTION.finditer(text)
        ),
        tuple(
            (verb, f"{OWN}.{table}", f"{OWN}.{function}")
            for verbs, table, function in _QUEUE_TRIGGER.findall(text)
            for verb in _VERB.findall(verbs)
        ),
    )


def statements(text: str) -> Iterator[str]:
    """The statements of a script, without their comments."""
    held = ""
    for piece in _pieces(text):
        if piece == ";":
            yield held.strip()
            held = ""
        elif not piece.startswith("--"):
            held += piece


def _pieces(text: str) -> Iterator[str]:
    """Comments, texts in quotes, and all other characters one by one."""
    return (found[0] for found in _TOKEN.finditer(text))


def _parts(text: str) -> Iterator[str]:
    """The parts between the commas that stand in no parentheses."""
    held, depth = "", 0
    for piece in _pieces(text):
        depth += (piece == "(") - (piece == ")")
        if piece == "," and not depth:
            yield held.strip()
            held = ""
        else:
            held += piece
    yield held.strip()


def _table(name: str, statement: str, parts: list[str]) -> Table:
    columns: list[Column] = []
    keys: list[Key] = []
    references: list[Reference] = []
    words: list[Words] = []
    for part in parts:
        first, _, rest = part.partition(" ")
        own = not part.startswith(_OF_TABLE)
        if own:
            columns.append(Column(first, rest))
        text = rest if own else part
        if key := _KEY.search(text):
            keys.append(Key(_names(key[1]) or (first,), "PRIMARY" in key[0]))
        if reference := _REFERENCE.search(text):
            named = _names(reference[1]) or (first,)
            references.append(Reference(named, reference[3], reference[2]))
        if own and (check := _CHECK.search(text)) and (allowed := _WORD.findall(check[1])):
            words.append(Words(first, frozenset(allowed), check[1]))
    return Table(name, statement, tuple(columns), tuple(keys), tuple(references), tuple(words))


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",")) if text else ()


# --------------------------------------------------------------------------------- what lacks


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
        lacks += [*found.words(), *found.indexes(), *found.functions()]
        return [*lacks, *found.queue()]

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
            raise SchemaError(
                f"The library {place} cannot be repaired: {lack.what} cannot be made "
                f"({said(cause)}); nothing was changed."
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
        queue = needed.queue.tables if needed.queue else ()
        self._queue_tables = {
            row.place for row in session.tuples("catalog_columns", tables=list(queue))
        }

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

    def queue(self) -> Iterator[Lack]:
        """Where a part of it is left, only its maker's own tools can mend it."""
        queue = self._needed.queue
        if queue is None:
            return
        lacking = [f.name for f in queue.functions if self._functions.get(f.name) != f.body]
        if not self._queue_tables and len(lacking) == len(queue.functions):
            yield Lack("the queue of the farm", queue.statement)
        elif lacking or self._queue_tables != set(queue.tables):
            yield Lack("a part of the queue of the farm", None)


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
