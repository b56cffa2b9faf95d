"""TLS for PostgreSQL's own tools, those of the built-in server being built without it.

A tool connects to a socket that only this user can reach; from there on the bytes travel inside
TLS, verified as ``sslmode`` and its companions say, see "SSL Support" in libpq's manual.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import struct
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
from psycopg import conninfo, pq

from facereview.errors import DatabaseError
from facereview.store.address import parts_of, place
from facereview.store.session import connect

_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_VERIFYING = ("verify-ca", "verify-full")
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class _Server:
    """Where the server is, the name its certificate must bear, and how it is verified."""

    host: str
    port: int
    name: str
    context: ssl.SSLContext


@contextmanager
def as_tools_reach(url: str) -> Iterator[str]:
    """The address under which a tool without TLS reaches the database at ``url``.

    It is ``url`` itself where the connection needs no TLS.

    Raises:
        DatabaseError: it cannot be reached, or not with the protection that ``url`` asks for.
    """
    with closing(connect(url)) as connection:
        server = _server(url, connection) if connection.pgconn.ssl_in_use else None
    if server is None:
        yield url
        return
    with tempfile.TemporaryDirectory() as folder, _listening(server, Path(folder)) as local:
        yield _local(url, local)


def _server(url: str, connection: psycopg.Connection[object]) -> _Server:
    settings = _settings(url)
    if settings.get("channel_binding") == "require":
        raise DatabaseError(
            "The tools of the built-in server cannot bind a login to TLS (channel_binding=require "
            f"for {place(url)}): use pg_dump and pg_restore of your own server."
        )
    try:
        context = _context(settings)
    except OSError as fault:
        raise DatabaseError(
            f"A certificate for {place(url)} cannot be read ({fault.strerror or fault}): check "
            "sslrootcert, sslcert and sslkey."
        ) from fault
    info = connection.info
    return _Server(info.hostaddr or info.host, info.port, info.host, context)


def _settings(url: str) -> dict[str, str]:
    """What the address says, else the environment, else libpq itself."""
    found = {}
    for option in pq.Conninfo.get_defaults():
        value = os.environb.get(option.envvar) if option.envvar and os.name != "nt" else None
        if value is None and option.envvar:
            value = os.fsencode(os.environ.get(option.envvar.decode(), "")) or None
        value = option.compiled if value is None else value
        if value is not None:
            found[option.keyword.decode()] = os.fsdecode(value)
    return found | parts_of(url)


def _context(settings: dict[str, str]) -> ssl.SSLContext:
    """Verification as libpq does it; "require" verifies too where a root certificate is kept."""
    own = Path.home() / ".postgresql"
    mode, roots = settings.get("sslmode", "prefer"), settings.get("sslrootcert", "")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    kept = not roots and (own / "root.crt").exists()
    verifies = mode in _VERIFYING or (mode == "require" and (bool(roots) or kept))
    context.check_hostname = mode == "verify-full" or roots == "system"
    if not verifies and roots != "system":
        context.verify_mode = ssl.CERT_NONE
    elif roots == "system":
        context.load_default_certs()
    else:
        context.load_verify_locations(roots or own / "root.crt")
    certificate = settings.get("sslcert") or own / "postgresql.crt"
    if Path(certificate).exists():
        key = settings.get("sslkey") or own / "postgresql.key"
        context.load_cert_chain(certificate, key, settings.get("sslpassword"))
    return context


def _local(url: str, host: str) -> str:
    parts = {
        key: value
        for key, value in parts_of(url).items()
        if not key.startswith("ssl") and key not in ("hostaddr", "channel_binding", "gssencmode")
    }
    folder, _, port = host.rpartition(":")
    plain = {"sslmode": "disable", "gssencmode": "disable", "channel_binding": "disable"}
    return conninfo.make_conninfo("", **(parts | plain | {"host": folder, "port": port}))


@contextmanager
def _listening(server: _Server, folder: Path) -> Iterator[str]:
    """Serve connections from a thread of its own; ``host:port`` for libpq."""
    ready: Future[tuple[str, Callable[[], object]]] = Future()

    async def serve() -> None:
        done, loop = asyncio.Event(), asyncio.get_running_loop()
        one = partial(_serve, server)
        if sys.platform == "win32":
            listener = await asyncio.start_server(one, "127.0.0.1", 0)
            here = f"127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        else:
            listener = await asyncio.start_unix_server(
                partial(_serve, server), folder / ".s.PGSQL.5432"
            )
            here = f"{folder}:5432"
        ready.set_result((here, lambda: loop.call_soon_threadsafe(done.set)))
        async with listener:
            await done.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except OSError as fault:
            ready.set_exception(fault)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    here, stop = ready.result()
    try:
        yield here
    finally:
        stop()
        thread.join()


async def _serve(
    server: _Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        with suppress(OSError, asyncio.IncompleteReadError):
            await _pass_on(server, reader, writer)
    finally:
        await _end(writer)


async def _pass_on(
    server: _Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """One connection: TLS to the server, then both directions until either side ends."""
    there, back = await asyncio.open_connection(server.host, server.port)
    try:
        back.write(_SSL_REQUEST)
        if await there.readexactly(1) != b"S":
            return  # no TLS after all: nothing is sent in clear
        await back.start_tls(server.context, server_hostname=server.name)
        await asyncio.gather(_copy(reader, back), _copy(there, writer))
    finally:
        await _end(back)


async def _end(writer: asyncio.StreamWriter) -> None:
    """Close at once: all data was sent, and a TLS shutdown may never be answered."""
    writer.transport.abort()
    with suppress(OSError):
        await writer.wait_closed()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(_BLOCK):
        writer.write(data)
        await writer.drain()
    writer.close()
