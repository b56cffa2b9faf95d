"""What the statements before and after the data have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from psycopg import sql

from facereview.migrate.load.sql_names import Query, name
from facereview.migrate.plan.plan import Loss, Plan, Statement, TablePlan
from facereview.migrate.plan.rewrite import NotPortable, Scope
from facereview.migrate.plan.target import SCHEMA, Target
from facereview.migrate.plan.translate import scope

T = TypeVar("T")
Refused = Mapping[tuple[str, str, str], str]
"""Statements that PostgreSQL would not take, each with its reason."""


class Writer:
    """Writes statements into a plan, leaving out what was refused before."""

    def __init__(self, target: Target, plan: Plan, refused: Refused) -> None:
        self.target = target
        self.plan = plan
        self.refused = refused

    def add(self, where: list[Statement], key: tuple[str, str, str], statement: Query) -> None:
        """Add a statement under (what, table, name)."""
        if key not in self.refused:
            where.append(Statement(*key, statement))

    def lose(self, key: tuple[str, str, str], reason: str) -> None:
        """Note that something is not carried over."""
        if key not in self.refused:
            self.plan.losses.append(Loss(*key, reason))

    def portable(self, key: tuple[str, str, str], make: Callable[[], T]) -> T | None:
        """What ``make`` gives, or None and a loss noted where it cannot be said."""
        try:
            return make()
        except NotPortable as fault:
            self.lose(key, str(fault))
            return None


def alter(table: TablePlan, change: sql.Composable) -> sql.Composed:
    """ALTER TABLE with one change."""
    return sql.SQL("ALTER TABLE {} {}").format(name(SCHEMA, table.name), change)


def scope_of(table: TablePlan) -> Scope:
    """The columns that an expression in this table may use."""
    return scope({column.name: column.choice.kind for column in table.columns})
