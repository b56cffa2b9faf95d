"""Real parts for every test: one embedded server for the run, a fresh library per test."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from filelock import FileLock

from facereview.faces.fetch import fetch
from facereview.home import Home
from facereview.store.embedded import EmbeddedServer
from facereview.store.session import Database
from facereview.store.store import Store

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
        server = EmbeddedServer(run_folder / "pg" / "server")
        url = server.start()
        if not _has_template(url):
            _make_fast(url)
            server.stop()
            url = server.start()
            _make_template(url)
    yield url


def _make_fast(url: str) -> None:
    """No power cut has to be outlived, and no library of a test is large."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET shared_buffers = '128MB'")


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
        administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


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
