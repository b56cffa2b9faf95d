"""Any act is undone out of order: what others changed since stays, and is listed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_history import Bench, an_act, everything
from test_history import bench as bench  # noqa: PLC0414 - a fixture
from test_history import faces as faces  # noqa: PLC0414

from facereview.records import FaceState, Status
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Outcome
from facereview.review.evidence.automatic import take_back
from facereview.review.history.desk import HistoryDesk
from facereview.review.history.records import Cannot, Entry, Wanted
from facereview.review.library.config import Settings
from facereview.store.log import Step
from support import PENDING, Faces, pack

Sql = psycopg.Connection[Any]
NUMBERS = count(1_000_000)
"""For names that no example before has given."""


@pytest.fixture
def others(bench: Bench, tmp_path: Path) -> Iterator[Bench]:
    """Another curator at another computer, who does what comes to hand."""
    made = Bench(bench.url, tmp_path, "there")
    yield made
    made.close()


def entries(desk: HistoryDesk) -> list[Entry]:
    found: list[Entry] = []
    after = None
    while True:
        page = desk.page(Wanted(), after, 3)
        found += page.entries
        if (after := page.after) is None:
            return found


def states(bench: Bench, ids: list[int]) -> dict[int, FaceState]:
    return {i: face.state for i, face in bench.store.faces.get(ids).items()}


def set_something(bench: Bench, chance: Random) -> None:
    key = chance.choice(["min_face_size", "frames_per_video", "confirm_twice_above"])
    Settings(bench.store, pack).save(key, str(chance.randint(2, 400)))


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.integers(0, 2**32), st.integers(3, 9))
def test_an_act_undone_out_of_order_leaves_what_others_changed_since(
    bench: Bench, others: Bench, faces: Faces, sql: Sql, seed: int, length: int
) -> None:
    chance = Random(seed)
    for _ in range(length):
        who = chance.choice([bench, others])
        if chance.random() < 0.25:
            set_something(who, chance)
        else:
            an_act(who, faces, chance, next(NUMBERS))
    desk = HistoryDesk(bench.store, pack, "me")
    listed = entries(desk)
    assert [entry.id for entry in listed] == sorted((e.id for e in listed), reverse=True)
    for entry in chance.sample(listed, min(4, len(listed))):
        now = desk.entry(entry.token)
        if now.revert is None:
            assert now.cannot in (Cannot.UNDONE, Cannot.EMPTY)
        else:
            undo_one(bench, desk, now, faces, sql)


def undo_one(bench: Bench, desk: HistoryDesk, entry: Entry, faces: Faces, sql: Sql) -> None:
    assert entry.revert is not None
    before, library = states(bench, faces.ids), everything(sql)
    rows, values = steps(bench, entry), setting_values(sql)
    told = desk.preview(entry)
    assert everything(sql) == library
    assert setting_values(sql) == values
    outcome = History(bench.store, "me", pack).apply(entry.revert)
    assert outcome is not None
    assert told is not None
    assert (told.nothing, told.kept) == (outcome.overtaken, outcome.beside.kept)
    if outcome.overtaken:
        assert everything(sql) == library
        assert setting_values(sql) == values
        return
    after, merges = states(bench, faces.ids), bench.store.changes.merges()
    changed = {change.face_id for change in outcome.changes}
    stayed = {conflict.face_id for conflict in outcome.conflicts}
    assert changed.isdisjoint(stayed)
    assert changed | stayed == rows.keys()
    for face, step in rows.items():
        wanted = merges.state(step.before)
        assert after[face] == (before[face] if face in stayed else wanted), face
    if entry.about.kind not in (Kind.MERGE, Kind.DIVIDE):
        assert stayed == {
            face for face, step in rows.items() if others_changed(step, before, merges)
        }
        assert told.faces == len(changed)
        assert set(told.stays) == stayed
        gone = set(outcome.beside.creators)
        untouched = [f for f in faces.ids if f not in rows]
        assert all(after[f] == before[f] or before[f].creator_id in gone for f in untouched)
    if entry.about.kind is Kind.SETTING:
        check_settings(entry, outcome, values, setting_values(sql))
    assert desk.entry(entry.token).cannot is Cannot.UNDONE


def others_changed(step: Step, before: dict[int, FaceState], merges: Any) -> bool:
    now, then = before[step.face_id], merges.state(step.after)
    pending = now.status is then.status is Status.PENDING
    return not pending and now != then


def steps(bench: Bench, entry: Entry) -> dict[int, Step]:
    """What the last of those that undid one another did."""
    assert entry.revert is not None
    assert entry.revert.target is not None
    batch = bench.store.log.batch(entry.revert.target)
    assert batch is not None
    logged = bench.store.log.steps(batch.id)
    return {s.face_id: s for s in bench.store.changes.told_apart(batch.id, logged)}


def setting_values(sql: Sql) -> dict[str, str]:
    return dict(sql.execute("SELECT key, value FROM face_recognition_config").fetchall())


def check_settings(
    entry: Entry, outcome: Outcome, before: dict[str, str], after: dict[str, str]
) -> None:
    [(key, was, became)] = entry.about.settings
    if entry.revert is not None and entry.revert.kind is Kind.REDO:
        was, became = became, was
    default = {"min_face_size": "64", "frames_per_video": "5", "confirm_twice_above": "200"}[key]
    assert before[key] == (became or default)  # else it was overtaken
    assert after[key] == (was or default)
    assert {k: v for k, v in after.items() if k != key} == {
        k: v for k, v in before.items() if k != key
    }


def test_what_the_machine_took_back_is_brought_back_as_its_match(
    bench: Bench, faces: Faces
) -> None:
    faces.match_by_machine(0, 1)
    store = bench.store
    [run] = store.log.machine_batches()
    with store.deciding():
        locked = store.log.lock(faces.ids[:2])
        back = [Step(f.id, f.video_id, f.state, PENDING, f.automatic) for f in locked.values()]
        take_back(store, back)
    desk = HistoryDesk(store, pack, "me")
    released = desk.page(Wanted(), limit=1).entries[0]
    assert (released.kind, released.released) == (Kind.AUTOMATIC, True)
    assert released.revert is not None
    outcome = History(store, "me", pack).apply(released.revert)
    assert outcome is not None
    assert len(outcome.changes) == 2
    assert [b.id for b in store.log.machine_batches()] == [run.id]


@pytest.mark.parametrize("released", [False, True])
def test_what_a_curator_confirmed_stays_when_a_run_is_taken_back_once_more(
    bench: Bench, faces: Faces, *, released: bool
) -> None:
    """The run was undone and redone meanwhile, or the machine's taking back of it was undone."""
    faces.match_by_machine(0, 1)
    store, history = bench.store, History(bench.store, "me", pack)
    if released:
        with store.deciding():
            locked = store.log.lock(faces.ids[:2])
            back = [Step(f.id, f.video_id, f.state, PENDING, f.automatic) for f in locked.values()]
            take_back(store, back)
    token: str = HistoryDesk(store, pack).page(Wanted(), limit=1).entries[0].token
    for kind in (Kind.UNDO,) if released else (Kind.UNDO, Kind.REDO):
        history.apply(done := Intent(kind, target=token))
        token = done.token
    assert all(face.automatic for face in store.log.look(faces.ids[:2]).values())
    history.apply(Intent(Kind.CONFIRM, faces.seen(0)))
    last = Intent(Kind.REDO if released else Kind.UNDO, target=token)
    told, outcome = history.preview(last), history.apply(last)
    assert told is not None
    assert outcome is not None
    for one in (told, outcome):
        assert [change.face_id for change in one.changes] == faces.ids[1:2]
        assert [conflict.face_id for conflict in one.conflicts] == faces.ids[:1]
    assert faces.state(0) == FaceState(Status.MATCHED, faces.ann.id, 0.75)
    assert faces.state(1) == PENDING
