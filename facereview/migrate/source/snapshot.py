"""A consistent private copy of the SQLite file; the file itself is only read."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import psutil
import xxhash

from facereview.errors import Invalid, Remedy

LIBRARY = "library.db"
DEFECTS = "defects.db"
ATTACHED = "found"
MAGIC = b"SQLite format 3\0"
_PREFIX = "facereview-migrate-"
_WRITE_VERSION = 18
_WAL = 2
PATIENCE = 30.0
"""Seconds to wait for a moment in which no other program writes."""
_PAUSE = 0.2
"""Seconds that SQLite tries by itself: after them a user who cancels is heard."""
_BLOCK = 16 * 2**20
_PAGES = 4_096
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)

T = TypeVar("T")
Step = Callable[[bool], None]
"""Called between steps, with whether another program is waited for; what it raises ends them."""


@contextmanager
def snapshot(file: Path, step: Step = lambda _: None) -> Iterator[Path]:
    """A folder with ``library.db``, a consistent copy that nobody else writes to.

    Changes in the write-ahead log are included. Another program may keep the file open; its writes
    wait while a file without a write-ahead log is copied.

    Raises:
        Invalid: the file is missing, no SQLite database, locked, damaged, or the disk is full.
    """
    header = _header(file)
    _sweep()
    # SQLite keeps the log and the journal beside the file itself, not beside a link to it
    file = Path(os.path.realpath(file))
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as folder:
        copy = Path(folder) / LIBRARY
        _need_space(file, copy.parent)
        try:
            if header[_WRITE_VERSION] == _WAL:
                _copy_wal(file, copy, step)
            else:
                _copy_journalled(file, copy, step)
        except sqlite3.OperationalError as fault:
            if _is_busy(fault):
                raise _held(file) from fault
            _copy_crashed(file, copy, step, fault)
        except (sqlite3.Error, OSError) as fault:
            raise unreadable(file, fault) from fault
        yield copy.parent


def connect(folder: Path) -> sqlite3.Connection:
    """The copy, for reading only; texts come as the bytes that they are.

    Definitions may call what SQLite does not hold for harmless, such as json_extract(): it has no
    functions of ours and loads no extensions here.
    """
    connection = sqlite3.connect(
        uri(folder / LIBRARY, "immutable=1"),
        uri=True,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.text_factory = bytes
    try:
        for pragma in ("trusted_schema = ON", "cell_size_check = ON", "temp_store = FILE"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def attachment(folder: Path) -> str:
    """The statement that lets a connection to the copy see which values were found unfit."""
    address = uri(folder / DEFECTS, "cache=private").replace("'", "''")
    return f"ATTACH DATABASE '{address}' AS {ATTACHED}"


def uri(file: Path, options: str) -> str:
    """The address under which SQLite opens a file read-only."""
    return f"file:{quote(os.fsencode(file.resolve()))}?mode=ro&{options}"


def fingerprint(folder: Path) -> str:
    """A fingerprint of the state of a library."""
    digest = xxhash.xxh3_128()
    with (folder / LIBRARY).open("rb") as stream:
        while block := stream.read(2**20):
            digest.update(block)
    return str(digest.hexdigest())


def unreadable(file: Path, fault: BaseException) -> Invalid:
    """Why the file cannot be read, for people."""
    return Invalid(f"The library {file} cannot be read ({fault})", Remedy.CHECK_FILE)


def damage(folder: Path) -> sqlite3.DatabaseError | None:
    """What SQLite's own check says is wrong with the copy, if anything is."""
    try:
        with closing(connect(folder)) as connection:
            [(verdict,)] = connection.execute("PRAGMA quick_check(1)")
    except sqlite3.DatabaseError as fault:
        return fault
    said = verdict.decode(errors="replace").splitlines()[-1]
    return None if said == "ok" else sqlite3.DatabaseError(f"it is damaged: {said}")


