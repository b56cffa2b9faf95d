"""The report as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape as escaped
from pathlib import Path

from facereview.files import replacing
from facereview.migrate.report import Report, TableReport
from facereview.visible_text import visible

_STYLE = """
:root { color-scheme: light dark; --line: #d8dce4; --dim: #566070; --good: #12915a; --bad: #c9343a;
  --some: #8f5a00 }
@media (prefers-color-scheme: dark) {
  :root { --line: #2e333d; --dim: #98a1b0; --good: #3fcf8e; --bad: #f2555a;
    --some: #f0b34a }
}
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem }
h1 { font-size: 1.4rem } h2 { font-size: 1.05rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line) }
th { color: var(--dim); font-weight: 600 } td.n, th.n { text-align: right }
code { font-size: .85em } .good { color: var(--good) } .bad { color: var(--bad) }
.some { color: var(--some) }
"""


def write_html(report: Report, file: Path) -> None:
    """Write the page atomically.

    Raises:
        OSError: the file cannot be written.
    """
    with replacing(file) as part:
        part.write_text(page(report), "utf-8")


def page(report: Report) -> str:
    """The page."""
    verdict = {0: "good", 3: "some"}.get(report.exit_code, "bad")
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        f"<title>Migration of {_plain(report.file)}</title><style>{_STYLE}</style>"
        f'<h1 class="{verdict}">{_plain(report.headline)}</h1>'
        + _section("Dates that can be read in several ways", _UNCLEAR, _unclear_rows(report))
        + _section("Tables", _TABLES, (_table_row(table) for table in report.tables))
        + _section("Columns", _COLUMNS, _column_rows(report))
        + _section("Structure", _STRUCTURE, _structure_rows(report))
        + _section("Defects", _GROUPS, _group_rows(report))
        + _section("Values PostgreSQL refuses", _DEFECTS, _defect_rows(report))
        + _section("Left out", _LOSSES, _loss_rows(report))
        + _section("Notes", ("note",), ((note,) for note in report.notes))
        + _section("Time", ("stage", "#seconds"), report.seconds.items())
        + "</html>\n"
    )


_UNCLEAR = ("table", "column", "#numbers", "rule", "examples")
_TABLES = ("table", "#rows", "#set aside", "digest of the file", "digest of PostgreSQL", "sides")
_COLUMNS = ("table", "column", "filled from", "declared", "type", "dates", "#rounded")
_STRUCTURE = ("what", "#in the file", "#found", "missing")
_GROUPS = ("table", "column", "reason", "#values", "what happens")
_DEFECTS = ("table", "#row", "column", "reason", "value")
_LOSSES = ("what", "table", "name", "reason")


def _section(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with its heading; columns marked # hold numbers. Nothing where it has no rows."""
    kinds = [' class="n"' if column.startswith("#") else "" for column in columns]
    body = "".join(
        "<tr>" + "".join(f"<td{k}>{_cell(c)}" for k, c in zip(kinds, row, strict=True)) + "</tr>"
        for row in rows
    )
    if not body:
        return ""
    head = "".join(f"<th{k}>{_plain(c.lstrip('#'))}" for k, c in zip(kinds, columns, strict=True))
    return f"<h2>{_plain(title)}</h2><table><thead><tr>{head}</thead>{body}</table>"


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else _plain(str(value))


def _plain(text: str) -> str:
    return escaped(visible(text))


def _table_row(table: TableReport) -> Sequence[object]:
    sides = "–" if table.source_digest is None else "equal" if table.agrees else "DIFFER"
    digests = table.source_digest, table.target_digest
    return (table.name, table.source_rows, table.quarantined, *digests, sides)


def _unclear_rows(report: Report) -> Iterable[Sequence[object]]:
    for each in report.unclear:
        for reading in each.readings:
            said = ", ".join(f"{number} is {date}" for number, date in reading.examples)
            yield each.table, each.column, each.numbers, reading.rule, said


def _column_rows(report: Report) -> Iterable[Sequence[object]]:
    for table in report.tables:
        for column in table.columns:
            what = (column.name, column.source, column.declared, column.type, column.dates)
            yield (table.name, *what, column.rounded)


def _structure_rows(report: Report) -> Iterable[Sequence[object]]:
    for each in report.structure:
        yield each.what, each.expected, each.found, ", ".join(each.missing)


def _group_rows(report: Report) -> Iterable[Sequence[object]]:
    for each in report.groups:
        yield each.table, each.column, each.reason, each.count, each.action


def _defect_rows(report: Report) -> Iterable[Sequence[object]]:
    for each in report.defects:
        yield each.table, each.row, each.column, each.reason, each.value


def _loss_rows(report: Report) -> Iterable[Sequence[object]]:
    for each in report.losses:
        yield each.what, each.table, each.name, each.reason
