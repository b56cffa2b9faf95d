"""Schemas that real programs make, with odd rows in every table, arrive whole.

`tests/bench/real_world.py` does the same with over thirty programs as the package index has them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from migrate_support import Target
from plain_sides import differences, fill, tables

SCHEMAS = sorted((Path(__file__).parent / "schemas").glob("*.sql"))


@pytest.fixture(params=SCHEMAS, ids=lambda schema: schema.stem)
def program(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A program's file, with rows."""
    file = tmp_path / "program.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(request.param.read_text("utf-8"))
    fill(file)
    return file


def test_every_table_has_rows(program: Path) -> None:
    with closing(sqlite3.connect(program)) as connection:
        for table in tables(connection):
            assert connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() >= (1,), table


def test_it_arrives_whole(target: Target, program: Path) -> None:
    report = target.migrated(program)
    assert report.proven and not report.defect_count
    assert differences(program, target.url) == []


def test_what_differs_is_found_from_outside(target: Target, program: Path) -> None:
    target.migrated(program)
    with closing(sqlite3.connect(program)) as connection:
        table = tables(connection)[0]
        connection.execute(
            f'DELETE FROM "{table}" WHERE rowid = (SELECT max(rowid) FROM "{table}")'
        )
        connection.commit()
    [difference] = differences(program, target.url)
    assert difference.endswith("is only there")
