"""Merges, splits, decisions, undo and redo in any order, compared with a simple model of them.

The model keeps of each face whom it was last said to be, whoever was merged since; what the library
shows must be that creator, or the one it is merged into now.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import psycopg
import pytest

from facereview.errors import Invalid
from facereview.records import Creator, RejectReason, Status
from facereview.review.creators.merges import MergeHistory, Merging, Splitting
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.store.store import Store
from support import Faces, make_faces, pack

Sql = psycopg.Connection[Any]
Said = tuple[str, int | None]
Decided = dict[int, tuple[Said, Said]]
"""What was said of each face of an act before and after it."""
Merge = tuple[int, int]
"""Who stayed, and who went."""

FACES = 6
STEPS = 40


class Model:
    """Random acts of one curator, and what each of them must have made of the faces."""

    def __init__(self, store: Store, sql: Sql, chance: Random) -> None:
        self.faces: Faces = make_faces(store, FACES)
        self.sql, self.chance = sql, chance
        self.history, self.changes = History(store, "me", pack), MergeHistory(store, "me")
        self.merging, self.splitting = Merging(store, "me"), Splitting(store, "me")
        made = (self.faces.ann, self.faces.bob, store.creators.find_or_add("Cleo"))
        self.creators: dict[int, Creator] = {creator.id: creator for creator in made}
        self.said: dict[int, Said] = dict.fromkeys(self.faces.ids, ("pending", None))
        self.merged: dict[int, int] = {}
        self.acts: dict[str, Decided | Merge] = {}
        self.told: list[object] = []
        self.unexpected = 0

    def run(self) -> None:
        """Do any of these."""
        acts: list[Callable[[], None]] = [
            lambda: self.decide(Kind.ACCEPT),
            lambda: self.decide(Kind.ASSIGN),
            lambda: self.decide(Kind.REJECT),
            lambda: self.decide(Kind.NOT_PERSON),
            lambda: self.revert(Kind.UNDO),
            lambda: self.revert(Kind.UNDO),
            lambda: self.revert(Kind.REDO),
            self.merge,
            self.take_back,
            self.split,
        ]
        self.chance.choice(acts)()
        rows = self.sql.execute(
            "SELECT id, match_status, matched_creator_id FROM video_face_detections"
        )
        now = {face: (status, creator) for face, status, creator in rows}
        assert now == {face: self.shown(said) for face, said in self.said.items()}, self.told

    def shown(self, said: Said) -> Said:
        """What the library shows of this."""
        status, creator = said
        while creator in self.merged:
            creator = self.merged[creator]
        return status, creator

    def standing(self) -> list[int]:
        return [creator for creator in self.creators if creator not in self.merged]

    def decide(self, kind: Kind) -> None:
        places = self.chance.sample(range(FACES), self.chance.randint(1, 2))
        creator = self.creators[self.chance.choice(self.standing())]
        seen = self.faces.seen(*places)
        intent = Intent(kind, seen, creator, replaces=True)
        if kind is Kind.REJECT:
            intent = Intent(kind, seen, reason=RejectReason.STRANGER, replaces=True)
        self.told.append((kind.value, [s.face_id for s in seen], creator.id))
        outcome = self.history.apply(intent)
        assert outcome is not None and not outcome.conflicts
        after: dict[Kind, Said] = {
            Kind.ACCEPT: ("matched", creator.id),
            Kind.ASSIGN: ("manual", creator.id),
            Kind.REJECT: ("rejected", None),
            Kind.NOT_PERSON: ("pending", None),
        }
        said = {s.face_id: self.said[s.face_id] for s in seen}
        if kind is Kind.NOT_PERSON:  # of anybody else it says nothing
            same = {face: (was, was) for face, was in said.items()}
            denied = {f: w for f, w in said.items() if self.shown(w)[1] == creator.id}
            self.note(intent.token, same | {f: (w, after[kind]) for f, w in denied.items()})
        else:
            self.note(intent.token, {face: (was, after[kind]) for face, was in said.items()})

    def split(self) -> None:
        source, target, *_ = [*self.chance.sample(self.standing(), len(self.standing())), None]
        faces = [f for f in self.faces.ids if self.shown(self.said[f])[1] == source]
        if target is None or source is None or not faces:
            return
        faces = self.chance.sample(faces, 1)
        self.told.append(("split", faces, source, target))
        change = self.splitting.split(source, faces, None, target).change_id
        after = (Status.MANUAL.value, target)
        self.note(self.changes.batch_of(change).token, {f: (self.said[f], after) for f in faces})

    def merge(self) -> None:
        if len(self.standing()) > 1:
            keep, drop = self.chance.sample(self.standing(), 2)
            self.told.append(("merge", keep, drop))
            change = self.merging.merge(keep, drop).change_id
            self.note(self.changes.batch_of(change).token, (keep, drop))

    def take_back(self) -> None:
        """Any merge or split, out of order."""
        past = self.changes.past()
        if not past:
            return
        change = self.chance.choice(past).change_id
        target = self.changes.batch_of(change).token
        self.told.append(("take back", change))
        try:
            undone = self.history.undo_change(change)
        except Invalid as refused:
            self.told.append(str(refused))
            return
        query = "SELECT token::text FROM facereview.batch ORDER BY id DESC LIMIT 1"
        row = self.sql.execute(query).fetchone()
        assert row is not None
        self.reverted(target, row[0], set(undone.stayed), Kind.UNDO)

    def revert(self, kind: Kind) -> None:
        target = self.history.latest(kind)
        intent = Intent(kind)
        outcome = self.history.apply(intent)
        self.told.append((kind.value, self.acts[_key(target)] if target else None))
        if target is None or outcome is None:
            assert target is None and outcome is None
        elif outcome.overtaken:
            self.told.append(str(outcome.why))
            self.unexpected += 1
        else:
            stayed = {conflict.face_id for conflict in outcome.conflicts}
            self.unexpected += len(stayed)
            self.reverted(target, intent.token, stayed, kind)

    def reverted(self, target: str, token: str, stayed: set[int], kind: Kind) -> None:
        match self.acts[_key(target)]:
            case (keep, drop):
                self.acts[_key(token)] = (keep, drop)
                if kind is Kind.UNDO:
                    del self.merged[drop]
                else:
                    self.merged[drop] = keep
            case dict() as decided:
                back = {f: words for f, words in decided.items() if f not in stayed}
                self.acts[_key(token)] = back
                for face, (before, after) in back.items():
                    self.said[face] = before if kind is Kind.UNDO else after

    def note(self, token: str, act: Decided | Merge) -> None:
        self.acts[_key(token)] = act
        if isinstance(act, dict):
            self.said |= {face: after for face, (_, after) in act.items()}
        else:
            self.merged[act[1]] = act[0]


def _key(token: str) -> str:
    return token.replace("-", "")


@pytest.mark.parametrize("seed", [1, 5, 6, 8, 50])
def test_every_face_names_whom_it_was_said_to_be(store: Store, sql: Sql, seed: int) -> None:
    model = Model(store, sql, Random(seed))
    for _ in range(STEPS):
        model.run()
    assert model.unexpected <= STEPS // 4  # else little was tried of undo and redo
