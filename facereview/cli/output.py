"""Output: JSON for programs, lines and tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from facereview.numbers import json_text
from facereview.visible_text import printable

_WIDE = 200
"""Columns of output that is no terminal, so that lines are not wrapped."""


def print_json(value: Any) -> None:
    """Print one JSON document, in ASCII for terminals of any encoding."""
    click.echo(json_text(value))


def say(sentence: str, *, err: bool = False) -> None:
    """Print one line, with unprintable characters replaced."""
    click.echo(printable(sentence), err=err)


def tell(sentence: str, document: Any, *, as_json: bool) -> None:
    """Print a result: the document for programs, else the sentence."""
    print_json(document) if as_json else say(sentence)


def print_list(
    documents: Sequence[Any],
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    nothing: str,
    *,
    as_json: bool,
) -> None:
    """Print the same things as documents for programs, else as a table, or say ``nothing``."""
    if as_json:
        print_json(documents)
    elif documents:
        print_table(columns, rows)
    else:
        say(nothing)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; None is a dash, and text is printed as it is, never as markup."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(Text(printable(column)), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_shown(cell)) for cell in row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_WIDE)
    console.print(table)


def print_facts(facts: Sequence[tuple[str, object]]) -> None:
    """Names and values, one pair a line."""
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        say(f"{name:<{width}}  {_shown(value)}")


def local_time(moment: datetime) -> str:
    """A time of this computer's zone, to the minute."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def decimals(value: float | None, places: int = 2) -> str | None:
    """A number for a table; None stays None."""
    return None if value is None else f"{value:.{places}f}"


def _shown(value: object) -> str:
    return "–" if value is None else printable(str(value))
