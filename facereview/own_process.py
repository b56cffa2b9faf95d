"""Processes of this very program, for work that may crash, hang or take much memory.

A request is a line of JSON on the process's standard input, whose end ends it. An answer is a line
of JSON on its standard output, with its ``kind`` and its ``arrays``: their types and shapes, and
where they lie in shared memory; the bytes of the others follow. They are data and never run.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from queue import Empty, Full, Queue, SimpleQueue
from typing import IO, Any, BinaryIO

import numpy as np
import psutil
from numpy.typing import NDArray

from facereview.errors import Cancelled
from facereview.shared_arrays import SMALLEST, Mapped, Place, Rooms

_GLANCE = 0.1
"""Seconds between two checks for cancellation."""


def start(module: str) -> subprocess.Popen[bytes]:
    """Run a module of the program, with pipes to its standard input and output.

    The caller ends it. A module that is started so ends by itself once its standard input does,
    so that nothing outlives the program.
    """
    own = str(Path(__file__).resolve().parents[1])
    paths = [own, *filter(None, [os.environ.get("PYTHONPATH")])]
    return subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """Its kind, what it tells, and its arrays."""

    kind: str
    told: dict[str, Any]
    arrays: tuple[NDArray[Any], ...] = ()


class Why(Enum):
    """Why a process gives no answer any more."""

    SLOW = auto()
    LARGE = auto()
    """It held too much memory."""
    GONE = auto()
    """It crashed, or somebody ended it."""


class Broken(Exception):
    """A process that gives no answer any more; it has been ended."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.name)
        self.why = why


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds from one answer to the next, and bytes that the process may hold."""

    seconds: float
    memory: int


class Child:
    """A process that answers requests until it is ended. Belongs to one thread."""

    def __init__(self, module: str, limits: Limits, *, ahead: int, kept: int = 1) -> None:
        """``ahead`` answers wait here, beside the one that the process is writing.

        Of large arrays ``kept`` may be held at once without being copied.
        """
        self._limits = limits
        self._rooms = Rooms(kept)
        self._sending = threading.Lock()
        self._process = start(module)
        self._answers: Queue[Answer | None] = Queue(ahead)
        threading.Thread(target=self._receive, daemon=True).start()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def ask(self, **request: object) -> None:
        """Send a request. Raises Broken."""
        try:
            self._send("ask", request)
        except OSError as fault:
            self.end()
            raise Broken(Why.GONE) from fault

    def limit(self, limits: Limits) -> None:
        """What holds from the next answer on."""
        self._limits = limits

    def answer(self, cancelled: Callable[[], bool]) -> Answer:
        """The next answer.

        Raises:
            Broken: there will be none.
            Cancelled: ``cancelled`` said so; the process was ended.
        """
        due = time.monotonic() + self._limits.seconds
        while True:
            self._check(cancelled, due)
            self._give_back()
            try:
                answer = self._answers.get(timeout=_GLANCE)
            except Empty:
                continue
            if answer is None:
                self.end()
                raise Broken(Why.GONE)
            return answer

    def end(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        with suppress(OSError), self._sending:  # of a request that it did not read
            _pipe(self._process.stdin).close()
        self._rooms.end()

    def _check(self, cancelled: Callable[[], bool], due: float) -> None:
        if cancelled():
            self.end()
            raise Cancelled
        slow = time.monotonic() > due
        if slow or _held(self._process.pid) > self._limits.memory:
            self.end()
            raise Broken(Why.SLOW if slow else Why.LARGE)

    def _send(self, kind: str, what: object) -> None:
        pipe = _pipe(self._process.stdin)
        with self._sending:
            if not pipe.closed:
                pipe.write(json.dumps({kind: what}).encode() + b"\n")
                pipe.flush()

    def _give_back(self) -> None:
        """Tell the process which slots are free again."""
        freed = self._rooms.freed()
        if freed:
            with suppress(OSError):  # it ended, which is told as its end is
                self._send("free", freed)

    def _receive(self) -> None:
        """Take answers until the process ends, or says what is none; None is the end."""
        with _pipe(self._process.stdout) as pipe, suppress(Exception):  # it may be taken over
            more = True
            while more:
                answer = self._read(pipe)
                if answer is not None and answer.kind == "room":
                    self._send("room", self._rooms.make(answer.told["size"]))
                else:
                    more = answer is not None and self._put(answer)
        self._put(None)

    def _read(self, pipe: IO[bytes]) -> Answer | None:
        """The next whole answer; None where the process ended."""
        line = pipe.readline()
        if not line.endswith(b"\n"):
            return None
        told = json.loads(line)
        arrays = []
        for kind, shape, place in told.pop("arrays"):
            if place is not None:
                arrays.append(self._rooms.array(Place(*place), kind, shape))
                self._give_back()
                continue
            array = np.empty(shape, kind)
            if not _filled(array, pipe):
                return None
            arrays.append(array)
        return Answer(told.pop("kind"), told, tuple(arrays))

    def _put(self, answer: Answer | None) -> bool:
        """Hand an answer over; False where it is no longer wanted."""
        while True:
            try:
                self._answers.put(answer, timeout=1.0)
            except Full:
                if not self.alive:
                    return False
            else:
                return True


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise ValueError("the process was started without a pipe")
    return pipe


def _held(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _filled(array: NDArray[Any], pipe: IO[bytes]) -> bool:
    """Whether all bytes of an array came."""
    into = array.data.cast("B") if array.size else memoryview(b"")
    while into:
        count = pipe.readinto(into)  # type: ignore[attr-defined]
        if not count:
            return False
        into = into[count:]
    return True


# ------------------------------------------------------------------------------- in the process


def serve(handle: Callable[[Answers, dict[str, Any]], None]) -> None:
    """Handle requests one after the other; ``handle`` gets what takes the answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl+C and ends this process
    answers = Answers(os.fdopen(os.dup(1), "wb", buffering=0))
    os.dup2(2, 1)  # output of a library must not be read as an answer
    while True:
        handle(answers, answers.heard["ask"].get())


