"""A PostgreSQL of the stress test's own, which may be killed, stopped and started again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from facereview.store import postgres
from facereview.store.embedded import EmbeddedServer, address


def processes(data: Path) -> list[psutil.Process]:
    """The server that holds this folder, the parent first."""
    try:
        pid = int((data / "postmaster.pid").read_text("ascii").split()[0])
        parent = psutil.Process(pid)
        if "postgres" not in parent.name():
            return []
        return [parent, *parent.children(recursive=True)]
    except (OSError, ValueError, IndexError, psutil.Error):
        return []


def end_server(data: Path) -> None:
    """Kill all of it, stopped or not, and wait until it is gone."""
    found = processes(data)
    for process in found:
        with suppress(psutil.Error):
            process.kill()
    wait_for_end(found)


def wait_for_end(found: list[psutil.Process]) -> None:
    """Wait until none of these does anything any longer."""
    for process in found:
        with suppress(psutil.Error):
            while process.status() != psutil.STATUS_ZOMBIE:
                time.sleep(0.01)


class Server:
    """The server whose data lie in ``data``."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self._server = EmbeddedServer(data)

    @property
    def socket(self) -> Path:
        """Where it listens; the same after every start."""
        found = postgres.running(self.data)
        assert found is not None and found.socket is not None
        return found.socket / f".s.PGSQL.{found.port}"

    def start(self) -> None:
        """Start it if it does not run."""
        self._server.start()

    def url(self, database: str) -> str:
        """The address of a database, past the proxy."""
        found = postgres.running(self.data)
        assert found is not None
        return address(found, database)

    def kill(self) -> None:
        """Kill the server as the kernel would, short of memory; it is not started again."""
        found = processes(self.data)
        if found:
            found[0].kill()
            wait_for_end(found)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """The server is there, and does and says nothing."""
        found = processes(self.data)
        for process in found:
            with suppress(psutil.Error):
                process.suspend()
        try:
            yield
        finally:
            for process in found:
                with suppress(psutil.Error):
                    process.resume()
