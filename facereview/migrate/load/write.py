"""The transaction that writes rows, keys, indexes and quarantine, and verifies them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from psycopg import sql

from facereview.errors import DatabaseError
from facereview.migrate.context import Work
from facereview.migrate.load.load import Loaded, load_table
from facereview.migrate.load.pg import name, raw
from facereview.migrate.load.quarantine import fill_quarantine
from facereview.migrate.load.server import Mark, Server
from facereview.migrate.plan.plan import Loss, TablePlan
from facereview.migrate.plan.target import SCHEMA, read_target
from facereview.migrate.progress import Stage
from facereview.migrate.proof.source_digest import Digest
from facereview.migrate.proof.structure import Comparison, compare_structure, last_id, sequence_of
from facereview.migrate.proof.target_digest import target_digest
from facereview.migrate.proof.views import difference
from facereview.migrate.report.losses import Missing, Rows
from facereview.migrate.source.snapshot import connect

Proof = Callable[[], Iterator[tuple[str, Digest]]]
"""Gives the digests of the file's tables, by the target's names for them."""


@dataclass(slots=True)
class Written:
    """What went into the target and what came back out of it."""

    loaded: dict[str, Loaded] = field(default_factory=dict)
    quarantined: dict[str, int] = field(default_factory=dict)
    source: dict[str, Digest] = field(default_factory=dict)
    target: dict[str, Digest] = field(default_factory=dict)
    structure: list[Comparison] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether both sides are the same in every respect that was compared."""
        return self.source == self.target and not any(each.missing for each in self.structure)


class Disagreement(Exception):
    """The sides differ: the transaction is rolled back."""

    def __init__(self, written: Written) -> None:
        super().__init__()
        self.written = written


def write(work: Work, proof: Proof | None, mark: Mark) -> Written:
    """Write the library and compare it.

    Raises:
        Disagreement: something differs; nothing was changed.
        DatabaseError: PostgreSQL refused something; nothing was changed.
    """
    written = Written()
    server = work.server
    with server.transaction():
        names = [table.source.name for table in work.plan.tables]
        if read_target(server.connection, names) != work.target:
            raise DatabaseError(
                f"The tables of {server.place} were changed meanwhile: nothing was written, try "
                "again."
            )
        _fill(work, written)
        _finish(work)
        written.quarantined = fill_quarantine(
            server.connection, work.folder, work.plan, work.defects
        )
        _prove(work, proof, written)
        if not written.agrees:
            raise Disagreement(written)
        server.install()  # settings the library did not have get their defaults
        server.set_mark(mark, _summary(work, written))
    return written


def _fill(work: Work, written: Written) -> None:
    for statement in work.plan.before:
        work.server.run(statement)
    work.meter.start(Stage.LOADING, work.plan.rows)
    for table in work.plan.tables:
        written.loaded[table.name] = load_table(
            work.server.connection, work.folder, table, work.defects, work.meter.add
        )


def _finish(work: Work) -> None:
    rows = {table.name: table.survey.rows for table in work.plan.tables}
    total = sum(rows.get(statement.table, 0) for statement in work.plan.after)
    work.meter.start(Stage.INDEXING, total)
    for statement in work.plan.after:
        work.server.run(statement)
        work.meter.add(rows.get(statement.table, 0))
    for table in work.plan.tables:
        _set_sequence(work.server, table)
    work.server.views(work.plan)
    _keep_equal_views(work)
    for table in work.plan.tables:
        analyze = sql.SQL("ANALYZE {}").format(name(SCHEMA, table.name))
        work.server.connection.execute(analyze)


def _set_sequence(server: Server, table: TablePlan) -> None:
    """Set the next id past every id that exists or, as AUTOINCREMENT guarantees, ever existed.

    ALTER SEQUENCE is undone with its transaction; setval() is not.
    """
    alias = table.source.rowid_alias
    sequence = sequence_of(server.connection, table) if alias else None
    if alias and sequence:
        highest = sql.SQL("SELECT coalesce(max({}), 0) FROM {}").format(
            name(table.column_of(alias).name), name(SCHEMA, table.name)
        )
        row = server.connection.execute(highest).fetchone()
        highest_id = max(row[0] if row else 0, last_id(table), 0)
        server.connection.execute(
            sql.SQL("ALTER SEQUENCE {} RESTART WITH {}").format(
                raw(sequence), sql.Literal(highest_id + 1)
            )
        )


def _keep_equal_views(work: Work) -> None:
    """Keep a view if it gives the same rows on both sides; else leave it out."""
    whole = len(work.defects) == 0
    reader = connect(work.folder)
    try:
        for view in work.plan.views:
            why = difference(reader, work.server.connection, view.name, whole=whole)
            if why is not None:
                drop = sql.SQL("DROP VIEW IF EXISTS {} CASCADE").format(name(SCHEMA, view.name))
                work.server.connection.execute(drop)
                work.plan.losses.append(Loss(*view.key, why))
    finally:
        reader.close()


def _prove(work: Work, proof: Proof | None, written: Written) -> None:
    """Read everything back, and wait for what the other process has read."""
    connection, plan = work.server.connection, work.plan
    if proof is not None:
        work.meter.start(Stage.PROVING, plan.rows)
        for table in plan.tables:
            written.target[table.name] = target_digest(connection, table, work.meter.add)
        written.source = dict(proof())
    written.structure = compare_structure(connection, plan)
    work.meter.start(Stage.COMMITTING)


def _summary(work: Work, written: Written) -> dict[str, object]:
    plan = work.plan
    rows = [Rows(t.name, t.survey.rows, work.defects.set_aside(t.source.name)) for t in plan.tables]
    missing = Missing.counted(rows, work.defects.groups(), plan.losses)
    return {
        "tables": len(plan.tables),
        "rows": plan.rows,
        "missing": missing.as_dict(),
        "digests": {name: str(digest) for name, digest in written.target.items()},
    }
