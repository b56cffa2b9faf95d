"""The migration of an SQLite library: survey, plan, load, verification, report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from facereview.errors import DatabaseError
from facereview.migrate.load.defect_search import find_orphans, find_unfit
from facereview.migrate.load.defects import Defects, Policy, clean
from facereview.migrate.load.probe import Prober
from facereview.migrate.load.server import Mark, Server, finish
from facereview.migrate.load.write import Disagreement, Prepared, Written, write
from facereview.migrate.plan.kinds import Readings
from facereview.migrate.plan.plan import Plan, TablePlan
from facereview.migrate.progress import Meter, Progress, Stage
from facereview.migrate.proof.digest import Asked, Digest, SourceProof, digests
from facereview.migrate.report import ColumnReport, Report, Status, TableReport
from facereview.migrate.source.overview import overview
from facereview.migrate.source.snapshot import fingerprint, snapshot
from facereview.numbers import counted

LISTED = 10_000
"""Defects listed one by one; beyond that they are only counted."""

_SMALL = 50_000
"""Rows up to which starting another process takes longer than digesting them here."""
Digests = Iterator[tuple[str, Digest]]


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
        """Migrate, or only plan: what was done and how the two sides compare.

        The target is either migrated whole or left as it was.

        Raises:
            Invalid: the file cannot be read.
            DatabaseError: the target cannot be reached or cannot take the library.
            Cancelled: ``cancelled`` became true.
        """
        with ExitStack() as stack:
            server = stack.enter_context(Server(self.url))
            self.meter.start(Stage.COPYING)
            folder = stack.enter_context(snapshot(self.file))
            mark = Mark(self.file.name, fingerprint(folder))
            if known := server.mark():
                same = known.fingerprint == mark.fingerprint
                report = self._empty(server, Status.ALREADY if same else Status.OTHER)
                report.before = known.missing if same else report.before
                return report
            defects = Defects(folder, self.options.policy)
            stack.callback(defects.close)
            source, surveys = overview(folder, self.meter)
            readings = Readings(folder, source, self.options.dates)
            plan, target = server.plan(source, surveys, readings)
            ready = Prepared(server, folder, plan, target, defects, self.meter)
            cut = self._check(ready)
            report = self._empty(server, Status.PLANNED)
            report.unclear = tuple(readings.unclear.values())
            stops = self.options.policy is Policy.STOP and (len(defects) or plan.blocking)
            if report.unclear or stops:
                report.status = Status.STOPPED
            elif not self.options.dry_run:
                return self._write(ready, cut, mark)
            self.meter.start(Stage.COMMITTING)
            return build_report(report, plan, defects, cut)

    def _empty(self, server: Server, status: Status) -> Report:
        return Report(
            status, str(self.file), server.place, self.options.policy, seconds=self.meter.seconds
        )

    def _check(self, ready: Prepared) -> dict[str, int]:
        """Find every defect; per table, how many dates lose digits past the microsecond."""
        self._expect(ready.plan)
        self.meter.start(Stage.CHECKING, ready.plan.rows)
        cut = find_unfit(ready.folder, ready.plan, ready.defects, self.meter.add)
        prober = Prober(
            ready.server.connection, ready.folder, ready.plan, ready.target, ready.defects
        )
        if prober.is_needed() and not any(map(_is_unclear, ready.plan.tables)):
            with ready.server.transaction(rolled_back=True):
                for statement in ready.plan.before:
                    ready.server.run(statement)
                prober.find()
        find_orphans(ready.folder, ready.plan, ready.defects)
        return cut

    def _expect(self, plan: Plan) -> None:
        rows = {table.name: table.survey.rows for table in plan.tables}
        stages = {Stage.LOOKING: plan.rows, Stage.CHECKING: plan.rows}
        if not self.options.dry_run:
            stages |= {
                Stage.LOADING: plan.rows,
                Stage.INDEXING: sum(rows.get(each.table, 0) for each in plan.after),
                Stage.PROVING: plan.rows if self.options.prove else 0,
            }
        self.meter.expect(stages)

    def _write(self, ready: Prepared, cut: dict[str, int], mark: Mark) -> Report:
        with ExitStack() as stack:
            proof = self._proof(ready, stack) if self.options.prove else None
            try:
                written, status = write(ready, proof, mark), Status.MIGRATED
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
        return build_report(report, ready.plan, ready.defects, cut, written)

    def _proof(self, ready: Prepared, stack: ExitStack) -> Callable[[], Digests]:
        """The source of the file's digests: for a large file a process that starts at once."""
        asked = [_asked(table, ready.defects) for table in ready.plan.tables]
        if ready.plan.rows < _SMALL:
            return lambda: digests(ready.folder, asked)
        return stack.enter_context(SourceProof(ready.folder, asked)).digests


def _is_unclear(table: TablePlan) -> bool:
    return any(c.choice.dates is not None and c.choice.dates.unclear for c in table.columns)


def _asked(table: TablePlan, defects: Defects) -> Asked:
    cleaned = clean(table, table.columns, defects.actions(table.source.name))
    return Asked(table.name, cleaned.select, tuple(c.choice for c in table.columns))


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
