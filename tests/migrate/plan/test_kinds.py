"""The declared type says which numbers a column is for, however small those are that it holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from migrate_support import Target

WORDS = {
    "LONG": "bigint",
    "INT64": "bigint",
    "UINT8": "integer",
    "UINT32": "bigint",
    "UNSIGNED": "bigint",
    "INT UNSIGNED": "bigint",
    "TINYINT UNSIGNED": "integer",
    "UNSIGNED BIG INT": "bigint",
    "BIGINT": "bigint",
    "bigint(20)": "bigint",
    "INT8": "bigint",
    "INTEGER": "integer",
    "INT": "integer",
    "SMALLINT": "integer",
    "YEAR": "integer",
    "YEAR(4)": "integer",
    "BIT": "integer",
    "SERIAL": "integer",
    "BIGSERIAL": "bigint",
    "INTEGER DEFAULT 5000000000": "bigint",
    "INTEGER DEFAULT (-5000000000)": "bigint",
    "INTEGER DEFAULT 7": "integer",
}


@pytest.mark.parametrize("value", ["1", "NULL"])
def test_words_for_whole_numbers_give_them_their_width(
    target: Target, library: Callable[..., Path], value: str
) -> None:
    """Also where the column is empty."""
    columns = ", ".join(f"c{n} {word}" for n, word in enumerate(WORDS))
    values = ", ".join([value] * len(WORDS))
    target.migrated(library(f"CREATE TABLE t ({columns})", f"INSERT INTO t VALUES ({values})"))
    found = {word: target.type("t", f"c{n}") for n, word in enumerate(WORDS)}
    assert found == WORDS
    if value == "1":
        assert target.rows("SELECT * FROM t") == [(1,) * len(WORDS)]


def test_what_is_no_number_stays_what_it_is(target: Target, library: Callable[..., Path]) -> None:
    """Under names that ask for numbers only by their affinity, or by letters in them."""
    file = library(
        "CREATE TABLE t (a BIT, b POINT, c YEAR, d POINT, e JSON, f LONG)",
        "INSERT INTO t VALUES ('0110x', '1,2', 1999.5, 3, 123, x'00')",
    )
    target.migrated(file)
    kinds = [target.type("t", column) for column in "abcdef"]
    assert kinds == ["text", "text", "double precision", "integer", "text", "bytea"]
    assert target.rows("SELECT * FROM t") == [("0110x", "1,2", 1999.5, 3, "123", b"\0")]


def test_both_ends_of_a_key_have_the_declared_width(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE p (id BIGINT PRIMARY KEY)",
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p)",
        "INSERT INTO p VALUES (1)",
        "INSERT INTO c VALUES (1, 1)",
    )
    target.migrated(file)
    assert (target.type("p", "id"), target.type("c", "p")) == ("bigint", "bigint")
