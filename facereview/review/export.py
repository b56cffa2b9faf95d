"""Every face as one line, with the creator nearest to it, for other programs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TextIO

import numpy as np

from facereview.files import replacing
from facereview.numbers import finite
from facereview.records import Progress
from facereview.review.evidence.matching import rank
from facereview.store.store import Store
from facereview.store.videos import ExportRow
from facereview.visible_text import one_line, visible

HEADER = tuple(
    "id,video,timestamp,x,y,width,height,status,creator,confidence,suggestion,similarity".split(",")
)
Line = tuple[str, ...]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What begins a formula, see OWASP, "CSV injection"."""


def lines(store: Store, on_progress: Callable[[Progress], None] = lambda _: None) -> Iterator[Line]:
    """All faces in id order, each as texts in the order of :data:`HEADER`, missing ones empty.

    The suggestion is the nearest creator however far, verdicts "not this person" honoured.
    Progress counts faces.
    """
    total = store.library.counts().faces
    references = store.creators.matrix()
    names = {creator.id: creator.name for creator in store.creators.all()}
    done = 0
    for page in store.faces.pages():
        denied = store.search.denied([row.id for row in page])
        vectors = np.stack([row.embedding for row in page])
        ranked = rank(vectors, references, [denied.get(row.id, ()) for row in page])
        for row, found in zip(page, ranked, strict=True):
            name = names.get(found.creator_id) if found else None
            similarity = f"{found.similarity:.6f}" if found and name is not None else ""
            yield (*_stored(row), name or "", similarity)
        done += len(page)
        on_progress(Progress(done, max(done, total), ""))


def _stored(row: ExportRow) -> Line:
    """The columns that stand in the database, numbers as short as their REAL can be told."""
    box = row.box
    numbers = (row.timestamp, box.x, box.y, box.width, box.height)
    confidence = "" if row.confidence is None else _real(row.confidence)
    return (
        str(row.id),
        row.path,
        *(_real(number) for number in numbers),
        row.status,
        row.creator or "",
        confidence,
    )


def _real(value: float) -> str:
    return "" if finite(value) is None else str(np.float32(value))


def harmless(row: Line) -> Line:
    """A line none of whose texts is a formula to a spreadsheet; numbers stay numbers.

    What is invisible in a text is seen, line breaks stay.
    """
    return tuple("\r".join(map(visible, cell.split("\r"))) for cell in map(_no_formula, row))


def printable(row: Line) -> Line:
    """The same where a terminal may show it: no text moves its cursor."""
    return tuple(one_line(_no_formula(cell)) for cell in row)


def _no_formula(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) and not _number(cell) else cell


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def is_device(file: Path) -> bool:
    """Whether it is a pipe, a terminal or the like."""
    return file.exists() and not file.is_file()


def write(file: Path, rows: Iterable[Line]) -> int:
    """Write all rows, or leave ``file`` as it was; the number of rows.

    Raises:
        OSError: it cannot be written.
    """
    if is_device(file):  # it cannot be replaced
        with file.open("w", encoding="utf-8", newline="") as out:
            return _write_rows(out, rows)
    with replacing(file) as part, part.open("w", encoding="utf-8", newline="") as out:
        return _write_rows(out, rows)


def _write_rows(out: TextIO, rows: Iterable[Line]) -> int:
    plain = csv.writer(out, lineterminator="\n")
    # a carriage return alone ends a line for readers, yet the writer would leave it bare
    quoted = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    plain.writerow(HEADER)
    written = 0
    for row in rows:
        (quoted if "\r" in "".join(row) else plain).writerow(row)
        written += 1
    return written
