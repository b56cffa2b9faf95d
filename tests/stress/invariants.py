"""What must hold after any fault, checked without a line of the program that is checked.

Every key is a row, waits in a journal, or was told; rows are what the log leads to; tags are what
the decided faces ask for; an undo is exactly its act, backwards.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg.rows import namedtuple_row

from stress.keys import Key, read_keys


class State(NamedTuple):
    """A face's row, as far as a decision goes."""

    status: str
    creator: int | None
    confidence: float | None


Pair = tuple[int, int]
_DECIDED = ("matched", "manual")
_UNSURE = "may not be written"
"""Words of a refusal that does not claim to know."""


@dataclass(frozen=True)
class Snapshot:
    """Everything a decision may change."""

    faces: Mapping[int, State]
    videos: Mapping[int, int]
    tags: frozenset[Pair]
    own_tags: frozenset[Pair]
    verdicts: frozenset[Pair]
    skips: frozenset[tuple[int, str]]
    creators: frozenset[int]

    def differences(self, other: Snapshot) -> list[str]:
        """What is not the same."""
        return [
            f"{name} differ: {sorted(map(str, _items(mine) ^ _items(theirs)))[:6]}"
            for name, mine in vars(self).items()
            if mine != (theirs := getattr(other, name))
        ]


def _items(of: Any) -> set[Any]:
    return set(of.items()) if isinstance(of, Mapping) else set(of)


@dataclass
class Report:
    """How many keys there were, what became of each, and everything that is not as it must be."""

    sent: int = 0
    written: int = 0
    waiting: int = 0
    aside: int = 0
    """The database refused it: it stands on a list, with the reason."""
    told: int = 0
    """Of these nothing was written, and it was said why: a conflict, or nothing to undo."""
    refused: int = 0
    """The curator was told that the key did nothing."""
    cut_off: int = 0
    """The process was killed with this key in hand, before anything was said of it."""
    conflicts: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    """It was said to be otherwise."""
    wrong: list[str] = field(default_factory=list)
    """Rows, tags, verdicts or the history do not follow from the log."""

    @property
    def sound(self) -> bool:
        """Whether all is as it must be."""
        return not (self.lost or self.doubled or self.untrue or self.wrong)

    def figures(self) -> dict[str, Any]:
        """For people: numbers, and the first words of every kind of fault."""
        figures: dict[str, Any] = {}
        for name, value in vars(self).items():
            figures[name] = len(value) if isinstance(value, list) else value
        words = [*self.lost, *self.doubled, *self.untrue, *self.wrong]
        return figures | ({"faults": words[:20]} if words else {})


@dataclass(frozen=True)
class _Log:
    batches: Mapping[int, Any]
    of_token: Mapping[str, Any]
    steps: Sequence[Any]
    steps_of: Mapping[int, Sequence[Any]]
    changes: Sequence[Any]
    skips_of: Mapping[int, Sequence[int]]
    listed: Mapping[str, frozenset[int]]
    """The faces of each decision that stand on the list of conflicts."""


@dataclass(frozen=True)
class Kept:
    """What is in a journal, by token: what waits, and what was set aside, with the reason."""

    waiting: frozenset[str]
    aside: Mapping[str, str]


def kept_in(journals: Iterable[Path]) -> Kept:
    """All that these journals hold."""
    waiting: set[str] = set()
    aside: dict[str, str] = {}
    for journal in filter(Path.exists, journals):
        with closing(sqlite3.connect(journal)) as held:
            held.row_factory = sqlite3.Row
            for row in held.execute("SELECT * FROM intent"):
                reason = row["aside"] if "aside" in row.keys() else None  # noqa: SIM118
                if reason:
                    aside[row["token"]] = reason
                else:
                    waiting.add(row["token"])
    return Kept(frozenset(waiting), aside)


def snapshot(url: str) -> Snapshot:
    """The library as it is."""
    with psycopg.connect(url) as sql:
        rows = sql.execute(
            "SELECT id, video_id, match_status, matched_creator_id, match_confidence "
            "FROM video_face_detections"
        ).fetchall()
        return Snapshot(
            {row[0]: State(*row[2:]) for row in rows},
            {row[0]: row[1] for row in rows},
            _pairs(sql, "SELECT video_id, creator_id FROM video_creators"),
            _pairs(sql, "SELECT video_id, creator_id FROM facereview.tag"),
            _pairs(sql, "SELECT detection_id, creator_id FROM facereview.verdict"),
            _pairs(sql, "SELECT detection_id, actor FROM facereview.skip"),
            frozenset(row[0] for row in sql.execute("SELECT id FROM creators")),
        )


