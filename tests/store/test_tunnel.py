"""A server that takes TLS only, reached by tools that know none."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from psycopg import conninfo

from facereview.errors import DatabaseError
from facereview.store.backup import dump, restore
from facereview.store.postgres import binaries
from facereview.store.session import Database
from facereview.store.store import Store
from facereview.store.tunnel import as_tools_reach
from support import make_faces


@dataclass
class Guard:
    """Stands before a real server, takes TLS, and refuses everything in clear."""

    socket: Path
    context: ssl.SSLContext
    port: int = 0
    clear: int = 0
    safe: int = 0
    stop: Callable[[], object] | None = None

    async def one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.readexactly(8) != b"\x00\x00\x00\x08\x04\xd2\x16\x2f":
            self.clear += 1
            writer.close()
            return
        writer.write(b"S")
        await writer.start_tls(self.context)
        self.safe += 1
        there, back = await asyncio.open_unix_connection(self.socket)
        try:
            await asyncio.gather(self.copy(reader, back), self.copy(there, writer))
        finally:
            back.close()

    async def copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            writer.write(data)
        writer.close()

    async def serve(self, ready: threading.Event) -> None:
        done, loop = asyncio.Event(), asyncio.get_running_loop()
        self.stop = lambda: loop.call_soon_threadsafe(done.set)
        server = await asyncio.start_server(self.one, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await done.wait()


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def guard(server_url: str, authority: trustme.CA) -> Iterator[Guard]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    folder = str(conninfo.conninfo_to_dict(server_url)["host"])
    guard = Guard(Path(folder) / ".s.PGSQL.5432", context)
    ready = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(guard.serve(ready)))
    thread.start()
    assert ready.wait(20)
    yield guard
    assert guard.stop
    guard.stop()
    thread.join()


def ask(address: str) -> str:
    done = subprocess.run(
        [str(binaries() / "psql"), "-XAtc", "SELECT 6 * 7", address],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


@pytest.mark.parametrize("mode", ["verify-full", "verify-ca", "require", "prefer", None])
def test_tools_speak_inside_tls(
    guard: Guard, authority: trustme.CA, tmp_path: Path, mode: str | None
) -> None:
    root = tmp_path / "root.pem"
    authority.cert_pem.write_to_path(str(root))
    rest = f"?sslmode={mode}&sslrootcert={root}" if mode else ""
    with as_tools_reach(f"postgresql://postgres@localhost:{guard.port}/postgres{rest}") as local:
        before = guard.safe
        assert ask(local) == "42"
        assert ask(local) == "42"
    assert guard.safe == before + 2
    assert guard.clear == 0


def test_a_dump_and_its_return_travel_inside_tls(
    guard: Guard,
    authority: trustme.CA,
    tmp_path: Path,
    library_url: str,
    new_database: Callable[..., str],
    store: Store,
) -> None:
    make_faces(store)
    root = tmp_path / "root.pem"
    authority.cert_pem.write_to_path(str(root))

    def safe(url: str) -> str:
        name = conninfo.conninfo_to_dict(url)["dbname"]
        place = f"postgresql://postgres@localhost:{guard.port}/{name}"
        return f"{place}?sslmode=verify-full&sslrootcert={root}"

    file, other = tmp_path / "library.dump", new_database()
    dump(safe(library_url), file)
    restore(safe(other), file)
    database = Database(other)
    with Store.open(database) as restored:
        assert restored.library.counts() == store.library.counts()
    database.close()
    assert guard.clear == 0


def test_another_server_in_its_place_is_refused(guard: Guard, tmp_path: Path) -> None:
    root = tmp_path / "root.pem"
    trustme.CA().cert_pem.write_to_path(str(root))
    address = f"postgresql://postgres@localhost:{guard.port}/postgres"
    with (
        pytest.raises(DatabaseError),
        as_tools_reach(f"{address}?sslmode=verify-full&sslrootcert={root}"),
    ):
        pass
    assert guard.clear == 0


def test_what_cannot_be_kept_is_refused(guard: Guard) -> None:
    address = f"postgresql://postgres@localhost:{guard.port}/postgres?channel_binding=require"
    with pytest.raises(DatabaseError), as_tools_reach(address):
        pass


def test_a_server_without_tls_is_reached_as_before(library_url: str) -> None:
    with as_tools_reach(library_url) as local:
        assert local == library_url