class Answers:
    """What the process answers, and what it hears."""

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self.heard: dict[str, SimpleQueue[Any]] = {
            kind: SimpleQueue() for kind in ("ask", "room", "free")
        }
        self._room: Mapped | None = None
        self._refused = math.inf
        """Bytes of an array for which there was no room."""
        threading.Thread(target=self._listen, daemon=True).start()

    def say(self, kind: str, arrays: Sequence[NDArray[Any]] = (), **told: object) -> None:
        """Write one answer.

        Its largest array alone goes through shared memory: slots for more of them might be of
        another size, or become free only after this answer.
        """
        largest = max(arrays, key=lambda array: array.nbytes, default=None)
        places = [self._place(array) if array is largest else None for array in arrays]
        layout = [
            (array.dtype.str, array.shape, place and (place.room, place.slot))
            for array, place in zip(arrays, places, strict=True)
        ]
        self._line(kind=kind, arrays=layout, **told)
        for array, place in zip(arrays, places, strict=True):
            if place is None and array.size:
                self._write(np.ascontiguousarray(array).data.cast("B"))

    def _listen(self) -> None:
        """Pass on what is heard; the end of standard input ends the process, whatever it does."""
        for line in sys.stdin.buffer:
            [(kind, what)] = json.loads(line).items()
            self.heard[kind].put(what)
        os._exit(0)

    def _place(self, array: NDArray[Any]) -> Place | None:
        """Write a large array into shared memory, once there is a slot; None where it is not."""
        size = array.nbytes
        if size < SMALLEST or not self._has_room(size):
            return None
        while self._room is not None:
            self._hear_freed(wait=False)
            place = self._room.put(array)
            if place is not None:
                return place
            self._hear_freed(wait=True)
        return None

    def _has_room(self, size: int) -> bool:
        """Whether there is a room of fitting slots, perhaps a new one."""
        room = self._room
        if room is not None and size <= room.size <= 4 * size:
            return True
        if size >= self._refused:
            return False
        if room is not None:
            room.close()
        self._line(kind="room", arrays=[], size=size)
        made = self.heard["room"].get()
        self._room = Mapped(**made) if made else None
        if made is None:
            self._refused = size
        return made is not None

    def _hear_freed(self, *, wait: bool) -> None:
        queue = self.heard["free"]
        while wait or not queue.empty():
            for number, slot in queue.get():
                if self._room is not None and number == self._room.room:
                    self._room.free(slot)
            wait = False

    def _line(self, **answer: object) -> None:
        self._write(memoryview(json.dumps(answer).encode() + b"\n"))

    def _write(self, data: memoryview) -> None:
        while data:
            data = data[self._pipe.write(data) :]
