"""Arrays in memory that two processes share: written once, never under somebody's hands."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facereview import shared_arrays
from facereview.shared_arrays import Mapped, Rooms

LINUX = Path("/dev/shm")
needs_linux = pytest.mark.skipif(not LINUX.is_dir(), reason="looks where Linux keeps it")

SHAPE = (100, 200, 3)


def numbered(number: int) -> np.ndarray:
    return np.full(SHAPE, number, np.uint8)


def room(rooms: Rooms, size: int = 60_000) -> Mapped:
    made = rooms.make(size)
    assert made is not None
    return Mapped(**made)


def test_a_slot_is_free_when_nothing_refers_to_its_array_any_more() -> None:
    rooms = Rooms(kept=2)
    mapped = room(rooms)
    place = mapped.put(numbered(7))
    assert place is not None
    array = rooms.array(place, "|u1", SHAPE)
    part = array[10:20, ::-1]
    assert not array.flags.owndata
    del array
    assert rooms.freed() == []
    assert (part == 7).all()
    del part
    assert rooms.freed() == [[place.room, place.slot]]
    mapped.close()
    rooms.end()


def test_arrays_that_are_kept_are_copied_before_the_slots_run_out() -> None:
    rooms = Rooms(kept=2)
    mapped = room(rooms)
    held = []
    for number in range(20):
        for _, slot in rooms.freed():
            mapped.free(slot)
        place = mapped.put(numbered(number))
        assert place is not None
        held.append(rooms.array(place, "|u1", SHAPE))
    assert [int(array[50, 50, 0]) for array in held] == list(range(20))
    assert sum(array.flags.owndata for array in held) == 16
    mapped.close()
    rooms.end()
    assert [int(array[50, 50, 0]) for array in held] == list(range(20))


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where the memory that is made lies while it has a name."""
    made: list[Path] = []

    def make(*name: Any, **how: Any) -> SharedMemory:
        memory = SharedMemory(*name, **how)
        assert (LINUX / memory.name).exists()
        if not name:
            made.append(LINUX / memory.name)
        return memory

    monkeypatch.setattr(shared_arrays, "SharedMemory", make)
    return made


@needs_linux
def test_nothing_is_left_behind(files: list[Path]) -> None:
    rooms = Rooms(kept=1)
    told = rooms.make(60_000)
    assert told is not None
    mapped = Mapped(**told)
    place = mapped.put(numbered(3))
    assert place is not None
    array = rooms.array(place, "|u1", SHAPE)
    assert not files[0].exists()  # no name any more, though it is in use
    assert rooms.make(120_000) is not None
    mapped.close()
    rooms.end()
    assert (array == 3).all()
    assert len(files) == 2
    assert not any(file.exists() for file in files)
    assert rooms.make(1000) is None


@needs_linux
def test_memory_that_cannot_be_had_is_not_promised(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    assert Rooms(kept=1).make(60_000) is None
    assert len(files) == 1
    assert not files[0].exists()
    monkeypatch.setattr(shared_arrays, "_MOST", 200_000)
    assert Rooms(kept=1).make(60_000) is None
    assert len(files) == 1


@pytest.mark.parametrize("shape", [(0,), (60_001,), (100, 200, 4)])
def test_an_array_that_is_no_slot_is_refused(shape: tuple[int, ...]) -> None:
    rooms = Rooms(kept=1)
    mapped = room(rooms)
    place = mapped.put(numbered(1))
    assert place is not None
    with pytest.raises(ValueError, match="bytes in a slot of"):
        rooms.array(place, "|u1", shape)
    mapped.close()
    rooms.end()


KILLED = """
import os, sys
from facereview.shared_arrays import Rooms
rooms = Rooms(1)
print(rooms.make(60_000)["name"], flush=True)
os.kill(os.getpid(), 9)
"""


@needs_linux
def test_a_killed_program_leaves_no_memory() -> None:
    done = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, check=False)
    name = done.stdout.decode().strip()
    assert name
    end = time.monotonic() + 20
    while (LINUX / name).exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not (LINUX / name).exists()
