"""Videos read in a child process, which can be ended when a file hangs or crashes its decoder.

The child runs this module: ``python -m facereview.media.process``. A request is a line of JSON on
its standard input, ``{"path": …, "frames": …}``, or with ``times`` and ``max_side`` for the frames
at some seconds. What it finds goes to its standard output: lines of JSON, a ``frame`` followed by
its pixels as they lie in memory. They are data and never run, so a file that takes over the decoder
cannot run code in the program.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from queue import Empty, Full, Queue, SimpleQueue
from typing import IO, Any, BinaryIO, Self

import numpy as np
import psutil

from facereview import own_process
from facereview.errors import Cancelled, MediaError
from facereview.files import shown
from facereview.media.frames import Frame, VideoReader
from facereview.media.probe import probe
from facereview.media.sampling import sample
from facereview.records import Pixels, VideoInfo

STEP_SECONDS = 120.0
"""How long a video may take from one frame to the next. A 4K film takes some seconds."""

MEMORY = 3 * 2**30
"""Bytes that the process may hold. The largest frame allowed, decoded, takes about 1 GB."""

_GLANCE = 0.1
"""Seconds between two checks for cancellation."""

_AHEAD = 1
"""Frames that wait decoded, beside the one being decoded."""

Answer = tuple[str, dict[str, Any], Pixels | None]
"""Its kind, what it tells, and the pixels of a frame."""


class VideoProcess:
    """Reads one video after the other in a process that starts with the first.

    Belongs to one thread. While that thread works on a frame, the next one is decoded.
    """

    def __init__(
        self,
        cancelled: Callable[[], bool] = lambda: False,
        *,
        step_seconds: float = STEP_SECONDS,
        memory: int = MEMORY,
    ) -> None:
        self._cancelled = cancelled
        self._seconds = step_seconds
        self._memory = memory
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: Queue[Answer | None] = Queue(_AHEAD)
        self._at_work = False
        """Not all answers about the current video have been read yet."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        self._at_work = False
        if process is None:
            return
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()

    def look(self, path: Path, frames: int) -> tuple[VideoInfo, Iterator[Frame]]:
        """What a video says of itself, and at most ``frames`` frames spread over it.

        A video whose frames were not taken to their end is given up.

        Raises:
            MediaError: it cannot be read, took too long or too much memory, or crashed its
                decoder; also from the iterator, after the frames before that.
            Cancelled: it was cancelled.
            OSError: its drive failed.
        """
        self._ask(path, frames=frames)
        kind, told, _ = self._next(path)
        if kind != "info":
            raise ValueError(f"unexpected answer {kind}")
        return VideoInfo(**told), self._frames(path)

    def frames_at(
        self, path: Path, times: Sequence[float], max_side: int | None = None
    ) -> Iterator[Frame]:
        """The frames on screen at some seconds, in rising order, at most ``max_side`` long.

        Raises as :meth:`look`, from the iterator.
        """
        if times:
            self._ask(path, times=list(times), max_side=max_side)
            yield from self._frames(path)

    def _ask(self, path: Path, **wanted: object) -> None:
        if self._at_work:
            self.close()
        process = self._started()
        request = {"path": os.fsencode(path).hex(), **wanted}
        if process.stdin is None:
            raise ValueError("the process was started without a pipe")
        try:
            self._at_work = True
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError as fault:
            raise self._crashed(path) from fault

    def _frames(self, path: Path) -> Iterator[Frame]:
        while True:
            kind, told, pixels = self._next(path)
            if kind == "done":
                self._at_work = False
                return
            if pixels is None:
                raise ValueError(f"unexpected answer {kind}")
            yield Frame(pixels, float(told["seconds"]))

    def _next(self, path: Path) -> Answer:
        """The next answer about this video. Raises as :meth:`look`."""
        end = time.monotonic() + self._seconds
        while True:
            self._check(path, end)
            try:
                answer = self._answers.get(timeout=_GLANCE)
            except Empty:
                continue
            if answer is None:
                raise self._crashed(path)
            kind, told, _ = answer
            if kind == "fault":
                self._at_work = False
                raise (OSError if told["os_error"] else MediaError)(told["sentence"])
            return answer

    def _check(self, path: Path, end: float) -> None:
        if self._cancelled():
            self.close()
            raise Cancelled
        if time.monotonic() > end:
            self.close()
            raise MediaError(
                f"The video {shown(path)} gave no picture within {self._seconds:.0f} s: it is "
                "damaged or crafted to hang programs; convert it."
            )
        if self._process is not None and _held(self._process.pid) > self._memory:
            self.close()
            raise MediaError(
                f"The video {shown(path)} takes more than {self._memory // 2**20} MB of memory to "
                "decode: convert it to a smaller size."
            )

    def _crashed(self, path: Path) -> MediaError:
        self.close()
        return MediaError(
            f"The video {shown(path)} crashed its decoder: copy it again from its source or "
            "convert it."
        )

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = own_process.start("facereview.media.process")
            self._answers = Queue(_AHEAD)
            threading.Thread(
                target=_receive, args=(self._process, self._answers), daemon=True
            ).start()
        return self._process


