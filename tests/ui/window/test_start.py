"""Opening a library: what is quick flashes nothing, what is slow is told of, faults end well."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from facereview.errors import DatabaseError, Invalid, Remedy
from facereview.home import Home
from facereview.review.library.libraries import Libraries, address, built_in, is_built_in, name_of
from facereview.review.library.opening import OpeningStep, OpenLibrary, open_library
from facereview.ui.window.start import Start

Sql = psycopg.Connection[Any]


class Opener:
    """Opens real libraries, but slowly while it is held."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[str | None] = []

    def __call__(self, wanted: str | None, told: Callable[[OpeningStep], object]) -> OpenLibrary:
        self.asked.append(wanted)
        assert threading.current_thread() is not threading.main_thread()
        told(OpeningStep.SCHEMA)
        self.gate.wait(30)
        return open_library(self._home, wanted, told)


class Named(Libraries):
    """The libraries that are offered, without a built-in server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.made: list[tuple[str, str]] = []

    def built_in(self) -> tuple[str, ...]:
        return ("facereview", "films")

    def make(self, name: str, beside: str = "") -> str:
        self.made.append((name, beside))
        return self.url

    def name(self, wanted: str) -> str:
        return "films"


@pytest.fixture
def opener(tmp_path: Path) -> Opener:
    return Opener(Home(tmp_path / "home"))


@pytest.fixture
def libraries(library_url: str) -> Named:
    return Named(library_url)


@pytest.fixture
def start(opener: Opener, libraries: Named, qtbot: QtBot) -> Iterator[Start]:
    made = Start(opener, libraries)
    qtbot.addWidget(made.window)
    yield made
    opener.gate.set()


def later(owner: QObject, do: Callable[[], object], *, when: Callable[[], bool]) -> None:
    """Do something within a running loop as soon as something holds."""
    timer = QTimer(owner)

    def look() -> None:
        if when():
            timer.stop()
            do()

    timer.timeout.connect(look)
    timer.start(10)


def seen(start: Start) -> list[str]:
    """Notes each time the window is to be seen."""
    shown: list[str] = []
    start._late.timeout.connect(lambda: shown.append(start.window.heading.text()))
    return shown


def test_a_quick_start_shows_no_window(start: Start, library_url: str) -> None:
    shown = seen(start)
    start._late.setInterval(30_000)  # this computer may be too busy to be quick
    library = start.open(library_url)
    assert library is not None
    library.close()
    assert shown == []
    assert not start._late.isActive()  # nor does it come late
    assert not start.window.isVisible()


def test_a_slow_start_says_what_is_being_done(
    start: Start, opener: Opener, library_url: str, qtbot: QtBot
) -> None:
    opener.gate.clear()
    said: list[str] = []

    def look() -> None:
        said.append(start.window.heading.text())
        assert start.window.bar.isVisible() and start.window.quit.isVisible()
        assert not start.window.retry.isVisible()
        opener.gate.set()

    later(start, look, when=start.window.isVisible)
    library = start.open(library_url)
    assert library is not None
    library.close()
    assert said == ["Opening the library films …"]
    start.done()
    assert not start.window.isVisible()


def test_the_first_start_of_the_built_in_database_is_told_of(start: Start, opener: Opener) -> None:
    opener.gate.clear()
    start._busy = True
    start._show_step(OpeningStep.SERVER)
    assert start.window.heading.text() == "Starting the built-in database …"
    assert "first start" in start.window.text.text()


def test_a_fault_can_be_tried_again(start: Start, library_url: str, opener: Opener) -> None:
    away = psycopg.conninfo.make_conninfo(library_url, host="127.0.0.1", port="1")

    def again() -> None:
        assert "cannot be reached" in start.window.text.text()
        assert "--" not in start.window.text.text() and "`" not in start.window.text.text()
        assert not start.window.back.isVisible()
        start.wanted = library_url
        start.window.retry.click()

    later(start, again, when=start.window.retry.isVisible)
    library = start.open(away)
    assert library is not None
    library.close()
    assert opener.asked == [away, library_url]


def test_another_library_can_be_chosen(
    start: Start, library_url: str, opener: Opener, qtbot: QtBot
) -> None:
    away = psycopg.conninfo.make_conninfo(library_url, host="127.0.0.1", port="1")

    def choose() -> None:
        dialog = start.choose()
        assert "127.0.0.1" in dialog.address.text()
        dialog.address.setText(library_url)
        dialog.open_there.click()

    later(start, choose, when=start.window.another.isVisible)
    library = start.open(away)
    assert library is not None
    library.close()
    assert opener.asked[-1] == library_url


def test_a_database_that_is_not_there_can_be_made(
    start: Start, library_url: str, libraries: Named
) -> None:
    missing = psycopg.conninfo.make_conninfo(library_url, dbname="not_there")
    later(start, start.window.make.click, when=start.window.make.isVisible)
    library = start.open(missing)
    assert library is not None
    library.close()
    assert libraries.made == [("not_there", missing)]


def test_back_to_the_library_that_was_open(start: Start, library_url: str, opener: Opener) -> None:
    away = psycopg.conninfo.make_conninfo(library_url, host="127.0.0.1", port="1")
    said: list[str] = []

    def back() -> None:
        said.append(start.window.back.text())
        start.window.back.click()

    later(start, back, when=start.window.back.isVisible)
    library = start.open(away, before=library_url, before_name="films")
    assert library is not None
    library.close()
    assert (said, start.wanted) == (["Back to films"], library_url)


def test_quitting_leaves_nothing_half_made(
    start: Start, opener: Opener, library_url: str, qtbot: QtBot
) -> None:
    opener.gate.clear()
    other = QWidget()  # Qt ends its loop with the last window
    qtbot.addWidget(other)
    other.show()

    def leave() -> None:
        start.window.quit.click()
        assert not start.window.isVisible()
        opener.gate.set()

    later(start, leave, when=start.window.isVisible)
    assert start.open(library_url) is None
    assert not start._busy


def test_libraries_of_one_folder_are_told_apart(tmp_path: Path, library_url: str) -> None:
    home = Home(tmp_path)
    assert is_built_in(None) and is_built_in("") and is_built_in(built_in("a b"))
    assert not is_built_in(library_url)
    assert name_of(home, "postgresql://ann:secret@db.local/films") == "films on db.local"
    assert address(home, library_url) == library_url
    assert Libraries(home).name(built_in("my films")) == "my films"


def test_a_new_library_is_made_beside_another(tmp_path: Path, library_url: str, sql: Sql) -> None:
    libraries = Libraries(Home(tmp_path))
    name = f"new {tmp_path.name}"
    made = libraries.make(f" {name} ", library_url)
    try:
        library = open_library(Home(tmp_path / "home"), made)
        with library.store() as store:
            assert store.library.counts().faces == 0
        library.close()
        with pytest.raises(Invalid, match="already exists there"):
            libraries.make(name, library_url)
    finally:
        sql.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_without_the_right_no_library_is_made(tmp_path: Path, library_url: str, sql: Sql) -> None:
    role = f"weak_{tmp_path.name}".replace("-", "_")[:50]
    sql.execute(f'CREATE ROLE "{role}" LOGIN')
    try:
        weak = psycopg.conninfo.make_conninfo(library_url, user=role)
        with pytest.raises(DatabaseError) as caught:
            Libraries(Home(tmp_path)).make("nothing", weak)
        assert caught.value.remedy is Remedy.LET_MAKE_DATABASES
    finally:
        sql.execute(f'DROP ROLE "{role}"')
