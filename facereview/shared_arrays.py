"""Large arrays handed from one process of the program to another in memory that both have mapped.

The parent makes a *room* of equal slots; the child writes an array into a free slot and names it.
The parent's array lies in the slot itself, which is free again when nothing refers to the array any
more. The room has no name any longer once the child has mapped it, and the system takes the memory
back when both have ended, however they end.
"""

from __future__ import annotations

import ctypes
import os
import sys
import weakref
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

SMALLEST = 1 << 16
"""Bytes from which an array goes through shared memory: a pipe is faster below."""

_MOST = 1 << 29
"""Bytes of a room; where it does not fit, arrays go through the pipe."""

_SPARE = 4
"""Slots beside those that the parent works on: one that is being written, one that is whole, one on
its way, and one that is just being given back."""


_LINUX = Path("/dev/shm")  # noqa: S108  (where Linux keeps it)


@dataclass(frozen=True, slots=True)
class Place:
    """A slot of a room, whose rooms are numbered."""

    room: int
    slot: int


class Rooms:
    """The parent's rooms for one child. ``told`` are what the child must hear about them."""

    def __init__(self, kept: int) -> None:
        """``kept`` arrays may be held at once without being copied."""
        self._slots = kept + _SPARE
        self._lock = Lock()
        self._room: _Room | None = None
        self._number = 0
        self._ended = False

    def make(self, size: int) -> dict[str, Any] | None:
        """A room for arrays of so many bytes, as the child needs to know it; None: none."""
        with self._lock:
            self._leave()
            if self._ended or size * self._slots > _MOST:
                return None
            memory = _reserved(size * self._slots)
            if memory is None:
                return None
            self._number += 1
            self._room = _Room(memory, self._number, size)
            slots = {"size": size, "slots": self._slots}
            return {"name": memory.name, "room": self._number, **slots}

    def array(self, place: Place, kind: str, shape: Sequence[int]) -> NDArray[Any]:
        """The array that the child put there, a copy where nearly all slots are in use."""
        with self._lock:
            room = self._room
            if room is None or room.number != place.room:
                raise ValueError(f"there is no room {place.room}")
            room.forget_name()
            array = room.array(place, kind, shape)
            return array.copy() if len(room.taken) >= self._slots - 1 else array

    def freed(self) -> list[list[int]]:
        """Room and slot of those that are free since the last call."""
        room, found = self._room, []
        with suppress(IndexError):
            while room is not None:
                found.append([room.number, room.freed.popleft()])
        return found

    def end(self) -> None:
        """The child has ended; arrays that are in use stay."""
        with self._lock:
            self._ended = True
            self._leave()

    def _leave(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            room.forget_name()
            _left.append(room.memory)
        _close_left()


_left: deque[SharedMemory] = deque()
"""Memory of rooms that are not used any more, as long as arrays lie in it."""


def _close_left() -> None:
    for _ in range(len(_left)):
        memory = _left.popleft()
        try:
            memory.close()
        except BufferError:
            _left.append(memory)


def _reserved(size: int) -> SharedMemory | None:
    """Shared memory that is surely there: a page that cannot be had would end who touches it."""
    try:
        memory = SharedMemory(create=True, size=size)
    except OSError:
        return None
    file = _LINUX / memory.name  # elsewhere it is not limited
    try:
        if file.exists():
            with file.open("r+b") as whole:
                os.posix_fallocate(whole.fileno(), 0, size)
    except OSError:
        memory.close()
        memory.unlink()
        return None
    return memory


def _bytes_of(memory: SharedMemory) -> memoryview:
    if memory.buf is None:
        raise ValueError("the shared memory is closed")
    return memory.buf


class _Room:
    """Slots of equal size: those in which arrays lie, and those that became free."""

    def __init__(self, memory: SharedMemory, number: int, size: int) -> None:
        self.memory = memory
        self.number = number
        self.freed: deque[int] = deque()
        self.taken: set[int] = set()
        self._size = size
        self._named = True

    def forget_name(self) -> None:
        """Take its name away, so that nothing stays whatever ends the processes."""
        if self._named:
            self.memory.unlink()
            self._named = False

    def array(self, place: Place, kind: str, shape: Sequence[int]) -> NDArray[Any]:
        """An array in a slot, which is free when nothing refers to the array any more.

        NumPy lets a part of an array refer to what the whole lies in, not to the whole: that is
        what is watched.
        """
        length = int(np.prod(shape, dtype=np.int64)) * np.dtype(kind).itemsize
        if not 0 < length <= self._size:
            raise ValueError(f"{length} bytes in a slot of {self._size}")
        start = place.slot * self._size
        under = (ctypes.c_ubyte * length).from_buffer(_bytes_of(self.memory), start)
        weakref.finalize(under, self._free, place.slot).atexit = False
        self.taken.add(place.slot)
        array: NDArray[Any] = np.frombuffer(memoryview(under), np.dtype(kind))
        return array.reshape(shape)

    def _free(self, slot: int) -> None:
        self.taken.discard(slot)
        self.freed.append(slot)


class Mapped:
    """A room as the child sees it."""

    def __init__(self, name: str, room: int, size: int, slots: int) -> None:
        self.room, self.size = room, size
        self._memory = _attached(name)
        self._free = deque(range(slots))

    def free(self, slot: int) -> None:
        """The parent does not need a slot any more."""
        self._free.append(slot)

    def put(self, array: NDArray[Any]) -> Place | None:
        """Write an array into a slot; None where none is free."""
        try:
            slot = self._free.popleft()
        except IndexError:
            return None
        start = slot * self.size
        into = np.frombuffer(_bytes_of(self._memory), array.dtype, array.size, start)
        np.copyto(into.reshape(array.shape), array)
        return Place(self.room, slot)

    def close(self) -> None:
        """Unmap it."""
        self._memory.close()


def _attached(name: str) -> SharedMemory:
    """Shared memory that the parent made, which alone removes it."""
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    register = resource_tracker.register
    resource_tracker.register = lambda *_: None
    try:
        return SharedMemory(name)
    finally:
        resource_tracker.register = register
