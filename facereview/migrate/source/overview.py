"""The definitions of a file, and a survey of what its tables hold."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from facereview.migrate.progress import Meter, Stage
from facereview.migrate.source.column_check import Glance, Part, glance, look, parts
from facereview.migrate.source.column_survey import Survey
from facereview.migrate.source.introspect import introspect
from facereview.migrate.source.schema import Source
from facereview.migrate.source.snapshot import connect

_THREADS = 2


def overview(folder: Path, meter: Meter) -> tuple[Source, dict[str, Survey]]:
    """What the file defines, and a survey of each table.

    SQLite and Arrow leave Python's lock while they work, so two threads use two cores.
    """
    connection = connect(folder)
    try:
        source = introspect(connection)
        split = [part for table in source.tables for part in parts(connection, table)]
    finally:
        connection.close()
    split.sort(key=lambda part: -part.size)
    meter.start(Stage.LOOKING, len(split))

    def one(part: Part) -> Glance:
        keep = folder / f"{source.tables.index(part.table)}-{part.number}.arrow"
        found = glance(folder, part, keep)
        meter.add(1)
        return found

    with ThreadPoolExecutor(_THREADS) as pool:
        seen = list(pool.map(one, split))
        glances = [_of(table.name, split, seen) for table in source.tables]
        surveys = pool.map(look, [folder] * len(glances), source.tables, glances)
        return source, dict(zip((t.name for t in source.tables), surveys, strict=True))


def _of(table: str, split: Sequence[Part], seen: Sequence[Glance]) -> list[Glance]:
    """The fast checks of one table, in the order of its parts."""
    found = zip(split, seen, strict=True)
    return [each for part, each in found if part.table.name == table]
