"""A line to the server that can be cut, fall silent, and lose what a COMMIT was answered."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

R = TypeVar("R")

_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"


class _Line:
    """One connection through the proxy."""

    def __init__(self, proxy: Proxy, ends: tuple[asyncio.StreamWriter, asyncio.StreamWriter]):
        self._proxy = proxy
        self._ends = ends
        self._losing = False

    async def to_server(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            await self._proxy.talking.wait()
            if _COMMIT in data and self._proxy.commits_to_stop:
                self._proxy.commits_to_stop -= 1
                break
            if _COMMIT in data and self._proxy.answers_to_lose:
                self._proxy.answers_to_lose -= 1
                self._losing = True
            writer.write(data)
            await writer.drain()

    async def to_client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(1 << 16):
            await self._proxy.talking.wait()
            if self._losing:
                break
            writer.write(data)
            await writer.drain()

    async def both(self, *ways: Coroutine[Any, Any, None]) -> None:
        """Both ways until one of them ends, however it does."""

        async def until_its_end(way: Coroutine[Any, Any, None]) -> None:
            try:
                await way
            finally:
                self.cut()

        await asyncio.gather(*map(until_its_end, ways), return_exceptions=True)

    def cut(self) -> None:
        """Break off now."""
        for end in self._ends:
            end.transport.abort()


class Proxy:
    """Stands before a server's socket, on a port of its own."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.port = 0
        self.answers_to_lose = 0
        """So many of the next COMMITs reach the server, and their answers nobody."""
        self.commits_to_stop = 0
        """So many of the next COMMITs do not reach the server."""
        self._refusing = False
        self._lines: set[_Line] = set()
        self._loop = asyncio.new_event_loop()
        self.talking = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._run(self._serve())

    def cut(self) -> None:
        """Every connection breaks now."""
        self._loop.call_soon_threadsafe(self._cut)

    def refuse(self, yes: bool) -> None:
        """Take no new connections, or take them again."""
        self._refusing = yes

    def silent(self, yes: bool) -> None:
        """Keep connections open and say nothing, or go on."""
        self._loop.call_soon_threadsafe(self.talking.clear if yes else self.talking.set)

    def heal(self) -> None:
        """All is well from now on."""
        self.answers_to_lose = self.commits_to_stop = 0
        self.refuse(False)
        self.silent(False)

    def close(self) -> None:
        """Take and keep no connections."""
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, job: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(job, self._loop).result()

    def _cut(self) -> None:
        for line in self._lines:
            line.cut()

    async def _serve(self) -> asyncio.Server:
        self.talking.set()
        server = await asyncio.start_server(self._one, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _stop(self) -> None:
        self._server.close()
        self._cut()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_unix_connection(self.socket)
        except OSError:  # no server there now
            writer.transport.abort()
            return
        line = _Line(self, (writer, back))
        self._lines.add(line)
        try:
            await line.both(line.to_server(reader, back), line.to_client(there, writer))
        finally:
            line.cut()
            self._lines.discard(line)
            for end in (writer, back):
                with suppress(OSError):
                    await end.wait_closed()
