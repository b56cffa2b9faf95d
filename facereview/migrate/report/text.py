"""The report as text for the terminal: what is not there first, then what needs to be known."""

from __future__ import annotations

from collections.abc import Iterator

from facereview.migrate.report import losses as missing
from facereview.migrate.report.report import Report, TableReport
from facereview.numbers import counted

SHOWN = 20
"""Defects, rounded columns and the like are shown up to here; JSON and HTML have them all."""


def lines(report: Report) -> Iterator[str]:
    """The report, line by line, without its headline."""
    yield from _unclear(report)
    yield from missing.lines(report.tables, report.groups, report.losses)
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
