"""The plan of a migration: which table gets which columns, and the statements around the data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from facereview.migrate.plan.catalogue import Entry
from facereview.migrate.plan.kinds import Choice, Kind
from facereview.migrate.plan.target import Query
from facereview.migrate.source.schema import SourceTable, Survey, View, folded

DefinitionKey = tuple[str, str, str]
_OF_QUERIES = ("view", "collation", "conflict clause", "full-text search", "virtual table")


@dataclass(frozen=True, slots=True)
class LoadColumn:
    """A column of the target and the one of the file that fills it.

    ``exists``: the target had it before. ``generated``: PostgreSQL computes it, the value of the
    file is only compared. ``limit``: characters allowed. ``folds``: see ``TargetColumn``.
    """

    name: str
    source: str
    choice: Choice
    not_null: bool
    exists: bool = False
    generated: str | None = None
    limit: int | None = None
    folds: bool = False


@dataclass(frozen=True, slots=True)
class TablePlan:
    """One table: where its rows come from and where they go."""

    name: str
    source: SourceTable
    survey: Survey
    columns: tuple[LoadColumn, ...]
    exists: bool

    @property
    def loaded(self) -> tuple[LoadColumn, ...]:
        """The columns that are written."""
        return tuple(column for column in self.columns if column.generated is None)

    def column_of(self, source: str) -> LoadColumn:
        """The column that carries this column of the file."""
        found = [c for c in self.columns if c.source == source]
        return next((c for c in found if folded(c.name) == folded(source)), found[0])

    def nullable(self, sources: Iterable[str]) -> list[str]:
        """Those of these columns of the file that may be made NULL."""
        key = self.source.primary_key
        fixed = {c.source for c in self.columns if c.not_null} | set(key.columns if key else ())
        return [source for source in sources if source not in fixed]

    def named(self, sources: Iterable[str]) -> tuple[str, ...]:
        """How the target names these columns of the file."""
        return tuple(self.column_of(source).name for source in sources)

    def collation(self, column: LoadColumn) -> str:
        """How SQLite compares the values of a column where the target's type does not do so."""
        is_plain = column.choice.kind is not Kind.TEXT or column.folds
        return "BINARY" if is_plain else self.source.column(column.source).collation


@dataclass(frozen=True, slots=True)
class Definition:
    """What is made (a table, an index, a default …), of which table, under which name."""

    what: str
    table: str
    name: str

    @property
    def key(self) -> DefinitionKey:
        """What identifies it."""
        return self.what, self.table, self.name


@dataclass(frozen=True, slots=True)
class Statement(Definition):
    """One statement of the plan."""

    sql: Query


@dataclass(frozen=True, slots=True)
class Loss(Definition):
    """Something of the file's definitions that cannot be carried over, and why."""

    reason: str


@dataclass(slots=True)
class Plan:
    """Tables in the order of loading, and the statements before and after it.

    ``file_views``: the views as the file has them; ``view_names``: the target's names by theirs.
    ``catalogue``: what these statements made of the empty tables when they were tried.
    """

    tables: tuple[TablePlan, ...]
    file_views: tuple[View, ...] = ()
    view_names: Mapping[str, str] = field(default_factory=dict)
    before: list[Statement] = field(default_factory=list)
    after: list[Statement] = field(default_factory=list)
    views: list[Statement] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    catalogue: tuple[Entry, ...] = ()

    @property
    def relations(self) -> list[str]:
        """The tables and views that the target has afterwards."""
        views = (self.view_names[view.name] for view in self.views)
        return [*(table.name for table in self.tables), *views]

    def table(self, source: str) -> TablePlan | None:
        """The plan of this table of the file."""
        return next((t for t in self.tables if t.source.name == source), None)

    @property
    def blocking(self) -> list[Loss]:
        """Losses that change what the data may be, unlike those of queries."""
        return [loss for loss in self.losses if loss.what not in _OF_QUERIES]

    @property
    def rows(self) -> int:
        """Rows of the file, all tables together."""
        return sum(table.survey.rows for table in self.tables)
