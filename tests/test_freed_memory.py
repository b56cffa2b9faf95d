"""Freed memory goes back to the system although small blocks stay among what was freed."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import psutil
from facereview.freed_memory import FreedMemory

def held():
    return psutil.Process().memory_info().rss >> 20

freed = FreedMemory()
large = [bytearray(2 << 20) for _ in range(30)]
before = held()
del large
large_ones = before - held()
blocks = []
for _ in range(500):
    blocks += bytearray(200_000), bytes(600)
del blocks[::2]
before = held()
freed.give_back()
print(large_ones, before - held())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc only")
def test_what_is_free_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True
    )
    large, small = map(int, done.stdout.split())
    assert large > 50, "blocks of 2 MB"
    assert small > 80, "blocks of 200 kB between others that stay"
