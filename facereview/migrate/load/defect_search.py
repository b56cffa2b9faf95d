"""Finds what PostgreSQL would refuse, before anything is written to it.

Types are checked by SQL inside SQLite; texts and dates, which SQLite does not check, in batches.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from facereview.migrate.load.defects import Defects, first
from facereview.migrate.plan.dates import CLOCKS, DateRule, Unit, is_likely, is_number, is_valid
from facereview.migrate.plan.kinds import EXACT_DOUBLE, INTEGER_LIMITS, TRUTHS, Choice, Kind
from facereview.migrate.plan.plan import LoadColumn, Plan, TablePlan
from facereview.migrate.plan.translate import NotPortable, columns_of
from facereview.migrate.source.arrow import ArrowReader, Class, are_clean, batch_rows, convert
from facereview.migrate.source.schema import Facts, Family, ForeignKey, folded, quoted
from facereview.migrate.source.snapshot import ATTACHED, attachment, connect

_INVALID, _NUL, _BROKEN = "invalid UTF-8", "a NUL character in text", "a broken date"
_FLOAT4_MAX = 3.4028235677973366e38  # from here on a REAL overflows
_TODAY = 1_700_000_000
_NAMES = {"integer": "a number", "real": "a fraction", "text": "text", "blob": "bytes"}

_THREADS = 2


def find_unfit(
    folder: Path, plan: Plan, defects: Defects, on_rows: Callable[[int], None]
) -> dict[str, int]:
    """Note the values that do not fit; per table, how many dates lose digits past microseconds.

    SQLite and Arrow leave Python's lock while they work, so two threads use two cores.
    """

    def look(table: TablePlan) -> int:
        with closing(connect(folder)) as connection:
            _values(connection, table, defects)
            _nulls(connection, table, defects)
            _checks(connection, table, defects)
        return _texts(folder, table, defects, on_rows)

    largest_first = sorted(plan.tables, key=lambda table: -table.survey.rows)
    with ThreadPoolExecutor(_THREADS) as pool:
        counts = pool.map(look, largest_first)
        return {t.name: count for t, count in zip(largest_first, counts, strict=True) if count}


def find_orphans(folder: Path, plan: Plan, defects: Defects) -> None:
    """Note foreign keys that point to no row, or to one that is set aside, until none is left."""
    pointing = [table for table in plan.tables if table.source.foreign_keys]
    with ThreadPoolExecutor(_THREADS) as pool:
        whole = set(pool.map(lambda table: _whole(folder, plan, table), pointing))
    with closing(connect(folder)) as connection:
        connection.execute(attachment(folder))
        touched = {table.source.name for table in plan.tables}
        aside: set[str] = {t for t in touched if defects.set_aside(t)}
        while touched:
            touched = {
                table.source.name
                for table in pointing
                for key in table.source.foreign_keys
                if key.target in touched
                and (table.source.name not in whole or aside & {key.target, table.source.name})
                and _orphans(connection, plan, table, key, defects)
                and defects.set_aside(table.source.name)
            }
            aside |= touched


def _whole(folder: Path, plan: Plan, table: TablePlan) -> str | None:
    """The table's name if SQLite's own check, much quicker than ours, finds nothing in it.

    SQLite's takes the case of letters as the columns pointed to do.
    """
    for key in table.source.foreign_keys:
        parent = plan.table(key.target)
        columns = map(parent.source.column, key.target_columns) if parent else ()
        if any(column.collation != "BINARY" for column in columns):
            return None
    sql = f"PRAGMA foreign_key_check({quoted(table.source.name)})"
    with closing(connect(folder)) as connection, suppress(sqlite3.Error):
        return table.source.name if connection.execute(sql).fetchone() is None else None
    return None


def _values(connection: sqlite3.Connection, table: TablePlan, defects: Defects) -> None:
    for column in table.loaded:
        for reason, predicate in _unfit(column, table.survey.facts[column.source]):
            found = _rows(connection, table, first(column), predicate)
            defects.add(table, column.source, reason, found)


def _nulls(connection: sqlite3.Connection, table: TablePlan, defects: Defects) -> None:
    for column in table.columns:
        facts = table.survey.facts[column.source]
        if column.not_null and facts.present < table.survey.rows:
            # SQLite optimises IS NULL to false for a column that is declared NOT NULL
            missing = f"typeof({quoted(column.source)}) = 'null'"
            found = _rows(connection, table, "NULL", missing)
            defects.add(table, column.source, "NULL where a value is needed", found)


def _checks(connection: sqlite3.Connection, table: TablePlan, defects: Defects) -> None:
    for check in table.source.checks:
        try:
            named = columns_of(check.expression)
            found = _rows(connection, table, "NULL", f"NOT ({check.expression})")
        except (sqlite3.Error, NotPortable):
            continue  # it is not carried over either, and reported as that
        to_blame = [c.name for c in table.source.columns if folded(c.name) in named]
        column = to_blame[0] if len(to_blame) == 1 else None
        defects.add(table, column, f"against CHECK ({check.expression[:80]})", found)


def _rows(
    connection: sqlite3.Connection, table: TablePlan, value: str, predicate: str
) -> Iterable[tuple[int, object]]:
    sql = f"SELECT {table.source.row}, {value} FROM {table.source.origin} WHERE {predicate}"
    return connection.execute(sql)


def _orphans(
    connection: sqlite3.Connection,
    plan: Plan,
    table: TablePlan,
    key: ForeignKey,
    defects: Defects,
) -> int:
    """Note the orphans of one foreign key; how many were not known yet."""
    parent = plan.table(key.target)
    if parent is None or not key.target_columns:
        return 0
    column = (table.nullable(key.columns) or key.columns)[0]
    pairs = zip(key.target_columns, key.columns, strict=True)
    same = " AND ".join(_same(parent, theirs, mine) for theirs, mine in pairs)
    given = " AND ".join(f"c.{quoted(mine)} IS NOT NULL" for mine in key.columns)
    value = " || ', ' || ".join(f"c.{quoted(mine)}" for mine in key.columns)
    gone = f"SELECT row FROM {ATTACHED}.defect WHERE action = 'quarantine' AND tbl ="
    sql = (
        f"SELECT c.{table.source.row}, {value} FROM {_named(table, 'c', indexed=False)} "
        f"WHERE {given} AND c.{table.source.row} NOT IN ({gone} ?) AND NOT EXISTS ("
        f"SELECT 1 FROM {_named(parent, 'p', indexed=True)} WHERE {same} "
        f"AND p.{parent.source.row} NOT IN ({gone} ?))"
    )
    found = connection.execute(sql, (table.source.name, key.target)).fetchall()
    reason = f"points to no row of {key.target}"
    return defects.add(table, column, reason, found)


def _same(parent: TablePlan, theirs: str, mine: str) -> str:
    """Equal as PostgreSQL has it: the collation finds the row in an index, the bytes decide."""
    equal = f"p.{quoted(theirs)} = c.{quoted(mine)}"
    if parent.source.column(theirs).collation == "BINARY":
        return equal
    return f"{equal} AND p.{quoted(theirs)} COLLATE BINARY = c.{quoted(mine)}"


def _named(table: TablePlan, alias: str, *, indexed: bool) -> str:
    """The table under a short name; a look-up by key needs the table's indexes."""
    source = table.source
    if source.has_row_ids:
        return f"{quoted(source.name)} AS {alias}{'' if indexed else ' NOT INDEXED'}"
    is_numbered = source.origin.startswith("(")
    return f"{source.origin.rsplit(' AS ', 1)[0] if is_numbered else source.origin} AS {alias}"


