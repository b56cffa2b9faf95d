"""What a library of the newest version has, parsed from ``schema.sql``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from facereview.store.schema import schema_text

_TOKEN = re.compile(r"--[^\n]*|\$\$.*?\$\$|'(?:[^']|'')*'|.", re.DOTALL)
_TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS (\w+\.\w+) \((.*)\)$")
_INDEX = re.compile(r"CREATE (?:UNIQUE )?INDEX IF NOT EXISTS (\w+) ON (\w+\.\w+)")
_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+\.\w+)\(.*?\$\$(.*)\$\$", re.DOTALL)
_TYPE = re.compile(r"DOUBLE PRECISION|\w+(?:\(\d+\))?")
_DEFAULT = re.compile(r"DEFAULT (.+?)(?= NOT NULL| PRIMARY KEY| UNIQUE| CHECK| REFERENCES|$)")
_KEY = re.compile(r"(?:PRIMARY KEY|UNIQUE)(?: \(([\w, ]+)\))?")
_REFERENCE = re.compile(r"(?:FOREIGN KEY \(([\w, ]+)\) )?(REFERENCES (\w+\.\w+)\(.*)$")
_CHECK = re.compile(r"CHECK (\(.*\))")
_WORD = re.compile(r"'([^']*)'")
_OF_TABLE = ("PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "CHECK")
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
class Contract:
    """All that ``schema.sql`` makes."""

    tables: tuple[Table, ...]
    indexes: tuple[Index, ...]
    functions: tuple[Function, ...]

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
    tables, indexes, functions = [], [], []
    for statement in statements(text):
        if found := _FUNCTION.match(statement):
            functions.append(Function(found[1], statement, found[2]))
            continue
        line = re.sub(r"\s+", " ", statement).replace("( ", "(").replace(" )", ")")
        if found := _TABLE.match(line):
            tables.append(_table(found[1], line, list(_parts(found[2]))))
        elif found := _INDEX.match(line):
            indexes.append(Index(found[1], found[2], line))
    return Contract(tuple(tables), tuple(indexes), tuple(functions))


def statements(text: str) -> Iterator[str]:
    """The statements of a script, without their comments."""
    held = ""
    for piece in _TOKEN.findall(text):
        if piece == ";":
            yield held.strip()
            held = ""
        elif not piece.startswith("--"):
            held += piece


def _parts(text: str) -> Iterator[str]:
    """The parts between the commas that stand in no parentheses."""
    held, depth = "", 0
    for piece in _TOKEN.findall(text):
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