@dataclass(frozen=True)
class Past:
    """What happened in a library since ``start``: by these keys, with these journals."""

    url: str
    keys: Sequence[Path]
    journals: Sequence[Path]
    start: Snapshot

    def check(self, *, alone: bool) -> Report:
        """Look at all that was pressed, kept and written.

        ``alone``: by one curator at one workstation, who cannot be in conflict with anybody.
        """
        return _check(self, alone=alone)


def _check(past: Past, *, alone: bool) -> Report:
    report = Report()
    log = _read_log(past.url)
    kept = kept_in(past.journals)
    pressed = [key for file in past.keys for key in read_keys(file)]
    for key in pressed:
        _check_key(key, log, kept, report)
    _check_strangers(pressed, log, report)
    if alone:
        report.untrue += [
            f"a conflict was told of {_named(key)}, though nobody else decides"
            for key in pressed
            if any(answer.conflicts for answer in key.answers)
        ]
    start, now = past.start, snapshot(past.url)
    _check_rows(log, start, now, report)
    _check_tags(start, now, report)
    _check_verdicts(log, start, now, report)
    _check_skips(log, start, now, report)
    _check_undos(log, report)
    return report


# --------------------------------------------------------------------------------- keys and tokens


def _check_key(key: Key, log: _Log, kept: Kept, report: Report) -> None:
    report.sent += 1
    batch = log.of_token.get(key.token)
    conflicts = {face for answer in key.answers for face in answer.conflicts}
    conflicts |= log.listed.get(key.token, frozenset())
    report.conflicts += len(conflicts)
    if batch is not None:
        report.written += 1
        _check_written(key, batch, conflicts, log, report)
    elif key.token in kept.aside:
        report.aside += 1
    elif key.refused is not None:
        report.refused += 1
    elif key.token in kept.waiting:
        report.waiting += 1
    elif key.reverts and not key.cut_off:
        report.told += 1  # there was nothing to take back, or all of it was overtaken
        if any(answer.saved and answer.changed for answer in key.answers):
            report.lost.append(f"{_named(key)} was said to be done, and is not there")
    elif key.faces and conflicts >= set(key.faces):
        report.told += 1
    elif key.cut_off:
        report.cut_off += 1
    else:
        report.lost.append(f"{_named(key)} is no row, does not wait, and nobody was told")


def _check_written(key: Key, batch: Any, conflicts: set[int], log: _Log, report: Report) -> None:
    if batch.kind != key.kind:
        report.wrong.append(f"{_named(key)} is written as {batch.kind}")
    if key.refused is not None and _UNSURE not in key.refused:
        report.untrue.append(f"{_named(key)} is written, but was refused: {key.refused}")
    faces = Counter(step.detection_id for step in log.steps_of[batch.id])
    faces += Counter(log.skips_of[batch.id] if key.kind == "skip" else ())
    report.doubled += [
        f"{_named(key)} is written {times} times on face {face}"
        for face, times in faces.items()
        if times > 1
    ]
    if key.reverts:
        return
    report.lost += [
        f"{_named(key)} is not written on face {face}, and no conflict was told"
        for face in key.faces
        if face not in faces and face not in conflicts and not key.cut_off
    ]
    report.wrong += [
        f"{_named(key)} is written on face {face}, which it was not about"
        for face in faces
        if face not in key.faces
    ]


def _check_strangers(pressed: Sequence[Key], log: _Log, report: Report) -> None:
    """Batches that no key explains: one key written twice, under another token."""
    known = {key.token for key in pressed}
    report.doubled += [
        f"batch {batch.id} ({batch.kind}) was asked for by no key"
        for batch in log.batches.values()
        if batch.token not in known
    ]


def _named(key: Key) -> str:
    return f"key {key.number} ({key.kind}, {key.token})"


# ---------------------------------------------------------------------------- where the log leads


def _check_rows(log: _Log, start: Snapshot, now: Snapshot, report: Report) -> None:
    faces = dict(start.faces)
    for step in log.steps:
        before = State(step.before_status, step.before_creator_id, step.before_confidence)
        if faces[step.detection_id] != before:
            report.wrong.append(
                f"step {step.id} says face {step.detection_id} was {before}, "
                f"the steps before it lead to {faces[step.detection_id]}"
            )
        faces[step.detection_id] = State(
            step.after_status, step.after_creator_id, step.after_confidence
        )
    report.wrong += [
        f"face {face} is {now.faces.get(face)}, the log leads to {state}"
        for face, state in faces.items()
        if now.faces.get(face) != state
    ]


def _check_tags(start: Snapshot, now: Snapshot, report: Report) -> None:
    named = {
        (now.videos[face], state.creator)
        for face, state in now.faces.items()
        if state.status in _DECIDED and state.creator is not None
    }
    foreign = start.tags - start.own_tags
    for words, found, due in (
        ("video_creators", now.tags, foreign | named),
        ("facereview.tag", now.own_tags, named - foreign),
    ):
        report.wrong += [f"{words} lacks {pair}" for pair in due - found]
        report.wrong += [f"{words} holds {pair}, which no face asks for" for pair in found - due]


