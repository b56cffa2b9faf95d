"""Every face as one line, with the creator nearest to it, for other programs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from facereview.files import replacing
from facereview.numbers import finite
from facereview.records import Chance, Embedding, FaceTrack, Progress
from facereview.review.evidence.certainty import Certainty
from facereview.review.evidence.chances import Alone, face_size, first_chance, named_by
from facereview.review.evidence.matching import Ranked, rank
from facereview.store.creators import ReferenceMatrix
from facereview.store.store import Store
from facereview.store.videos import ExportRow
from facereview.visible_text import one_line, visible

HEADER = tuple(
    "id,video,timestamp,x,y,width,height,status,creator,confidence,suggestion,similarity,"
    "certainty,risk,track".split(",")
)
Line = tuple[str, ...]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What begins a formula, see OWASP, "CSV injection"."""


def lines(
    store: Store, certainty: Certainty, on_progress: Callable[[Progress], None] = lambda _: None
) -> Iterator[Line]:
    """All faces in id order, each as texts in the order of :data:`HEADER`, missing ones empty.

    The suggestion is the nearest creator however far, verdicts "not this person" honoured; where
    the library goes by an error rate, it is the creator whom the face's track names, with the
    risk that this is wrong. Progress counts faces.
    """
    total = store.library.counts().faces
    references = store.creators.matrix()
    names = {creator.id: creator.name for creator in store.creators.all()}
    known = _Known(references, names, certainty)
    done = 0
    for page in store.faces.pages():
        ids = [row.id for row in page]
        denied, tracks = store.search.denied(ids), store.tracks.facts(ids)
        vectors = np.stack([row.embedding for row in page])
        ranked = rank(vectors, references, [denied.get(row.id, ()) for row in page])
        for row, nearest in zip(page, ranked, strict=True):
            track = tracks.get(row.id)
            named = named_by(track, denied.get(row.id, ()), certainty)
            first = known.first(row, nearest, track, named)
            yield (*_stored(row), *_suggested(first, names), str(track.id) if track else "")
        done += len(page)
        on_progress(Progress(done, max(done, total), ""))


@dataclass(frozen=True, slots=True)
class _First:
    """The creator suggested for a face, with its similarity and how sure that is."""

    creator_id: int
    similarity: float
    chance: Chance | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What the suggestions of all faces are made from."""

    references: ReferenceMatrix
    names: Mapping[int, str]
    certainty: Certainty

    def first(
        self, row: ExportRow, nearest: Ranked | None, track: FaceTrack | None, named: int | None
    ) -> _First | None:
        """Whom the track names, where that creator has a reference, else the nearest one."""
        if nearest is None:
            return None
        creator, similarity = named, nearest.similarity
        if creator is not None and creator != nearest.creator_id:
            far = self._similarity(creator, row.embedding)
            creator, similarity = (creator, far) if far is not None else (None, similarity)
        rival = nearest.rival_similarity
        margin = None if rival is None else nearest.similarity - rival
        size = face_size(row.box, row.frame_width, row.frame_height)
        first = creator or nearest.creator_id
        alone = Alone(first, similarity, margin, size, len(self.names))
        others = nearest.similarity if creator != nearest.creator_id else -1.0
        chance = first_chance(track, creator, alone, self.certainty, others=others)
        return _First(first, similarity, chance)

    def _similarity(self, creator: int, embedding: Embedding) -> float | None:
        own = self.references.embeddings[self.references.creators == creator]
        return float((own @ embedding).max()) if len(own) else None


def _suggested(first: _First | None, names: Mapping[int, str]) -> Line:
    """The suggestion, its similarity, and how sure it is in a word and as a risk."""
    if first is None or first.creator_id not in names:
        return ("", "", "", "")
    chance = first.chance
    risk = f"{chance.risk:.6g}" if chance and chance.risk is not None else ""
    sure = chance.word.value if chance else ""
    return (names[first.creator_id], f"{first.similarity:.6f}", sure, risk)


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
