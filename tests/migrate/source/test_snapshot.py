"""The copy is of one moment, and the file does not notice."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from facereview.errors import Cancelled, Invalid
from facereview.migrate.source.snapshot import connect, fingerprint, snapshot


def _count(file: Path) -> int:
    with snapshot(file) as folder, closing(connect(folder)) as connection:
        return int(connection.execute("SELECT count(*) FROM t").fetchone()[0])


def _state(folder: Path) -> dict[str, bytes]:
    return {p.name: hashlib.sha256(p.read_bytes()).digest() for p in folder.iterdir()}


@pytest.fixture(params=["delete", "wal"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A library, with and without a write-ahead log."""
    file = tmp_path / "ö #?&library.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"PRAGMA journal_mode = {request.param}")
        connection.execute("CREATE TABLE t (a INTEGER)")
        connection.execute("INSERT INTO t VALUES (1)")
        connection.commit()
    return file


def test_a_file_nobody_uses_stays_as_it_is_and_alone(file: Path) -> None:
    before = _state(file.parent)
    assert _count(file) == 1
    assert _state(file.parent) == before


def test_what_lies_in_the_log_is_there_and_stays_in_it(file: Path) -> None:
    with closing(sqlite3.connect(file)) as program:
        program.execute("INSERT INTO t VALUES (2)")
        program.commit()
        before = {k: v for k, v in _state(file.parent).items() if not k.endswith("-shm")}
        assert _count(file) == 2
        after = {k: v for k, v in _state(file.parent).items() if not k.endswith("-shm")}
        assert after == before


def test_what_is_not_committed_is_not_there(file: Path) -> None:
    with closing(sqlite3.connect(file)) as program:
        program.execute("INSERT INTO t VALUES (2)")
        assert _count(file) == 1


CRASH = """
import os, sqlite3, sys
c = sqlite3.connect(sys.argv[1], isolation_level=None)
c.execute("PRAGMA cache_size = 1"); c.execute("PRAGMA cache_spill = 1")
if sys.argv[2] == "commit":
    c.execute("INSERT INTO t VALUES (2)")
else:
    c.execute("BEGIN")
    c.execute("UPDATE t SET a = 7")
    c.execute("CREATE TABLE filler (b)")
    c.executemany("INSERT INTO filler VALUES (?)", [(b"x" * 4000,)] * 500)
os._exit(1)
"""


@pytest.mark.parametrize(("what", "count"), [("commit", 2), ("halfway", 1)])
def test_after_a_crash_of_the_program_the_copy_is_mended(file: Path, what: str, count: int) -> None:
    subprocess.run([sys.executable, "-c", CRASH, str(file), what], check=False)
    (file.parent / f"{file.name}-shm").unlink(missing_ok=True)
    before = file.read_bytes()
    with snapshot(file) as folder, closing(connect(folder)) as connection:
        rows = connection.execute("SELECT a FROM t").fetchall()
    assert len(rows) == count and (7,) not in rows
    assert file.read_bytes() == before


@pytest.fixture
def link(file: Path, tmp_path: Path) -> Path:
    """Another name for the library, in a folder of its own, by way of a second link."""
    folder = tmp_path / "links"
    folder.mkdir()
    (folder / "first").symlink_to(file)
    (folder / "library.db").symlink_to("first")
    return folder / "library.db"


def test_through_a_link_the_log_beside_the_file_itself_counts(file: Path, link: Path) -> None:
    with closing(sqlite3.connect(file)) as program:
        program.execute("INSERT INTO t VALUES (2)")
        program.execute("CREATE TABLE late (a)")
        program.commit()
        with snapshot(link) as folder, closing(connect(folder)) as connection:
            assert connection.execute("SELECT count(*) FROM t").fetchone() == (2,)
            assert connection.execute("SELECT count(*) FROM late").fetchone() == (0,)
    assert [each.name for each in link.parent.iterdir() if not each.is_symlink()] == []


@pytest.mark.parametrize(("what", "count"), [("commit", 2), ("halfway", 1)])
def test_through_a_link_a_crash_is_mended_by_the_journal_beside_the_file_itself(
    file: Path, link: Path, what: str, count: int
) -> None:
    subprocess.run([sys.executable, "-c", CRASH, str(file), what], check=False)
    (file.parent / f"{file.name}-shm").unlink(missing_ok=True)
    with snapshot(link) as folder, closing(connect(folder)) as connection:
        rows = connection.execute("SELECT a FROM t").fetchall()
    assert len(rows) == count and (7,) not in rows


