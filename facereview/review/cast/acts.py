"""What a key decides on a cast sheet: the faces of a row, or all rows within the error setting.

A row's keys are about its faces that wait, as far as they are ticked: those that are pending, and
those that only the machine has matched. What a person decided is changed by no key but one that
says so, at its second press.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from facereview.records import DECIDED, Creator, Face, RejectReason, Status
from facereview.review.cast.records import CastRow, CastSheet, RowKind, waits
from facereview.review.decisions.guard import alike
from facereview.review.decisions.intents import Change, Intent, Kind, Seen


@dataclass(frozen=True, slots=True)
class Settled:
    """A face that the key for the whole sheet settles, with its row."""

    face: Face
    row: CastRow


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """What the key for the whole sheet settles: ``faces``, the least sure first.

    ``open_rows`` rows have faces that wait afterwards. ``met`` are sure ones that are left because
    their creator is somebody else in one of their frames.
    """

    faces: tuple[Settled, ...]
    open_rows: int
    met: tuple[CastRow, ...] = ()

    @property
    def people(self) -> tuple[Creator, ...]:
        """Who they are, each once."""
        found = (one.row.creator for one in self.faces)
        return tuple({creator.id: creator for creator in found if creator is not None}.values())

    def intent(self) -> Intent | None:
        """The one act that settles them; None where there is nothing to settle."""
        people = self.people
        if not people:
            return None
        faces = tuple(seen(one.face, one.row.creator) for one in self.faces)
        return Intent(Kind.ACCEPT, faces, people[0] if len(people) == 1 else None, cast=True)


def seen(face: Face, creator: Creator | None = None) -> Seen:
    """A face as the sheet shows it; ``creator`` is whom the key for the whole sheet gives it to."""
    return Seen(face.id, face.video_id, face.state, creator=creator)


def waiting(row: CastRow, unticked: Collection[int] = ()) -> tuple[Face, ...]:
    """The ticked faces of a row that no person has decided."""
    return tuple(face for face in row.faces if waits(face) and face.id not in unticked)


def plan(sheet: CastSheet, unticked: Collection[int] = ()) -> SheetPlan:
    """What the key for the whole sheet settles now: the ticked rows within the error setting.

    Where two rows of one creator meet in a frame, only the surer one is settled, and none of them
    where another face of that frame carries the name already.
    """
    named = _named(sheet)
    rows = [row for row in sheet.rows if row.kind is RowKind.SURE]
    settled: list[Settled] = []
    met: list[CastRow] = []
    for row in sorted(rows, key=_risk):
        faces = waiting(row, unticked)
        if row.creator is None or not faces:
            continue  # nobody, or all of it is unticked
        alone = [face for face in faces if face.id not in sheet.mirrored]
        twice = len({face.timestamp for face in alone}) < len(alone)
        if twice or any(named[face.timestamp, row.creator.id] - {face.id} for face in alone):
            met.append(row)
            continue
        settled += [Settled(face, row) for face in faces]
        for face in alone:
            named[face.timestamp, row.creator.id].add(face.id)
    chosen = {one.face.id for one in settled}
    left = [row for row in sheet.rows if any(face.id not in chosen for face in waiting(row))]
    return SheetPlan(tuple(sorted(settled, key=_doubt)), len(left), tuple(met))


def met_in_frame(sheet: CastSheet, intent: Intent) -> Face | None:
    """Another face that carries the name already in a frame of one that is to get it."""
    named, faces = _named(sheet), {face.id: face for row in sheet.rows for face in row.faces}
    if intent.creator is None or intent.kind not in (Kind.ACCEPT, Kind.ASSIGN):
        return None
    ids = {one.face_id for one in intent.faces}
    for face in (faces[one] for one in ids - sheet.mirrored if one in faces):
        others = named[face.timestamp, intent.creator.id] - ids
        if others:
            return faces[min(others)]
    return None


def _named(sheet: CastSheet) -> defaultdict[tuple[float, int], set[int]]:
    """The faces that carry a name, by frame and creator; mirrored ones are left out."""
    found: defaultdict[tuple[float, int], set[int]] = defaultdict(set)
    for face in (face for row in sheet.rows for face in row.faces):
        creator = face.state.creator_id
        if creator is not None and face.state.status in DECIDED and face.id not in sheet.mirrored:
            found[face.timestamp, creator].add(face.id)
    return found


def _risk(row: CastRow) -> tuple[float, int]:
    risk = row.chance.risk if row.chance is not None else None
    return (1.0 if risk is None else risk), row.key


def _doubt(one: Settled) -> tuple[float, float, float, int]:
    """The greatest risk first, then the least similarity, then the least clear."""
    confidence = one.face.state.confidence
    return (
        -_risk(one.row)[0],
        -1.0 if confidence is None else confidence,
        one.face.quality or 0.0,
        one.face.id,
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """What a key says of the faces of a row."""

    kind: Kind
    creator: Creator | None = None
    new_name: str | None = None
    reason: RejectReason | None = None


def row_intent(
    row: CastRow, wish: Wish, unticked: Collection[int] = (), *, replaces: bool = False
) -> Intent | None:
    """What a key asks for of a row; None where it holds no face that the key is about.

    ``replaces``: it is about the faces that people decided, in place of those that wait: only at
    the second press of a key that says so.
    """
    faces = [face for face in row.faces if face.id not in unticked and waits(face) != replaces]
    if wish.kind is Kind.SKIP:
        faces = [face for face in faces if face.state.status is Status.PENDING]
    if not faces:
        return None
    return Intent(
        wish.kind,
        tuple(map(seen, faces)),
        wish.creator,
        wish.new_name,
        wish.reason,
        replaces=replaces,
        cast=True,
    )


def expected(sheet: CastSheet, changes: Iterable[Change]) -> CastSheet:
    """A sheet as decisions under way will leave it; its rows stay where they are."""
    by_face = {change.face_id: change for change in changes}
    rows = tuple(
        _expected(row, by_face) if any(face.id in by_face for face in row.faces) else row
        for row in sheet.rows
    )
    return replace(sheet, rows=rows)


def _expected(row: CastRow, changes: Mapping[int, Change]) -> CastRow:
    faces = tuple(_changed(face, changes.get(face.id)) for face in row.faces)
    left = [face for face in faces if waits(face)]
    named = next((face for face in faces if face.state.status in DECIDED), None)
    creator = row.creator
    if named is not None and named.creator_name and named.state.creator_id is not None:
        creator = Creator(named.state.creator_id, named.creator_name)
    if not left:
        kind = RowKind.DECIDED if named is not None else RowKind.REJECTED
        return replace(row, faces=faces, kind=kind, creator=creator, rival=None, undecided=0)
    if _taken_back(left, changes):
        return replace(
            row,
            faces=faces,
            kind=RowKind.OPEN,
            creator=None,
            chance=None,
            similarity=None,
            undecided=len(left),
        )
    return replace(row, faces=faces, undecided=len(left))


def _changed(face: Face, change: Change | None) -> Face:
    """A face as it will be; one that somebody else was first to change stays what it is."""
    if change is None or not alike(face.state, change.before):
        return face
    return replace(face, state=change.after, creator_name=change.creator_name, by_machine=False)


def _taken_back(left: Iterable[Face], changes: Mapping[int, Change]) -> bool:
    """Whether it was said of all that waits that it is not whom the row names."""
    return all(face.id in changes for face in left)