def _texts(folder: Path, table: TablePlan, defects: Defects, on_rows: Callable[[int], None]) -> int:
    """Find texts and dates that PostgreSQL would refuse; how many dates lose digits."""
    columns = [column for column in table.loaded if _needs_look(table, column)]
    settled = [c for c in table.loaded if c not in columns and c.choice.kind.is_date]
    cut = sum(table.survey.facts[column.source].cut for column in settled)
    if not columns:
        on_rows(table.survey.rows)
        return cut
    values = [(table.source.row, Class.INTEGER)]
    for column in columns:
        name = quoted(column.source)
        facts = table.survey.facts[column.source]
        is_plain = facts.texts == facts.present
        only = name if is_plain else f"CASE typeof({name}) WHEN 'text' THEN {name} END"
        values.append((only, Class.TEXT))
    size = batch_rows(table.survey.longest, len(values))
    with ArrowReader(folder) as reader:
        for batch in reader.batches(values, f"FROM {table.source.origin}", size):
            for place, column in enumerate(columns, 1):
                cut += _check(table, column, batch.column(0), batch.column(place), defects)
            on_rows(batch.num_rows)
    return cut


def _needs_look(table: TablePlan, column: LoadColumn) -> bool:
    """Whether the fast check has not settled it: it found something, or assumed another type."""
    kind, facts = column.choice.kind, table.survey.facts[column.source]
    if not facts.texts or not (kind is Kind.TEXT or kind.is_date):
        return False
    family = table.source.column(column.source).family
    settled = kind is Kind.TEXT or (
        family in (Family.DATE, Family.TIMESTAMP)
        and (kind is Kind.TIMESTAMP or facts.dates == facts.texts)
    )
    return facts.unclean or not settled


