"""Output: JSON for programs; lines, tables and progress bars for people, who cancel by Ctrl-C."""

from __future__ import annotations

import math
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
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

from facereview.numbers import json_text, one_in
from facereview.records import Chance, Progress, Sureness
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


_ROUNDING = 1e-7
"""The database keeps risks in four bytes."""


def certainty(chance: Chance | None) -> str | None:
    """How sure a name is, for a table: ``likely: wrong in 1 of 14``; None stays None."""
    return None if chance is None else f"{chance.word.value}: {_figure(chance)}"


def _figure(chance: Chance) -> str:
    if chance.risk is None and chance.word is Sureness.LIKELY:
        return "a person named its track so"
    if chance.risk is None:
        return "not known how sure"
    if chance.beyond:
        return f"fewer than 1 in {one_in(chance.risk):,}, {chance.seen:,} seen"
    if chance.risk <= 0.1 + _ROUNDING:
        return f"wrong in 1 of {one_in(chance.risk):,}"
    right = math.floor(100 * (1 - chance.risk + _ROUNDING))
    return f"right in {right} of 100" if right else "right in fewer than 1 of 100"


def local_time(moment: datetime) -> str:
    """A time of this computer's zone, to the minute."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def decimals(value: float | None, places: int = 2) -> str | None:
    """A number for a table; None stays None."""
    return None if value is None else f"{value:.{places}f}"


def _shown(value: object) -> str:
    return "–" if value is None else printable(str(value))


# --------------------------------------------------------------------------------------- long work

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


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
    counted = (MofNCompleteColumn(), _Rate(unit))
    amount = (DownloadColumn(), TransferSpeedColumn()) if unit == "bytes" else counted
    with _bar(*amount, TimeElapsedColumn(), TimeRemainingColumn()) as show:
        yield lambda progress: show(progress.done, progress.total, progress.label)


@contextmanager
def percent_bar() -> Iterator[Callable[[float, str], None]]:
    """The same for a share, 0 to 1, of work that has no units, with a sentence on it."""
    with _bar(TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn()) as show:
        yield lambda share, sentence: show(share, 1.0, sentence)


@contextmanager
def _bar(*columns: ProgressColumn) -> Iterator[Callable[[float, float, str], None]]:
    console, label = Console(stderr=True), TextColumn("{task.description}", markup=False)
    hidden = not console.is_terminal
    with Bar(BarColumn(), *columns, label, console=console, disable=hidden, transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(done: float, total: float, label: str) -> None:
            bar.update(task, completed=done, total=total, description=printable(label))

        yield show


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Inside, the first Ctrl-C or SIGTERM makes the function given here return True.

    The second raises KeyboardInterrupt.
    """
    asked = False

    def ask(*_: object) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True

    before = {number: signal.signal(number, ask) for number in _SIGNALS}
    try:
        yield lambda: asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
