"""The transaction that writes rows, keys, indexes and quarantine, and verifies them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import psycopg
from psycopg import errors, sql

from facereview.errors import DatabaseError
from facereview.migrate.load.defects import Defects, Missing, Policy, clean
from facereview.migrate.load.load import Connection, Loaded, fill_quarantine, load_table
from facereview.migrate.load.server import Mark, Server
from facereview.migrate.plan.catalogue import read_catalogue
from facereview.migrate.plan.plan import (
    DefinitionKey,
    LoadColumn,
    Loss,
    Plan,
    Statement,
    TablePlan,
)
from facereview.migrate.plan.target import SCHEMA, Target, read_target
from facereview.migrate.progress import Meter, Stage
from facereview.migrate.proof.definitions import compare_definitions, compare_set_aside
from facereview.migrate.proof.digest import AT_ONCE, Asked, Digest, digests, target_digest
from facereview.migrate.proof.structure import (
    Comparison,
    compare_structure,
    difference,
    id_limit,
    last_id,
    sequence_of,
    show_as_carried,
)
from facereview.migrate.source.arrow import batch_rows
from facereview.migrate.source.snapshot import attachment, connect
from facereview.store.faults import said

Proof = Callable[[], Iterator[tuple[str, Digest]]]
"""Gives the digests of the file's tables, by the target's names for them."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A migration that can be written: the target, the copy of the file, the plan, its defects."""

    server: Server
    folder: Path
    plan: Plan
    target: Target
    defects: Defects
    meter: Meter

    @property
    def stops(self) -> bool:
        """Whether something was found that the policy does not let go."""
        found = len(self.defects) or self.plan.blocking
        return self.defects.policy is Policy.STOP and bool(found)


@dataclass(slots=True)
class Written:
    """What went into the target and what came back out of it."""

    loaded: dict[str, Loaded] = field(default_factory=dict)
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


class Stopped(Exception):
    """The rows do not fit some definitions, which the policy does not let go: rolled back."""


class Uncomputable(Exception):
    """PostgreSQL cannot compute these columns for the rows that are there: rolled back."""

    def __init__(self, refused: dict[DefinitionKey, str]) -> None:
        super().__init__()
        self.refused = refused


def write(ready: Prepared, proof: Proof | None, mark: Mark, *, dry_run: bool) -> Written:
    """Write the library and compare it; a dry run does all of it and rolls it back.

    Raises:
        Disagreement: something differs; nothing was changed.
        Stopped: see there; nothing was changed.
        Uncomputable: see there; nothing was changed.
        DatabaseError: PostgreSQL refused something; nothing was changed.
    """
    written = Written()
    server = ready.server
    with server.transaction(rolled_back=dry_run):
        names = [table.source.name for table in ready.plan.tables]
        if read_target(server.connection, names) != ready.target:
            raise DatabaseError(
                f"The tables of {server.place} were changed meanwhile: nothing was written, try "
                "again."
            )
        _fill(ready, written)
        _finish(ready)
        if ready.stops:
            raise Stopped
        fill_quarantine(server.connection, ready.folder, ready.plan, ready.defects)
        _prove(ready, proof, written)
        if not written.agrees:
            raise Disagreement(written)
        server.install()  # settings the library did not have get their defaults
        server.set_mark(mark, _summary(ready, written))
    return written


def _fill(ready: Prepared, written: Written) -> None:
    for statement in ready.plan.before:
        ready.server.connection.execute(statement.sql)
    ready.meter.start(Stage.LOADING, ready.plan.rows)
    for table in ready.plan.tables:
        written.loaded[table.name] = _loaded(ready, table)
    if refused := dict(_computed_otherwise(ready)):
        raise Uncomputable(refused)


def _loaded(ready: Prepared, table: TablePlan) -> Loaded:
    connection, add = ready.server.connection, ready.meter.add
    try:
        return load_table(connection, ready.folder, table, ready.defects, add)
    except psycopg.DataError as fault:
        if refused := {key: said(fault) for key, _ in _computed(table)}:
            raise Uncomputable(refused) from fault
        raise
    except errors.ProgramLimitExceeded as fault:
        raise DatabaseError(
            f"A row of the table {table.name} is too big for PostgreSQL ({said(fault)}): nothing "
            "was changed; split the table, or its largest values, in a copy of the library."
        ) from fault


def _computed(table: TablePlan) -> Iterator[tuple[DefinitionKey, LoadColumn]]:
    """The columns of a table that PostgreSQL computes."""
    for column in table.columns:
        if column.generated is not None:
            yield ("generated column", table.name, column.name), column


def _computed_otherwise(ready: Prepared) -> Iterator[tuple[DefinitionKey, str]]:
    """The computed columns whose values are not those of the file, and why they cannot be kept."""
    for table in ready.plan.tables:
        for key, column in _computed(table):
            alone = replace(table, columns=(column,))
            there = _read_back(ready.server.connection, alone, lambda _: None)
            try:
                [(_, here)] = digests(ready.folder, [asked(alone, ready.defects)])
            except (ValueError, TypeError, struct.error):
                yield key, f"its values are not all of type {column.choice.kind}"
                continue
            if here != there:
                yield key, "PostgreSQL computes other values"


