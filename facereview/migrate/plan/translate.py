"""Translation of SQLite's expressions to PostgreSQL, with the same meaning or not at all.

sqlglot parses and prints; what has another meaning in PostgreSQL (LIKE, lower(), comparing a
boolean with 1, ordering texts) is rewritten here. Expressions that are not on the list of known
ones are refused: a constraint that is nearly the same is worse than one reported as left out.

Dates are the one thing read more freely: SQLite compares them as texts, PostgreSQL as moments,
which is what was meant.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from facereview.migrate.plan.kinds import Kind
from facereview.migrate.plan.rewrite import (
    Known,
    Node,
    NotPortable,
    Scope,
    is_json_valid,
    rewritten,
    truth,
)
from facereview.migrate.source.schema import folded

_UNDERSTOOD = {
    *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Tuple),
    *(exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Is),
    *(exp.NullSafeEQ, exp.NullSafeNEQ, exp.In, exp.Between, exp.Like, exp.Escape, exp.Glob),
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe, exp.Case, exp.If),
    *(exp.Coalesce, exp.Nullif, exp.Lower, exp.Upper, exp.Length, exp.Abs, exp.Trim),
    *(exp.Substring, exp.Replace, exp.Typeof, exp.Date, exp.Cast, exp.DataType),
}
_CONSTANT = (
    *(exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Neg, exp.HexString, exp.Identifier),
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.DPipe),
)


def scope(columns: Mapping[str, Kind]) -> dict[str, Known]:
    """The columns of one table."""
    return {folded(name): Known(name, kind) for name, kind in columns.items()}


def condition(text: str, known: Scope) -> str:
    """A CHECK or WHERE.

    Raises:
        NotPortable: with the reason.
    """
    tree = _understood(text)
    return _sql(truth(rewritten(tree, known), known))


def expression(text: str, known: Scope) -> str:
    """A generated column or a term of an index.

    Raises:
        NotPortable: with the reason.
    """
    return _sql(rewritten(_understood(text), known))


def select(text: str, known: Scope, spelt: Mapping[str, str]) -> str:
    """The SELECT of a view; ``spelt`` has the tables' names by their lower case.

    Whether it can be run is tried on PostgreSQL.

    Raises:
        NotPortable: with the reason.
    """
    tree = _parsed(text)
    for table in tree.find_all(exp.Table):
        table.set("this", exp.to_identifier(spelt.get(folded(table.name), table.name), quoted=True))
    for where in tree.find_all(exp.Where, exp.Having):
        where.set("this", truth(where.this, known))
    aliases = {folded(a.alias): Known(a.alias, None) for a in tree.find_all(exp.Alias)}
    return _sql(rewritten(tree, {**aliases, **known}))


def columns_of(text: str) -> set[str]:
    """The columns an expression names, in lower case."""
    return {folded(column.name) for column in _parsed(f"SELECT {text}").find_all(exp.Column)}


def tables_of(text: str) -> set[str]:
    """The tables a SELECT names, in lower case."""
    return {folded(table.name) for table in _parsed(text).find_all(exp.Table)}


def is_constant(text: str) -> bool:
    """Whether an expression is put together from constants only."""
    try:
        tree = _parsed(f"SELECT {text}").expressions[0]
    except NotPortable:
        return False
    return all(isinstance(node, _CONSTANT) or _is_quoted(node) for node in tree.walk())


def _is_quoted(node: Node) -> bool:
    """SQLite takes a default in double quotes for a text."""
    return isinstance(node, exp.Column) and bool(node.this.args.get("quoted"))


def _parsed(text: str) -> Node:
    try:
        tree = sqlglot.parse_one(text, read="sqlite")
    except SqlglotError as fault:
        raise NotPortable("its SQL is not understood") from fault
    if isinstance(tree, exp.Command):
        raise NotPortable("its SQL is not understood")
    return tree


def _understood(text: str) -> Node:
    tree: Node = _parsed(f"SELECT {text}").expressions[0]
    for node in tree.walk():
        if type(node) not in _UNDERSTOOD and not is_json_valid(node):
            name = node.name if isinstance(node, exp.Anonymous) else node.key
            raise NotPortable(f"it uses {name}, which has no exact counterpart")
    return tree


def _sql(tree: Node) -> str:
    try:
        return tree.sql("postgres", identify=True, unsupported_level=sqlglot.ErrorLevel.RAISE)
    except SqlglotError as fault:
        raise NotPortable("PostgreSQL has no counterpart for it") from fault
