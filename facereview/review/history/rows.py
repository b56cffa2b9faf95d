"""Rows beside the faces of an entry, before and after, as plain texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from facereview.review.decisions.revert import FIELDS
from facereview.review.history.records import RowKind, RowLine
from facereview.review.library.config import told_change
from facereview.store.row_changes import Row, RowChange, Subject
from facereview.store.store import Store

_FIELDS = {
    "name": RowKind.NAME,
    "description": RowKind.DESCRIPTION,
    "profile_picture_path": RowKind.PICTURE,
}
_OF_FACES = {
    Subject.SKIP: RowKind.SKIPPED,
    Subject.MIRROR: RowKind.MIRROR,
    Subject.DIFFERENT: RowKind.DIFFERENT,
    Subject.APART: RowKind.APART,
}

Names = Mapping[int, str]


def row_lines(store: Store, changes: Sequence[RowChange]) -> tuple[RowLine, ...]:
    """What these changes say to a curator, each before and after."""
    merges = store.changes.merges()
    rows = [row for c in changes for row in (c.before, c.after) if row is not None]
    ids = {int(row[key]) for row in rows for key in ("creator_id", "other_id") if row.get(key)}
    known = store.creators.several({now for i in ids if (now := merges.creator(i))})
    names = {i: known[now].name for i in ids if (now := merges.creator(i)) in known}
    return tuple(line for change in changes for line in _lines(change, names))


def _lines(change: RowChange, names: Names) -> Iterator[RowLine]:
    subject, row = change.subject, change.row
    if subject in _OF_FACES:
        there = _there(change.before), _there(change.after)
        yield RowLine(_OF_FACES[subject], *there, face=int(row["detection_id"]))
    elif subject is Subject.MEMBERSHIP:
        before, after = _of(change.before, "cluster_id"), _of(change.after, "cluster_id")
        if before != after:
            yield RowLine(RowKind.CLUSTER, before, after, face=int(row["detection_id"]))
    elif subject is Subject.CREATOR:
        yield from _creator(change)
    elif subject is Subject.SETTING:
        key, before, after = told_change(change)
        yield RowLine(RowKind.SETTING, _plain(before), _plain(after), key=str(key))
    else:
        yield from _single(change, names)


def _single(change: RowChange, names: Names) -> Iterator[RowLine]:
    """A change of which one column says all."""
    before, after = change.before, change.after
    match change.subject:
        case Subject.REFERENCE:
            yield RowLine(RowKind.REFERENCE, _reference(before, names), _reference(after, names))
        case Subject.ALIAS:
            yield RowLine(RowKind.ALIAS, _of(before, "name"), _of(after, "name"))
        case Subject.CHANGE:
            yield RowLine(RowKind.MERGE, _change(before, names), _change(after, names))
        case Subject.REPLACED:
            yield RowLine(RowKind.ANSWER, _of(before, "answer"), _of(after, "answer"))
        case Subject.CLUSTER if before is not None and after is not None:
            at = "postponed_at"
            yield RowLine(RowKind.POSTPONED, _of(before, at), _of(after, at))
        case _:
            return


def _creator(change: RowChange) -> Iterator[RowLine]:
    for field in FIELDS:
        before, after = _of(change.before, field), _of(change.after, field)
        if before != after:
            yield RowLine(_FIELDS[field], before, after)


def _reference(row: Row | None, names: Names) -> str:
    if row is None:
        return ""
    place = {"live": "in use"}.get(str(row["place"]), str(row["place"]))
    name = names.get(int(row["creator_id"]))
    return place if name is None else f"{name}, {place}"


def _change(row: Row | None, names: Names) -> str:
    return "" if row is None else names.get(int(row["creator_id"]), "yes")


def _of(row: Row | None, field: str) -> str:
    return "" if row is None else _plain(row[field])


def _plain(value: object) -> str:
    return "" if value is None else str(value)


def _there(row: Row | None) -> str:
    return "" if row is None else "yes"
