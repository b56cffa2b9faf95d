"""How many videos are looked at at once, and what each may use.

On 16 cores, frames a second on the CPU with the zoo pack, 10 videos of 640x360 to 1920x1080: one
process of 16 threads 33, 4 processes of 4 threads 72, 8 of 2 threads 84. With CUDA (H200): one
process 66, 4 118, 8 135, 16 151; more threads in one process 91 at best.

On two cores, processor time of a frame in a scan of 80 of 640x360 and 1280x720, at a load of 20,
the start of processes and loading their models included: one video at a time with 2 threads 77 to
88 ms, 2 processes of 1 thread 113, of 2 threads 112. So a worker has two cores, and on two there
is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import psutil

from facereview.faces.runtime import CPU, default_threads
from facereview.media.process import MEMORY
from facereview.review.scanning.look_process import Share

_THREADS = 2
"""Of a model on the CPU: more wait for each other."""

_ON_CARD = 8
"""Processes that share a graphics card at most: each holds a copy of the models there."""

_USUAL, _USUAL_ON_CARD = 2**30, 3 * 2**30
"""Bytes of the computer's memory that one takes with its decoder and a film of usual size; the
libraries of a card hold the difference."""

_LEAST = 3 * 2**29
"""Bytes that a decoder needs for the largest frames allowed."""


@dataclass(frozen=True, slots=True)
class Workers:
    """``count`` videos at once, each with its share.

    ``apart``: in a process of its own also where it is one at a time, for a window beside it.
    """

    count: int
    share: Share
    apart: bool = False


def choose(
    providers: Sequence[str], asked: int | None = None, *, card: bool = False, apart: bool = False
) -> Workers:
    """As many as suit the cores, the free memory and the provider of the models, or as ``asked``.

    A worker that takes more memory than its share is ended. A ``card`` may decode.
    """
    free = int(psutil.virtual_memory().available)
    workers = fitting(tuple(providers), default_threads(), free, asked)
    return replace(workers, share=replace(workers.share, card=card), apart=apart)


def fitting(providers: tuple[str, ...], cores: int, free: int, asked: int | None = None) -> Workers:
    """As :func:`choose`, for so many cores and bytes."""
    alone = providers[:1] in ((), (CPU,))
    suits = cores // _THREADS if alone else min(cores, _ON_CARD)
    usual = _USUAL if alone else _USUAL_ON_CARD
    count = asked or max(1, min(suits, free // 2 // usual))
    threads = max(1, cores // count)
    memory = max(_LEAST, min(MEMORY, free // count))
    return Workers(count, Share(threads, memory, providers))
