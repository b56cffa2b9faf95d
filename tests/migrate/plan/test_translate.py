"""An expression means the same on both sides, or it is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from facereview.migrate.plan.kinds import Kind
from facereview.migrate.plan.translate import (
    Known,
    NotPortable,
    condition,
    expression,
    select,
)
from facereview.migrate.source.schema import folded

KINDS = {
    "Name": Kind.TEXT,
    "code": Kind.TEXT,
    "n": Kind.INTEGER,
    "m": Kind.INTEGER,
    "flag": Kind.BOOLEAN,
    "at": Kind.TIMESTAMP,
    "ratio": Kind.DOUBLE,
    "meta": Kind.TEXT,
    "tag": Kind.TEXT,
    "pad": Kind.TEXT,
}
COLLATIONS = {"tag": "NOCASE", "pad": "RTRIM"}
KNOWN = {
    folded(name): Known(name, kind, COLLATIONS.get(name, "BINARY")) for name, kind in KINDS.items()
}
ROWS: list[tuple[Any, ...]] = [
    (1, "Anna", "a%b", 1, 0, 1, "2024-01-05 10:00:00", 0.5, "{}", "Red", "x"),
    (2, "anna", "A\\B", 0, 2, 0, "2024-06-01 00:00:00", -1.5, "[1]", "red", "x  "),
    (3, "ÄRGER", "x_y", -3, -2, 1, "2023-12-31 23:59:59", 2.0, "not json", "ÄB", " x"),
    (4, "ärger", "", 7, 3, 0, "2024-01-05 00:00:00", 0.0, "", "äb", ""),
    (5, *[None] * 10),
    (6, "Zoë [x]", "a^b", 5, 1, 1, "2024-01-06 00:00:00", 1e300, '"s"', "b", "y"),
    (7, "_", "x", 100, 7, 0, "2024-01-04 00:00:00", 3.25, "null", "C", "b  "),
]


@pytest.fixture(scope="module")
def sides(server_url: str) -> Iterator[tuple[sqlite3.Connection, psycopg.Connection[Any]]]:
    """The same rows in SQLite and in PostgreSQL."""
    with closing(sqlite3.connect(":memory:")) as here, psycopg.connect(server_url) as there:
        here.execute(
            "CREATE TABLE t (id, Name TEXT, code TEXT, n INTEGER, m INTEGER, flag BOOLEAN, "
            "at DATETIME, ratio REAL, meta TEXT, tag TEXT COLLATE NOCASE, pad TEXT COLLATE RTRIM)"
        )
        here.executemany("INSERT INTO t VALUES (?,?,?,?,?,?,?,?,?,?,?)", ROWS)
        there.execute(
            'CREATE TEMP TABLE t (id int, "Name" text, code text, n int, m int, flag boolean, '
            "at timestamp, ratio float8, meta text, tag text, pad text)"
        )
        with there.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO t VALUES (%s,%s,%s,%s,%s,%s::int::boolean,%s,%s,%s,%s,%s)", ROWS
            )
        yield here, there
        there.rollback()


@pytest.mark.parametrize(
    "text",
    [
        "flag = 1",
        "0 = flag",
        "flag IN (0, 1)",
        "flag <> 0 OR n IS NULL",
        "NOT flag",
        "flag IS 1",
        "flag IS NOT 1",
        "n",
        "NOT n",
        "n AND m",
        "1",
        "n / m > 0",
        "n % m = 1",
        "-n > 2",
        "n BETWEEN 0 AND 6",
        "n NOT BETWEEN 0 AND 6",
        "n NOT IN (1, 7)",
        "n == 1 OR m != 2",
        "name LIKE 'AN%'",
        "name NOT LIKE 'an%'",
        "NAME LIKE 'ä%'",
        "code LIKE 'a\\%'",
        "code LIKE 'a%b'",
        "code LIKE 'x_y'",
        "name GLOB 'A*'",
        "name NOT GLOB '*[a-e]'",
        "name GLOB '*[[]x]'",
        "name GLOB '[^A-Z]*'",
        "code GLOB 'a^b'",
        "code GLOB 'a?b'",
        "name > 'a'",
        "name BETWEEN 'A' AND 'b'",
        "lower(name) = 'anna'",
        "upper(name) = 'ÄRGER'",
        "length(name) > 4",
        "trim(code) <> ''",
        "substr(name, 1, 2) = 'an'",
        "replace(code, 'a', 'b') = 'b%b'",
        "coalesce(name, 'x') = 'x'",
        "ifnull(n, 5) = 5",
        "nullif(n, 1) IS NULL",
        "iif(n > 0, 1, 0) = 1",
        "CASE WHEN n > 0 THEN 'p' ELSE 'q' END = 'p'",
        "abs(n) = 3",
        "name || code = 'annaA\\B'",
        "name IS NOT NULL AND name <> ''",
        "name ISNULL",
        "name NOTNULL",
        "name IS 'anna'",
        "typeof(n) = 'integer'",
        "typeof(name) = 'text'",
        "typeof(ratio) = 'real'",
        "typeof(n) = 'null'",
        "meta IS NULL OR json_valid(meta)",
        "at > '2024-01-04 12:00:00'",
        "at = '2024-01-05 10:00:00'",
        "ratio * 2 >= 1.0",
        "(n, m) = (1, 0)",
        'code = "x"',
        "tag = 'RED'",
        "'red' <> (tag)",
        "tag IN ('RED', 'äb')",
        "tag NOT IN ('RED', 'x')",
        "tag BETWEEN 'B' AND 'Q'",
        "tag > 'B'",
        "tag IS 'RED'",
        "tag IS NULL",
        "CASE tag WHEN 'RED' THEN 1 ELSE 0 END = 1",
        "tag = name COLLATE BINARY OR tag COLLATE BINARY = 'red'",
        "name COLLATE NOCASE = 'ANNA'",
        "name = 'ANNA' COLLATE NOCASE",
        "pad = 'x'",
        "pad IN ('b', 'y ')",
        "n * 2147483647 > 3",
        "-n * 2147483647 < m + 2147483647",
    ],
)
def test_a_condition_holds_for_the_same_rows(
    sides: tuple[sqlite3.Connection, psycopg.Connection[Any]], text: str
) -> None:
    here, there = sides
    expected = here.execute(f"SELECT id FROM t WHERE {text} ORDER BY id").fetchall()
    said = condition(text, KNOWN)
    query = f"SELECT id FROM t WHERE {said} ORDER BY id".encode()
    assert there.execute(query).fetchall() == expected, said
    # a CHECK refuses where the condition is false, and takes NULL
    false = here.execute(f"SELECT id FROM t WHERE NOT ({text}) ORDER BY id").fetchall()
    query = f"SELECT id FROM t WHERE NOT ({said}) ORDER BY id".encode()
    assert there.execute(query).fetchall() == false, said


@pytest.mark.parametrize(
    "text",
    [
        "length(name)",
        "lower(code)",
        "n * 2 + m",
        "n / m",
        "name || '-' || code",
        "coalesce(name, code, '')",
        "CASE WHEN flag THEN n END",
        "substr(name, 2)",
    ],
)
def test_an_expression_gives_the_same_values(
    sides: tuple[sqlite3.Connection, psycopg.Connection[Any]], text: str
) -> None:
    here, there = sides
    expected = here.execute(f"SELECT {text} FROM t ORDER BY id").fetchall()
    query = f"SELECT {expression(text, KNOWN)} FROM t ORDER BY id".encode()
    assert there.execute(query).fetchall() == expected


@pytest.mark.parametrize(
    "text",
    [
        "name REGEXP 'x'",
        "my_function(name) = 1",
        "CAST(name AS INTEGER) > 1",
        "name LIKE code",
        "name LIKE 'a!%' ESCAPE '!'",
        "substr(name, -1) = 'x'",
        "strftime('%Y', at) = '2024'",
        "date(name) > '2024'",
        "round(ratio, 1) = 0.5",
        "name COLLATE unicase = 'anna'",
        "(tag, n) = ('red', 1)",
        "tag IN (SELECT 'red')",
        "nullif(tag, 'RED') IS NULL",
        "n IN (SELECT 1)",
        "random() > 0",
        "n >",
    ],
)
def test_what_would_mean_something_else_is_refused(text: str) -> None:
    with pytest.raises(NotPortable):
        condition(text, KNOWN)


def test_views_keep_their_spelling() -> None:
    said = select(
        "SELECT v.NAME AS TheName, count(*) c FROM T v WHERE v.flag = 1 AND n GROUP BY 1 "
        'ORDER BY "c" DESC',
        KNOWN,
        {"t": "T"},
    )
    assert '"v"."Name" AS "TheName"' in said and '"v"."flag" = TRUE' in said
    assert '"n" <> 0' in said and 'FROM "T" AS "v"' in said and 'ORDER BY "c" DESC' in said


@pytest.mark.parametrize(
    "text",
    [
        "SELECT tag FROM t ORDER BY tag, id LIMIT 4",
        "SELECT name FROM t ORDER BY name COLLATE NOCASE DESC, id LIMIT 3",
        "SELECT max(name), min(code) FROM t",
        "SELECT DISTINCT code FROM t ORDER BY code DESC",
        "SELECT id, n << 40, n >> 1 FROM t",
        "SELECT count(*) FROM t WHERE at < CURRENT_TIMESTAMP AND at < CURRENT_DATE",
        "SELECT id, row_number() OVER (ORDER BY tag, id) FROM t",
    ],
)
def test_a_view_gives_the_same_rows(
    sides: tuple[sqlite3.Connection, psycopg.Connection[Any]], text: str
) -> None:
    here, there = sides
    said = select(text, KNOWN, {"t": "t"})
    assert sorted(map(repr, there.execute(said.encode()).fetchall())) == sorted(
        map(repr, here.execute(text).fetchall())
    ), said


@pytest.mark.parametrize(
    "text",
    [
        "SELECT count(DISTINCT tag) FROM t",
        "SELECT DISTINCT tag FROM t",
        "SELECT tag, count(*) FROM t GROUP BY tag",
        "SELECT min(tag) FROM t",
        "SELECT id FROM t WHERE CURRENT_TIME > '10'",
        "SELECT n << m FROM t",
    ],
)
def test_a_view_that_would_mean_something_else_is_refused(text: str) -> None:
    with pytest.raises(NotPortable):
        select(text, KNOWN, {"t": "t"})


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
def test_the_clock_of_a_view_is_utc_whatever_the_zone(
    sides: tuple[sqlite3.Connection, psycopg.Connection[Any]], zone: str
) -> None:
    there = sides[1]
    said = select("SELECT CURRENT_TIMESTAMP, CURRENT_DATE", {}, {})
    there.execute(f"SET LOCAL TimeZone = '{zone}'".encode())
    utc = "now() AT TIME ZONE 'UTC'"
    wanted = there.execute(f"SELECT {utc}, ({utc})::date".encode()).fetchall()
    assert there.execute(said.encode()).fetchall() == wanted
