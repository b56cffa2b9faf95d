"""Output: JSON for programs, tables and progress bars for people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from facereview.cli.text import printable
from facereview.numbers import json_text
from facereview.records import Progress

_WIDE = 200
"""Columns of output that is no terminal, so that lines are not wrapped."""


def print_json(value: Any) -> None:
    """Print one JSON document, in ASCII for terminals of any encoding."""
    click.echo(json_text(value))


def say(sentence: str, *, err: bool = False) -> None:
    """Print one line, with unprintable characters replaced."""
    click.echo(printable(sentence), err=err)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table; None is a dash, and text is printed as it is, never as markup."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(Text(printable(column)), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_shown(cell)) for cell in row))
    _stdout().print(table)


def print_facts(facts: Sequence[tuple[str, object]]) -> None:
    """Names and values, one pair a line."""
    width = max(len(name) for name, _ in facts)
    for name, value in facts:
        say(f"{name:<{width}}  {_shown(value)}")


def _shown(value: object) -> str:
    return "–" if value is None else printable(str(value))


def _stdout() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDE)


class _Rate(ProgressColumn):
    """Units per second or per minute, whichever gives the better number."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        """The rate so far."""
        if not task.completed or not task.elapsed:
            return Text(f"– {self._unit}/s")
        rate = task.completed / task.elapsed
        shown = f"{rate:.1f} {self._unit}/s" if rate >= 1 else f"{rate * 60:.1f} {self._unit}/min"
        return Text(shown)


@contextmanager
def progress_bar(unit: str) -> Iterator[Callable[[Progress], None]]:
    """A progress bar on stderr with rate and time left; nothing where stderr is no terminal."""
    console = Console(stderr=True)
    counted: tuple[ProgressColumn, ProgressColumn] = (MofNCompleteColumn(), _Rate(unit))
    columns = (
        BarColumn(),
        *((DownloadColumn(), TransferSpeedColumn()) if unit == "bytes" else counted),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    hidden = not console.is_terminal
    with Bar(*columns, console=console, disable=hidden, transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(progress: Progress) -> None:
            bar.update(
                task,
                completed=progress.done,
                total=progress.total,
                description=printable(progress.label),
            )

        yield show
