"""What is read of a table: its rows without those set aside, its values without those made NULL."""

from __future__ import annotations

from dataclasses import dataclass

from facereview.migrate.plan.plan import LoadColumn, TablePlan
from facereview.migrate.source.schema import quoted
from facereview.migrate.source.snapshot import ATTACHED


@dataclass(frozen=True, slots=True)
class CleanTable:
    """SQL for one table: ``values`` has one expression per column, ``origin`` goes after FROM.

    ``row`` numbers the rows; ``where`` is empty or begins with WHERE.
    """

    values: tuple[str, ...]
    row: str
    origin: str
    where: str

    def select(self, *more: str) -> str:
        """All columns, with further expressions in front."""
        return f"SELECT {', '.join((*more, *self.values))} FROM {self.origin} {self.where}"


def clean(
    table: TablePlan, columns: tuple[LoadColumn, ...], actions: set[tuple[str, str | None]]
) -> CleanTable:
    """How to read a table; ``actions`` are the (action, column) pairs that occur in it."""
    source = table.source
    mine = f"FROM {ATTACHED}.defect WHERE tbl = {_text(source.name)}"
    values = []
    for column in columns:
        value = quoted(column.source)
        if ("null", column.source) in actions:
            rows = f"SELECT row {mine} AND col = {_text(column.source)} AND action = 'null'"
            value = f"CASE WHEN {source.row} IN ({rows}) THEN NULL ELSE {value} END"
        values.append(value)
    # what stops the migration is not read either: it fits no type that could be asked about it
    aside = any(action != "null" for action, _ in actions)
    rows = f"SELECT row {mine} AND action <> 'null'"
    where = f"WHERE {source.row} NOT IN ({rows})" if aside else ""
    return CleanTable(tuple(values), source.row, source.origin, where)


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
