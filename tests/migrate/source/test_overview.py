"""Texts in UTF-16 and tables of many columns are read like any other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from migrate_support import Target


@pytest.mark.parametrize("encoding", ["UTF-16le", "UTF-16be"])
def test_utf16_arrives(target: Target, library: Callable[..., Path], encoding: str) -> None:
    file = library(
        f"PRAGMA encoding = '{encoding}'",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, \"näme\" TEXT, b BLOB, e TEXT DEFAULT 'dé', "
        "n INTEGER)",
        "INSERT INTO t VALUES (1, '日本 é 😀', x'00ff', 'a', 1), "
        "(2, '', 'in bytes ü', NULL, 'bad')",
        'CREATE INDEX "ïdx" ON t ("näme")',
        'CREATE VIEW v AS SELECT "näme", e FROM t',
    )
    report = target.migrated(file, "null")
    assert not report.losses
    assert target.rows('SELECT "näme", b FROM t ORDER BY id') == [
        ("日本 é 😀", b"\0\xff"),
        ("", "in bytes ü".encode()),
    ]
    assert target.value("INSERT INTO t (id) VALUES (3) RETURNING e") == "dé"
    assert [defect.value for defect in report.defects] == ["bad"]


def test_keys_too_long_are_found_in_utf16(target: Target, library: Callable[..., Path]) -> None:
    """What is short in UTF-16 may be too long in UTF-8, which PostgreSQL has."""
    long = "".join(chr(0x4E00 + number * 37 % 20_000) for number in range(1_200))
    file = library(
        "PRAGMA encoding = 'UTF-16le'",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, k TEXT UNIQUE)",
        ("INSERT INTO t VALUES (1, ?)", (long,)),
    )
    assert len(long.encode("utf-16-le")) < 2_600 < len(long.encode())
    report = target.migrated(file, "null")
    assert [defect.reason for defect in report.defects] == ["longer than an index entry may be"]


@pytest.mark.parametrize("count", [1_001, 1_500])
def test_many_columns_arrive(target: Target, library: Callable[..., Path], count: int) -> None:
    columns = ", ".join(f"c{number} TEXT" for number in range(count))
    values = ", ".join("NULL" if number % 5 else f"'{number}'" for number in range(count))
    file = library(f"CREATE TABLE t ({columns})", f"INSERT INTO t VALUES ({values})")
    target.migrated(file)
    assert target.rows("SELECT c0, c1, c1000 FROM t") == [("0", None, "1000")]
