"""The process that reads videos for a scan: ``python -m facereview.media.worker``.

A request is a line of JSON on standard input, ``{"path": …, "frames": …}``. What is found goes to
standard output: lines of JSON, a ``frame`` followed by its pixels as they lie in memory. They
are data and never run, so a file that takes over the decoder cannot run code in the program.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO

from facereview.errors import MediaError
from facereview.media.frames import VideoReader
from facereview.media.probe import probe
from facereview.media.sampling import sample


def main() -> None:
    """Serve requests until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles Ctrl+C and ends this process
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # output of a library must not be read as an answer
    requests: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    while True:
        request = json.loads(requests.get())
        try:
            _serve(Path(os.fsdecode(bytes.fromhex(request["path"]))), request["frames"], out)
            _say(out, kind="done")
        except (MediaError, OSError) as fault:
            _say(out, kind="fault", sentence=str(fault), os_error=isinstance(fault, OSError))


def _listen(requests: SimpleQueue[bytes]) -> None:
    """Pass requests on; the end of standard input ends the process, whatever it is doing."""
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def _serve(path: Path, frames: int, out: BinaryIO) -> None:
    _say(out, kind="info", **asdict(probe(path, lambda: _say(out, kind="hashing"))))
    with VideoReader(path) as reader:
        for frame in sample(reader, frames):
            pixels = frame.pixels
            _say(out, kind="frame", seconds=frame.timestamp, shape=list(pixels.shape))
            _write(out, memoryview(pixels.tobytes()))


def _say(out: BinaryIO, **answer: object) -> None:
    _write(out, memoryview(json.dumps(answer).encode() + b"\n"))


def _write(out: BinaryIO, data: memoryview) -> None:
    while data:
        data = data[out.write(data) :]


if __name__ == "__main__":
    main()
