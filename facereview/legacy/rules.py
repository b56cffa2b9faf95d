"""Which values a type refuses, said in SQLite's own SQL so that it finds them itself."""

from __future__ import annotations

from facereview.legacy.kinds import (
    EXACT_DOUBLE,
    INTEGER_LIMITS,
    JULIAN_YEAR_1,
    JULIAN_YEAR_10000,
    MICROSECONDS,
    Kind,
    Unit,
)
from facereview.legacy.plan import LoadColumn
from facereview.legacy.schema import quoted
from facereview.legacy.survey import Facts

_FLOAT4_MAX = 3.4028235677973366e38  # from here on a REAL overflows
_YEAR_1, _YEAR_10000 = -62_135_596_800, 253_402_300_800
_NAMES = {"integer": "a number", "real": "a fraction", "text": "text", "blob": "bytes"}
# numbers of a larger unit among those of a smaller: read wrongly, they would be days of early 1970
_SECONDS = (100_000_000, 5_000_000_000)
_COARSER = {
    Unit.MILLISECONDS: [_SECONDS],
    Unit.MICROSECONDS: [_SECONDS, (_SECONDS[0] * 1000, _SECONDS[1] * 1000)],
}
_JULIAN_AMONG_SECONDS = (2_378_496.5, 2_488_069.5)


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
        return _dates(column.choice.dates.unit or Unit.SECONDS, value)
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


def _dates(unit: Unit, value: str) -> list[tuple[str, str]]:
    number = f"typeof({value}) IN ('integer', 'real')"
    if unit is Unit.JULIAN:
        span = f"NOT ({value} >= {JULIAN_YEAR_1} AND {value} < {JULIAN_YEAR_10000})"
        return [("a broken date: no julian day", f"{number} AND {span}")]
    factor = 1_000_000 // MICROSECONDS[unit]
    span = f"NOT ({value} >= {_YEAR_1 * factor} AND {value} < {_YEAR_10000 * factor})"
    found = [("a broken date: out of range", f"{number} AND {span}")]
    if unit is Unit.SECONDS:
        low, high = _JULIAN_AMONG_SECONDS
        test = f"typeof({value}) = 'real' AND {value} BETWEEN {low} AND {high}"
        found.append(("a broken date: a julian day among unix seconds", test))
    for low, high in _COARSER.get(unit, []):
        reason = f"a broken date: too small a number among {unit}"
        found.append((reason, f"{number} AND {value} BETWEEN {low} AND {high}"))
    return found
