"""A server that takes TLS only, before the real one."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


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
            for end in (back, writer):
                end.transport.abort()
                with suppress(OSError):
                    await end.wait_closed()

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
