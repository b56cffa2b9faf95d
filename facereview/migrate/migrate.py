"""The migration of an SQLite library: survey, plan, load, verification, report."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from facereview.errors import DatabaseError
from facereview.migrate.load.defect_search import find_orphans, find_unfit
from facereview.migrate.load.defects import Defects, Policy
from facereview.migrate.load.probe import Prober
from facereview.migrate.load.server import Mark, Server, finish
from facereview.migrate.load.write import (
    Disagreement,
    Prepared,
    Proof,
    Stopped,
    Uncomputable,
    Written,
    asked,
    write,
)
from facereview.migrate.plan.kinds import Readings
from facereview.migrate.plan.plan import DefinitionKey, Plan, TablePlan
from facereview.migrate.progress import Meter, Progress, Stage
from facereview.migrate.proof.digest import SourceProof, digests
from facereview.migrate.report import ColumnReport, Report, Status, TableReport
from facereview.migrate.source.arrow import ForeignClass
from facereview.migrate.source.overview import overview
from facereview.migrate.source.snapshot import damage, fingerprint, snapshot, unreadable
from facereview.numbers import counted

_LISTED = 10_000
"""Defects listed one by one; beyond that they are only counted."""

_SMALL = 50_000
"""Rows up to which starting another process takes longer than digesting them here."""


@dataclass(frozen=True, slots=True)
class Options:
    """How to migrate: what to do about defects, whether to write, whether to verify.

    ``dates`` are rules by column, see :func:`.plan.kinds.date_rules`.
    """

    policy: Policy = Policy.STOP
    dry_run: bool = False
    prove: bool = True
    dates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration, from the file to the report."""

    url: str
    file: Path
    options: Options = Options()
    on_progress: Callable[[Progress], None] = lambda _: None
    cancelled: Callable[[], bool] = lambda: False
    meter: Meter = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "meter", Meter(self.on_progress, self.cancelled))

    def run(self) -> Report:
        """Migrate: what was done and how the two sides compare.

        The target is either migrated whole or left as it was, as a dry run always leaves it.

        Raises:
            Invalid: the file cannot be read.
            DatabaseError: the target cannot be reached or cannot take the library.
            Cancelled: ``cancelled`` became true.
        """
        with Server(self.url) as server:
            self.meter.start(Stage.COPYING)
            with snapshot(self.file, self._copying) as folder:
                mark = Mark(_in_unicode(self.file.name), fingerprint(folder))
                if known := server.mark():
                    return self._again(server, known, mark)
                with closing(Defects(folder, self.options.policy)) as defects:
                    try:
                        return self._once(server, folder, defects, mark)
                    except (sqlite3.DatabaseError, ForeignClass) as fault:
                        if wrong := damage(folder):
                            raise unreadable(self.file, wrong) from fault
                        raise

    def _copying(self, waits: bool) -> None:
        stage = Stage.WAITING if waits else Stage.COPYING
        if self.meter.stage is stage:
            self.meter.add(0)
        else:
            self.meter.start(stage)

    def _again(self, server: Server, known: Mark, mark: Mark) -> Report:
        """The target has been migrated to before."""
        if known.fingerprint != mark.fingerprint:
            return self._empty(server, Status.OTHER)
        report = self._empty(server, Status.ALREADY)
        report.before = known.missing
        return report

    def _once(self, server: Server, folder: Path, defects: Defects, mark: Mark) -> Report:
        source, surveys = overview(folder, self.meter)
        readings = Readings(folder, source, self.options.dates)
        refused: dict[DefinitionKey, str] = {}
        while True:
            plan, target = server.plan(source, surveys, readings, refused)
            ready = Prepared(server, folder, plan, target, defects, self.meter)
            cut = self._check(ready, probed=not readings.unclear)
            if not ready.stops and not readings.unclear:
                try:
                    return self._write(ready, cut, mark)
                except Uncomputable as fault:
                    refused |= fault.refused
                    continue
                except Stopped:
                    pass
            self.meter.start(Stage.COMMITTING)
            report = self._empty(server, Status.STOPPED)
            report.unclear = tuple(readings.unclear.values())
            return _filled(report, ready, cut)

    def _empty(self, server: Server, status: Status) -> Report:
        return Report(
            status,
            _in_unicode(str(self.file)),
            server.place,
            self.options.policy,
            seconds=self.meter.seconds,
        )

    def _check(self, ready: Prepared, *, probed: bool) -> dict[str, int]:
        """Find every defect; per table, how many dates lose digits past the microsecond.

        ``probed``: PostgreSQL is asked too, which it cannot be about dates that are unclear.
        """
        self._expect(ready.plan)
        self.meter.start(Stage.CHECKING, ready.plan.rows)
        cut = find_unfit(ready.folder, ready.plan, ready.defects, self.meter.add)
        prober = Prober(
            ready.server.connection, ready.folder, ready.plan, ready.target, ready.defects
        )
        if probed and prober.is_needed():
            with ready.server.transaction(rolled_back=True):
                for statement in ready.plan.before:
                    ready.server.connection.execute(statement.sql)
                prober.find()
        find_orphans(ready.folder, ready.plan, ready.defects)
        return cut

    def _expect(self, plan: Plan) -> None:
        rows = {table.name: table.survey.rows for table in plan.tables}
        self.meter.expect(
            {
                Stage.LOOKING: plan.rows,
                Stage.CHECKING: plan.rows,
                Stage.LOADING: plan.rows,
                Stage.INDEXING: sum(rows.get(each.table, 0) for each in plan.after),
                Stage.PROVING: plan.rows if self.options.prove else 0,
            }
        )

    def _write(self, ready: Prepared, cut: dict[str, int], mark: Mark) -> Report:
        with ExitStack() as stack:
            proof = self._proof(ready, stack) if self.options.prove else None
            dry_run = self.options.dry_run
            try:
                written = write(ready, proof, mark, dry_run=dry_run)
                status = Status.PLANNED if dry_run else Status.MIGRATED
            except Disagreement as fault:
                written, status = fault.written, Status.DIFFERS
            except EOFError as fault:
                raise DatabaseError(
                    "The verification was killed before it finished: nothing was changed; free "
                    "some memory and try again."
                ) from fault
        if status is Status.MIGRATED:
            finish(self.url)
        report = self._empty(ready.server, status)
        return _filled(report, ready, cut, written)

    def _proof(self, ready: Prepared, stack: ExitStack) -> Proof:
        """The source of the file's digests: for a large file a process that starts at once."""
        tables = [asked(table, ready.defects) for table in ready.plan.tables]
        if ready.plan.rows < _SMALL:
            return lambda: digests(ready.folder, tables)
        return stack.enter_context(SourceProof(ready.folder, tables)).digests


def _in_unicode(name: str) -> str:
    """A file's name for databases and reports: bytes that are no characters are replaced."""
    return os.fsencode(name).decode(errors="replace")


def _filled(
    report: Report, ready: Prepared, cut: Mapping[str, int], written: Written | None = None
) -> Report:
    """The report with everything the plan, the checks and the writing have to say.

    ``cut`` counts, per table, dates with digits past the microsecond.
    """
    plan, defects = ready.plan, ready.defects
    report.tables = tuple(
        _table(table, defects.set_aside(table.source.name), written) for table in plan.tables
    )
    report.proven = written is not None and bool(written.source)
    report.structure = tuple(written.structure) if written else ()
    report.losses = tuple(plan.losses)
    report.notes = (*plan.notes, *(_cut_note(table, count) for table, count in cut.items()))
    report.groups = tuple(defects.groups())
    report.defects = tuple(defects.listed(_LISTED))
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
