"""One history of all that a curator does: exactly back and forward, also after a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facereview.home import Home
from facereview.media.crops import CropCache
from facereview.records import FaceState, RejectReason, Status
from facereview.review.clusters.desk import ClusterDesk
from facereview.review.creators.desk import CreatorsDesk, NamesDesk
from facereview.review.creators.records import Profile
from facereview.review.creators.reference_records import Changed
from facereview.review.creators.references_desk import ReferencesDesk
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Outcome, Seen, Undoable
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk
from facereview.store.clusters import State
from facereview.store.session import Database
from facereview.store.store import Store
from support import PENDING, Faces, make_faces, pack

Sql = psycopg.Connection[Any]
FACES = 10
REPLACES: dict[str, Any] = {"replaces": True}
"""The curator was told of what stands."""

TABLES = {
    "creators": "to_jsonb(t) - 'updated_at'",
    "video_face_detections": "to_jsonb(t) - 'embedding'",
    "creator_face_embeddings": "to_jsonb(t)",
    "video_creators": "to_jsonb(t)",
    "facereview.tag": "to_jsonb(t)",
    "facereview.verdict": "to_jsonb(t)",
    "facereview.alias": "to_jsonb(t)",
    "facereview.retired": "to_jsonb(t)",
    "facereview.cluster": "to_jsonb(t)",
    "facereview.membership": "to_jsonb(t)",
    "facereview.apart": "to_jsonb(t)",
    "facereview.mirror": "to_jsonb(t)",
    "facereview.different": "to_jsonb(t)",
    "facereview.skip": "to_jsonb(t)",
}


def everything(sql: Sql) -> dict[str, list[str]]:
    """All that curators see of a library, but for the moment of the last change."""
    return {
        table: sorted(row[0] for row in sql.execute(f"SELECT ({what})::text FROM {table} t"))
        for table, what in TABLES.items()
    }


class Bench:
    """A library with clusters, and the desks of one curator, opened anew when told so."""

    def __init__(self, url: str, folder: Path, workstation: str = "here") -> None:
        self.url, self.folder, self.workstation = url, folder, workstation
        self.database: Database | None = None
        self.open()

    def open(self) -> None:
        """As another run of the program does."""
        self.close()
        self.database = Database(self.url)
        self.store = Store(self.database, self.workstation)
        self.desk = Desk(self.store, Journal(self.folder / "journal", "library"), pack, "me")
        self.clusters = ClusterDesk(self.store, pack, "me")
        home = Home(self.folder)
        self.creators = CreatorsDesk(self.store, home, "library", pack, "me")
        crops = CropCache(home.crops("library"))
        self.references = ReferencesDesk(self.store, crops, crops, pack, "me")

    def close(self) -> None:
        if self.database is not None:
            self.desk.close()
            self.database.close()

    def decide(self, kind: Kind, *faces: int, **named: Any) -> Outcome:
        now = self.store.faces.get(faces)
        seen = tuple(Seen(i, now[i].video_id, now[i].state, 0.75) for i in faces)
        return self.desk.decide(Intent(kind, seen, **named))

    def undo(self) -> Outcome:
        outcome = self.desk.undo()
        assert outcome is not None
        return outcome

    def redo(self) -> Outcome:
        outcome = self.desk.redo()
        assert outcome is not None
        return outcome


@pytest.fixture
def faces(store: Store, sql: Sql) -> Faces:
    made = make_faces(store, FACES)
    for cluster, part in ((1, made.ids[:4]), (2, made.ids[4:7]), (3, made.ids[7:9])):
        sql.execute("INSERT INTO facereview.cluster (id) VALUES (%s)", (cluster,))
        for face in part:
            sql.execute(
                "INSERT INTO facereview.membership (detection_id, cluster_id, likeness) "
                "VALUES (%s, %s, .8)",
                (face, cluster),
            )
    sql.execute("SELECT setval('facereview.cluster_id_seq', 100)")
    store.clusters.set_state(State(datetime.now(UTC), {}, (0.4, 0.55), 0))
    return made


@pytest.fixture
def bench(library_url: str, faces: Faces, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(library_url, tmp_path)
    yield made
    made.close()


def an_act(bench: Bench, faces: Faces, chance: Random, number: int) -> None:
    """Something that a curator may do now; what is not possible is not done."""
    some = chance.sample(faces.ids, chance.randint(1, 3))
    now = bench.store.faces.get(faces.ids)
    people = [person.creator for person in NamesDesk(bench.store).people()]
    someone = chance.choice(people)
    clusters = [cluster.id for cluster in bench.clusters.wall().clusters]
    decided = [i for i in faces.ids if now[i].state.status in (Status.MATCHED, Status.MANUAL)]
    references = [row[0] for row in bench.store.session.tuples("reference_vectors")]
    acts: dict[str, Callable[[], object]] = {
        "accept": lambda: bench.decide(Kind.ACCEPT, *some, creator=someone, **REPLACES),
        "new": lambda: bench.decide(Kind.ASSIGN, *some, new_name=f"New {number}", **REPLACES),
        "reject": lambda: bench.decide(
            Kind.REJECT, *some, reason=RejectReason.STRANGER, **REPLACES
        ),
        "not": lambda: bench.decide(Kind.NOT_PERSON, *some, creator=someone, **REPLACES),
        "skip": lambda: bench.decide(Kind.SKIP, *some),
        "create": lambda: bench.creators.naming.add(Profile(f"Made {number}", (f"M{number}",))),
        "rename": lambda: bench.creators.naming.rename(someone.id, f"Called {number}"),
        "describe": lambda: bench.creators.naming.change(
            someone.id,
            Profile(someone.name, (), someone.description or ""),
            Profile(someone.name, (f"A{number}",), f"Text {number}"),
        ),
    }
    if len(clusters) > 1:
        pair = chance.sample(clusters, 2)
        acts["join"] = lambda: bench.clusters.merge(pair)
        acts["mirror"] = lambda: bench.clusters.merge(pair, some)
        acts["later"] = lambda: bench.clusters.postpone(pair[0])
        sides = [bench.store.clusters.faces([cluster])[:2] for cluster in pair]
        acts["different"] = lambda: bench.clusters.pairs.tell_apart(sides[0], sides[1])
        inside = bench.store.clusters.faces(pair[:1])
        acts["split"] = lambda: bench.clusters.split(pair[0], inside[:1])
    if decided:
        acts["promote"] = lambda: bench.references.promotion.promote(decided[:2], anyway=True)
        whose = now[decided[0]].state.creator_id
        assert whose is not None
        acts["divide"] = lambda: bench.creators.splitting.split(
            whose, decided[:1], f"Apart {number}"
        )
    if references:
        acts["retire"] = lambda: bench.references.retire(references[:1])
        acts["move"] = lambda: bench.references.move(references[:1], someone.id)
    if len(people) > 3:
        acts["merge"] = lambda: bench.creators.merging.merge(people[0].id, people[-1].id)
    acts[chance.choice(sorted(acts))]()


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.integers(0, 2**32), st.integers(1, 9))
def test_any_history_goes_exactly_back_and_forward(
    bench: Bench, faces: Faces, sql: Sql, seed: int, length: int
) -> None:
    chance = Random(seed)
    states, words = [everything(sql)], []
    for number in range(length):
        before = bench.store.clusters.last_batch()
        an_act(bench, faces, chance, seed % 1000 * 100 + number)
        if bench.store.clusters.last_batch() > before:
            states.append(everything(sql))
            words.append(next_undo(bench.desk))
    steps = len(words)
    for step in range(steps, 0, -1):
        if chance.random() < 0.3:
            bench.open()
        assert said(next_undo(bench.desk)) == said(words[step - 1])
        assert said(bench.undo().about) == said(words[step - 1])
        assert_same(everything(sql), states[step - 1])
    for step in range(steps):
        if chance.random() < 0.3:
            bench.open()
        bench.redo()
        assert_same(everything(sql), states[step + 1])
    for step in range(steps, 0, -1):
        bench.undo()
        assert_same(everything(sql), states[step - 1])


def said(act: Undoable | None) -> tuple[object, ...]:
    assert act is not None
    return act.kind, act.number, act.reason, act.names


def next_undo(desk: Desk) -> Undoable | None:
    latest = desk.undoable()
    return latest.words if latest else None


def assert_same(now: dict[str, list[str]], then: dict[str, list[str]]) -> None:
    for table, rows in then.items():
        assert now[table] == rows, table


# --------------------------------------------------------------------------------- one at a time


def test_what_is_undone_is_named_in_turn(bench: Bench, faces: Faces) -> None:
    bench.decide(Kind.ASSIGN, *faces.ids[:2], new_name="Katie")
    katie = bench.creators.naming.named("Katie").id
    bench.clusters.merge([1, 2])
    bench.decide(Kind.SKIP, faces.ids[8])
    bench.references.promotion.promote(faces.ids[:2], anyway=True)
    bench.creators.naming.rename(katie, "Kate")
    bench.open()
    named = []
    while (act := bench.desk.undoable()) is not None:
        named.append((act.words.kind, act.words.number, act.words.names))
        bench.undo()
    assert named == [
        (Kind.RENAME, 1, ("Katie", "Kate")),
        (Kind.PROMOTE, 2, ()),
        (Kind.SKIP, 1, ()),
        (Kind.JOIN, 2, ()),
        (Kind.ASSIGN, 2, ("Katie",)),
    ]
    assert bench.desk.undo() is None
    assert bench.store.creators.get(katie) is None


def test_each_workstation_has_a_history_of_its_own(
    bench: Bench, faces: Faces, tmp_path: Path
) -> None:
    bench.decide(Kind.ACCEPT, faces.ids[0], creator=faces.ann)
    there = Bench(bench.url, tmp_path, "there")
    assert there.desk.undoable() is None
    there.clusters.postpone(2)
    assert [b.desk.undoable() is not None for b in (bench, there)] == [True, True]
    assert there.undo().undone is Kind.LATER
    assert there.desk.undo() is None
    assert bench.undo().undone is Kind.ACCEPT
    there.close()


def test_acts_of_before_workstations_were_told_apart_can_still_be_undone(
    bench: Bench, faces: Faces, sql: Sql
) -> None:
    bench.decide(Kind.ACCEPT, faces.ids[0], creator=faces.ann)
    sql.execute("UPDATE facereview.batch SET workstation = ''")
    assert bench.undo().undone is Kind.ACCEPT


def test_what_others_changed_since_stays_and_is_told(
    bench: Bench, faces: Faces, store: Store, sql: Sql
) -> None:
    """Of three faces joined, somebody else moved one on."""
    bench.clusters.merge([2, 3])
    ClusterDesk(store, pack, "another").split(2, faces.ids[4:5])
    undone = bench.undo()
    assert (undone.overtaken, undone.beside.kept) == (False, 1)
    assert [store.clusters.of(face) for face in faces.ids[4:9]] == [101, 2, 2, 3, 3]


def test_an_undo_that_finds_nothing_says_so_and_gives_way_to_the_one_before(
    bench: Bench, faces: Faces, store: Store, sql: Sql
) -> None:
    bench.decide(Kind.ACCEPT, faces.ids[1], creator=faces.ann)
    bench.decide(Kind.ACCEPT, faces.ids[0], creator=faces.ann)
    History(store, "another", pack).apply(
        Intent(Kind.REJECT, faces.seen(0), reason=RejectReason.STRANGER, **REPLACES)
    )
    before = sql.execute("SELECT count(*) FROM facereview.batch").fetchone()
    nothing = bench.undo()
    assert nothing.overtaken
    assert [c.face_id for c in nothing.conflicts] == faces.ids[:1]
    assert sql.execute("SELECT count(*) FROM facereview.batch").fetchone() == before
    assert faces.state(0) == FaceState(Status.REJECTED)
    assert bench.undo().changes[0].face_id == faces.ids[1]
    assert bench.desk.undo() is None
    assert bench.redo().changes[0].face_id == faces.ids[1]


def test_references_made_of_a_naming_go_with_it_and_come_back(
    bench: Bench, faces: Faces, store: Store
) -> None:
    named = bench.decide(Kind.ACCEPT, *faces.ids[:2], creator=faces.ann)
    crops = CropCache(bench.folder / "crops")
    ReferencesDesk(store, crops, crops, pack, "another").promotion.promote(
        faces.ids[:2], anyway=True
    )
    made = {r.id for r in store.creators.references(faces.ann.id)}
    undone = bench.undo()
    assert len(undone.changes) == len(named.changes) == 2
    left = {r.id for r in store.creators.references(faces.ann.id)}
    assert len(made - left) == 2
    assert undone.beside.references == Changed(creators=(faces.ann.id,))
    assert store.people.more(faces.ann.id).retired == 0
    redone = bench.redo()
    assert {r.id for r in store.creators.references(faces.ann.id)} == made
    assert set(redone.beside.references.added) == made - left


def test_another_name_takes_the_references_of_the_former_with_it(
    bench: Bench, faces: Faces, store: Store
) -> None:
    bench.decide(Kind.ACCEPT, faces.ids[0], creator=faces.ann)
    (made,) = bench.references.promotion.promote(faces.ids[:1], anyway=True).references
    outcome = bench.decide(Kind.REJECT, faces.ids[0], reason=RejectReason.NOT_A_FACE, **REPLACES)
    assert outcome.beside.references == Changed(creators=(faces.ann.id,))
    assert made not in {r.id for r in store.creators.references(faces.ann.id)}
    bench.undo()
    assert made in {r.id for r in store.creators.references(faces.ann.id)}


def test_a_face_whose_reference_was_withdrawn_can_be_promoted_again(
    bench: Bench, faces: Faces, store: Store
) -> None:
    bench.decide(Kind.ACCEPT, faces.ids[0], creator=faces.ann)
    first = bench.references.promotion.promote(faces.ids[:1], anyway=True).references
    bench.undo()
    assert bench.references.promotion.promote(faces.ids[:1], anyway=True).references not in (
        (),
        first,
    )


def test_skips_are_kept_per_curator_until_the_face_is_decided(
    bench: Bench, faces: Faces, store: Store, tmp_path: Path
) -> None:
    bench.decide(Kind.SKIP, faces.ids[3])
    bench.decide(Kind.SKIP, faces.ids[1])
    bench.open()
    assert bench.desk.skipped() == (faces.ids[3], faces.ids[1])
    other = Desk(store, Journal(tmp_path / "other", "library"), pack, "another")
    assert other.skipped() == ()
    other.decide(Intent(Kind.ACCEPT, faces.seen(3), faces.ann))
    assert bench.desk.skipped() == (faces.ids[1],)
    assert bench.undo().beside.unskipped == (faces.ids[1],)
    assert bench.desk.skipped() == ()
    assert bench.undo().overtaken
    other.undo()
    assert bench.desk.skipped() == (faces.ids[3],)
    other.close()


def test_decided_today_counts_what_was_decided_again(bench: Bench, faces: Faces) -> None:
    bench.decide(Kind.ACCEPT, *faces.ids[:5], creator=faces.ann)
    bench.decide(Kind.REJECT, faces.ids[5], reason=RejectReason.STRANGER)
    assert bench.desk.decided_today() == 6
    bench.undo()
    bench.undo()
    assert bench.desk.decided_today() == 0
    bench.redo()
    assert bench.desk.decided_today() == 5
    bench.redo()
    assert bench.desk.decided_today() == 6


def test_a_merge_taken_back_from_its_list_is_not_undone_again(
    bench: Bench, faces: Faces, store: Store
) -> None:
    bench.decide(Kind.ACCEPT, faces.ids[0], creator=faces.bob)
    merged = bench.creators.merging.merge(faces.ann.id, faces.bob.id)
    act = bench.desk.undoable()
    assert act is not None
    assert (act.words.kind, act.words.names) == (Kind.MERGE, ("Bob", "Ann"))
    bench.creators.history.undo_change(merged.change_id)
    assert faces.state(0).creator_id == faces.bob.id
    assert bench.redo().undone is Kind.MERGE
    assert faces.state(0).creator_id == faces.ann.id
    assert bench.undo().undone is Kind.MERGE
    assert bench.undo().undone is Kind.ACCEPT
    assert faces.state(0) == PENDING


def test_a_merge_that_cannot_be_taken_back_says_why_and_gives_way(
    bench: Bench, faces: Faces, store: Store
) -> None:
    bench.decide(Kind.ACCEPT, faces.ids[0], creator=faces.ann)
    bench.creators.merging.merge(faces.ann.id, faces.bob.id)
    CreatorsDesk(store, Home(bench.folder), "library", pack, "another").naming.add(Profile("Bob"))
    refused = bench.undo()
    assert refused.overtaken
    assert "Another creator is called Bob by now" in str(refused.why)
    assert bench.undo().undone is Kind.ACCEPT


def test_a_picture_is_the_one_before_again(bench: Bench, faces: Faces) -> None:
    crops = CropCache(Home(bench.folder).crops("library"))
    for shade, face in enumerate(faces.ids[:2]):
        crops.put(face, np.full((8, 8, 3), 60 + 80 * shade, np.uint8))
    first = bench.creators.set_picture(faces.ann.id, face=faces.ids[0]).profile_picture_path
    assert first is not None
    seen = Path(first).read_bytes()
    bench.creators.set_picture(faces.ann.id, face=faces.ids[1])
    assert bench.undo().undone is Kind.PICTURE
    person = bench.creators.person(faces.ann.id)
    assert person is not None
    assert person.person.creator.profile_picture_path == first
    assert Path(first).read_bytes() == seen


def test_the_same_undo_written_twice_undoes_one_act(bench: Bench, faces: Faces) -> None:
    bench.decide(Kind.ACCEPT, faces.ids[0], creator=faces.ann)
    bench.clusters.postpone(2)
    history, undo = History(bench.store, "me", pack), Intent(Kind.UNDO)
    assert history.apply(undo) == history.apply(undo)
    assert faces.state(0).status is Status.MATCHED


def test_what_a_creator_got_meanwhile_keeps_it(bench: Bench, faces: Faces, store: Store) -> None:
    bench.decide(Kind.ASSIGN, faces.ids[0], new_name="Katie")
    katie = bench.creators.naming.named("Katie")
    History(store, "another", pack).apply(Intent(Kind.ASSIGN, faces.seen(1), katie))
    undone = bench.undo()
    assert (len(undone.changes), undone.beside.kept) == (1, 1)
    assert store.creators.get(katie.id) == katie


def test_the_preview_of_many_faces_is_what_is_done_to_their_creator(
    bench: Bench, faces: Faces, sql: Sql, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is brought back, or stays as somebody else gave it a face; two faces are many here."""
    monkeypatch.setattr("facereview.review.decisions.history.PROMPT", 1)
    history = History(bench.store, "me", pack)
    bench.decide(Kind.ASSIGN, *faces.ids[:2], new_name="Katie")
    undo = bench.undo().intent
    redo = Intent(Kind.REDO, target=undo.token)
    again = Intent(Kind.UNDO, target=redo.token)
    for intent, kept in ((redo, 0), (again, 1)):
        library = everything(sql)
        told = history.preview(intent)
        assert everything(sql) == library
        assert told is not None
        assert (told.overtaken, told.conflicts, told.beside.kept) == (False, (), kept)
        assert [change.face_id for change in told.changes] == faces.ids[:2]
        assert told == history.apply(intent)
        History(bench.store, "another", pack).apply(
            Intent(Kind.ASSIGN, faces.seen(5), bench.creators.naming.named("Katie"))
        )
