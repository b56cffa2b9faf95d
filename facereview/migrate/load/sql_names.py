"""Small helpers for SQL that is put together from the names of a library."""

from __future__ import annotations

from collections.abc import Iterable

from psycopg import sql

Query = sql.SQL | sql.Composed
MAX_NAME = 63
"""PostgreSQL cuts longer names off, in bytes."""


def raw(text: str) -> sql.SQL:
    """SQL made by the translator or by PostgreSQL itself, hence not a literal of ours."""
    return sql.SQL(text)


def name(*parts: str) -> sql.Identifier:
    """A quoted name, dotted where several parts are given."""
    return sql.Identifier(*parts)


def names(columns: Iterable[str]) -> sql.Composed:
    """Column names in parentheses."""
    return sql.SQL("({})").format(sql.SQL(", ").join(sql.Identifier(c) for c in columns))


def literal(value: object) -> sql.Literal:
    """A constant."""
    return sql.Literal(value)


def short(text: str, size: int = MAX_NAME) -> str:
    """A name cut so that PostgreSQL need not, in bytes."""
    return text.encode()[:size].decode(errors="ignore")
