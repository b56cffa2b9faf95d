"""What a migration did, or would do: one record for JSON, HTML and the window, and its lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from facereview.errors import Remedy
from facereview.migrate.load.defects import NOTHING, Defect, DefectGroup, Missing
from facereview.migrate.load.load import NULLED, QUARANTINE
from facereview.migrate.plan.kinds import Unclear
from facereview.migrate.plan.plan import Loss
from facereview.migrate.proof.structure import Comparison
from facereview.numbers import counted

SHOWN = 20
"""Defects that the lines show one by one; JSON and HTML show all that the report lists."""


class Status(StrEnum):
    """How it ended."""

    MIGRATED = "migrated"
    PLANNED = "planned"
    STOPPED = "stopped"
    ALREADY = "already migrated"
    OTHER = "holds another library"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """A column: what it was declared as, what it became, by which rule, how many were rounded."""

    name: str
    source: str
    declared: str
    type: str
    dates: str | None
    rounded: int


@dataclass(frozen=True, slots=True)
class TableReport:
    """A table; rows and digests are None where they were not computed."""

    name: str
    source_rows: int
    quarantined: int
    target_rows: int | None
    source_digest: str | None
    target_digest: str | None
    columns: tuple[ColumnReport, ...]

    @property
    def agrees(self) -> bool:
        """Whether both sides have been compared and are the same."""
        return (
            self.source_digest is not None
            and self.source_digest == self.target_digest
            and self.target_rows == self.source_rows - self.quarantined
        )


@dataclass(slots=True)
class Report:
    """The whole.

    ``proven`` says whether the digests were compared at all, ``before`` what an earlier migration
    of the same file left out.
    """

    status: Status
    file: str
    database: str
    policy: str
    proven: bool = False
    tables: tuple[TableReport, ...] = ()
    structure: tuple[Comparison, ...] = ()
    losses: tuple[Loss, ...] = ()
    notes: tuple[str, ...] = ()
    groups: tuple[DefectGroup, ...] = ()
    defects: tuple[Defect, ...] = ()
    seconds: dict[str, float] = field(default_factory=dict)
    before: Missing = NOTHING
    unclear: tuple[Unclear, ...] = ()

    @property
    def missing(self) -> Missing:
        """What of the file is not in the target, or would not be."""
        if self.status in (Status.MIGRATED, Status.PLANNED):
            return Missing.counted(
                [(t.name, t.source_rows, t.quarantined) for t in self.tables],
                self.groups,
                self.losses,
            )
        return self.before

    @property
    def exit_code(self) -> int:
        """0: all is there and agrees; 1: something needs attention; 3: losses were allowed."""
        return (3 if self.missing else 0) if self.agrees else 1

    @property
    def agrees(self) -> bool:
        """Whether nothing needs attention."""
        if self.status is Status.MIGRATED:
            whole = all(not each.missing for each in self.structure)
            return whole and (not self.proven or all(table.agrees for table in self.tables))
        return self.status in (Status.ALREADY, Status.PLANNED)

    @property
    def rows(self) -> int:
        """Rows of the file, all tables together."""
        return sum(table.source_rows for table in self.tables)

    @property
    def defect_count(self) -> int:
        """All defects, also those beyond the listed ones."""
        return sum(group.count for group in self.groups)

    @property
    def headline(self) -> str:
        """One sentence."""
        rows, tables = counted(self.rows, "row"), counted(len(self.tables), "table")
        match self.status:
            case Status.MIGRATED | Status.PLANNED:
                return self._carried(rows, tables)
            case Status.STOPPED:
                return f"{self.file} has {self._trouble()}: nothing was written."
            case Status.ALREADY:
                without = f", without {self.missing}" if self.missing else ""
                return f"{self.database} already holds this library{without}: nothing was changed."
            case Status.OTHER:
                return (
                    f"{self.database} holds a library that was migrated from another or an older "
                    "file: nothing was changed."
                )
            case _:
                return (
                    f"{self.file} and {self.database} differ after the migration: it was rolled "
                    "back, and nothing was changed."
                )

    def _trouble(self) -> str:
        columns = counted(len(self.unclear), "date column")
        said = [f"{columns} that can be read in several ways"]
        said = said if self.unclear else []
        if self.defect_count or not (said or self.losses):
            said.append(f"{counted(self.defect_count, 'value')} PostgreSQL refuses")
        if self.losses:
            said.append(f"{counted(len(self.losses), 'definition')} without an equivalent there")
        return " and ".join(said)

    def _carried(self, rows: str, tables: str) -> str:
        planned = self.status is Status.PLANNED
        if not self.missing:
            where = "can be migrated to" if planned else "is now in"
            proof = ", every value verified" if self.proven else ", not verified"
            return f"{self.file} {where} {self.database}: {rows} in {tables}{proof}."
        left = self.missing.of - self.missing.rows
        verb = "would be" if planned else "is" if left == 1 else "are"
        proof = "verified" if self.proven else "not verified"
        there = f"{counted(left, 'row')} in {tables} {verb} there, {proof}"
        if self.missing.rows == self.missing.of > 0:
            there = f"no row {'would be' if planned else 'is'} there"
        where = "can be migrated to" if planned else "is in"
        return f"{self.file} {where} {self.database} without {self.missing}: {there}."

    @property
    def remedy(self) -> Remedy | None:
        """What to do where nothing was written."""
        if self.status is Status.STOPPED and self.unclear:
            return Remedy.CHOOSE_DATES
        needed = {Status.STOPPED: Remedy.SETTLE_DEFECTS, Status.OTHER: Remedy.EMPTY_DATABASE}
        return needed.get(self.status)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        record = asdict(self)
        del record["before"]
        for table, plain in zip(self.tables, record["tables"], strict=True):
            plain["agrees"] = table.agrees
        record |= {"agrees": self.agrees, "headline": self.headline, "rows": self.rows}
        record["defect_count"] = self.defect_count
        record |= {"missing": asdict(self.missing), "exit_code": self.exit_code}
        return record


def lines(report: Report) -> Iterator[str]:
    """The report, line by line, without its headline."""
    yield from _unclear(report)
    yield from _left_out(report)
    if report.tables:
        yield from _tables(report)
        yield from _dates(report)
        yield from _rounded(report)
    yield from _structure(report)
    yield from _defects(report)
    for note in report.notes:
        yield f"note: {note}"
    if report.seconds:
        parts = (f"{stage} {seconds:.1f} s" for stage, seconds in report.seconds.items())
        yield "time: " + ", ".join(parts)


def _unclear(report: Report) -> Iterator[str]:
    for each in report.unclear:
        numbers = counted(each.numbers, "number")
        yield f"unclear dates: {each.table}.{each.column}, {numbers}; read as"
        for reading in each.readings:
            said = ", ".join(f"{number} is {date}" for number, date in reading.examples)
            yield f"  {reading.rule}: {said}"


def _tables(report: Report) -> Iterator[str]:
    width = max(len(table.name) for table in report.tables)
    yield f"{'table':<{width}}  {'rows':>10}  {'set aside':>9}  {'digest':<32}  sides"
    for table in report.tables:
        yield (
            f"{table.name:<{width}}  {table.source_rows:>10,}  {table.quarantined:>9,}  "
            f"{table.source_digest or '–':<32}  {_verdict(table)}"
        )


def _verdict(table: TableReport) -> str:
    if table.source_digest is None:
        return "–"
    rows = counted(table.target_rows or 0, "row")
    return "equal" if table.agrees else f"DIFFER ({table.target_digest}, {rows})"


def _dates(report: Report) -> Iterator[str]:
    rules: dict[str, list[str]] = {}
    for table in report.tables:
        for column in table.columns:
            if column.dates:
                rules.setdefault(f"{column.type}: {column.dates}", []).append(
                    f"{table.name}.{column.name}"
                )
    for rule, columns in rules.items():
        yield f"dates as {rule}: {', '.join(columns)}"


def _rounded(report: Report) -> Iterator[str]:
    for table in report.tables:
        for column in table.columns:
            if column.rounded:
                yield (
                    f"rounded: {counted(column.rounded, 'value')} of {table.name}.{column.name}, "
                    f"which is {column.type}, from {column.source}"
                )


def _structure(report: Report) -> Iterator[str]:
    for each in report.structure:
        missing = f", missing: {', '.join(each.missing)}" if each.missing else ""
        yield f"{each.what}: {each.found} of {each.expected}{missing}"


def _defects(report: Report) -> Iterator[str]:
    left = report.defect_count
    for group in report.groups:
        place = f"{group.table}.{group.column}" if group.column else group.table
        yield f"defect: {place}: {group.count:,} × {group.reason} ({_action(group.action)})"
    for defect in report.defects[:SHOWN]:
        place = f"{defect.table}.{defect.column}" if defect.column else defect.table
        yield f"  {place} row {defect.row}: {defect.value} ({defect.reason})"
    if left > SHOWN:
        yield f"  ... and {left - SHOWN:,} more"


def _action(action: str) -> str:
    said = {"stop": "stops", "null": "becomes NULL", "quarantine": "row set aside"}
    return said.get(action, action)


def _left_out(report: Report) -> Iterator[str]:
    """What is not there, table by table and one by one, and where it is kept instead."""
    for table in report.tables:
        if table.quarantined:
            yield (
                f"not there: {table.quarantined:,} of {counted(table.source_rows, 'row')} of "
                f"{table.name}, kept in the schema {QUARANTINE}"
            )
    for group in report.groups:
        if group.action == "null":
            place = f"{group.table}.{group.column}"
            kept = f"now NULL, kept in {QUARANTINE}.{NULLED}"
            yield f"not there: {counted(group.count, 'value')} of {place}, {kept}"
    for loss in report.losses:
        yield f"left out: {loss.what} {loss.name} of {loss.table}: {loss.reason}"
