"""Puts the report together from what the steps found."""

from __future__ import annotations

from collections.abc import Mapping

from facereview.migrate.load.defects import Defects
from facereview.migrate.load.write import Written
from facereview.migrate.plan.plan import Plan, TablePlan
from facereview.migrate.report.report import ColumnReport, Report, TableReport
from facereview.numbers import counted

LISTED = 10_000
"""Defects listed one by one; beyond that they are only counted."""


def build_report(
    report: Report,
    plan: Plan,
    defects: Defects,
    cut: Mapping[str, int],
    written: Written | None = None,
) -> Report:
    """The report with everything the plan, the checks and the writing have to say.

    ``cut`` counts, per table, dates with digits past the microsecond.
    """
    report.tables = tuple(
        _table(table, defects.set_aside(table.source.name), written) for table in plan.tables
    )
    report.proven = written is not None and bool(written.source)
    report.structure = tuple(written.structure) if written else ()
    report.losses = tuple(plan.losses)
    report.notes = (*plan.notes, *(_cut_note(table, count) for table, count in cut.items()))
    report.groups = tuple(defects.groups())
    report.defects = tuple(defects.listed(LISTED))
    return report


def _cut_note(table: str, count: int) -> str:
    dates = counted(count, f"date of {table} has", f"dates of {table} have")
    return f"{dates} digits past the microsecond, which are cut off."


def _table(table: TablePlan, set_aside: int, written: Written | None) -> TableReport:
    source = written.source.get(table.name) if written else None
    target = written.target.get(table.name) if written else None
    loaded = written.loaded.get(table.name) if written else None
    rounded = loaded.rounded if loaded else {}
    return TableReport(
        name=table.name,
        source_rows=table.survey.rows,
        quarantined=set_aside,
        target_rows=target.rows if target else (loaded.rows if loaded else None),
        source_digest=str(source) if source else None,
        target_digest=str(target) if target else None,
        columns=tuple(
            ColumnReport(
                name=column.name,
                source=column.source,
                declared=table.source.column(column.source).declared,
                type=str(column.choice.kind),
                dates=column.choice.date_rule,
                rounded=rounded.get(column.name, 0),
            )
            for column in table.columns
        ),
    )
