"""Dates: the units of their numbers, SQL that recognises them, and single values as moments.

The loader converts whole columns by the same rules (:mod:`..source.arrow`); the verification uses
the functions here, so that a bug in one shows as a difference.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

_JULIAN = (1_721_425.5, 5_373_484.5)
_LIKELY_JULIAN = (2_378_496.5, 2_488_434.5)
_LIKELY_YEARS = (1850, 2100)
EPOCH = datetime(1970, 1, 1)
_DAY_MS = 86_400_000
_JULIAN_EPOCH_MS = 210_866_760_000_000
_ISO = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)(?:[ Tt](\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*"
    r"(?:([Zz]|UTC|GMT)|([+-]\d\d(?::?\d\d)?)(?: [A-Z]{1,5}| [+-]\d\d(?:\d\d)?)?"
    r"(?: m=[+-]\d+\.\d+)?)?)?\s*",
    re.ASCII,
)
"""ISO 8601, and what Go adds: the zone's name after its offset, and a reading of its own clock."""

_DAY = 86_400
_YEAR_1, _YEAR_10000 = -62_135_596_800, 253_402_300_800
_YEAR_1900, _YEAR_2100 = -2_208_988_800, 4_102_444_800
_MODERN = (_YEAR_1900, _YEAR_2100)
_YEAR_2000, _YEAR_2001 = 946_684_800, 978_307_200
_YEAR_1601 = -11_644_473_600
_SETTLED = 100_000_000
"""Seconds, three years: values nearer to a unit's epoch are small numbers, not dates."""


class Unit(StrEnum):
    """What a number in a date column counts, for people."""

    SECONDS = "unix seconds"
    MILLISECONDS = "unix milliseconds"
    MICROSECONDS = "unix microseconds"
    NANOSECONDS = "unix nanoseconds"
    CORE_DATA = "seconds since 2001 (Core Data)"
    WEBKIT = "microseconds since 1601 (WebKit)"
    TICKS = "ticks of .NET since the year 1"
    JULIAN = "julian days"
    YEARS = "years"
    DIGITS = "days written yyyymmdd"

    @property
    def is_of_days(self) -> bool:
        """Whether it says no more than a day."""
        return self in (Unit.YEARS, Unit.DIGITS)


RULES = {
    "unix-s": Unit.SECONDS,
    "unix-ms": Unit.MILLISECONDS,
    "unix-us": Unit.MICROSECONDS,
    "unix-ns": Unit.NANOSECONDS,
    "core-data": Unit.CORE_DATA,
    "webkit": Unit.WEBKIT,
    "ticks": Unit.TICKS,
    "julian": Unit.JULIAN,
    "year": Unit.YEARS,
    "yyyymmdd": Unit.DIGITS,
}
"""How a user names them."""


PREFERRED = (
    *(Unit.MICROSECONDS, Unit.MILLISECONDS, Unit.SECONDS, Unit.NANOSECONDS, Unit.WEBKIT),
    *(Unit.TICKS, Unit.CORE_DATA, Unit.JULIAN, Unit.DIGITS, Unit.YEARS),
)
"""Which of two units a column is taken for that holds as many numbers of either."""
ALIKE = {Unit.SECONDS, Unit.CORE_DATA}
"""The only two of which one number may be a likely date in both."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A unit that counts time: ``many`` microseconds are ``few`` of it, from ``start`` seconds.

    ``likely`` is the span, in seconds since 1970, that programs which use it write.
    """

    many: int
    few: int
    start: int
    likely: tuple[int, int]

    def of(self, seconds: int) -> int:
        """Its count at a moment."""
        return (seconds - self.start) * 1_000_000 * self.few // self.many


CLOCKS = {
    Unit.SECONDS: Clock(1_000_000, 1, 0, _MODERN),
    Unit.MILLISECONDS: Clock(1_000, 1, 0, _MODERN),
    Unit.MICROSECONDS: Clock(1, 1, 0, _MODERN),
    Unit.NANOSECONDS: Clock(1, 1_000, 0, (_YEAR_2000, _YEAR_2100)),
    # numbers of today's dates, read as unix seconds, are of 1996: later ones are unambiguous
    Unit.CORE_DATA: Clock(1_000_000, 1, _YEAR_2001, (0, int(time.time()) + 366 * _DAY)),
    Unit.WEBKIT: Clock(1, 1, _YEAR_1601, (0, _YEAR_2100)),
    Unit.TICKS: Clock(1, 10, _YEAR_1, _MODERN),
}


def is_number(value: str) -> str:
    """SQL that is true for a number."""
    return f"typeof({value}) IN ('integer', 'real')"


def is_valid(unit: Unit, value: str) -> str:
    """SQL that is true for the numbers that are a date from year 1 to 9999 in this unit."""
    if clock := CLOCKS.get(unit):
        return f"({value} >= {clock.of(_YEAR_1)} AND {value} < {clock.of(_YEAR_10000)})"
    if unit is Unit.JULIAN:
        return f"({value} >= {_JULIAN[0]} AND {value} < {_JULIAN[1]})"
    whole = f"{value} = CAST({value} AS INTEGER)"
    if unit is Unit.YEARS:
        return f"({whole} AND {value} BETWEEN 1 AND 9999)"
    return f"({whole} AND {value} BETWEEN 10101 AND 99991231 AND {_is_day(value)})"


def is_likely(unit: Unit, value: str) -> str:
    """SQL that is true for the numbers that programs which use the unit write."""
    if clock := CLOCKS.get(unit):
        low, high = (clock.of(end) for end in clock.likely)
        small = clock.of(clock.start + _SETTLED)
        span = f"{value} BETWEEN {low} AND {high}"
        return f"({span} AND NOT ({value} > {-small} AND {value} < {small}))"
    if unit is Unit.JULIAN:
        return f"({value} >= {_LIKELY_JULIAN[0]} AND {value} < {_LIKELY_JULIAN[1]})"
    low, high = _LIKELY_YEARS
    if unit is Unit.DIGITS:
        low, high = low * 10_000, high * 10_000 + 9_999
    return f"({is_valid(unit, value)} AND {value} BETWEEN {low} AND {high})"


def _is_day(value: str) -> str:
    """SQLite turns 30 February into March: a date is valid if it stays the same."""
    number = f"CAST({value} AS INTEGER)"
    said = f"printf('%04d-%02d-%02d', {number} / 10000, {number} / 100 % 100, {number} % 100)"
    return f"ifnull(date({said}) = {said}, 0)"


@dataclass(frozen=True, slots=True)
class DateRule:
    """How one column's dates are read: as texts, as numbers of one unit, or both.

    ``others`` are units of which some numbers are rather; ``unclear``: two fit all numbers alike;
    ``unlikely``: none fits any but 0.
    """

    texts: bool
    unit: Unit | None
    others: tuple[Unit, ...] = ()
    unclear: bool = False
    unlikely: bool = False

    def __str__(self) -> str:
        said = ["ISO text, UTC unless it says otherwise"] if self.texts else []
        if self.unclear:
            said.append("numbers that can be read in several ways")
        elif self.unlikely:
            said.append("numbers that are unlikely as dates")
        elif self.unit:
            said.append(f"numbers as {self.unit}")
        return "; ".join(said) or "no values yet"


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
    day, clock, is_utc, offset = found.groups()
    zone = "Z" if is_utc else offset or ""
    parsed = datetime.fromisoformat(f"{day}T{clock or '00:00'}{zone}")
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
