"""Column defaults: constants as SQLite would store them, current times in PostgreSQL's terms."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

from psycopg import sql

from facereview.migrate.plan.dates import DateRule, day, moment
from facereview.migrate.plan.kinds import TRUTHS, Choice, Kind
from facereview.migrate.plan.translate import NotPortable, is_constant
from facereview.migrate.source.schema import SourceColumn

_NOW = re.compile(
    r"(?:datetime|date|time|strftime|julianday)\s*\("
    r"\s*(?:'(?P<format>[^']*%[^']*)'\s*,?)?\s*(?:'now'\s*)?(?:,\s*'(?P<more>[^']*)'\s*)*\)",
    re.IGNORECASE,
)
_RANDOM = re.compile(
    r"(lower\s*\(\s*)?hex\s*\(\s*randomblob\s*\(\s*(?P<bytes>\d+)\s*\)\s*\)\s*\)?", re.I
)
_RANDOM_DIGITS = 12
"""Hexadecimal digits at the start of a UUID that are all random."""
_MOST_BYTES = 64
_SECONDS = r"(?:strftime\('%s'(?:,'now')?\)|unixepoch\((?:'now')?\))"
_EPOCHS = (
    re.compile(
        rf"(?:cast\()?\(?(?:cast\({_SECONDS}asinteger\)|{_SECONDS})\)?"
        r"(?:\*(?P<times>1000|1000000))?(?:asinteger\))?"
    ),
    re.compile(
        r"(?:cast\()?\(?\(julianday\('now'\)-2440587\.5\)\*86400(?P<times>(?:000){0,2})"
        r"(?:\.0)?\)?asinteger\)"
    ),
)
"""Units since 1970, without spaces: whole seconds times something, and days times something."""
_FIXED = {
    *("json_object", "json_array", "json", "lower", "upper", "abs", "char", "hex", "length"),
    *("replace", "trim", "ifnull", "coalesce", "nullif"),
}
"""Functions that give the same whenever they are called."""
_UTC = "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')"
_FORMATS = {
    "%Y": "YYYY",
    "%m": "MM",
    "%d": "DD",
    "%H": "HH24",
    "%M": "MI",
    "%S": "SS",
    "%f": "SS.MS",
}
_TEXTS = DateRule(texts=True, unit=None)
_CLOCKS = {
    "current_timestamp": "YYYY-MM-DD HH24:MI:SS",
    "current_date": "YYYY-MM-DD",
    "current_time": "HH24:MI:SS",
    "datetime": "YYYY-MM-DD HH24:MI:SS",
    "date": "YYYY-MM-DD",
    "time": "HH24:MI:SS",
}


def default(column: SourceColumn, choice: Choice) -> sql.Composable | None:
    """The default in PostgreSQL, or None where there is none.

    Raises:
        NotPortable: with the reason.
    """
    if column.default is None:
        return None
    text = _unwrapped(column.default)
    epoch = _epoch(text, choice.kind)
    if epoch is not None:
        return sql.SQL(epoch)
    clock = _clock(text, choice.kind)
    if clock is not None:
        return sql.SQL(clock)
    if choice.kind is Kind.TEXT and (random := _random(text)):
        return sql.SQL(random)
    if not is_constant(text) and not _is_fixed(text):
        raise NotPortable("it is not a constant")
    value = _stored(column)
    return None if value is None else _literal(value, choice)


def _epoch(text: str, kind: Kind) -> str | None:
    """The present moment as a number of units since 1970, None where it is something else."""
    bare = re.sub(r"\s+", "", text).lower()
    seconds, days = (pattern.fullmatch(bare) for pattern in _EPOCHS)
    if bare.count("(") != bare.count(")") or not (seconds or days):
        return None
    if kind is Kind.TIMESTAMP:
        return _UTC
    if not (kind.is_integer or kind in (Kind.TEXT, Kind.DOUBLE)):
        raise NotPortable(f"it gives a moment to a column of type {kind}")
    now = "extract(epoch FROM CURRENT_TIMESTAMP)"
    if seconds:
        return f"(floor({now}) * {seconds['times'] or 1})::bigint::{kind}"
    return f"floor({now} * 1{days['times'] if days else ''})::bigint::{kind}"


def _random(text: str) -> str | None:
    """As many hexadecimal digits as SQLite gives; no extension is needed for them."""
    found = _RANDOM.fullmatch(text)
    if not found or not 0 < int(found["bytes"]) <= _MOST_BYTES:
        return None
    digits = 2 * int(found["bytes"])
    part = f"left(replace(gen_random_uuid()::text, '-', ''), {_RANDOM_DIGITS})"
    parts = " || ".join([part] * -(-digits // _RANDOM_DIGITS))
    word = "lower" if text.lower().startswith("lower") else "upper"
    return f"{word}(left({parts}, {digits}))"


def _is_fixed(text: str) -> bool:
    """Whether SQLite itself can compute it here, once for all rows."""
    if re.fullmatch(r"[^\W\d]\w*", text):
        return True  # SQLite takes a bare word for a text
    called = set(re.findall(r"(\w+)\s*\(", text.lower()))
    return bool(called) and called <= _FIXED and "current_" not in text.lower()


def _unwrapped(text: str) -> str:
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and text.count("(") == text.count(")"):
        inner = text[1:-1].strip()
        if inner.count("(") and inner.index(")") < inner.index("("):
            break
        text = inner
    return text


def _clock(text: str, kind: Kind) -> str | None:
    """Expressions for the present moment, in the column's own type."""
    word = re.split(r"\W", text, maxsplit=1)[0].lower()
    found = _NOW.fullmatch(text)
    if text.lower() not in _CLOCKS and not found:
        return None
    if found and found["more"]:
        raise NotPortable("it shifts the clock")
    if kind.is_date and not _is_whole(word, found):
        raise NotPortable(f"it gives a part of a moment to a column of type {kind}")
    if kind is Kind.TIMESTAMP:
        return _UTC  # SQLite's clock is UTC, a plain CURRENT_TIMESTAMP would be local time
    if kind is Kind.DATE:
        return f"({_UTC})::date"
    return _formatted(word, found["format"] if found else None, kind)


