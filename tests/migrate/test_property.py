"""Any schema and any values: whatever goes in comes out equal, or is set aside and named."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from migrate_support import Target

from facereview.migrate.source.schema import quoted

MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
WHOLE = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "INTEGER": WHOLE,
    "TINYINT": st.integers(-5, 5),
    "BOOLEAN": st.integers(0, 1),
    "REAL": FLOATS,
    "NUMERIC": st.one_of(st.integers(-(2**53), 2**53), st.floats(-1e15, 1e15)),
    "TEXT": TEXTS,
    "VARCHAR(3)": TEXTS,
    "BLOB": st.binary(max_size=40),
    "JSON": st.sampled_from(['{"a": 1}', "[]", "null", '"ü"']),
    "": st.one_of(WHOLE, TEXTS),
    "DATE": st.dates().map(str),
    "DATETIME": MOMENTS.map(lambda at: at.isoformat(" ")),
    "TIMESTAMP": MOMENTS.map(lambda at: at.isoformat() + "Z"),
}
# as dates, seconds since 1970 and since 2001 alike: such a column waits for the user's word
UNCLEAR = range(10**8, 10**9)
ANYTHING = st.one_of(
    st.none(),
    WHOLE.filter(lambda number: abs(number) not in UNCLEAR),
    FLOATS.filter(lambda number: not UNCLEAR.start <= abs(number) < UNCLEAR.stop),
    TEXTS,
    st.binary(max_size=20),
    MOMENTS.map(str),
    st.sampled_from(["", "0", "1.0", "2024-02-30", "12:00", "true", "\0", "a\0b", 1704443355]),
)
NAMES = st.one_of(
    st.sampled_from(["order", "user", "Select", "group", "createdAt", 'q"uote', "a b", "émoji 🎬"]),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1)
    .map(lambda name: name.encode()[:40].decode(errors="ignore"))
    .filter(lambda name: name and not name.lower().startswith(("sqlite_", "facereview_"))),
)


@dataclass(frozen=True)
class Made:
    """A table with its rows; ``key`` is how its first column is a key."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: str
    rows: tuple[tuple[Any, ...], ...]

    def statements(self) -> list[tuple[str, tuple[Any, ...]]]:
        """CREATE and INSERTs."""
        listed = [f"{quoted(name)} {kind}" for name, kind in self.columns]
        options = " WITHOUT ROWID" if self.key == "WITHOUT ROWID" else ""
        keyed = f"id INTEGER {'PRIMARY KEY' if self.key else ''}"
        create = f"CREATE TABLE {quoted(self.name)} ({', '.join([keyed, *listed])}){options}"
        marks = ", ".join("?" * (len(self.columns) + 1))
        insert = f"INSERT INTO {quoted(self.name)} VALUES ({marks})"
        return [(create, ()), *((insert, row) for row in self.rows)]


@st.composite
def made(draw: st.DrawFn, *, clean: bool) -> Made:
    """A table of a few columns of any type, with values that fit, or with any."""
    names = draw(st.lists(NAMES, min_size=2, max_size=6, unique_by=str.lower))
    names = [name for name in names if name.lower() != "id"] or ["only"]
    kinds = [draw(st.sampled_from(sorted(VALUES))) for _ in names[1:]]
    row = [st.one_of(st.none(), VALUES[kind]) if clean else ANYTHING for kind in kinds]
    rows = draw(st.lists(st.tuples(*row), max_size=12))
    key = draw(st.sampled_from(["", "PRIMARY KEY", "WITHOUT ROWID"]))
    if key == "WITHOUT ROWID" and {name.lower() for name in names} & {"true", "false"}:
        key = ""  # refused; see test_introspect
    columns = tuple(zip(names[1:], kinds, strict=True))
    numbered = tuple((n, *values) for n, values in enumerate(rows, 1))
    return Made(names[0] if names else "only", columns, key, numbered)


def migrate(target: Target, folder: Path, table: Made, policy: str) -> None:
    """Migrate one table into an empty database, which must agree."""
    file = folder / "library.db"
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as connection:
        for sql, params in table.statements():
            connection.execute(sql, params)
        connection.commit()
    target.clear()
    report = target.migrate(file, policy)
    assert report.agrees, (report.headline, report.groups, report.tables, report.structure)


IN_ONE_DATABASE = settings(
    max_examples=int(os.environ.get("FACEREVIEW_EXAMPLES", "12")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@IN_ONE_DATABASE
@given(table=made(clean=True))
def test_every_value_of_every_type_arrives(target: Target, tmp_path: Path, table: Made) -> None:
    migrate(target, tmp_path, table, "stop")


@pytest.mark.parametrize("policy", ["null", "quarantine"])
@IN_ONE_DATABASE
@given(table=made(clean=False))
def test_whatever_sqlite_lets_in_ends_equal_or_aside(
    target: Target, tmp_path: Path, policy: str, table: Made
) -> None:
    migrate(target, tmp_path, table, policy)
