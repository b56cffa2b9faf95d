"""One rule per column for every way in which SQLite programs write dates."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from legacy_support import Target

from facereview.legacy.convert import convert, moments
from facereview.legacy.kinds import Choice, DateRule, Kind, Unit
from facereview.legacy.values import microseconds, moment

TEXTS = DateRule(texts=True, unit=None)
SHAPES = st.from_regex(
    r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?( ?(Z|z|[+-]\d\d:?\d\d))?)?", fullmatch=True
)
WRITTEN = st.builds(
    lambda at, sign, digits, zone: at.isoformat(sign, "microseconds")[: 26 - digits] + zone,
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)),
    st.sampled_from("T "),
    st.sampled_from([0, 3, 7]),
    st.sampled_from(["", "Z", "+02:00", "-0930", " +01:00"]),
)


def _scalar(text: str) -> datetime | None:
    try:
        return moment(text, TEXTS)
    except ValueError:
        return None


@given(st.lists(st.one_of(SHAPES, WRITTEN, st.text(max_size=30)), min_size=1, max_size=20))
def test_both_readings_of_a_text_agree(texts: list[str]) -> None:
    """The loader's for whole columns, and the proof's for one value."""
    values, unfit, _ = moments(pa.array(texts, pa.string()))
    expected = [_scalar(text) for text in texts]
    assert values.to_pylist() == expected
    marks = unfit.to_pylist() if unfit is not None else [False] * len(texts)
    assert marks == [value is None for value in expected]


@given(st.sampled_from(Unit), st.lists(st.integers(-(10**9), 10**10), min_size=1))
def test_both_readings_of_whole_numbers_agree(unit: Unit, numbers: list[int]) -> None:
    scaled = [n % 3_000_000 + 1_800_000 for n in numbers] if unit is Unit.JULIAN else numbers
    _compare(pa.array(scaled, pa.int64()), scaled, unit)


@given(st.sampled_from(Unit), st.lists(st.floats(-1e9, 4e9), min_size=1))
def test_both_readings_of_fractions_agree(unit: Unit, numbers: list[float]) -> None:
    scaled = [n % 3e6 + 1.8e6 for n in numbers] if unit is Unit.JULIAN else numbers
    _compare(pa.array(scaled, pa.float64()), scaled, unit)


def _compare(array: object, numbers: list[float] | list[int], unit: Unit) -> None:
    choice = Choice(Kind.TIMESTAMP, DateRule(texts=False, unit=unit))
    found = convert([array], choice).values.cast(pa.int64()).to_pylist()
    assert found == [microseconds(number, unit) for number in numbers]


def test_julian_days_are_those_of_sqlite() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for at in ("2024-02-29 23:59:59.999", "1969-12-31 00:00:00", "1858-11-17 12:00:00"):
            (day,) = connection.execute("SELECT julianday(?)", (at,)).fetchone()
            expected = datetime.fromisoformat(at) - datetime(1970, 1, 1)
            assert microseconds(day, Unit.JULIAN) == expected / timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("values", "kind", "rule", "expected"),
    [
        (
            ["'2024-01-05'", "'2024-12-31'"],
            "date",
            "plain dates",
            ["2024-01-05", "2024-12-31"],
        ),
        (
            ["'2024-01-05'", "'2024-01-05T10:00:00.1234567Z'"],
            "timestamp without time zone",
            "ISO text, UTC unless it says otherwise",
            ["2024-01-05 00:00:00", "2024-01-05 10:00:00.123456"],
        ),
        (
            ["1704443355", "0", "-1"],
            "timestamp without time zone",
            "numbers as unix seconds",
            ["2024-01-05 08:29:15", "1970-01-01 00:00:00", "1969-12-31 23:59:59"],
        ),
        (
            ["1704443355123", "-86400000"],
            "timestamp without time zone",
            "numbers as unix milliseconds",
            ["2024-01-05 08:29:15.123", "1969-12-31 00:00:00"],
        ),
        (
            ["1704443355123456"],
            "timestamp without time zone",
            "numbers as unix microseconds",
            ["2024-01-05 08:29:15.123456"],
        ),
        (
            ["1704443355.25"],
            "timestamp without time zone",
            "numbers as unix seconds",
            ["2024-01-05 08:29:15.25"],
        ),
        (
            ["2460314.5", "2460315"],
            "timestamp without time zone",
            "numbers as julian days",
            ["2024-01-05 00:00:00", "2024-01-05 12:00:00"],
        ),
        (
            ["'2024-01-05 08:29'", "1704443355", "1704443355.5"],
            "timestamp without time zone",
            "ISO text, UTC unless it says otherwise; numbers as unix seconds",
            ["2024-01-05 08:29:00", "2024-01-05 08:29:15", "2024-01-05 08:29:15.5"],
        ),
    ],
)
def test_the_rule_is_chosen_from_the_data_and_reported(
    target: Target,
    library: Callable[..., Path],
    values: list[str],
    kind: str,
    rule: str,
    expected: list[str],
) -> None:
    rows = ", ".join(f"({n}, {value})" for n, value in enumerate(values))
    file = library(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATE)", f"INSERT INTO t VALUES {rows}"
    )
    report = target.migrated(file)
    assert report.tables[0].columns[1].dates == rule
    assert target.type("t", "at") == kind
    assert [row[0] for row in target.rows("SELECT at::text FROM t ORDER BY id")] == expected


def test_digits_past_the_microsecond_are_counted(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE t (at DATETIME)",
        "INSERT INTO t VALUES ('2024-01-05 10:00:00.1234567'), ('2024-01-05 10:00:00.1234560')",
    )
    assert any("1 dates of t" in note for note in target.migrated(file).notes)
