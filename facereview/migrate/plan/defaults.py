"""Column defaults: constants as SQLite would store them, current times in PostgreSQL's terms."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

from psycopg import sql

from facereview.migrate.plan.dates import DateRule, day, moment
from facereview.migrate.plan.kinds import Choice, Kind
from facereview.migrate.plan.translate import NotPortable, is_constant
from facereview.migrate.source.schema import SourceColumn

_NOW = re.compile(
    r"(?:datetime|date|time|strftime|unixepoch|julianday)\s*\("
    r"\s*(?:'(?P<format>[^']*%[^']*)'\s*,?)?\s*(?:'now'\s*)?(?:,\s*'(?P<more>[^']*)'\s*)*\)",
    re.IGNORECASE,
)
_RANDOM = re.compile(r"(lower\s*\(\s*)?hex\s*\(\s*randomblob\s*\(\s*16\s*\)\s*\)\s*\)?", re.I)
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
    clock = _clock(text, choice.kind)
    if clock is not None:
        return sql.SQL(clock)
    if choice.kind is Kind.TEXT and _RANDOM.fullmatch(text):
        # as many hexadecimal digits, and no extension needed for them
        word = "lower" if text.lower().startswith("lower") else "upper"
        return sql.SQL(f"{word}(replace(gen_random_uuid()::text, '-', ''))")
    if not is_constant(text):
        raise NotPortable("it is not a constant")
    value = _stored(column)
    return None if value is None else _literal(value, choice)


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
    if kind is Kind.TIMESTAMP:
        return _UTC  # SQLite's clock is UTC, a plain CURRENT_TIMESTAMP would be local time
    if kind is Kind.DATE:
        return f"({_UTC})::date"
    template = (found["format"] if found else None) or ("%s" if word == "unixepoch" else None)
    return _formatted(word, template, kind)


def _formatted(word: str, template: str | None, kind: Kind) -> str:
    if template == "%s" and kind.is_integer:
        return f"floor(extract(epoch FROM CURRENT_TIMESTAMP))::{kind}"
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


def _literal(value: object, choice: Choice) -> sql.Composable:
    kind = choice.kind
    misfit = NotPortable(f"its value {value!r} does not fit the type {kind}")
    if kind is Kind.BOOLEAN and value in (0, 1) and isinstance(value, int):
        return sql.Literal(bool(value))
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
