"""Pictures of every page, rendered off screen: for the README, and where there is no display."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QSize

from facereview.errors import Invalid
from facereview.ui.lanes import Lane, Lanes, Rank
from facereview.ui.theme import Theme, ThemeChoice
from facereview.ui.window import MainWindow

SIZE = QSize(1600, 1000)

_ROUNDS = 6
"""Answers ask for more (a view for its frame, a frame for its crops), a few times at most."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its name, the page, and what is done on it first."""

    name: str
    page: str
    prepare: Callable[[MainWindow], object] = lambda _window: None
    finish: Callable[[MainWindow], object] = lambda _window: None


def take(window: MainWindow, lanes: Lanes, theme: Theme, folder: Path) -> list[Path]:
    """Render every page in both themes; the files written.

    Raises:
        Invalid: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise Invalid(f"{folder} cannot be made ({fault.strerror}): name another.") from fault
    window.resize(SIZE)
    window.show()
    return list(_take(window, lanes, theme, folder))


def _take(window: MainWindow, lanes: Lanes, theme: Theme, folder: Path) -> Iterator[Path]:
    for choice in (ThemeChoice.DARK, ThemeChoice.LIGHT):
        theme.choose(choice)
        for shot in _shots(window):
            window.show_page(shot.page)
            shot.prepare(window)
            settle(lanes, window)
            path = folder / f"{shot.name}-{choice.value}.png"
            if not window.grab().save(str(path)):
                raise Invalid(f"{path} cannot be written: free the disk or name another folder.")
            shot.finish(window)
            yield path


def _shots(window: MainWindow) -> list[Shot]:
    return [Shot(page, page) for page in window.page_names()]


def settle(lanes: Lanes, owner: QObject) -> None:
    """Wait until every lane has nothing left to do and its answers are shown."""
    for _ in range(_ROUNDS):
        for lane in (lanes.database, lanes.pixels):
            _drain(lane, owner)
        QCoreApplication.processEvents()


def _drain(lane: Lane, owner: QObject) -> None:
    loop = QEventLoop()
    lane.run(owner, lambda: None, lambda _none: loop.quit(), rank=Rank.AHEAD)
    loop.exec()
