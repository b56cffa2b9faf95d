"""Fails every test that leaves an SQLite connection open.

Python closes a forgotten connection whenever it collects garbage, and from 3.13 on it warns then,
in whatever test happens to run: here the test that forgot it is named, on every version.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

_open: dict[int, str] = {}
_plain_connect = sqlite3.connect


class TrackedConnection(sqlite3.Connection):
    """A connection that is known as long as it is open."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _open[id(self)] = str(args[0] if args else kwargs["database"])

    def close(self) -> None:
        super().close()
        _open.pop(id(self), None)


def _connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
    made: sqlite3.Connection = _plain_connect(*args, **{"factory": TrackedConnection, **kwargs})
    return made


@pytest.fixture(autouse=True, scope="session")
def tracked_connections() -> Iterator[None]:
    """Every connection made through ``sqlite3.connect`` is tracked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", _connect)
        yield


@pytest.fixture(autouse=True)
def closed_connections(tracked_connections: None) -> Iterator[None]:
    """What a test opened is closed when its other fixtures have ended."""
    before = set(_open)
    yield
    left = [file for key, file in _open.items() if key not in before]
    for key in set(_open) - before:
        del _open[key]
    assert not left, f"never closed: {', '.join(left)}"