def _check_verdicts(log: _Log, start: Snapshot, now: Snapshot, report: Report) -> None:
    verdicts = set(start.verdicts)
    for step in log.steps:
        if step.denied is None:
            continue
        pair = (step.detection_id, step.denied)
        if log.batches[step.batch_id].kind == "undo":
            verdicts.discard(pair)
        else:
            verdicts.add(pair)
    report.wrong += [
        f"the verdict {pair} does not follow from the log"
        for pair in verdicts ^ now.verdicts
        if pair[1] in now.creators
    ]


def _check_skips(log: _Log, start: Snapshot, now: Snapshot, report: Report) -> None:
    skips = set(start.skips)
    for change in log.changes:
        if change.subject != "skip":
            continue
        row = change.after or change.before
        pair = (row["detection_id"], row["actor"])
        skips.discard(pair)
        if change.after:
            skips.add(pair)
    report.wrong += [f"the skip {pair} does not follow from the log" for pair in skips ^ now.skips]


def _check_undos(log: _Log, report: Report) -> None:
    changing = {row.batch_id for row in (*log.steps, *log.changes)}
    for batch in log.batches.values():
        if batch.id not in changing:
            report.wrong.append(f"batch {batch.id} ({batch.kind}) is empty")
        if (batch.reverts is None) == (batch.kind in ("undo", "redo")):
            report.wrong.append(f"batch {batch.id} ({batch.kind}) takes back {batch.reverts}")
        if batch.reverts is None:
            continue
        target = log.batches[batch.reverts]
        if target.undone_by != batch.id:
            report.wrong.append(
                f"batch {batch.id} takes back {target.id}, which {target.undone_by} took back"
            )
        if (target.kind == "undo") != (batch.kind == "redo"):
            report.wrong.append(f"batch {batch.id} ({batch.kind}) takes back a {target.kind}")
        report.wrong += _not_backwards(log, batch, target)
    report.wrong += [
        f"batch {batch.id} is undone by {batch.undone_by}, which does not say so"
        for batch in log.batches.values()
        if batch.undone_by is not None and log.batches[batch.undone_by].reverts != batch.id
    ]


def _not_backwards(log: _Log, batch: Any, target: Any) -> Iterable[str]:
    done = {step.detection_id: step for step in log.steps_of[target.id]}
    for step in log.steps_of[batch.id]:
        was = done.get(step.detection_id)
        if was is None:
            yield f"batch {batch.id} takes back more than {target.id} did: face {step.detection_id}"
        elif (back := _after(step)) != _before(was):
            yield f"batch {batch.id} brings face {was.detection_id} to {back}, not {_before(was)}"


def _before(step: Any) -> State:
    return State(step.before_status, step.before_creator_id, step.before_confidence)


def _after(step: Any) -> State:
    return State(step.after_status, step.after_creator_id, step.after_confidence)


# ---------------------------------------------------------------------------------------- reading


def _read_log(url: str) -> _Log:
    with psycopg.connect(url, row_factory=namedtuple_row) as sql:
        batches: list[Any] = sql.execute(
            "SELECT id, replace(token::text, '-', '') AS token, kind, reverts, undone_by "
            "FROM facereview.batch WHERE kind <> 'automatic' ORDER BY id"
        ).fetchall()
        steps: list[Any] = sql.execute("SELECT * FROM facereview.decision ORDER BY id").fetchall()
        listed: list[Any] = sql.execute(
            "SELECT replace(token::text, '-', '') AS token, detection_id FROM facereview.conflict"
        ).fetchall()
        changes: list[Any] = sql.execute(
            "SELECT * FROM facereview.row_change ORDER BY id"
        ).fetchall()
    steps_of: dict[int, list[Any]] = defaultdict(list)
    for step in steps:
        steps_of[step.batch_id].append(step)
    skips_of: dict[int, list[int]] = defaultdict(list)
    for change in changes:
        if change.subject == "skip":
            skips_of[change.batch_id].append((change.after or change.before)["detection_id"])
    conflicts: dict[str, set[int]] = defaultdict(set)
    for row in listed:
        conflicts[row.token].add(row.detection_id)
    return _Log(
        {batch.id: batch for batch in batches},
        {batch.token: batch for batch in batches},
        steps,
        steps_of,
        changes,
        skips_of,
        {token: frozenset(faces) for token, faces in conflicts.items()},
    )


def _pairs(sql: psycopg.Connection[Any], query: str) -> frozenset[Any]:
    return frozenset(tuple(row) for row in sql.execute(query.encode()).fetchall())