def _sweep() -> None:
    """Remove copies whose migration was killed: they are as large as a library."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        number = left.name[len(_PREFIX) :].partition("-")[0]
        if number.isdecimal() and not psutil.pid_exists(int(number)):
            shutil.rmtree(left, ignore_errors=True)


def _header(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            header = stream.read(100)
    except OSError as fault:
        raise Invalid(
            f"The library {file} cannot be opened ({fault.strerror}): check the path."
        ) from fault
    if len(header) < 100 or not header.startswith(MAGIC):
        raise Invalid(f"The file {file} is not an SQLite database: choose the library's own file.")
    return header


def _need_space(file: Path, folder: Path) -> None:
    wal = Path(f"{file}-wal")
    needed = file.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
    needed *= 2  # the copy, and its values as Arrow
    if shutil.disk_usage(folder).free < needed:
        raise Invalid(
            f"There is no room in {folder.parent} for a copy of {file}: free "
            f"{needed / 2**20:.0f} MB or name a larger folder in TMPDIR."
        )


def _is_busy(fault: sqlite3.Error) -> bool:
    return getattr(fault, "sqlite_errorcode", 0) & 0xFF in _BUSY


def _held(file: Path) -> Invalid:
    return Invalid(
        f"Another program lets nobody else read the library {file}: close it and try again; "
        "nothing was changed."
    )


def _patient(attempt: Callable[[], T], step: Step) -> T:
    """Try until no other program stands in the way, for as long as there is patience."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return attempt()
        except sqlite3.OperationalError as fault:
            if not _is_busy(fault) or time.monotonic() > until:
                raise
        step(True)


def _copied(file: Path, copy: Path, step: Step) -> None:
    with file.open("rb") as source, copy.open("wb") as target:
        while block := source.read(_BLOCK):
            target.write(block)
            step(False)


def _copy_journalled(file: Path, copy: Path, step: Step) -> None:
    """The read lock keeps writers out while the bytes are copied, which is quicker than pages."""
    with closing(_opened(file)) as lock:

        def locked() -> None:
            lock.execute("BEGIN")
            try:
                lock.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except sqlite3.Error:
                lock.execute("ROLLBACK")
                raise

        _patient(locked, step)
        _copied(file, copy, step)


def _opened(file: Path) -> sqlite3.Connection:
    """The file itself; whoever stands in the way is waited for by :func:`_patient`."""
    address = uri(file, "cache=private")
    return sqlite3.connect(address, timeout=_PAUSE, uri=True, isolation_level=None)


def _copy_wal(file: Path, copy: Path, step: Step) -> None:
    """SQLite copies a file in use, its log included.

    A file that is not in use has no log: it is copied without opening it, which would leave an
    empty log beside it, and copied again if a program opened it meanwhile.
    """
    wal = Path(f"{file}-wal")
    if not wal.exists():
        before = file.stat()
        _copied(file, copy, step)
        after = file.stat()
        if not wal.exists() and before.st_mtime_ns == after.st_mtime_ns:
            return
    with closing(_opened(file)) as source, closing(sqlite3.connect(copy)) as target:
        target.execute("PRAGMA synchronous = OFF")
        source.backup(target, pages=_PAGES, progress=_Backup(step).look, sleep=0.01)


class _Backup:
    """Looks after a backup by SQLite, which by itself waits for another program without end."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._until: float | None = None

    def look(self, status: int, *_: int) -> None:
        """Called after each step, with its result."""
        waits = status & 0xFF in _BUSY
        if not waits:
            self._until = None
        elif self._until is None:
            self._until = time.monotonic() + PATIENCE
        elif time.monotonic() > self._until:
            fault = sqlite3.OperationalError("database is locked")
            fault.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise fault
        self._step(waits)


def _copy_crashed(file: Path, copy: Path, step: Step, fault: sqlite3.Error) -> None:
    """After a crash SQLite must recover a file before reading it: the copy is recovered."""
    try:
        _copied(file, copy, step)
        for suffix in ("-journal", "-wal"):
            if Path(f"{file}{suffix}").exists():
                _copied(Path(f"{file}{suffix}"), Path(f"{copy}{suffix}"), step)
        with closing(sqlite3.connect(copy)) as mended:
            mended.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except (sqlite3.Error, OSError):
        raise unreadable(file, fault) from fault