def _is_whole(word: str, found: re.Match[str] | None) -> bool:
    """Whether a clock gives a day at least, not a time of day or a year."""
    template = found["format"] if found else None
    return word not in ("time", "current_time") and (template or "%Y-%m-%d").startswith("%Y-%m-%d")


def _formatted(word: str, template: str | None, kind: Kind) -> str:
    if kind is not Kind.TEXT or (template is None and word not in _CLOCKS):
        raise NotPortable(f"it gives a moment to a column of type {kind}")
    pattern = _CLOCKS[word] if template is None else _pattern(template)
    return f"to_char({_UTC}, {sql.Literal(pattern).as_string()})"


def _pattern(template: str) -> str:
    """A strftime() format as one of to_char()."""
    parts = re.split(r"(%.)", template)
    said = []
    for part in filter(None, parts):
        if part.startswith("%") and part not in _FORMATS:
            raise NotPortable(f"it uses the format {part}")
        said.append(_FORMATS.get(part) or f'"{part}"')
    return "".join(said)


def _stored(column: SourceColumn) -> object:
    """Let SQLite store the default in a column declared like this one, and read it back."""
    with closing(sqlite3.connect(":memory:")) as scratch:
        for written in (column.default, f"({column.default})"):
            try:
                scratch.execute(f"CREATE TABLE t (c {column.declared} DEFAULT {written}, d)")
            except sqlite3.Error:
                continue
            scratch.execute("INSERT INTO t (d) VALUES (1)")
            return scratch.execute("SELECT c FROM t").fetchone()[0]
    raise NotPortable("SQLite itself refuses it")


def _is_dated(rule: DateRule | None) -> bool:
    """Whether numbers of the column are read as dates, in a unit that is known."""
    return rule is not None and rule.unit is not None and not (rule.unclear or rule.unlikely)


def _literal(value: object, choice: Choice) -> sql.Composable:
    kind = choice.kind
    misfit = NotPortable(f"its value {value!r} does not fit the type {kind}")
    if kind is Kind.BOOLEAN and value in (0, 1) and isinstance(value, int):
        return sql.Literal(bool(value))
    if kind is Kind.BOOLEAN and isinstance(value, str) and value.lower() in TRUTHS:
        return sql.Literal(TRUTHS[value.lower()])
    if kind is Kind.BYTES and isinstance(value, str):
        return sql.Literal(value.encode())
    if kind.is_date and isinstance(value, int | float) and _is_dated(choice.dates):
        value = moment(value, choice.dates or _TEXTS).isoformat()[: 10 if kind is Kind.DATE else 26]
    if kind.is_date and isinstance(value, str):
        try:
            parsed = day(value) if kind is Kind.DATE else moment(value, choice.dates or _TEXTS)
        except ValueError as fault:
            raise misfit from fault
        return sql.SQL("{}::{}").format(sql.Literal(parsed.isoformat()), sql.SQL(kind))
    fits = (
        (kind.is_integer and isinstance(value, int))
        or (kind in (Kind.REAL, Kind.DOUBLE) and isinstance(value, int | float))
        or (kind is Kind.TEXT and isinstance(value, str | int))
        or (kind is Kind.BYTES and isinstance(value, bytes))
    )
    if not fits:
        raise misfit
    return sql.Literal(str(value) if kind is Kind.TEXT else value)
