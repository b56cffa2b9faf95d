"""Fails every test that leaves a process which has ended and for which nobody waited.

Such a zombie keeps its number, and whoever looks at the children of this process meets it: here
the test that left it is named, not the one that meets it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

_PATIENCE = 20.0
"""Seconds for a thread that waits for the process to be given the processor."""


def zombie() -> int | None:
    """A child of this process that has ended and stays for nobody waits for it."""
    end = time.monotonic() + _PATIENCE
    while (pid := _ended()) and time.monotonic() < end:
        time.sleep(0.01)
    return pid


def _ended() -> int | None:
    if not hasattr(os, "waitid"):
        return None
    with suppress(ChildProcessError):
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return found.si_pid if found else None
    return None


@pytest.fixture(autouse=True)
def ended_processes() -> Iterator[None]:
    """Every process of a test is waited for when its other fixtures have ended."""
    yield
    if pid := zombie():
        name = psutil.Process(pid).name()
        os.waitpid(pid, 0)  # the next test must not be blamed for it
        pytest.fail(f"nobody waited for {name} ({pid})")
