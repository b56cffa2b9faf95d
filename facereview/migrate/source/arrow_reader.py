"""Reads the copy in columns: ADBC's SQLite driver fills Arrow batches without Python objects.

The driver infers a column's type from its first values. To fix the types, a row of constants is
put in front of every query and removed from the result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

import adbc_driver_sqlite.dbapi as driver
import pyarrow as pa

from facereview.migrate.source.snapshot import LIBRARY, attachment, uri

BATCH_BYTES = 16 * 2**20
MOST_ROWS = 16_384


class Class(StrEnum):
    """A storage class, by a constant of that class."""

    INTEGER = "0"
    REAL = "0.5"
    TEXT = "'x'"
    BLOB = "x'00'"


TYPES = {
    Class.INTEGER: pa.int64(),
    Class.REAL: pa.float64(),
    Class.TEXT: pa.string(),
    Class.BLOB: pa.binary(),
}


class ForeignClass(Exception):
    """A value is of another storage class than was asked for."""


class ArrowReader:
    """One connection of the driver to the copy; a context manager, for one thread."""

    def __init__(self, folder: Path) -> None:
        self._connection: Any = driver.connect(uri(folder / LIBRARY, "immutable=1"))
        with self._connection.cursor() as cursor:
            cursor.execute(attachment(folder))

    def __enter__(self) -> ArrowReader:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def batches(
        self, values: Sequence[tuple[str, Class]], rest: str, batch_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Record batches of these expressions; ``rest`` is FROM and what follows.

        Raises:
            ForeignClass: a value is of another class, or the file is damaged: the driver's own
                words do not tell these apart.
        """
        constants = ", ".join(kind for _, kind in values)
        chosen = ", ".join(text for text, _ in values)
        with self._connection.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(batch_rows)})
            try:
                cursor.execute(f"SELECT {constants} UNION ALL SELECT {chosen} {rest}")
                reader = cursor.fetch_record_batch()
                if reader.schema.types != [TYPES[kind] for _, kind in values]:
                    raise ForeignClass("a wider type than was asked for")
                yield from _without_first(reader)
            except (driver.Error, pa.ArrowException, OSError) as fault:
                raise ForeignClass(str(fault)) from fault


def _without_first(reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
    is_first = True
    for batch in reader:
        rows = batch.slice(1) if is_first else batch
        is_first = False
        if rows.num_rows:
            yield rows


def batch_rows(longest: int, columns: int) -> int:
    """Rows in one batch: few where rows are long, to limit memory."""
    return max(1, min(MOST_ROWS, BATCH_BYTES // (longest + 16 * columns)))
