"""Check of texts and dates, which SQLite does not check, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from facereview.migrate.load.convert import convert
from facereview.migrate.load.defects import Defects
from facereview.migrate.plan.kinds import Choice, DateRule, Kind
from facereview.migrate.plan.plan import LoadColumn, TablePlan
from facereview.migrate.source.arrow_reader import ArrowReader, Class, batch_rows
from facereview.migrate.source.column_check import are_clean
from facereview.migrate.source.schema import Family, quoted

INVALID, NUL, BROKEN = "invalid UTF-8", "a NUL character in text", "a broken date"


def check_texts(
    folder: Path, table: TablePlan, defects: Defects, on_rows: Callable[[int], None]
) -> int:
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
        is_plain = (
            table.survey.facts[column.source].texts == table.survey.facts[column.source].present
        )
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
        texts = pa.array(
            [
                None if b else t
                for t, b in zip(texts.cast(pa.binary()).to_pylist(), bad, strict=True)
            ],
            pa.binary(),
        ).cast(pa.string())
    if not column.choice.kind.is_date:
        return 0
    found = convert([texts], Choice(column.choice.kind, DateRule(True, None)))
    if found.unfit is not None and pc.any(found.unfit).as_py():
        bad = np.asarray(found.unfit.fill_null(False))
        defects.add(table, column.source, BROKEN, _marked(rows, texts, bad))
    return found.rounded


def _bad_texts(texts: Any) -> Iterator[tuple[str, Any]]:
    """Check the whole batch first; values are checked one by one only in a bad batch."""
    if are_clean(texts):
        return
    plain = [value or b"" for value in texts.cast(pa.binary()).to_pylist()]
    invalid = np.array([not _is_utf8(value) for value in plain])
    if invalid.any():
        yield INVALID, invalid
    nul = np.array([b"\0" in value and _is_utf8(value) for value in plain])
    if nul.any():
        yield NUL, nul


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