def _check(table: TablePlan, column: LoadColumn, rows: Any, texts: Any, defects: Defects) -> int:
    for reason, bad in _bad_texts(texts):
        defects.add(table, column.source, reason, _marked(rows, texts, bad))
        kept = pc.if_else(pa.array(bad), None, texts.cast(pa.binary()))
        texts = kept.cast(pa.string())
    if not column.choice.kind.is_date:
        return 0
    found = convert([texts], Choice(column.choice.kind, DateRule(True, None)))
    if found.unfit is not None and pc.any(found.unfit).as_py():
        bad = np.asarray(found.unfit.fill_null(False))
        defects.add(table, column.source, _BROKEN, _marked(rows, texts, bad))
    return found.rounded


def _bad_texts(texts: Any) -> Iterator[tuple[str, Any]]:
    """Check the whole batch first; values are checked one by one only in a bad batch."""
    if are_clean(texts):
        return
    plain = [value or b"" for value in texts.cast(pa.binary()).to_pylist()]
    invalid = np.array([not _is_utf8(value) for value in plain])
    if invalid.any():
        yield _INVALID, invalid
    nul = np.array([b"\0" in value and _is_utf8(value) for value in plain])
    if nul.any():
        yield _NUL, nul


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _marked(rows: Any, texts: Any, bad: Any) -> Iterator[tuple[int, object]]:
    values = texts.cast(pa.binary())
    for place in np.flatnonzero(bad):
        yield rows[int(place)].as_py(), values[int(place)].as_py()


def _unfit(column: LoadColumn, facts: Facts) -> list[tuple[str, str]]:
    """(reason, predicate) pairs that may be true for values of this column; none where all fit."""
    value, kind = quoted(column.source), column.choice.kind
    found = [
        (f"{_NAMES[each]} in {_article(kind)} column", f"typeof({value}) = '{each}'")
        for each in _foreign(kind, facts)
    ]
    found += _ranges(column, facts, value)
    if column.limit is not None and facts.texts:
        found.append(
            (f"longer than {column.limit} characters", f"length({value}) > {column.limit}")
        )
    return found


