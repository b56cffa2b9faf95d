"""Conversion of single SQLite values under a column's type, in plain Python.

The loader implements the same rules for whole columns (:mod:`.convert`); the verification uses
these, so that a bug in one shows as a difference.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

from facereview.migrate.plan.date_units import CLOCKS, Unit
from facereview.migrate.plan.kinds import DateRule

EPOCH = datetime(1970, 1, 1)
_DAY_MS = 86_400_000
_JULIAN_EPOCH_MS = 210_866_760_000_000
_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)\s*([Zz]|[+-]\d\d:?\d\d)?)?"
)


def moment(value: str | float, rule: DateRule) -> datetime:
    """A date or time as it goes into a TIMESTAMP, which is UTC.

    Raises:
        ValueError: the value is no date under this rule.
    """
    if isinstance(value, str):
        return _text(value)
    try:
        return EPOCH + timedelta(microseconds=microseconds(value, rule.unit))
    except OverflowError as fault:
        raise ValueError("out of range") from fault


def microseconds(value: float, unit: Unit | None) -> int:
    """Microseconds since 1970 of a number in a date column.

    A julian day is exact to the millisecond, as SQLite itself computes it; digits of a whole
    number past the microsecond are cut off.

    Raises:
        ValueError: there is no unit, or no such day.
    """
    if unit is None:
        raise ValueError("no unit")
    if clock := CLOCKS.get(unit):
        if isinstance(value, int):
            return value * clock.many // clock.few + clock.start * 1_000_000
        return round(value * clock.many / clock.few) + clock.start * 1_000_000
    if unit is Unit.JULIAN:
        return (int(value * _DAY_MS + 0.5) - _JULIAN_EPOCH_MS) * 1000
    number = int(value)
    parts = (number, 1, 1)
    if unit is Unit.DIGITS:
        parts = (number // 10_000, number // 100 % 100, number % 100)
    return (datetime(*parts) - EPOCH) // timedelta(microseconds=1)


def _text(value: str) -> datetime:
    """ISO 8601 as SQLite writes it; digits past the microsecond are cut off."""
    found = _ISO.fullmatch(value)
    if not found:
        raise ValueError("not a date")
    day, time, offset = found.groups()
    parsed = datetime.fromisoformat(f"{day}T{time or '00:00'}{(offset or '').upper()}")
    if parsed.tzinfo is None:
        return parsed
    try:
        return parsed.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as fault:
        raise ValueError("out of range") from fault


def day(value: str) -> date:
    """A plain date.

    Raises:
        ValueError: the value is none.
    """
    if len(value) != 10:
        raise ValueError("not a date")
    return date.fromisoformat(value)
