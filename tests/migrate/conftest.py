"""SQLite files to migrate, and empty databases to migrate them to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from migrate_support import Target, make_library


@pytest.fixture
def library(tmp_path: Path) -> Callable[..., Path]:
    """Make an SQLite file out of statements."""
    return lambda *statements: make_library(tmp_path / "library.db", *statements)


@pytest.fixture
def target(new_database: Callable[..., str]) -> Iterator[Target]:
    """An empty database."""
    url = new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        yield Target(url, connection)


@pytest.fixture
def legacy_db(data: Path) -> Path:
    """The library of the shape and size that the migration guide describes."""
    return data / "legacy.db"
