"""What the History page asks of a library; belongs to one lane."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from facereview.errors import NotFound, ReviewError
from facereview.home import curator
from facereview.records import Creator, Face, FaceState, Status, Thresholds, Video
from facereview.review.creators.names import folded
from facereview.review.decisions.guard import alike
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import (
    NOTED,
    Intent,
    Kind,
    Outcome,
    Undoable,
)
from facereview.review.decisions.outcomes import worded
from facereview.review.evidence.automatic import MACHINE
from facereview.review.history.records import (
    KINDS,
    Cannot,
    Curator,
    Entry,
    EntryPage,
    FaceLine,
    Noted,
    Opened,
    Place,
    UndoPreview,
    Wanted,
)
from facereview.review.history.rows import row_lines
from facereview.store.changes import Merges
from facereview.store.history.batches import Asked, BatchRow, ChangedFace
from facereview.store.row_changes import Subject
from facereview.store.store import Store

__all__ = ["MACHINE", "HistoryDesk"]

PAGE = 50
SHOWN = 60
"""Faces and rows of an entry that are read when it is opened."""


class HistoryDesk:
    """The history of one library, as one curator may take it back."""

    def __init__(
        self, store: Store, pack: Callable[[], Thresholds], actor: str | None = None
    ) -> None:
        """``pack`` gives the thresholds of the library's pack, which may change in a new one."""
        self._store = store
        self.actor = actor or curator()
        self._history = History(store, self.actor, pack)

    def page(self, wanted: Wanted, after: Place | None = None, limit: int = PAGE) -> EntryPage:
        """The next entries behind a place, newest first."""
        behind = None if after is None else (after.when, after.id)
        rows = self._store.batches.page(self._asked(wanted), limit, behind)
        full = len(rows) == limit
        last = Place(rows[-1].created_at, rows[-1].id) if full else None
        return EntryPage(self._entries(rows), last)

    def count(self, wanted: Wanted) -> int:
        """How many entries there are."""
        return self._store.batches.count(self._asked(wanted))

    def curators(self) -> list[Curator]:
        """Everybody in the log but the machine."""
        rows = self._store.batches.actors()
        return [Curator(row.actor, row.who) for row in rows if row.actor != MACHINE]

    def entry(self, token: str) -> Entry:
        """One entry.

        Raises:
            NotFound: there is none with this token.
        """
        row = self._store.batches.of_token(token)
        if row is None:
            raise NotFound(f"The history has no entry {token}: list it to see which there are.")
        return self._entries([row])[0]

    def pictures(self, face_ids: Sequence[int]) -> dict[int, tuple[Face, Video]]:
        """What faces are cut out of, by id; those that are gone are absent."""
        faces = self._store.faces.get(face_ids)
        videos = self._store.videos.get(sorted({face.video_id for face in faces.values()}))
        return {
            number: (face, videos[face.video_id])
            for number, face in faces.items()
            if face.video_id in videos
        }

    def open(self, token: str) -> Opened:
        """An entry with its faces before and after, and what taking it back would do.

        Raises:
            NotFound: there is none with this token.
        """
        entry = self.entry(token)
        faces = self._faces(entry)
        rows = row_lines(self._store, self._store.batches.changes(entry.id, SHOWN))
        return Opened(entry, faces, rows, entry.faces - len(faces), self.preview(entry))

    def preview(self, entry: Entry) -> UndoPreview | None:
        """What taking an entry back would do; None where that cannot be done."""
        if entry.revert is None:
            return None
        try:
            return _preview(self._history.preview(entry.revert))
        except ReviewError as fault:
            return UndoPreview(0, (), 0, nothing=True, why=fault)

    # -------------------------------------------------------------------------------- in records

    def _asked(self, wanted: Wanted) -> Asked:
        creators = self._about(wanted)
        kinds = KINDS[wanted.group] if wanted.group is not None else ()
        until = None if wanted.last is None else _midnight(wanted.last + timedelta(days=1))
        since = None if wanted.first is None else _midnight(wanted.first)
        names = tuple(kind.value for kind in kinds)
        return Asked(wanted.actor, names, tuple(creators), since, until)

    def _about(self, wanted: Wanted) -> list[int]:
        """All ids under which the creators that are wanted stand in the log; [0]: nobody is."""
        found = [] if wanted.creator is None else [wanted.creator.id]
        text = folded(wanted.named)
        if not found and not text:
            return []
        if text:
            aliases = self._store.people.aliases()
            known = {c.id: (c.name, *aliases.get(c.id, ())) for c in self._store.creators.all()}
            found += [i for i, names in known.items() if any(text in folded(n) for n in names)]
        replaced_by = self._store.changes.merges().kept
        now = {replaced_by.get(creator, creator) for creator in found}
        return [*now, *(old for old, kept in replaced_by.items() if kept in now)] or [0]

    def _entries(self, rows: Sequence[BatchRow]) -> tuple[Entry, ...]:
        merges = self._store.changes.merges()
        whose = {row.id: merges.creator(row.creator_id) for row in rows}
        known = self._store.creators.several({c for c in whose.values() if c})
        return tuple(_entry(row, known.get(whose[row.id] or 0)) for row in rows)

    def _faces(self, entry: Entry) -> tuple[FaceLine, ...]:
        rows, merges = self._store.batches.faces(entry.id, SHOWN), self._store.changes.merges()
        ids = {
            merges.creator(creator)
            for row in rows
            for creator in (row.before_creator_id, row.after_creator_id, row.denied)
        }
        known = self._store.creators.several({c for c in ids if c})
        names = {creator.id: creator.name for creator in known.values()}
        return tuple(_face_line(row, merges, names) for row in rows)