def _held(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _receive(process: subprocess.Popen[bytes], answers: Queue[Answer | None]) -> None:
    """Read answers until the process ends; None is the end."""
    if process.stdout is None:
        raise ValueError("the process was started without a pipe")
    with process.stdout as pipe:
        more = True
        while more:
            answer = _read(pipe)
            more = answer is not None and _put(process, answers, answer)
    _put(process, answers, None)


def _put(
    process: subprocess.Popen[bytes], answers: Queue[Answer | None], answer: Answer | None
) -> bool:
    """Hand an answer over; False where it is no longer wanted."""
    while True:
        try:
            answers.put(answer, timeout=1.0)
        except Full:
            if process.poll() is not None:
                return False
        else:
            return True


def _read(pipe: IO[bytes]) -> Answer | None:
    """The next whole answer; None where the process ended."""
    line = pipe.readline()
    if not line.endswith(b"\n"):
        return None
    told = json.loads(line)
    kind = told.pop("kind")
    if kind != "frame":
        return kind, told, None
    pixels = np.empty(told["shape"], np.uint8)
    into = pixels.data.cast("B")
    while into:
        count = pipe.readinto(into)  # type: ignore[attr-defined]
        if not count:
            return None
        into = into[count:]
    return kind, told, pixels


# ------------------------------------------------------------------------------------ the child


def _main() -> None:
    """Serve requests until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl+C and ends this process
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # output of a library must not be read as an answer
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    while True:
        request = json.loads(requests.get())
        try:
            _serve(Path(os.fsdecode(bytes.fromhex(request.pop("path")))), out, **request)
            _say(out, kind="done")
        except (MediaError, OSError) as fault:
            _say(out, kind="fault", sentence=str(fault), os_error=isinstance(fault, OSError))


def _listen(requests: SimpleQueue[bytes]) -> None:
    """Pass requests on; the end of standard input ends the process, whatever it is doing."""
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def _serve(
    path: Path,
    out: BinaryIO,
    frames: int = 0,
    times: Sequence[float] | None = None,
    max_side: int | None = None,
) -> None:
    if times is None:
        _say(out, kind="info", **asdict(probe(path)))
    with VideoReader(path) as reader:
        asked = (reader.frame_at(seconds, max_side=max_side) for seconds in times or ())
        for frame in sample(reader, frames) if times is None else asked:
            pixels = frame.pixels
            _say(out, kind="frame", seconds=frame.timestamp, shape=list(pixels.shape))
            _write(out, memoryview(pixels.tobytes()))


def _say(out: BinaryIO, **answer: object) -> None:
    _write(out, memoryview(json.dumps(answer).encode() + b"\n"))


def _write(out: BinaryIO, data: memoryview) -> None:
    while data:
        data = data[out.write(data) :]


if __name__ == "__main__":
    _main()
