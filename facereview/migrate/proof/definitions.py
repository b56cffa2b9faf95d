"""Compares the target's definitions, rows loaded, with those the plan made without rows.

:mod:`.structure` asks whether each thing of the file has its counterpart; here each word of each
counterpart is compared, and what is there although nobody asked for it is found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from psycopg import sql

from facereview.migrate.load.defects import Defects
from facereview.migrate.load.load import QUARANTINE, Connection
from facereview.migrate.plan.catalogue import Entry, read_catalogue
from facereview.migrate.plan.plan import Definition, Loss, Plan
from facereview.migrate.plan.target import SCHEMA
from facereview.migrate.proof.structure import Comparison

Place = tuple[str, str]
_CONSTRAINTS = ("check", "foreign key")


def compare_definitions(connection: Connection, plan: Plan) -> Comparison:
    """Every definition as it stands now and as it was when the plan was tried.

    What did not fit the rows may be missing: as many definitions of that kind, of that table.
    """
    lost = _lost(plan)
    views = {plan.view_names[loss.name] for loss in lost if loss.what == "view"}
    may_lack = Counter(_place(loss) for loss in lost if loss.what != "view")
    now = read_catalogue(connection, SCHEMA, plan.relations)
    # a definition left out changes the names that PostgreSQL invents for those after it
    expected = _counted(plan.catalogue, views, named=not may_lack)
    found = _counted(now, views, named=not may_lack)
    missing = list((expected - found).elements())
    lacking = Counter(_place(entry) for entry in missing)
    excess = [entry for entry in missing if lacking[_place(entry)] > may_lack[_place(entry)]]
    unasked = (found - expected).elements()
    return Comparison(
        "definitions",
        expected=expected.total() - len(missing) + len(excess),
        found=(expected & found).total(),
        missing=[*map(_said, excess), *(f"{_said(entry)}, not asked for" for entry in unasked)],
    )


def compare_set_aside(connection: Connection, plan: Plan, defects: Defects) -> Comparison:
    """Whether every row that is not in its table is in the quarantine."""
    comparison = Comparison("rows set aside")
    for table in plan.tables:
        if expected := defects.set_aside(table.source.name):
            query = sql.SQL("SELECT count(*) FROM {}").format(
                sql.Identifier(QUARANTINE, table.name)
            )
            [found] = connection.execute(query).fetchone() or (0,)
            comparison.expected += expected
            comparison.found += found
            if found != expected:
                comparison.missing.append(f"{table.name}: {found} of {expected}")
    return comparison


def _lost(plan: Plan) -> list[Loss]:
    """The losses that were found out with the rows; those before are of no statement."""
    made = {statement.key for statement in (*plan.after, *plan.views)}
    return [loss for loss in plan.losses if loss.key in made]


def _place(of: Definition | Entry) -> Place:
    """The kind and the table; what is neither check nor foreign key is made as an index."""
    return of.what if of.what in _CONSTRAINTS else "index", of.table


def _counted(entries: Iterable[Entry], without: set[str], *, named: bool) -> Counter[Entry]:
    """The definitions that are not of these views; the same one may be there twice."""
    kept = (entry for entry in entries if entry.table not in without)
    return Counter(entry if named else entry._replace(name="") for entry in kept)


def _said(entry: Entry) -> str:
    return f"{entry.table}: {entry.what} {entry.name}: {entry.says}"
