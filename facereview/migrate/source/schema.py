"""What an SQLite file holds: its definitions, spelt as they are there, and counts of its values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

N = TypeVar("N", int, float)


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
    ``is_as_it_was``: the copy has it as the file has; else it is rebuilt to have row ids.
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
    is_as_it_was: bool = True

    @property
    def has_row_ids(self) -> bool:
        """Whether SQLite itself numbers its rows."""
        return self.origin.endswith("NOT INDEXED")

    def column(self, name: str) -> SourceColumn:
        """The column of this name."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class View:
    """A view: the column names that it lists, if it does, and the SELECT behind it."""

    name: str
    columns: tuple[str, ...]
    select: str


@dataclass(frozen=True, slots=True)
class Source:
    """Everything an SQLite file holds, apart from the rows; ``triggers`` by name.

    ``lost``: what no other database has, as (what it is, of which table, its name, why).
    """

    tables: tuple[SourceTable, ...]
    views: tuple[View, ...]
    triggers: tuple[str, ...]
    lost: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """The values of a column: how many are not NULL, of each storage class, and their range.

    ``dates`` counts the texts as long as YYYY-MM-DD, ``cut`` the dates with digits past the
    microsecond. ``unclean`` is false only if every text is known to be UTF-8 without NUL and,
    in a column declared for dates, to be one.
    """

    present: int = 0
    integers: int = 0
    reals: int = 0
    texts: int = 0
    blobs: int = 0
    low_integer: int | None = None
    high_integer: int | None = None
    low_real: float | None = None
    high_real: float | None = None
    dates: int = 0
    cut: int = 0
    unclean: bool = False

    @property
    def numbers(self) -> int:
        """How many integers and reals."""
        return self.integers + self.reals

    def joined(self, other: Facts) -> Facts:
        """The facts of both."""
        return Facts(
            present=self.present + other.present,
            integers=self.integers + other.integers,
            reals=self.reals + other.reals,
            texts=self.texts + other.texts,
            blobs=self.blobs + other.blobs,
            low_integer=_end(min, self.low_integer, other.low_integer),
            high_integer=_end(max, self.high_integer, other.high_integer),
            low_real=_end(min, self.low_real, other.low_real),
            high_real=_end(max, self.high_real, other.high_real),
            dates=self.dates + other.dates,
            cut=self.cut + other.cut,
            unclean=self.unclean or other.unclean,
        )


@dataclass(frozen=True, slots=True)
class Survey:
    """A table's rows and columns; ``longest`` is the row with the longest texts, in characters.

    ``kept`` are files with all of it as Arrow, where the fast check was enough.
    """

    rows: int
    longest: int
    facts: dict[str, Facts]
    kept: tuple[Path, ...] = ()

    def joined(self, other: Survey) -> Survey:
        """Two parts of one table as one."""
        return Survey(
            rows=self.rows + other.rows,
            longest=max(self.longest, other.longest),
            facts={name: facts.joined(other.facts[name]) for name, facts in self.facts.items()},
            kept=self.kept + other.kept,
        )


def quoted(name: str) -> str:
    """An identifier as SQLite reads it, whatever it contains."""
    return '"' + name.replace('"', '""') + '"'


def summed(terms: Sequence[str]) -> str:
    """The sum of these; in halves, since SQLite takes expressions up to a depth of 1,000."""
    if len(terms) < 2:
        return terms[0] if terms else "0"
    half = len(terms) // 2
    return f"({summed(terms[:half])} + {summed(terms[half:])})"


def folded(name: str) -> str:
    """A name as SQLite compares it: without the case of ASCII letters, with that of others."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


def _end(which: Callable[..., N], one: N | None, other: N | None) -> N | None:
    """The smaller or the larger of two numbers, either of which may not be known."""
    known = [each for each in (one, other) if each is not None]
    return which(known) if known else None
