"""What a curator says to the faces of a film whose file was replaced, and how it is undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from facereview.errors import Invalid, NotFound
from facereview.home import Home
from facereview.records import RejectReason, Status, Thresholds
from facereview.review.creators.desk import CreatorsDesk
from facereview.review.creators.merges import Merging
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind, Seen
from facereview.review.scanning.films import bring_back
from facereview.review.scanning.replaced import Answer, ReplacedFiles
from facereview.store.store import Store
from support import Faces, detection, make_faces, near, pack, replace_file

Sql = psycopg.Connection[Any]


@pytest.fixture
def faces(store: Store) -> Faces:
    """Ann in two faces, Bob in one, a stranger, and one that is not Bob, all set aside."""
    faces = make_faces(store)
    decisions = History(store, "me", pack)
    decisions.apply(faces.accept(0, 1))
    decisions.apply(faces.accept(2, creator=faces.bob))
    decisions.apply(Intent(Kind.REJECT, faces.seen(3), reason=RejectReason.STRANGER))
    decisions.apply(Intent(Kind.NOT_PERSON, faces.seen(4), faces.bob))
    replace_file(store)
    return faces


@pytest.fixture
def files(store: Store) -> ReplacedFiles:
    return ReplacedFiles(store, 0.9, "me")


def find_again(faces: Faces, *places: int) -> list[int]:
    """New pending faces like these of the film before."""
    return [
        faces.store.videos.add_face(faces.video, detection(near(0, 0.75, place), at=50.0 + place))
        for place in places
    ]


def tags(sql: Sql) -> list[int]:
    rows = sql.execute("SELECT creator_id FROM video_creators ORDER BY 1").fetchall()
    return [creator for (creator,) in rows]


def test_what_waits_is_listed_with_its_people(faces: Faces, files: ReplacedFiles, sql: Sql) -> None:
    (film,) = files.films()
    assert (film.path, film.video, film.answer) == ("/videos/one.mp4", faces.video, None)
    assert film.names == (("Ann", 2), ("Bob", 1))
    assert film.faces == tuple(faces.ids)
    assert faces.store.library.counts().faces == 0
    assert tags(sql) == []
    Merging(faces.store, "me").merge(faces.ann.id, faces.bob.id)
    assert files.films()[0].names == (("Ann", 3),)
    assert files.films([faces.video + 1]) == []


@pytest.mark.parametrize("answer", [Answer.KEEP, Answer.DROP])
def test_an_answer_is_given_once_and_undone(
    faces: Faces, files: ReplacedFiles, answer: Answer
) -> None:
    (film,) = files.films()
    assert files.answer(film.id, answer).faces == 5
    assert files.films() == []
    assert [one.answer for one in files.films(answered=True)] == (
        [Answer.KEEP] if answer is Answer.KEEP else []
    )
    with pytest.raises(NotFound, match="No faces wait under the number"):
        files.answer(film.id, answer)
    outcome = History(faces.store, "me", pack).apply(Intent(Kind.UNDO))
    assert outcome is not None and outcome.about is not None
    assert (outcome.about.kind, outcome.about.number) == (Kind.REPLACED, 5)
    assert files.films() == [film]
    History(faces.store, "me", pack).apply(Intent(Kind.REDO))
    assert files.films() == []


def test_an_answer_that_was_changed_since_is_not_undone(faces: Faces, files: ReplacedFiles) -> None:
    (film,) = files.films()
    kept = files.answer(film.id, Answer.KEEP)
    files.answer(film.id, Answer.DROP)
    outcome = History(faces.store, "me", pack).apply(Intent(Kind.UNDO, target=kept.batch))
    assert outcome is not None and outcome.overtaken
    assert files.films(answered=True) == []


def test_matching_passes_decisions_on_to_faces_that_look_alike(
    faces: Faces, files: ReplacedFiles, sql: Sql
) -> None:
    store = faces.store
    ann, bob, stranger, unlike = find_again(faces, 0, 2, 3, 9)
    done = files.answer(files.films()[0].id, Answer.MATCH)
    assert (done.faces, done.passed_on) == (5, 3)
    now = store.faces.get([ann, bob, stranger, unlike])
    assert [(now[f].state.status, now[f].state.creator_id) for f in (ann, bob, stranger)] == [
        (Status.MATCHED, faces.ann.id),
        (Status.MATCHED, faces.bob.id),
        (Status.REJECTED, None),
    ]
    assert now[unlike].state.status is Status.PENDING
    assert tags(sql) == [faces.ann.id, faces.bob.id]
    assert files.films() == []
    History(store, "me", pack).apply(Intent(Kind.UNDO))
    assert {face.state.status for face in store.faces.get(list(now)).values()} == {Status.PENDING}
    assert tags(sql) == []
    assert len(files.films()) == 1


def test_matching_gives_nobody_a_name_that_was_denied_or_is_taken_in_the_frame(
    faces: Faces, files: ReplacedFiles
) -> None:
    store = faces.store
    ann, once, again = find_again(faces, 0, 2, 3)
    twin = store.videos.add_face(faces.video, detection(near(0, 0.75, 1), at=50.0))
    now = store.faces.get([ann])[ann]
    History(store, "me", pack).apply(
        Intent(Kind.NOT_PERSON, (Seen(ann, now.video_id, now.state),), faces.ann)
    )
    files.answer(files.films()[0].id, Answer.MATCH)
    named = {face: row.state.creator_id for face, row in store.faces.get([ann, once]).items()}
    assert named[once] == faces.bob.id
    assert store.faces.get([ann])[ann].state.status is Status.PENDING
    assert store.faces.get([twin])[twin].state.creator_id == faces.ann.id
    assert store.faces.get([again])[again].state.status is Status.REJECTED


def test_one_person_is_not_found_twice_in_a_frame(faces: Faces, files: ReplacedFiles) -> None:
    store = faces.store
    pair = [
        store.videos.add_face(faces.video, detection(near(0, 0.75, place), at=50.0))
        for place in (0, 1)
    ]
    files.answer(files.films()[0].id, Answer.MATCH)
    found = [face.state.status for face in store.faces.get(pair).values()]
    assert sorted(found) == [Status.MATCHED, Status.PENDING]


def test_what_only_the_machine_matched_is_not_passed_on(
    faces: Faces, files: ReplacedFiles, sql: Sql
) -> None:
    sql.execute("UPDATE facereview.aside SET batch_id = (SELECT min(id) FROM facereview.batch)")
    find_again(faces, 0, 2)
    with pytest.raises(Invalid, match="No pending face"):
        files.answer(files.films()[0].id, Answer.MATCH)


def test_nothing_alike_is_said_and_nothing_changed(faces: Faces, files: ReplacedFiles) -> None:
    find_again(faces, 8, 9)
    (film,) = files.films()
    with pytest.raises(Invalid, match=r"No pending face of /videos/one\.mp4 looks like one"):
        files.answer(film.id, Answer.MATCH)
    assert files.films() == [film]


def test_faces_come_back_as_their_creators_are_by_then(
    faces: Faces, files: ReplacedFiles, sql: Sql
) -> None:
    store = faces.store
    carl = store.creators.find_or_add("Carl")
    Merging(store, "me").merge(carl.id, faces.bob.id)
    sql.execute("DELETE FROM creators WHERE id = %s", (faces.ann.id,))
    with store.deciding():
        bring_back(store, faces.video, store.films.aside([files.films()[0].id]))
    states = [faces.state(place) for place in range(5)]
    assert [(state.status, state.creator_id) for state in states] == [
        (Status.PENDING, None),
        (Status.PENDING, None),
        (Status.MATCHED, carl.id),
        (Status.REJECTED, None),
        (Status.PENDING, None),
    ]
    assert states[0].confidence is None
    denied = sql.execute("SELECT detection_id, creator_id FROM facereview.verdict").fetchall()
    assert denied == [(faces.ids[4], carl.id)]
    assert tags(sql) == [carl.id]


def test_an_erased_person_is_not_left_among_them(
    faces: Faces, files: ReplacedFiles, tmp_path: Path, sql: Sql
) -> None:
    home = Home(tmp_path / "home").create()
    desk = CreatorsDesk(faces.store, home, "lib", lambda: Thresholds(0.5, 0.7), "me")
    erased = desk.erasing.erase(faces.bob.id)
    assert erased.complete
    assert "facereview.aside" in erased.looked_at
    assert files.films()[0].faces == tuple(i for i in faces.ids if i != faces.ids[2])
    assert sql.execute("SELECT DISTINCT denied FROM facereview.aside").fetchall() == [([],)]


@pytest.mark.parametrize("merged", [False, True])
def test_a_creator_of_faces_set_aside_stays_when_the_naming_is_undone(
    store: Store, files: ReplacedFiles, sql: Sql, *, merged: bool
) -> None:
    faces, decisions = make_faces(store), History(store, "me", pack)
    named = Intent(Kind.ASSIGN, faces.seen(0), new_name="Kate")
    decisions.apply(named)
    kate = store.creators.find_or_add("Kate")
    replace_file(store)
    if merged:  # what is set aside keeps the id of then
        (face,) = find_again(faces, 0)
        now = store.faces.get([face])[face]
        seen = (Seen(face, now.video_id, now.state),)
        decisions.apply(named := Intent(Kind.ASSIGN, seen, new_name="Katie"))
        kate, other = store.creators.find_or_add("Katie"), kate
        Merging(store, "me").merge(kate.id, other.id)
        sql.execute("DELETE FROM facereview.alias")
    undone = decisions.apply(Intent(Kind.UNDO, target=named.token))
    assert undone is not None
    assert (len(undone.changes), undone.beside.kept) == (1 if merged else 0, 1)
    with store.deciding():
        bring_back(store, faces.video, store.films.aside([files.films()[0].id]))
    assert (faces.state(0).status, faces.state(0).creator_id) == (Status.MANUAL, kate.id)
