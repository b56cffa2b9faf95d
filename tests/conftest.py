"""Real parts for every test: one embedded server for the run, a fresh library per test."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, LiteralString
from uuid import uuid4

import psutil
import psycopg
import pytest
from filelock import FileLock, Timeout

from facereview.faces.fetch import fetch
from facereview.home import Home
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store

_ROOM = 4 * 2**30
"""Bytes that must be free in memory for the databases of a run; they take some 300 MB."""


def _quickest() -> Path | None:
    """A folder in memory where there is one with room, else None for the usual one.

    A library is 300 small files. On ext4, making as many just after others were removed takes 50
    ms of processor time, in memory 11 ms.
    """
    memory = Path("/dev/shm")
    if not memory.is_dir() or not os.access(memory, os.W_OK):
        return None
    free = min(shutil.disk_usage(memory).free, psutil.virtual_memory().available)
    return memory if free > _ROOM else None


_SERVER = "facereview-server-"
_UNDER_WAY = "under-way.lock"
"""Locked as long as the run that made the folder is under way."""

_BEGINNING = 60.0
"""Seconds that a run may take to lock its folder."""


def _remove_left(place: Path) -> None:
    """Stop the servers of runs that were killed, and free the memory that they take."""
    for folder in place.glob(f"{_SERVER}*"):
        with suppress(OSError, Timeout):
            if time.time() - folder.stat().st_mtime < _BEGINNING:
                continue
            with FileLock(folder / _UNDER_WAY, timeout=0):
                EmbeddedServer(folder / "server").stop()
                shutil.rmtree(folder, ignore_errors=True)


_SETTINGS = ("QT_", "PG", "DATABASE_URL", "FACEREVIEW_HOME")
_TERMINAL = ("COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
for _name in [name for name in os.environ if name.startswith((*_SETTINGS, *_TERMINAL))]:
    if _name != "QT_QPA_PLATFORM":  # what this machine is set to is not what is tested
        del os.environ[_name]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["FONTCONFIG_FILE"] = str(Path(__file__).with_name("fonts.conf"))
if hasattr(os, "geteuid") and os.geteuid() == 0 and "PYTEST_DEBUG_TEMPROOT" not in os.environ:
    # For root the server runs as another user, who must reach its folder; a second run of
    # pytest would close the folder that all runs of a user share.
    os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.mkdtemp(prefix="facereview-tests-")
    atexit.register(shutil.rmtree, os.environ["PYTEST_DEBUG_TEMPROOT"], ignore_errors=True)

if "TESTS_SERVER" not in os.environ:  # the processes of one run inherit it
    _place = _quickest() or Path(tempfile.gettempdir())
    _remove_left(_place)
    os.environ["TESTS_SERVER"] = tempfile.mkdtemp(prefix=_SERVER, dir=_place)
    _under_way = FileLock(Path(os.environ["TESTS_SERVER"]) / _UNDER_WAY)
    _under_way.acquire()
    atexit.register(shutil.rmtree, os.environ["TESTS_SERVER"], ignore_errors=True)

pytest_plugins = ("open_files", "ended_processes")

SHARED = (Path(__file__).resolve().parents[2] / "shared").resolve()


_LONGEST = (
    "test_real_",
    "test_stress",
    "test_scan.py",
    "test_cli_contaminated",
    "test_random_keys",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no process is left with one at the end."""
    items.sort(key=lambda item: not item.path.name.startswith(_LONGEST))


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the whole run, shared by its parallel workers."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def data() -> Path:
    """Real faces and videos with their truth; they are not part of this repository."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the shared test data are not beside this checkout")
    return SHARED / "data"


@pytest.fixture(scope="session")
def zoo_pack(run_folder: Path) -> Path:
    """The zoo pack's directory, fetched as a user would where it is not shared."""
    shared = SHARED / "models" / "opencv_zoo"
    if shared.is_dir():
        return shared
    with FileLock(run_folder / "pack.lock"):
        home = Home(run_folder / "fetched")
        return Path(fetch("zoo", home, confirm=lambda _: True).directory)


@pytest.fixture(scope="session")
def server_url(run_folder: Path) -> Iterator[str]:
    """URL of the run's server; it stops with the last worker that uses it."""
    with FileLock(run_folder / "server.lock"):
        server = EmbeddedServer(Path(os.environ["TESTS_SERVER"]) / "server")
        url = server.start()
        if not _has_template(url):
            _make_fast(url)
            server.stop()
            url = server.start()
            _make_template(url)
    yield url


def _make_fast(url: str) -> None:
    """No power cut has to be outlived, and no library of a test is large or lives for long."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("ALTER SYSTEM SET shared_buffers = '128MB'")
        connection.execute("ALTER SYSTEM SET max_wal_size = '96MB'")


def _has_template(url: str) -> bool:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = 'template_library'")
        return found.fetchone() is not None


def _make_template(url: str) -> None:
    """A library ready to be copied, made once per run."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_library")
    database = Database(database_url(url, "template_library"))
    Store.open(database).close()
    database.close()


def database_url(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return psycopg.conninfo.make_conninfo(url, dbname=name)


@pytest.fixture(scope="session")
def administrator(server_url: str) -> Iterator[psycopg.Connection[Any]]:
    """Makes and drops the databases."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        yield connection


_KEPT = 4
"""Databases of ended tests that still stand: PostgreSQL waits 100 ms before it drops one whose
last connection was closed a moment ago."""


@contextmanager
def _databases(administrator: psycopg.Connection[Any], url: str) -> Iterator[Callable[..., str]]:
    made: list[str] = []

    def make(template: str = "template0") -> str:
        name = f"t_{uuid4().hex}"
        administrator.execute(f'CREATE DATABASE "{name}" TEMPLATE {template} STRATEGY file_copy')
        made.append(name)
        return database_url(url, name)

    yield make
    for name in made:
        administrator.execute(_END_CONNECTIONS, [name])
    _left.extend(made)
    while len(_left) > _KEPT:
        administrator.execute(f'DROP DATABASE "{_left.pop(0)}" WITH (FORCE)')


_left: list[str] = []
_END_CONNECTIONS: LiteralString = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
)


@pytest.fixture
def new_database(
    administrator: psycopg.Connection[Any], server_url: str
) -> Iterator[Callable[..., str]]:
    """Make a database (empty, or a copy of a template) and give its URL; dropped afterwards."""
    with _databases(administrator, server_url) as make:
        yield make


@pytest.fixture(scope="module")
def new_databases(
    administrator: psycopg.Connection[Any], server_url: str
) -> Iterator[Callable[..., str]]:
    """Like ``new_database``, for all tests of a file."""
    with _databases(administrator, server_url) as make:
        yield make


@pytest.fixture(scope="session")
def untouched_library_url(administrator: psycopg.Connection[Any], server_url: str) -> Iterator[str]:
    """A library for all tests that change nothing in it."""
    with _databases(administrator, server_url) as make:
        yield make("template_library")


@pytest.fixture
def library_url(new_database: Callable[..., str]) -> str:
    """A fresh library."""
    return new_database("template_library")


@pytest.fixture
def database(library_url: str) -> Iterator[Database]:
    """A pool on a fresh library."""
    database = Database(library_url)
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> Iterator[Store]:
    """A store on a fresh library."""
    with Store.open(database) as store:
        yield store


@pytest.fixture
def sql(library_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A plain connection to the same library, as another program would have."""
    with psycopg.connect(library_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A private ``FACEREVIEW_HOME``."""
    folder = tmp_path / "home"
    monkeypatch.setenv("FACEREVIEW_HOME", str(folder))
    return folder
