"""The Creators page's desk: the list, names, faces worst first, and where somebody appears."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from facereview.errors import Invalid, NotFound
from facereview.home import Home
from facereview.records import SourceType, Suggestion, Thresholds
from facereview.review.creators.desk import CreatorsDesk, NamesDesk
from facereview.review.creators.library_health import LibraryHealth
from facereview.review.creators.records import Profile
from facereview.review.decisions.decide import Decisions
from facereview.review.decisions.history import History
from facereview.review.decisions.intents import Intent, Kind
from facereview.review.decisions.journal import Journal
from facereview.review.desk import Desk
from facereview.store.session import Database
from facereview.store.store import Store
from support import Faces, detection, direction, near, pack, video_info

Sql = psycopg.Connection[tuple[object, ...]]
THRESHOLDS = Thresholds(0.5, 0.7)


@pytest.fixture
def desk(database: Database, faces: Faces, tmp_path: Path) -> CreatorsDesk:
    """A desk of its own connection, as the window has it."""
    return CreatorsDesk(Store(database), Home(tmp_path), "library", lambda: THRESHOLDS, "me")


@pytest.fixture
def names(database: Database, faces: Faces) -> NamesDesk:
    return NamesDesk(Store(database), "me")


@pytest.fixture
def review(faces: Faces, tmp_path: Path) -> Iterator[Desk]:
    """The desk of the Review page on the same library."""
    made = Desk(faces.store, Journal(tmp_path / "j", "l"), lambda: THRESHOLDS)
    yield made
    made.close()


def suggest(faces: Faces, *places: int) -> None:
    faces.store.log.suggest([(faces.ids[place], faces.ann.id, 0.6) for place in places])


def test_the_list_counts(desk: CreatorsDesk, names: NamesDesk, faces: Faces) -> None:
    Decisions(faces.store, "me").apply(faces.accept(0, 1))
    suggest(faces, 2, 3)
    desk.naming.add_alias(faces.ann.id, "Annie")
    ann, bob = names.people()
    assert (ann.creator.name, ann.references, ann.decided, ann.videos) == ("Ann", 1, 2, 1)
    assert (ann.likely, ann.aliases) == (2, ("Annie",))
    assert ann.best_reference == faces.store.creators.references(faces.ann.id)[0].id
    assert ann.best_face == faces.ids[0]
    assert (bob.references, bob.decided, bob.likely, bob.best_face) == (1, 0, 0, None)
    view = desk.person(faces.ann.id)
    assert view is not None
    assert view.person == ann
    assert view.created_at is not None
    assert (view.retired, view.denied, view.changes) == (0, 0, ())
    assert desk.person(10**6) is None


def test_what_only_the_machine_matched_is_counted_apart(
    desk: CreatorsDesk, names: NamesDesk, faces: Faces
) -> None:
    Decisions(faces.store, "me").apply(faces.accept(0))
    faces.match_by_machine(1, 2)
    ann = names.people()[0]
    assert (ann.decided, ann.unchecked, ann.faces, ann.videos) == (1, 2, 3, 1)
    assert desk.erasing.loss(faces.ann.id).decided == 3  # deleting concerns all of them
    (seen,) = desk.appearances(faces.ann.id)
    assert [moment.unchecked for moment in seen.decided] == [False, True, True]
    assert seen.unchecked == 2


def test_a_name_or_alias_finds_a_creator_once(
    desk: CreatorsDesk, names: NamesDesk, faces: Faces
) -> None:
    zoe = desk.naming.add(Profile("Zoë Deschanel"))
    desk.naming.add_alias(zoe.id, "Jess Day")
    desk.naming.add_alias(zoe.id, "Jessica Day")
    assert names.find("zoe") == (zoe.id,)
    assert names.find("jess", 5) == (zoe.id,)
    assert names.find("") == (faces.ann.id, faces.bob.id, zoe.id)
    assert desk.naming.remove_alias(zoe.id, "Jess Day") == ("Jessica Day",)


def test_a_creator_is_made_renamed_and_described(
    desk: CreatorsDesk, names: NamesDesk, faces: Faces, sql: Sql
) -> None:
    assert desk.naming.rename(faces.ann.id, "  Ann   Smith ").name == "Ann Smith"
    assert names.find("smith") == (faces.ann.id,)
    known, wanted = Profile("Ann Smith"), Profile("Ann Smith", (), " of the first film ")
    assert desk.naming.change(faces.ann.id, known, wanted).description == "of the first film"
    assert desk.naming.change(faces.ann.id, wanted, known).description is None
    with pytest.raises(Invalid, match="Another creator is called Bob: merge the two"):
        desk.naming.rename(faces.ann.id, "Bob")
    with pytest.raises(Invalid, match="There is a creator called Bob already"):
        desk.naming.add(Profile("Bob"))
    with pytest.raises(NotFound):
        desk.naming.rename(10**6, "Nobody")
    logged = sql.execute("SELECT kind, detail->>'before' FROM facereview.person_change").fetchall()
    assert logged == [("rename", "Ann")]


def test_a_profile_is_changed_as_a_whole_or_not_at_all(
    desk: CreatorsDesk, names: NamesDesk, faces: Faces, sql: Sql
) -> None:
    zoe = desk.naming.add(Profile(" Zoë ", ("Z.", "the one"), " new "))
    known = Profile("Zoë", ("Z.", "the one"), "new")

    def now() -> Profile:
        person = next(p for p in names.people() if p.creator.id == zoe.id)
        aliases = sorted(person.aliases)
        return Profile(person.creator.name, tuple(aliases), person.creator.description or "")

    assert now() == known
    for bad in (Profile("Bob", (), ""), Profile("Zoé", ("x" * 1000,), "")):
        with pytest.raises(Invalid):
            desk.naming.change(zoe.id, known, bad)
        assert now() == known
    wanted = Profile("Zoé", ("Z.",), "of two films")
    desk.naming.add_alias(zoe.id, "another curator's")
    desk.naming.change(zoe.id, known, wanted)
    assert now() == replace(wanted, aliases=("Z.", "another curator's"))
    desk.naming.change(zoe.id, wanted, known)
    assert now() == replace(known, aliases=("Z.", "another curator's", "the one"))
    for bad in (Profile("Ann"), Profile("Eve", ("", "\0"))):
        with pytest.raises(Invalid):
            desk.naming.add(bad)
    assert sql.execute("SELECT count(*) FROM creators").fetchone() == (3,)


def test_a_creator_just_made_is_taken_back_while_nothing_belongs_to_it(
    desk: CreatorsDesk, faces: Faces
) -> None:
    history = History(faces.store, "me", pack)
    zoe = desk.naming.add(Profile("Zoë", ("Z.",)))
    undone = history.apply(Intent(Kind.UNDO))
    assert undone is not None
    assert undone.about is not None
    assert (undone.undone, undone.about.names) == (Kind.CREATE, ("Zoë",))
    assert desk.person(zoe.id) is None
    eve = desk.naming.add(Profile("Eve"))
    Decisions(faces.store, "another").apply(Intent(Kind.ASSIGN, faces.seen(0), creator=eve))
    kept = history.apply(Intent(Kind.UNDO))
    assert kept is not None
    assert (kept.overtaken, kept.beside.kept) == (True, 1)
    assert desk.person(eve.id) is not None


def test_decided_faces_come_worst_first(desk: CreatorsDesk, faces: Faces) -> None:
    for place, cosine in enumerate((0.9, 0.3, 0.6)):
        face = faces.store.videos.add_face(faces.video, detection(near(0, cosine, place)))
        faces.ids.append(face)
    Decisions(faces.store, "me").apply(faces.accept(5, 6, 7))
    first = desk.decided(faces.ann.id, limit=2)
    assert [f.face.id for f in first] == [faces.ids[6], faces.ids[7]]
    assert first[0].similarity == pytest.approx(0.3, abs=1e-3)
    assert first[0].video.id == faces.video
    (last,) = desk.decided(faces.ann.id, after=2)
    assert last.face.id == faces.ids[5]
    assert desk.decided(faces.bob.id) == ()


def test_a_reference_made_of_a_face_does_not_speak_for_it(desk: CreatorsDesk, faces: Faces) -> None:
    Decisions(faces.store, "me").apply(faces.accept(0, 1))
    own = faces.store.creators.add_reference(
        faces.ann.id, faces.store.faces.vectors(faces.ids[:1])[faces.ids[0]],
        SourceType.VIDEO_FRAME, None, 0.9,
    )  # fmt: skip
    faces.store.references.add_origin(own, "me", detection=faces.ids[0], picture=True)
    found = {f.face.id: f.similarity for f in desk.decided(faces.ann.id)}
    assert found[faces.ids[0]] == pytest.approx(0.75, abs=1e-3)


def test_where_somebody_appears(desk: CreatorsDesk, faces: Faces) -> None:
    Decisions(faces.store, "me").apply(faces.accept(0))
    suggest(faces, 1)
    Decisions(faces.store, "me").apply(Intent(Kind.NOT_PERSON, faces.seen(2), faces.ann))
    faces.store.log.suggest([(faces.ids[3], faces.bob.id, 0.9)])
    second = faces.store.videos.add(video_info("/videos/two.mp4"))
    alone = faces.store.videos.add_face(second, detection(near(0, 0.8), at=7.0))
    later, first = desk.appearances(faces.ann.id)
    assert (later.video.id, later.decided) == (second, ())
    assert [(m.face_id, m.timestamp) for m in later.likely] == [(alone, 7.0)]
    assert [m.face_id for m in first.decided] == [faces.ids[0]]
    assert [(m.face_id, m.timestamp) for m in first.likely] == [
        (faces.ids[1], 20.0),
        (faces.ids[4], 50.0),
    ]
    assert first.likely[0].similarity == pytest.approx(0.6)
    assert first.video.duration == 60.0


def test_creators_that_look_alike_are_a_pair(desk: CreatorsDesk, faces: Faces) -> None:
    health = LibraryHealth(faces.store, lambda: THRESHOLDS)
    assert health.lookalikes() == ()
    twin = desk.naming.add(Profile("Ann's twin"))
    faces.store.creators.add_reference(twin.id, near(0, 0.9), SourceType.MANUAL, None, 0.9)
    (pair,) = health.lookalikes()
    assert (pair.first, pair.second) == (faces.ann, twin)
    assert pair.similarity == pytest.approx(0.9, abs=1e-3)
    assert pair.closest == pytest.approx(0.9, abs=1e-3)
    view = desk.person(twin.id)
    assert view is not None
    assert [(p.first, p.second) for p in view.lookalikes] == [(twin, faces.ann)]
    faces.store.creators.add_reference(twin.id, direction(9), SourceType.MANUAL, None, 0.9)
    assert health.lookalikes()[0].similarity < pair.similarity


def test_a_suggestion_is_marked_where_the_runner_up_looks_alike(
    desk: CreatorsDesk, review: Desk, faces: Faces
) -> None:
    def first() -> Suggestion:
        return review.views(faces.ids[:1])[faces.ids[0]].suggestions[0]

    assert (first().creator, first().lookalike) == (faces.ann, None)
    twin = desk.naming.add(Profile("Ann's twin"))
    faces.store.creators.add_reference(twin.id, near(0, 0.65, 77), SourceType.MANUAL, None, 0.9)
    assert (first().creator, first().lookalike) == (faces.ann, twin)
    faces.store.library.set_config("match_threshold", "0.69")
    assert first().lookalike is None
