"""A server, a line to it, disks that can be filled, and curators that can be killed."""

from __future__ import annotations

import os
import queue
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import psycopg
from psycopg import sql

from stress import library
from stress.proxy import Proxy
from stress.server import Server
from stress.worker import UNWIND, Settings

PATIENCE = 300
"""Seconds after which a curator that says nothing is taken to hang for good."""

_TESTS = Path(__file__).parents[1]
_DISKS = {"server": 512, "homes": 32}
"""Disks of their own, in MB, where this process may mount any."""


class Hung(Exception):
    """A worker ended in a way that it should not, or not at all."""


class Rig:
    """What all faults happen to. Its keeper cleans up when this process is gone."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="facereview-stress-"))
        self.disks = [name for name, size in _DISKS.items() if self._mounted(name, size)]
        data = self.folder / "server" / "data"
        self._keeper = python("stress.keeper", str(self.folder), str(data))
        self.server = Server(data)
        self.server.start()
        self.proxy = Proxy(self.server.socket)
        self._made("template")
        self._settle()
        library.fill(self.server.url("template"))
        self.turn = threading.RLock()
        """Faults of several curators take turns."""

    def _mounted(self, name: str, size: int) -> bool:
        """Make a folder, on a small disk of its own if possible."""
        place = self.folder / name
        place.mkdir(mode=0o755)
        if not can_mount():
            return False
        options = f"size={size}m,mode=755"
        command = ["mount", "-t", "tmpfs", "-o", options, "facereview-stress", str(place)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def _made(self, name: str, template: str = "template0") -> None:
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as there:
            there.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )

    def _settle(self) -> None:
        """Let the log of the server fit its disk, and locks that nobody frees show themselves."""
        with psycopg.connect(self.server.url("postgres"), autocommit=True) as there:
            there.execute("ALTER SYSTEM SET max_wal_size = '96MB'")
            there.execute("ALTER SYSTEM SET min_wal_size = '32MB'")
            there.execute("SELECT pg_reload_conf()")

    def library(self) -> str:
        """A fresh library; its name."""
        name = f"stress_{uuid4().hex[:8]}"
        self._made(name, "template")
        return name

    def through_proxy(self, database: str) -> str:
        """The address that workers get."""
        options = "sslmode=disable&gssencmode=disable"
        return f"postgresql://postgres@127.0.0.1:{self.proxy.port}/{database}?{options}"

    # ----------------------------------------------------------------------------------- faults

    def kill_server(self, pause: float) -> None:
        """The server is killed, and comes back after a pause."""
        self.server.kill()
        time.sleep(pause)
        self.server.start()

    def fill(self, disk: str) -> None:
        """Leave no byte free on a disk; without disks, forbid the homes to grow."""
        if disk not in self.disks:
            if disk == "homes":
                self.full_mark.touch()
            return
        file = os.open(self.folder / disk / "filler", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            for size in (1 << 20, 1 << 12, 1):
                while True:
                    try:
                        os.write(file, b"x" * size)
                    except OSError:
                        break
        finally:
            os.close(file)

    def free(self) -> None:
        """Room on every disk again; a server that gave up for want of it is started."""
        self.full_mark.unlink(missing_ok=True)
        for disk in _DISKS:
            (self.folder / disk / "filler").unlink(missing_ok=True)
        self.server.start()

    @property
    def full_mark(self) -> Path:
        """Its presence means: homes are full. For computers on which nothing can be mounted."""
        return self.folder / "full"

    @contextmanager
    def locked(self, database: str, chance: random.Random) -> Iterator[None]:
        """Another program holds a lock on what decisions need."""
        statement = chance.choice(
            (
                "LOCK TABLE video_face_detections IN SHARE MODE",
                "LOCK TABLE facereview.batch IN ACCESS EXCLUSIVE MODE",
                "LOCK TABLE video_creators IN EXCLUSIVE MODE",
                "SELECT FROM video_face_detections WHERE id % 2 = 0 FOR UPDATE",
                "SELECT pg_advisory_xact_lock(7221108)",
            )
        )
        with psycopg.connect(self.server.url(database)) as other:
            other.execute(statement.encode())
            yield
            other.rollback()

    def heal(self) -> None:
        """All is well from now on."""
        with self.turn:
            self.proxy.heal()
            self.free()

    def close(self) -> None:
        """End everything, and leave nothing behind."""
        self.proxy.close()
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        self._keeper.wait(PATIENCE)


def can_mount() -> bool:
    """Whether disks of our own may be mounted: as root of Linux, where nobody else sees them."""
    return os.environ.get(OWN_MOUNTS) == "1"


OWN_MOUNTS = "FACEREVIEW_STRESS_MOUNTS"


def python(
    module: str, *arguments: str, stdout: int | None = None, stderr: IO[Any] | None = None
) -> subprocess.Popen[str]:
    """A Python process of ours; it ends when its input does."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": f"{_TESTS}{os.pathsep}{_TESTS.parent}"},
        text=True,
        start_new_session=True,  # Ctrl+C is for the test, which ends them in order
        stdout=stdout,
        stderr=stderr,
    )


class Worker:
    """One curator: the process that presses keys, started again after it was killed."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._said = Path(f"{settings.keys}.said")
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._process: subprocess.Popen[str] | None = None
        self._start()

    def next_line(self) -> str | None:
        """What it says next; None when it has ended."""
        try:
            return self._lines.get(timeout=PATIENCE)
        except queue.Empty:
            raise Hung(f"a curator says nothing any longer: {self.last_words()}") from None

    def kill(self) -> None:
        """Kill it and start it again."""
        self._end()
        self._start()

    def unwind(self) -> None:
        """Let it take back all that it did."""
        assert self._process is not None and self._process.stdin is not None
        print(UNWIND, file=self._process.stdin, flush=True)

    def last_words(self) -> str:
        """The end of what it wrote to its standard error."""
        return self._said.read_text("utf-8", "replace")[-2000:]

    def close(self) -> None:
        """End it."""
        self._end()

    def _start(self) -> None:
        lines: queue.Queue[str | None] = queue.Queue()
        self._lines = lines
        with self._said.open("ab") as said:
            process = python(
                "stress.worker", self.settings.as_text(), stdout=subprocess.PIPE, stderr=said
            )
        self._process = process

        def listen() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                lines.put(line.strip())
            lines.put(None)

        threading.Thread(target=listen, daemon=True).start()

    def _end(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for end in (self._process.stdin, self._process.stdout):
            if end is not None:
                end.close()
        self._process = None
