"""What of a file is not in the target afterwards; the report begins with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from facereview.migrate.load.defects import DefectGroup
from facereview.migrate.load.quarantine import NULLED, SCHEMA
from facereview.migrate.plan.plan import Loss
from facereview.numbers import counted

_SHOWN = 3


class Table(Protocol):
    """What is asked of a table."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def source_rows(self) -> int:
        """Rows of the file."""

    @property
    def quarantined(self) -> int:
        """Those of them that are set aside."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A table's rows, and how many of them are set aside."""

    name: str
    source_rows: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Missing:
    """How much is not there: rows ``of`` all, values, definitions by kind; ``emptied`` tables.

    A table is emptied where each of its rows is set aside.
    """

    rows: int = 0
    of: int = 0
    values: int = 0
    definitions: tuple[tuple[str, int], ...] = ()
    emptied: tuple[str, ...] = ()

    @classmethod
    def counted(
        cls, tables: Sequence[Table], groups: Sequence[DefectGroup], losses: Sequence[Loss]
    ) -> Missing:
        """The sum of these."""
        return cls(
            rows=sum(table.quarantined for table in tables),
            of=sum(table.source_rows for table in tables),
            values=sum(group.count for group in groups if group.action == "null"),
            definitions=tuple(Counter(loss.what for loss in losses).items()),
            emptied=tuple(t.name for t in tables if t.source_rows == t.quarantined > 0),
        )

    @classmethod
    def recalled(cls, record: Mapping[str, Any]) -> Missing:
        """What :meth:`as_dict` said of an earlier migration."""
        definitions = tuple((str(what), int(count)) for what, count in record["definitions"])
        emptied = tuple(str(name) for name in record["emptied"])
        rows, of, values = (int(record[each]) for each in ("rows", "of", "values"))
        return cls(rows, of, values, definitions, emptied)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def __bool__(self) -> bool:
        return bool(self.rows or self.values or self.definitions)

    def __str__(self) -> str:
        said = list(self._parts())
        return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"

    def _parts(self) -> Iterator[str]:
        if self.rows:
            yield f"{self.rows:,} of {_counted(self.of, 'row')}{self._whole_tables()}"
        if self.values:
            yield _counted(self.values, "value")
        for what, count in self.definitions:
            yield _counted(count, what)

    def _whole_tables(self) -> str:
        if not self.emptied:
            return ""
        more = len(self.emptied) - _SHOWN
        tail = f" and {_counted(more, 'further table')}" if more > 0 else ""
        return f" (all of {', '.join(self.emptied[:_SHOWN])}{tail})"


NOTHING = Missing()


def lines(
    tables: Sequence[Table], groups: Sequence[DefectGroup], losses: Sequence[Loss]
) -> Iterator[str]:
    """What is not there, table by table and one by one, and where it is kept instead."""
    for table in tables:
        if table.quarantined:
            yield (
                f"not there: {table.quarantined:,} of {_counted(table.source_rows, 'row')} of "
                f"{table.name}, kept in the schema {SCHEMA}"
            )
    for group in groups:
        if group.action == "null":
            place = f"{group.table}.{group.column}"
            kept = f"now NULL, kept in {SCHEMA}.{NULLED}"
            yield f"not there: {_counted(group.count, 'value')} of {place}, {kept}"
    for loss in losses:
        yield f"left out: {loss.what} {loss.name} of {loss.table}: {loss.reason}"


def _counted(count: int, what: str) -> str:
    return counted(count, what, {"index": "indexes", "not null": "NOT NULLs"}.get(what))
