"""Brings the clusters up to date in a process of its own: ``-m facereview.review.clusters.apart``.

At 1,000,000 faces it holds gigabytes, which a long-lived process would not give back, and its
libraries cannot be interrupted: a process can be ended at any moment, with all it holds.

The task is a line of JSON on standard input, whose end ends the process. Standard output has lines
of JSON: ``progress``, then ``done``, ``fault`` or ``bug``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from queue import Empty, Queue
from typing import Any, BinaryIO

from facereview import errors, own_process
from facereview.errors import Cancelled, Remedy, ReviewError
from facereview.records import Progress
from facereview.review.clusters.records import ClusterStep, ClusterTask, ClusterUpdate
from facereview.review.clusters.update import ClusterUpdater
from facereview.store.session import Database
from facereview.store.store import Store

_LOOK = 0.05
"""Seconds between two looks at whether to stop."""

_GRACE = 1.2
"""Seconds that the process may take to let go of the database, before it is killed."""

Answer = dict[str, Any]


def update_apart(
    task: ClusterTask, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]
) -> ClusterUpdate:
    """Do it in a process of its own, which has ended when this returns.

    Raises:
        Cancelled: ``cancelled`` said so; new faces that were placed until then stay so.
        ReviewError: what went wrong there.
    """
    on_progress(Progress(0, 0, ClusterStep.STARTING))
    process = own_process.start(__name__)
    answers: Queue[Answer] = Queue()
    reader = threading.Thread(target=_receive, args=(process, answers), daemon=True)
    reader.start()
    try:
        _send(process, task)
        while not cancelled():
            try:
                found = _taken(answers.get(timeout=_LOOK), on_progress)
            except Empty:
                continue
            if found is not None:
                return found
    finally:
        _end(process)
        reader.join()
    while not answers.empty():  # it may have come to its end just before
        found = _taken(answers.get(), on_progress, ended=True)
        if found is not None:
            return found
    raise Cancelled


def _send(process: subprocess.Popen[bytes], task: ClusterTask) -> None:
    if process.stdin is None:
        raise ValueError("the process was started without a pipe")
    with suppress(BrokenPipeError):  # it broke off at once, which is told as its end is
        process.stdin.write(json.dumps(asdict(task)).encode() + b"\n")
        process.stdin.flush()


def _receive(process: subprocess.Popen[bytes], answers: Queue[Answer]) -> None:
    """Take what the process says until it ends."""
    if process.stdout is None:
        raise ValueError("the process was started without a pipe")
    with process.stdout as pipe:
        for line in pipe:
            if line.endswith(b"\n"):
                answers.put(json.loads(line))
    answers.put({"kind": "end"})


def _taken(
    answer: Answer, on_progress: Callable[[Progress], None], *, ended: bool = False
) -> ClusterUpdate | None:
    """The result, if this answer is it; what was said after it was ``ended`` is no fault."""
    kind = answer.pop("kind")
    if kind == "done":
        return ClusterUpdate(**answer)
    if kind == "progress":
        on_progress(Progress(**answer))
    elif not ended:
        raise _fault(kind, answer)
    return None


def _fault(kind: str, answer: Answer) -> Exception:
    if kind == "fault":
        remedy = answer["remedy"]
        error: ReviewError = getattr(errors, answer["error"])(
            answer["fact"], Remedy(remedy) if remedy else None, answer["thing"]
        )
        return error
    if kind == "bug":
        return RuntimeError(answer["trace"])
    return ReviewError(
        "The clustering broke off, most likely for want of memory, and goes on from there when it "
        "is asked for again: close other programs first."
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.stdin is not None:
        with suppress(BrokenPipeError):
            process.stdin.close()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# ------------------------------------------------------------------------------- in the process


def main() -> None:
    """Do one task, and end with whoever asked for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the program, which ends this
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # a library that prints must not be taken for an answer
    task = ClusterTask(**json.loads(sys.stdin.buffer.readline()))
    database = Database(task.url)
    database.window = task.window
    work = _Work(out, Store(database))
    threading.Thread(target=work.end_with_program, daemon=True).start()
    try:
        work.do(task)
    except ReviewError as fault:
        remedy = fault.remedy.value if fault.remedy else ""
        told = {"error": type(fault).__name__, "fact": fault.fact, "thing": fault.thing}
        _say(out, kind="fault", remedy=remedy, **told)
    except Exception:
        _say(out, kind="bug", trace=traceback.format_exc())


class _Work:
    """The task at hand, and what ends it."""

    def __init__(self, out: BinaryIO, store: Store) -> None:
        self._out = out
        self._store = store
        self._written = False

    def do(self, task: ClusterTask) -> None:
        """Bring the clusters up to date, and say how far it is and what came of it."""
        updater = ClusterUpdater(self._store, task.threshold, task.match_threshold)
        work = updater.from_nothing if task.from_nothing else updater.up_to_date
        _say(self._out, kind="done", **asdict(work(on_progress=self._progressed)))

    def end_with_program(self) -> None:
        """Once standard input ends: stop, unless all is written and is only being counted."""
        for _line in sys.stdin.buffer:
            pass
        if not self._written:
            self._store.session.interrupt()
            os._exit(0)

    def _progressed(self, progress: Progress) -> None:
        self._written = self._written or progress.label == ClusterStep.COUNTING
        _say(self._out, kind="progress", **asdict(progress))


def _say(out: BinaryIO, **answer: object) -> None:
    data = memoryview(json.dumps(answer).encode() + b"\n")
    while data:
        data = data[out.write(data) :]


if __name__ == "__main__":
    main()
