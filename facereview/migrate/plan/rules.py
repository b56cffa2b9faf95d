"""Which values a type refuses, as SQL for SQLite."""

from __future__ import annotations

from facereview.migrate.plan.date_units import CLOCKS, Unit, is_likely, is_valid
from facereview.migrate.plan.kinds import EXACT_DOUBLE, INTEGER_LIMITS, DateRule, Kind
from facereview.migrate.plan.plan import LoadColumn
from facereview.migrate.source.column_survey import Facts
from facereview.migrate.source.schema import quoted

_FLOAT4_MAX = 3.4028235677973366e38  # from here on a REAL overflows
_TODAY = 1_700_000_000
_NAMES = {"integer": "a number", "real": "a fraction", "text": "text", "blob": "bytes"}


def unfit(column: LoadColumn, facts: Facts) -> list[tuple[str, str]]:
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
    counts = {
        "integer": facts.integers,
        "real": facts.reals,
        "text": facts.texts,
        "blob": facts.blobs,
    }
    if kind.is_integer or kind is Kind.BOOLEAN:
        fits = {"integer"}
    elif kind in (Kind.REAL, Kind.DOUBLE):
        fits = {"integer", "real"}
    elif kind is Kind.TEXT:
        fits = {"text", "integer"}
    elif kind is Kind.BYTES:
        fits = {"text", "blob"}
    else:
        fits = {"text", "integer", "real"}
    return [each for each, count in counts.items() if count and each not in fits]


def _ranges(column: LoadColumn, facts: Facts, value: str) -> list[tuple[str, str]]:
    kind = column.choice.kind
    low, high = facts.low_integer or 0, facts.high_integer or 0
    whole = f"typeof({value}) = 'integer'"
    if limit := INTEGER_LIMITS.get(kind):
        if low < -limit or high >= limit:
            span = f"{value} NOT BETWEEN {-limit} AND {limit - 1}"
            return [(f"out of range for {kind}", f"{whole} AND {span}")]
    elif kind is Kind.BOOLEAN and (low < 0 or high > 1):
        return [("neither 0 nor 1 in a boolean column", f"{whole} AND {value} NOT IN (0, 1)")]
    elif kind in (Kind.REAL, Kind.DOUBLE):
        return _floating(kind, facts, value)
    elif kind.is_date and facts.numbers and column.choice.dates:
        return _dates(column.choice.dates, value)
    return []


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
    number = f"typeof({value}) IN ('integer', 'real')"
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