def test_a_link_is_named_as_it_was_given(file: Path, link: Path) -> None:
    file.write_bytes(b"")
    with pytest.raises(Invalid, match=f"The file {link} is not an SQLite database"):
        _count(link)


def test_two_copies_of_one_state_have_one_fingerprint(file: Path) -> None:
    with snapshot(file) as first, snapshot(file) as second:
        assert fingerprint(first) == fingerprint(second)
        one = fingerprint(first)
    with closing(sqlite3.connect(file)) as program:
        program.execute("INSERT INTO t VALUES (2)")
        program.commit()
    with snapshot(file) as folder:
        assert fingerprint(folder) != one


@pytest.fixture
def busy(file: Path) -> Iterator[Path]:
    """A program that moves amounts between two rows without a pause; their sum is constant."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, amount INTEGER, fill)")
        rows = [(n, 100, b"x" * 3000) for n in range(200)]
        connection.executemany("INSERT INTO account VALUES (?, ?, ?)", rows)
        connection.commit()
    began, over = Event(), Event()

    def work() -> None:
        with closing(sqlite3.connect(file, timeout=30)) as program:
            n = 0
            while not over.is_set():
                n += 1
                program.execute("UPDATE account SET amount = amount - 1 WHERE id = ?", (n % 200,))
                program.execute(
                    "UPDATE account SET amount = amount + 1, fill = ? WHERE id = ?",
                    (os.urandom(3000), (n * 7 + 1) % 200),
                )
                program.commit()
                began.set()

    thread = Thread(target=work)
    thread.start()
    began.wait(30)
    yield file
    over.set()
    thread.join()


def test_a_program_at_work_gives_a_whole_state(busy: Path) -> None:
    for _ in range(5):
        with snapshot(busy) as folder, closing(connect(folder)) as connection:
            assert connection.execute("SELECT sum(amount) FROM account").fetchone() == (20000,)
            assert connection.execute("PRAGMA integrity_check").fetchone() == (b"ok",)


@pytest.fixture(params=["delete", "wal"])
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A library that another program lets nobody else read."""
    file = tmp_path / "held.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as program:
        program.execute("PRAGMA locking_mode = EXCLUSIVE")
        program.execute(f"PRAGMA journal_mode = {request.param}")
        program.execute("CREATE TABLE t (a)")
        program.execute("BEGIN EXCLUSIVE")
        yield file


def test_a_file_that_another_program_holds_is_named_after_a_while(
    held: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("facereview.migrate.source.snapshot.PATIENCE", 0.1)
    with pytest.raises(Invalid, match="lets nobody else read"), snapshot(held):
        pass


def test_waiting_for_another_program_is_told_and_can_be_cancelled(held: Path) -> None:
    def step(waits: bool) -> None:
        if waits:
            raise Cancelled

    with pytest.raises(Cancelled), snapshot(held, step):
        pass


def test_a_program_that_lets_go_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "held.db"
    waited = []
    with closing(sqlite3.connect(file, isolation_level=None)) as program:
        program.execute("CREATE TABLE t (a)")
        program.execute("BEGIN EXCLUSIVE")

        def step(waits: bool) -> None:
            waited.append(waits)
            if program.in_transaction:
                program.execute("COMMIT")

        with snapshot(file, step) as folder:
            assert folder.joinpath("library.db").stat().st_size > 0
    assert waited[0] is True and waited[-1] is False


def test_a_full_disk_is_said_before_it_is_full(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage:
        free = 10

    monkeypatch.setattr("shutil.disk_usage", lambda _: Usage)
    with pytest.raises(Invalid, match="no room"), snapshot(file):
        pass


def test_copies_of_migrations_that_were_killed_are_swept(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tmp"
    (folder / "facereview-migrate-999999999-x").mkdir(parents=True)
    mine = folder / f"facereview-migrate-{os.getpid()}-y"
    mine.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    assert _count(file) == 1
    assert list(folder.iterdir()) == [mine]
