"""Undos that name their act: what they would show is known, and no other act is taken back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.records import Status
from facereview.review.decisions.history import History, Latest
from facereview.review.decisions.intents import Intent, Kind, Seen, Undoable
from facereview.review.decisions.known_acts import KnownActs, foretold
from facereview.review.desk import Desk
from facereview.store import store as limits
from facereview.store.row_changes import RowChanges
from facereview.store.store import Store
from support import PENDING, Faces, desk_at, face_held, pack

Sql = psycopg.Connection[Any]


def latest(desk: Desk) -> Latest:
    act = desk.undoable()
    assert act is not None
    return act


def test_a_chain_of_undos_and_redos_is_foretold(faces: Faces) -> None:
    acts, intents = KnownActs(), [faces.accept(number) for number in range(3)]
    for intent in intents:
        acts.add(intent)
    undone = [acts.undo(token) for token in ("one", "two")]
    assert [act.token for act in undone if act] == [intents[2].token, intents[1].token]
    redone = acts.redo("three")
    assert redone is not None
    assert redone.token == "two"
    outcome = foretold(Intent(Kind.REDO), redone)
    assert outcome is not None
    ((change),) = outcome.changes
    assert (change.face_id, change.after.status) == (faces.ids[1], Status.MATCHED)
    assert change.creator_name == faces.ann.name
    again = acts.undo("four")
    assert again is not None
    assert (again.token, [c.after for c in again.back]) == ("three", [PENDING])
    oldest = acts.undo("five")
    assert oldest is not None
    assert oldest.token == intents[0].token
    assert acts.undo("six") is None  # older ones are in the database only


def test_what_the_database_says_is_fitted_in_below_what_is_not_answered_yet(faces: Faces) -> None:
    acts, (old, new) = KnownActs(), (faces.accept(0), faces.accept(1))
    acts.add(old)
    acts.add(new)
    other = Latest("other", latest_words(old))
    acts.learn(other, {new.token})
    assert [act.token for act in (acts.undo("a"), acts.undo("b")) if act] == [new.token, "other"]
    assert acts.undo("c") is None


def latest_words(intent: Intent) -> Undoable:
    acts = KnownActs()
    acts.add(intent)
    act = acts.undo("one")
    assert act is not None
    return act.words


def test_an_undo_that_names_its_act_and_the_key_after_it_outlive_a_crash(
    store: Store, faces: Faces, sql: Sql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LOCK_SECONDS", 0.2)
    journal = tmp_path / "crash"
    with closing(desk_at(Store(store.database), journal)) as desk:
        first = faces.accept(0)
        desk.decide(first)
        act = latest(desk)
        assert act.token == first.token
        desk.decide(faces.accept(1))
        with face_held(sql, faces.ids[0]):
            undo = Intent(Kind.UNDO, target=first.token)
            waits = desk.undo(undo, act)
            assert waits is not None
            assert not waits.saved
            assert [change.after for change in waits.changes] == [PENDING]
            desk.decide(Intent(Kind.REJECT, (Seen(faces.ids[0], faces.video, PENDING),)))
    with closing(desk_at(Store(store.database), journal)) as desk:
        done = desk.flush()
        assert [outcome.intent.kind for outcome in done] == [Kind.UNDO, Kind.REJECT]
        assert all(outcome.saved and not outcome.conflicts for outcome in done)
    assert faces.state(0).status is Status.REJECTED
    assert faces.state(1).status is Status.MATCHED  # the later act stands


def test_a_key_after_an_undo_of_what_somebody_else_changed_is_in_conflict(
    desk: Desk, faces: Faces, sql: Sql
) -> None:
    first = faces.accept(0)
    desk.decide(first)
    sql.execute(
        "UPDATE video_face_detections SET matched_creator_id = %s WHERE id = %s",
        [faces.bob.id, faces.ids[0]],
    )
    undone = desk.undo(Intent(Kind.UNDO, target=first.token))
    assert undone is not None
    assert undone.overtaken
    told = desk.decide(Intent(Kind.REJECT, (Seen(faces.ids[0], faces.video, PENDING),)))
    assert [conflict.face_id for conflict in told.conflicts] == [faces.ids[0]]
    assert faces.state(0).creator_id == faces.bob.id


def test_an_undo_of_what_was_never_written_takes_back_nothing_else(
    desk: Desk, faces: Faces
) -> None:
    desk.decide(faces.accept(0))
    assert desk.undo(Intent(Kind.UNDO, target=Intent(Kind.REJECT).token)) is None
    assert faces.state(0).status is Status.MATCHED
    assert desk.unsaved() == 0


def test_what_was_written_late_is_what_is_undone_next_though_the_database_is_away_again(
    store: Store, faces: Faces, sql: Sql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "LOCK_SECONDS", 0.2)
    with closing(desk_at(Store(store.database), tmp_path / "late")) as desk:
        desk.decide(faces.accept(0))
        late = faces.accept(1)
        with face_held(sql, faces.ids[1]):
            assert not desk.decide(late).saved
        assert [outcome.saved for outcome in desk.flush()] == [True]
        with face_held(sql, faces.ids[1]):
            waits = desk.undo()
            assert waits is not None
            assert [change.face_id for change in waits.changes] == [faces.ids[1]]
        desk.flush()
    assert faces.state(0).status is Status.MATCHED
    assert faces.state(1) == PENDING


def test_a_skip_holds_nothing_of_what_another_curator_takes_back_meanwhile(
    store: Store, faces: Faces, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    History(store, "bert", pack).apply(Intent(Kind.SKIP, faces.seen(0)))
    skip = RowChanges.skip

    def meanwhile(rows: RowChanges, actor: str, ids: list[int]) -> None:
        skip(rows, actor, ids)
        sql.execute("DELETE FROM facereview.skip WHERE actor = 'bert'")

    monkeypatch.setattr(RowChanges, "skip", meanwhile)
    outcome = History(store, "ann", pack).apply(Intent(Kind.SKIP, faces.seen(0)))
    assert outcome is not None
    assert (outcome.beside.skipped, outcome.beside.unskipped) == ((faces.ids[0],), ())
    undone = History(store, "ann", pack).apply(Intent(Kind.UNDO))
    assert undone is not None
    assert sql.execute("SELECT actor FROM facereview.skip").fetchall() == []
