"""What an SQLite file holds, as its own catalogue tells it; names are spelt as they are there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What a declared type asks for; FREE leaves it to the values."""

    INTEGER = "integer"
    REAL = "real"
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    BLOB = "blob"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One column. ``generated`` is its expression where it is computed."""

    name: str
    declared: str
    family: Family
    not_null: bool
    default: str | None
    collation: str
    generated: str | None


@dataclass(frozen=True, slots=True)
class Check:
    """A CHECK, its expression as written between the parentheses."""

    name: str | None
    expression: str

    @property
    def label(self) -> str:
        """Its name, or else what it says."""
        return self.name or self.expression[:60]


@dataclass(frozen=True, slots=True)
class Key:
    """A primary key or UNIQUE constraint. ``collations`` has one entry per column."""

    name: str | None
    columns: tuple[str, ...]
    collations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key; ``target_columns`` are resolved, empty where the target does not exist."""

    name: str | None
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    on_update: str
    on_delete: str
    deferred: bool


@dataclass(frozen=True, slots=True)
class Term:
    """One term of an index: a column or an expression."""

    column: str | None
    expression: str | None
    descending: bool
    collation: str


@dataclass(frozen=True, slots=True)
class Index:
    """An index made by CREATE INDEX; ``where`` is the predicate of a partial one."""

    name: str
    unique: bool
    terms: tuple[Term, ...]
    where: str | None


@dataclass(frozen=True, slots=True)
class SourceTable:
    """One table. ``row`` is the SQL that numbers its rows, ``origin`` what to select from.

    ``rowid_alias`` is the INTEGER PRIMARY KEY, ``sequence`` the highest id AUTOINCREMENT gave.
    """

    name: str
    columns: tuple[SourceColumn, ...]
    row: str
    origin: str
    rowid_alias: str | None
    sequence: int | None
    primary_key: Key | None
    uniques: tuple[Key, ...]
    checks: tuple[Check, ...]
    foreign_keys: tuple[ForeignKey, ...]
    indexes: tuple[Index, ...]

    @property
    def has_row_ids(self) -> bool:
        """Whether SQLite itself numbers its rows."""
        return self.origin.endswith("NOT INDEXED")

    def column(self, name: str) -> SourceColumn:
        """The column of this name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class View:
    """A view and the SELECT behind it, as the file has it."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Source:
    """Everything an SQLite file holds, apart from the rows; ``triggers`` by name."""

    tables: tuple[SourceTable, ...]
    views: tuple[View, ...]
    triggers: tuple[str, ...]

    def table(self, name: str) -> SourceTable | None:
        """The table of this name, however its letters are cased."""
        for table in self.tables:
            if folded(table.name) == folded(name):
                return table
        return None


def quoted(name: str) -> str:
    """An identifier as SQLite reads it, whatever it contains."""
    return '"' + name.replace('"', '""') + '"'


def folded(name: str) -> str:
    """A name as SQLite compares it: without the case of ASCII letters, with that of others."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)
