"""Long work on the command line: progress bars, and Ctrl-C as a request to cancel."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
from rich.text import Text

from facereview.records import Progress
from facereview.visible_text import printable

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