def _article(kind: Kind) -> str:
    word = {Kind.BYTES: "bytes", Kind.TIMESTAMP: "date", Kind.DOUBLE: "number"}.get(kind, str(kind))
    if kind.is_integer:
        word = "integer"
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _foreign(kind: Kind, facts: Facts) -> list[str]:
    """Storage classes that occur and do not belong."""
    if kind.is_integer:
        fits = {"integer"}
    elif kind is Kind.BOOLEAN:
        fits = {"integer", "text"}
    elif kind in (Kind.REAL, Kind.DOUBLE):
        fits = {"integer", "real"}
    elif kind is Kind.TEXT:
        fits = {"text", "integer"}
    elif kind is Kind.BYTES:
        fits = {"text", "blob"}
    else:
        fits = {"text", "integer", "real"}
    return [each for each in _NAMES if getattr(facts, f"{each}s") and each not in fits]


def _ranges(column: LoadColumn, facts: Facts, value: str) -> list[tuple[str, str]]:
    kind = column.choice.kind
    low, high = facts.low_integer or 0, facts.high_integer or 0
    whole = f"typeof({value}) = 'integer'"
    if limit := INTEGER_LIMITS.get(kind):
        if low < -limit or high >= limit:
            span = f"{value} NOT BETWEEN {-limit} AND {limit - 1}"
            return [(f"out of range for {kind}", f"{whole} AND {span}")]
    elif kind is Kind.BOOLEAN:
        return _truths(facts, value)
    elif kind in (Kind.REAL, Kind.DOUBLE):
        return _floating(kind, facts, value)
    elif kind.is_date and facts.numbers and column.choice.dates:
        return _dates(column.choice.dates, value)
    return []


def _truths(facts: Facts, value: str) -> list[tuple[str, str]]:
    found = []
    if (facts.low_integer or 0) < 0 or (facts.high_integer or 0) > 1:
        span = f"typeof({value}) = 'integer' AND {value} NOT IN (0, 1)"
        found.append(("neither 0 nor 1 in a boolean column", span))
    if facts.texts:
        words = ", ".join(f"'{word}'" for word in TRUTHS)
        other = f"typeof({value}) = 'text' AND lower({value}) NOT IN ({words})"
        found.append(("text in a boolean column", other))
    return found


def _floating(kind: Kind, facts: Facts, value: str) -> list[tuple[str, str]]:
    found = []
    low, high = facts.low_integer or 0, facts.high_integer or 0
    if low < -EXACT_DOUBLE or high > EXACT_DOUBLE:
        span = f"{value} NOT BETWEEN {-EXACT_DOUBLE} AND {EXACT_DOUBLE}"
        found.append(
            (f"out of range for an exact {kind}", f"typeof({value}) = 'integer' AND {span}")
        )
    if kind is Kind.REAL:
        # an infinity stays one
        span = f"abs({value}) >= {_FLOAT4_MAX!r} AND abs({value}) < 9e999"
        found.append(("out of range for real", f"typeof({value}) = 'real' AND {span}"))
    return found


def _dates(rule: DateRule, value: str) -> list[tuple[str, str]]:
    """Numbers that are no dates in the column's unit, or rather dates in another."""
    if rule.unit is None or rule.unclear:
        return []
    number = is_number(value)
    if rule.unlikely:
        reason = "a broken date: a number that no rule reads as a likely date"
        return [(reason, f"{number} AND {value} <> 0")]
    found = []
    mine = is_likely(rule.unit, value)
    for other in rule.others:
        test = f"{number} AND NOT {mine} AND {is_likely(other, value)}"
        found.append((f"a broken date: {_one_of(other, rule.unit)} among {rule.unit}", test))
    beyond = f"{number} AND NOT {is_valid(rule.unit, value)}"
    return [*found, (f"a broken date: out of range for {rule.unit}", beyond)]


def _one_of(other: Unit, unit: Unit) -> str:
    """A number of another unit, for people."""
    if other in CLOCKS and unit in CLOCKS:
        is_small = CLOCKS[other].of(_TODAY) < CLOCKS[unit].of(_TODAY)
        return f"too {'small' if is_small else 'large'} a number"
    words = {Unit.JULIAN: "a julian day", Unit.YEARS: "a year", Unit.DIGITS: "a day as yyyymmdd"}
    return words.get(other, f"one of {other}")
