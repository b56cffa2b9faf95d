"""What the keys of a cast sheet decide, and what comes of it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facereview.errors import Invalid
from facereview.records import (
    DECIDED,
    Box,
    Chance,
    Creator,
    Face,
    FaceState,
    Overruled,
    RejectReason,
    Status,
    Sureness,
    Video,
)
from facereview.review.cast.acts import Wish, plan, row_intent
from facereview.review.cast.records import CastRow, CastSheet, RowKind
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Conflict, Intent, Kind, Outcome
from facereview.review.decisions.journal import Journal
from facereview.review.decisions.unsaved import in_words, predicted
from facereview.store.store import Store
from support import Faces, make_faces, pack

Sql = psycopg.Connection[Any]
ANN, BOB = Creator(1, "Ann"), Creator(2, "Bob")
PENDING = FaceState(Status.PENDING)
MATCHED = FaceState(Status.MATCHED, 1, 0.7)
MANUAL = FaceState(Status.MANUAL, 1, 0.7)


def face(
    number: int, at: float, state: FaceState = PENDING, *, machine: bool = False, quality: float = 1
) -> Face:
    return Face(number, 1, at, Box(0, 0, 50, 50), quality, state, by_machine=machine)


def row(
    *faces: Face, creator: Creator | None = ANN, kind: RowKind = RowKind.SURE, risk: float = 0.001
) -> CastRow:
    return CastRow(kind, faces, (), creator, chance=Chance(Sureness.SURE, risk, 900))


def sheet(*rows: CastRow, mirrored: frozenset[int] = frozenset()) -> CastSheet:
    return CastSheet(Video(1, "/one.mp4"), rows, mirrored=mirrored)


def ids(of: CastSheet) -> list[int]:
    return [one.face.id for one in plan(of).faces]


# ------------------------------------------------------------------------------------- the sheet


def test_ticked_rows_within_the_error_setting_are_taken_with_the_least_sure_first() -> None:
    of = sheet(
        row(face(1, 1, MANUAL), face(2, 2), face(3, 3, quality=0.2)),
        row(face(4, 1), creator=BOB, risk=0.008),
        row(face(5, 2), creator=Creator(3, "Cid")),
        row(face(6, 3), creator=BOB, kind=RowKind.LIKELY),
        row(face(7, 4), creator=None, kind=RowKind.OPEN),
    )
    taken = plan(of, {2, 5})
    assert [one.face.id for one in taken.faces] == [4, 3]
    assert taken.people == (BOB, ANN)
    assert taken.open_rows == 4  # the face that is not ticked, the row, the likely and the unknown
    intent = taken.intent()
    assert intent is not None and intent.creator is None
    assert [(seen.face_id, seen.creator) for seen in intent.faces] == [(4, BOB), (3, ANN)]


def test_nothing_to_settle_is_no_act() -> None:
    assert plan(sheet(row(face(1, 1), kind=RowKind.LIKELY))).intent() is None


def test_one_person_is_named_by_the_act_itself() -> None:
    intent = plan(sheet(row(face(1, 1), face(2, 2)))).intent()
    assert intent is not None and intent.creator == ANN


def test_of_two_rows_of_one_creator_in_a_frame_the_surer_is_settled() -> None:
    of = sheet(row(face(1, 1), face(2, 2), risk=0.005), row(face(3, 2), risk=0.001))
    assert ids(of) == [3]
    assert plan(of).met == (of.rows[0],)
    assert plan(of).open_rows == 1


@pytest.mark.parametrize("machine", [False, True])
def test_a_row_whose_creator_is_in_its_frame_already_stays_open(machine: bool) -> None:
    there = row(face(1, 1, MATCHED, machine=machine), kind=RowKind.OPEN)
    assert ids(sheet(there, row(face(2, 1)))) == []


def test_mirrored_faces_may_share_a_frame() -> None:
    of = sheet(row(face(1, 1)), row(face(2, 1)), mirrored=frozenset({2}))
    assert sorted(ids(of)) == [1, 2]


ROWS = st.lists(
    st.tuples(
        st.sampled_from(RowKind),
        st.sampled_from([ANN, BOB, None]),
        st.lists(st.tuples(st.integers(0, 3), st.sampled_from([PENDING, MATCHED, MANUAL]))),
        st.sampled_from([0.001, 0.005]),
    ).filter(lambda drawn: bool(drawn[2]))
)


@given(ROWS)
def test_whatever_stands_on_it_the_sheet_names_nobody_twice_in_a_frame(drawn: list[Any]) -> None:
    number = iter(range(1, 1000))
    of = sheet(
        *(
            row(
                *(face(next(number), at, s, machine=s == MATCHED) for at, s in faces),
                creator=creator,
                kind=kind,
                risk=risk,
            )
            for kind, creator, faces, risk in drawn
        )
    )
    taken = {one.face.id: one.row.creator for one in plan(of).faces}
    for one in (one for each in of.rows for one in each.faces if one.id in taken):
        assert one.state.status is Status.PENDING or one.by_machine
        others = [f for r in of.rows for f in r.faces if f is not one]
        frame = [f for f in others if f.timestamp == one.timestamp]
        names = [taken.get(f.id) for f in frame]
        names += [ANN for f in frame if f.state.status in DECIDED]
        assert taken[one.id] not in names


# ---------------------------------------------------------------------------------------- the row


def test_a_key_is_about_the_faces_that_wait_and_are_ticked() -> None:
    of = row(face(1, 1, MANUAL), face(2, 2, MATCHED, machine=True), face(3, 3), face(4, 4))
    intent = row_intent(of, Wish(Kind.REJECT, reason=RejectReason.STRANGER), {4})
    assert intent is not None and not intent.replaces
    assert [seen.face_id for seen in intent.faces] == [2, 3]
    skip = row_intent(of, Wish(Kind.SKIP), {4})
    assert skip is not None and [seen.face_id for seen in skip.faces] == [3]


def test_what_people_decided_is_only_for_a_key_that_replaces() -> None:
    of = row(face(1, 1, MANUAL), kind=RowKind.DECIDED)
    assert row_intent(of, Wish(Kind.ACCEPT, BOB)) is None
    replaced = row_intent(of, Wish(Kind.ACCEPT, BOB), replaces=True)
    assert replaced is not None and replaced.replaces


# ------------------------------------------------------------------------------------ written down


@pytest.fixture
def faces(store: Store) -> Faces:
    return make_faces(store)


@pytest.fixture
def me(faces: Faces) -> History:
    return History(faces.store, "me", pack)


def both(faces: Faces, *given: tuple[int, Creator]) -> Intent:
    """One act that names each of these faces, as they are now."""
    seen = faces.seen(*(place for place, _ in given), similarity=None)
    named = (replace(one, creator=who) for one, (_, who) in zip(seen, given, strict=True))
    return Intent(Kind.ACCEPT, tuple(named), cast=True)


def done(me: History, intent: Intent) -> Outcome:
    outcome = me.apply(intent)
    assert outcome is not None
    return outcome


def who(faces: Faces, place: int) -> tuple[Status, int | None]:
    state = faces.state(place)
    return state.status, state.creator_id


def test_a_sheet_is_one_act_of_several_people_and_one_undo(faces: Faces, me: History) -> None:
    faces.match_by_machine(1)
    before = [faces.state(place) for place in range(3)]
    outcome = done(me, both(faces, (0, faces.bob), (1, faces.ann), (2, faces.ann)))
    assert [who(faces, n)[1] for n in range(3)] == [faces.bob.id, faces.ann.id, faces.ann.id]
    assert faces.state(1) == before[1]
    assert {c.creator_name for c in outcome.changes} == {"Ann", "Bob"}
    first = faces.store.search.similarities([faces.ids[0]], faces.bob.id)[faces.ids[0]]
    assert faces.state(0).confidence == pytest.approx(first)
    latest = me.next_undo()
    assert latest is not None and (latest.words.number, latest.words.people) == (3, 2)
    assert not faces.store.faces.get([faces.ids[1]])[faces.ids[1]].by_machine

    undone = done(me, Intent(Kind.UNDO))
    assert undone.about is not None and undone.about.people == 2
    assert [faces.state(place) for place in range(3)] == before
    assert faces.store.faces.get([faces.ids[1]])[faces.ids[1]].by_machine
    redone = done(me, Intent(Kind.REDO))
    assert len(redone.changes) == 3 and who(faces, 0)[1] == faces.bob.id


def test_what_another_curator_decided_meanwhile_stands(faces: Faces, me: History) -> None:
    mine = both(faces, (0, faces.ann), (1, faces.bob), (2, faces.bob))
    done(History(faces.store, "you", pack), Intent(Kind.REJECT, faces.seen(1)))
    outcome = done(me, mine)
    assert outcome.conflicts == (Conflict(faces.ids[1], FaceState(Status.REJECTED)),)
    assert [who(faces, n)[0] for n in range(3)] == [
        Status.MATCHED,
        Status.REJECTED,
        Status.MATCHED,
    ]
    (told,) = faces.store.conflicts.waiting("me")
    assert isinstance(told, Overruled) and (told.face, told.name) == (faces.ids[1], "Bob")


def test_the_sheet_names_no_face_of_which_a_colleague_said_meanwhile_that_it_is_not(
    faces: Faces, me: History
) -> None:
    now = faces.store.faces.get(faces.ids)
    mine = plan(sheet(row(now[faces.ids[0]], now[faces.ids[1]], creator=faces.ann))).intent()
    assert mine is not None
    done(History(faces.store, "you", pack), Intent(Kind.NOT_PERSON, faces.seen(0), faces.ann))
    outcome = done(me, mine)
    assert [c.face_id for c in outcome.conflicts] == [faces.ids[0]]
    assert who(faces, 0) == (Status.PENDING, None) and who(faces, 1)[1] == faces.ann.id
    row_key = Intent(Kind.ACCEPT, faces.seen(0), faces.ann, cast=True)  # who looks at it may
    assert done(me, row_key).changes and who(faces, 0)[1] == faces.ann.id


def test_writing_it_twice_changes_nothing(faces: Faces, me: History) -> None:
    intent = both(faces, (0, faces.ann), (1, faces.bob))
    first = done(me, intent)
    assert [c.after for c in done(me, intent).changes] == [c.after for c in first.changes]


def test_it_comes_through_the_journal_as_it_was_asked_for(tmp_path: Path, faces: Faces) -> None:
    intent = both(faces, (0, faces.ann), (1, faces.bob))
    with closing(Journal(tmp_path / "journal", "library")) as journal:
        journal.add(intent)
    with closing(Journal(tmp_path / "journal", "library")) as journal:
        assert journal.waiting() == [intent]
        assert journal.about([faces.bob.id], []) == [intent]


def same_frame(sql: Sql, faces: Faces, *places: int) -> None:
    sql.execute(
        "UPDATE video_face_detections SET frame_timestamp = 7 WHERE id = ANY(%s)",
        [[faces.ids[place] for place in places]],
    )


def test_siblings_in_one_frame_are_never_both_one_of_them(
    faces: Faces, me: History, sql: Sql
) -> None:
    same_frame(sql, faces, 0, 1)
    with pytest.raises(Invalid, match="two faces of one frame"):
        me.apply(both(faces, (0, faces.ann), (1, faces.ann)))
    assert who(faces, 0) == (Status.PENDING, None)
    assert len(done(me, both(faces, (0, faces.ann), (1, faces.bob))).changes) == 2


def test_times_that_differ_by_their_rounding_are_one_frame(
    faces: Faces, me: History, sql: Sql
) -> None:
    """As everywhere the machine names faces."""
    same_frame(sql, faces, 0, 1)
    sql.execute(
        "UPDATE video_face_detections SET frame_timestamp = 7.0004 WHERE id = %s", [faces.ids[1]]
    )
    with pytest.raises(Invalid, match="two faces of one frame"):
        me.apply(both(faces, (0, faces.ann), (1, faces.ann)))
    done(me, both(faces, (1, faces.ann)))
    assert done(me, both(faces, (0, faces.ann))).conflicts[0].in_frame == faces.ids[1]


def test_a_sibling_whom_somebody_named_meanwhile_leaves_the_other_open(
    faces: Faces, me: History, sql: Sql
) -> None:
    same_frame(sql, faces, 0, 1)
    mine = both(faces, (0, faces.ann), (2, faces.bob))
    done(History(faces.store, "you", pack), faces.accept(1))
    outcome = done(me, mine)
    left = Conflict(faces.ids[0], FaceState(Status.PENDING), in_frame=faces.ids[1])
    assert outcome.conflicts == (left,)
    assert who(faces, 0) == (Status.PENDING, None) and who(faces, 2)[1] == faces.bob.id
    assert faces.store.conflicts.waiting("me") == []  # nobody decided that face


def test_mirrored_faces_of_a_frame_may_be_one_person(faces: Faces, me: History, sql: Sql) -> None:
    same_frame(sql, faces, 0, 1)
    pair = sorted([faces.ids[0], faces.ids[1]])
    sql.execute("INSERT INTO facereview.mirror VALUES (%s, %s)", pair)
    assert len(done(me, both(faces, (0, faces.ann), (1, faces.ann))).changes) == 2


@pytest.mark.parametrize("kind", [Kind.ACCEPT, Kind.REJECT, Kind.NOT_PERSON])
def test_a_match_of_the_machine_may_be_changed_until_somebody_checked_it(
    faces: Faces, me: History, kind: Kind
) -> None:
    faces.match_by_machine(0, 1)
    creator = {Kind.ACCEPT: faces.bob, Kind.NOT_PERSON: faces.ann}.get(kind)
    mine = Intent(kind, faces.seen(0, 1), creator, cast=True)
    confirmed = Intent(Kind.CONFIRM, faces.seen(0), faces.ann)
    done(History(faces.store, "you", pack), confirmed)
    outcome = done(me, mine)
    assert [c.face_id for c in outcome.conflicts] == [faces.ids[0]]
    assert who(faces, 0) == (Status.MATCHED, faces.ann.id)
    assert who(faces, 1) != who(faces, 0)


def test_what_a_person_decided_is_replaced_where_that_was_asked_for(
    faces: Faces, me: History
) -> None:
    done(me, faces.accept(0))
    asked = Intent(Kind.ACCEPT, faces.seen(0), faces.bob, cast=True)
    assert done(me, asked).changes == ()
    assert done(me, replace(asked, replaces=True, token="ab" * 16)).changes
    assert who(faces, 0)[1] == faces.bob.id


def test_an_act_that_waits_says_what_will_become_of_its_faces(faces: Faces) -> None:
    intent = both(faces, (0, faces.ann), (1, faces.bob))
    told = predicted(intent)
    assert [change.creator_name for change in told.changes] == ["Ann", "Bob"]
    assert in_words(intent).people == 2


def test_a_redo_names_nobody_twice_in_a_frame_either(faces: Faces, me: History, sql: Sql) -> None:
    same_frame(sql, faces, 0, 1)
    done(me, both(faces, (0, faces.ann), (2, faces.bob)))
    done(me, Intent(Kind.UNDO))
    done(History(faces.store, "you", pack), faces.accept(1))
    redone = done(me, Intent(Kind.REDO))
    assert [c.face_id for c in redone.changes] == [faces.ids[2]]
    assert [c.face_id for c in redone.conflicts] == [faces.ids[0]]


def test_a_sheet_of_400_tracks_is_one_act_and_one_undo(
    faces: Faces, me: History, sql: Sql, store: Store
) -> None:
    rows = sql.execute(
        "INSERT INTO video_face_detections (video_id, frame_timestamp, embedding, bbox_x, bbox_y, "
        "bbox_width, bbox_height) SELECT d.video_id, 100 + n, d.embedding, 0, 0, 50, 50 "
        "FROM video_face_detections d, generate_series(1, 400) n WHERE d.id = %s RETURNING id",
        [faces.ids[0]],
    ).fetchall()
    found = store.faces.get([row[0] for row in rows])
    people = [faces.ann, faces.bob]
    made = [
        replace(row(one, creator=people[n % 2], risk=n / 1000), faces=(one,))
        for n, one in enumerate(found.values(), 1)
    ]
    taken = plan(replace(sheet(*made), video=Video(faces.video, "/one.mp4")))
    assert (len(taken.faces), len(taken.people), taken.open_rows) == (400, 2, 0)
    intent = taken.intent()
    assert intent is not None
    assert len(done(me, intent).changes) == 400
    assert len(done(me, Intent(Kind.UNDO)).changes) == 400
    states = {face.state.status for face in store.faces.get(list(found)).values()}
    assert states == {Status.PENDING}
