"""Videos read in a child process, which can be ended when a file hangs or crashes its decoder.

The child runs this module: ``python -m facereview.media.process``. A request names a ``path`` and
either how many ``frames`` to spread over it, or ``times`` and ``max_side`` for the frames at some
seconds. What it finds is data and never run, so a file that takes over the decoder cannot run code
in the program.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from facereview.errors import MediaError
from facereview.files import shown
from facereview.media.container import limit_threads
from facereview.media.frames import Frame, VideoReader
from facereview.media.hardware import Device, find
from facereview.media.probe import probe
from facereview.media.sampling import sample
from facereview.own_process import Answer, Answers, Broken, Child, Limits, Why, serve
from facereview.records import VideoInfo

STEP_SECONDS = 120.0
"""How long a video may take from one frame to the next. A 4K film takes some seconds."""

MEMORY = 3 * 2**30
"""Bytes that the process may hold. The largest frame allowed, decoded, takes about 1 GB."""

_AHEAD = 1
"""Frames that wait decoded, beside the one being decoded."""


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
        threads: int = 0,
        kept: int = 1,
        card: bool = False,
    ) -> None:
        """``threads`` decode at most; 0: as many as suit the computer.

        ``kept`` frames may be held at once; more cost a copy each. A ``card`` may decode, see
        :mod:`facereview.media.hardware`.
        """
        self._card = card
        self.on_card = False
        """Whether a card was there for the video that is being looked at, or was last."""
        self._kept = kept
        self._cancelled = cancelled
        self._limits = Limits(step_seconds, memory)
        self._threads = threads
        self._child: Child | None = None
        self._at_work = False
        """Not all answers about the current video have been read yet."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        self._at_work = False
        if child is not None:
            child.end()

    def look(
        self, path: Path, frames: int, *, card: bool = True
    ) -> tuple[VideoInfo, Iterator[Frame]]:
        """What a video says of itself, and at most ``frames`` frames spread over it.

        A video whose frames were not taken to their end is given up. Without ``card`` software
        decodes it in any case.

        Raises:
            MediaError: it cannot be read, took too long or too much memory, or crashed its
                decoder; also from the iterator, after the frames before that.
            Cancelled: it was cancelled.
            OSError: its drive failed.
        """
        self.on_card = False
        self._ask(path, frames=frames, card=card and self._card)
        if card and self._card:
            self.on_card = self._next(path).told["there"]
        answer = self._next(path)
        if answer.kind != "info":
            raise ValueError(f"unexpected answer {answer.kind}")
        return VideoInfo(**answer.told), self._frames(path)

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
        if self._at_work or (self._child is not None and not self._child.alive):
            self.close()
        if self._child is None:
            self._child = Child(
                "facereview.media.process", self._limits, ahead=_AHEAD, kept=self._kept
            )
        self._at_work = True
        try:
            self._child.ask(path=os.fsencode(path).hex(), threads=self._threads, **wanted)
        except Broken as fault:
            raise self._said(path, fault) from fault

    def _frames(self, path: Path) -> Iterator[Frame]:
        while True:
            answer = self._next(path)
            if answer.kind == "done":
                self._at_work = False
                return
            [pixels] = answer.arrays
            yield Frame(pixels, float(answer.told["seconds"]))

    def _next(self, path: Path) -> Answer:
        """The next answer about this video. Raises as :meth:`look`."""
        if self._child is None:
            raise ValueError("no video is being read")
        try:
            answer = self._child.answer(self._cancelled)
        except Broken as fault:
            raise self._said(path, fault) from fault
        if answer.kind == "fault":
            self._at_work = False
            raise (OSError if answer.told["os_error"] else MediaError)(answer.told["sentence"])
        return answer

    def _said(self, path: Path, fault: Broken) -> MediaError:
        self.close()
        limits = self._limits
        match fault.why:
            case Why.SLOW:
                what = (
                    f"gave no picture within {limits.seconds:.0f} s: it is damaged or crafted to "
                    "hang programs; convert it."
                )
            case Why.LARGE:
                what = (
                    f"takes more than {limits.memory // 2**20} MB of memory to decode: convert it "
                    "to a smaller size."
                )
            case Why.GONE:
                what = "crashed its decoder: copy it again from its source or convert it."
        return MediaError(f"The video {shown(path)} {what}")


# ------------------------------------------------------------------------------------ the child


def _handle(out: Answers, request: dict[str, Any]) -> None:
    try:
        limit_threads(request.pop("threads"))
        device = None
        if request.pop("card", False):
            device = find().device
            out.say("card", there=device is not None)
        _read(Path(os.fsdecode(bytes.fromhex(request.pop("path")))), out, device, **request)
        out.say("done")
    except (MediaError, OSError) as fault:
        out.say("fault", sentence=str(fault), os_error=isinstance(fault, OSError))


def _read(
    path: Path,
    out: Answers,
    device: Device | None,
    *,
    frames: int = 0,
    times: Sequence[float] | None = None,
    max_side: int | None = None,
) -> None:
    if times is None:
        out.say("info", **asdict(probe(path)))
    with VideoReader(path, device) as reader:
        asked = (reader.frame_at(seconds, max_side=max_side) for seconds in times or ())
        for frame in sample(reader, frames) if times is None else asked:
            out.say("frame", [frame.pixels], seconds=frame.timestamp)


if __name__ == "__main__":
    serve(_handle)