def _finish(ready: Prepared) -> None:
    rows = {table.name: table.survey.rows for table in ready.plan.tables}
    total = sum(rows.get(statement.table, 0) for statement in ready.plan.after)
    ready.meter.start(Stage.INDEXING, total)
    for statement in ready.plan.after:
        ready.plan.losses += ready.server.lost(statement)
        ready.meter.add(rows.get(statement.table, 0))
    for table in ready.plan.tables:
        _set_sequence(ready.server, table)
    ready.server.views(ready.plan)
    _keep_equal_views(ready)
    for table in ready.plan.tables:
        analyze = sql.SQL("ANALYZE {}").format(sql.Identifier(SCHEMA, table.name))
        ready.server.connection.execute(analyze)


def _set_sequence(server: Server, table: TablePlan) -> None:
    """Set the next id past every id that exists or, as AUTOINCREMENT guarantees, ever existed.

    Past the highest id of its type there is none: the key refuses the one that is given again.
    ALTER SEQUENCE is undone with its transaction; setval() is not.
    """
    alias = table.source.rowid_alias
    sequence = sequence_of(server.connection, table) if alias else None
    if alias and sequence:
        highest = sql.SQL("SELECT coalesce(max({}), 0) FROM {}").format(
            sql.Identifier(table.column_of(alias).name), sql.Identifier(SCHEMA, table.name)
        )
        row = server.connection.execute(highest).fetchone()
        next_id = max(row[0] if row else 0, last_id(table), 0) + 1
        server.connection.execute(
            sql.SQL("ALTER SEQUENCE {} RESTART WITH {}").format(
                sql.SQL(sequence), sql.Literal(min(next_id, id_limit(table) - 1))
            )
        )


def _keep_equal_views(ready: Prepared) -> None:
    """Keep a view if it gives the same rows on both sides; else leave it out."""
    if not ready.plan.views:
        return
    with closing(connect(ready.folder)) as reader:
        reader.execute(attachment(ready.folder))
        dated = show_as_carried(reader, ready.plan, ready.defects) and not len(ready.defects)
        for view in _left(ready.plan):
            name = ready.plan.view_names[view.name]
            why = difference(reader, ready.server.connection, view.name, name, dated=dated)
            if why is not None:
                ready.plan.losses.append(Loss(*view.key, why))
                _drop_view(ready, view)


def _left(plan: Plan) -> Iterator[Statement]:
    """The views that have not been lost meanwhile."""
    for view in plan.views:
        if view.key not in {loss.key for loss in plan.losses}:
            yield view


def _drop_view(ready: Prepared, dropped: Statement) -> None:
    """Drop a view with those that read it, which were found equal before."""
    connection, plan = ready.server.connection, ready.plan
    name = sql.Identifier(SCHEMA, plan.view_names[dropped.name])
    connection.execute(sql.SQL("DROP VIEW IF EXISTS {} CASCADE").format(name))
    there = {entry.table for entry in read_catalogue(connection, SCHEMA, plan.relations)}
    lost = {loss.key for loss in plan.losses}
    for view in plan.views:
        if view.key not in lost and plan.view_names[view.name] not in there:
            why = f"it reads the view {dropped.name}, which is left out"
            plan.losses.append(Loss(*view.key, why))


def _prove(ready: Prepared, proof: Proof | None, written: Written) -> None:
    """Read everything back, and wait for what the other process has read.

    Without one of its columns a table cannot be read; that it lacks one is found before.
    """
    connection, plan = ready.server.connection, ready.plan
    columns, *others = compare_structure(connection, plan)
    written.structure = [
        columns,
        *others,
        compare_definitions(connection, plan),
        compare_set_aside(connection, plan, ready.defects),
    ]
    if proof is not None and not columns.missing:
        ready.meter.start(Stage.PROVING, plan.rows)
        for table in plan.tables:
            written.target[table.name] = _read_back(connection, table, ready.meter.add)
        written.source = dict(proof())
    ready.meter.start(Stage.COMMITTING)


def asked(table: TablePlan, defects: Defects) -> Asked:
    """What to read of the file so that it can be compared with the target's table."""
    cleaned = clean(table, table.columns, defects.actions(table.source.name))
    at_once = min(AT_ONCE, batch_rows(table.survey.longest, len(table.columns)))
    return Asked(table.name, cleaned.select, tuple(c.choice for c in table.columns), at_once)


def _read_back(connection: Connection, table: TablePlan, on_rows: Callable[[int], None]) -> Digest:
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    statement = sql.SQL("COPY (SELECT {} FROM {}) TO STDOUT (FORMAT binary)").format(
        columns, sql.Identifier(SCHEMA, table.name)
    )
    with connection.cursor().copy(statement) as copy:
        return target_digest(copy, on_rows)


def _summary(ready: Prepared, written: Written) -> dict[str, object]:
    plan = ready.plan
    rows = [(t.name, t.survey.rows, ready.defects.set_aside(t.source.name)) for t in plan.tables]
    missing = Missing.counted(rows, ready.defects.groups(), plan.losses)
    return {
        "tables": len(plan.tables),
        "rows": plan.rows,
        "missing": asdict(missing),
        "digests": {name: str(digest) for name, digest in written.target.items()},
    }
