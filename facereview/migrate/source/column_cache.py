"""Columns read by the fast check, kept on disk beside the copy for the loader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from facereview.migrate.source.arrow_reader import TYPES, Class


class Keeper:
    """Writes record batches of one schema to a file; a context manager."""

    def __init__(self, file: Path) -> None:
        self._sink: Any = pa.OSFile(str(file), "wb")
        self._writer: Any = None

    def keep(self, batch: pa.RecordBatch) -> None:
        """Write one more."""
        if self._writer is None:
            self._writer = pa.ipc.new_stream(self._sink, batch.schema)
        self._writer.write_batch(batch)

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.close()
        self._sink.close()


def holds(files: Sequence[Path], wanted: Iterable[tuple[str, Class]]) -> bool:
    """Whether the files have all these columns, each in the class that is asked for."""
    if not files:
        return False
    with pa.OSFile(str(files[0])) as source, pa.ipc.open_stream(source) as stream:
        known = {field.name: field.type for field in stream.schema}
    return all(known.get(name) == TYPES[kind] for name, kind in wanted)


def kept(files: Sequence[Path], names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Batches of these columns, each file after the other."""
    numbered = [str(place) for place in range(len(names))]
    for file in files:
        with pa.OSFile(str(file)) as source, pa.ipc.open_stream(source) as stream:
            for batch in stream:
                arrays = [batch.column(name) for name in names]
                yield pa.RecordBatch.from_arrays(arrays, names=numbered)
