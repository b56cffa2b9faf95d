"""One rule per column for every way in which SQLite programs write dates."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from migrate_support import Target

from facereview.errors import Invalid, Remedy
from facereview.migrate.plan.dates import ALIKE, DateRule, Unit, is_likely, microseconds, moment
from facereview.migrate.plan.kinds import Choice, Kind
from facereview.migrate.report import Status, lines
from facereview.migrate.source.arrow import convert, moments

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
    scaled = [int(_fitting(unit, n)) for n in numbers]
    _compare(pa.array(scaled, pa.int64()), scaled, unit)


@given(st.sampled_from(Unit), st.lists(st.floats(-1e9, 4e9), min_size=1))
def test_both_readings_of_fractions_agree(unit: Unit, numbers: list[float]) -> None:
    scaled = [float(_fitting(unit, n)) for n in numbers]
    _compare(pa.array(scaled, pa.float64()), scaled, unit)


def _fitting(unit: Unit, number: float) -> float:
    """A number that is a date in this unit."""
    if unit is Unit.JULIAN:
        return number % 3_000_000 + 1_800_000
    day = date.fromordinal(int(number) % date.max.toordinal() + 1)
    whole = {Unit.YEARS: day.year, Unit.DIGITS: int(f"{day.year}{day:%m%d}")}
    return whole.get(unit, number)


def test_only_two_units_have_likely_dates_in_common() -> None:
    """So that every other column is either of one unit or mixed."""
    with closing(sqlite3.connect(":memory:")) as connection:
        listed = ", ".join(is_likely(unit, "n") for unit in Unit)
        spans = (m * 10**e for e in range(3, 19) for m in range(100, 1000))
        numbers = [*range(-3000, 3000), *spans, *(20_000_101 + n for n in range(9999))]
        for number in (sign * n for n in numbers for sign in (1, -1) if n < 2**63):
            row = connection.execute(f"SELECT {listed} FROM (SELECT ? AS n)", (number,)).fetchone()
            likely = {unit for unit, hit in zip(Unit, row, strict=True) if hit}
            assert len(likely) < 2 or likely == ALIKE, number


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
            ["1704443355123456789", "1704443355123456000"],
            "timestamp without time zone",
            "numbers as unix nanoseconds",
            ["2024-01-05 08:29:15.123456", "2024-01-05 08:29:15.123456"],
        ),
        (["2015", "1999", "NULL"], "date", "numbers as years", ["2015-01-01", "1999-01-01", None]),
        (
            ["20150601", "19991231"],
            "date",
            "numbers as days written yyyymmdd",
            ["2015-06-01", "1999-12-31"],
        ),
        (
            ["'2015-06-01'", "'20150602'"],
            "date",
            "ISO text, UTC unless it says otherwise; numbers as days written yyyymmdd",
            ["2015-06-01", "2015-06-02"],
        ),
        (
            ["13348916955123456", "13348916955000000"],
            "timestamp without time zone",
            "numbers as microseconds since 1601 (WebKit)",
            ["2024-01-05 08:29:15.123456", "2024-01-05 08:29:15"],
        ),
        (
            ["638400401551234560", "638400401550000000"],
            "timestamp without time zone",
            "numbers as ticks of .NET since the year 1",
            ["2024-01-05 08:29:15.123456", "2024-01-05 08:29:15"],
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
    assert any("1 date of t has" in note for note in target.migrated(file).notes)


OF_2023 = (
    "CREATE TABLE m (id INTEGER PRIMARY KEY, at TIMESTAMP)",
    ("INSERT INTO m VALUES (1, 700000000), (2, 700000000.5), (3, NULL)"),
)


@pytest.mark.parametrize("policy", ["stop", "null", "quarantine"])
def test_a_column_that_reads_as_dates_in_two_ways_is_shown_and_stops(
    target: Target, library: Callable[..., Path], policy: str
) -> None:
    report = target.migrate(library(*OF_2023), policy)
    assert report.status is Status.STOPPED and report.exit_code == 1
    assert report.remedy is Remedy.CHOOSE_DATES
    assert "1 date column that can be read in several ways" in report.headline
    text = "\n".join(lines(report))
    assert "unclear dates: m.at, 2 numbers" in text
    assert "unix-s: 700000000 is 1992-03-07 20:26:40" in text
    assert "core-data: 700000000 is 2023-03-08 20:26:40" in text
    assert report.as_dict()["unclear"][0]["readings"][0]["rule"] == "unix-s"
    assert target.contents() == []


@pytest.mark.parametrize(
    ("rule", "kind", "expected"),
    [
        ("unix-s", "timestamp without time zone", "1992-03-07 20:26:40"),
        ("core-data", "timestamp without time zone", "2023-03-08 20:26:40"),
        ("number", "double precision", "700000000"),
    ],
)
def test_the_users_rule_settles_it(
    target: Target, library: Callable[..., Path], rule: str, kind: str, expected: str
) -> None:
    report = target.migrate_dates(library(*OF_2023), f"M.At={rule}")
    assert report.exit_code == 0, report.headline
    assert target.type("m", "at") == kind
    assert target.value("SELECT at::text FROM m WHERE id = 1") == expected


def test_the_users_rule_goes_before_what_is_found(
    target: Target, library: Callable[..., Path]
) -> None:
    """Also where the column was declared for no dates."""
    file = library(
        "CREATE TABLE t (a DATE, b DATE, c INTEGER)",
        "INSERT INTO t VALUES (2015, 2015, 1704443355)",
    )
    assert target.migrate_dates(file, "t.a=text", "t.b=unix-s", "t.c=unix-s").exit_code == 0
    found = target.rows("SELECT a, b::text, c::text FROM t")
    assert found == [("2015", "1970-01-01 00:33:35", "2024-01-05 08:29:15")]


def test_files_of_core_data_are_known_by_their_own_tables(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library("CREATE TABLE Z_METADATA (Z_VERSION INTEGER PRIMARY KEY)", *OF_2023)
    rules = {c.name: c.dates for t in target.migrated(file).tables for c in t.columns}
    assert rules["at"] == "numbers as seconds since 2001 (Core Data)"
    assert target.value("SELECT at::text FROM m WHERE id = 2") == "2023-03-08 20:26:40.5"


def test_years_and_days_in_one_column_stop_as_broken_dates(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library(
        "CREATE TABLE movie (id INTEGER PRIMARY KEY, released DATE)",
        "INSERT INTO movie VALUES (1, '2015-06-01'), (2, '2015'), (3, '20150601'), (4, '2016')",
    )
    report = target.migrate(file)
    assert report.status is Status.STOPPED
    assert [(d.row, d.value) for d in report.defects] == [(3, "20150601")]


@pytest.mark.parametrize("said", ["m.at", "m.at=soon", "at=unix-s", "m.gone=unix-s"])
def test_a_rule_that_cannot_be_meant_is_refused(
    target: Target, library: Callable[..., Path], said: str
) -> None:
    with pytest.raises(Invalid, match=r"cannot be understood|has no column"):
        target.migrate_dates(library(*OF_2023), said)


def test_a_rule_that_the_targets_column_cannot_hold_is_refused(
    target: Target, library: Callable[..., Path]
) -> None:
    file = library("CREATE TABLE videos (id INTEGER PRIMARY KEY, file_path TEXT, created_at INT)")
    with pytest.raises(Invalid, match="created_at is timestamp, which cannot hold text"):
        target.migrate_dates(file, "videos.created_at=text")