def _preview(outcome: Outcome | None) -> UndoPreview:
    if outcome is None:
        return UndoPreview(0, (), 0, nothing=True, why=None)
    why = outcome.why if isinstance(outcome.why, ReviewError) else None
    stays = tuple(conflict.face_id for conflict in outcome.conflicts)
    faces = 0 if outcome.overtaken else len(outcome.changes)
    unmerged = outcome.beside.unmerged
    if unmerged is not None:
        faces, stays = unmerged.faces, tuple(dict.fromkeys((*stays, *unmerged.stayed)))
    return UndoPreview(faces, stays, outcome.beside.kept, nothing=outcome.overtaken, why=why)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()


def _entry(row: BatchRow, creator: Creator | None) -> Entry:
    cannot = _cannot(row)
    return Entry(
        row.id,
        row.token.replace("-", ""),
        row.created_at.astimezone(),
        row.actor,
        row.who,
        row.actor == MACHINE,
        Kind(row.kind),
        _about(row, creator),
        _noted(row.detail),
        row.stands,
        row.undone_who,
        row.undone_at.astimezone() if row.undone_at else None,
        row.faces,
        row.videos,
        tuple(row.shown),
        row.released,
        row.error_rate,
        cannot,
        _revert(row) if cannot is None else None,
    )


def _about(row: BatchRow, creator: Creator | None) -> Undoable:
    """What was done at bottom, in words."""

    def number(subject: Subject | None) -> int:
        return row.rows.get(subject.value, 0) if subject else row.faces

    return worded(Kind(row.act), row, creator, number)


def _noted(row: Mapping[str, object]) -> Noted:
    paths = [row["file"]] if "file" in row else row.get("paths")
    numbers = (row.get(key) for key in ("videos", "faces", "matched"))
    videos, faces, matched = (n if isinstance(n, int) else 0 for n in numbers)
    return Noted(videos, faces, matched, tuple(map(str, paths)) if isinstance(paths, list) else ())


def _cannot(row: BatchRow) -> Cannot | None:
    if Kind(row.kind) in NOTED:
        return Cannot.NOTED
    if not row.stands:
        return Cannot.UNDONE
    return None if row.faces or row.rows else Cannot.EMPTY


def _revert(row: BatchRow) -> Intent:
    """What takes back the last of those that undid one another: then this one is undone."""
    kind = Kind.REDO if Kind(row.tip_kind) is Kind.UNDO else Kind.UNDO
    return Intent(kind, target=row.tip.replace("-", ""))


def _face_line(row: ChangedFace, merges: Merges, names: Mapping[int, str]) -> FaceLine:
    before, after = merges.creator(row.before_creator_id), merges.creator(row.after_creator_id)
    then, now = FaceState(Status(row.after_status), after), None
    if row.now_status is not None:
        now = FaceState(Status(row.now_status), row.now_creator_id)
    return FaceLine(
        row.face_id,
        FaceState(Status(row.before_status), before),
        names.get(before or 0),
        then,
        names.get(after or 0),
        names.get(merges.creator(row.denied) or 0),
        now is None or not alike(now, then),
    )
