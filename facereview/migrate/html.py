"""The report as one self-contained HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    sections = "".join(_section(*each) for each in _sections(report))
    return (
        "<!doctype html><html lang=en><meta charset=utf-8>"
        f"<title>Migration of {_plain(report.file)}</title><style>{_STYLE}</style>"
        f'<h1 class="{verdict}">{_plain(report.headline)}</h1>{sections}</html>\n'
    )


def _sections(report: Report) -> Iterator[tuple[str, Sequence[str], Iterable[Sequence[object]]]]:
    """Titles, columns and rows; columns marked # hold numbers."""
    unclear = ("table", "column", "#numbers", "rule", "examples")
    yield "Dates that can be read in several ways", unclear, _unclear_rows(report)
    tables = ("table", "#rows", "#set aside", "digest of the file", "digest of PostgreSQL", "sides")
    yield "Tables", tables, map(_table_row, report.tables)
    columns = ("table", "column", "filled from", "declared", "type", "dates", "#rounded")
    yield "Columns", columns, _column_rows(report)
    structure = ((c.what, c.expected, c.found, ", ".join(c.missing)) for c in report.structure)
    yield "Structure", ("what", "#in the file", "#found", "missing"), structure
    groups = ((g.table, g.column, g.reason, g.count, g.action) for g in report.groups)
    yield "Defects", ("table", "column", "reason", "#values", "what happens"), groups
    values = ((d.table, d.row, d.column, d.reason, d.value) for d in report.defects)
    yield _values_title(report), ("table", "#row", "column", "reason", "value"), values
    losses = ((loss.what, loss.table, loss.name, loss.reason) for loss in report.losses)
    yield "Left out", ("what", "table", "name", "reason"), losses
    yield "Notes", ("note",), ((note,) for note in report.notes)
    yield "Time", ("stage", "#seconds"), report.seconds.items()


def _section(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with its heading; nothing where it has no rows."""
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


def _values_title(report: Report) -> str:
    listed, count = len(report.defects), report.defect_count
    some = f" (the first {listed:,} of {count:,})" if listed < count else ""
    return f"Values PostgreSQL refuses{some}"


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
